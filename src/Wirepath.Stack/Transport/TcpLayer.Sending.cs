using System.Buffers.Binary;
using Wirepath.Events;
using Wirepath.Tcp;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <content>What follows from whatever was done to a connection: signals, timers, and its turn to send.</content>
internal sealed partial class TcpLayer
{
    /// <summary>To be called after anything was done to a connection: takes its signals, moves its timer, lets it send.</summary>
    public void Touch(TcpSocket socket, Instant now)
    {
        TcpConnection connection = socket.Connection;
        TcpSignals signals = connection.TakeSignals();
        int charged = (int)Math.Min(connection.MemoryCharged, int.MaxValue);
        if (charged != socket.Charged)
        {
            host.Budget.Charge(charged - socket.Charged);
            socket.Charged = charged;
        }

        if (signals != TcpSignals.None)
            OnSignals(socket, signals, now);
        if (socket.IsRemoved)
            return;
        if ((signals & TcpSignals.Released) != 0)
        {
            // What is left to say, such as a RST, is said before the row goes.
            Transmit(socket, int.MaxValue, long.MaxValue, now);
            Remove(socket, now);
            return;
        }

        host.Wheel.Set(socket, connection.NextTimer);
        if (!socket.IsReady)
        {
            socket.IsReady = true;
            _ready.Enqueue(socket);
        }

        socket.Cause = host.Log.Because;
    }

    private void OnSignals(TcpSocket socket, TcpSignals signals, Instant now)
    {
        if ((signals & TcpSignals.Established) != 0)
        {
            socket.IsEstablished = true;
            host.Statistics.TcpCurrEstab++;
            if (socket.Connecting is { } connecting)
            {
                socket.Connecting = null;
                socket.Stream = new TcpStream(host, socket) { Linger = connecting.Linger };
                connecting.Complete(socket.Stream);
            }
        }

        if ((signals & TcpSignals.Ended) != 0)
        {
            ConnectionEnd end = socket.Connection.End ?? ConnectionEnd.Closed;
            if (!socket.IsEstablished && end != ConnectionEnd.Closed)
                host.Statistics.TcpAttemptFails++;
            else if (end is ConnectionEnd.ResetByPeer or ConnectionEnd.Aborted)
                host.Statistics.TcpEstabResets++;
            if (socket.Connecting is { } connecting)
            {
                socket.Connecting = null;
                connecting.Fail(new NetworkException(end, socket.Connection.EndDetail));
            }
        }

        if ((signals & TcpSignals.PathSuspect) != 0)
            socket.Route.Interface.Neighbors.Check(socket.Route.NextHop, now);
        if (socket.Stream is not null)
            socket.Stream.OnSignals(signals, now);
        else
            socket.Acceptor?.OnSignals(now);
    }

    internal void OnTimer(TcpSocket socket, Instant now)
    {
        host.Log.Because = socket.Cause;
        socket.Connection.OnTimer(now);
        Touch(socket, now);
    }

    /// <summary>Gives those that want to send their turns.</summary>
    /// <returns>True when anything was done.</returns>
    public bool TransmitReady(Instant now)
    {
        WakeStarved(now);
        int turns = _ready.Count;
        for (int i = 0; i < turns; i++)
        {
            TcpSocket socket = _ready.Dequeue();
            socket.IsReady = false;
            if (socket.IsRemoved)
                continue;
            host.Log.Because = socket.Cause;
            if (Transmit(socket, SegmentsPerTurn, BytesPerTurn, now) && !socket.IsReady)
            {
                socket.IsReady = true;
                _ready.Enqueue(socket);
            }

            AfterTransmit(socket, now);
        }

        return turns > 0;
    }

    private void AfterTransmit(TcpSocket socket, Instant now)
    {
        uint retransmissions = unchecked((uint)socket.Connection.Retransmissions);
        host.Statistics.TcpRetransSegs += unchecked(retransmissions - socket.Retransmissions);
        socket.Retransmissions = retransmissions;
        if (socket.IsRemoved)
            return;
        TcpSignals signals = socket.Connection.TakeSignals();
        if (signals != TcpSignals.None)
            OnSignals(socket, signals, now);
        if (!socket.IsReady)
            RetireToTimeWait(socket, now);
        if (socket.IsRemoved)
            return;
        if ((signals & TcpSignals.Released) != 0)
            Remove(socket, now);
        else
            host.Wheel.Set(socket, socket.Connection.NextTimer);
    }

    // True: there may be more.
    private bool Transmit(TcpSocket socket, int most, long mostBytes, Instant now)
    {
        if (socket.PathMtuVersion != host.PathMtu.Version)
            UpdateMss(socket, now);
        long bytes = 0;
        for (int i = 0; i < most && bytes < mostBytes; i++)
        {
            Packet packet = TakeSpare();
            if (!socket.Connection.TryTransmit(packet, now))
            {
                KeepSpare(packet);
                return false;
            }

            if (!TryGetRoute(socket, out RouteDecision route))
            {
                packet.Dispose();
                host.Statistics.IpOutNoRoutes++;
                socket.Connection.OnUnreachable(ConnectionEnd.Unreachable, $"{host.Name} has no route to {socket.Connection.Id.Remote.Address}.", now);
                return false;
            }

            bytes += packet.Length;
            Send(packet, socket.Connection.Id, route, now, socket);
        }

        return true;
    }

    /// <summary>An empty packet; when nothing was written to it, <see cref="KeepSpare"/> takes it back.</summary>
    private Packet TakeSpare()
    {
        Packet packet = _spare ?? Packet.Rent(SegmentCapacity);
        _spare = null;
        return packet;
    }

    private void KeepSpare(Packet packet)
    {
        if (_spare is null)
            _spare = packet;
        else
            packet.Dispose();
    }

    private bool TryGetRoute(TcpSocket socket, out RouteDecision route)
    {
        if (socket.RouteVersion != host.Routes.Version)
        {
            if (!host.IpOut.TryRoute(socket.Connection.Id.Remote.Address, out route))
                return false;
            (socket.Route, socket.RouteVersion) = (route, host.Routes.Version);
        }

        route = socket.Route;
        return true;
    }

    private void UpdateMss(TcpSocket socket, Instant now)
    {
        if (!TryGetRoute(socket, out RouteDecision route))
            return;
        int mss = MssFor(socket.Connection.Id.Remote.Address, route, now);
        socket.PathMtuVersion = host.PathMtu.Version;
        if (mss == socket.Mss)
            return;
        socket.Mss = mss;
        socket.Connection.OnPathMtu(mss, now);
    }

    private void Send(Packet packet, in ConnectionId id, in RouteDecision route, Instant now, TcpSocket? socket = null)
    {
        host.Statistics.TcpOutSegs += SegmentsIn(packet, packet.Head[TcpHeader.DataOffset] >> 4);
        // The sum of the pseudo-header; the device, or IP below, completes it.
        uint pseudo = Checksum.PseudoHeader(id.Local.Address, id.Remote.Address, IpProtocol.Tcp, packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.Head[TcpHeader.ChecksumOffset..], (ushort)~Checksum.Finish(pseudo));
        packet.Checksum = ChecksumState.Partial;
        if (packet.Cause.IsNone)
            packet.Cause = host.Log.Because;
        host.IpOut.Send(packet,
            new IpDeparture(id.Local.Address, id.Remote.Address, IpProtocol.Tcp)
            {
                DontFragment = !host.Settings.Ip.NoPathMtuDiscovery && socket is not { MayFragment: true },
                TimeToLive = socket?.TimeToLive ?? 0, TypeOfService = socket?.TypeOfService ?? 0,
            }, route, now);
    }

    // A super-segment counts as the segments that it is on the wire.
    private static int SegmentsIn(Packet packet, int headerWords) =>
        packet.SegmentSize == 0 ? 1 : (packet.Length - headerWords * 4 + packet.SegmentSize - 1) / packet.SegmentSize;
}
