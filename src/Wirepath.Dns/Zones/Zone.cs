using Wirepath.Wire;

namespace Wirepath.Dns;

internal enum ZoneLookupKind
{
    Answer,
    /// <summary>A CNAME, or a DNAME and the CNAME made from it.</summary>
    Alias,
    /// <summary>A DNAME makes a name of more than 255 bytes.</summary>
    TargetTooLong,
    Referral,
    NoSuchType,
    NoSuchName,
}

/// <param name="Kind">What the zone says.</param>
/// <param name="Records">For the answer section.</param>
/// <param name="Authority">NS of a referral, SOA of a negative answer.</param>
/// <param name="Target">Where an alias leads.</param>
internal readonly record struct ZoneLookup(
    ZoneLookupKind Kind, IReadOnlyList<DnsRecord> Records, IReadOnlyList<DnsRecord> Authority, DomainName Target);

/// <summary>One zone's records, checked and ready to be looked up. Comes from <see cref="ZoneFile"/>. Immutable.</summary>
public sealed class Zone
{
    // Names without records of their own are here too when names below them have some: empty non-terminals (RFC 4592 §2.2.2).
    private readonly Dictionary<DomainName, Dictionary<DnsType, DnsRecord[]>> _nodes = [];
    private readonly DnsRecord[] _negative;

    internal Zone(DnsRecord soa, IReadOnlyList<DnsRecord> records)
    {
        Origin = soa.Name;
        Soa = soa;
        Records = records;
        soa.TryGetSoa(out SoaData data);
        // RFC 2308 §3: the SOA's TTL in a negative answer is the lesser of its own and its minimum.
        _negative = [soa with { Ttl = Math.Min(soa.Ttl, data.Minimum) }];
        foreach (IGrouping<DomainName, DnsRecord> owned in records.GroupBy(r => r.Name))
        {
            var sets = new Dictionary<DnsType, DnsRecord[]>();
            foreach (IGrouping<DnsType, DnsRecord> set in owned.GroupBy(r => r.Type))
            {
                // RFC 2181 §5: no duplicates and one TTL in a set.
                uint ttl = set.Min(r => r.Ttl);
                sets[set.Key] = [.. set.Select(r => r with { Ttl = ttl }).Distinct()];
            }

            _nodes[owned.Key] = sets;
        }

        foreach (DomainName owner in _nodes.Keys.ToArray())
        {
            for (DomainName above = owner; above.LabelCount > Origin.LabelCount; above = above.Parent)
                _nodes.TryAdd(above.Parent, []);
        }
    }

    public DomainName Origin { get; }

    public DnsRecord Soa { get; }

    /// <summary>All records, in the order of the file.</summary>
    public IReadOnlyList<DnsRecord> Records { get; }

    /// <summary>A and AAAA of a name in the zone, glue below its cuts included.</summary>
    internal IEnumerable<DnsRecord> AddressesOf(DomainName name)
    {
        if (!_nodes.TryGetValue(name, out Dictionary<DnsType, DnsRecord[]>? node))
            yield break;
        foreach (DnsRecord record in node.GetValueOrDefault(DnsType.A, []))
            yield return record;
        foreach (DnsRecord record in node.GetValueOrDefault(DnsType.AAAA, []))
            yield return record;
    }

    /// <summary>RFC 1034 §4.3.2 step 3, with RFC 4592 for wildcards and RFC 6672 §3.2 for DNAME.</summary>
    /// <param name="name">At or below <see cref="Origin"/>.</param>
    /// <param name="type">Any type.</param>
    internal ZoneLookup Lookup(DomainName name, DnsType type)
    {
        int labels = name.LabelCount;
        DomainName closest = Origin;
        for (int depth = Origin.LabelCount; depth <= labels; depth++)
        {
            DomainName at = name.Ancestor(depth);
            if (!_nodes.TryGetValue(at, out Dictionary<DnsType, DnsRecord[]>? node))
                return LookupWildcard(closest, name, type);
            closest = at;
            bool isCut = depth > Origin.LabelCount && node.ContainsKey(DnsType.NS);
            // DS is the one type that a parent has at the cut (RFC 4035 §2.6).
            if (isCut && !(depth == labels && type == DnsType.DS))
                return new ZoneLookup(ZoneLookupKind.Referral, [], node[DnsType.NS], default);
            if (depth < labels && node.TryGetValue(DnsType.DNAME, out DnsRecord[]? dname))
            {
                DnsRecord? cname = AnswerChain.Synthesize(dname[0], name);
                if (cname is null || !cname.TryGetName(out DomainName target))
                    return new ZoneLookup(ZoneLookupKind.TargetTooLong, dname, [], default);
                return new ZoneLookup(ZoneLookupKind.Alias, [dname[0], cname], [], target);
            }
        }

        return LookupNode(_nodes[name], name, type);
    }

    private ZoneLookup LookupWildcard(DomainName closest, DomainName name, DnsType type) =>
        closest.TryPrepend("*"u8, out DomainName wildcard) && _nodes.TryGetValue(wildcard, out Dictionary<DnsType, DnsRecord[]>? node)
            ? LookupNode(node, name, type)
            : new ZoneLookup(ZoneLookupKind.NoSuchName, [], _negative, default);

    private ZoneLookup LookupNode(Dictionary<DnsType, DnsRecord[]> node, DomainName name, DnsType type)
    {
        DnsRecord[]? records;
        if (type == DnsType.ANY && node.Count > 0)
        {
            // RFC 8482 §4.1: one RRset is answer enough.
            records = node.Values.First();
        }
        else if (!node.TryGetValue(type, out records))
        {
            if (node.TryGetValue(DnsType.CNAME, out DnsRecord[]? cname) && cname[0].TryGetName(out DomainName target))
                return new ZoneLookup(ZoneLookupKind.Alias, OwnedBy(cname, name), [], target);
            return new ZoneLookup(ZoneLookupKind.NoSuchType, [], _negative, default);
        }

        return new ZoneLookup(ZoneLookupKind.Answer, OwnedBy(records, name), [], default);
    }

    // What a wildcard gives is given under the name that was asked for.
    private static DnsRecord[] OwnedBy(DnsRecord[] records, DomainName name) =>
        records[0].Name == name ? records : Array.ConvertAll(records, record => record with { Name = name });
}
