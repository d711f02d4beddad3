using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Reads off a message where its sets came from.</summary>
internal static class Provenance
{
    /// <param name="found">Answered, from servers or from the cache.</param>
    /// <param name="isWithheld">The records are not to be told.</param>
    /// <param name="validator">Remembers chains of what was put together from the cache; null: nothing is validated.</param>
    public static IReadOnlyList<SetProvenance> Of(ResolvedMessage found, bool isWithheld, Validator? validator)
    {
        var sets = new List<SetProvenance>();
        foreach (Rrset set in found.Answers)
            sets.Add(Of(set, found, isWithheld, validator));
        if (!ResolverCache.IsNegative(found))
            return sets;
        foreach (Rrset set in found.Authorities)
        {
            if (set.Type is DnsType.SOA or DnsType.NSEC or DnsType.NSEC3)
                sets.Add(Of(set, found, isWithheld, validator) with { IsProof = true });
        }

        return sets;
    }

    /// <summary>Of records that a resolver gave to a stub, who believes it or not.</summary>
    public static IReadOnlyList<SetProvenance> Of(IReadOnlyList<DnsRecord> records, RecordSource? source, CacheRank rank) =>
        [.. Rrset.Group(records).Select(set => new SetProvenance(set.Name, set.Type, Told(set)) { Source = source, Rank = rank, Ttl = Seconds(set) })];

    /// <summary>The same sets when less is left of them.</summary>
    public static IReadOnlyList<SetProvenance> Aged(IReadOnlyList<SetProvenance> sets, uint ttl) => [.. sets.Select(set => set with
    {
        Ttl = (int)Math.Min(ttl, int.MaxValue),
        Records = [.. set.Records.Select(record => record with { Ttl = ttl })],
    })];

    private static SetProvenance Of(Rrset set, ResolvedMessage found, bool isWithheld, Validator? validator)
    {
        TrustedSet? trusted = (found.Chain as TrustChain)?.Sets.LastOrDefault(t => t.Name == set.Name && t.Type == set.Type);
        TrustLink? link = trusted?.Link ?? (set.Security == Security.Unchecked ? null : validator?.Recall(set.Name));
        Security security = set.Security == Security.Unchecked && validator is not null ? found.Security : set.Security;
        return new SetProvenance(set.Name, set.Type, isWithheld ? [] : Told(set))
        {
            Source = set.Source,
            Rank = set.Rank,
            Ttl = Seconds(set),
            Security = security,
            Explanation = security == Security.Secure ? "" : WhyNot(trusted, security, found),
            KeyTag = trusted?.KeyTag ?? 0,
            Algorithm = trusted is { KeyTag: not 0 } ? DnssecMnemonic.Of(trusted.Algorithm) : "",
            Chain = Steps(link),
        };
    }

    private static string WhyNot(TrustedSet? trusted, Security security, ResolvedMessage found) =>
        trusted is { Explanation.Length: > 0 } ? trusted.Explanation
        : security == Security.Bogus ? found.Error?.Text ?? "" : "";

    private static DnsRecord[] Told(Rrset set) => Array.ConvertAll(set.Records, record => record with { Ttl = set.Ttl });

    private static int Seconds(Rrset set) => (int)Math.Min(set.Ttl, int.MaxValue);

    private static List<TrustStep> Steps(TrustLink? link)
    {
        var steps = new List<TrustStep>();
        for (TrustLink? at = link; at is not null; at = at.Parent)
            steps.Add(new TrustStep(at.Zone, at.Security, at.KeyTag, at.KeyTag == 0 ? "" : DnssecMnemonic.Of(at.Algorithm), at.DigestType, at.Explanation));
        steps.Reverse();
        return steps;
    }
}
