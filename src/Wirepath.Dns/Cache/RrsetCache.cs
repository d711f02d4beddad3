using System.Diagnostics.CodeAnalysis;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Sets by name and type, class IN: ranked (RFC 2181 §5.4.1), aging by TTL, bounded. Guarded by its owner.</summary>
internal sealed class RrsetCache(CacheSettings settings)
{
    private readonly LruTable<SetKey, CachedSet> _sets = new(settings.MostBytes);

    public int Count => _sets.Count;

    public long Bytes => _sets.Bytes;

    public long Evictions => _sets.Evictions;

    public IEnumerable<CachedSet> All => _sets.ByUse;

    /// <summary>Finds a living set.</summary>
    public bool TryGet(SetKey key, Instant now, [NotNullWhen(true)] out CachedSet? found) =>
        _sets.TryGet(key, out found) && found.ExpiresAt > now;

    /// <summary>Finds a set, expired or not.</summary>
    public bool TryGetStale(SetKey key, [NotNullWhen(true)] out CachedSet? found) => _sets.TryGet(key, out found);

    /// <summary>Stores a set unless the cache knows better.</summary>
    /// <param name="set">With its rank and security.</param>
    /// <param name="now">Of its arrival.</param>
    /// <param name="validAt">A little later when an answer is fetched before its end: what will have ended then counts as ended.</param>
    /// <param name="isParentSide">See <see cref="SetKey"/>.</param>
    /// <returns>What the cache holds now.</returns>
    public CachedSet Put(Rrset set, Instant now, Instant validAt, bool isParentSide = false)
    {
        var key = new SetKey(set.Name, set.Type, isParentSide);
        Instant expires = now + TimeSpan.FromSeconds(set.Ttl);
        if (!_sets.TryGet(key, out CachedSet? known))
            return Add(null, key, set, now, expires);
        bool isAlive = known.ExpiresAt > validAt;
        bool isSame = known.Set.HasSameData(set);
        // Without TTL, data that come out of the cache and go back in would live for ever.
        if (!MayReplace(known, set, isSame, isAlive) || isSame && set.Ttl == 0 && known.Set.Ttl == 0 && set.Security == known.Set.Security)
            return known;
        // A child must not keep its own delegation alive for ever after the parent took it back ("ghost domains"):
        // a living NS set may be replaced, but not prolonged.
        if (set.Type == DnsType.NS && isAlive && !isParentSide)
            expires = Instant.Min(expires, known.ExpiresAt);
        if (!isSame)
            return Add(known, key, set, now, expires);
        // The same data with more trust or a new life: messages that hold the set keep it.
        known.Set = set;
        known.StoredAt = now;
        known.ExpiresAt = expires;
        return known;
    }

    public void Remove(SetKey key)
    {
        if (_sets.TryGet(key, out CachedSet? known))
            known.IsReplaced = true;
        _sets.Remove(key);
    }

    public void Clear() => _sets.Clear();

    private static bool MayReplace(CachedSet known, Rrset set, bool isSame, bool isAlive)
    {
        Rrset old = known.Set;
        // A proof holds together as it came; a zone that changed in between has other gaps.
        if (set.Type is DnsType.NSEC or DnsType.NSEC3 && !isSame)
            return true;
        if (set.Security == Security.Secure && old.Security != Security.Secure)
            return true;
        if (old.Security == Security.Secure && isAlive && set.Security is Security.Unchecked && !isSame && set.Rank < CacheRank.AuthoritativeAnswer)
            return false;
        if (old.Security == Security.Bogus && set.Security is not (Security.Bogus or Security.Unchecked))
            return true;
        // Bogus data that come again do not live longer for it.
        if (isSame && isAlive && old.Security == Security.Bogus && old.HasSameSignatures(set))
            return false;
        if (!isAlive || set.Rank > old.Rank)
            return true;
        // The same data with other signatures: these may be the good ones.
        return set.Rank == old.Rank && (!isSame || (old.Security != Security.Secure && !old.HasSameSignatures(set)));
    }

    private CachedSet Add(CachedSet? old, SetKey key, Rrset set, Instant now, Instant expires)
    {
        var entry = new CachedSet(key, set, now, expires);
        if (old is not null)
            (old.IsReplaced, old.Successor) = (true, entry);
        _sets.Put(entry);
        return entry;
    }
}
