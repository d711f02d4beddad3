using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>IPv4 on the way in: checks (RFC 1122 §3.2.1, RFC 1812 §5.3), reassembly, local delivery or forwarding.</summary>
internal sealed class Ipv4Layer(Host host)
{
    private readonly Reassembly _reassembly = new(host, new Ipv4Reassembly(host));

    public Reassembly Reassembly => _reassembly;

    public void Receive(Interface on, Packet packet, bool linkBroadcast, Instant now)
    {
        host.Statistics.IpInReceives++;
        if (!TryReadHeader(ref packet, out Ipv4Header header))
        {
            host.Statistics.IpInHdrErrors++;
            host.Drop(on, packet, DropReason.Malformed);
            return;
        }

        if (!Ipv4Header.HasValidChecksum(packet.Head))
        {
            host.Statistics.IpInHdrErrors++;
            host.Drop(on, packet, DropReason.BadChecksum);
            return;
        }

        packet.Truncate(header.TotalLength); // Link padding.
        packet.NetworkOffset = 0;
        packet.TransportOffset = header.HeaderLength;
        if (header.HeaderLength > Ipv4Header.Size && !AreOptionsAcceptable(packet.Head[Ipv4Header.Size..header.HeaderLength]))
        {
            host.Statistics.IpInHdrErrors++;
            host.Drop(on, packet, DropReason.Malformed);
            return;
        }

        if (IsMartian(on, header))
        {
            host.Statistics.IpInAddrErrors++;
            host.Drop(on, packet, DropReason.Martian);
            return;
        }

        if (on.Nat is not null && on.Has(header.Destination) && !TryUndoNat(on, ref packet, ref header, now))
            return;

        bool broadcast = linkBroadcast || header.Destination.IsMulticast || on.IsBroadcast(header.Destination);
        if (host.IsLocal(header.Destination) || on.IsBroadcast(header.Destination) || IsAllHosts(header.Destination) || host.Dhcp.Awaits(on, header))
            DeliverLocally(on, packet, header, broadcast, now);
        else
            Forward(on, packet, header, broadcast, now);
    }

    // The header must lie in the head, and the length be true. A non-linear packet is made linear when its sender split it elsewhere.
    private static bool TryReadHeader(ref Packet packet, out Ipv4Header header)
    {
        if (!packet.IsLinear && packet.Head.Length < Math.Min(packet.Length, Ipv4Header.MaxSize + TcpHeader.MaxSize) && !HeadHoldsHeaders(packet))
            packet.MakeWritable();
        return Ipv4Header.TryReadQuoted(packet.Head, out header) && header.TotalLength <= packet.Length;
    }

    private static bool HeadHoldsHeaders(Packet packet) =>
        Ipv4Header.TryReadQuoted(packet.Head, out Ipv4Header ip) && ip is { Protocol: IpProtocol.Tcp, FragmentOffset: 0 }
        && TcpHeader.TryRead(packet.Head[ip.HeaderLength..], out _);

    // Source routes are refused like Linux's accept_source_route = 0 (RFC 6274 §3.13.2.3); the rest changes nothing here.
    private static bool AreOptionsAcceptable(ReadOnlySpan<byte> bytes)
    {
        if (!Ipv4Options.TryRead(bytes, out Ipv4Options options))
            return false;
        foreach (Ipv4Option option in options)
        {
            if (option.Type is Ipv4OptionType.LooseSourceRoute or Ipv4OptionType.StrictSourceRoute)
                return false;
        }

        return true;
    }

    // RFC 1812 §5.3.7, RFC 1122 §3.2.1.3: who cannot be a sender, and what cannot be a destination on a wire.
    private bool IsMartian(Interface on, in Ipv4Header header)
    {
        if (on.IsLoopback)
            return false;
        IpAddress source = header.Source, destination = header.Destination;
        if (source.IsMulticast || source.IsLoopback || source.V4Value >> 28 == 0xF || on.IsBroadcast(source))
            return true;
        // 0.0.0.0 asks for its own address (DHCP), and only by broadcast.
        if (source.V4Value >> 24 == 0 && !(source.IsUnspecified && header.Protocol == IpProtocol.Udp && destination.IsBroadcast))
            return true;
        if (destination.IsLoopback || destination.V4Value >> 24 == 0 || (destination.V4Value >> 28 == 0xF && !destination.IsBroadcast))
            return true;
        return host.IsLocal(source);
    }

    private static bool IsAllHosts(IpAddress destination) => destination.IsV4 && destination.V4Value == 0xE000_0001;

    private bool TryUndoNat(Interface on, ref Packet packet, ref Ipv4Header header, Instant now)
    {
        if (header.IsFragment)
        {
            // Only the first fragment has ports (RFC 4787 REQ-14): put them together, then translate.
            if (!_reassembly.TryAdd(on, packet, IpFragment.Of(header), now, out Packet? whole))
                return false;
            packet = whole;
            _ = Ipv4Header.TryReadQuoted(packet.Head, out header);
        }

        if (on.Nat!.TryTranslateInward(packet, header, now))
            _ = Ipv4Header.TryReadQuoted(packet.Head, out header);
        return true;
    }

    private void DeliverLocally(Interface on, Packet packet, Ipv4Header header, bool broadcast, Instant now)
    {
        if (header.IsFragment)
        {
            if (!_reassembly.TryAdd(on, packet, IpFragment.Of(header), now, out Packet? whole))
                return;
            packet = whole;
            _ = Ipv4Header.TryReadQuoted(packet.Head, out header);
        }

        host.Statistics.IpInDelivers++;
        var arrival = new IpArrival(on, header.Source, header.Destination, header.Protocol, header.HeaderLength, header.TimeToLive, header.TypeOfService, broadcast);
        switch (header.Protocol)
        {
            case IpProtocol.Tcp:
                host.Tcp.Receive(packet, arrival, now);
                break;
            case IpProtocol.Udp:
                host.Udp.Receive(packet, arrival, now);
                break;
            case IpProtocol.Icmp:
                host.Icmp.Receive(packet, arrival, now);
                break;
            default:
                host.Statistics.IpInUnknownProtos++;
                if (!broadcast)
                    host.Icmp.SendError(packet, IcmpHeader.ForUnreachable(IcmpUnreachableCode.Protocol), on, now);
                host.Drop(on, packet, DropReason.UnknownProtocol);
                break;
        }
    }

    private void Forward(Interface on, Packet packet, Ipv4Header header, bool broadcast, Instant now)
    {
        // RFC 1812 §5.3.4: what came as a link-layer broadcast must not be passed on.
        if (!host.Settings.Ip.Forwarding || broadcast || header.Destination.IsLinkLocal || header.Source.IsLinkLocal)
        {
            host.Statistics.IpInAddrErrors++;
            host.Drop(on, packet, DropReason.NotForUs);
            return;
        }

        if (header.TimeToLive <= 1)
        {
            host.Statistics.IpInHdrErrors++;
            host.Icmp.SendError(packet, new IcmpHeader(IcmpType.TimeExceeded, (byte)IcmpTimeExceededCode.TimeToLive, 0, 0), on, now);
            host.Drop(on, packet, DropReason.TimeToLiveExpired);
            return;
        }

        if (!host.Routes.TryLookup(header.Destination, out RouteDecision route))
        {
            host.Statistics.IpInNoRoutes++;
            if (host.Log.IsEnabled)
                host.Log.Write(new RouteMissing(header.Destination));
            host.Icmp.SendError(packet, IcmpHeader.ForUnreachable(IcmpUnreachableCode.Network), on, now);
            host.Drop(on, packet, DropReason.NoRoute);
            return;
        }

        Interface via = route.Interface;
        if (header.DontFragment && IpSender.LengthOnLink(packet, header.HeaderLength) > via.Mtu)
        {
            host.Statistics.IpFragFails++;
            host.Icmp.SendError(packet, IcmpHeader.ForUnreachable(IcmpUnreachableCode.FragmentationNeeded, (ushort)via.Mtu), on, now);
            host.Drop(on, packet, DropReason.TooBig);
            return;
        }

        if (via.Nat is not null && via != on && !TryTranslateOutward(via, on, ref packet, ref header, now))
            return;

        IpSender.EnsureHeadWritable(packet);
        Ipv4Header.DecrementTimeToLive(packet.Head);
        host.Statistics.IpForwDatagrams++;
        if (host.Log.IsEnabled)
        {
            packet.Cause = host.Log.WriteAndFollow(
                new PacketForwarded(header.Source, header.Destination, on.Name, via.Name, route.NextHop, header.TimeToLive - 1));
        }

        host.Ipv4Out.Emit(packet, via, route.NextHop, via.Mtu, now);
    }

    private bool TryTranslateOutward(Interface via, Interface on, ref Packet packet, ref Ipv4Header header, Instant now)
    {
        if (header.IsFragment)
        {
            if (!_reassembly.TryAdd(on, packet, IpFragment.Of(header), now, out Packet? whole))
                return false;
            packet = whole;
            _ = Ipv4Header.TryReadQuoted(packet.Head, out header);
        }

        if (!via.Nat!.TryTranslateOutward(packet, header, now))
        {
            host.Drop(on, packet, DropReason.NoMapping);
            return false;
        }

        _ = Ipv4Header.TryReadQuoted(packet.Head, out header);
        return true;
    }
}
