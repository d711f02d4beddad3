using Wirepath.Events;
using Wirepath.Tcp;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>
/// The host's side of TCP: the tables of connections and listeners, checksums, whose turn it is to send. What a segment
/// means is the connection's affair.
/// </summary>
internal sealed partial class TcpLayer(Host host)
{
    /// <summary>Segments that one connection may send before the next has its turn.</summary>
    private const int SegmentsPerTurn = 16;

    /// <summary>And bytes: one super-segment. What is sent at once still lies in the cache when the next one looks at it.</summary>
    private const int BytesPerTurn = 60_000;

    /// <summary>Bytes that an empty packet has room for: a TCP header and a copied payload of an Ethernet frame.</summary>
    private const int SegmentCapacity = 1600;

    private readonly ConnectionTable _sockets = new();
    private readonly Queue<TcpSocket> _ready = new();
    private readonly Queue<TcpSocket> _starved = new();
    private readonly Lock _listenersLock = new(); // Listen may be called from any thread.
    private readonly Dictionary<IpEndpoint, TcpAcceptor> _acceptors = [];
    private readonly RandomSource _random = host.Random.Fork("tcp ports");
    private readonly IsnGenerator _isn = MakeIsnGenerator(host.Random.Fork("isn"));
    private Packet? _spare;

    public TcpShared Shared { get; } = new(host.Random.Fork("tcp shared"), host.Statistics.TcpExt);

    public int Count => _sockets.Count + TimeWaits.Count;

    public IEnumerable<TcpSocket> Sockets => _sockets;

    private static IsnGenerator MakeIsnGenerator(RandomSource random)
    {
        Span<byte> secret = stackalloc byte[IsnGenerator.SecretSize];
        random.Fill(secret);
        return new IsnGenerator(secret);
    }

    // ---- Opening -------------------------------------------------------------------------------------------------

    public TcpAcceptor Listen(IpEndpoint local, int backlog, TcpSettings settings, bool v6Only)
    {
        if (local.Address.IsNone)
            local = local with { Address = IpAddress.AnyV4 };
        lock (_listenersLock)
        {
            if (local.Port == 0)
                local = local with { Port = FreeListenPort(local.Address) };
            var acceptor = new TcpAcceptor(host, local, backlog, settings) { TakesV4 = local.Address == IpAddress.AnyV6 && !v6Only };
            if (IsTakenByOtherFamily(acceptor) || !_acceptors.TryAdd(local, acceptor))
                throw new NetworkException(ConnectionEnd.NotSent, $"TCP port {local.Port} of {local.Address} is already listened on by {host.Name}.");
            return acceptor;
        }
    }

    // "::" with both families and 0.0.0.0 would both be meant by an IPv4 address.
    private bool IsTakenByOtherFamily(TcpAcceptor wanted)
    {
        if (wanted.TakesV4)
            return _acceptors.ContainsKey(wanted.Local with { Address = IpAddress.AnyV4 });
        return wanted.Local.Address == IpAddress.AnyV4 && _acceptors.TryGetValue(wanted.Local with { Address = IpAddress.AnyV6 }, out TcpAcceptor? both) && both.TakesV4;
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
                || _acceptors.TryGetValue(local with { Address = local.Address.IsV4 ? IpAddress.AnyV4 : IpAddress.AnyV6 }, out acceptor)
                || (local.Address.IsV4 && _acceptors.TryGetValue(local with { Address = IpAddress.AnyV6 }, out acceptor) && acceptor.TakesV4) ? acceptor : null;
        }
    }

    public bool IsBound(IpAddress address, ushort port)
    {
        if (FindAcceptor(new IpEndpoint(address, port)) is not null)
            return true;
        foreach (TcpSocket socket in _sockets)
        {
            ConnectionId id = socket.Connection.Id;
            if (id.Local.Port == port && id.Local.Address == address)
                return true;
        }

        foreach (ConnectionId id in TimeWaits.Connections)
        {
            if (id.Local.Port == port && id.Local.Address == address)
                return true;
        }

        return false;
    }

    private void Connect(ConnectOperation operation, IpEndpoint remote, TcpSocketOptions options, Instant now)
    {
        if (!host.IpOut.TryRoute(remote.Address, out RouteDecision route))
        {
            host.Statistics.IpOutNoRoutes++;
            if (host.Log.IsEnabled)
                host.Log.Write(new RouteMissing(remote.Address));
            operation.Fail(new NetworkException(ConnectionEnd.NotSent, $"{host.Name} has no route to {remote.Address}."));
            return;
        }

        // RFC 9293 MUST-46: there is no connection with many.
        if (remote.Address.IsMulticast || route.Interface.IsBroadcast(remote.Address))
        {
            operation.Fail(new NetworkException(ConnectionEnd.NotSent, $"{remote.Address} is an address of many, and TCP speaks with one."));
            return;
        }

        IpAddress source = options.Local.Address.IsNone || options.Local.Address.IsUnspecified ? route.Source : options.Local.Address;
        var local = new IpEndpoint(source, options.Local.Port);
        if (local.Port != 0 ? !MayUse(local, remote, now) : !TryChooseLocal(source, remote, now, out local))
        {
            operation.Fail(new NetworkException(ConnectionEnd.NotSent, options.Local.Port != 0
                ? $"{host.Name}'s port {options.Local.Port} of {source} is in use towards {remote}."
                : $"All {host.Settings.Sockets.LocalPorts.Count} local ports of {source} are in use towards {remote}."));
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
        TcpConnection connection = TcpConnection.Connect(id, options.Tcp ?? host.Settings.Tcp, _isn.Next(id, now), mss, host.Log, now, _isn.TimestampOffset(id));
        connection.Shared = Shared;
        TcpSocket socket = Add(connection, route, mss);
        (socket.TimeToLive, socket.TypeOfService, socket.MayFragment) = (options.TimeToLive, options.TypeOfService, options.MayFragment);
        socket.Connecting = operation;
        operation.Socket = socket;
        if (options.FastOpen)
            OpenFast(socket, options, now);
        if (!options.InitialBytes.IsEmpty)
            connection.Write(options.InitialBytes.Span, now);
        Touch(socket, now);
    }

    private void OpenFast(TcpSocket socket, TcpSocketOptions options, Instant now)
    {
        if (socket.Connection.UseFastOpen(now) == 0 || !options.FastOpenOnWrite || !options.InitialBytes.IsEmpty || socket.Connecting is not { } connecting)
            return;
        socket.Connection.DeferSyn();
        socket.Connecting = null;
        socket.Stream = new TcpStream(host, socket) { Linger = connecting.Linger };
        connecting.Complete(socket.Stream);
    }

    // A port that the application has named: free, or given up by a connection in TIME-WAIT.
    private bool MayUse(IpEndpoint local, IpEndpoint remote, Instant now)
    {
        if (!host.IsLocal(local.Address) || FindAcceptor(local) is not null)
            return false;
        var id = new ConnectionId(local, remote);
        return !_sockets.Contains(id) && (!TimeWaits.Contains(id) || TryTakeOver(id, now));
    }

    private bool TryChooseLocal(IpAddress source, IpEndpoint remote, Instant now, out IpEndpoint local)
    {
        // RFC 6056 §3.3.1: a random start, then the next free one.
        PortRange range = host.Settings.Sockets.LocalPorts;
        int start = _random.Next(range.Count);
        bool mayReuse = TimeWaits.Count > 0 && AllowsReuse(remote);
        IpEndpoint? reusable = null;
        for (int i = 0; i < range.Count; i++)
        {
            local = new IpEndpoint(source, (ushort)(range.First + (start + i) % range.Count));
            if (FindAcceptor(local) is not null || host.IsUsedByNat(IpProtocol.Tcp, local.Port))
                continue;
            var id = new ConnectionId(local, remote);
            if (_sockets.Contains(id))
                continue;
            if (!TimeWaits.Contains(id))
                return true;
            if (mayReuse && reusable is null && TimeWaits.MayReuse(id, now))
                reusable = local;
        }

        local = reusable ?? default;
        return reusable is not null && TryTakeOver(new ConnectionId(local, remote), now);
    }

    private int MssFor(IpAddress remote, in RouteDecision route, Instant now) =>
        host.PathMtu.Get(remote, route.Interface.MtuFor(remote), now) - IpSender.HeaderSize(remote) - TcpHeader.Size;

    private TcpSocket Add(TcpConnection connection, in RouteDecision route, int mss)
    {
        var socket = new TcpSocket(this, connection)
        {
            Route = route, RouteVersion = host.Routes.Version, PathMtuVersion = host.PathMtu.Version, Mss = mss, Cause = host.Log.Because,
        };
        _sockets.Add(socket);
        return socket;
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
            socket.Stream?.OnSignals(TcpSignals.Writable, now);
        }
    }

    private void Remove(TcpSocket socket, Instant now)
    {
        if (socket.IsRemoved)
            return;
        socket.IsRemoved = true;
        host.Wheel.Cancel(socket);
        _sockets.Remove(socket);
        if (socket.IsEstablished)
            host.Statistics.TcpCurrEstab--;
        if (socket.IsOrphan)
            Orphans--;
        // Bytes that the application has not read stay charged as long as they stay.
        if (socket.Stream is null or { IsClosed: true })
            ReleaseCharge(socket);
        socket.Stream?.OnSignals(TcpSignals.Released, now);
    }

    /// <summary>Connections in the table whose application is gone.</summary>
    public int Orphans { get; private set; }

    /// <summary>The application is gone; what is still under way is the stack's own affair, as far as there is room for that.</summary>
    public void Orphan(TcpSocket socket, Instant now)
    {
        if (socket.IsRemoved || socket.IsOrphan || socket.Connection.End is not null)
            return;
        socket.IsOrphan = true;
        Orphans++;
        if (Orphans <= host.Settings.Sockets.MaxOrphans && host.Budget.Used < host.Budget.Limit)
            return;
        Shared.Counters.TCPAbortOnMemory++;
        socket.Connection.Abort(now);
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
        foreach (TcpSocket socket in _sockets.Where(s => s.Acceptor == acceptor).ToArray())
            Touch(socket, now);
    }

    public TcpSocket? Find(in ConnectionId id) => _sockets.TryGet(id, out TcpSocket? socket) ? socket : null;

    public void Dispose(Instant now)
    {
        foreach (TcpAcceptor acceptor in _acceptors.Values.ToArray())
            acceptor.Close(now);
        foreach (TcpSocket socket in _sockets.ToArray())
        {
            socket.Connection.Abort(now);
            socket.Connecting?.Fail(new ObjectDisposedException(host.Name));
            socket.Connecting = null;
            Remove(socket, now);
            ReleaseCharge(socket);
        }

        TimeWaits.Clear();
        TrackTimeWaits();
        _spare?.Dispose();
        _spare = null;
    }

    internal sealed class ConnectOperation(Host host, IpEndpoint remote, TcpSocketOptions options) : Operation<TcpStream>(host)
    {
        public TcpSocket? Socket { get; set; }

        public TimeSpan? Linger => options.Linger;

        public ValueTask<TcpStream> ConnectAsync(CancellationToken cancellation)
        {
            TryClaim();
            return Post(cancellation);
        }

        protected override void OnStart(Instant now) => Host.Tcp.Connect(this, remote, options, now);

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
