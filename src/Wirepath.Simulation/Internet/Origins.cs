using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>The web servers, and the hosts that do not answer as one would like.</summary>
internal sealed class Origins
{
    public Origins(Simulator simulator, Backbone backbone)
    {
        // 203.0.113.81 is closed.example.com: the same machine, but nothing listens there.
        Www = backbone.AddHostedServer("www", FirewallRules.None, "203.0.113.80/24", "203.0.113.81/24");
        Serve(simulator, Www, IpAddress.V4(203, 0, 113, 80));
        // Where the HTTPS record of service.example.com leads.
        simulator.Own(new OriginServer(Www, new IpEndpoint(IpAddress.V4(203, 0, 113, 80), 8443), tls: true));

        Vault = backbone.AddHostedServer("vault", FirewallRules.DropConnects | FirewallRules.DropUdp, "203.0.113.82/24", "203.0.113.86/24", "203.0.113.87/24");

        ChinaWeb = backbone.AddServer("cn-web", backbone.ChinaEdge, "192.0.2.1/24", "192.0.2.80/24", 2);
        ChinaWeb.Interfaces.First(i => i.Addresses.Any(a => a.Address == IpAddress.V4(192, 0, 2, 80))).AddAddress(new InterfaceAddress(IpAddress.V4(192, 0, 2, 53), 24));
        NameServers.ServeZones(simulator, ChinaWeb, "192.0.2.53", "example.cn", "xn--fsqu00a.xn--fiqs8s");
        Serve(simulator, ChinaWeb, IpAddress.V4(192, 0, 2, 80));
    }

    public Host Www { get; }

    /// <summary>Behind a firewall that lets no connection and no datagram in.</summary>
    public Host Vault { get; }

    public Host ChinaWeb { get; }

    private static void Serve(Simulator simulator, Host host, IpAddress address)
    {
        simulator.Own(new OriginServer(host, new IpEndpoint(address, 80), tls: false));
        simulator.Own(new OriginServer(host, new IpEndpoint(address, 443), tls: true));
    }
}
