using Wirepath.Tcp;

namespace Wirepath.Stack;

public sealed record Ipv6Settings
{
    /// <summary>Pass on packets for others: a router, which then takes no configuration from other routers.</summary>
    [Sysctl("net.ipv6.conf.all.forwarding", SysctlUnit.Switch)]
    public bool Forwarding { get; init; }

    /// <summary>Hops that an own packet may take, until a router advertises another number.</summary>
    [Sysctl("net.ipv6.conf.default.hop_limit", SysctlUnit.Count)]
    public byte HopLimit { get; init; } = 64;

    /// <summary>0: no duplicate address detection (RFC 4862 §5.1); otherwise how often an address is asked for before it is one's own.</summary>
    [Sysctl("net.ipv6.conf.default.dad_transmits", SysctlUnit.Count)]
    public int DadTransmits { get; init; } = 1;

    /// <summary>
    /// An address is used while it is still being checked (RFC 4429). Linux waits; here programs speak the moment they have
    /// an address, and a duplicate takes it away again. Until then solicitations carry no MAC address (RFC 4429 §3.2), and a
    /// neighbour that needs one, as Linux does, answers only the repetition after the check.
    /// </summary>
    [Sysctl("net.ipv6.conf.default.optimistic_dad", SysctlUnit.Switch)]
    public bool OptimisticDad { get; init; } = true;

    /// <summary>0: an interface with IPv6 gets a link-local address out of its MAC address (EUI-64); 1: none.</summary>
    [Sysctl("net.ipv6.conf.default.addr_gen_mode", SysctlUnit.Count)]
    public int AddressGenerationMode { get; init; }

    /// <summary>Tell routers and switches which groups are listened to (MLDv2, RFC 3810): a switch that snoops would else keep solicitations away.</summary>
    public bool ReportsGroups { get; init; } = true;

    /// <summary>Believe routers, on interfaces that were told to ask them.</summary>
    [Sysctl("net.ipv6.conf.default.accept_ra", SysctlUnit.Switch)]
    public bool AcceptRouterAdvertisements { get; init; } = true;

    /// <summary>Make addresses in the networks that routers advertise (RFC 4862 §5.5).</summary>
    [Sysctl("net.ipv6.conf.default.autoconf", SysctlUnit.Switch)]
    public bool AutomaticAddresses { get; init; } = true;

    /// <summary>How often a router is asked for before it is given up (RFC 4861 §10: 3).</summary>
    [Sysctl("net.ipv6.conf.default.router_solicitations", SysctlUnit.Count)]
    public int RouterSolicitations { get; init; } = 3;

    /// <summary>Between two of them.</summary>
    [Sysctl("net.ipv6.conf.default.router_solicitation_interval", SysctlUnit.Seconds)]
    public TimeSpan RouterSolicitationInterval { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Addresses that routers can make this host give itself; a forger must not fill its tables.</summary>
    [Sysctl("net.ipv6.conf.default.max_addresses", SysctlUnit.Count)]
    public int MaxAddresses { get; init; } = 16;

    /// <summary>Default routers of one link, for the same reason.</summary>
    public int MostRouters { get; init; } = 8;

    /// <summary>Name servers that routers can name.</summary>
    public int MostDnsServers { get; init; } = 8;

    /// <summary>A flow's packets carry the same label, so that routers can spread flows over equal paths (RFC 6437).</summary>
    [Sysctl("net.ipv6.auto_flowlabels", SysctlUnit.Switch)]
    public bool AutoFlowLabels { get; init; } = true;

    /// <summary>True: a socket on <c>::</c> takes IPv6 alone, unless it says otherwise.</summary>
    [Sysctl("net.ipv6.bindv6only", SysctlUnit.Switch)]
    public bool BindV6Only { get; init; }

    /// <summary>How long a smaller path MTU is believed (RFC 8201 §4: not below 5 min; recommended 10).</summary>
    [Sysctl("net.ipv6.route.mtu_expires", SysctlUnit.Seconds)]
    public TimeSpan PathMtuExpires { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>Bytes that incomplete datagrams may hold; beyond it the oldest goes.</summary>
    [Sysctl("net.ipv6.ip6frag_high_thresh", SysctlUnit.Bytes)]
    public long ReassemblyMemory { get; init; } = 4 << 20;

    /// <summary>How long the missing fragments are waited for (RFC 8200 §4.5: 60 s).</summary>
    [Sysctl("net.ipv6.ip6frag_time", SysctlUnit.Seconds)]
    public TimeSpan ReassemblyTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>To one destination, one error per this time, with a burst of six; zero: no limit. "Packet too big" is never held back.</summary>
    [Sysctl("net.ipv6.icmp.ratelimit", SysctlUnit.Milliseconds)]
    public TimeSpan IcmpRateLimit { get; init; } = TimeSpan.FromSeconds(1);

    [Sysctl("net.ipv6.icmp.echo_ignore_all", SysctlUnit.Switch)]
    public bool EchoIgnoreAll { get; init; }

    /// <summary>Echoes to a group would make this host part of an amplifier. Linux answers them.</summary>
    [Sysctl("net.ipv6.icmp.echo_ignore_multicast", SysctlUnit.Switch)]
    public bool EchoIgnoreMulticast { get; init; }
}
