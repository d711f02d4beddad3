namespace Wirepath.Simulation;

/// <summary>What was seen on a <see cref="Dumbbell"/> at one moment.</summary>
/// <param name="At">Since the start.</param>
/// <param name="QueueBytes">Waiting in front of the bottleneck.</param>
/// <param name="Cwnd">Of each flow, segments; 0 before it is connected.</param>
/// <param name="Received">By each flow's application so far, bytes.</param>
internal sealed record DumbbellSample(TimeSpan At, int QueueBytes, double[] Cwnd, long[] Received);

/// <summary>A finished run.</summary>
/// <param name="Settings">Of the run.</param>
/// <param name="Samples">In the order of time.</param>
/// <param name="Bottleneck">The data's direction.</param>
internal sealed record DumbbellRecord(DumbbellSettings Settings, IReadOnlyList<DumbbellSample> Samples, LinkStatistics Bottleneck)
{
    private DumbbellSample Last => Samples[^1];

    /// <summary>Bytes per second that applications got, all together, from <paramref name="from"/> to the end.</summary>
    public double Goodput(TimeSpan from)
    {
        DumbbellSample first = At(from);
        return (Last.Received.Sum() - first.Received.Sum()) / (Last.At - first.At).TotalSeconds;
    }

    /// <summary>Share of the bottleneck that payload can have at the most: the rest is headers and gaps.</summary>
    public double MostGoodput => Settings.Bandwidth / 8.0 * 1448 / (1514 + 24);

    /// <summary>Jain's index of the bytes that each flow got between two moments: (Σx)² / (n Σx²), 1 when all got the same, 1/n when one got all.</summary>
    public double Jain(TimeSpan from, TimeSpan to)
    {
        (DumbbellSample a, DumbbellSample b) = (At(from), At(to));
        double sum = 0, squares = 0;
        for (int i = 0; i < a.Received.Length; i++)
        {
            double got = b.Received[i] - a.Received[i];
            sum += got;
            squares += got * got;
        }

        return squares == 0 ? 0 : sum * sum / (a.Received.Length * squares);
    }

    /// <summary>When the index of the whole time so far has reached <paramref name="index"/> and stays above; null: never.</summary>
    public TimeSpan? FairSince(double index)
    {
        TimeSpan? since = null;
        foreach (DumbbellSample sample in Samples)
        {
            if (Jain(TimeSpan.Zero, sample.At) >= index)
                since ??= sample.At;
            else
                since = null;
        }

        return since;
    }

    /// <summary>Time that a frame waits, at the given quantile of the samples.</summary>
    public TimeSpan QueueDelay(double quantile, TimeSpan from)
    {
        double[] delays = [.. Samples.Where(sample => sample.At >= from).Select(DelaySeconds).Order()];
        return delays.Length == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(delays[(int)Math.Min(delays.Length * quantile, delays.Length - 1)]);
    }

    public double DelaySeconds(DumbbellSample sample) => sample.QueueBytes * 8.0 / Settings.Bandwidth;

    private DumbbellSample At(TimeSpan at) => Samples.FirstOrDefault(sample => sample.At >= at) ?? Last;
}
