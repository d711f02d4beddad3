using System.Buffers;
using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>
/// The bytes between SND.UNA and what the application wrote last, in a ring of pooled blocks. They stay where they were
/// put until they are acknowledged; segments and repetitions carry slices of them. Empty, it holds nothing.
/// </summary>
internal struct SendBuffer
{
    // A write of this size fills most of a large block; smaller ones take small blocks, so that a short message does not hold 64 KiB.
    private const int LargeWrite = 32768;

    private const int LeastRing = 16;

    private Part[]? _ring;
    private int _first;
    private int _count;
    private long _start; // stream offset of the first byte held

    private struct Part
    {
        public Block Block;
        public int Offset;
        public int End;
        public long At; // stream offset of the byte at Offset
    }

    public int Length { get; private set; }

    public int MemoryCharged { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_count == 0 || Last.End == Last.Block.Size)
                AddBlock(bytes.Length >= LargeWrite ? BlockPool.LargeSize : BlockPool.SmallSize);
            ref Part last = ref Last;
            int count = Math.Min(bytes.Length, last.Block.Size - last.End);
            bytes[..count].CopyTo(last.Block.Bytes.AsSpan(last.End));
            last.End += count;
            Length += count;
            bytes = bytes[count..];
        }
    }

    /// <summary>Drops bytes at the front: they were acknowledged.</summary>
    public void Release(int count)
    {
        Length -= count;
        _start += count;
        while (count > 0)
        {
            ref Part part = ref _ring![_first];
            int size = part.End - part.Offset;
            if (size > count)
            {
                part.Offset += count;
                part.At += count;
                return;
            }

            count -= size;
            MemoryCharged -= part.Block.Size;
            part.Block.Release();
            part = default;
            _first = (_first + 1) & (_ring.Length - 1);
            _count--;
        }

        if (_count == 0 && _ring is not null)
        {
            ArrayPool<Part>.Shared.Return(_ring); // no part has a block any more
            (_ring, _first) = (null, 0);
        }
    }

    public void Clear() => Release(Length);

    public readonly void CopyTo(int offset, Span<byte> destination)
    {
        for (int index = Find(offset, out int skip); destination.Length > 0; index++, skip = 0)
        {
            ref Part part = ref At(index);
            int count = Math.Min(part.End - part.Offset - skip, destination.Length);
            part.Block.Bytes.AsSpan(part.Offset + skip, count).CopyTo(destination);
            destination = destination[count..];
        }
    }

    /// <summary>Adds bytes to a packet by reference.</summary>
    /// <returns>How many: fewer than asked when the packet can carry no more slices.</returns>
    public readonly int SliceTo(Packet packet, int offset, int length)
    {
        int sliced = 0;
        for (int index = Find(offset, out int skip); sliced < length; index++, skip = 0)
        {
            ref Part part = ref At(index);
            int count = Math.Min(part.End - part.Offset - skip, length - sliced);
            if (!packet.TryAppendSlice(part.Block, part.Offset + skip, count))
                break;
            sliced += count;
        }

        return sliced;
    }

    private readonly ref Part Last => ref At(_count - 1);

    private readonly ref Part At(int index) => ref _ring![(_first + index) & (_ring.Length - 1)];

    // The part that holds the byte at an offset from the front: a binary search, for windows of megabytes have thousands of parts.
    private readonly int Find(int offset, out int skip)
    {
        long at = _start + offset;
        int low = 0;
        int high = _count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (At(middle).At <= at)
                low = middle;
            else
                high = middle - 1;
        }

        skip = (int)(at - At(low).At);
        return low;
    }

    private void AddBlock(int size)
    {
        if (_ring is null)
        {
            _ring = ArrayPool<Part>.Shared.Rent(LeastRing);
        }
        else if (_count == _ring.Length)
        {
            Part[] larger = ArrayPool<Part>.Shared.Rent(_ring.Length * 2);
            for (int i = 0; i < _count; i++)
                larger[i] = At(i);
            ArrayPool<Part>.Shared.Return(_ring, clearArray: true);
            (_ring, _first) = (larger, 0);
        }

        Block block = BlockPool.Shared.Rent(size);
        _count++;
        Last = new Part { Block = block, At = _start + Length };
        MemoryCharged += block.Size;
    }
}
