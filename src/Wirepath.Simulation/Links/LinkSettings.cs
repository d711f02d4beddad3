namespace Wirepath.Simulation;

/// <summary>What decides which frame a full or slow queue drops.</summary>
public enum QueueDiscipline
{
    /// <summary>The newest goes when the queue is full.</summary>
    DropTail,
    /// <summary>Drops at the head when frames have waited too long (RFC 8289); the queue's limits still hold.</summary>
    CoDel,
}

/// <summary>
/// Loss in bursts: a Markov chain of two states (Gilbert 1960, Elliott 1963), which takes one step per frame.
/// </summary>
/// <param name="GoodToBad">Probability of going from good to bad.</param>
/// <param name="BadToGood">Probability of going back; 1/BadToGood is the mean length of a burst in frames.</param>
/// <param name="LossWhenBad">Probability of loss in the bad state.</param>
/// <param name="LossWhenGood">Probability of loss in the good state.</param>
public sealed record BurstLoss(double GoodToBad, double BadToGood, double LossWhenBad = 1, double LossWhenGood = 0);

/// <summary>One direction of a link. Immutable: a change during a run is another value.</summary>
public sealed record LinkSettings
{
    /// <summary>A wire without delay, limit or fault.</summary>
    public static readonly LinkSettings Perfect = new();

    /// <summary>Time from the last bit's departure to its arrival. Default 0: the two ends touch.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Added to <see cref="Delay"/>: uniform in [0, Jitter] for each frame. A frame never overtakes another because of it. Default 0.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Bits per second. Default 0: unlimited, frames take no time and never queue.</summary>
    public long Bandwidth { get; init; }

    /// <summary>
    /// Bytes that each frame costs on the line besides its own. Default 24, as on Ethernet: preamble and start delimiter 8, frame
    /// check sequence 4, gap 12 (IEEE 802.3 §3, §4.4). Frames below 60 bytes are charged as 60.
    /// </summary>
    public int FrameOverhead { get; init; } = 24;

    /// <summary>Bytes of frames that may wait for the line. Default 0: no limit in bytes.</summary>
    public int QueueBytes { get; init; }

    /// <summary>Frames that may wait for the line. Default 1,000, as Linux's <c>txqueuelen</c>; 0: no limit in frames.</summary>
    public int QueuePackets { get; init; } = 1000;

    /// <summary>Default <see cref="QueueDiscipline.DropTail"/>: what a plain device does.</summary>
    public QueueDiscipline Discipline { get; init; } = QueueDiscipline.DropTail;

    /// <summary>CoDel: the standing delay that is acceptable. Default 5 ms (RFC 8289 §4.2).</summary>
    public TimeSpan CoDelTarget { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>CoDel: how long the delay must stand before a drop; a worst-case round trip. Default 100 ms (RFC 8289 §4.3).</summary>
    public TimeSpan CoDelInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Probability that a frame is lost, each by itself. Default 0.</summary>
    public double Loss { get; init; }

    /// <summary>Loss in bursts, besides <see cref="Loss"/>. Default none.</summary>
    public BurstLoss? Burst { get; init; }

    /// <summary>Probability that a frame arrives late by <see cref="ReorderDelay"/>, so that later ones overtake it. Default 0.</summary>
    public double Reorder { get; init; }

    /// <summary>How late a reordered frame is. Default 5 ms: several full frames at 10 Mbit/s.</summary>
    public TimeSpan ReorderDelay { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Probability that a frame arrives twice. Default 0.</summary>
    public double Duplicate { get; init; }

    /// <summary>Probability that one random bit of a frame arrives flipped, unseen by the frame check sequence. Default 0.</summary>
    public double Corrupt { get; init; }

    /// <summary>Bytes of IP packet that fit into a frame; what is bigger is dropped. Default 1,500: Ethernet.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>The wire is cut: nothing new gets through. Frames that are under way arrive. Default false.</summary>
    public bool Partitioned { get; init; }

    /// <summary>Checks the ranges: probabilities in [0, 1], nothing negative, an MTU of at least 68 (RFC 791).</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the property.</exception>
    internal void Check()
    {
        CheckProbability(Loss, nameof(Loss));
        CheckProbability(Reorder, nameof(Reorder));
        CheckProbability(Duplicate, nameof(Duplicate));
        CheckProbability(Corrupt, nameof(Corrupt));
        if (Burst is { } burst)
        {
            CheckProbability(burst.GoodToBad, nameof(BurstLoss.GoodToBad));
            CheckProbability(burst.BadToGood, nameof(BurstLoss.BadToGood));
            CheckProbability(burst.LossWhenBad, nameof(BurstLoss.LossWhenBad));
            CheckProbability(burst.LossWhenGood, nameof(BurstLoss.LossWhenGood));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(Delay, TimeSpan.Zero, nameof(Delay));
        ArgumentOutOfRangeException.ThrowIfLessThan(Jitter, TimeSpan.Zero, nameof(Jitter));
        ArgumentOutOfRangeException.ThrowIfLessThan(ReorderDelay, TimeSpan.Zero, nameof(ReorderDelay));
        ArgumentOutOfRangeException.ThrowIfLessThan(CoDelTarget, TimeSpan.Zero, nameof(CoDelTarget));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(CoDelInterval, TimeSpan.Zero, nameof(CoDelInterval));
        ArgumentOutOfRangeException.ThrowIfNegative(Bandwidth, nameof(Bandwidth));
        ArgumentOutOfRangeException.ThrowIfNegative(FrameOverhead, nameof(FrameOverhead));
        ArgumentOutOfRangeException.ThrowIfNegative(QueueBytes, nameof(QueueBytes));
        ArgumentOutOfRangeException.ThrowIfNegative(QueuePackets, nameof(QueuePackets));
        ArgumentOutOfRangeException.ThrowIfLessThan(Mtu, 68, nameof(Mtu));
    }

    private static void CheckProbability(double value, string name)
    {
        if (!(value is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(name, value, "A probability lies between 0 and 1.");
    }
}
