using Wirepath.Wire;

namespace Wirepath.Stack.Tests;

/// <summary>Makes frames by hand, as a stranger on the cable would.</summary>
internal static class Frames
{
    public static Packet Ip(TestDevice to, IpAddress source, IpAddress destination, IpProtocol protocol, ReadOnlySpan<byte> payload,
        byte ttl = 64, ushort id = 1, int offset = 0, bool more = false, bool dontFragment = false, byte[]? options = null)
    {
        options ??= [];
        Packet packet = Packet.From(payload);
        int headerLength = Ipv4Header.Size + options.Length;
        new Ipv4Header(0, (ushort)(payload.Length + headerLength), id, dontFragment, more, offset, ttl, protocol, 0, source, destination, headerLength)
            .Write(packet.Prepend(headerLength), options);
        new EthernetHeader(to.Address, new MacAddress(0x02_AA), EtherType.IPv4).Write(packet.Prepend(EthernetHeader.Size));
        return packet;
    }

    public static byte[] Udp(IpAddress source, IpAddress destination, ushort sourcePort, ushort destinationPort, ReadOnlySpan<byte> payload, bool withChecksum = true)
    {
        byte[] datagram = new byte[UdpHeader.Size + payload.Length];
        payload.CopyTo(datagram.AsSpan(UdpHeader.Size));
        new UdpHeader(sourcePort, destinationPort, (ushort)datagram.Length, 0).Write(datagram);
        if (withChecksum)
        {
            ushort checksum = UdpHeader.FinishChecksum(Checksum.Sum(datagram, Checksum.PseudoHeader(source, destination, IpProtocol.Udp, datagram.Length)));
            new UdpHeader(sourcePort, destinationPort, (ushort)datagram.Length, checksum).Write(datagram);
        }

        return datagram;
    }
}
