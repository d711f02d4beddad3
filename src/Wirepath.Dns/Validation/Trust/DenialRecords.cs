using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>One zone's NSEC and NSEC3 sets of a message, asked together: whichever shows more.</summary>
internal sealed class DenialRecords(DomainName zone, List<Rrset> sets, ResolverSettings settings, ValidationContext context) : IDenialProofs
{
    private readonly NsecProofs _nsec = new(zone, sets);
    private readonly Nsec3Proofs _nsec3 = new(zone, sets, settings.MostNsec3Iterations, context.Hashes);

    public DomainName Zone => zone;

    public bool IsEmpty => _nsec.IsEmpty && _nsec3.IsEmpty;

    public bool HasTooManyIterations => _nsec3.HasTooManyIterations;

    /// <summary>Seconds that what they show may be believed.</summary>
    public uint Ttl => sets.Count == 0 ? 0 : sets.Min(set => set.Ttl);

    public Denial NameError(DomainName name) => Better(_nsec.NameError(name), _nsec3, p => p.NameError(name));

    public Denial NoData(DomainName name, DnsType type) => Better(_nsec.NoData(name, type), _nsec3, p => p.NoData(name, type));

    public Denial NoCloserMatch(DomainName name, int encloserLabels) =>
        Better(_nsec.NoCloserMatch(name, encloserLabels), _nsec3, p => p.NoCloserMatch(name, encloserLabels));

    public DsDenial DsAbsence(DomainName name)
    {
        DsDenial denial = _nsec.DsAbsence(name);
        return denial != DsDenial.NotProven || _nsec3.IsEmpty ? denial : _nsec3.DsAbsence(name);
    }

    private static Denial Better(Denial nsec, Nsec3Proofs nsec3, Func<Nsec3Proofs, Denial> ask)
    {
        if (nsec == Denial.Proven || nsec3.IsEmpty)
            return nsec;
        Denial other = ask(nsec3);
        return other > nsec ? other : nsec;
    }
}
