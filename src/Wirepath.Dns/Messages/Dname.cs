using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>What a DNAME does to the names below it (RFC 6672).</summary>
internal static class Dname
{
    /// <summary>The CNAME that a DNAME means for a name below it; null when the new name would be too long (§2.2).</summary>
    public static Rrset? Synthesize(Rrset dname, DomainName name)
    {
        if (!dname.Records[0].TryGetName(out DomainName target) || name == dname.Name || !name.TryReplaceSuffix(dname.Name, target, out DomainName replaced))
            return null;
        return new Rrset([DnsRecord.ForName(name, DnsType.CNAME, dname.Ttl, replaced)], [], dname.Ttl) { Rank = dname.Rank, Security = dname.Security };
    }
}
