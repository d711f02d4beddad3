using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>IPv6 on the way in (RFC 8200, RFC 8504 §5): checks, extension headers, reassembly, local delivery or forwarding.</summary>
internal sealed class Ipv6Layer(Host host)
{
    private readonly Reassembly _reassembly = new(host, new Ipv6Reassembly(host));

    public Reassembly Reassembly => _reassembly;

    public void Receive(Interface on, Packet packet, bool linkBroadcast, Instant now)
    {
        host.Statistics.Ip6InReceives++;
        if (!TryReadHeader(packet, out Ipv6Header header))
        {
            host.Statistics.Ip6InHdrErrors++;
            host.Drop(on, packet, DropReason.Malformed);
            return;
        }

        packet.Truncate(Ipv6Header.Size + header.PayloadLength); // Link padding.
        packet.NetworkOffset = 0;
        packet.TransportOffset = Ipv6Header.Size;
        if (IsMartian(on, header))
        {
            host.Statistics.Ip6InAddrErrors++;
            host.Drop(on, packet, DropReason.Martian);
            return;
        }

        bool isGroup = header.Destination.IsMulticast;
        if (isGroup)
            host.Statistics.Ip6InMcastPkts++;
        if (isGroup ? on.IsMemberOf(header.Destination) : IsOurs(on, header.Destination))
            Deliver(on, packet, header, isGroup || linkBroadcast, now);
        else
            Forward(on, packet, header, isGroup || linkBroadcast, now);
    }

    // What is looked at must lie in the head: all of the packet, except for the payload of TCP.
    private static bool TryReadHeader(Packet packet, out Ipv6Header header)
    {
        if (!packet.IsLinear && !(Ipv6Header.TryReadQuoted(packet.Head, out header) && header.NextHeader == IpProtocol.Tcp
            && TcpHeader.TryRead(packet.Head[Ipv6Header.Size..], out _)))
            packet.MakeWritable();
        return Ipv6Header.TryReadQuoted(packet.Head, out header) && header.PayloadLength <= packet.Length - Ipv6Header.Size;
    }

    // A link-local address belongs to one link (RFC 4007 §6).
    private bool IsOurs(Interface on, IpAddress destination) =>
        destination.IsLinkLocal && !on.IsLoopback ? on.Has(destination) : host.IsLocal(destination);

    // RFC 4291 §2.5–2.7: who cannot be a sender, and what cannot be a destination on a wire.
    private bool IsMartian(Interface on, in Ipv6Header header)
    {
        if (on.IsLoopback)
            return false;
        IpAddress source = header.Source, destination = header.Destination;
        if (source.IsMulticast || source.IsLoopback || source.IsV4Mapped || destination.IsLoopback || destination.IsUnspecified || destination.IsV4Mapped)
            return true;
        // Scope 0 is reserved, scope 1 does not leave an interface.
        if (destination.IsMulticast && (destination.High >> 48 & 0xF) <= 1)
            return true;
        // "::" asks for its own address or about it, and only a group.
        if (source.IsUnspecified)
            return !destination.IsMulticast || header.NextHeader is IpProtocol.Tcp or IpProtocol.Udp;
        // Somebody else with an address of ours: only its own advertisement is of interest, because it says just that.
        return host.IsLocal(source) && header.NextHeader != IpProtocol.IcmpV6;
    }

    private void Deliver(Interface on, Packet packet, Ipv6Header header, bool isGroup, Instant now)
    {
        int at = Ipv6Header.Size, nameAt = Ipv6Header.NextHeaderOffset;
        IpProtocol protocol = header.NextHeader;
        bool wasFragment = false;
        while (true)
        {
            Ipv6HeaderChain chain = Ipv6HeaderChain.Walk(packet.Head, at, protocol, nameAt);
            switch (chain.End)
            {
                case Ipv6ChainEnd.UpperLayer:
                    HandUp(on, packet, header, chain, isGroup, now);
                    return;
                case Ipv6ChainEnd.Nothing:
                    packet.Dispose();
                    return;
                case Ipv6ChainEnd.Problem:
                    if (!isGroup || chain.AnswersMulticast)
                        host.Icmpv6.SendError(packet, Icmpv6Header.ForParameterProblem(chain.Code, chain.Offset), on, now);
                    Refuse(on, packet);
                    return;
                case Ipv6ChainEnd.Fragment when !wasFragment:
                    _ = Ipv6FragmentHeader.TryRead(packet.Head[chain.Offset..], out Ipv6FragmentHeader fragment);
                    wasFragment = true;
                    if (fragment.IsAtomic)
                    {
                        // RFC 6946: whole in itself, whatever else has the same identification.
                        (at, nameAt, protocol) = (chain.Offset + Ipv6FragmentHeader.Size, chain.Offset, fragment.NextHeader);
                        break;
                    }

                    if (!TryReassemble(on, ref packet, ref header, chain, fragment, now))
                        return;
                    (at, nameAt, protocol) = (Ipv6Header.Size, Ipv6Header.NextHeaderOffset, header.NextHeader);
                    break;
                case Ipv6ChainEnd.Fragment: // A fragment of fragments is nobody's honest work.
                case Ipv6ChainEnd.Discard:
                default:
                    Refuse(on, packet);
                    return;
            }
        }
    }

    private void Refuse(Interface on, Packet packet)
    {
        host.Statistics.Ip6InHdrErrors++;
        host.Drop(on, packet, DropReason.Malformed);
    }

    private bool TryReassemble(
        Interface on, ref Packet packet, ref Ipv6Header header, in Ipv6HeaderChain chain, in Ipv6FragmentHeader fragment, Instant now)
    {
        int payloadAt = chain.Offset + Ipv6FragmentHeader.Size;
        var piece = new IpFragment(header.Source, header.Destination, fragment.Identification, default, chain.Offset, payloadAt,
            fragment.Offset, packet.Length - payloadAt, fragment.MoreFragments) { NextHeaderAt = chain.PreviousOffset, NextHeader = fragment.NextHeader };
        // RFC 8200 §4.5 says which byte to point at; RFC 7112 §5 wants all headers in the first fragment, where filters can see them.
        Icmpv6Header? problem =
            piece.MoreFragments && piece.Size % 8 != 0 ? Icmpv6Header.ForParameterProblem(Icmpv6ParameterCode.Header, Ipv6Header.PayloadLengthOffset)
            : piece.IsTooLong ? Icmpv6Header.ForParameterProblem(Icmpv6ParameterCode.Header, chain.Offset + 2)
            : piece.Offset == 0 && !HoldsAllHeaders(packet.Head, payloadAt, fragment.NextHeader, chain.Offset)
                ? Icmpv6Header.ForParameterProblem(Icmpv6ParameterCode.IncompleteChain, 0)
            : null;
        if (problem is { } error)
        {
            host.Statistics.Ip6Reassembly.Failures++;
            host.Icmpv6.SendError(packet, error, on, now);
            Refuse(on, packet);
            return false;
        }

        if (!_reassembly.TryAdd(on, packet, piece, now, out Packet? whole))
            return false;
        packet = whole;
        _ = Ipv6Header.TryReadQuoted(packet.Head, out header);
        return true;
    }

    private static bool HoldsAllHeaders(ReadOnlySpan<byte> packet, int at, IpProtocol next, int nameAt)
    {
        Ipv6HeaderChain rest = Ipv6HeaderChain.Walk(packet, at, next, nameAt, isQuoted: true);
        int needed = rest.Protocol switch { IpProtocol.Tcp => TcpHeader.Size, IpProtocol.Udp => UdpHeader.Size, IpProtocol.IcmpV6 => Icmpv6Header.Size, _ => 0 };
        return rest.End != Ipv6ChainEnd.Discard && packet.Length >= rest.Offset + needed;
    }

    private void HandUp(Interface on, Packet packet, in Ipv6Header header, in Ipv6HeaderChain chain, bool isGroup, Instant now)
    {
        host.Statistics.Ip6InDelivers++;
        packet.TransportOffset = chain.Offset;
        var arrival = new IpArrival(on, header.Source, header.Destination, chain.Protocol, chain.Offset, header.HopLimit, header.TrafficClass, isGroup);
        switch (chain.Protocol)
        {
            case IpProtocol.Tcp:
                host.Tcp.Receive(packet, arrival, now);
                break;
            case IpProtocol.Udp:
                host.Udp.Receive(packet, arrival, now);
                break;
            case IpProtocol.IcmpV6:
                host.Icmpv6.Receive(packet, arrival, now);
                break;
            default:
                host.Statistics.Ip6InUnknownProtos++;
                if (!isGroup)
                    host.Icmpv6.SendError(packet, Icmpv6Header.ForParameterProblem(Icmpv6ParameterCode.NextHeader, chain.PreviousOffset), on, now);
                host.Drop(on, packet, DropReason.UnknownProtocol);
                break;
        }
    }

    private void Forward(Interface on, Packet packet, in Ipv6Header header, bool isGroup, Instant now)
    {
        if (!host.Settings.Ipv6.Forwarding || isGroup || header.Destination.IsLinkLocal || header.Source.IsUnspecified)
        {
            host.Statistics.Ip6InAddrErrors++;
            host.Drop(on, packet, DropReason.NotForUs);
            return;
        }

        if (header.Source.IsLinkLocal)
        {
            host.Statistics.Ip6InAddrErrors++;
            host.Icmpv6.SendError(packet, Icmpv6Header.ForUnreachable(Icmpv6UnreachableCode.BeyondScope), on, now);
            host.Drop(on, packet, DropReason.NotForUs);
            return;
        }

        if (header.HopLimit <= 1)
        {
            host.Statistics.Ip6InHdrErrors++;
            host.Icmpv6.SendError(packet, new Icmpv6Header(Icmpv6Type.TimeExceeded, (byte)IcmpTimeExceededCode.TimeToLive, 0, 0), on, now);
            host.Drop(on, packet, DropReason.TimeToLiveExpired);
            return;
        }

        if (!host.Routes.TryLookup(header.Destination, out RouteDecision route))
        {
            host.Statistics.Ip6InNoRoutes++;
            if (host.Log.IsEnabled)
                host.Log.Write(new RouteMissing(header.Destination));
            host.Icmpv6.SendError(packet, Icmpv6Header.ForUnreachable(Icmpv6UnreachableCode.NoRoute), on, now);
            host.Drop(on, packet, DropReason.NoRoute);
            return;
        }

        Interface via = route.Interface;
        if (IpSender.LengthOnLink(packet, Ipv6Header.Size) > via.Ipv6Mtu)
        {
            host.Statistics.Ip6InTooBigErrors++;
            host.Icmpv6.SendError(packet, Icmpv6Header.ForPacketTooBig(via.Ipv6Mtu), on, now);
            host.Drop(on, packet, DropReason.TooBig);
            return;
        }

        IpSender.EnsureHeadWritable(packet);
        packet.Head[Ipv6Header.HopLimitOffset]--;
        host.Statistics.Ip6OutForwDatagrams++;
        if (host.Log.IsEnabled)
        {
            packet.Cause = host.Log.WriteAndFollow(
                new PacketForwarded(header.Source, header.Destination, on.Name, via.Name, route.NextHop, header.HopLimit - 1));
        }

        host.Ipv6Out.Emit(packet, via, route.NextHop, now);
    }
}
