using System.Buffers.Binary;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>What a layer above asks of IP for one packet.</summary>
internal readonly record struct IpDeparture(IpAddress Source, IpAddress Destination, IpProtocol Protocol)
{
    /// <summary>Hops that it may take; 0 for the host's default.</summary>
    public byte TimeToLive { get; init; }

    /// <summary>DSCP and ECN; the traffic class of IPv6.</summary>
    public byte TypeOfService { get; init; }

    /// <summary>Means nothing in IPv6, where no router fragments.</summary>
    public bool DontFragment { get; init; }
}

/// <summary>What both versions of IP do alike on the way out, and the fork between them.</summary>
internal sealed class IpSender(Host host)
{
    /// <summary>Bytes of the IP header without options that carries packets to this address.</summary>
    public static int HeaderSize(IpAddress address) => address.IsV6 ? Ipv6Header.Size : Ipv4Header.Size;

    /// <summary>Finds the way to a destination: own addresses by the loopback interface, others by the routing table.</summary>
    public bool TryRoute(IpAddress destination, out RouteDecision route)
    {
        if (host.IsLocal(destination))
        {
            route = new RouteDecision(destination.IsV6 ? host.LocalRouteV6 : host.LocalRoute, destination, destination);
            return true;
        }

        return host.Routes.TryLookup(destination, out route);
    }

    /// <summary>
    /// Sends a packet that starts at its transport header. A <see cref="ChecksumState.Partial"/> checksum is completed
    /// below when no device does.
    /// </summary>
    public void Send(Packet packet, in IpDeparture departure, in RouteDecision route, Instant now)
    {
        if (departure.Destination.IsV6)
            host.Ipv6Out.Send(packet, departure, route, now);
        else
            host.Ipv4Out.Send(packet, departure, route, now);
    }

    /// <summary>Tells the sender of a packet, which starts at its IP header and stays the caller's, that nobody listens on the port.</summary>
    public void SendPortUnreachable(Packet about, Interface on, Instant now)
    {
        if (about.Head[0] >> 4 == 6)
            host.Icmpv6.SendError(about, Icmpv6Header.ForUnreachable(Icmpv6UnreachableCode.Port), on, now);
        else
            host.Icmp.SendError(about, IcmpHeader.ForUnreachable(IcmpUnreachableCode.Port), on, now);
    }

    /// <summary>The same, that the neighbour it was for does not answer.</summary>
    public void SendHostUnreachable(Packet about, Interface on, Instant now)
    {
        if (about.Head[0] >> 4 == 6)
            host.Icmpv6.SendError(about, Icmpv6Header.ForUnreachable(Icmpv6UnreachableCode.Address), on, now);
        else
            host.Icmp.SendError(about, IcmpHeader.ForUnreachable(IcmpUnreachableCode.Host), on, now);
    }

    /// <summary>Bytes of the largest IP packet that will come of this one: of a super-segment, one of its segments.</summary>
    public static int LengthOnLink(Packet packet, int headerLength)
    {
        if (packet.SegmentSize == 0 || !TcpHeader.TryRead(packet.Head[headerLength..], out TcpHeader tcp))
            return packet.Length;
        return Math.Min(packet.Length, headerLength + tcp.HeaderLength + packet.SegmentSize);
    }

    /// <summary>Makes sure that nobody else sees the headers, so that they may be changed in place; slices stay shared.</summary>
    public static void EnsureHeadWritable(Packet packet)
    {
        if (!packet.IsHeadWritable)
            packet.MakeWritable();
    }

    /// <summary>Turns the pseudo-header's sum in the field into the checksum.</summary>
    /// <param name="packet">From the IP header on.</param>
    /// <param name="protocol">What it carries.</param>
    /// <param name="headerLength">Bytes in front of the transport header.</param>
    public static void CompleteChecksum(Packet packet, IpProtocol protocol, int headerLength)
    {
        if (packet.Checksum != ChecksumState.Partial)
            return;
        packet.Checksum = ChecksumState.Complete;
        int field = protocol switch
        {
            IpProtocol.Tcp => TcpHeader.ChecksumOffset,
            IpProtocol.Udp => UdpHeader.ChecksumOffset,
            _ => -1,
        };
        if (field < 0 || packet.Head.Length < headerLength + field + 2)
            return;
        EnsureHeadWritable(packet);
        uint sum = Checksum.Sum(packet, headerLength);
        BinaryPrimitives.WriteUInt16BigEndian(packet.Head[(headerLength + field)..],
            protocol == IpProtocol.Udp ? UdpHeader.FinishChecksum(sum) : Checksum.Finish(sum));
    }

    /// <summary>Gives <paramref name="to"/> the next <paramref name="size"/> bytes by reference.</summary>
    public static void AppendPayload(ref PacketPieces from, int size, Packet to)
    {
        for (; size > 0 && from.TryTake(size, out Block block, out int at, out int length); size -= length)
        {
            if (!to.TryAppendSlice(block, at, length))
                throw new InvalidOperationException("A part of a packet has more pieces than the packet.");
        }
    }
}
