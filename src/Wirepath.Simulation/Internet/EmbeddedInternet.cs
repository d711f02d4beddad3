using System.Security.Cryptography.X509Certificates;
using Wirepath.Dns;
using Wirepath.Names;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>A name or address worth trying, and what it is there for.</summary>
public sealed record EmbeddedSite(string Url, string Purpose);

/// <summary>
/// A small internet for one PC: a home, its provider, an exchange and carriers, name servers from the root down, and web
/// servers, all of them hosts of this stack on simulated wires. Same seed, same internet, same bytes.
/// </summary>
public sealed class EmbeddedInternet
{
    /// <summary>The link that the command's knobs turn unless another is named: the line between home and provider.</summary>
    public const string DefaultLink = "access";

    private readonly Network _network;
    private readonly Home _home;
    private readonly NameServers _names;

    private EmbeddedInternet(Simulator simulator, EmbeddedInternetOptions options)
    {
        _network = new Network(simulator);
        var backbone = new Backbone(_network, options);
        _names = new NameServers(simulator, backbone);
        _home = new Home(_network, backbone, options);
        Origins = new Origins(simulator, backbone);
        string? unknown = options.Links.Keys.FirstOrDefault(name => !_network.Links.ContainsKey(name));
        if (unknown is not null)
            throw new ArgumentException($"There is no link '{unknown}'; there are {string.Join(", ", _network.Links.Keys)}.", nameof(options));

        NameServers.Serve(simulator, _home.Router, IpAddress.V4(192, 168, 1, 1), _home.Forwarder);
        Lease = simulator.Run(() => Pc.ConfigureByDhcpAsync(_home.PcInterface).AsTask());
        var hosts = Wirepath.Dns.HostsFile.ParseLeniently(options.HostsFile, "hosts", out _);
        Names = new ClientResolver(
            new BrowserCache(simulator.Time), hosts,
            new StubResolver(
                new StubSettings { Nameservers = [.. Lease.DnsServers.Select(s => new IpEndpoint(s, 53))], Search = [DomainName.Parse("home.")] },
                new HostDnsTransport(Pc), Pc.Log, Pc.Time, simulator.Random.Fork("stub")),
            Pc.Log);
    }

    /// <summary>What a command's help and the documentation list.</summary>
    public static IReadOnlyList<EmbeddedSite> Sites { get; } =
    [
        new("http://www.example.com/", "a page that tells what happened; /long, /1mb, /10mb, /bytes/N are larger"),
        new("http://www.example.com/chunked", "a body in chunks; also /slow, /close, /empty, /redirect, /hops/N, /loop, /500"),
        new("http://example.com/", "redirects to www; alias., chain., abroad. and anything below wild. are aliases or wildcards"),
        new("https://www.example.com/", "TLS with the embedded internet's own certificate authority"),
        new("https://expired.example.com/", "a certificate that has expired; also selfsigned. and wrongname."),
        new("https://service.example.com/", "nothing listens at its address; its HTTPS record leads to another name and port"),
        new("http://example.org/", "its name servers' addresses must be looked up first"),
        new("http://例子.中国/", "an internationalised name; example.cn is the same machine"),
        new("big.example.com TXT", "a DNS answer that is too big for UDP"),
        new("http://closed.example.com/", "a host on which nothing listens: RST"),
        new("http://firewalled.example.com/", "a firewall that drops SYNs"),
        new("http://first.example.com/", "two addresses, the first of them behind that firewall"),
        new("http://gone.example.com/", "no machine has that address: ICMP host unreachable"),
        new("http://nowhere.example.com/", "no router knows the way: ICMP net unreachable"),
        new("http://nosuch.example.com/", "no such name"),
        new("http://loop.example.org/", "aliases in a circle"),
        new("http://www.lame.example.org/", "a delegation to a server that knows nothing of the zone"),
        new("http://www.silent.example.org/", "a delegation to servers that never answer"),
        new("http://www.dead.example.org/", "a delegation to a host without a name server"),
        new("http://www.bogus.example.org/", "a zone whose keys are not those that its parent vouches for"),
        new("http://www.chicken.example.org/", "two delegations that wait for each other"),
    ];

    /// <summary>The names of <see cref="Links"/> without building anything.</summary>
    public static IReadOnlyList<string> LinkNames { get; } =
    [
        "home-lan", "router-lan", "access", "isp-core", "isp-resolver", "peering", "transit-a", "transit-b", "hosting", "origin", "www", "vault",
        "ns1", "ns2", "a.root", "b.root", "com-tld", "org-tld", "cn-tld", "cn-edge", "cn-web",
    ];

    /// <summary>The roots that clients in the embedded internet trust. Made on first use.</summary>
    public static X509Certificate2Collection TrustedRoots => [EmbeddedAuthority.Shared.Root];

    public Host Pc => _home.Pc;

    /// <summary>The ladder on the PC: its own cache, its hosts file, then the router.</summary>
    public ClientResolver Names { get; }

    /// <summary>What the home router's DHCP server gave the PC.</summary>
    public DhcpLease Lease { get; }

    public IReadOnlyDictionary<string, Link> Links => _network.Links;

    public IReadOnlyDictionary<string, Host> Hosts => _network.Hosts;

    /// <summary>The home router's forwarder with its cache.</summary>
    public ForwardingResolver RouterDns => _home.Forwarder;

    /// <summary>The provider's resolver with its cache.</summary>
    public RecursiveResolver IspResolver => _names.Resolver;

    public DhcpServer Dhcp => _home.Dhcp;

    internal Origins Origins { get; }

    /// <summary>
    /// Builds the internet in the simulator and runs it until the PC has its address by DHCP, some hundred milliseconds of
    /// virtual time. Not from within <see cref="Simulator.Run{T}"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The options name a link that is not there.</exception>
    public static EmbeddedInternet Create(Simulator simulator, EmbeddedInternetOptions? options = null) => new(simulator, options ?? new EmbeddedInternetOptions());
}
