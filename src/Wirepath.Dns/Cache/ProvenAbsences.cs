using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// Validated NSEC and NSEC3 sets by zone, in their order, so that a name that nobody asked for yet can be answered from the
/// gap that it lies in (RFC 8198). The sets live in the cache; here is only where to find them. Guarded by its owner.
/// </summary>
internal sealed class ProvenAbsences(int mostSets)
{
    // Each step up from the name costs a hash; names that deep are asked for.
    private const int MostHashedNames = 8;

    private readonly Dictionary<DomainName, SortedSet<Link>> _nsec = [];
    private readonly Dictionary<DomainName, SortedSet<Link>> _nsec3 = [];

    public int Count { get; private set; }

    /// <summary>Takes note of a set whose signatures were verified with the zone's keys.</summary>
    public void Add(DomainName zone, CachedSet set)
    {
        if (Count >= mostSets)
            Clear(); // they come back as fast as they are needed
        Dictionary<DomainName, SortedSet<Link>> zones = set.Key.Type == DnsType.NSEC ? _nsec : _nsec3;
        if (!zones.TryGetValue(zone, out SortedSet<Link>? chain))
            zones[zone] = chain = new SortedSet<Link>(LinkOrder.Instance);
        var link = new Link(set.Key.Name, set);
        if (chain.Remove(link))
            Count--;
        chain.Add(link);
        Count++;
    }

    /// <summary>The deepest zone at or above the name of which something is known.</summary>
    public bool TryFindZone(DomainName name, out DomainName zone)
    {
        for (zone = name; ; zone = zone.Parent)
        {
            if (_nsec.ContainsKey(zone) || _nsec3.ContainsKey(zone))
                return true;
            if (zone.IsRoot)
                return false;
        }
    }

    /// <summary>The sets that would show that a name is not there or lacks a type, if it is so: one for the name, one for each wildcard that could match.</summary>
    public List<CachedSet> Candidates(DomainName zone, DomainName name, Instant now)
    {
        var found = new List<CachedSet>();
        if (_nsec.TryGetValue(zone, out SortedSet<Link>? nsec))
        {
            AddBefore(nsec, zone, name, now, found);
            // The closest encloser is an end of the gap or above one; the wildcard below it is denied by its own gap.
            for (DomainName at = name; at.Size > zone.Size;)
            {
                at = at.Parent;
                if (at.TryPrepend("*"u8, out DomainName wildcard))
                    AddBefore(nsec, zone, wildcard, now, found);
            }
        }

        if (_nsec3.TryGetValue(zone, out SortedSet<Link>? nsec3) && nsec3.Count > 0)
            AddHashed(nsec3, zone, name, now, found);
        return found;
    }

    public void Clear()
    {
        _nsec.Clear();
        _nsec3.Clear();
        Count = 0;
    }

    private void AddHashed(SortedSet<Link> chain, DomainName zone, DomainName name, Instant now, List<CachedSet> found)
    {
        // One chain of a zone is alive at a time, apart from roll-overs: the parameters of the latest are as good as any.
        if (!Nsec3Data.TryRead(chain.Max!.Set.Set.Records[0].Data, out Nsec3Data parameters) || name.LabelCount - zone.LabelCount > MostHashedNames)
            return;
        for (DomainName at = name; ; at = at.Parent)
        {
            AddBeforeHash(at);
            if (at.TryPrepend("*"u8, out DomainName wildcard) && at.Size < name.Size)
                AddBeforeHash(wildcard);
            if (at.Size <= zone.Size)
                return;
        }

        void AddBeforeHash(DomainName of)
        {
            byte[] hash = Nsec3Hashes.Of(of, parameters.Salt.Span, parameters.Iterations);
            if (zone.TryPrepend(Base32Hex.Encode(hash), out DomainName owner))
                AddBefore(chain, zone, owner, now, found, wraps: true);
        }
    }

    private void AddBefore(SortedSet<Link> chain, DomainName zone, DomainName name, Instant now, List<CachedSet> found, bool wraps = false)
    {
        Link? link = chain.GetViewBetween(new Link(zone, null!), new Link(name, null!)).Max ?? (wraps ? chain.Max : null);
        if (link is null)
            return;
        CachedSet set = link.Set;
        while (set is { IsReplaced: true, Successor: { } successor })
            set = successor;
        if (set.IsReplaced || set.ExpiresAt <= now || set.Set.Security != Security.Secure)
        {
            chain.Remove(link);
            Count--;
        }
        else if (!found.Contains(set))
        {
            found.Add(set);
        }
    }

    private sealed record Link(DomainName Owner, CachedSet Set);

    private sealed class LinkOrder : IComparer<Link>
    {
        public static readonly LinkOrder Instance = new();

        public int Compare(Link? x, Link? y) => x!.Owner.CompareTo(y!.Owner);
    }
}
