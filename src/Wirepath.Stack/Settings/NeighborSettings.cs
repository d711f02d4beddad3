using Wirepath.Tcp;

namespace Wirepath.Stack;

/// <summary>ARP and, later, neighbour discovery: Linux's <c>net.ipv4.neigh.default</c>.</summary>
public sealed record NeighborSettings
{
    /// <summary>Between two requests.</summary>
    [Sysctl("net.ipv4.neigh.default.retrans_time_ms", SysctlUnit.Milliseconds)]
    public TimeSpan RetransTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Requests to everybody before giving up.</summary>
    [Sysctl("net.ipv4.neigh.default.mcast_solicit", SysctlUnit.Count)]
    public int MulticastSolicit { get; init; } = 3;

    /// <summary>Requests to the known address before it is forgotten.</summary>
    [Sysctl("net.ipv4.neigh.default.ucast_solicit", SysctlUnit.Count)]
    public int UnicastSolicit { get; init; } = 3;

    /// <summary>An answer is believed for 0.5 to 1.5 times this (RFC 4861 §6.3.2).</summary>
    [Sysctl("net.ipv4.neigh.default.base_reachable_time_ms", SysctlUnit.Milliseconds)]
    public TimeSpan BaseReachableTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>From the first use of a stale entry to the request that checks it.</summary>
    [Sysctl("net.ipv4.neigh.default.delay_first_probe_time", SysctlUnit.Seconds)]
    public TimeSpan DelayFirstProbeTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Entries of one interface.</summary>
    [Sysctl("net.ipv4.neigh.default.gc_thresh3", SysctlUnit.Count)]
    public int GcThresh3 { get; init; } = 1024;

    /// <summary>Bytes that wait for one neighbour's answer; the oldest go first.</summary>
    [Sysctl("net.ipv4.neigh.default.unres_qlen_bytes", SysctlUnit.Bytes)]
    public int UnresolvedQueueBytes { get; init; } = 212992;
}
