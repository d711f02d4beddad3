using Wirepath.Tcp;

namespace Wirepath.Stack;

public sealed record IcmpSettings
{
    /// <summary>To one destination, one error of the types in <see cref="RateMask"/> per this time, with a burst of six; zero: no limit.</summary>
    [Sysctl("net.ipv4.icmp_ratelimit", SysctlUnit.Milliseconds)]
    public TimeSpan RateLimit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Bit n stands for type n: unreachable, source quench, time exceeded, parameter problem.</summary>
    [Sysctl("net.ipv4.icmp_ratemask", SysctlUnit.Count)]
    public int RateMask { get; init; } = 6168;

    /// <summary>Errors per second to everybody.</summary>
    [Sysctl("net.ipv4.icmp_msgs_per_sec", SysctlUnit.Count)]
    public int MessagesPerSecond { get; init; } = 1000;

    /// <summary>Errors that may follow each other at once.</summary>
    [Sysctl("net.ipv4.icmp_msgs_burst", SysctlUnit.Count)]
    public int MessagesBurst { get; init; } = 50;

    [Sysctl("net.ipv4.icmp_echo_ignore_all", SysctlUnit.Switch)]
    public bool EchoIgnoreAll { get; init; }

    /// <summary>Broadcast echoes would make this host part of an amplifier (RFC 1122 §3.2.2.6).</summary>
    [Sysctl("net.ipv4.icmp_echo_ignore_broadcasts", SysctlUnit.Switch)]
    public bool EchoIgnoreBroadcasts { get; init; } = true;

    /// <summary>Destinations for which the rate is kept; when there are more, the table starts anew.</summary>
    public int MostRates { get; init; } = 4096;
}
