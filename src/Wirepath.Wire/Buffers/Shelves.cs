namespace Wirepath.Wire;

/// <summary>
/// Spare objects of one kind: each thread has a small shelf of its own, which costs it no lock, in front of one that all share. A
/// thread that only takes and a thread that only puts back meet at the shared one, half a shelf at a time.
/// </summary>
internal sealed class SpareStock<T>(int mostShared)
    where T : class
{
    private readonly Lock _lock = new();
    private readonly T?[] _shared = new T?[mostShared];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public T? Take(Shelf<T> own)
    {
        if (own.Count == 0)
            Refill(own);
        if (own.Count == 0)
            return null;
        ref T? place = ref own.Items[--own.Count];
        T? item = place;
        place = null;
        return item;
    }

    /// <returns>Items for which there was no room: left to the garbage collector.</returns>
    public int Put(Shelf<T> own, T item)
    {
        int left = own.Count == own.Items.Length ? Unload(own) : 0;
        own.Items[own.Count++] = item;
        return left;
    }

    private void Refill(Shelf<T> own)
    {
        lock (_lock)
        {
            int moved = Math.Min(_count, own.Items.Length / 2);
            Move(_shared, ref _count, own.Items, ref own.Count, moved);
        }
    }

    private int Unload(Shelf<T> own)
    {
        lock (_lock)
        {
            int half = own.Items.Length / 2;
            int moved = Math.Min(_shared.Length - _count, half);
            Move(own.Items, ref own.Count, _shared, ref _count, moved);
            own.Items.AsSpan(own.Count - (half - moved), half - moved).Clear();
            own.Count -= half - moved;
            return half - moved;
        }
    }

    private static void Move(T?[] from, ref int fromCount, T?[] to, ref int toCount, int moved)
    {
        Span<T?> items = from.AsSpan(fromCount - moved, moved);
        items.CopyTo(to.AsSpan(toCount));
        items.Clear();
        (fromCount, toCount) = (fromCount - moved, toCount + moved);
    }
}

/// <summary>Spare objects that one thread alone takes and puts back.</summary>
internal sealed class Shelf<T>(int most)
    where T : class
{
    public readonly T?[] Items = new T?[most];
    public int Count;
}

/// <summary>The shelves of one thread. When it ends they serve the next thread, with what lies on them.</summary>
internal sealed class Shelves
{
    // What lies here is out of the others' reach: at most 1 MiB of each size for each thread.
    private const int MostPackets = 512;
    private const int MostSmall = 512;
    private const int MostLarge = 16;

    private static readonly Lock s_lock = new();
    private static readonly List<Shelves> s_all = [];
    private static readonly Stack<Shelves> s_idle = new();

    [ThreadStatic]
    private static Lease? t_lease;

    public readonly Shelf<Packet> Packets = new(MostPackets);
    public readonly Shelf<Block> Small = new(MostSmall);
    public readonly Shelf<Block> Large = new(MostLarge);

    public static Shelves Own => (t_lease ?? Borrow()).Shelves;

    /// <summary>Blocks on the shelves of all threads; right only while none of them works.</summary>
    public static long BlocksKept
    {
        get
        {
            lock (s_lock)
                return s_all.Sum(shelves => (long)shelves.Small.Count + shelves.Large.Count);
        }
    }

    private static Lease Borrow()
    {
        lock (s_lock)
        {
            if (!s_idle.TryPop(out Shelves? shelves))
                s_all.Add(shelves = new Shelves());
            return t_lease = new Lease(shelves);
        }
    }

    // Unreachable once its thread has ended.
    private sealed class Lease(Shelves shelves)
    {
        public readonly Shelves Shelves = shelves;

        ~Lease()
        {
            lock (s_lock)
                s_idle.Push(Shelves);
        }
    }
}
