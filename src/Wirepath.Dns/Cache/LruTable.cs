using System.Diagnostics.CodeAnalysis;

namespace Wirepath.Dns;

/// <summary>What an <see cref="LruTable{TKey, TEntry}"/> keeps: linked by use, and charged.</summary>
internal abstract class LruEntry<TKey, TEntry>(TKey key, int size)
    where TEntry : LruEntry<TKey, TEntry>
{
    public TKey Key { get; } = key;

    /// <summary>Bytes that it is charged for.</summary>
    public int Size { get; } = size;

    internal TEntry? Newer { get; set; }

    internal TEntry? Older { get; set; }
}

/// <summary>A table with a bound in bytes: what was used longest ago leaves first. Not for several threads.</summary>
internal sealed class LruTable<TKey, TEntry>(long mostBytes, IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
    where TEntry : LruEntry<TKey, TEntry>
{
    private readonly Dictionary<TKey, TEntry> _entries = new(comparer);
    private TEntry? _newest;
    private TEntry? _oldest;

    public int Count => _entries.Count;

    public long Bytes { get; private set; }

    public long Evictions { get; private set; }

    /// <summary>From the one that was not used for longest on: put into another table in this order, they have the same order there.</summary>
    public IEnumerable<TEntry> ByUse
    {
        get
        {
            for (TEntry? at = _oldest; at is not null; at = at.Newer)
                yield return at;
        }
    }

    /// <summary>Finds an entry and makes it the most recently used.</summary>
    public bool TryGet(TKey key, [NotNullWhen(true)] out TEntry? entry)
    {
        if (!_entries.TryGetValue(key, out entry))
            return false;
        Touch(entry);
        return true;
    }

    /// <inheritdoc cref="TryGet(TKey, out TEntry)"/>
    public bool TryGet<TAlternate>(TAlternate key, [NotNullWhen(true)] out TEntry? entry)
        where TAlternate : notnull, allows ref struct
    {
        if (!_entries.GetAlternateLookup<TAlternate>().TryGetValue(key, out entry))
            return false;
        Touch(entry);
        return true;
    }

    public void Touch(TEntry entry)
    {
        if (entry == _newest)
            return;
        Unlink(entry);
        LinkNewest(entry);
    }

    /// <summary>Puts an entry in the place of the one with its key; others leave until there is room.</summary>
    /// <returns>False when it alone is larger than the table.</returns>
    public bool Put(TEntry entry)
    {
        Remove(entry.Key);
        if (entry.Size > mostBytes)
            return false;
        while (Bytes + entry.Size > mostBytes && _oldest is { } oldest)
        {
            Remove(oldest.Key);
            Evictions++;
        }

        _entries.Add(entry.Key, entry);
        LinkNewest(entry);
        Bytes += entry.Size;
        return true;
    }

    public void Remove(TKey key)
    {
        if (!_entries.Remove(key, out TEntry? entry))
            return;
        Unlink(entry);
        Bytes -= entry.Size;
    }

    public void Clear()
    {
        _entries.Clear();
        (_newest, _oldest, Bytes) = (null, null, 0);
    }

    private void LinkNewest(TEntry entry)
    {
        entry.Older = _newest;
        if (_newest is not null)
            _newest.Newer = entry;
        _newest = entry;
        _oldest ??= entry;
    }

    private void Unlink(TEntry entry)
    {
        if (entry.Newer is null)
            _newest = entry.Older;
        else
            entry.Newer.Older = entry.Older;
        if (entry.Older is null)
            _oldest = entry.Newer;
        else
            entry.Older.Newer = entry.Newer;
        (entry.Newer, entry.Older) = (null, null);
    }
}
