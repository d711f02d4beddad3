using System.Buffers.Binary;
using Wirepath.Wire;

namespace Wirepath.Devices;

/// <summary>Finds the transport checksum of a frame, and completes a partial one where nobody below will.</summary>
internal static class TransportChecksum
{
    /// <summary>Finds the checksum by the packet's own offsets.</summary>
    /// <param name="frame">A frame from its Ethernet header on, with network and transport offsets set.</param>
    /// <param name="protocol">What the IP header says follows.</param>
    /// <param name="offset">Where the checksum lies in the transport header.</param>
    public static bool TryLocate(Packet frame, out IpProtocol protocol, out int offset)
    {
        (protocol, offset) = (default, 0);
        ReadOnlySpan<byte> head = frame.Head;
        int network = frame.NetworkOffset;
        if (network < EthernetHeader.Size || frame.TransportOffset < network + Ipv4Header.Size || frame.TransportOffset > head.Length)
            return false;
        protocol = (IpProtocol)(head[network] >> 4 == 4 ? head[network + 9] : head[network + 6]);
        offset = protocol switch
        {
            IpProtocol.Tcp => TcpHeader.ChecksumOffset,
            IpProtocol.Udp => UdpHeader.ChecksumOffset,
            IpProtocol.IcmpV6 => IcmpHeader.ChecksumOffset,
            _ => 0,
        };
        return offset > 0 && frame.TransportOffset + offset + 2 <= head.Length;
    }

    /// <summary>Completes in <paramref name="bytes"/>, a linear copy of <paramref name="frame"/>, the checksum that the frame itself leaves to others.</summary>
    public static void Complete(Packet frame, Span<byte> bytes)
    {
        if (frame.Checksum != ChecksumState.Partial || !TryLocate(frame, out IpProtocol protocol, out int offset))
            return;
        // The field already holds the pseudo-header's sum, so that the sum over all is what is wanted.
        ushort checksum = Checksum.Compute(bytes[frame.TransportOffset..]);
        if (checksum == 0 && protocol == IpProtocol.Udp)
            checksum = 0xFFFF;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[(frame.TransportOffset + offset)..], checksum);
    }
}
