using System.Buffers.Binary;
using Wirepath.Wire;

namespace Wirepath.Devices;

/// <summary>What kind of super-segment follows (virtio 1.2 §5.1.6.2, <c>VIRTIO_NET_HDR_GSO_*</c>).</summary>
internal enum VirtioGso : byte
{
    None = 0,
    Tcp4 = 1,
    Udp = 3,
    Tcp6 = 4,
    UdpL4 = 5,

    /// <summary>A flag beside the kind: the segments carry CWR.</summary>
    Ecn = 0x80,
}

/// <summary><c>VIRTIO_NET_HDR_F_*</c>.</summary>
[Flags]
internal enum VirtioFlags : byte
{
    None = 0,
    NeedsChecksum = 1,
    ChecksumVerified = 2,
}

/// <summary>
/// The offload header in front of each frame of a TAP device opened with <c>IFF_VNET_HDR</c>: virtio's own, 10 bytes,
/// little-endian, without the count of buffers (virtio 1.2 §5.1.6).
/// </summary>
/// <param name="HeaderLength">Bytes of all headers, a hint.</param>
/// <param name="SegmentSize">Payload bytes of each segment.</param>
/// <param name="ChecksumStart">Offset of the transport header in the frame.</param>
/// <param name="ChecksumOffset">Offset of the checksum in the transport header.</param>
internal readonly record struct VirtioNetHeader(
    VirtioFlags Flags, VirtioGso Gso, ushort HeaderLength, ushort SegmentSize, ushort ChecksumStart, ushort ChecksumOffset)
{
    public const int Size = 10;

    public static bool TryRead(ReadOnlySpan<byte> source, out VirtioNetHeader header)
    {
        header = default;
        if (source.Length < Size)
            return false;
        header = new VirtioNetHeader((VirtioFlags)source[0], (VirtioGso)source[1],
            BinaryPrimitives.ReadUInt16LittleEndian(source[2..]), BinaryPrimitives.ReadUInt16LittleEndian(source[4..]),
            BinaryPrimitives.ReadUInt16LittleEndian(source[6..]), BinaryPrimitives.ReadUInt16LittleEndian(source[8..]));
        return true;
    }

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(destination[8..], ChecksumOffset);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[6..], ChecksumStart);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[4..], SegmentSize);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[2..], HeaderLength);
        destination[1] = (byte)Gso;
        destination[0] = (byte)Flags;
    }

    /// <summary>Says in virtio's words what the packet says of itself.</summary>
    /// <returns>False when the packet needs an offload that its headers do not allow.</returns>
    public static bool TryDescribe(Packet frame, out VirtioNetHeader header)
    {
        header = default;
        VirtioFlags flags = frame.Checksum switch
        {
            ChecksumState.Partial => VirtioFlags.NeedsChecksum,
            ChecksumState.Verified => VirtioFlags.ChecksumVerified,
            _ => VirtioFlags.None,
        };
        if (flags != VirtioFlags.NeedsChecksum && frame.SegmentSize == 0)
        {
            header = new VirtioNetHeader(flags, VirtioGso.None, 0, 0, 0, 0);
            return true;
        }

        ReadOnlySpan<byte> head = frame.Head;
        if (!TransportChecksum.TryLocate(frame, out IpProtocol protocol, out int checksumOffset))
            return false;

        var gso = VirtioGso.None;
        int headerLength = 0;
        if (frame.SegmentSize > 0)
        {
            int start = frame.TransportOffset;
            if (protocol != IpProtocol.Tcp || frame.SegmentSize > ushort.MaxValue || start + TcpHeader.Size > head.Length)
                return false;
            gso = head[frame.NetworkOffset] >> 4 == 4 ? VirtioGso.Tcp4 : VirtioGso.Tcp6;
            headerLength = start + (head[start + 12] >> 4) * 4;
        }

        header = flags == VirtioFlags.NeedsChecksum
            ? new VirtioNetHeader(flags, gso, (ushort)headerLength, (ushort)frame.SegmentSize, (ushort)frame.TransportOffset, (ushort)checksumOffset)
            : new VirtioNetHeader(flags, gso, (ushort)headerLength, (ushort)frame.SegmentSize, 0, 0);
        return true;
    }

    /// <summary>Tells the packet what the header says of it.</summary>
    /// <returns>False when the header contradicts the frame or speaks of an offload that was not agreed on.</returns>
    public bool TryApply(Packet frame)
    {
        if ((Flags & VirtioFlags.NeedsChecksum) != 0)
        {
            frame.Checksum = ChecksumState.Partial;
            frame.NetworkOffset = EthernetHeader.Size;
            frame.TransportOffset = ChecksumStart;
            if (!TransportChecksum.TryLocate(frame, out _, out int offset) || offset != ChecksumOffset)
                return false;
        }
        else if ((Flags & VirtioFlags.ChecksumVerified) != 0)
        {
            frame.Checksum = ChecksumState.Verified;
        }

        switch (Gso & ~VirtioGso.Ecn)
        {
            case VirtioGso.None:
                return true;
            case VirtioGso.Tcp4 or VirtioGso.Tcp6:
                frame.SegmentSize = SegmentSize;
                return SegmentSize > 0;
            default:
                return false;
        }
    }
}
