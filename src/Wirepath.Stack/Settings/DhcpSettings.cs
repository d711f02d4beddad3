namespace Wirepath.Stack;

/// <summary>The DHCP client's patience (RFC 2131 §4.1).</summary>
public sealed record DhcpSettings
{
    /// <summary>Wait after the first message; doubled each time.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>The longest wait between two messages.</summary>
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromSeconds(64);

    /// <summary>Each wait is changed by up to this much at random, so that a street of rebooting PCs does not speak at once.</summary>
    public TimeSpan RetryJitter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>DISCOVERs before the call fails.</summary>
    public int MostDiscovers { get; init; } = 5;

    /// <summary>REQUESTs for one offer before it is given up.</summary>
    public int MostRequests { get; init; } = 4;

    /// <summary>After a DECLINE (RFC 2131 §3.1: at least 10 s).</summary>
    public TimeSpan DeclineWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>ARP probes for the offered address before it is used (RFC 5227 says 3); 0: trust the server.</summary>
    public int AddressProbes { get; init; } = 1;

    /// <summary>How long an owner has to answer each probe.</summary>
    public TimeSpan ProbeWait { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Least time between two attempts to renew (RFC 2131 §4.4.5).</summary>
    public TimeSpan LeastRenewWait { get; init; } = TimeSpan.FromSeconds(60);
}
