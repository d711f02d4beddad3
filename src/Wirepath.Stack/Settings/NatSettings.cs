using Wirepath.Tcp;

namespace Wirepath.Stack;

/// <summary>How many flows a NAT remembers and for how long: Linux's <c>net.netfilter.nf_conntrack_*</c>.</summary>
public sealed record NatSettings
{
    /// <summary>Flows; beyond it unanswered ones go first, then new ones are refused.</summary>
    [Sysctl("net.netfilter.nf_conntrack_max", SysctlUnit.Count)]
    public int Max { get; init; } = 65536;

    [Sysctl("net.netfilter.nf_conntrack_udp_timeout", SysctlUnit.Seconds)]
    public TimeSpan UdpTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Once there were datagrams in both directions.</summary>
    [Sysctl("net.netfilter.nf_conntrack_udp_timeout_stream", SysctlUnit.Seconds)]
    public TimeSpan UdpStreamTimeout { get; init; } = TimeSpan.FromSeconds(120);

    [Sysctl("net.netfilter.nf_conntrack_icmp_timeout", SysctlUnit.Seconds)]
    public TimeSpan IcmpTimeout { get; init; } = TimeSpan.FromSeconds(30);

    [Sysctl("net.netfilter.nf_conntrack_tcp_timeout_syn_sent", SysctlUnit.Seconds)]
    public TimeSpan TcpSynSentTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>RFC 5382 REQ-5 asks for at least 2 h 4 min.</summary>
    [Sysctl("net.netfilter.nf_conntrack_tcp_timeout_established", SysctlUnit.Seconds)]
    public TimeSpan TcpEstablishedTimeout { get; init; } = TimeSpan.FromSeconds(432000);

    /// <summary>After the first FIN.</summary>
    [Sysctl("net.netfilter.nf_conntrack_tcp_timeout_fin_wait", SysctlUnit.Seconds)]
    public TimeSpan TcpFinWaitTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>After both FINs.</summary>
    [Sysctl("net.netfilter.nf_conntrack_tcp_timeout_time_wait", SysctlUnit.Seconds)]
    public TimeSpan TcpTimeWaitTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>After a RST.</summary>
    [Sysctl("net.netfilter.nf_conntrack_tcp_timeout_close", SysctlUnit.Seconds)]
    public TimeSpan TcpCloseTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
