using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Keys about servers: how they are asked, and what of their replies is believed.</summary>
internal static class AskingKeys
{
    public static void AddTo(ConfigurationClause keys)
    {
        keys.Flag("do-ip4", (s, on) => s with { UseIpv4 = on });
        keys.Flag("do-ip6", (s, on) => s with { UseIpv6 = on });
        keys.Flag("do-udp", (s, on) => s with { UseUdp = on });
        keys.Flag("do-tcp", (s, on) => s with { UseTcp = on });
        keys.Flag("tcp-upstream", (s, on) => s with { AskOverTcp = on });
        keys.Number("edns-buffer-size", 512, ushort.MaxValue, (s, n) => s with { EdnsSize = (ushort)n });
        keys.Flag("qname-minimisation", (s, on) => s with { UseMinimisation = on });
        keys.Flag("qname-minimisation-strict", (s, on) => s with { MinimisationIsStrict = on });
        keys.Number("outbound-msg-retry", 0, 100, (s, n) => s with { MostTriesPerServer = n });
        keys.Number("max-sent-count", 1, int.MaxValue, (s, n) => s with { MostQueriesPerName = n });
        keys.Number("max-global-quota", 1, int.MaxValue, (s, n) => s with { MostQueries = n });
        keys.Number("max-query-restarts", 0, int.MaxValue, (s, n) => s with { MostAliases = n });
        keys.Number("iter-scrub-ns", 1, int.MaxValue, (s, n) => s with { MostNameservers = n });
        keys.Number("iter-scrub-cname", 1, int.MaxValue, (s, n) => s with { MostAliasesPerReply = n });
        keys.Number("iter-scrub-rrsig", 1, int.MaxValue, (s, n) => s with { MostSignaturesPerSet = n });
        keys.Flag("iter-scrub-promiscuous", (s, on) => s with { ScrubPromiscuous = on });
        keys.Flag("harden-referral-path", (s, on) => s with { HardenReferralPath = on });
        keys.Flag("use-caps-for-id", (s, on) => s with { UseRandomCase = on });
        keys.Set("caps-exempt", (e, s) => s with { FixedCase = [.. s.FixedCase, e.Name()] });
        keys.Set("caps-whitelist", (e, s) => s with { FixedCase = [.. s.FixedCase, e.Name()] });
        keys.Set("do-not-query-address", (e, s) => s with { NeverAsk = [.. s.NeverAsk, e.Prefix()] });
        keys.Flag("do-not-query-localhost", (s, on) => s with { AskLoopback = !on });
        keys.Set("private-address", (e, s) => s with { PrivateAddresses = [.. s.PrivateAddresses, e.Prefix()] });
        keys.Set("private-domain", (e, s) => s with { PrivateDomains = [.. s.PrivateDomains, e.Name()] });
        keys.Flag("do-nat64", (s, on) => s with { UseNat64 = on });
        keys.Set("nat64-prefix", (e, s) => s with { Nat64Prefix = TranslationPrefix(e) ?? s.Nat64Prefix });
        keys.Flag("dns-error-reporting", (s, on) => s with { ReportErrors = on });
        keys.Seconds("infra-host-ttl", (s, t) => s with { ServerMemory = t });
        keys.Number("infra-cache-numhosts", 1, int.MaxValue, (s, n) => s with { MostServersRemembered = n });
        keys.Milliseconds("infra-cache-min-rtt", (s, t) => s with { LeastTimeout = t });
        keys.Milliseconds("infra-cache-max-rtt", (s, t) => s with { MostTimeout = t });
        keys.Milliseconds("unknown-server-time-limit", (s, t) => s with { FirstTimeout = t });
        keys.Add("root-hints", e => e.Builder.RootHintFiles.Add(e.Text()));
    }

    /// <summary>A prefix for translated IPv4 addresses; null after an error.</summary>
    public static IpPrefix? TranslationPrefix(ConfigurationEntry entry)
    {
        IpPrefix prefix = entry.Prefix();
        if (entry.Error is not null)
            return null;
        if (prefix.Address.IsV6 && prefix.Length is 32 or 40 or 48 or 56 or 64 or 96)
            return prefix;
        entry.Fail(0, $"'{entry.Text()}' is not an IPv6 prefix of length 32, 40, 48, 56, 64 or 96 (RFC 6052).");
        return null;
    }

    public static int[] Numbers(ConfigurationEntry entry, int least)
    {
        var numbers = new List<int>();
        foreach (string word in entry.Text().Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(word, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out int number) || number < least)
            {
                entry.Fail(0, $"'{word}' is not a number from {least} up; '{entry.Key}:' takes several, in quotes.");
                return [];
            }

            numbers.Add(number);
        }

        if (numbers.Count == 0)
            entry.Fail(0, $"'{entry.Key}:' takes numbers, in quotes.");
        return [.. numbers];
    }
}
