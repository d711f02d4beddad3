using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Checks sets with keys that are trusted, marks them, and says so in the log.</summary>
internal sealed class SetChecker(RrsetVerifier verifier, NodeLog log)
{
    /// <param name="section">Where the set is; it is replaced by itself with the capped TTL.</param>
    /// <param name="index">Its place there.</param>
    /// <param name="trust">A zone with good keys.</param>
    /// <param name="context">Pays.</param>
    public SetVerdict Check(List<Rrset> section, int index, ZoneTrust trust, ValidationContext context)
    {
        Rrset set = section[index];
        // What the cache has was checked when it came, and its TTL capped.
        if (set.Security == Security.Secure && RrsetVerifier.TryRecall(set, trust.Zone, out SetVerdict known))
            return known;
        SetVerdict verdict = verifier.Verify(set, trust.Zone, trust.Keys, trust.DemandedAlgorithms, context.Ledger);
        set = set.WithTtl(verdict.Ttl);
        section[index] = set = verdict.IsSecure ? VerifiedFirst(set, trust.Zone, verdict) : set;
        set.Security = verdict.Security;
        if (log.IsEnabled)
        {
            log.Write(context.Because, new SetVerified(set.Name, set.Type, trust.Zone, Verdict(verdict.Security), verdict.KeyTag, verdict.Algorithm,
                verdict.Error?.Text ?? ""));
        }

        return verdict;
    }

    /// <summary>The zone's verified NSEC and NSEC3 sets; those that were made from a wildcard prove nothing (CVE-2017-15105).</summary>
    public List<Rrset> Denials(List<Rrset> section, ZoneTrust trust, ValidationContext context, int most)
    {
        var denials = new List<Rrset>();
        int looked = 0;
        for (int i = 0; i < section.Count && looked < most; i++)
        {
            Rrset set = section[i];
            if (set.Type is not (DnsType.NSEC or DnsType.NSEC3) || !Signers.Includes(set, trust.Zone))
                continue;
            looked++;
            SetVerdict verdict = Check(section, i, trust, context);
            if (verdict.IsSecure && !verdict.IsWildcard)
                denials.Add(section[i]);
        }

        return denials;
    }

    /// <summary>
    /// The set with the good signature in front, which is the one that is recalled later: another in its place, put there by
    /// somebody, could say that the set was not made from a wildcard.
    /// </summary>
    private static Rrset VerifiedFirst(Rrset set, DomainName zone, SetVerdict verdict)
    {
        int labels = verdict.IsWildcard ? verdict.EncloserLabels : SignedSet.LabelsOf(set.Name);
        int good = Array.FindIndex(set.Signatures, record => RrsigData.TryRead(record.Data, out RrsigData rrsig) && rrsig.Signer == zone
            && rrsig.KeyTag == verdict.KeyTag && rrsig.Algorithm == verdict.Algorithm && rrsig.Labels == labels);
        if (good <= 0)
            return set;
        DnsRecord[] signatures = [set.Signatures[good], .. set.Signatures[..good], .. set.Signatures[(good + 1)..]];
        return new Rrset(set.Records, signatures, set.Ttl) { Rank = set.Rank, Security = set.Security };
    }

    public static TrustVerdict Verdict(Security security) => security switch
    {
        Security.Secure => TrustVerdict.Secure,
        Security.Insecure => TrustVerdict.Insecure,
        Security.Unchecked or Security.Indeterminate => TrustVerdict.Indeterminate,
        Security.Bogus => TrustVerdict.Bogus,
        _ => throw new ArgumentOutOfRangeException(nameof(security)),
    };
}

/// <summary>Who says that he signed a set.</summary>
internal static class Signers
{
    /// <summary>Zones that may sign the set and say that they did, the deepest first; more than three are not looked at.</summary>
    public static List<DomainName> Of(Rrset set)
    {
        var signers = new List<DomainName>(1);
        foreach (DnsRecord record in set.Signatures)
        {
            if (signers.Count < 3 && RrsigData.TryRead(record.Data, out RrsigData rrsig) && May(rrsig, set) && !signers.Contains(rrsig.Signer))
                signers.Add(rrsig.Signer);
        }

        signers.Sort(static (a, b) => b.Size.CompareTo(a.Size));
        return signers;
    }

    public static bool Includes(Rrset set, DomainName zone)
    {
        foreach (DnsRecord record in set.Signatures)
        {
            if (RrsigData.TryRead(record.Data, out RrsigData rrsig) && rrsig.Signer == zone && May(rrsig, set))
                return true;
        }

        return false;
    }

    // A DS set belongs to the parent (RFC 4035 §2.4).
    private static bool May(RrsigData rrsig, Rrset set) => rrsig.TypeCovered == set.Type && set.Name.IsSubdomainOf(rrsig.Signer)
        && (set.Type != DnsType.DS || rrsig.Signer != set.Name || set.Name.IsRoot);
}
