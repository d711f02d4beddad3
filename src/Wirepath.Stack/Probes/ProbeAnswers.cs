using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>What came back for a probe.</summary>
public enum ProbeOutcome
{
    /// <summary>Nothing in time.</summary>
    TimedOut,
    EchoReply,
    /// <summary>A router on the way: the time to live ran out there.</summary>
    TimeExceeded,
    /// <summary>The destination itself: nobody listens on the probe's port.</summary>
    PortUnreachable,
    /// <summary>A router, or this host, could not pass it on.</summary>
    Unreachable,
    /// <summary>Too big for a link on the way, and not to be fragmented.</summary>
    TooBig,
    /// <summary>This host has no route.</summary>
    NoRoute,
}

/// <summary>The end of one <c>ping</c>.</summary>
/// <param name="From">Who answered; none when nobody did.</param>
/// <param name="Sequence">icmp_seq.</param>
/// <param name="RoundTrip">Zero when nobody answered.</param>
/// <param name="TimeToLive">Hops left in the answer.</param>
/// <param name="Bytes">Echo data in the answer.</param>
/// <param name="Failure">Null after an echo reply; otherwise what came instead.</param>
public readonly record struct PingReply(IpAddress From, int Sequence, TimeSpan RoundTrip, int TimeToLive, int Bytes, ProbeOutcome? Failure)
{
    public bool IsReply => Failure is null;
}

/// <summary>One probe of a hop.</summary>
/// <param name="From">Who answered; none when nobody did.</param>
/// <param name="RoundTrip">Zero when nobody answered.</param>
/// <param name="Reached">The answer came from the destination.</param>
/// <param name="Kind">What came back.</param>
public readonly record struct TracerouteProbe(IpAddress From, TimeSpan RoundTrip, bool Reached, ProbeOutcome Kind);

/// <summary>A line of <c>traceroute</c>.</summary>
public sealed record TracerouteHop(int Ttl, IReadOnlyList<TracerouteProbe> Probes)
{
    public bool Reached => Probes.Any(p => p.Reached);
}

/// <summary>How to trace.</summary>
public sealed record TracerouteSettings
{
    public int MostHops { get; init; } = 30;

    /// <summary>Probes for each hop.</summary>
    public int Probes { get; init; } = 1;

    /// <summary>Echo requests in place of UDP datagrams.</summary>
    public bool UseIcmp { get; init; }

    /// <summary>How long to wait for each answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Bytes of payload in each probe.</summary>
    public int Size { get; init; } = 32;
}
