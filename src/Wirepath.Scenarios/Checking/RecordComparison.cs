using Wirepath.Wire;

namespace Wirepath.Scenarios;

/// <summary>Which records are the same: letters' case in names does not count, neither do the order nor, unless asked for, the TTLs.</summary>
internal static class RecordComparison
{
    /// <summary>What is in only one of two sections.</summary>
    public static (List<DnsRecord> Missing, List<DnsRecord> Extra) Differ(IReadOnlyList<DnsRecord> expected, IReadOnlyList<DnsRecord> came, bool withTtl)
    {
        var missing = new List<DnsRecord>();
        var extra = new List<DnsRecord>(came);
        foreach (DnsRecord record in expected)
        {
            int at = extra.FindIndex(r => AreSame(record, r, withTtl));
            if (at < 0)
                missing.Add(record);
            else
                extra.RemoveAt(at);
        }

        return (missing, extra);
    }

    private static bool AreSame(DnsRecord a, DnsRecord b, bool withTtl) =>
        a.Type == b.Type && a.Class == b.Class && a.Name == b.Name && (!withTtl || a.Ttl == b.Ttl)
        && (a.Data.Span.SequenceEqual(b.Data.Span) || Lowered(a).AsSpan().SequenceEqual(Lowered(b)));

    // RFC 4034 §6.2: names in the data of these types are compared in lower case.
    private static byte[] Lowered(DnsRecord record)
    {
        if (record.TryGetName(out DomainName name))
            return name.ToLower().Wire.ToArray();
        if (record.TryGetMx(out MxData mx))
            return new MxData(mx.Preference, mx.Exchange.ToLower()).ToArray();
        if (record.TryGetSrv(out SrvData srv))
            return new SrvData(srv.Priority, srv.Weight, srv.Port, srv.Target.ToLower()).ToArray();
        if (record.TryGetSoa(out SoaData soa))
            return (soa with { PrimaryServer = soa.PrimaryServer.ToLower(), Mailbox = soa.Mailbox.ToLower() }).ToArray();
        if (record.Type == DnsType.RRSIG && RrsigData.TryRead(record.Data, out RrsigData rrsig))
            return (rrsig with { Signer = rrsig.Signer.ToLower() }).ToArray();
        if (record.Type == DnsType.NSEC && NsecData.TryRead(record.Data, out NsecData nsec))
            return (nsec with { Next = nsec.Next.ToLower() }).ToArray();
        return record.Data.ToArray();
    }
}
