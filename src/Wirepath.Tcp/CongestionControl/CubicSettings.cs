namespace Wirepath.Tcp;

/// <summary>What ends slow start before the first loss.</summary>
public enum HyStartMode : byte
{
    /// <summary>Nothing: slow start goes on to the first loss.</summary>
    Off,
    /// <summary>ACK trains and delay, as Linux's <c>tcp_cubic</c> does it: slow start ends for good at once.</summary>
    Classic,
    /// <summary>HyStart++ (RFC 9406): a delay increase leads to a slower growth, which may turn out to be wrong and be taken back.</summary>
    PlusPlus,
}

/// <summary>The signs that <see cref="HyStartMode.Classic"/> looks for; the numbers are those of Linux's <c>hystart_detect</c>.</summary>
[Flags]
public enum HyStartDetect : byte
{
    None = 0,
    /// <summary>ACKs in close succession for longer than half of the smallest round trip: the pipe is full.</summary>
    AckTrain = 1,
    /// <summary>The smallest round trip of a window is clearly longer than the smallest of all.</summary>
    Delay = 2,
}

/// <summary>Settings of <see cref="CongestionControls.Cubic"/>, under the names that the parameters of Linux's module <c>tcp_cubic</c> have on the kernel's command line.</summary>
public sealed record CubicSettings
{
    public static readonly CubicSettings Default = new();

    /// <summary>Linux knows 0 (<see cref="HyStartMode.Off"/>) and 1 (<see cref="HyStartMode.Classic"/>); 2 is RFC 9406.</summary>
    [Sysctl("tcp_cubic.hystart", SysctlUnit.Count)]
    public HyStartMode HyStart { get; init; } = HyStartMode.PlusPlus;

    /// <summary>For <see cref="HyStartMode.Classic"/>.</summary>
    [Sysctl("tcp_cubic.hystart_detect", SysctlUnit.Count)]
    public HyStartDetect HyStartDetect { get; init; } = HyStartDetect.AckTrain | HyStartDetect.Delay;

    /// <summary>Segments: below, <see cref="HyStartMode.Classic"/> does not look; a short burst says little.</summary>
    [Sysctl("tcp_cubic.hystart_low_window", SysctlUnit.Count)]
    public int HyStartLowWindow { get; init; } = 16;

    /// <summary>ACKs that follow within this time belong to one train.</summary>
    [Sysctl("tcp_cubic.hystart_ack_delta_us", SysctlUnit.Microseconds)]
    public TimeSpan HyStartAckDelta { get; init; } = TimeSpan.FromMicroseconds(2000);

    /// <summary>Segments that one ACK may add in HyStart++'s slow start (L of RFC 9406 §4.3, which proposes 8 for senders that do not pace).
    /// Unlimited as on Linux: receivers that merge segments acknowledge 40 and more at once.</summary>
    public int SlowStartAckLimit { get; init; } = int.MaxValue;

    /// <summary>Leave room to new flows when the window at which a loss comes shrinks (RFC 9438 §4.7).</summary>
    [Sysctl("tcp_cubic.fast_convergence", SysctlUnit.Switch)]
    public bool FastConvergence { get; init; } = true;

    /// <summary>Never below what Reno would get (RFC 9438 §4.3).</summary>
    [Sysctl("tcp_cubic.tcp_friendliness", SysctlUnit.Switch)]
    public bool RenoFriendly { get; init; } = true;

    /// <summary>Reduce to 0.85 instead of 0.7 when ECN, not a loss, told of congestion (RFC 8511). Linux's CUBIC does not.</summary>
    public bool AlternativeBackoff { get; init; }
}
