using Wirepath.Tcp;

namespace Wirepath.Stack;

public sealed record IpSettings
{
    /// <summary>Pass on packets for others: a router.</summary>
    [Sysctl("net.ipv4.ip_forward", SysctlUnit.Switch)]
    public bool Forwarding { get; init; }

    /// <summary>Hops that an own packet may take (RFC 1700: 64).</summary>
    [Sysctl("net.ipv4.ip_default_ttl", SysctlUnit.Count)]
    public byte DefaultTimeToLive { get; init; } = 64;

    /// <summary>True: TCP lets routers fragment, and asks nothing of the path.</summary>
    [Sysctl("net.ipv4.ip_no_pmtu_disc", SysctlUnit.Switch)]
    public bool NoPathMtuDiscovery { get; init; }

    /// <summary>How long a smaller path MTU is believed (RFC 1191 §6.3: 10 min).</summary>
    [Sysctl("net.ipv4.route.mtu_expires", SysctlUnit.Seconds)]
    public TimeSpan PathMtuExpires { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>Below this no path MTU is believed: forged messages would make packets tiny.</summary>
    [Sysctl("net.ipv4.route.min_pmtu", SysctlUnit.Bytes)]
    public int MinimumPathMtu { get; init; } = 552;

    /// <summary>Destinations whose path MTU is remembered; a bounded table cannot be filled by forgers.</summary>
    public int MostPathMtus { get; init; } = 1024;

    /// <summary>Bytes that incomplete datagrams may hold; beyond it the oldest goes.</summary>
    [Sysctl("net.ipv4.ipfrag_high_thresh", SysctlUnit.Bytes)]
    public long ReassemblyMemory { get; init; } = 4 << 20;

    /// <summary>How long the missing fragments are waited for (RFC 1122 §3.3.2: 60–120 s; Linux: 30 s).</summary>
    [Sysctl("net.ipv4.ipfrag_time", SysctlUnit.Seconds)]
    public TimeSpan ReassemblyTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Pieces of one datagram: 64 KiB cut for Ethernet, and again for the least MTU that anybody uses (576), are 135.</summary>
    public int MostFragments { get; init; } = 256;

    /// <summary>Incomplete datagrams at a time, condemned ones included.</summary>
    public int MostReassemblies { get; init; } = 4096;
}
