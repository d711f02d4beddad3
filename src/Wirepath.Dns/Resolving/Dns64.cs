using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>IPv6 addresses for names that have only IPv4 ones, for clients behind a NAT64 (RFC 6147).</summary>
internal static class Dns64
{
    // RFC 6147 §5.1.7: without a SOA record to say how long "no AAAA" holds, 10 minutes at the most.
    private const uint MostTtlWithoutSoa = 600;

    // 32 nibbles, ip6 and arpa.
    private const int ReverseLabels = 34;

    private static readonly DomainName s_v6Tree = DomainName.Parse("ip6.arpa.");

    /// <summary>True when the A records of the name should be made into the answer.</summary>
    /// <param name="query">With CD and DO the client validates by itself and wants nothing that was made up (RFC 6147 §5.5).</param>
    /// <param name="found">What came of its question for AAAA.</param>
    public static bool IsWanted(ResolverSettings settings, DnsMessage query, ResolvedMessage found)
    {
        if (!settings.UseDns64 || found.Question is not { Type: DnsType.AAAA, Class: DnsClass.IN } question || found.Security == Security.Bogus
            || query.CheckingDisabled && query.Edns is { DnssecOk: true })
            return false;
        // RFC 6147 §5.1.2 and 5.1.3: NXDOMAIN holds for A too; other errors count as "no AAAA".
        if (found.Rcode == DnsRcode.NXDomain)
            return false;
        DomainName end = found.EndOfAliases(out bool hasAddresses);
        return !hasAddresses || settings.Dns64ForAll || Exists(settings.Dns64WithoutAaaa, question.Name, end);
    }

    /// <param name="none">The answer about AAAA.</param>
    /// <param name="v4">The answer about A.</param>
    /// <returns><paramref name="none"/> when there are no IPv4 addresses either.</returns>
    public static ResolvedMessage Synthesize(ResolverSettings settings, ResolvedMessage none, ResolvedMessage v4)
    {
        if (v4.Rcode != DnsRcode.NoError || v4.Security == Security.Bogus || !v4.Answers.Exists(s => s.Type == DnsType.A))
            return none;
        uint limit = none.Authorities.Find(s => s.Type == DnsType.SOA)?.Ttl ?? MostTtlWithoutSoa;
        var message = new ResolvedMessage(none.Question, DnsRcode.NoError)
        {
            // Made up here: no chain of trust leads to it (RFC 6147 §3).
            Security = Security.Insecure,
            Because = v4.Because,
            IsStale = v4.IsStale,
        };
        foreach (Rrset set in v4.Answers)
        {
            if (set.Type != DnsType.A)
            {
                message.Answers.Add(set);
                continue;
            }

            uint ttl = Math.Min(set.Ttl, limit);
            var records = new List<DnsRecord>(set.Records.Length);
            foreach (DnsRecord record in set.Records)
            {
                if (record.TryGetAddress(out IpAddress address))
                    records.Add(DnsRecord.ForAddress(set.Name, ttl, Nat64.Embed(address, settings.Dns64Prefix)));
            }

            message.Answers.Add(new Rrset([.. records], [], ttl));
        }

        return message;
    }

    /// <summary>RFC 6147 §5.3.1: reverse names inside the prefix are aliases of those of the IPv4 address.</summary>
    public static DomainName? ReverseTarget(ResolverSettings settings, DnsQuestion question)
    {
        if (!settings.UseDns64 || question.Type != DnsType.PTR || !question.Name.IsSubdomainOf(s_v6Tree) || question.Name.LabelCount != ReverseLabels)
            return null;
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        DomainName at = question.Name;
        // The first label is the lowest half of the last byte.
        for (int nibble = 31; nibble >= 0; nibble--, at = at.Parent)
        {
            if (at.FirstLabel.Length != 1 || !char.IsAsciiHexDigit((char)at.FirstLabel[0]))
                return null;
            int value = Convert.ToInt32(((char)at.FirstLabel[0]).ToString(), 16);
            bytes[nibble / 2] |= (byte)(nibble % 2 == 0 ? value << 4 : value);
        }

        IpAddress address = IpAddress.Read(bytes);
        return settings.Dns64Prefix.Contains(address) ? ConfigurationBuilder.ReverseName(Nat64.Extract(address, settings.Dns64Prefix)) : null;
    }

    private static bool Exists(IReadOnlyList<DomainName> names, DomainName asked, DomainName end)
    {
        foreach (DomainName name in names)
        {
            if (asked.IsSubdomainOf(name) || end.IsSubdomainOf(name))
                return true;
        }

        return false;
    }
}
