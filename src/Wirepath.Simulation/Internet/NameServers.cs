using Wirepath.Dns;
using Wirepath.Names;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>The provider's resolver, and the servers of the root, of the top-level domains and of the domains below them.</summary>
internal sealed class NameServers
{
    public static readonly IpAddress IspResolver = IpAddress.V4(100, 64, 0, 53);

    public NameServers(Simulator simulator, Backbone backbone)
    {
        Host resolver = backbone.AddServer("isp-resolver", backbone.Core, "100.64.0.1/24", "100.64.0.53/24", 0.1);
        var configuration = new ResolverConfiguration
        {
            Settings = new ResolverSettings { DiscardTimeout = TimeSpan.Zero, PrimeRoot = false, UseMinimisation = false, UseCookies = false, PrefetchKeys = true },
            LocalZones = LocalZones.None,
            Access = [new AccessRule(IpPrefix.Parse("0.0.0.0/0"), AccessAction.Allow)],
            TrustAnchors = [SignedZones.RootAnchor],
        };
        Resolver = new RecursiveResolver(
            configuration,
            RootHints.Of(
                (DomainName.Parse("a.root-servers.net."), IpAddress.Parse("198.51.100.4")),
                (DomainName.Parse("b.root-servers.net."), IpAddress.Parse("198.51.100.30"))),
            new ResolverCache(), new HostDnsTransport(resolver), resolver.Log, resolver.Time, simulator.Random.Fork("isp-resolver"));
        Serve(simulator, resolver, IspResolver, Resolver);

        ServeZones(simulator, backbone.AddServer("a.root", backbone.Exchange, "198.51.100.1/28", "198.51.100.4/28", 4.9), "198.51.100.4", "root");
        ServeZones(simulator, backbone.AddServer("b.root", backbone.TransitB, "198.51.100.29/30", "198.51.100.30/30", 3), "198.51.100.30", "root");
        ServeZones(simulator, backbone.AddServer("com-tld", backbone.TransitA, "198.51.100.17/30", "198.51.100.18/30", 2.9), "198.51.100.18", "com");
        ServeZones(simulator, backbone.AddServer("org-tld", backbone.TransitA, "198.51.100.21/30", "198.51.100.22/30", 4), "198.51.100.22", "org");
        ServeZones(simulator, backbone.AddServer("cn-tld", backbone.TransitB, "198.51.100.25/30", "198.51.100.26/30", 2), "198.51.100.26", "cn", "xn--fiqs8s");
        ServeZones(simulator, backbone.AddHostedServer("ns1", FirewallRules.None, "203.0.113.53/24"), "203.0.113.53", "example.com", "example.org", "bogus.example.org");
        ServeZones(simulator, backbone.AddHostedServer("ns2", FirewallRules.None, "203.0.113.54/24"), "203.0.113.54", "example.com", "example.org", "bogus.example.org");
    }

    /// <summary>The provider's.</summary>
    public RecursiveResolver Resolver { get; }

    /// <summary>Answers for the zones in these resources, which are read when the first question comes.</summary>
    public static void ServeZones(Simulator simulator, Host host, string address, params string[] zones) =>
        Serve(simulator, host, IpAddress.Parse(address), new LateResponder(() => new AuthoritativeServer(new ZoneSet(zones.Select(z => SignedZones.Read(z, host.Time))), host.Log)));

    public static void Serve(Simulator simulator, Host host, IpAddress address, IDnsResponder responder)
    {
        var server = new HostDnsServer(host, responder, address);
        server.Start();
        simulator.Own(server);
    }

    /// <summary>A server of which most runs never ask a thing: it gets its zones when somebody does.</summary>
    private sealed class LateResponder(Func<IDnsResponder> make) : IDnsResponder
    {
        private IDnsResponder? _responder;

        public ValueTask<DnsResponse> RespondAsync(ReadOnlyMemory<byte> query, Memory<byte> response, IpEndpoint client, bool overTcp, CancellationToken ct) =>
            (_responder ??= make()).RespondAsync(query, response, client, overTcp, ct);
    }
}
