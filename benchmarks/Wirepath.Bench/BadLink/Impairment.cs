namespace Wirepath.Bench;

/// <summary>What a <see cref="BadLink"/> does to the data's direction; the ACKs' direction only delays.</summary>
internal sealed record Impairment
{
    /// <summary>Bits per second; a frame counts with its Ethernet header.</summary>
    public long Bandwidth { get; init; } = 100_000_000;

    /// <summary>Without queueing; half of it each way.</summary>
    public TimeSpan Rtt { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Drops at its tail; in bandwidth-delay products.</summary>
    public double QueueDepth { get; init; } = 1;

    /// <summary>Probability that a data frame is lost behind the bottleneck. A SYN is never: the figure would be about its time-out.</summary>
    public double Loss { get; init; }

    /// <summary>Probability that a data frame goes without the delay and overtakes all that are on their way: what netem's <c>reorder</c> does.</summary>
    public double Early { get; init; }

    /// <summary>Probability that a data frame comes late by <see cref="LateBy"/>.</summary>
    public double Late { get; init; }

    public TimeSpan LateBy { get; init; } = TimeSpan.FromMilliseconds(5);

    public double BytesPerTick => Bandwidth / 8.0 / TimeSpan.TicksPerSecond;

    public double QueueBytes => QueueDepth * Bandwidth / 8 * Rtt.TotalSeconds;
}
