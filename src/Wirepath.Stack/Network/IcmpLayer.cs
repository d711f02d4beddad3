using System.Buffers.Binary;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>ICMP for IPv4 (RFC 792, RFC 1122 §3.2.2, RFC 1812 §4.3): echo, errors out with their restraint, errors in with their suspicion.</summary>
internal sealed class IcmpLayer(Host host)
{
    /// <summary>RFC 1812 §4.3.2.3: as much of the packet as fits into 576 bytes.</summary>
    private const int MostErrorBytes = Ipv4Header.MinimumReassembly;

    // RFC 1191 §7.1: sizes to try when a router does not tell.
    private static readonly int[] s_plateaus = [65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68];

    public void Receive(Packet packet, in IpArrival arrival, Instant now)
    {
        host.Statistics.IcmpInMsgs++;
        if (!packet.IsLinear)
            packet.MakeWritable();
        ReadOnlySpan<byte> message = packet.Head[arrival.HeaderLength..];
        if (!IcmpHeader.TryRead(message, out IcmpHeader icmp))
        {
            host.Statistics.IcmpInErrors++;
            host.Drop(arrival.Interface, packet, DropReason.Malformed);
            return;
        }

        if (packet.Checksum == ChecksumState.Complete && !IcmpHeader.HasValidChecksum(message))
        {
            host.Statistics.IcmpInErrors++;
            host.Statistics.IcmpInCsumErrors++;
            host.Drop(arrival.Interface, packet, DropReason.BadChecksum);
            return;
        }

        if (host.Log.IsEnabled)
        {
            bool quotes = icmp.IsError && Ipv4Header.TryReadQuoted(message[IcmpHeader.Size..], out _);
            host.Log.WriteAndFollow(new IcmpReceived(arrival.Source, icmp.Type, icmp.Code, quotes ? IpAddress.Read(message.Slice(IcmpHeader.Size + 16, 4)) : IpAddress.None));
        }

        switch (icmp.Type)
        {
            case IcmpType.Echo:
                host.Statistics.IcmpInEchos++;
                AnswerEcho(packet, arrival, now);
                return;
            case IcmpType.EchoReply:
                host.Statistics.IcmpInEchoReps++;
                host.Probes.OnEchoReply(icmp.EchoIdentifier, icmp.EchoSequence, arrival, message.Length - IcmpHeader.Size, now);
                break;
            case IcmpType.DestinationUnreachable:
                host.Statistics.IcmpInDestUnreachs++;
                TakeError(icmp, message[IcmpHeader.Size..], arrival.Source, now);
                break;
            case IcmpType.TimeExceeded:
                host.Statistics.IcmpInTimeExcds++;
                TakeError(icmp, message[IcmpHeader.Size..], arrival.Source, now);
                break;
            case IcmpType.ParameterProblem:
                TakeError(icmp, message[IcmpHeader.Size..], arrival.Source, now);
                break;
            default: // Redirects are a way to steal traffic; routes here come from people and DHCP. Others: RFC 1122 §3.2.2, silently discarded.
                break;
        }

        packet.Dispose();
    }

    private void AnswerEcho(Packet packet, in IpArrival arrival, Instant now)
    {
        IcmpSettings settings = host.Settings.Icmp;
        bool ignored = settings.EchoIgnoreAll || (arrival.IsBroadcast && settings.EchoIgnoreBroadcasts);
        IpAddress source = arrival.IsBroadcast ? arrival.Interface.SourceFor(arrival.Source) : arrival.Destination;
        if (ignored || source.IsNone || !host.IpOut.TryRoute(arrival.Source, out RouteDecision route))
        {
            packet.Dispose();
            return;
        }

        packet.TrimStart(arrival.HeaderLength);
        IpSender.EnsureHeadWritable(packet);
        Span<byte> message = packet.Head;
        message[0] = (byte)IcmpType.EchoReply;
        IcmpHeader.FillChecksum(message);
        packet.Checksum = ChecksumState.Complete;
        packet.Cause = host.Log.Because;
        host.Statistics.IcmpOutMsgs++;
        host.Statistics.IcmpOutEchoReps++;
        if (host.Log.IsEnabled)
            packet.Cause = host.Log.WriteAndFollow(new IcmpSent(arrival.Source, IcmpType.EchoReply, 0, IpAddress.None));
        host.Ipv4Out.Send(packet, new IpDeparture(source, arrival.Source, IpProtocol.Icmp) { TypeOfService = arrival.TypeOfService }, route, now);
    }

    /// <summary>Sends an echo request.</summary>
    public void SendEcho(IpAddress to, in RouteDecision route, ushort identifier, ushort sequence, int size, byte timeToLive, Instant now)
    {
        Packet packet = Packet.Rent(IcmpHeader.Size + size);
        Span<byte> message = packet.Append(IcmpHeader.Size + size);
        IcmpHeader.ForEcho(IcmpType.Echo, identifier, sequence).Write(message);
        for (int i = IcmpHeader.Size; i < message.Length; i++)
            message[i] = (byte)i;
        IcmpHeader.FillChecksum(message);
        packet.Cause = host.Log.Because;
        host.Statistics.IcmpOutMsgs++;
        host.Statistics.IcmpOutEchos++;
        if (host.Log.IsEnabled)
            packet.Cause = host.Log.WriteAndFollow(new IcmpSent(to, IcmpType.Echo, 0, IpAddress.None));
        host.Ipv4Out.Send(packet, new IpDeparture(route.Source, to, IpProtocol.Icmp) { TimeToLive = timeToLive }, route, now);
    }

    /// <summary>
    /// Tells the sender of <paramref name="about"/>, which starts at its IP header and stays the caller's, what went wrong.
    /// When that sender is this host itself, its layers are told without a packet.
    /// </summary>
    public void SendError(Packet about, in IcmpHeader error, Interface on, Instant now)
    {
        if (!Ipv4Header.TryReadQuoted(about.Head, out Ipv4Header header) || !MayBeAnswered(about, header, on))
            return;
        if (host.IsLocal(header.Source))
        {
            Span<byte> quote = stackalloc byte[Math.Min(about.Length, MostErrorBytes)];
            about.CopyTo(0, quote);
            TakeError(error, quote, header.Source, now);
            return;
        }

        if (!host.IpOut.TryRoute(header.Source, out RouteDecision route))
            return;
        if (!host.IcmpLimit.TryTake(header.Source, isLimited: (host.Settings.Icmp.RateMask >> (int)error.Type & 1) != 0, host.Settings.Icmp.RateLimit, now))
        {
            host.Statistics.IcmpOutRateLimited++;
            return;
        }

        IpAddress source = host.IsLocal(header.Destination) ? header.Destination : route.Source;
        int quoted = Math.Min(about.Length, MostErrorBytes - Ipv4Header.Size - IcmpHeader.Size);
        Packet packet = Packet.Rent(IcmpHeader.Size + quoted);
        Span<byte> message = packet.Append(IcmpHeader.Size + quoted);
        error.Write(message);
        // What a device's offload left unfinished was never on a wire; the sender shall find the packet as it meant it.
        if (about.SegmentSize == 0)
            IpSender.CompleteChecksum(about, header.Protocol, header.HeaderLength);
        about.CopyTo(0, message[IcmpHeader.Size..]);
        IcmpHeader.FillChecksum(message);
        packet.Cause = host.Log.Because;
        host.Statistics.IcmpOutMsgs++;
        if (error.Type == IcmpType.DestinationUnreachable)
            host.Statistics.IcmpOutDestUnreachs++;
        else if (error.Type == IcmpType.TimeExceeded)
            host.Statistics.IcmpOutTimeExcds++;
        if (host.Log.IsEnabled)
            packet.Cause = host.Log.Write(about.Cause.IsNone ? host.Log.Because : about.Cause, new IcmpSent(header.Source, error.Type, error.Code, header.Destination));
        host.Ipv4Out.Send(packet, new IpDeparture(source, header.Source, IpProtocol.Icmp) { TypeOfService = 0xC0 }, route, now); // RFC 1812 §4.3.2.5: precedence 6.
    }

    // RFC 1122 §3.2.2 and RFC 1812 §4.3.2.7: what is never answered by an error.
    private bool MayBeAnswered(Packet about, in Ipv4Header header, Interface on)
    {
        IpAddress source = header.Source, destination = header.Destination;
        if (header.FragmentOffset != 0 || source.IsUnspecified || source.IsMulticast || source.IsBroadcast || on.IsBroadcast(source))
            return false;
        if (destination.IsMulticast || destination.IsBroadcast || on.IsBroadcast(destination))
            return false;
        bool isError = header.Protocol == IpProtocol.Icmp
            && (!IcmpHeader.TryRead(about.Head[header.HeaderLength..], out IcmpHeader icmp) || icmp.IsError);
        return !isError && (!source.IsLoopback || host.IsLocal(source));
    }

    private void TakeError(in IcmpHeader icmp, ReadOnlySpan<byte> quote, IpAddress from, Instant now)
    {
        // A message that does not quote a packet of ours with at least the ports proves nothing.
        if (!Ipv4Header.TryReadQuoted(quote, out Ipv4Header quoted) || quoted.FragmentOffset != 0
            || quote.Length < quoted.HeaderLength + 8 || !host.IsLocal(quoted.Source))
        {
            host.Statistics.IcmpInErrors++;
            return;
        }

        ReadOnlySpan<byte> transport = quote[quoted.HeaderLength..];
        IcmpReport report = IcmpReport.Read(icmp, from);
        if (report.IsTooBig)
            report = report with { Mtu = icmp.NextHopMtu != 0 ? icmp.NextHopMtu : NextPlateau(quoted.TotalLength) };
        ushort localPort = BinaryPrimitives.ReadUInt16BigEndian(transport);
        ushort remotePort = BinaryPrimitives.ReadUInt16BigEndian(transport[2..]);
        var local = new IpEndpoint(quoted.Source, localPort);
        var remote = new IpEndpoint(quoted.Destination, remotePort);
        bool believed = quoted.Protocol switch
        {
            IpProtocol.Tcp => host.Tcp.OnError(new ConnectionId(local, remote), new SequenceNumber(BinaryPrimitives.ReadUInt32BigEndian(transport[4..])), report, now),
            IpProtocol.Udp => host.Udp.OnError(local, remote, report, now),
            IpProtocol.Icmp => transport[0] == (byte)IcmpType.Echo && IcmpHeader.TryRead(transport, out IcmpHeader echo)
                && host.Probes.OnEchoError(echo.EchoIdentifier, echo.EchoSequence, report, now),
            _ => false,
        };
        if (believed && report.IsTooBig && host.PathMtu.Lower(quoted.Destination, report.Mtu, now) && host.Log.IsEnabled)
            host.Log.WriteAndFollow(new PathMtuChanged(quoted.Destination, host.PathMtu.Get(quoted.Destination, int.MaxValue, now)));
        if (believed && report.IsTooBig && quoted.Protocol == IpProtocol.Tcp)
            host.Tcp.OnPathMtu(new ConnectionId(local, remote), now);
    }

    private static int NextPlateau(int length)
    {
        foreach (int plateau in s_plateaus)
        {
            if (plateau < length)
                return plateau;
        }

        return s_plateaus[^1];
    }
}
