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

    private readonly Shelf _small = new(MostSmallKept);
    private readonly Shelf _large = new(MostLargeKept);
    private long _outstanding;

    /// <summary>Blocks that are rented and not yet returned: a leak test's figure.</summary>
    public long Outstanding => Interlocked.Read(ref _outstanding);

    /// <summary>Rents a block of at least <paramref name="size"/> bytes, held once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="LargeSize"/>.</exception>
    public Block Rent(int size)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, LargeSize);
        bool small = size <= SmallSize;
        Block block = (small ? _small : _large).Take()
            ?? new Block(GC.AllocateUninitializedArray<byte>(small ? SmallSize : LargeSize, pinned: true), this);
        Interlocked.Increment(ref _outstanding);
        block.Rented();
        return block;
    }

    internal void Return(Block block)
    {
        Interlocked.Decrement(ref _outstanding);
        (block.Size == SmallSize ? _small : _large).Put(block);
    }

    // An array and a lock: unlike the concurrent collections it allocates nothing per push.
    private sealed class Shelf(int most)
    {
        private readonly Lock _lock = new();
        private readonly Block?[] _blocks = new Block?[most];
        private int _count;

        public Block? Take()
        {
            lock (_lock)
            {
                if (_count == 0)
                    return null;
                Block? block = _blocks[--_count];
                _blocks[_count] = null;
                return block;
            }
        }

        public void Put(Block block)
        {
            lock (_lock)
            {
                if (_count < _blocks.Length)
                    _blocks[_count++] = block;
            }
        }
    }
}
