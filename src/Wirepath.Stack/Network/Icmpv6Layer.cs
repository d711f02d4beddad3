using System.Buffers.Binary;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>ICMPv6 (RFC 4443): echo, errors out with their restraint, errors in with their suspicion. Neighbour discovery is handed on.</summary>
internal sealed class Icmpv6Layer(Host host)
{
    /// <summary>RFC 4443 §2.4 (c): as much of the packet as fits into the minimum MTU.</summary>
    private const int MostQuoted = Ipv6Header.MinimumMtu - Ipv6Header.Size - Icmpv6Header.Size;

    public void Receive(Packet packet, in IpArrival arrival, Instant now)
    {
        host.Statistics.Icmp6InMsgs++;
        if (!packet.IsLinear)
            packet.MakeWritable();
        ReadOnlySpan<byte> message = packet.Head[arrival.HeaderLength..];
        if (!Icmpv6Header.TryRead(message, out Icmpv6Header icmp))
        {
            host.Statistics.Icmp6InErrors++;
            host.Drop(arrival.Interface, packet, DropReason.Malformed);
            return;
        }

        if (packet.Checksum == ChecksumState.Complete && !Icmpv6Header.HasValidChecksum(message, arrival.Source, arrival.Destination))
        {
            host.Statistics.Icmp6InErrors++;
            host.Statistics.Icmp6InCsumErrors++;
            host.Drop(arrival.Interface, packet, DropReason.BadChecksum);
            return;
        }

        if (!arrival.Interface.IsLoopback && host.IsLocal(arrival.Source) && icmp.Type != Icmpv6Type.NeighborAdvertisement)
        {
            host.Statistics.Ip6InAddrErrors++;
            host.Drop(arrival.Interface, packet, DropReason.Martian);
            return;
        }

        if (host.Log.IsEnabled)
        {
            bool quotes = icmp.IsError & Ipv6Header.TryReadQuoted(message[Icmpv6Header.Size..], out Ipv6Header quoted);
            host.Log.WriteAndFollow(new Icmpv6Received(arrival.Source, icmp.Type, icmp.Code, quotes ? quoted.Destination : IpAddress.None));
        }

        switch (icmp.Type)
        {
            case Icmpv6Type.EchoRequest:
                host.Statistics.Icmp6InEchos++;
                AnswerEcho(packet, arrival, now);
                return;
            case Icmpv6Type.EchoReply:
                host.Statistics.Icmp6InEchoReplies++;
                host.Probes.OnEchoReply(icmp.EchoIdentifier, icmp.EchoSequence, arrival, message.Length - Icmpv6Header.Size, now);
                break;
            case Icmpv6Type.PacketTooBig:
                host.Statistics.Icmp6InPktTooBigs++;
                TakeError(icmp, message[Icmpv6Header.Size..], arrival.Source, now);
                break;
            case Icmpv6Type.DestinationUnreachable or Icmpv6Type.TimeExceeded or Icmpv6Type.ParameterProblem:
                TakeError(icmp, message[Icmpv6Header.Size..], arrival.Source, now);
                break;
            case Icmpv6Type.RouterSolicitation or Icmpv6Type.RouterAdvertisement or Icmpv6Type.NeighborSolicitation or Icmpv6Type.NeighborAdvertisement
                or Icmpv6Type.MulticastListenerQuery:
                if (arrival.Interface.Ipv6 is { } link && !link.TryTake(icmp.Type, message, arrival, now))
                {
                    host.Statistics.Icmp6InErrors++;
                    host.Drop(arrival.Interface, packet, DropReason.Malformed);
                    return;
                }

                break;
            default: // Redirects are a way to steal traffic; others: RFC 4443 §2.4 (b), silently discarded.
                break;
        }

        packet.Dispose();
    }

    private void AnswerEcho(Packet packet, in IpArrival arrival, Instant now)
    {
        Ipv6Settings settings = host.Settings.Ipv6;
        bool ignored = settings.EchoIgnoreAll || (arrival.IsBroadcast && settings.EchoIgnoreMulticast);
        if (ignored || !host.IpOut.TryRoute(arrival.Source, out RouteDecision route))
        {
            packet.Dispose();
            return;
        }

        IpAddress source = arrival.Destination.IsMulticast ? route.Source : arrival.Destination;
        packet.TrimStart(arrival.HeaderLength);
        IpSender.EnsureHeadWritable(packet);
        packet.Head[0] = (byte)Icmpv6Type.EchoReply;
        host.Statistics.Icmp6OutEchoReplies++;
        Send(packet, source, arrival.Source, route, 0, now, trafficClass: arrival.TypeOfService);
    }

    /// <summary>Sends an echo request.</summary>
    public void SendEcho(IpAddress to, in RouteDecision route, ushort identifier, ushort sequence, int size, byte hopLimit, Instant now)
    {
        Packet packet = Packet.Rent(Icmpv6Header.Size + size);
        Span<byte> message = packet.Append(Icmpv6Header.Size + size);
        Icmpv6Header.ForEcho(Icmpv6Type.EchoRequest, identifier, sequence).Write(message);
        for (int i = Icmpv6Header.Size; i < message.Length; i++)
            message[i] = (byte)i;
        host.Statistics.Icmp6OutEchos++;
        Send(packet, route.Source, to, route, hopLimit, now);
    }

    /// <summary>Fills the checksum of a message that starts at the packet's start, and sends it.</summary>
    public void Send(Packet packet, IpAddress source, IpAddress to, in RouteDecision route, byte hopLimit, Instant now, byte trafficClass = 0)
    {
        Icmpv6Header.FillChecksum(packet.Head, source, to);
        packet.Checksum = ChecksumState.Complete;
        packet.Cause = host.Log.Because;
        host.Statistics.Icmp6OutMsgs++;
        if (host.Log.IsEnabled)
            packet.Cause = host.Log.WriteAndFollow(new Icmpv6Sent(to, (Icmpv6Type)packet.Head[0], packet.Head[1], IpAddress.None));
        host.Ipv6Out.Send(packet, new IpDeparture(source, to, IpProtocol.IcmpV6) { TimeToLive = hopLimit, TypeOfService = trafficClass }, route, now);
    }

    /// <summary>
    /// Tells the sender of <paramref name="about"/>, which starts at its IP header and stays the caller's, what went wrong.
    /// When that sender is this host itself, its layers are told without a packet.
    /// </summary>
    public void SendError(Packet about, in Icmpv6Header error, Interface on, Instant now)
    {
        if (!Ipv6Header.TryReadQuoted(about.Head, out Ipv6Header header) || !MayBeAnswered(about.Head, header, error))
            return;
        int quoted = Math.Min(about.Length, MostQuoted);
        if (host.IsLocal(header.Source))
        {
            Span<byte> quote = stackalloc byte[quoted];
            about.CopyTo(0, quote);
            TakeError(error, quote, header.Source, now);
            return;
        }

        if (!host.IpOut.TryRoute(header.Source, out RouteDecision route))
            return;
        if (!host.IcmpLimit.TryTake(header.Source, isLimited: error.Type != Icmpv6Type.PacketTooBig, host.Settings.Ipv6.IcmpRateLimit, now))
        {
            host.Statistics.Icmp6OutRateLimitHost++;
            return;
        }

        // RFC 4443 §2.2: from the address that was spoken to, if it is one of ours.
        IpAddress source = host.IsLocal(header.Destination) ? header.Destination : route.Source;
        Packet packet = Packet.Rent(Icmpv6Header.Size + quoted);
        Span<byte> message = packet.Append(Icmpv6Header.Size + quoted);
        error.Write(message);
        // What a device's offload left unfinished was never on a wire; the sender shall find the packet as it meant it.
        if (about.SegmentSize == 0)
            IpSender.CompleteChecksum(about, header.NextHeader, Ipv6Header.Size);
        about.CopyTo(0, message[Icmpv6Header.Size..]);
        Icmpv6Header.FillChecksum(message, source, header.Source);
        packet.Cause = host.Log.Because;
        host.Statistics.Icmp6OutMsgs++;
        host.Statistics.Icmp6OutErrors++;
        if (host.Log.IsEnabled)
            packet.Cause = host.Log.Write(about.Cause.IsNone ? host.Log.Because : about.Cause, new Icmpv6Sent(header.Source, error.Type, error.Code, header.Destination));
        host.Ipv6Out.Send(packet, new IpDeparture(source, header.Source, IpProtocol.IcmpV6), route, now);
    }

    // RFC 4443 §2.4 (e): what is never answered by an error.
    private bool MayBeAnswered(ReadOnlySpan<byte> about, in Ipv6Header header, in Icmpv6Header error)
    {
        if (header.Source.IsUnspecified || header.Source.IsMulticast || (header.Source.IsLoopback && !host.IsLocal(header.Source)))
            return false;
        bool speaksToGroups = error.Type == Icmpv6Type.PacketTooBig
            || error is { Type: Icmpv6Type.ParameterProblem, Code: (byte)Icmpv6ParameterCode.Option };
        if (header.Destination.IsMulticast && !speaksToGroups)
            return false;
        Ipv6HeaderChain chain = Ipv6HeaderChain.Walk(about, Ipv6Header.Size, header.NextHeader, isQuoted: true);
        if (chain.End == Ipv6ChainEnd.Fragment && Ipv6FragmentHeader.TryRead(about[chain.Offset..], out Ipv6FragmentHeader fragment))
        {
            if (fragment.Offset != 0)
                return true;
            chain = Ipv6HeaderChain.Walk(about, chain.Offset + Ipv6FragmentHeader.Size, fragment.NextHeader, chain.Offset, isQuoted: true);
        }

        if (chain.End != Ipv6ChainEnd.UpperLayer || chain.Protocol != IpProtocol.IcmpV6)
            return true;
        return Icmpv6Header.TryRead(about[Math.Min(chain.Offset, about.Length)..], out Icmpv6Header icmp) && !icmp.IsError && icmp.Type != Icmpv6Type.Redirect;
    }

    private void TakeError(in Icmpv6Header icmp, ReadOnlySpan<byte> quote, IpAddress from, Instant now)
    {
        // A message that does not quote a packet of ours with at least the ports proves nothing.
        if (!Ipv6Header.TryReadQuoted(quote, out Ipv6Header quoted) || !host.IsLocal(quoted.Source)
            || !TryFindTransport(quote, quoted, out IpProtocol protocol, out int offset) || quote.Length < offset + 8)
        {
            host.Statistics.Icmp6InErrors++;
            return;
        }

        IcmpReport report = IcmpReport.Read(icmp, from);
        // RFC 8201 §4: no link carries less than 1,280 bytes, so whoever claims it lies.
        if (report.IsTooBig && report.Mtu < Ipv6Header.MinimumMtu)
        {
            host.Statistics.Icmp6InErrors++;
            return;
        }

        ReadOnlySpan<byte> transport = quote[offset..];
        var local = new IpEndpoint(quoted.Source, BinaryPrimitives.ReadUInt16BigEndian(transport));
        var remote = new IpEndpoint(quoted.Destination, BinaryPrimitives.ReadUInt16BigEndian(transport[2..]));
        bool believed = protocol switch
        {
            IpProtocol.Tcp => host.Tcp.OnError(new ConnectionId(local, remote), new SequenceNumber(BinaryPrimitives.ReadUInt32BigEndian(transport[4..])), report, now),
            IpProtocol.Udp => host.Udp.OnError(local, remote, report, now),
            IpProtocol.IcmpV6 => Icmpv6Header.TryRead(transport, out Icmpv6Header echo) && echo.Type switch
            {
                Icmpv6Type.EchoRequest => host.Probes.OnEchoError(echo.EchoIdentifier, echo.EchoSequence, report, now),
                // Nothing is remembered of answers; without belief none that is big would ever arrive, and what a forger gains is
                // packets of 1,280 bytes.
                Icmpv6Type.EchoReply => report.IsTooBig,
                _ => false,
            },
            _ => false,
        };
        if (!believed || !report.IsTooBig)
            return;
        if (host.PathMtu.Lower(quoted.Destination, report.Mtu, now) && host.Log.IsEnabled)
            host.Log.WriteAndFollow(new PathMtuChanged(quoted.Destination, report.Mtu));
        if (protocol == IpProtocol.Tcp)
            host.Tcp.OnPathMtu(new ConnectionId(local, remote), now);
    }

    private static bool TryFindTransport(ReadOnlySpan<byte> quote, in Ipv6Header quoted, out IpProtocol protocol, out int offset)
    {
        Ipv6HeaderChain chain = Ipv6HeaderChain.Walk(quote, Ipv6Header.Size, quoted.NextHeader, isQuoted: true);
        if (chain.End == Ipv6ChainEnd.Fragment && Ipv6FragmentHeader.TryRead(quote[chain.Offset..], out Ipv6FragmentHeader fragment) && fragment.Offset == 0)
            chain = Ipv6HeaderChain.Walk(quote, chain.Offset + Ipv6FragmentHeader.Size, fragment.NextHeader, chain.Offset, isQuoted: true);
        (protocol, offset) = (chain.Protocol, chain.Offset);
        return chain.End == Ipv6ChainEnd.UpperLayer;
    }
}
