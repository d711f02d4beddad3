using Wirepath.Events;
using Wirepath.Tcp;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>
/// A host: interfaces, ARP, IP, ICMP, UDP, TCP and the sockets above them, driven by one loop. It has no thread and no
/// clock of its own: whoever owns it calls <see cref="Poll"/> when a device or an application has work, and at the instant that the last
/// call asked for.
/// </summary>
public sealed class Host : IDisposable
{
    /// <summary>
    /// Rounds of one poll before the caller has its turn again; in virtual time they are all at one instant. So few that what
    /// one host sends another on the same thread still finds in the cache (docs/performance.md).
    /// </summary>
    private const int MostRounds = 8;

    private static readonly TcpSocketOptions s_defaultOptions = new();

    private readonly Inbox _inbox = new();
    private readonly Queue<ICompletion> _deliveries = new();
    private readonly List<Interface> _toFlush = [];
    private Interface[] _interfaces = [];
    private HashSet<IpAddress> _ownAddresses = [];
    private bool _isPolling;
    private bool _isInLayers;
    private bool _isDisposed;

    /// <param name="name">For people and the log: <c>pc</c>.</param>
    /// <param name="settings">Every limit.</param>
    /// <param name="time">The clock that <see cref="Poll"/>'s instants come from.</param>
    /// <param name="random">Its own; the host forks it for its parts.</param>
    /// <param name="log">Where the host writes what happens.</param>
    public Host(string name, HostSettings settings, TimeProvider time, RandomSource random, EventLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(settings);
        (Name, Settings, Time) = (name, settings, time);
        Log = log.For(name, time);
        Random = random.Fork("stack");
        Budget = new MemoryBudget(settings.MemoryBudgetBytes);
        LoopTime = Log.Now;
        PathMtu = new PathMtuCache(this);
        Udp = new UdpLayer(this);
        Tcp = new TcpLayer(this);
        Icmp = new IcmpLayer(this);
        Ipv4 = new Ipv4Layer(this);
        Ipv4Out = new Ipv4Sender(this);
        Icmpv6 = new Icmpv6Layer(this);
        Ipv6 = new Ipv6Layer(this);
        Ipv6Out = new Ipv6Sender(this);
        IpOut = new IpSender(this);
        IcmpLimit = new IcmpRateLimit(this);
        Probes = new ProbeLayer(this);
        Dhcp = new DhcpClients(this);
        Interface loopback = AddInterface(new LoopbackDevice(), "lo", isLoopback: true);
        LocalRoute = new Route(new IpPrefix(IpAddress.LoopbackV4, 8), IpAddress.None, loopback);
        LocalRouteV6 = new Route(new IpPrefix(IpAddress.LoopbackV6, 128), IpAddress.None, loopback);
        loopback.AddAddress(new InterfaceAddress(IpAddress.LoopbackV4, 8));
        loopback.AddAddress(new InterfaceAddress(IpAddress.LoopbackV6, 128));
    }

    public string Name { get; }

    /// <summary>Read at each use, so that a change counts from then on; connections keep the settings that they were opened with.</summary>
    public HostSettings Settings { get; set; }

    public TimeProvider Time { get; }

    public NodeLog Log { get; }

    public RouteTable Routes { get; } = new();

    public HostStatistics Statistics { get; } = new();

    /// <summary><c>lo</c> first, then in the order in which they were added.</summary>
    public IReadOnlyList<Interface> Interfaces => _interfaces;

    /// <summary>Bytes charged to the memory budget now.</summary>
    public long MemoryUsed => Budget.Used;

    /// <summary>
    /// Set by the owner of the loop: an application's call or a device has work, so <see cref="Poll"/> is wanted. May be invoked from
    /// any thread, also from within <see cref="Poll"/>, and more often than necessary.
    /// </summary>
    public Action? WorkArrived { get; set; }

    /// <summary>
    /// True: what awaits a call continues within <see cref="Poll"/>, and calls must come from the loop's own thread (virtual time).
    /// False: it continues on the thread pool, and calls may come from anywhere.
    /// </summary>
    public bool CompleteInline { get; set; }

    /// <summary>Forgets what was learnt of peers: their Fast Open cookies (RFC 7413 §4.1.3.1). On the loop's thread.</summary>
    public void ForgetPeers() => Tcp.Shared.ForgetPeers();

    internal TimerWheel Wheel { get; } = new();
    internal MemoryBudget Budget { get; }
    internal RandomSource Random { get; }
    internal PathMtuCache PathMtu { get; }
    internal UdpLayer Udp { get; }
    internal TcpLayer Tcp { get; }
    internal IcmpLayer Icmp { get; }
    internal Ipv4Layer Ipv4 { get; }
    internal Ipv4Sender Ipv4Out { get; }
    internal Icmpv6Layer Icmpv6 { get; }
    internal Ipv6Layer Ipv6 { get; }
    internal Ipv6Sender Ipv6Out { get; }
    internal IpSender IpOut { get; }
    internal IcmpRateLimit IcmpLimit { get; }
    internal ProbeLayer Probes { get; }
    internal DhcpClients Dhcp { get; }
    internal Route LocalRoute { get; }
    internal Route LocalRouteV6 { get; }

    /// <summary>The instant that the loop is working at.</summary>
    internal Instant LoopTime { get; private set; }

    /// <summary>A command is being executed by its caller, who has not awaited anything yet.</summary>
    internal bool IsRunningDirectly { get; private set; }

    internal IReadOnlyCollection<IpAddress> OwnAddresses => _ownAddresses;

    /// <summary>Adds a device; the host owns it from now on. Before the loop runs, or on its thread.</summary>
    public Interface AddInterface(INetworkDevice device, string name) => AddInterface(device, name, isLoopback: false);

    private Interface AddInterface(INetworkDevice device, string name, bool isLoopback)
    {
        ArgumentNullException.ThrowIfNull(device);
        var added = new Interface(this, device, name, isLoopback);
        _interfaces = [.. _interfaces, added];
        device.Readable = OnDeviceReadable;
        return added;
    }

    private void OnDeviceReadable() => WorkArrived?.Invoke();

    // ---- The application's side ----------------------------------------------------------------------------------

    /// <summary>Opens a connection.</summary>
    /// <exception cref="NetworkException">Refused, timed out, unreachable, or nothing could be sent.</exception>
    public ValueTask<TcpStream> ConnectAsync(IpEndpoint remote, CancellationToken cancellation = default) =>
        ConnectAsync(remote, s_defaultOptions, cancellation);

    /// <summary>Opens a connection from a named end, or with settings of its own.</summary>
    /// <exception cref="NetworkException">Refused, timed out, unreachable, or nothing could be sent: the local end may be in use.</exception>
    public ValueTask<TcpStream> ConnectAsync(IpEndpoint remote, TcpSocketOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new TcpLayer.ConnectOperation(this, remote, options).ConnectAsync(cancellation);
    }

    /// <summary>Listens from now on. Port 0: a free one.</summary>
    /// <param name="local">An unspecified address means all; <c>::</c> those of IPv4 too.</param>
    /// <param name="backlog">Established connections that nobody has accepted yet, at the most.</param>
    /// <param name="settings">Inherited by the connections; null for the host's.</param>
    /// <param name="v6Only">True: <c>::</c> is IPv6 alone; null: as <see cref="Ipv6Settings.BindV6Only"/> says.</param>
    /// <exception cref="NetworkException">The port is taken.</exception>
    public TcpAcceptor Listen(IpEndpoint local, int backlog = 128, TcpSettings? settings = null, bool? v6Only = null) =>
        Tcp.Listen(local, backlog, settings ?? Settings.Tcp, v6Only ?? Settings.Ipv6.BindV6Only);

    /// <summary>Opens a UDP socket. Port 0: a random free one.</summary>
    /// <param name="local">An unspecified address means all; <c>::</c> those of IPv4 too.</param>
    /// <param name="v6Only">True: <c>::</c> is IPv6 alone; null: as <see cref="Ipv6Settings.BindV6Only"/> says.</param>
    /// <exception cref="NetworkException">The port is taken.</exception>
    public UdpSocket OpenUdp(IpEndpoint local, bool? v6Only = null) => new(this, local, v6Only ?? Settings.Ipv6.BindV6Only);

    /// <summary>Sends an echo request and waits for what comes back. Nothing that the network does is an exception.</summary>
    /// <param name="to">Destination.</param>
    /// <param name="size">Bytes of echo data, 0 to 65,507.</param>
    /// <param name="ttl">Hops, 1 to 255.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public ValueTask<PingReply> PingAsync(IpAddress to, int size, int ttl, TimeSpan timeout, CancellationToken cancellation = default) =>
        Probes.PingAsync(to, size, ttl, timeout, cancellation);

    /// <summary>Finds the routers on the way with UDP datagrams of rising time to live; one hop after the other.</summary>
    public IAsyncEnumerable<TracerouteHop> TracerouteAsync(IpAddress to, int mostHops = 30, int probes = 1, CancellationToken cancellation = default) =>
        TracerouteAsync(to, new TracerouteSettings { MostHops = mostHops, Probes = probes }, cancellation);

    public IAsyncEnumerable<TracerouteHop> TracerouteAsync(IpAddress to, TracerouteSettings settings, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return Probes.TracerouteAsync(to, settings, cancellation);
    }

    /// <summary>Gets address, routes and servers from DHCP, and keeps the lease alive from then on.</summary>
    /// <exception cref="NetworkException">No server answered.</exception>
    public ValueTask<DhcpLease> ConfigureByDhcpAsync(Interface on, CancellationToken cancellation = default) => Dhcp.ConfigureAsync(on, cancellation);

    /// <summary>Asks for an IPv6 router, and takes addresses, routes and servers from what it advertises, from then on (RFC 4862).</summary>
    /// <exception cref="NetworkException">No router answered.</exception>
    /// <exception cref="InvalidOperationException">The host is a router itself, or the interface already asks.</exception>
    public ValueTask<RouterConfiguration> ConfigureByRouterAsync(Interface on, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(on);
        return new AskRouterOperation(this, on).RunAsync(cancellation);
    }

    /// <summary>Hands a command to the loop. With inline completion the caller is on the loop's thread, and it runs here and now.</summary>
    internal void Submit(Command command, int argument)
    {
        if (_isDisposed)
        {
            command.Refuse();
            return;
        }

        if (!CompleteInline || _isInLayers)
        {
            Post(command, argument);
            return;
        }

        if (!_isPolling)
            LoopTime = Log.Now;
        EventId before = Log.Because;
        (_isInLayers, IsRunningDirectly) = (true, true);
        command.Execute(argument, LoopTime);
        (_isInLayers, IsRunningDirectly) = (false, false);
        Log.Because = before;
        if (!_isPolling)
            WorkArrived?.Invoke();
    }

    internal void Post(Command command, int argument)
    {
        if (_inbox.Post(command, argument))
            WorkArrived?.Invoke();
    }

    // ---- The loop's side -----------------------------------------------------------------------------------------

    /// <summary>
    /// Does all work that is due: application calls, frames, timers, sending, completions. One thread at a time.
    /// </summary>
    /// <param name="now">From <see cref="Time"/>; never before the last call's.</param>
    /// <returns>When to call again if nothing arrives before: <paramref name="now"/> when work is left, <see cref="Instant.Never"/> when idle.</returns>
    public Instant Poll(Instant now)
    {
        if (_isPolling)
            throw new InvalidOperationException($"{Name}'s loop is already running.");
        (_isPolling, LoopTime) = (true, now);
        bool busy = true;
        for (int round = 0; busy && round < MostRounds && !_isDisposed; round++)
            busy = DoRound(ref now);
        foreach (Interface on in _toFlush)
        {
            on.NeedsFlush = false;
            on.Device.Flush();
        }

        _toFlush.Clear();
        Log.Because = EventId.None;
        _isPolling = false;
        return _isDisposed ? Instant.Never : busy ? now : Wheel.NextDue;
    }

    private bool DoRound(ref Instant now)
    {
        _isInLayers = true;
        int done = _inbox.Drain(now);
        // A kernel at the other end answers within the call that sends: without a look at the clock each round trip would be
        // zero. In virtual time the clock stands still during a poll.
        LoopTime = now = Instant.Max(now, Log.Now);
        foreach (Interface on in _interfaces)
            done += on.Receive(Settings.ReceiveBatch, now);
        Log.Because = EventId.None;
        done += Wheel.Advance(now);
        bool sent = Tcp.TransmitReady(now);
        Log.Because = EventId.None;
        _isInLayers = false;
        return Deliver() | sent | done > 0;
    }

    // No layer's code is on the stack here, so whatever continues inline may call back into the host.
    private bool Deliver()
    {
        bool any = false;
        while (_deliveries.TryDequeue(out ICompletion? completion))
        {
            any = true;
            completion.Deliver();
        }

        return any;
    }

    internal void Deliver(ICompletion completion) => _deliveries.Enqueue(completion);

    internal void MarkForFlush(Interface on)
    {
        if (on.NeedsFlush)
            return;
        on.NeedsFlush = true;
        _toFlush.Add(on);
    }

    // ---- What layers share ---------------------------------------------------------------------------------------

    internal bool IsLocal(IpAddress address) => address.IsLoopback || _ownAddresses.Contains(address);

    internal void AddressesChanged() => _ownAddresses = [.. _interfaces.SelectMany(i => i.Addresses).Select(a => a.Address)];

    /// <summary>The way to a destination for a socket bound to <paramref name="local"/>: the limited broadcast leaves by that address's interface.</summary>
    internal bool TryRouteFrom(IpAddress local, IpAddress destination, out RouteDecision route)
    {
        if (!destination.IsBroadcast)
            return IpOut.TryRoute(destination, out route);
        foreach (Interface on in _interfaces)
        {
            if (!on.IsLoopback && on.Addresses.Count > 0 && (local.IsUnspecified || on.Has(local)))
            {
                route = UdpLayer.BroadcastRoute(on, on.SourceFor(destination));
                return true;
            }
        }

        route = default;
        return false;
    }

    /// <summary>Writes down, once for a conversation, which way it takes and whether the next hop is known.</summary>
    internal void AnnounceRoute(IpAddress destination, in RouteDecision route)
    {
        if (!Log.IsEnabled)
            return;
        Log.WriteAndFollow(new RouteChosen(destination, route.Source, route.Route.Prefix, route.NextHop, route.Interface.Name, route.OnLink));
        if (route.Interface.Neighbors.TryGetMac(route.NextHop, out MacAddress mac))
            Log.Write(new NeighborLookup(route.Interface.Name, route.NextHop, Hit: true, mac));
    }

    /// <summary>Gives up on a packet: counted, logged, disposed.</summary>
    internal void Drop(Interface on, Packet packet, DropReason reason)
    {
        Statistics.PacketsDropped++;
        if (Log.IsEnabled)
            Log.Write(packet.Cause.IsNone ? Log.Because : packet.Cause, new PacketDropped(on.Name, reason, packet.ToArray()));
        packet.Dispose();
    }

    /// <summary>A NAT of this host speaks for somebody inside from this port; an own socket keeps away from it.</summary>
    internal bool IsUsedByNat(IpProtocol protocol, ushort port)
    {
        foreach (Interface on in _interfaces)
        {
            if (on.Nat is { } nat && nat.Uses(protocol, port))
                return true;
        }

        return false;
    }

    internal void ArpHeard(Interface on, in ArpPacket arp) => Dhcp.OnArp(on, arp, LoopTime);

    /// <summary>Ends everything without a farewell: connections are dropped, waiting calls fail, devices are disposed. On the loop's thread, or when it no longer runs.</summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isInLayers = true;
        _inbox.Drain(LoopTime);
        Tcp.Dispose(LoopTime);
        Udp.Dispose();
        Ipv4.Reassembly.Dispose();
        Ipv6.Reassembly.Dispose();
        _isDisposed = true;
        _isInLayers = false;
        Deliver();
        foreach (Interface on in _interfaces)
        {
            on.Ipv6?.Dispose();
            on.Neighbors.Dispose();
            on.Device.Readable = null;
            on.Device.Dispose();
        }
    }
}
