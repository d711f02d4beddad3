using Wirepath.Wire;

namespace Wirepath.Devices;

/// <summary>Finds the transport checksum of a frame, and completes a partial one where nobody below has.</summary>
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

    /// <summary>All bytes as the wire will see them: a checksum that the frame leaves to others is completed in the copy.</summary>
    public static byte[] CompleteCopy(Packet frame)
    {
        byte[] bytes = frame.ToArray();
        if (frame.Checksum == ChecksumState.Partial)
            Checksum.CompletePartial(bytes, frame.NetworkOffset, frame.TransportOffset);
        return bytes;
    }
}
