using System.Diagnostics;

namespace Wirepath.Wire;

/// <summary>What is known about the transport checksum of a packet.</summary>
public enum ChecksumState : byte
{
    /// <summary>Nothing: a receiver must verify, a sender has already filled it in.</summary>
    Complete,

    /// <summary>The field holds the pseudo-header's sum alone; the device (or the receiver in memory) completes it: <c>VIRTIO_NET_HDR_F_NEEDS_CSUM</c>.</summary>
    Partial,

    /// <summary>Verified below (hardware, or a wire that cannot damage bytes): <c>VIRTIO_NET_HDR_F_DATA_VALID</c>.</summary>
    Verified,
}

/// <summary>
/// One packet on its way through the layers. Its bytes are a linear <see cref="Head"/>, into whose headroom each
/// layer prepends its header, followed by slices of other blocks: payload that stays where the application
/// or the send buffer put it. Headers are always inside the head. Packets are pooled; whoever is handed one owns it
/// and passes it on or calls <see cref="Dispose"/>. Not safe for use by two threads at once.
/// </summary>
public sealed class Packet : IDisposable
{
    /// <summary>Bytes kept free in front: offload header 12, Ethernet 14, IPv6 40, TCP 60, rounded up.</summary>
    public const int DefaultHeadroom = 128;

    /// <summary>Slices a packet can carry: 64 KiB out of the small blocks of a send buffer, with room for two odd ends.</summary>
    public const int MaxSlices = 40;

    private const int MostKept = 4096;
    private static readonly SpareStock<Packet> s_kept = new(MostKept);

    private readonly Slice[] _slices = new Slice[MaxSlices];
    private int _sliceCount;
    private int _sliceBytes;
    private Block? _block;
    private int _start;
    private int _end;

    private Packet()
    {
    }

    private struct Slice
    {
        public Block Block;
        public int Offset;
        public int Length;
    }

    /// <summary>The event that explains why this packet exists or was sent.</summary>
    public EventId Cause { get; set; }

    /// <summary>When it came in from a device, or <see cref="Instant.Epoch"/>.</summary>
    public Instant ReceivedAt { get; set; }

    public ChecksumState Checksum { get; set; }

    /// <summary>What the IP header shall say of ECN; set by the transport, written by the network layer.</summary>
    public EcnCodepoint Ecn { get; set; }

    /// <summary>
    /// Payload bytes per segment when this is a super-segment that a device or a later layer cuts up (GSO) or has
    /// put together (GRO); 0 when the packet is one segment.
    /// </summary>
    public int SegmentSize { get; set; }

    /// <summary>Offset of the network header from the start of the head, set by the layer that wrote or read it; offloads need it.</summary>
    public int NetworkOffset { get; set; }

    /// <summary>Offset of the transport header from the start of the head.</summary>
    public int TransportOffset { get; set; }

    /// <summary>All bytes: head and slices.</summary>
    public int Length => _end - _start + _sliceBytes;

    public int Headroom => _start;

    /// <summary>Bytes that <see cref="Append"/> can still add.</summary>
    public int Tailroom => _sliceCount > 0 ? 0 : _block!.Size - _end;

    public int SliceCount => _sliceCount;

    /// <summary>The linear part. A sole holder may write to it.</summary>
    public Span<byte> Head => _block!.Bytes.AsSpan(_start, _end - _start);

    /// <summary>The linear part, for devices that need memory.</summary>
    public Memory<byte> HeadMemory => _block!.Bytes.AsMemory(_start, _end - _start);

    /// <summary>True when nobody else can see the head's bytes, so that they may be changed in place.</summary>
    public bool IsHeadWritable => _block!.IsSoleHolder;

    /// <summary>True when all bytes are in the head.</summary>
    public bool IsLinear => _sliceCount == 0;

    public ReadOnlySpan<byte> SliceSpan(int index) => SliceMemory(index).Span;

    public ReadOnlyMemory<byte> SliceMemory(int index)
    {
        Debug.Assert(index < _sliceCount);
        ref Slice slice = ref _slices[index];
        return slice.Block.Bytes.AsMemory(slice.Offset, slice.Length);
    }

    /// <summary>Rents an empty packet.</summary>
    /// <param name="capacity">Bytes that <see cref="Append"/> will want.</param>
    /// <param name="headroom">Bytes that <see cref="Prepend"/> will want.</param>
    public static Packet Rent(int capacity, int headroom = DefaultHeadroom)
    {
        Packet packet = s_kept.Take(Shelves.Own.Packets) ?? new Packet();
        packet._block = BlockPool.Shared.Rent(capacity + headroom);
        packet._start = packet._end = headroom;
        return packet;
    }

    /// <summary>Rents a packet that holds a copy of <paramref name="bytes"/>.</summary>
    public static Packet From(ReadOnlySpan<byte> bytes, int headroom = DefaultHeadroom)
    {
        Packet packet = Rent(bytes.Length, headroom);
        bytes.CopyTo(packet.Append(bytes.Length));
        return packet;
    }

    /// <summary>Makes room for a header in front and hands it out, its bytes undefined.</summary>
    /// <exception cref="InvalidOperationException">The headroom is used up.</exception>
    public Span<byte> Prepend(int size)
    {
        if (size > _start)
            throw new InvalidOperationException("The packet has no headroom left.");
        _start -= size;
        NetworkOffset += size;
        TransportOffset += size;
        return _block!.Bytes.AsSpan(_start, size);
    }

    /// <summary>Makes room at the end of the head and hands it out, its bytes undefined.</summary>
    /// <exception cref="InvalidOperationException">The packet already has slices, or the block is full.</exception>
    public Span<byte> Append(int size)
    {
        if (size > Tailroom)
            throw new InvalidOperationException("The packet has no tailroom left.");
        _end += size;
        return _block!.Bytes.AsSpan(_end - size, size);
    }

    /// <summary>Adds payload by reference; the packet becomes one more holder of the block.</summary>
    /// <returns>False when <see cref="MaxSlices"/> are there already.</returns>
    public bool TryAppendSlice(Block block, int offset, int length)
    {
        ArgumentNullException.ThrowIfNull(block);
        if (TryExtend(block, offset, length))
            return true;
        if (_sliceCount == MaxSlices)
            return false;
        block.AddHolder();
        AddSlice(block, offset, length);
        return true;
    }

    /// <summary>
    /// Adds the bytes of <paramref name="other"/> from <paramref name="offset"/> on by reference, and disposes of it: payloads that
    /// follow each other become one packet.
    /// </summary>
    /// <returns>False, with nothing changed, when <see cref="MaxSlices"/> do not suffice.</returns>
    public bool TryAbsorb(Packet other, int offset)
    {
        ArgumentNullException.ThrowIfNull(other);
        ArgumentOutOfRangeException.ThrowIfLessThan(other._end - other._start, offset, nameof(offset));
        int inHead = other._end - other._start - offset;
        if (_sliceCount + other._sliceCount + (inHead > 0 ? 1 : 0) > MaxSlices)
            return false;
        if (inHead > 0)
        {
            // The block changes hands with its one reference.
            AddSlice(other._block!, other._start + offset, inHead);
            other._block = null;
        }

        for (int i = 0; i < other._sliceCount; i++)
        {
            ref Slice slice = ref other._slices[i];
            if (TryExtend(slice.Block, slice.Offset, slice.Length))
                slice.Block.Release();
            else
                AddSlice(slice.Block, slice.Offset, slice.Length);
            slice = default;
        }

        (other._sliceCount, other._sliceBytes) = (0, 0);
        other._block?.Release();
        other._block = null;
        other.Keep();
        return true;
    }

    private void AddSlice(Block block, int offset, int length)
    {
        _slices[_sliceCount++] = new Slice { Block = block, Offset = offset, Length = length };
        _sliceBytes += length;
    }

    // What continues the last slice in its own block is one slice with it.
    private bool TryExtend(Block block, int offset, int length)
    {
        if (_sliceCount == 0)
            return false;
        ref Slice last = ref _slices[_sliceCount - 1];
        if (last.Block != block || last.Offset + last.Length != offset)
            return false;
        last.Length += length;
        _sliceBytes += length;
        return true;
    }

    /// <summary>Takes a header off the front. The bytes must be in the head.</summary>
    public void TrimStart(int size)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, _end - _start);
        _start += size;
        NetworkOffset -= size;
        TransportOffset -= size;
    }

    /// <summary>Cuts the packet to <paramref name="length"/> bytes (link padding, a trailer).</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        int excess = Length - length;
        while (excess > 0 && _sliceCount > 0)
        {
            ref Slice last = ref _slices[_sliceCount - 1];
            int cut = Math.Min(excess, last.Length);
            last.Length -= cut;
            _sliceBytes -= cut;
            excess -= cut;
            if (last.Length == 0)
            {
                last.Block.Release();
                last = default;
                _sliceCount--;
            }
        }

        _end -= excess;
    }

    /// <summary>Copies bytes from <paramref name="offset"/> on, wherever they lie, until the destination is full.</summary>
    public void CopyTo(int offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + destination.Length, Length);
        Span<byte> head = Head;
        if (offset < head.Length)
        {
            int count = Math.Min(head.Length - offset, destination.Length);
            head.Slice(offset, count).CopyTo(destination);
            destination = destination[count..];
            offset = 0;
        }
        else
        {
            offset -= head.Length;
        }

        for (int i = 0; destination.Length > 0; i++)
        {
            ReadOnlySpan<byte> slice = SliceSpan(i);
            if (offset >= slice.Length)
            {
                offset -= slice.Length;
                continue;
            }

            int count = Math.Min(slice.Length - offset, destination.Length);
            slice.Slice(offset, count).CopyTo(destination);
            destination = destination[count..];
            offset = 0;
        }
    }

    public byte[] ToArray()
    {
        byte[] bytes = new byte[Length];
        CopyTo(0, bytes);
        return bytes;
    }

    /// <summary>The head (−1) or a slice as it lies in its block.</summary>
    internal bool TryGetPart(int index, out Block block, out int offset, out int length)
    {
        if (index < 0)
        {
            (block, offset, length) = (_block!, _start, _end - _start);
            return true;
        }

        if (index >= _sliceCount)
        {
            (block, offset, length) = (null!, 0, 0);
            return false;
        }

        ref Slice slice = ref _slices[index];
        (block, offset, length) = (slice.Block, slice.Offset, slice.Length);
        return true;
    }

    /// <summary>An independent copy of all bytes, linear, with the same metadata.</summary>
    public Packet Clone()
    {
        Packet copy = Rent(Length);
        CopyTo(0, copy.Append(Length));
        copy.CopyMetadata(this);
        return copy;
    }

    /// <summary>Makes the packet linear and the sole holder of its bytes, copying only when it must.</summary>
    public void MakeWritable()
    {
        if (IsLinear && _block!.IsSoleHolder)
            return;
        int length = Length;
        Block block = BlockPool.Shared.Rent(length + DefaultHeadroom);
        CopyTo(0, block.Bytes.AsSpan(DefaultHeadroom, length));
        ReleaseBlocks();
        (_block, _start, _end) = (block, DefaultHeadroom, DefaultHeadroom + length);
    }

    public void Dispose()
    {
        if (_block is null)
            return;
        ReleaseBlocks();
        Keep();
    }

    private void Keep()
    {
        (Cause, ReceivedAt, Checksum, Ecn, SegmentSize, NetworkOffset, TransportOffset) = (default, default, default, default, 0, 0, 0);
        s_kept.Put(Shelves.Own.Packets, this);
    }

    private void CopyMetadata(Packet other) =>
        (Cause, ReceivedAt, Checksum, Ecn, SegmentSize, NetworkOffset, TransportOffset) =
        (other.Cause, other.ReceivedAt, other.Checksum, other.Ecn, other.SegmentSize, other.NetworkOffset, other.TransportOffset);

    private void ReleaseBlocks()
    {
        _block!.Release();
        _block = null;
        for (int i = 0; i < _sliceCount; i++)
        {
            _slices[i].Block.Release();
            _slices[i] = default;
        }

        (_sliceCount, _sliceBytes) = (0, 0);
    }
}
