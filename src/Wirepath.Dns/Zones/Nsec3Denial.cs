using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>A zone's NSEC3 records in the order of their hashes (RFC 5155 §7.1).</summary>
internal sealed class Nsec3Denial : IDenialOfExistence
{
    /// <summary>The only hash algorithm that there is (RFC 5155 §11).</summary>
    public const byte Sha1 = 1;

    private readonly Zone _zone;
    private readonly Nsec3ParamData _parameters;
    private readonly byte[][] _hashes;
    private readonly Rrset[] _sets;

    private Nsec3Denial(Zone zone, Nsec3ParamData parameters, byte[][] hashes, Rrset[] sets) =>
        (_zone, _parameters, _hashes, _sets) = (zone, parameters, hashes, sets);

    public IReadOnlyList<Rrset> Sets => _sets;

    /// <returns>Null when the zone has no NSEC3PARAM, or no record that fits it.</returns>
    public static Nsec3Denial? TryRead(Zone zone, List<DnsRecord> records)
    {
        if (zone.Top.Find(DnsType.NSEC3PARAM)?.Records[0] is not { } param || !Nsec3ParamData.TryRead(param.Data, out Nsec3ParamData parameters)
            || parameters.HashAlgorithm != Sha1)
            return null;
        var links = new List<(byte[] Hash, Rrset Set)>();
        foreach (Rrset set in Rrset.Group(records))
        {
            if (set.Type == DnsType.NSEC3 && Nsec3Data.TryRead(set.Records[0].Data, out Nsec3Data data) && data.HashAlgorithm == parameters.HashAlgorithm
                && data.Iterations == parameters.Iterations && data.Salt.Span.SequenceEqual(parameters.Salt.Span)
                && set.Name.Parent == zone.Origin && TryReadHash(set.Name, out byte[] hash))
                links.Add((hash, set));
        }

        if (links.Count == 0)
            return null;
        links.Sort((a, b) => a.Hash.AsSpan().SequenceCompareTo(b.Hash));
        return new Nsec3Denial(zone, parameters, [.. links.Select(l => l.Hash)], [.. links.Select(l => l.Set)]);
    }

    public void AddNoName(DomainName name, DomainName closest, List<Rrset> proof)
    {
        DomainName provable = AddClosestEncloser(name, closest, proof);
        NsecDenial.Add(proof, Spanning(NsecDenial.Wildcard(provable)));
    }

    public void AddNoType(DomainName name, List<Rrset> proof)
    {
        if (Matching(name) is { } match)
            NsecDenial.Add(proof, match);
        else
            AddClosestEncloser(name, name.Parent, proof); // RFC 5155 §7.2.4: an insecure delegation, or what is only above one, that opt-out left out
    }

    public void AddExpanded(DomainName name, DomainName closest, List<Rrset> proof) => NsecDenial.Add(proof, Spanning(NextCloser(name, closest)));

    public void AddExpandedNoType(DomainName name, DomainName closest, List<Rrset> proof)
    {
        AddClosestEncloser(name, closest, proof);
        if (Matching(NsecDenial.Wildcard(closest)) is { } match)
            NsecDenial.Add(proof, match);
    }

    public void AddUnsignedDelegation(DomainName cut, List<Rrset> proof) => AddNoType(cut, proof);

    // RFC 5155 §7.2.1. Opt-out may have left names out: the closest encloser is then the nearest that has a record.
    private DomainName AddClosestEncloser(DomainName name, DomainName closest, List<Rrset> proof)
    {
        Rrset? match = Matching(closest);
        while (match is null && closest.LabelCount > _zone.Origin.LabelCount)
        {
            closest = closest.Parent;
            match = Matching(closest);
        }

        if (match is not null)
            NsecDenial.Add(proof, match);
        if (name.LabelCount > closest.LabelCount)
            NsecDenial.Add(proof, Spanning(NextCloser(name, closest)));
        return closest;
    }

    private static DomainName NextCloser(DomainName name, DomainName closest) => name.Ancestor(closest.LabelCount + 1);

    private Rrset? Matching(DomainName name)
    {
        byte[] hash = Hash(name);
        int at = CanonicalKey.LastNotGreater(_hashes, hash);
        return at >= 0 && _hashes[at].AsSpan().SequenceEqual(hash) ? _sets[at] : null;
    }

    // What lies before the first hash is spanned by the last record, whose next hash is the first.
    private Rrset Spanning(DomainName name)
    {
        int at = CanonicalKey.LastNotGreater(_hashes, Hash(name));
        return _sets[at < 0 ? _sets.Length - 1 : at];
    }

    private byte[] Hash(DomainName name) => Nsec3Hashes.Of(name, _parameters.Salt.Span, _parameters.Iterations);

    private static bool TryReadHash(DomainName owner, out byte[] hash)
    {
        hash = new byte[System.Security.Cryptography.SHA1.HashSizeInBytes];
        return Base32Hex.TryDecode(owner.FirstLabel, hash, out int written) && written == hash.Length;
    }
}
