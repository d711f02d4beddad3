using System.Diagnostics.CodeAnalysis;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// RRsets and "there is none" by name and type, class IN: ranked (RFC 2181 §5.4.1), aging by TTL, bounded in bytes with
/// the least recently used leaving first. Each level of the ladder has one of its own. Any thread.
/// </summary>
public sealed class RrsetCache(CacheSettings settings)
{
    // What an entry costs besides its records: the entry, its list links, its dictionary slot.
    private const int EntryOverhead = 200;
    private const int RecordOverhead = 96;

    // "No such name" holds for every type and lives under a type that no record has.
    private const DnsType EveryType = DnsType.None;

    private readonly Lock _lock = new();
    private readonly Dictionary<(DomainName Name, DnsType Type), LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new(); // first: used last
    private long _bytes;

    public RrsetCache()
        : this(new CacheSettings())
    {
    }

    public CacheSettings Settings { get; } = settings;

    /// <summary>Entries, negative ones included, expired ones too until they are met or pushed out.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _entries.Count;
        }
    }

    /// <summary>Bytes charged against <see cref="CacheSettings.MostBytes"/>.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
                return _bytes;
        }
    }

    /// <summary>Entries pushed out by the byte limit so far.</summary>
    public long Evictions { get; private set; }

    /// <summary>Looks up what is known and still lives: the RRset, that it is not there, or that the name is not.</summary>
    /// <param name="name">Owner.</param>
    /// <param name="type">Not ANY, which no cache can answer.</param>
    /// <param name="least">Entries below this rank are passed over: glue is no answer (RFC 2181 §5.4.1).</param>
    /// <param name="now">Decides what lives.</param>
    /// <param name="found">Positive or negative.</param>
    public bool TryGet(DomainName name, DnsType type, CacheRank least, Instant now, [NotNullWhen(true)] out CachedRrset? found)
    {
        lock (_lock)
        {
            if (TryTouch((name, type), now, out Entry? entry) && entry.Set.Rank >= least
                || TryTouch((name, EveryType), now, out entry))
            {
                found = entry.Set;
                return true;
            }

            found = null;
            return false;
        }
    }

    /// <summary>Stores an RRset, unless a better-ranked one still lives. A TTL of 0 is not stored.</summary>
    /// <param name="records">At least one; all of one name, type and class IN.</param>
    /// <param name="rank">Where they were found.</param>
    /// <param name="now">From when the TTL runs.</param>
    public void Put(IReadOnlyList<DnsRecord> records, CacheRank rank, Instant now)
    {
        DnsRecord first = records[0];
        // RFC 2181 §5.2: different TTLs within a set are an error; the least holds for all.
        uint ttl = uint.MaxValue;
        foreach (DnsRecord record in records)
            ttl = Math.Min(ttl, EffectiveTtl(record.Ttl));
        Instant expires = now + Clamp(ttl, Settings.LeastTtl, Settings.MostTtl);
        lock (_lock)
        {
            if (TryTouch((first.Name, first.Type), now, out Entry? old))
            {
                if (old.Set.Rank > rank)
                    return;
                // A child must not keep its own delegation alive for ever after the parent took it back ("ghost domains"):
                // a living NS set may be replaced, but not prolonged.
                if (first.Type == DnsType.NS && old.Set.Kind == CachedKind.Records)
                    expires = Instant.Min(expires, old.Set.ExpiresAt);
            }

            if (expires <= now)
                return;
            // Proof that the name is there.
            if (rank >= CacheRank.Answer)
                Remove((first.Name, EveryType));
            Add((first.Name, first.Type), new CachedRrset(CachedKind.Records, [.. records], rank, now, expires));
        }
    }

    /// <summary>Stores that the name or the type is not there (RFC 2308 §5), for the lesser of the SOA's TTL and its minimum.</summary>
    /// <param name="soa">From the authority section of the answer.</param>
    public void PutNegative(DomainName name, DnsType type, CachedKind kind, DnsRecord soa, CacheRank rank, Instant now)
    {
        if (kind == CachedKind.Records)
            throw new ArgumentException("A negative entry is a kind of absence.", nameof(kind));
        Instant expires = now + NegativeTtl(soa);
        if (expires <= now)
            return;
        lock (_lock)
        {
            var key = (name, kind == CachedKind.NoSuchName ? EveryType : type);
            if (TryTouch((name, type), now, out Entry? old) && old.Set.Kind == CachedKind.Records)
            {
                if (old.Set.Rank > rank)
                    return;
                Remove((name, type));
            }

            Add(key, new CachedRrset(kind, [soa], rank, now, expires));
        }
    }

    /// <summary>The record with the TTL that this cache would give it: what is passed on at once must not live longer than what is kept.</summary>
    public DnsRecord WithinLimits(DnsRecord record)
    {
        uint ttl = (uint)Clamp(EffectiveTtl(record.Ttl), Settings.LeastTtl, Settings.MostTtl).TotalSeconds;
        return ttl == record.Ttl ? record : record with { Ttl = ttl };
    }

    /// <summary>The SOA record with the TTL of the negative answer that it vouches for.</summary>
    public DnsRecord NegativeSoa(DnsRecord soa) => soa with { Ttl = (uint)NegativeTtl(soa).TotalSeconds };

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
            _byUse.Clear();
            _bytes = 0;
        }
    }

    // RFC 2181 §8: a TTL with the top bit set counts as 0.
    private static uint EffectiveTtl(uint ttl) => ttl > int.MaxValue ? 0 : ttl;

    private static TimeSpan Clamp(uint ttl, TimeSpan least, TimeSpan most)
    {
        TimeSpan span = TimeSpan.FromSeconds(ttl);
        return span < least ? least : span > most ? most : span;
    }

    private TimeSpan NegativeTtl(DnsRecord soa)
    {
        // A SOA that cannot be read vouches for nothing.
        uint ttl = soa.TryGetSoa(out SoaData data) ? Math.Min(EffectiveTtl(soa.Ttl), EffectiveTtl(data.Minimum)) : 0;
        return Clamp(ttl, TimeSpan.Zero, Settings.MostNegativeTtl < Settings.MostTtl ? Settings.MostNegativeTtl : Settings.MostTtl);
    }

    private bool TryTouch((DomainName, DnsType) key, Instant now, [NotNullWhen(true)] out Entry? entry)
    {
        entry = null;
        if (!_entries.TryGetValue(key, out LinkedListNode<Entry>? node))
            return false;
        if (node.Value.Set.ExpiresAt <= now)
        {
            Remove(key);
            return false;
        }

        _byUse.Remove(node);
        _byUse.AddFirst(node);
        entry = node.Value;
        return true;
    }

    private void Add((DomainName Name, DnsType Type) key, CachedRrset set)
    {
        Remove(key);
        int size = EntryOverhead + key.Name.Size;
        foreach (DnsRecord record in set.Records)
            size += RecordOverhead + record.Name.Size + record.Data.Length;
        if (size > Settings.MostBytes)
            return;
        while (_bytes + size > Settings.MostBytes && _byUse.Last is { } last)
        {
            Remove(last.Value.Key);
            Evictions++;
        }

        _entries[key] = _byUse.AddFirst(new Entry(key, set, size));
        _bytes += size;
    }

    private void Remove((DomainName, DnsType) key)
    {
        if (!_entries.Remove(key, out LinkedListNode<Entry>? node))
            return;
        _byUse.Remove(node);
        _bytes -= node.Value.Size;
    }

    private sealed record Entry((DomainName Name, DnsType Type) Key, CachedRrset Set, int Size);
}
