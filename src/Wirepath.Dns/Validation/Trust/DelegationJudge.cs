using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>What the answer to a DS question shows.</summary>
/// <param name="Trust">Secure with <paramref name="Digests"/>: the keys must be fetched. Otherwise what is known of the name.</param>
/// <param name="Digests">DS records that can be used.</param>
/// <param name="Ttl">Seconds that they last.</param>
internal sealed record DelegationFound(ZoneTrust Trust, IReadOnlyList<DsData> Digests, uint Ttl);

/// <summary>Reads a DS answer: signed delegation, unsigned delegation, no delegation, or bogus (RFC 4035 §5.2).</summary>
internal sealed class DelegationJudge(ResolverSettings settings, AlgorithmPolicy policy, SetChecker checker, TimeProvider time)
{
    public DelegationFound Judge(ResolvedMessage message, ZoneTrust parent, DomainName child, ValidationContext context)
    {
        for (int i = 0; i < message.Answers.Count; i++)
        {
            Rrset set = message.Answers[i];
            if (set.Name != child || set.Type is not (DnsType.DS or DnsType.CNAME))
                continue;
            SetVerdict verdict = checker.Check(message.Answers, i, parent, context);
            if (!verdict.IsSecure)
                return Bogus(parent, child, verdict.Error!);
            if (set.Type == DnsType.DS)
                return Signed(message.Answers[i], parent, child);
            // An alias is not a zone (RFC 1034 §3.6.2); one that a wildcard made must have no closer match.
            Denial closer = verdict.IsWildcard ? DenialsOf(message, parent, context).NoCloserMatch(child, verdict.EncloserLabels) : Denial.Proven;
            return closer == Denial.NotProven
                ? Bogus(parent, child, new ExtendedError(ExtendedErrorCode.NsecMissing, $"{child} may have a closer match than the wildcard that its alias was made from"))
                : new DelegationFound(NoCut(child, verdict.Ttl, isNoName: false), [], 0);
        }

        return Absent(message, parent, child, context);
    }

    private DelegationFound Signed(Rrset set, ZoneTrust parent, DomainName child)
    {
        var usable = new List<DsData>();
        ExtendedError? unusable = null;
        foreach (DnsRecord record in set.Records.AsSpan(0, Math.Min(set.Records.Length, settings.MostDigestsPerZone)))
        {
            if (!DsData.TryRead(record.Data, out DsData ds))
                continue;
            if (!policy.Supports(ds.Algorithm))
            {
                unusable ??= new ExtendedError(ExtendedErrorCode.UnsupportedDnskeyAlgorithm, $"{child} is signed with {DnssecMnemonic.Of(ds.Algorithm)}");
            }
            else if (!policy.SupportsDigest(ds.DigestType))
            {
                unusable ??= new ExtendedError(ExtendedErrorCode.UnsupportedDsDigestType, $"the DS record of {child} has digest type {ds.DigestType}");
            }
            else
            {
                usable.Add(ds);
            }
        }

        if (usable.Count > 0)
            return new DelegationFound(new ZoneTrust(child, Security.Secure, Instant.Epoch), policy.WorthTrying(usable), set.Ttl);
        return new DelegationFound(Insecure(parent, child, set.Ttl, unusable, unusable?.Text ?? "has no DS record that can be read"), [], 0);
    }

    private DelegationFound Absent(ResolvedMessage message, ZoneTrust parent, DomainName child, ValidationContext context)
    {
        DenialRecords denials = DenialsOf(message, parent, context);
        switch (denials.DsAbsence(child))
        {
            case DsDenial.NoDelegation:
                return new DelegationFound(NoCut(child, denials.Ttl, isNoName: false), [], 0);
            case DsDenial.NoSuchName:
                return new DelegationFound(NoCut(child, denials.Ttl, isNoName: true), [], 0);
            case DsDenial.UnsignedDelegation:
                return new DelegationFound(Insecure(parent, child, denials.Ttl, null, "is delegated unsigned"), [], 0);
            case DsDenial.Insecure:
                ExtendedError? error = denials.HasTooManyIterations
                    ? new ExtendedError(ExtendedErrorCode.UnsupportedNsec3IterationsValue, $"{parent.Zone} has more NSEC3 iterations than {settings.MostNsec3Iterations}")
                    : null;
                return new DelegationFound(Insecure(parent, child, denials.Ttl, error, error?.Text ?? "may be delegated unsigned (opt-out)"), [], 0);
            case DsDenial.NotProven:
                return Bogus(parent, child, context.Ledger.Exhausted is { } limit ? new ExtendedError(ExtendedErrorCode.Other, limit)
                    : denials.IsEmpty ? new ExtendedError(ExtendedErrorCode.NsecMissing, $"{parent.Zone} does not prove that {child} has no DS record")
                    : new ExtendedError(ExtendedErrorCode.DnssecBogus, $"the proof of {parent.Zone} that {child} has no DS record does not hold"));
            default:
                throw new InvalidOperationException("Every DsDenial has a case.");
        }
    }

    private DenialRecords DenialsOf(ResolvedMessage message, ZoneTrust parent, ValidationContext context) =>
        new(parent.Zone, checker.Denials(message.Authorities, parent, context, settings.MostDenialSets), settings, context);

    private ZoneTrust NoCut(DomainName child, uint ttl, bool isNoName) => new(child, Security.Secure, Until(ttl)) { IsNoCut = true, IsNoName = isNoName };

    private ZoneTrust Insecure(ZoneTrust parent, DomainName child, uint ttl, ExtendedError? error, string why) => new(child, Security.Insecure, Until(ttl))
    {
        Error = error,
        Link = new TrustLink(child, Security.Insecure, 0, 0, 0, why, parent.Link),
    };

    private static DelegationFound Bogus(ZoneTrust parent, DomainName child, ExtendedError error) => new(
        new ZoneTrust(child, Security.Bogus, Instant.Epoch) { Error = error, Link = new TrustLink(child, Security.Bogus, 0, 0, 0, error.Text, parent.Link) }, [], 0);

    private Instant Until(uint ttl)
    {
        var memory = TimeSpan.FromSeconds(ttl);
        return Instant.FromDateTimeOffset(time.GetUtcNow()) + (memory < settings.MostKeyMemory ? memory : settings.MostKeyMemory);
    }
}
