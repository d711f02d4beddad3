namespace Wirepath.Wire;

/// <summary>
/// A piece of pooled memory with a count of its holders. Send buffers, receive buffers and packets share
/// blocks instead of copying bytes; the last holder's <see cref="Release"/> returns the block to its pool.
/// </summary>
public sealed class Block
{
    private readonly BlockPool? _pool;
    private int _holders;

    internal Block(byte[] bytes, BlockPool? pool)
    {
        Bytes = bytes;
        _pool = pool;
    }

    public byte[] Bytes { get; }

    public int Size => Bytes.Length;

    /// <summary>True when nobody else can see the bytes, so that they may be written in place.</summary>
    public bool IsSoleHolder => Volatile.Read(ref _holders) == 1;

    internal void Rented() => _holders = 1;

    public void AddHolder() => Interlocked.Increment(ref _holders);

    public void Release()
    {
        // The only holder is the caller: nobody else can add one or let go meanwhile.
        int left = Volatile.Read(ref _holders) == 1 ? _holders = 0 : Interlocked.Decrement(ref _holders);
        if (left == 0)
            _pool?.Return(this);
        else if (left < 0)
            throw new InvalidOperationException("A block was released more often than it was held.");
    }
}
