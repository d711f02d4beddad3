using Wirepath.Tcp;

namespace Wirepath.Stack;

/// <summary>Ports from which an unnamed socket is given one, both included.</summary>
public readonly record struct PortRange(ushort First, ushort Last)
{
    public int Count => Last - First + 1;
}

public sealed record SocketSettings
{
    /// <summary>Two numbers; Linux's choice inside of RFC 6335's dynamic and registered ports.</summary>
    [Sysctl("net.ipv4.ip_local_port_range", SysctlUnit.Text)]
    public PortRange LocalPorts { get; init; } = new(32768, 60999);

    /// <summary>1: a new connection may take over a four-tuple in TIME-WAIT after a second, if timestamps protect it (RFC 6191); 0: never; 2: on loopback only.</summary>
    [Sysctl("net.ipv4.tcp_tw_reuse", SysctlUnit.Count)]
    public int TimeWaitReuse { get; init; } = 2;

    /// <summary>Connections in TIME-WAIT; more are dropped at once, against simple floods.</summary>
    [Sysctl("net.ipv4.tcp_max_tw_buckets", SysctlUnit.Count)]
    public int MaxTimeWaitBuckets { get; init; } = 131072;

    /// <summary>Connections whose application is gone while bytes or a FIN are still under way; one more is reset, against simple floods.</summary>
    [Sysctl("net.ipv4.tcp_max_orphans", SysctlUnit.Count)]
    public int MaxOrphans { get; init; } = 65536;

    /// <summary>Bytes of datagrams that wait in one UDP socket.</summary>
    [Sysctl("net.core.rmem_default", SysctlUnit.Bytes)]
    public int UdpReceiveBuffer { get; init; } = 212992;
}
