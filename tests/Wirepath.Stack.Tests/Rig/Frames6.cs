using Wirepath.Wire;

namespace Wirepath.Stack.Tests;

/// <summary>Makes IPv6 frames by hand, as a stranger on the cable would.</summary>
internal static class Frames6
{
    public delegate void Writer(Span<byte> message);

    public static Packet Ip(TestDevice to, IpAddress source, IpAddress destination, IpProtocol next, ReadOnlySpan<byte> payload, byte hops = 64, byte trafficClass = 0)
    {
        Packet packet = Packet.From(payload);
        new Ipv6Header(trafficClass, 0, (ushort)payload.Length, next, hops, source, destination).Write(packet.Prepend(Ipv6Header.Size));
        new EthernetHeader(destination.IsMulticast ? MacAddress.ForGroup(destination) : to.Address, new MacAddress(0x02_AA), EtherType.IPv6)
            .Write(packet.Prepend(EthernetHeader.Size));
        return packet;
    }

    /// <summary>The checksum is filled in.</summary>
    public static Packet Icmp(TestDevice to, IpAddress source, IpAddress destination, byte[] message, byte hops = 64)
    {
        Icmpv6Header.FillChecksum(message, source, destination);
        return Ip(to, source, destination, IpProtocol.IcmpV6, message, hops);
    }

    public static Packet Discovery(TestDevice to, IpAddress source, IpAddress destination, int length, Writer write, byte hops = 255)
    {
        byte[] message = new byte[length];
        write(message);
        return Icmp(to, source, destination, message, hops);
    }

    /// <summary>A fragment of a datagram.</summary>
    public static Packet Fragment(TestDevice to, IpAddress source, IpAddress destination, IpProtocol next, ReadOnlySpan<byte> payload, int offset, bool more, uint id)
    {
        byte[] bytes = new byte[Ipv6FragmentHeader.Size + payload.Length];
        new Ipv6FragmentHeader(next, offset, more, id).Write(bytes);
        payload.CopyTo(bytes.AsSpan(Ipv6FragmentHeader.Size));
        return Ip(to, source, destination, IpProtocol.Ipv6Fragment, bytes);
    }
}
