using System.Buffers.Binary;
using Wirepath.Events;
using Wirepath.Tcp;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>
/// The host's side of TCP: the tables of connections and listeners, checksums, whose turn it is to send. What a segment
/// means is the connection's affair.
/// </summary>
internal sealed class TcpLayer(Host host)
{
    /// <summary>Segments that one connection may send before the next has its turn.</summary>
    private const int SegmentsPerTurn = 16;

    /// <summary>Bytes that an empty packet has room for: a TCP header and a copied payload of an Ethernet frame.</summary>
    private const int SegmentCapacity = 1600;

    private readonly Dictionary<ConnectionId, TcpSocket> _sockets = [];
    private readonly Queue<TcpSocket> _ready = new();
    private readonly Queue<TcpSocket> _starved = new();
    private readonly Lock _listenersLock = new(); // Listen may be called from any thread.
    private readonly Dictionary<IpEndpoint, TcpAcceptor> _acceptors = [];
    private readonly RandomSource _random = host.Random.Fork("tcp ports");
    private readonly IsnGenerator _isn = MakeIsnGenerator(host.Random.Fork("isn"));
    private Packet? _spare;
    private int _timeWaits;

    public int Count => _sockets.Count;

    public IEnumerable<TcpSocket> Sockets => _sockets.Values;

    private static IsnGenerator MakeIsnGenerator(RandomSource random)
    {
        Span<byte> secret = stackalloc byte[IsnGenerator.SecretSize];
        random.Fill(secret);
        return new IsnGenerator(secret);
    }

    // ---- Opening -------------------------------------------------------------------------------------------------

    public TcpAcceptor Listen(IpEndpoint local, int backlog)
    {
        if (local.Address.IsNone)
            local = local with { Address = IpAddress.AnyV4 };
        lock (_listenersLock)
        {
            if (local.Port == 0)
                local = local with { Port = FreeListenPort(local.Address) };
            var acceptor = new TcpAcceptor(host, local, backlog);
            if (!_acceptors.TryAdd(local, acceptor))
                throw new NetworkException(ConnectionEnd.NotSent, $"TCP port {local.Port} of {local.Address} is already listened on by {host.Name}.");
            return acceptor;
        }
    }

    public void StopListening(TcpAcceptor acceptor)
    {
        lock (_listenersLock)
            _acceptors.Remove(acceptor.Local);
    }

    private ushort FreeListenPort(IpAddress address)
    {
        PortRange range = host.Settings.Sockets.LocalPorts;
        int start = _random.Next(range.Count);
        for (int i = 0; i < range.Count; i++)
        {
            ushort port = (ushort)(range.First + (start + i) % range.Count);
            if (!_acceptors.ContainsKey(new IpEndpoint(address, port)))
                return port;
        }

        throw new NetworkException(ConnectionEnd.NotSent, $"All {range.Count} local TCP ports of {host.Name} are in use.");
    }

    private TcpAcceptor? FindAcceptor(IpEndpoint local)
    {
        lock (_listenersLock)
        {
            return _acceptors.TryGetValue(local, out TcpAcceptor? acceptor)
                || _acceptors.TryGetValue(local with { Address = local.Address.IsV4 ? IpAddress.AnyV4 : IpAddress.AnyV6 }, out acceptor) ? acceptor : null;
        }
    }

    public bool IsBound(IpAddress address, ushort port)
    {
        if (FindAcceptor(new IpEndpoint(address, port)) is not null)
            return true;
        foreach (ConnectionId id in _sockets.Keys)
        {
            if (id.Local.Port == port && id.Local.Address == address)
                return true;
        }

        return false;
    }

    private void Connect(ConnectOperation operation, IpEndpoint remote, Instant now)
    {
        if (!host.Ipv4Out.TryRoute(remote.Address, out RouteDecision route))
        {
            host.Statistics.IpOutNoRoutes++;
            if (host.Log.IsEnabled)
                host.Log.Write(new RouteMissing(remote.Address));
            operation.Fail(new NetworkException(ConnectionEnd.NotSent, $"{host.Name} has no route to {remote.Address}."));
            return;
        }

        if (!TryChooseLocal(route.Source, remote, now, out IpEndpoint local))
        {
            operation.Fail(new NetworkException(ConnectionEnd.NotSent,
                $"All {host.Settings.Sockets.LocalPorts.Count} local ports of {route.Source} are in use towards {remote}."));
            return;
        }

        if (host.Budget.IsUnderPressure)
        {
            operation.Fail(new NetworkException(ConnectionEnd.NotSent, $"{host.Name}'s memory budget is used up."));
            return;
        }

        var id = new ConnectionId(local, remote);
        if (host.Log.IsEnabled)
            host.Log.WriteAndFollow(new SocketCalled(id, "connect", 0));
        host.AnnounceRoute(remote.Address, route);
        host.Statistics.TcpActiveOpens++;
        int mss = MssFor(remote.Address, route, now);
        TcpConnection connection = TcpConnection.Connect(id, host.Settings.Tcp, _isn.Next(id, now), mss, host.Log, now, _isn.TimestampOffset(id));
        TcpSocket socket = Add(connection, route, mss);
        socket.Connecting = operation;
        operation.Socket = socket;
        Touch(socket, now);
    }

    private bool TryChooseLocal(IpAddress source, IpEndpoint remote, Instant now, out IpEndpoint local)
    {
        // RFC 6056 §3.3.1: a random start, then the next free one.
        PortRange range = host.Settings.Sockets.LocalPorts;
        int start = _random.Next(range.Count);
        TcpSocket? reusable = null;
        for (int i = 0; i < range.Count; i++)
        {
            local = new IpEndpoint(source, (ushort)(range.First + (start + i) % range.Count));
            if (FindAcceptor(local) is not null)
                continue;
            if (!_sockets.TryGetValue(new ConnectionId(local, remote), out TcpSocket? taken))
                return true;
            if (reusable is null && MayReuse(taken, remote, now))
                reusable = taken;
        }

        local = default;
        if (reusable is null)
            return false;
        local = reusable.Connection.Id.Local;
        host.Statistics.TcpExtTWRecycled++;
        reusable.Connection.Abort(now);
        Remove(reusable, now);
        return true;
    }

    // RFC 6191 §2, from the side that opens: timestamps tell the incarnations apart once their clock has moved on.
    private bool MayReuse(TcpSocket socket, IpEndpoint remote, Instant now) =>
        socket.IsTimeWait && host.Settings.Tcp.Timestamps && now - socket.TimeWaitSince >= TimeSpan.FromSeconds(1)
        && (host.Settings.Sockets.TimeWaitReuse == 1 || (host.Settings.Sockets.TimeWaitReuse == 2 && host.IsLocal(remote.Address)));

    private int MssFor(IpAddress remote, in RouteDecision route, Instant now) =>
        host.PathMtu.Get(remote, route.Interface.Mtu, now) - Ipv4Header.Size - TcpHeader.Size;

    private TcpSocket Add(TcpConnection connection, in RouteDecision route, int mss)
    {
        var socket = new TcpSocket(this, connection)
        {
            Route = route, RouteVersion = host.Routes.Version, PathMtuVersion = host.PathMtu.Version, Mss = mss, Cause = host.Log.Because,
        };
        _sockets.Add(connection.Id, socket);
        return socket;
    }

    // ---- Receiving -----------------------------------------------------------------------------------------------

    public void Receive(Packet packet, in IpArrival arrival, Instant now)
    {
        host.Statistics.TcpInSegs++;
        packet.TrimStart(arrival.HeaderLength);
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
        if (_sockets.TryGetValue(id, out TcpSocket? socket) && !IsNewIncarnation(socket, segment, now))
            Receive(socket, segment, arrival, now);
        else
            ReceiveWithoutConnection(id, segment, arrival, now);
        packet.Dispose();
    }

    private bool IsNewIncarnation(TcpSocket socket, in TcpSegment segment, Instant now)
    {
        if (!socket.IsTimeWait || !segment.Header.IsSyn || segment.Header.IsAck || FindAcceptor(socket.Connection.Id.Local) is null
            || !socket.Connection.TryReopen(segment, now))
            return false;
        Remove(socket, now);
        return true;
    }

    private void Receive(TcpSocket socket, in TcpSegment segment, in IpArrival arrival, Instant now)
    {
        // The budget is used up: what would add bytes is dropped, to be repeated by the sender; ACKs free memory.
        if (segment.PayloadLength > 0 && host.Budget.Used >= host.Budget.Limit)
        {
            host.Statistics.TcpExtTCPRcvQDrop++;
            if (host.Log.IsEnabled)
                host.Log.Write(new PacketDropped(arrival.Interface.Name, DropReason.Budget, segment.Packet.ToArray()));
            return;
        }

        socket.Connection.Receive(segment, now);
        Touch(socket, now);
    }

    private void ReceiveWithoutConnection(in ConnectionId id, in TcpSegment segment, in IpArrival arrival, Instant now)
    {
        TcpAcceptor? acceptor = FindAcceptor(id.Local);
        bool opens = segment.Header.IsSyn && !segment.Header.IsAck && !segment.Header.IsRst;
        if (acceptor is not null && opens)
        {
            Open(acceptor, id, segment, now);
            return;
        }

        if (acceptor is null && host.Log.IsEnabled)
            host.Log.Write(new PacketDropped(arrival.Interface.Name, DropReason.NoListener, segment.Packet.ToArray()));
        if (acceptor is not null && !segment.Header.IsAck)
            return; // RFC 9293 §3.10.7.2: LISTEN ignores everything but SYN and ACK.
        Packet reset = Packet.Rent(TcpHeader.Size);
        if (!TcpReset.TryAnswer(segment, reset) || !host.Ipv4Out.TryRoute(id.Remote.Address, out RouteDecision route))
        {
            reset.Dispose();
            return;
        }

        reset.Cause = host.Log.Because;
        host.Statistics.TcpOutRsts++;
        Send(reset, id, route, now);
    }

    private void Open(TcpAcceptor acceptor, in ConnectionId id, in TcpSegment segment, Instant now)
    {
        bool refused = host.Budget.IsUnderPressure || !host.Ipv4Out.TryRoute(id.Remote.Address, out _);
        TcpConnection? connection = null;
        RouteDecision route = default;
        int mss = 0;
        if (!refused && host.Ipv4Out.TryRoute(id.Remote.Address, out route))
        {
            mss = MssFor(id.Remote.Address, route, now);
            connection = acceptor.Listener.OnSyn(segment, id, _isn.Next(id, now), mss, now, _isn.TimestampOffset(id));
        }

        if (connection is null)
        {
            host.Statistics.TcpExtListenDrops++;
            return;
        }

        host.Statistics.TcpPassiveOpens++;
        TcpSocket socket = Add(connection, route, mss);
        socket.Acceptor = acceptor;
        Touch(socket, now);
    }

    /// <summary>An ICMP error quotes a segment of this connection (RFC 5927 §4: it must be one that is under way).</summary>
    public bool OnError(in ConnectionId id, SequenceNumber sequence, in IcmpReport report, Instant now)
    {
        if (Find(id) is not { } socket || !socket.Connection.IsOutstanding(sequence))
            return false;
        if (report.IsFragmentationNeeded)
            return !host.Settings.Ip.NoPathMtuDiscovery;
        socket.Connection.OnUnreachable(report.End, report.Detail, now);
        Touch(socket, now);
        return true;
    }

    /// <summary>The path MTU of this connection has just become smaller.</summary>
    public void OnPathMtu(in ConnectionId id, Instant now)
    {
        if (!_sockets.TryGetValue(id, out TcpSocket? socket))
            return;
        UpdateMss(socket, now);
        Touch(socket, now);
    }

    // ---- Sending -------------------------------------------------------------------------------------------------

    /// <summary>To be called after anything was done to a connection: takes its signals, moves its timer, lets it send.</summary>
    public void Touch(TcpSocket socket, Instant now)
    {
        TcpConnection connection = socket.Connection;
        TcpSignals signals = connection.TakeSignals();
        long charged = connection.MemoryCharged;
        if (charged != socket.Charged)
        {
            host.Budget.Charge(charged - socket.Charged);
            socket.Charged = charged;
        }

        if (signals != TcpSignals.None)
            OnSignals(socket, signals, now);
        TrackTimeWait(socket, now);
        if (socket.IsRemoved)
            return;
        if ((signals & TcpSignals.Released) != 0)
        {
            // What is left to say, such as a RST, is said before the row goes.
            Transmit(socket, int.MaxValue, now);
            Remove(socket, now);
            return;
        }

        host.Wheel.Set(socket.Timer, connection.NextTimer);
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
                socket.Stream = new TcpStream(host, socket);
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
            socket.Stream.OnSignals(now);
        else
            socket.Acceptor?.OnSignals(now);
    }

    private void TrackTimeWait(TcpSocket socket, Instant now)
    {
        if (socket.IsTimeWait || socket.Connection.State != TcpState.TimeWait)
            return;
        if (_timeWaits >= host.Settings.Sockets.MaxTimeWaitBuckets)
        {
            host.Statistics.TcpExtTCPTimeWaitOverflow++;
            Transmit(socket, int.MaxValue, now);
            socket.Connection.Abort(now);
            Remove(socket, now);
            return;
        }

        _timeWaits++;
        (socket.IsTimeWait, socket.TimeWaitSince) = (true, now);
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
            if (Transmit(socket, SegmentsPerTurn, now) && !socket.IsReady)
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
        if (socket.IsRemoved)
            return;
        TcpSignals signals = socket.Connection.TakeSignals();
        if (signals != TcpSignals.None)
            OnSignals(socket, signals, now);
        TrackTimeWait(socket, now);
        if (socket.IsRemoved)
            return;
        if ((signals & TcpSignals.Released) != 0)
            Remove(socket, now);
        else
            host.Wheel.Set(socket.Timer, socket.Connection.NextTimer);
    }

    // True: there may be more.
    private bool Transmit(TcpSocket socket, int most, Instant now)
    {
        if (socket.PathMtuVersion != host.PathMtu.Version)
            UpdateMss(socket, now);
        for (int i = 0; i < most; i++)
        {
            Packet packet = _spare ?? Packet.Rent(SegmentCapacity);
            _spare = null;
            if (!socket.Connection.TryTransmit(packet, now))
            {
                _spare = packet;
                return false;
            }

            if (!TryGetRoute(socket, out RouteDecision route))
            {
                packet.Dispose();
                host.Statistics.IpOutNoRoutes++;
                socket.Connection.OnUnreachable(ConnectionEnd.Unreachable, $"{host.Name} has no route to {socket.Connection.Id.Remote.Address}.", now);
                return false;
            }

            Send(packet, socket.Connection.Id, route, now);
        }

        return true;
    }

    private bool TryGetRoute(TcpSocket socket, out RouteDecision route)
    {
        if (socket.RouteVersion != host.Routes.Version)
        {
            if (!host.Ipv4Out.TryRoute(socket.Connection.Id.Remote.Address, out socket.Route))
            {
                route = default;
                return false;
            }

            socket.RouteVersion = host.Routes.Version;
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

    private void Send(Packet packet, in ConnectionId id, in RouteDecision route, Instant now)
    {
        host.Statistics.TcpOutSegs++;
        // The sum of the pseudo-header; the device, or IP below, completes it.
        uint pseudo = Checksum.PseudoHeader(id.Local.Address, id.Remote.Address, IpProtocol.Tcp, packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.Head[TcpHeader.ChecksumOffset..], (ushort)~Checksum.Finish(pseudo));
        packet.Checksum = ChecksumState.Partial;
        if (packet.Cause.IsNone)
            packet.Cause = host.Log.Because;
        host.Ipv4Out.Send(packet,
            new IpDeparture(id.Local.Address, id.Remote.Address, IpProtocol.Tcp) { DontFragment = !host.Settings.Ip.NoPathMtuDiscovery }, route, now);
    }

    // ---- Memory, end ---------------------------------------------------------------------------------------------

    /// <summary>False when the budget lets this connection's send buffer grow no further now; it is told when it may.</summary>
    public bool MayWrite(TcpSocket socket)
    {
        if (host.Budget.Used < host.Budget.Limit || socket.Charged <= host.Settings.Tcp.SendBuffer.Min)
            return true;
        if (!socket.IsStarved)
        {
            socket.IsStarved = true;
            _starved.Enqueue(socket);
        }

        return false;
    }

    private void WakeStarved(Instant now)
    {
        while (_starved.Count > 0 && host.Budget.Used < host.Budget.Limit)
        {
            TcpSocket socket = _starved.Dequeue();
            socket.IsStarved = false;
            socket.Stream?.OnSignals(now);
        }
    }

    private void Remove(TcpSocket socket, Instant now)
    {
        if (socket.IsRemoved)
            return;
        socket.IsRemoved = true;
        host.Wheel.Cancel(socket.Timer);
        _sockets.Remove(socket.Connection.Id);
        if (socket.IsTimeWait)
            _timeWaits--;
        if (socket.IsEstablished)
            host.Statistics.TcpCurrEstab--;
        host.Statistics.TcpRetransSegs += socket.Connection.Statistics.Retransmissions;
        // Bytes that the application has not read stay charged as long as they stay.
        if (socket.Stream is null or { IsClosed: true })
            ReleaseCharge(socket);
        socket.Stream?.OnSignals(now);
    }

    /// <summary>The application is done with a connection that has left the table.</summary>
    public void ReleaseCharge(TcpSocket socket)
    {
        if (!socket.IsRemoved)
            return;
        host.Budget.Release(socket.Charged);
        socket.Charged = 0;
    }

    /// <summary>After the acceptor has closed its listener, the connections that nobody accepted have something to say.</summary>
    public void TouchAll(TcpAcceptor acceptor, Instant now)
    {
        foreach (TcpSocket socket in _sockets.Values.Where(s => s.Acceptor == acceptor && s.Stream is null).ToArray())
            Touch(socket, now);
    }

    public TcpSocket? Find(in ConnectionId id) => _sockets.GetValueOrDefault(id);

    public void Dispose(Instant now)
    {
        foreach (TcpAcceptor acceptor in _acceptors.Values.ToArray())
            acceptor.Close(now);
        foreach (TcpSocket socket in _sockets.Values.ToArray())
        {
            socket.Connection.Abort(now);
            socket.Connecting?.Fail(new ObjectDisposedException(host.Name));
            socket.Connecting = null;
            Remove(socket, now);
            ReleaseCharge(socket);
        }

        _spare?.Dispose();
        _spare = null;
    }

    internal sealed class ConnectOperation(Host host, IpEndpoint remote) : Operation<TcpStream>(host)
    {
        public TcpSocket? Socket { get; set; }

        public ValueTask<TcpStream> ConnectAsync(CancellationToken cancellation)
        {
            TryClaim();
            return Post(cancellation);
        }

        protected override void OnStart(Instant now) => Host.Tcp.Connect(this, remote, now);

        protected override void OnCancelled()
        {
            if (Socket is not { Connecting: not null } socket)
                return;
            socket.Connecting = null;
            socket.Connection.Abort(Host.LoopTime);
            Host.Tcp.Touch(socket, Host.LoopTime);
        }
    }
}
