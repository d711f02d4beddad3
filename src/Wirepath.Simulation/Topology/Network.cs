using System.Globalization;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>
/// Hosts, routers, switches and the wires between them, by name. Interfaces are <c>eth0</c>, <c>eth1</c> … in the order of
/// connecting; hardware addresses count up from 02:00:00:00:00:01.
/// </summary>
public sealed class Network(Simulator simulator)
{
    private readonly Dictionary<string, Link> _links = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Host> _hosts = new(StringComparer.Ordinal);
    private readonly Dictionary<LinkEnd, Interface> _interfaces = [];
    private readonly Dictionary<Host, int> _interfaceCounts = [];
    private ulong _lastMac = 0x0200_0000_0000;

    public Simulator Simulator { get; } = simulator;

    public IReadOnlyDictionary<string, Link> Links => _links;

    public IReadOnlyDictionary<string, Host> Hosts => _hosts;

    public Host AddHost(string name, HostSettings? settings = null)
    {
        Host host = Simulator.AddHost(name, settings ?? HostSettings.Default);
        _hosts.Add(name, host);
        return host;
    }

    /// <summary>A host that passes on packets for others.</summary>
    public Host AddRouter(string name, HostSettings? settings = null)
    {
        settings ??= HostSettings.Default;
        return AddHost(name, settings with { Ip = settings.Ip with { Forwarding = true } });
    }

    public Switch AddSwitch(string name) => new(name, Simulator);

    /// <summary>Connects two hosts.</summary>
    /// <param name="name">The link's, and the capture's.</param>
    /// <param name="a">One host.</param>
    /// <param name="addressA">Its address on this network, <c>10.0.0.1/24</c>; null: none yet (DHCP).</param>
    /// <param name="b">The other host.</param>
    /// <param name="addressB">Its address.</param>
    /// <param name="settings">Of both directions.</param>
    public Link Connect(string name, Host a, string? addressA, Host b, string? addressB, LinkSettings settings)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        Link link = AddLink(name, a.Name, b.Name, settings);
        Attach(a, link.A, link.A, addressA);
        Attach(b, link.B, link.B, addressB);
        return link;
    }

    /// <summary>Plugs a host into a switch.</summary>
    public Link Connect(string name, Host host, string? address, Switch to, LinkSettings settings)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(to);
        Link link = AddLink(name, host.Name, to.Name, settings);
        Attach(host, link.A, link.A, address);
        to.Plug(link.B);
        return link;
    }

    /// <summary>Plugs a host into a switch, with a firewall in front of the host.</summary>
    public Link Connect(string name, Host host, string? address, FirewallRules rules, Switch to, LinkSettings settings)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(to);
        Link link = AddLink(name, host.Name, to.Name, settings);
        Attach(host, link.A, new Firewall(link.A, rules, Simulator.Log.For(host.Name, Simulator.Time)), address);
        to.Plug(link.B);
        return link;
    }

    /// <summary>
    /// Writes each end's hardware address into the other's neighbour table: a wire on which somebody always talks, so that the
    /// tables of its ends are never empty.
    /// </summary>
    public Link Acquaint(Link link)
    {
        ArgumentNullException.ThrowIfNull(link);
        (Interface a, Interface b) = (_interfaces[link.A], _interfaces[link.B]);
        foreach (InterfaceAddress address in b.Addresses)
            a.Neighbors.AddPermanent(address.Address, b.Mac);
        foreach (InterfaceAddress address in a.Addresses)
            b.Neighbors.AddPermanent(address.Address, a.Mac);
        return link;
    }

    /// <summary>The interface that a host has at this end of a link.</summary>
    public Interface InterfaceAt(LinkEnd end) => _interfaces[end];

    /// <summary>Adds a route: <c>"203.0.113.0/24"</c> (or <c>"default"</c>) via a gateway behind the interface.</summary>
    public static void AddRoute(Host host, string prefix, string gateway, Interface via)
    {
        ArgumentNullException.ThrowIfNull(host);
        IpAddress next = IpAddress.Parse(gateway);
        if (prefix == "default")
            host.Routes.AddDefault(next, via);
        else
            host.Routes.Add(new Route(IpPrefix.Parse(prefix), next, via));
    }

    private Link AddLink(string name, string nodeA, string nodeB, LinkSettings settings)
    {
        var link = new Link(name, Simulator, nodeA, new MacAddress(++_lastMac), nodeB, new MacAddress(++_lastMac), settings);
        _links.Add(name, link);
        return link;
    }

    private void Attach(Host host, LinkEnd end, INetworkDevice device, string? address)
    {
        int number = _interfaceCounts.GetValueOrDefault(host);
        _interfaceCounts[host] = number + 1;
        Interface attached = host.AddInterface(device, string.Create(CultureInfo.InvariantCulture, $"eth{number}"));
        _interfaces.Add(end, attached);
        if (address is null)
            return;
        if (!InterfaceAddress.TryParse(address, out InterfaceAddress parsed))
            throw new FormatException($"'{address}' is not an address with a prefix length such as 10.0.0.1/24.");
        attached.AddAddress(parsed);
    }
}
