using System.Globalization;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Keys about signatures, and what is trusted without them.</summary>
internal static class ValidationKeys
{
    public static void AddTo(ConfigurationClause keys)
    {
        keys.Add("trust-anchor", AddAnchor);
        keys.Add("trust-anchor-file", e => e.Builder.TrustAnchorFiles.Add(e.Text()));
        keys.Add("trusted-keys-file", e => e.Builder.TrustAnchorFiles.Add(e.Text()));
        keys.Add("auto-trust-anchor-file", e => e.Builder.AutoTrustAnchorFiles.Add(e.Text()));
        keys.Set("domain-insecure", (e, s) => s with { InsecureNames = [.. s.InsecureNames, e.Name()] });
        keys.Set("val-override-date", ReadDate);
        keys.Seconds("val-sig-skew-min", (s, t) => s with { LeastClockSkew = t });
        keys.Seconds("val-sig-skew-max", (s, t) => s with { MostClockSkew = t });
        keys.Seconds("val-bogus-ttl", (s, t) => s with { BogusTtl = t });
        keys.Flag("val-clean-additional", (s, on) => s with { CleanAdditional = on });
        keys.Flag("val-permissive-mode", (s, on) => s with { ValidationIsPermissive = on });
        keys.Number("val-max-restart", 0, 100, (s, n) => s with { MostValidationRestarts = n });
        keys.Set("val-nsec3-keysize-iterations", ReadIterations);
        keys.Flag("aggressive-nsec", (s, on) => s with { AggressiveNsec = on });
        keys.Flag("ignore-cd-flag", (s, on) => s with { IgnoreCheckingDisabled = on });
        keys.Flag("harden-dnssec-stripped", (s, on) => s with { HardenDnssecStripped = on });
        keys.Flag("harden-algo-downgrade", (s, on) => s with { HardenAlgorithmDowngrade = on });
        keys.Flag("disable-dnssec-lame-check", (s, on) => s with { CheckDnssecLame = !on });
        keys.Flag("root-key-sentinel", (s, on) => s with { UseRootKeySentinel = on });
        keys.Seconds("add-holddown", (s, t) => s with { AddHoldDown = t });
        keys.Seconds("del-holddown", (s, t) => s with { RemoveHoldDown = t });
        keys.Seconds("keep-missing", (s, t) => s with { KeepMissingAnchor = t });
        // Of scenarios: signatures that a modern library no longer verifies. Here they are verified.
        keys.Flag("fake-sha1", (s, on) => on ? s with { AcceptSha1 = true } : s);
        keys.Flag("fake-dsa", (s, on) => on ? s with { AcceptDsa = true } : s);
    }

    private static void AddAnchor(ConfigurationEntry entry)
    {
        if (entry.Record() is not { } record)
            return;
        if (record.Type is DnsType.DS or DnsType.DNSKEY)
            entry.Builder.TrustAnchors.Add(record);
        else
            entry.Fail(0, $"a trust anchor is a DS or a DNSKEY record, not {DnsMnemonic.Of(record.Type)}.");
    }

    // YYYYMMDDHHmmSS (RFC 4034 §3.2), or seconds since 1970; -1 takes all times, 0 is the clock.
    private static ResolverSettings ReadDate(ConfigurationEntry entry, ResolverSettings settings)
    {
        string text = entry.Text();
        if (text == "-1")
            return settings with { IgnoreSignatureTimes = true };
        if (text is "0" or "")
            return settings with { ValidateAt = null };
        if (text.Length == 14 && DateTimeOffset.TryParseExact(text, "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date))
            return settings with { ValidateAt = date };
        if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint seconds))
            return settings with { ValidateAt = DateTimeOffset.FromUnixTimeSeconds(seconds) };
        entry.Fail(0, $"'{text}' is not a date such as 20260101000000, -1 for any, or 0 for the clock's.");
        return settings;
    }

    // Pairs of key size and iterations. Signing with small keys is gone; the bound for the largest holds for all (RFC 9276 §3.2).
    private static ResolverSettings ReadIterations(ConfigurationEntry entry, ResolverSettings settings)
    {
        int[] numbers = AskingKeys.Numbers(entry, 0);
        if (entry.Error is null && numbers.Length % 2 != 0)
            entry.Fail(0, "pairs are expected: a key size in bits and the iterations that go with it.");
        return entry.Error is null ? settings with { MostNsec3Iterations = numbers.Where((_, i) => i % 2 == 1).Max() } : settings;
    }
}
