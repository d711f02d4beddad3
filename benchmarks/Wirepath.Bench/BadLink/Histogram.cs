namespace Wirepath.Bench;

/// <summary>Times, counted in equal steps; the last step holds all that were longer. One thread adds; what others read may lag behind.</summary>
internal sealed class Histogram(TimeSpan step, int steps)
{
    private readonly long[] _counts = new long[steps];
    private long _total;

    public void Add(TimeSpan value)
    {
        _counts[Math.Clamp(value.Ticks / step.Ticks, 0, _counts.Length - 1)]++;
        _total++;
    }

    /// <summary>The upper end of the step that holds the quantile, milliseconds; NaN of nothing.</summary>
    public double Milliseconds(double quantile)
    {
        if (_total == 0)
            return double.NaN;
        double wanted = quantile * _total;
        long seen = 0;
        int i = 0;
        while (i < _counts.Length - 1 && (seen += _counts[i]) < wanted)
            i++;
        return (i + 1) * step.TotalMilliseconds;
    }
}
