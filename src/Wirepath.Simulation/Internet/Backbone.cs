using Wirepath.Stack;
using Wirepath.Wire;
using static Wirepath.Simulation.Network;

namespace Wirepath.Simulation;

/// <summary>
/// The provider, the exchange and the carriers: nine routers and the wires between them.
/// <code>
///                                            a.root
///                                              |
/// router --access-- isp-edge --isp-core-- isp-core --peering-- ix --transit-a-- transit-a --hosting-- hosting --origin-- (servers)
///                                            |                  |                |      |
///                                       isp-resolver            |             com-tld org-tld
///                                                               |
///                                                           --transit-b-- transit-b --cn-edge-- cn-edge --cn-origin-- cn-web
///                                                                          |      |
///                                                                       b.root  cn-tld
/// </code>
/// One-way delays are those of a country: from the PC to the web servers 20 ms.
/// </summary>
internal sealed class Backbone
{
    private const long Gigabit = 1_000_000_000;

    private readonly Network _network;
    private readonly EmbeddedInternetOptions _options;

    public Backbone(Network network, EmbeddedInternetOptions options)
    {
        (_network, _options) = (network, options);

        Edge = AddRouter("isp-edge");
        Core = AddRouter("isp-core");
        Exchange = AddRouter("ix");
        TransitA = AddRouter("transit-a");
        TransitB = AddRouter("transit-b");
        Hosting = AddRouter("hosting");
        ChinaEdge = AddRouter("cn-edge");
        HostingSwitch = network.AddSwitch("hosting-switch");

        Join("isp-core", Edge, "100.64.2.1/30", Core, "100.64.2.2/30", 0.5);
        Join("peering", Core, "198.18.1.1/30", Exchange, "198.18.1.2/30", 5);
        Join("transit-a", Exchange, "198.18.2.1/30", TransitA, "198.18.2.2/30", 4);
        Join("transit-b", Exchange, "198.18.3.1/30", TransitB, "198.18.3.2/30", 6);
        Join("hosting", TransitA, "198.18.4.1/30", Hosting, "198.18.4.2/30", 5.5);
        Join("cn-edge", TransitB, "198.18.5.1/30", ChinaEdge, "198.18.5.2/30", 4);
        Plug("origin", Hosting, "203.0.113.1/24", HostingSwitch, 0.3);

        AddRoutes();
    }

    /// <summary>The provider's router at the other end of the access line.</summary>
    public Host Edge { get; }

    public Host Core { get; }

    public Host Exchange { get; }

    public Host TransitA { get; }

    public Host TransitB { get; }

    public Host Hosting { get; }

    public Host ChinaEdge { get; }

    /// <summary>In the data centre; the servers are plugged into it.</summary>
    public Switch HostingSwitch { get; }

    /// <summary>A server on a wire of its own behind a router, with its default route.</summary>
    public Host AddServer(string name, Host behind, string routerAddress, string address, double delay)
    {
        Host server = _network.AddHost(name, _options.Others);
        Link link = Join(name, behind, routerAddress, server, address, delay);
        AddRoute(server, "default", routerAddress[..routerAddress.IndexOf('/')], _network.InterfaceAt(link.B));
        return server;
    }

    /// <summary>A server in the data centre.</summary>
    public Host AddHostedServer(string name, FirewallRules rules, params ReadOnlySpan<string> addresses)
    {
        Host server = _network.AddHost(name, _options.Others);
        Link link = _network.Connect(name, server, addresses[0], rules, HostingSwitch, Settings(name, 0.1, Gigabit));
        Interface eth0 = _network.InterfaceAt(link.A);
        foreach (string more in addresses[1..])
            eth0.AddAddress(Address(more));
        AddRoute(server, "default", "203.0.113.1", eth0);
        return server;
    }

    /// <summary>The named link's settings, with the changes that were asked for.</summary>
    public LinkSettings Settings(string link, double delayMilliseconds, long bandwidth)
    {
        var settings = new LinkSettings { Delay = TimeSpan.FromMilliseconds(delayMilliseconds), Bandwidth = bandwidth };
        return _options.Links.TryGetValue(link, out Func<LinkSettings, LinkSettings>? change) ? change(settings) : settings;
    }

    private static InterfaceAddress Address(string text) =>
        InterfaceAddress.TryParse(text, out InterfaceAddress address) ? address : throw new FormatException($"'{text}' is not an address with a prefix length.");

    private Host AddRouter(string name) => _network.AddRouter(name, _options.Others);

    // The world was there before the PC was switched on: its routers know their neighbours.
    private Link Join(string name, Host a, string addressA, Host b, string addressB, double delay) =>
        _network.Acquaint(_network.Connect(name, a, addressA, b, addressB, Settings(name, delay, 10 * Gigabit)));

    private void Plug(string name, Host host, string address, Switch into, double delay) =>
        _network.Connect(name, host, address, into, Settings(name, delay, 10 * Gigabit));

    private Interface Side(string link, bool near) => _network.InterfaceAt(near ? _network.Links[link].A : _network.Links[link].B);

    // Towards the middle everybody has a default route; the middle itself knows what there is, and what it does not
    // know does not exist.
    private void AddRoutes()
    {
        AddRoute(Edge, "default", "100.64.2.2", Side("isp-core", near: true));

        AddRoute(Core, "100.64.1.0/24", "100.64.2.1", Side("isp-core", near: false));
        AddRoute(Core, "default", "198.18.1.2", Side("peering", near: true));

        Interface towardsIsp = Side("peering", near: false);
        Interface towardsA = Side("transit-a", near: true);
        Interface towardsB = Side("transit-b", near: true);
        AddRoute(Exchange, "100.64.0.0/10", "198.18.1.1", towardsIsp);
        AddRoute(Exchange, "203.0.113.0/24", "198.18.2.2", towardsA);
        AddRoute(Exchange, "198.51.100.16/29", "198.18.2.2", towardsA);
        AddRoute(Exchange, "198.18.4.0/30", "198.18.2.2", towardsA);
        AddRoute(Exchange, "192.0.2.0/24", "198.18.3.2", towardsB);
        AddRoute(Exchange, "198.51.100.24/29", "198.18.3.2", towardsB);
        AddRoute(Exchange, "198.18.5.0/30", "198.18.3.2", towardsB);

        AddRoute(TransitA, "203.0.113.0/24", "198.18.4.2", Side("hosting", near: true));
        AddRoute(TransitA, "default", "198.18.2.1", Side("transit-a", near: false));
        AddRoute(Hosting, "default", "198.18.4.1", Side("hosting", near: false));

        AddRoute(TransitB, "192.0.2.0/24", "198.18.5.2", Side("cn-edge", near: true));
        AddRoute(TransitB, "default", "198.18.3.1", Side("transit-b", near: false));
        AddRoute(ChinaEdge, "default", "198.18.5.1", Side("cn-edge", near: false));
    }
}
