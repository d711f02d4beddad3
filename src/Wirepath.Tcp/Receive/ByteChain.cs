using System.Buffers;
using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>A stretch of bytes in a block that the receive side holds.</summary>
internal sealed class Piece : ReadOnlySequenceSegment<byte>
{
    public Block Block { get; private set; } = null!;

    /// <summary>Offset of the first byte in the block.</summary>
    public int Offset { get; private set; }

    public int Length { get; private set; }

    /// <summary>Bytes of memory that are held because of this piece.</summary>
    public int Charge { get; private set; }

    /// <summary>The block is our own: more bytes may be copied behind these.</summary>
    public bool IsOwn { get; private set; }

    public Piece? Following
    {
        get => (Piece?)Next;
        set => Next = value;
    }

    public int Room => IsOwn ? Block.Size - Offset - Length : 0;

    public long Index
    {
        get => RunningIndex;
        set => RunningIndex = value;
    }

    public void Set(Block block, int offset, int length, int charge, bool isOwn)
    {
        (Block, Offset, Length, Charge, IsOwn) = (block, offset, length, charge, isOwn);
        Memory = block.Bytes.AsMemory(offset, length);
        RunningIndex = 0;
        Next = null;
    }

    /// <summary>Room for <paramref name="count"/> more bytes.</summary>
    public Span<byte> Grow(int count)
    {
        Length += count;
        Memory = Block.Bytes.AsMemory(Offset, Length);
        return Block.Bytes.AsSpan(Offset + Length - count, count);
    }

    public void TrimStart(int count)
    {
        Offset += count;
        Length -= count;
        RunningIndex += count;
        Memory = Block.Bytes.AsMemory(Offset, Length);
    }

    public void Clear()
    {
        Block.Release();
        Block = null!;
        Memory = default;
        Next = null;
    }
}

/// <summary>A thread's spare pieces, so that arrivals allocate nothing and idle connections hold none.</summary>
internal static class PieceShelf
{
    // Spares beyond a few windows in small segments are left to the garbage collector.
    private const int MostSpare = 4096;

    [ThreadStatic]
    private static Piece? t_spare;

    [ThreadStatic]
    private static int t_spares;

    public static Piece Take(Block block, int offset, int length, int charge, bool isOwn)
    {
        Piece? piece = t_spare;
        if (piece is null)
        {
            piece = new Piece();
        }
        else
        {
            t_spare = piece.Following;
            t_spares--;
        }

        piece.Set(block, offset, length, charge, isOwn);
        return piece;
    }

    public static void Return(Piece piece)
    {
        piece.Clear();
        if (t_spares == MostSpare)
            return;
        piece.Following = t_spare;
        t_spare = piece;
        t_spares++;
    }
}

/// <summary>
/// Contiguous bytes of the stream as a chain of pieces. Large payloads are held by reference in the blocks they arrived
/// in; small ones are copied together, so that one-byte segments do not pin a block each.
/// </summary>
internal struct ByteChain
{
    // A slice below this is cheaper to copy than to hold; a block in which the payload fills less than half is not kept alive for it.
    private const int LeastSlice = 256;

    private Piece? _first;
    private Piece? _last;

    public int Length { get; private set; }

    /// <summary>Bytes of memory that its pieces hold.</summary>
    public int MemoryCharged { get; private set; }

    /// <summary>Adds bytes of a packet's payload.</summary>
    public void Append(Packet packet, int offset, int length)
    {
        var pieces = new PacketPieces(packet, offset);
        for (int left = length; left > 0 && pieces.TryTake(left, out Block block, out int at, out int count); left -= count)
        {
            bool fillsBlock = count * 2 >= block.Size;
            if (pieces.IsInHead ? fillsBlock : count >= LeastSlice)
            {
                block.AddHolder();
                Link(PieceShelf.Take(block, at, count, fillsBlock ? block.Size : count, isOwn: false));
            }
            else
            {
                Copy(block.Bytes.AsSpan(at, count));
            }
        }

        Length += length;
    }

    /// <summary>Takes over the bytes of <paramref name="other"/>, without its first <paramref name="skip"/>.</summary>
    public void Append(ref ByteChain other, int skip)
    {
        other.Consume(skip);
        Piece? piece = other._first;
        while (piece is not null)
        {
            Piece? following = piece.Following;
            piece.Following = null;
            Link(piece);
            piece = following;
        }

        Length += other.Length;
        other = default;
    }

    public readonly int CopyTo(Span<byte> destination)
    {
        int copied = 0;
        for (Piece? piece = _first; piece is not null && copied < destination.Length; piece = piece.Following)
        {
            int count = Math.Min(piece.Length, destination.Length - copied);
            piece.Memory.Span[..count].CopyTo(destination[copied..]);
            copied += count;
        }

        return copied;
    }

    /// <summary>Drops bytes at the front.</summary>
    public void Consume(int count)
    {
        Length -= count;
        while (count > 0)
        {
            Piece first = _first!;
            if (first.Length > count)
            {
                first.TrimStart(count);
                return;
            }

            count -= first.Length;
            _first = first.Following;
            if (_first is null)
                _last = null;
            MemoryCharged -= first.Charge;
            PieceShelf.Return(first);
        }
    }

    public readonly ReadOnlySequence<byte> Peek() =>
        _first is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(_first, 0, _last!, _last!.Length);

    private void Copy(ReadOnlySpan<byte> bytes)
    {
        int fits = Math.Min(_last?.Room ?? 0, bytes.Length);
        if (fits > 0)
            bytes[..fits].CopyTo(_last!.Grow(fits));
        bytes = bytes[fits..];
        while (bytes.Length > 0)
        {
            Block block = BlockPool.Shared.Rent(BlockPool.SmallSize);
            int count = Math.Min(bytes.Length, block.Size);
            bytes[..count].CopyTo(block.Bytes);
            Link(PieceShelf.Take(block, 0, count, block.Size, isOwn: true));
            bytes = bytes[count..];
        }
    }

    private void Link(Piece piece)
    {
        MemoryCharged += piece.Charge;
        if (_last is null)
        {
            _first = piece;
        }
        else
        {
            piece.Index = _last.Index + _last.Length;
            _last.Following = piece;
        }

        _last = piece;
    }
}
