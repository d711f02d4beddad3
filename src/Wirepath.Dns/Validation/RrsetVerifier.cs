using System.Globalization;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>What came out of checking a set with a zone's keys.</summary>
/// <param name="Security">Secure or bogus.</param>
/// <param name="Ttl">Seconds: the set's TTL, capped by the signature's original TTL and by what is left of its life (RFC 4035 §5.3.3).</param>
/// <param name="EncloserLabels">For a set made from a wildcard the labels of the wildcard's parent; otherwise −1.</param>
/// <param name="KeyTag">Of the key that verified it.</param>
/// <param name="Algorithm">Of the key that verified it.</param>
/// <param name="Error">Null when it is secure.</param>
internal readonly record struct SetVerdict(Security Security, uint Ttl, int EncloserLabels, ushort KeyTag, byte Algorithm, ExtendedError? Error)
{
    public bool IsSecure => Security == Security.Secure;

    public bool IsWildcard => EncloserLabels >= 0;
}

/// <summary>Checks a set's signatures with a zone's keys: RFC 4035 §5.3.</summary>
internal sealed class RrsetVerifier(ResolverSettings settings, AlgorithmPolicy policy, TimeProvider time)
{
    private const byte DnssecProtocol = 3;

    /// <param name="set">With its signatures.</param>
    /// <param name="zone">The apex that must have signed it.</param>
    /// <param name="keys">The zone's keys; revoked ones and those without the zone bit are not used.</param>
    /// <param name="demanded">Algorithms of which a good signature must be there each; empty: any one will do.</param>
    /// <param name="ledger">Pays for each signature that is checked.</param>
    public SetVerdict Verify(Rrset set, DomainName zone, IReadOnlyList<DnsKeyData> keys, ReadOnlySpan<byte> demanded, QueryBudget ledger)
    {
        if (!set.Name.IsSubdomainOf(zone))
            return Bogus(set, ExtendedErrorCode.DnssecBogus, $"{zone} cannot sign {set.Name}");
        var failure = new Failure();
        SetVerdict? verdict = null;
        Span<bool> done = stackalloc bool[256];
        int left = demanded.Length;
        int checks = 0;
        foreach (DnsRecord record in set.Signatures)
        {
            if (!RrsigData.TryRead(record.Data, out RrsigData rrsig) || rrsig.TypeCovered != set.Type || rrsig.Signer != zone)
                continue;
            if (!IsUsable(set, rrsig, ref failure) || done[rrsig.Algorithm])
                continue;
            if (!TryVerify(set, rrsig, keys, ledger, ref checks, ref failure))
                continue;
            done[rrsig.Algorithm] = true;
            verdict ??= Secure(set, rrsig);
            if (demanded.Contains(rrsig.Algorithm))
                left--;
            if (left <= 0)
                return verdict.Value;
        }

        if (verdict is not null)
            failure.Note(ExtendedErrorCode.RrsigsMissing, $"{Describe(set)} lacks a good signature of an algorithm that the DS set names");
        return Bogus(set, failure.Code ?? ExtendedErrorCode.RrsigsMissing, failure.Text ?? $"{Describe(set)} is not signed by {zone}");
    }

    /// <summary>The verdict on a set that was found secure before, from what it carries: nothing is computed.</summary>
    /// <returns>False when the zone has no part in it.</returns>
    public static bool TryRecall(Rrset set, DomainName zone, out SetVerdict verdict)
    {
        foreach (DnsRecord record in set.Signatures)
        {
            if (!RrsigData.TryRead(record.Data, out RrsigData rrsig) || rrsig.TypeCovered != set.Type || rrsig.Signer != zone)
                continue;
            int labels = SignedSet.LabelsOf(set.Name);
            verdict = new SetVerdict(Security.Secure, set.Ttl, rrsig.Labels < labels ? rrsig.Labels : -1, rrsig.KeyTag, rrsig.Algorithm, null);
            return true;
        }

        verdict = default;
        return false;
    }

    /// <summary>The set's signature by a key of the zone; null when there is none.</summary>
    public static RrsigData? SignatureOf(Rrset set, DomainName zone, ushort keyTag)
    {
        foreach (DnsRecord record in set.Signatures)
        {
            if (RrsigData.TryRead(record.Data, out RrsigData rrsig) && rrsig.TypeCovered == set.Type && rrsig.Signer == zone && rrsig.KeyTag == keyTag)
                return rrsig;
        }

        return null;
    }

    /// <summary>What can be seen without a key.</summary>
    private bool IsUsable(Rrset set, RrsigData rrsig, ref Failure failure)
    {
        if (rrsig.Labels > SignedSet.LabelsOf(set.Name) || rrsig.Labels < rrsig.Signer.LabelCount)
        {
            failure.Note(ExtendedErrorCode.DnssecBogus, $"the signature of {Describe(set)} counts {rrsig.Labels} labels");
            return false;
        }

        if (!policy.Supports(rrsig.Algorithm))
        {
            failure.Note(ExtendedErrorCode.UnsupportedDnskeyAlgorithm, $"{Describe(set)} is signed with {DnssecMnemonic.Of(rrsig.Algorithm)}");
            return false;
        }

        if (settings.IgnoreSignatureTimes)
            return true;
        // RFC 4034 §3.1.5: serial-number arithmetic; good until 2³¹ s from now in either direction.
        uint now = Now();
        int life = unchecked((int)(rrsig.Expiration - rrsig.Inception));
        if (life < 0)
        {
            failure.Note(ExtendedErrorCode.SignatureExpiredBeforeValid, $"the signature of {Describe(set)} ends before it begins");
            return false;
        }

        long skew = (long)Math.Clamp(life / 10, settings.LeastClockSkew.TotalSeconds, settings.MostClockSkew.TotalSeconds);
        if (unchecked((int)(rrsig.Inception - now)) > skew)
        {
            failure.Note(ExtendedErrorCode.SignatureNotYetValid, $"the signature of {Describe(set)} is good from {Date(rrsig.Inception)} on");
            return false;
        }

        if (unchecked((int)(now - rrsig.Expiration)) > skew)
        {
            failure.Note(ExtendedErrorCode.SignatureExpired, $"the signature of {Describe(set)} expired on {Date(rrsig.Expiration)}");
            return false;
        }

        return true;
    }

    private bool TryVerify(Rrset set, RrsigData rrsig, IReadOnlyList<DnsKeyData> keys, QueryBudget ledger, ref int checks, ref Failure failure)
    {
        byte[]? signed = null;
        int tried = 0;
        foreach (DnsKeyData key in keys)
        {
            if (key.Algorithm != rrsig.Algorithm || key.Protocol != DnssecProtocol || key.KeyTag != rrsig.KeyTag)
                continue;
            if (!key.IsZoneKey || key.IsRevoked)
            {
                failure.Note(ExtendedErrorCode.NoZoneKeyBitSet, $"key {rrsig.KeyTag} of {rrsig.Signer} is not for its zone, or revoked");
                continue;
            }

            // KeyTrap (CVE-2023-50387): many keys with one tag, times many signatures.
            if (tried++ >= settings.MostKeysPerTag || checks >= settings.MostSignaturesPerSet)
            {
                failure.Note(ExtendedErrorCode.DnssecBogus, $"{Describe(set)} has more signatures, or {rrsig.Signer} more keys with tag {rrsig.KeyTag}, than are tried");
                return false;
            }

            if (!ledger.TrySpendSignature())
            {
                failure.Note(ExtendedErrorCode.Other, ledger.Exhausted!);
                return false;
            }

            checks++;
            signed ??= SignedSet.Bytes(rrsig, set);
            if (DnssecSignature.Verify(key, rrsig.Signature.Span, signed))
                return true;
            failure.Note(ExtendedErrorCode.DnssecBogus, $"the signature of {Describe(set)} by key {rrsig.KeyTag} of {rrsig.Signer} is wrong");
        }

        if (tried == 0)
            failure.Note(ExtendedErrorCode.DnskeyMissing, $"{Describe(set)} is signed by key {rrsig.KeyTag} of {rrsig.Signer}, which its DNSKEY set does not have");
        return false;
    }

    private SetVerdict Secure(Rrset set, RrsigData rrsig)
    {
        uint ttl = Math.Min(set.Ttl, Rrset.EffectiveTtl(rrsig.OriginalTtl));
        if (!settings.IgnoreSignatureTimes)
            ttl = Math.Min(ttl, (uint)Math.Max(unchecked((int)(rrsig.Expiration - Now())), 0));
        int encloserLabels = rrsig.Labels < SignedSet.LabelsOf(set.Name) ? rrsig.Labels : -1;
        return new SetVerdict(Security.Secure, ttl, encloserLabels, rrsig.KeyTag, rrsig.Algorithm, null);
    }

    private uint Now()
    {
        DateTimeOffset now = settings.ValidateAt ?? time.GetUtcNow();
        return unchecked((uint)now.ToUnixTimeSeconds());
    }

    private static SetVerdict Bogus(Rrset set, ExtendedErrorCode code, string text) =>
        new(Security.Bogus, set.Ttl, -1, 0, 0, new ExtendedError(code, text));

    private static string Describe(Rrset set) => $"{set.Name} {DnsMnemonic.Of(set.Type)}";

    private static string Date(uint seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";

    /// <summary>Of several things that are wrong, the one that says most: what a person can repair comes before "wrong".</summary>
    private struct Failure
    {
        public ExtendedErrorCode? Code { get; private set; }

        public string? Text { get; private set; }

        public void Note(ExtendedErrorCode code, string text)
        {
            if (Code is null || Weight(code) > Weight(Code.Value))
                (Code, Text) = (code, text);
        }

        private static int Weight(ExtendedErrorCode code) => code switch
        {
            ExtendedErrorCode.Other => 5,
            ExtendedErrorCode.SignatureExpired or ExtendedErrorCode.SignatureNotYetValid or ExtendedErrorCode.SignatureExpiredBeforeValid => 4,
            ExtendedErrorCode.DnssecBogus => 3,
            ExtendedErrorCode.DnskeyMissing or ExtendedErrorCode.NoZoneKeyBitSet => 2,
            _ => 1,
        };
    }
}
