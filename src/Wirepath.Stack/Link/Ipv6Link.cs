using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>What IPv6 keeps for one link: who is on it, which of its addresses are still being checked, what routers have said.</summary>
internal sealed class Ipv6Link
{
    private readonly Host _host;
    private readonly Interface _on;
    private readonly Route _route;

    public Ipv6Link(Host host, Interface on)
    {
        (_host, _on) = (host, on);
        _route = new Route(new IpPrefix(LinkLocal(0), 64), IpAddress.None, on);
        Groups = new GroupReports(host, on, this);
        Discovery = new NeighborDiscovery(host, on, this);
        Detection = new DuplicateAddressDetection(host, on, this);
        Routers = new RouterDiscovery(host, on, this);
    }

    public GroupReports Groups { get; }

    public NeighborDiscovery Discovery { get; }

    public DuplicateAddressDetection Detection { get; }

    public RouterDiscovery Routers { get; }

    /// <summary>This host's side of the link as a router; null when it advertises nothing.</summary>
    public RouterAdvertiser? Advertiser { get; set; }

    /// <summary>What a router has advertised; 0: nothing.</summary>
    public int Mtu { get; set; }

    /// <inheritdoc cref="Mtu"/>
    public byte HopLimit { get; set; }

    /// <summary>The time by the clock: an address may be given while the loop rests.</summary>
    public Instant Now => Instant.Max(_host.LoopTime, _host.Log.Now);

    public static IpAddress LinkLocal(ulong identifier) => IpAddress.V6(0xFE80_0000_0000_0000, identifier);

    public void Start()
    {
        // Groups of the link are reached on the link (RFC 4291 §2.7); of several links the first is taken.
        _host.Routes.Add(new Route(new IpPrefix(IpAddress.V6(0xFF00_0000_0000_0000, 0), 8), IpAddress.None, _on) { Metric = 256 });
        if (_host.Settings.Ipv6.AddressGenerationMode == 0)
            Add(new InterfaceAddress(LinkLocal(_on.Mac.InterfaceIdentifier), 64), IpAddress.None, "link-local", TimeSpan.Zero);
    }

    /// <summary>Gives the interface an address, now or when nobody has claimed it.</summary>
    public void Add(InterfaceAddress address, IpAddress gateway, string origin, TimeSpan lease)
    {
        Groups.Join(address.Address.SolicitedNode);
        bool isChecked = _host.Settings.Ipv6.DadTransmits > 0;
        if (!isChecked || _host.Settings.Ipv6.OptimisticDad)
            _on.Assign(address, gateway, origin, lease);
        if (isChecked)
            Detection.Start(address, gateway, origin, lease, Now);
        _host.WorkArrived?.Invoke();
    }

    /// <summary>The address is on its way out.</summary>
    public void Forget(IpAddress address)
    {
        Detection.Stop(address);
        bool isShared = _on.Addresses.Any(a => a.Address != address && a.Address.IsV6 && a.Address.SolicitedNode == address.SolicitedNode);
        if (!isShared)
            Groups.Leave(address.SolicitedNode);
    }

    /// <summary>Takes a message of neighbour or listener discovery.</summary>
    /// <param name="type">What it is.</param>
    /// <param name="message">From the ICMPv6 header on; its checksum is right.</param>
    /// <param name="arrival">How it came.</param>
    /// <param name="now">When.</param>
    /// <returns>False when it is not valid (RFC 4861 §6.1, §7.1).</returns>
    public bool TryTake(Icmpv6Type type, ReadOnlySpan<byte> message, in IpArrival arrival, Instant now)
    {
        if (type == Icmpv6Type.MulticastListenerQuery)
            return Groups.TryTakeQuery(message, arrival, now);
        // Nobody beyond the link can send with 255 hops left.
        if (arrival.TimeToLive != byte.MaxValue)
            return false;
        return type switch
        {
            Icmpv6Type.NeighborSolicitation => Discovery.TryTakeSolicitation(message, arrival, now),
            Icmpv6Type.NeighborAdvertisement => Discovery.TryTakeAdvertisement(message, arrival, now),
            Icmpv6Type.RouterAdvertisement => Routers.TryTake(message, arrival, now),
            Icmpv6Type.RouterSolicitation => RouterAdvertiser.TryTakeSolicitation(Advertiser, _on, message, arrival, now),
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };
    }

    /// <summary>Sends a message on this link, for nobody beyond it.</summary>
    public void Send(Packet message, IpAddress source, IpAddress to, Instant now)
    {
        EventId before = _host.Log.Because;
        _host.Icmpv6.Send(message, source, to, new RouteDecision(_route, to, source), byte.MaxValue, now);
        _host.Log.Because = before;
    }

    public void Dispose()
    {
        Detection.Dispose();
        Routers.Dispose();
        Groups.Dispose();
        Advertiser?.Dispose();
    }
}
