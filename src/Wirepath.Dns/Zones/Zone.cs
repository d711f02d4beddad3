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
/// <param name="Sets">The answer; of a referral the NS set. Under the names that the zone has them, a wildcard's too.</param>
/// <param name="Synthesized">The CNAME that a DNAME stands for (RFC 6672 §3.1).</param>
/// <param name="Target">Where an alias leads.</param>
/// <param name="Closest">The closest encloser: the name itself, or the nearest one above it that exists.</param>
/// <param name="IsExpanded">The wildcard at <paramref name="Closest"/> was the source.</param>
internal readonly record struct ZoneLookup(
    ZoneLookupKind Kind, IReadOnlyList<Rrset> Sets, DnsRecord? Synthesized, DomainName Target, DomainName Closest, bool IsExpanded);

/// <summary>One zone's records, checked and ready to be looked up. Comes from <see cref="ZoneFile"/> or <see cref="ZoneSigner"/>. Immutable.</summary>
public sealed class Zone
{
    // Names without records of their own are here too when names below them have some: empty non-terminals (RFC 4592 §2.2.2).
    private readonly Dictionary<DomainName, ZoneNode> _nodes = [];
    private readonly SignOnDemand? _signing;

    internal Zone(DnsRecord soa, IReadOnlyList<DnsRecord> records, SignOnDemand? signing = null)
    {
        Origin = soa.Name;
        Soa = soa;
        Records = records;
        _signing = signing;
        var nsec3s = new List<DnsRecord>();
        foreach (DnsRecord record in records)
        {
            if (record.Type == DnsType.NSEC3 || (record.Type == DnsType.RRSIG && ZoneNode.Covered(record) == DnsType.NSEC3))
                nsec3s.Add(record); // RFC 5155 §7.2.8: their owner names are not names of the zone
            else
                NodeAt(record.Name).Add(record);
        }

        foreach (ZoneNode node in _nodes.Values.ToArray())
        {
            node.Complete();
            for (DomainName above = node.Name; above.LabelCount > Origin.LabelCount; above = above.Parent)
            {
                if (!_nodes.TryAdd(above.Parent, new ZoneNode(above.Parent)))
                    break;
            }
        }

        Top = _nodes[Origin];
        Rrset soaSet = Top.Find(DnsType.SOA)!;
        soa.TryGetSoa(out SoaData data);
        // RFC 2308 §3: the SOA's TTL in a negative answer is the lesser of its own and its minimum.
        Negative = soaSet.WithTtl(Math.Min(soaSet.Ttl, data.Minimum));
        Denial = Nsec3Denial.TryRead(this, nsec3s) ?? (IDenialOfExistence?)NsecDenial.TryRead(this);
        Nsec3s = (Denial as Nsec3Denial)?.Sets ?? [];
    }

    public DomainName Origin { get; }

    public DnsRecord Soa { get; }

    /// <summary>SOA's serial number; compared as RFC 1982 says.</summary>
    public uint Serial => Soa.TryGetSoa(out SoaData soa) ? soa.Serial : 0;

    /// <summary>All records, in the order of the file, without signatures that are made on demand.</summary>
    public IReadOnlyList<DnsRecord> Records { get; }

    /// <summary>It has keys and proofs of what is not there.</summary>
    public bool IsSigned => Denial is not null && Top.Find(DnsType.DNSKEY) is not null;

    /// <summary>The same zone with further records, unsigned ones: DS of its children.</summary>
    public Zone With(params IEnumerable<DnsRecord> records) => new(Soa, [.. Records, .. records]);

    internal ZoneNode Top { get; }

    /// <summary>The SOA as negative answers have it.</summary>
    internal Rrset Negative { get; }

    /// <summary>Null in a zone without NSEC and NSEC3 chains.</summary>
    internal IDenialOfExistence? Denial { get; }

    internal IReadOnlyCollection<ZoneNode> Nodes => _nodes.Values;

    internal IReadOnlyList<Rrset> Nsec3s { get; }

    internal ZoneNode? Find(DomainName name) => _nodes.GetValueOrDefault(name);

    /// <summary>The set's signatures: those of the file, or made now.</summary>
    internal IReadOnlyList<DnsRecord> SignaturesOf(Rrset set) => set.Signatures.Length > 0 || _signing is null ? set.Signatures : _signing.Sign(this, set);

    /// <summary>
    /// The set is the zone's own word: not glue, not the NS set at a cut (RFC 1034 §4.2.1), not below a DNAME (RFC 6672 §2.4).
    /// Such sets are signed (RFC 4035 §2.2).
    /// </summary>
    internal bool IsAuthoritative(Rrset set)
    {
        if (set.Type == DnsType.NSEC3)
            return true;
        for (DomainName at = set.Name; at.LabelCount > Origin.LabelCount; at = at.Parent)
        {
            bool isOwner = at == set.Name;
            if (_nodes.TryGetValue(at, out ZoneNode? node) && node.Find(DnsType.NS) is not null && !(isOwner && set.Type is DnsType.DS or DnsType.NSEC))
                return false;
            if (!isOwner && node?.Find(DnsType.DNAME) is not null)
                return false;
        }

        return set.Name == Origin || Top.Find(DnsType.DNAME) is null;
    }

    /// <summary>Every record with its signatures, SOA first, then in canonical order: what a transfer carries.</summary>
    internal IEnumerable<DnsRecord> AllRecords()
    {
        yield return Soa;
        foreach (DnsRecord signature in SignaturesOf(Top.Find(DnsType.SOA)!))
            yield return signature;
        foreach (Rrset set in SetsInOrder())
        {
            foreach (DnsRecord record in set.Records)
                yield return record;
            foreach (DnsRecord signature in SignaturesOf(set))
                yield return signature;
        }
    }

    /// <summary>All sets but the SOA, in canonical order of their names and then by type, NSEC3 last.</summary>
    internal IEnumerable<Rrset> SetsInOrder()
    {
        foreach (ZoneNode node in _nodes.Values.Where(n => n.Sets.Count > 0).OrderBy(n => n.Name))
        {
            foreach (Rrset set in node.Sets.OrderBy(s => s.Type))
            {
                if (set.Type != DnsType.SOA)
                    yield return set;
            }
        }

        foreach (Rrset set in Nsec3s)
            yield return set;
    }

    /// <summary>RFC 1034 §4.3.2 step 3, with RFC 4592 for wildcards and RFC 6672 §3.2 for DNAME.</summary>
    /// <param name="name">At or below <see cref="Origin"/>.</param>
    /// <param name="type">Any type.</param>
    internal ZoneLookup Lookup(DomainName name, DnsType type)
    {
        int labels = name.LabelCount;
        ZoneNode closest = Top;
        for (int depth = Origin.LabelCount; depth <= labels; depth++)
        {
            if (!_nodes.TryGetValue(name.Ancestor(depth), out ZoneNode? node))
                return LookupWildcard(closest, type);
            closest = node;
            // DS is the one type that a parent has at the cut (RFC 4035 §2.6).
            if (depth > Origin.LabelCount && node.Find(DnsType.NS) is { } servers && !(depth == labels && type == DnsType.DS))
                return new ZoneLookup(ZoneLookupKind.Referral, [servers], null, default, node.Name, false);
            if (depth < labels && node.Find(DnsType.DNAME) is { } dname)
            {
                return Dname.Synthesize(dname, name) is { } cname && cname.Records[0].TryGetName(out DomainName target)
                    ? new ZoneLookup(ZoneLookupKind.Alias, [dname], cname.Records[0], target, node.Name, false)
                    : new ZoneLookup(ZoneLookupKind.TargetTooLong, [dname], null, default, node.Name, false);
            }
        }

        return LookupNode(closest, closest, type, isExpanded: false);
    }

    private ZoneLookup LookupWildcard(ZoneNode closest, DnsType type) =>
        closest.Name.TryPrepend("*"u8, out DomainName wildcard) && _nodes.TryGetValue(wildcard, out ZoneNode? node)
            ? LookupNode(node, closest, type, isExpanded: true)
            : new ZoneLookup(ZoneLookupKind.NoSuchName, [], null, default, closest.Name, false);

    private ZoneLookup LookupNode(ZoneNode node, ZoneNode closest, DnsType type, bool isExpanded)
    {
        if (type == DnsType.ANY && node.Sets.Count > 0)
            return new ZoneLookup(ZoneLookupKind.Answer, [node.Sets[0]], null, default, closest.Name, isExpanded); // RFC 8482 §4.1: one RRset is answer enough
        if (type == DnsType.RRSIG && SignaturesAt(node) is { Count: > 0 } signatures)
            return new ZoneLookup(ZoneLookupKind.Answer, signatures, null, default, closest.Name, isExpanded);
        if (node.Find(type) is { } set)
            return new ZoneLookup(ZoneLookupKind.Answer, [set], null, default, closest.Name, isExpanded);
        if (node.Find(DnsType.CNAME) is { } cname && type != DnsType.ANY && cname.Records[0].TryGetName(out DomainName target))
            return new ZoneLookup(ZoneLookupKind.Alias, [cname], null, target, closest.Name, isExpanded);
        return new ZoneLookup(ZoneLookupKind.NoSuchType, [], null, default, closest.Name, isExpanded);
    }

    private List<Rrset> SignaturesAt(ZoneNode node)
    {
        var sets = new List<Rrset>();
        foreach (Rrset set in node.Sets)
        {
            if (SignaturesOf(set) is { Count: > 0 } signatures)
                sets.Add(new Rrset([.. signatures], [], set.Ttl));
        }

        return sets;
    }

    private ZoneNode NodeAt(DomainName name)
    {
        if (!_nodes.TryGetValue(name, out ZoneNode? node))
            _nodes[name] = node = new ZoneNode(name);
        return node;
    }
}
