namespace Wirepath.Bench;

/// <summary>A row with its samples; fewer than were asked for when it failed.</summary>
internal sealed record RowResult(Row Row, IReadOnlyList<double[]> Samples);

/// <param name="LeftOut">Why nothing of the part was measured, when it cannot be measured here.</param>
internal sealed record PartResult(IPart Part, IReadOnlyList<RowResult> Rows, IReadOnlyList<string> Failures, string? LeftOut = null)
{
    /// <summary>NaN when there is none.</summary>
    public double Figure(RowResult row, int figure) => Statistics.Median(row.Samples.Select(sample => sample[figure]));

    /// <summary>Median of the ratios of each round; NaN when one of the two rows has no samples.</summary>
    public double Ratio(RowResult row, Reference reference) => Ratio(row, reference.Row);

    /// <summary>Any row has a yardstick.</summary>
    public bool HasYardsticks => Rows.Any(row => row.Row.Yardstick is not null);

    /// <summary>To its yardstick; NaN when it has none.</summary>
    public double YardstickRatio(RowResult row) => row.Row.Yardstick is { } yardstick ? Ratio(row, yardstick.Row) : double.NaN;

    private double Ratio(RowResult row, string key)
    {
        RowResult? other = Rows.FirstOrDefault(r => r.Row.Key == key);
        return other is null ? double.NaN : Statistics.Median(row.Samples.Zip(other.Samples, (mine, its) => mine[0] / its[0]));
    }

    /// <summary>How far the samples lie apart: (largest − smallest) / median of the first figure.</summary>
    public double Spread(RowResult row) => row.Samples.Count < 2
        ? double.NaN
        : (row.Samples.Max(sample => sample[0]) - row.Samples.Min(sample => sample[0])) / Figure(row, 0);
}

/// <summary>Takes the samples of a part, row after row, round after round.</summary>
internal static class PartRunner
{
    // Slow start on a link without delay takes milliseconds; most of this is for the compiler's second tier.
    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(300);
    public static readonly TimeSpan FirstWarmUp = TimeSpan.FromMilliseconds(1000);

    public static PartResult Run(IPart part, BenchOptions options, Action<string> progress, CancellationToken stop)
    {
        if (part.Unavailable is { } reason)
            return new PartResult(part, [], [], reason);
        TimeSpan measured = options.SampleTime > part.LeastSampleTime ? options.SampleTime : part.LeastSampleTime;
        var failures = new List<string>();
        var samples = new List<(Row Row, List<double[]> Taken)>();
        try
        {
            using IBench bench = part.Open();
            samples.AddRange(bench.Rows.Where(options.Takes).Select(row => (row, new List<double[]>())));
            var broken = new HashSet<Row>();
            for (int round = 0; round < options.Repeats; round++)
            {
                foreach ((Row row, List<double[]> taken) in samples.Where(sample => !broken.Contains(sample.Row)))
                {
                    stop.ThrowIfCancellationRequested();
                    progress($"\r\e[K{part.Name} {round + 1}/{options.Repeats}: {row.Title}");
                    try
                    {
                        taken.Add(row.Measure(new SampleTime(round == 0 ? FirstWarmUp : s_warmUp, measured, stop)));
                    }
                    catch (Exception e) when (e is not OperationCanceledException)
                    {
                        // One broken row must not take the others' figures with it.
                        broken.Add(row);
                        failures.Add($"{row.Title}: {e.Message}");
                    }
                }
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            failures.Add(e.Message);
        }
        finally
        {
            progress("\r\e[K");
        }

        return new PartResult(part, [.. samples.Select(sample => new RowResult(sample.Row, sample.Taken))], failures);
    }
}
