using Wirepath.Dns;
using Wirepath.Names;
using Wirepath.Stack;
using Wirepath.Wire;
using static Wirepath.Simulation.Network;

namespace Wirepath.Simulation;

/// <summary>The home: a PC, a switch, and the router with its four jobs (DHCP, NAT, forwarding, DNS).</summary>
internal sealed class Home
{
    public Home(Network network, Backbone backbone, EmbeddedInternetOptions options)
    {
        Pc = network.AddHost("pc", options.Pc);
        Router = network.AddRouter("router", options.Others);
        Switch = network.AddSwitch("switch");

        // Gigabit Ethernet in the house, a line of 100 Mbit/s in both directions out of it.
        Link lan = network.Connect("home-lan", Pc, null, Switch, backbone.Settings("home-lan", 0.1, 1_000_000_000));
        Link uplink = network.Connect("router-lan", Router, "192.168.1.1/24", Switch, backbone.Settings("router-lan", 0.1, 1_000_000_000));
        Link access = network.Acquaint(network.Connect("access", Router, "100.64.1.2/24", backbone.Edge, "100.64.1.1/24", backbone.Settings("access", 4, 100_000_000)));
        PcInterface = network.InterfaceAt(lan.A);
        Interface inside = network.InterfaceAt(uplink.A);
        Interface outside = network.InterfaceAt(access.A);
        AddRoute(Router, "default", "100.64.1.1", outside);
        _ = new Nat(Router, outside);

        Dhcp = new DhcpServer(Router, inside, new DhcpServerSettings
        {
            First = IpAddress.V4(192, 168, 1, 10),
            Last = IpAddress.V4(192, 168, 1, 99),
            PrefixLength = 24,
            DnsServers = [IpAddress.V4(192, 168, 1, 1)],
            Domain = "home",
        });
        Forwarder = new ForwardingResolver(
            new ForwarderSettings { Upstreams = [new IpEndpoint(NameServers.IspResolver, 53)] },
            new ResolverCache(new CacheSettings()), new HostDnsTransport(Router), Router.Log, Router.Time, network.Simulator.Random.Fork("forwarder"));
    }

    public Host Pc { get; }

    public Interface PcInterface { get; }

    public Host Router { get; }

    public Switch Switch { get; }

    public DhcpServer Dhcp { get; }

    public ForwardingResolver Forwarder { get; }
}
