using Wirepath.Tcp;

namespace Wirepath.Simulation;

/// <summary>What a <see cref="Dumbbell"/> is like.</summary>
internal sealed record DumbbellSettings
{
    /// <summary>One of <see cref="CongestionControls.Names"/>, for every sender.</summary>
    public required string CongestionControl { get; init; }

    public int Flows { get; init; } = 1;

    /// <summary>Bits per second of the bottleneck.</summary>
    public long Bandwidth { get; init; } = 100_000_000;

    /// <summary>Without queueing; each flow adds up to <see cref="RttSpread"/> of its own.</summary>
    public TimeSpan Rtt { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Real paths differ.</summary>
    public TimeSpan RttSpread { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>
    /// Up to so much is added to each frame of a sender, as scheduling, interrupts and radio do: without it a queue that drops at
    /// its tail always meets the same flows (the phase effects of Floyd and Jacobson, 1992), for which no real host is regular enough.
    /// </summary>
    public TimeSpan Jitter { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>The queue in front of the bottleneck, in bandwidth-delay products.</summary>
    public double QueueDepth { get; init; } = 1;

    /// <summary>Flows begin at random within this time.</summary>
    public TimeSpan StartSpread { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Probability that the bottleneck loses a data frame.</summary>
    public double Loss { get; init; }

    /// <summary>Probability that a data frame is overtaken.</summary>
    public double Reorder { get; init; }

    /// <summary>How late such a frame is.</summary>
    public TimeSpan ReorderDelay { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Time between two samples of windows, queue and shares.</summary>
    public TimeSpan SamplingInterval { get; init; } = TimeSpan.FromMilliseconds(50);

    public TcpSettings Tcp { get; init; } = TcpSettings.Default;

    public ulong Seed { get; init; } = 1;

    /// <summary>Bytes of <see cref="QueueDepth"/>, and room for some segments on slow lines.</summary>
    public int QueueBytes => (int)Math.Max(QueueDepth * Bandwidth / 8 * Rtt.TotalSeconds, 10 * 1514);
}
