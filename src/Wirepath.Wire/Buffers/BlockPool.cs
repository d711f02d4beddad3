namespace Wirepath.Wire;

/// <summary>
/// Blocks of two sizes, the one pool of the process: small ones for headers and ordinary frames, large ones for
/// super-segments and stream buffers. Renting never fails; how much a host may hold is the host's own budget.
/// </summary>
public sealed class BlockPool
{
    /// <summary>Bytes: a frame of 1,514 bytes with its headroom.</summary>
    public const int SmallSize = 2048;

    /// <summary>Bytes: a 64 KiB IP packet with link header, offload header and headroom.</summary>
    public const int LargeSize = 65536 + 512;

    // What is kept for reuse at the most (16 MiB and 32 MiB); beyond it the garbage collector gets the rest.
    private const int MostSmallKept = 8192;
    private const int MostLargeKept = 512;

    public static readonly BlockPool Shared = new();

    private readonly SpareStock<Block> _small = new(MostSmallKept);
    private readonly SpareStock<Block> _large = new(MostLargeKept);
    private long _existing;

    private BlockPool()
    {
    }

    /// <summary>Blocks that are rented and not yet returned: a leak test's figure, exact while nobody rents or returns.</summary>
    public long Outstanding => Interlocked.Read(ref _existing) - _small.Count - _large.Count - Shelves.BlocksKept;

    /// <summary>Rents a block of at least <paramref name="size"/> bytes, held once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="LargeSize"/>.</exception>
    public Block Rent(int size)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, LargeSize);
        Shelves own = Shelves.Own;
        Block block = (size <= SmallSize ? _small.Take(own.Small) : _large.Take(own.Large)) ?? Make(size <= SmallSize ? SmallSize : LargeSize);
        block.Rented();
        return block;
    }

    internal void Return(Block block)
    {
        Shelves own = Shelves.Own;
        int left = block.Size == SmallSize ? _small.Put(own.Small, block) : _large.Put(own.Large, block);
        if (left > 0)
            Interlocked.Add(ref _existing, -left);
    }

    private Block Make(int size)
    {
        Interlocked.Increment(ref _existing);
        return new Block(GC.AllocateUninitializedArray<byte>(size, pinned: true), this);
    }
}
