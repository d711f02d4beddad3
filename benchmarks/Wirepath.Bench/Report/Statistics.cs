namespace Wirepath.Bench;

internal static class Statistics
{
    /// <summary>NaN of nothing.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Where(value => !double.IsNaN(value)).Order()];
        int middle = sorted.Length / 2;
        return sorted.Length == 0 ? double.NaN
            : sorted.Length % 2 != 0 ? sorted[middle]
            : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
