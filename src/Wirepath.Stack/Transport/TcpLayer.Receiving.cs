using Wirepath.Events;
using Wirepath.Tcp;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <content>Segments and ICMP errors on their way to connections and listeners.</content>
internal sealed partial class TcpLayer
{
    public void Receive(Packet packet, in IpArrival arrival, Instant now)
    {
        packet.TrimStart(arrival.HeaderLength);
        host.Statistics.TcpInSegs += packet.Head.Length < TcpHeader.Size ? 1 : SegmentsIn(packet, packet.Head[TcpHeader.DataOffset] >> 4);
        if (arrival.IsBroadcast)
        {
            host.Drop(arrival.Interface, packet, DropReason.NotForUs); // RFC 9293 §3.9.2.3
            return;
        }

        if (packet.Checksum == ChecksumState.Complete
            && Checksum.Finish(Checksum.Sum(packet, 0, Checksum.PseudoHeader(arrival.Source, arrival.Destination, IpProtocol.Tcp, packet.Length))) != 0)
        {
            host.Statistics.TcpInErrs++;
            host.Statistics.TcpInCsumErrors++;
            host.Drop(arrival.Interface, packet, DropReason.BadChecksum);
            return;
        }

        if (!TcpSegment.TryRead(packet, arrival.IsCongestionExperienced, out TcpSegment segment) || segment.Header.SourcePort == 0 || segment.Header.DestinationPort == 0)
        {
            host.Statistics.TcpInErrs++;
            host.Drop(arrival.Interface, packet, DropReason.Malformed);
            return;
        }

        var id = new ConnectionId(new IpEndpoint(arrival.Destination, segment.Header.DestinationPort), new IpEndpoint(arrival.Source, segment.Header.SourcePort));
        if (_sockets.TryGet(id, out TcpSocket? socket))
            Receive(socket, segment, now);
        else if (!ReceiveInTimeWait(id, segment, now))
            ReceiveWithoutConnection(id, segment, arrival, now);
        packet.Dispose();
    }

    private void Receive(TcpSocket socket, in TcpSegment segment, Instant now)
    {
        Shared.Memory = host.Budget.Used >= host.Budget.Limit ? MemoryState.Exhausted : host.Budget.IsUnderPressure ? MemoryState.Pressure : MemoryState.Plenty;
        socket.Connection.Receive(segment, now);
        Touch(socket, now);
    }

    private void ReceiveWithoutConnection(in ConnectionId id, in TcpSegment segment, in IpArrival arrival, Instant now)
    {
        if (FindAcceptor(id.Local) is { } acceptor)
        {
            Listen(acceptor, id, segment, now);
            return;
        }

        if (host.Log.IsEnabled)
            host.Log.Write(new PacketDropped(arrival.Interface.Name, DropReason.NoListener, segment.Packet.ToArray()));
        Refuse(id, segment, now);
    }

    private void Refuse(in ConnectionId id, in TcpSegment segment, Instant now)
    {
        if (!host.IpOut.TryRoute(id.Remote.Address, out RouteDecision route))
            return;
        Packet reset = TakeSpare();
        if (!TcpReset.TryAnswer(segment, reset))
        {
            KeepSpare(reset);
            return;
        }

        reset.Cause = host.Log.Because;
        host.Statistics.TcpOutRsts++;
        Send(reset, id, route, now);
    }

    private void Listen(TcpAcceptor acceptor, in ConnectionId id, in TcpSegment segment, Instant now)
    {
        bool opens = segment.Header.IsSyn && !segment.Header.IsAck && !segment.Header.IsRst;
        if (!host.IpOut.TryRoute(id.Remote.Address, out RouteDecision route) || (host.Budget.IsUnderPressure && !segment.Header.IsRst))
        {
            // A connection takes memory that is not there; neither its SYN nor its last ACK is taken.
            if (opens)
                host.Statistics.TcpExtListenDrops++;
            return;
        }

        int mss = MssFor(id.Remote.Address, route, now);
        var context = new ListenContext(opens ? _isn.Next(id, now) : default, mss, _isn.TimestampOffset(id));
        Packet reply = TakeSpare();
        ListenVerdict verdict = acceptor.Listener.Receive(segment, id, context, reply, now, out TcpConnection? connection);
        switch (verdict)
        {
            case ListenVerdict.Ignored:
                if (opens)
                    host.Statistics.TcpExtListenDrops++;
                KeepSpare(reply);
                break;
            case ListenVerdict.Replied:
                if (opens)
                    host.Statistics.TcpPassiveOpens++;
                if (reply.Cause.IsNone)
                    reply.Cause = host.Log.Because;
                Send(reply, id, route, now);
                break;
            case ListenVerdict.Refused:
                KeepSpare(reply);
                Refuse(id, segment, now);
                break;
            case ListenVerdict.Opened:
                KeepSpare(reply);
                TcpSocket socket = Add(connection!, route, mss);
                socket.Acceptor = acceptor;
                (socket.TimeToLive, socket.TypeOfService, socket.MayFragment) = (acceptor.TimeToLive, acceptor.TypeOfService, acceptor.MayFragment);
                Touch(socket, now);
                break;
            default:
                throw new InvalidOperationException($"Nobody acts on {verdict}.");
        }

        Track(acceptor);
    }

    /// <summary>After anything was done to a listener: its memory is charged, its timer moved.</summary>
    public void Track(TcpAcceptor acceptor)
    {
        long charged = acceptor.Listener.MemoryCharged;
        if (charged != acceptor.Charged)
        {
            host.Budget.Charge(charged - acceptor.Charged);
            acceptor.Charged = charged;
        }

        host.Wheel.Set(acceptor.Timer, acceptor.Listener.NextTimer);
    }

    public void OnTimer(TcpAcceptor acceptor, Instant now)
    {
        Packet packet = TakeSpare();
        while (acceptor.Listener.TryRepeat(packet, now, out ConnectionId id))
        {
            host.Statistics.TcpRetransSegs++;
            if (host.IpOut.TryRoute(id.Remote.Address, out RouteDecision route))
                Send(packet, id, route, now);
            else
                packet.Dispose();
            packet = TakeSpare();
        }

        KeepSpare(packet);
        Track(acceptor);
    }

    /// <summary>An ICMP error quotes a segment of this connection (RFC 5927 §4: it must be one that is under way).</summary>
    public bool OnError(in ConnectionId id, SequenceNumber sequence, in IcmpReport report, Instant now)
    {
        if (Find(id) is not { } socket)
            return OnHalfOpenError(id, sequence, report);
        if (!socket.Connection.IsOutstanding(sequence))
        {
            Shared.Counters.OutOfWindowIcmps++;
            return false;
        }

        if (report.IsTooBig)
            return id.Local.Address.IsV6 || !host.Settings.Ip.NoPathMtuDiscovery;
        socket.Connection.OnUnreachable(report.End, report.Detail, now);
        Touch(socket, now);
        return true;
    }

    private bool OnHalfOpenError(in ConnectionId id, SequenceNumber sequence, in IcmpReport report)
    {
        if (report.IsTooBig || FindAcceptor(id.Local) is not { } acceptor || !acceptor.Listener.OnUnreachable(id, sequence, report.End, report.Detail))
            return false;
        Track(acceptor);
        return true;
    }

    /// <summary>The path MTU of this connection has just become smaller.</summary>
    public void OnPathMtu(in ConnectionId id, Instant now)
    {
        if (!_sockets.TryGet(id, out TcpSocket? socket))
            return;
        UpdateMss(socket, now);
        Touch(socket, now);
    }
}
