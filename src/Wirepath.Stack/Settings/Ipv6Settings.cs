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
