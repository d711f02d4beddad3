using System.Globalization;
using System.Text;

namespace Wirepath.Bench;

/// <summary>A line of the summary: what a row is to reach.</summary>
/// <param name="What">For people.</param>
/// <param name="Part">Where it is measured.</param>
/// <param name="Row">Key of the row.</param>
/// <param name="Figure">Key of the figure.</param>
/// <param name="Against">Key of the row that the figure is divided by, round by round; null: the figure itself counts.</param>
/// <param name="Target">The bound.</param>
internal sealed record Goal(string What, string Part, string Row, string Figure, string? Against, double Target)
{
    /// <summary>The figure is to be at most the target; otherwise at least.</summary>
    public bool IsUpperBound { get; init; }

    public string Unit { get; init; } = "×";

    /// <summary>NaN when it was not measured.</summary>
    public double Value(IReadOnlyList<PartResult> results)
    {
        PartResult? part = results.FirstOrDefault(result => result.Part.Name == Part);
        RowResult? row = part?.Rows.FirstOrDefault(r => r.Row.Key == Row);
        int figure = part is null ? -1 : part.Part.Figures.ToList().FindIndex(f => f.Key == Figure);
        if (row is null || figure < 0)
            return double.NaN;
        if (Against is null)
            return part!.Figure(row, figure);
        return part!.Rows.FirstOrDefault(r => r.Row.Key == Against) is { } other
            ? Statistics.Median(row.Samples.Zip(other.Samples, (mine, its) => mine[figure] / its[figure]))
            : double.NaN;
    }

    public bool IsMet(double value) => IsUpperBound ? value <= Target : value >= Target;
}

/// <summary>What Wirepath is to reach, and whether a run did.</summary>
internal static class Goals
{
    private const string Throughput = "gbitPerSecond";

    public static IReadOnlyList<Goal> All { get; } =
    [
        new("kernel → Wirepath, TAP with TSO ÷ relay without a stack", "tap", "inOffload", Throughput, "relayOffload", 1),
        new("kernel → Wirepath, TAP with TSO ÷ veth without TSO, GSO, GRO", "tap", "inOffload", Throughput, "vethPlain", 3),
        new("Wirepath → kernel, TAP with TSO ÷ relay without a stack", "tap", "outOffload", Throughput, "relayOffload", 1),
        new("Wirepath → kernel, TAP with TSO ÷ veth without TSO, GSO, GRO", "tap", "outOffload", Throughput, "vethPlain", 3),
        new("kernel → Wirepath, 1,514-byte frames ÷ the same veth", "tap", "in", Throughput, "vethPlain", 0.95),
        new("Wirepath → kernel, 1,514-byte frames ÷ the same veth", "tap", "out", Throughput, "vethPlain", 0.7),
        new("the same, the TAP's NAPI on a thread of its own", "tap", "outNapi", Throughput, "vethPlain", 0.7),
        new("in memory, 1,514-byte frames with checksums", "memory", "frames", Throughput, null, 41) { Unit = "Gbit/s" },
        new("in memory, frames both ways", "memory", "frames", "framesPerSecond", null, 3_600_000) { Unit = "/s" },
        new("in memory, super-segments", "memory", "superSegments", Throughput, null, 123) { Unit = "Gbit/s" },
        new("request/response p50 ÷ veth, both ends on one CPU", "echo", "tapOne", "p50", "vethOne", 1) { IsUpperBound = true },
        new("request/response p50 ÷ veth, each end on its CPU", "echo", "tapTwo", "p50", "vethTwo", 1) { IsUpperBound = true },
        new("connect + 1 byte + FIN ÷ veth", "connect", "tap", "perSecond", "veth", 1),
        new("HTTP under wrk, 64 connections ÷ nginx over veth", "http", "wirepath64", "perSecond", "nginx64", 1),
        new("URL: parse with host, path and query", "url", "parse", "nanoseconds", null, 150) { IsUpperBound = true, Unit = "ns" },
        new("URL: the same ÷ System.Uri", "url", "parse", "nanoseconds", "uri", 0.5) { IsUpperBound = true },
        new("URL: the same ÷ ada in C++", "url", "parse", "nanoseconds", "ada", 1.5) { IsUpperBound = true },
        new("URL: validate only", "url", "validate", "nanoseconds", null, 90) { IsUpperBound = true, Unit = "ns" },
        new("DNS: cached answers ÷ Unbound with one thread", "dns", "cached", "perSecond", "cachedUnbound", 1),
        new("DNS: 10,000 cold names ÷ Unbound with one thread", "dns", "cold", "perSecond", "coldUnbound", 0.8),
        new("DNS: p99 of cached answers ÷ Unbound", "dns", "cached", "p99", "cachedUnbound", 1) { IsUpperBound = true },
        new("DNS: p99 of cold names ÷ Unbound", "dns", "cold", "p99", "coldUnbound", 1) { IsUpperBound = true },
        new("DNS: memory per cached set ÷ Unbound", "dns", "cold", "bytesPerSet", "coldUnbound", 1) { IsUpperBound = true },
        new("DNS: allocated per cached answer", "dns", "cached", "allocated", null, 0.5) { IsUpperBound = true, Unit = "B" },
        new("allocated per segment", "memory", "frames", "allocatedBytesPerSegment", null, 0.5) { IsUpperBound = true, Unit = "B" },
        new("allocated per request/response", "echo", "tapTwo", "allocated", null, 0.5) { IsUpperBound = true, Unit = "B" },
    ];

    /// <summary>The table; empty when none of it was measured.</summary>
    public static string Draw(IReadOnlyList<PartResult> results)
    {
        (Goal Goal, double Value)[] measured = [.. All.Select(goal => (goal, goal.Value(results))).Where(pair => !double.IsNaN(pair.Item2))];
        if (measured.Length == 0)
            return "";
        int width = measured.Max(pair => pair.Goal.What.Length);
        var text = new StringBuilder();
        text.AppendLine().AppendLine("Goals");
        text.AppendLine(CultureInfo.InvariantCulture, $"{"",-2}{"".PadRight(width)}  {"goal",18}  {"this run",18}");
        foreach ((Goal goal, double value) in measured)
        {
            string bound = $"{(goal.IsUpperBound ? "≤" : "≥")} {Number(goal.Target)} {goal.Unit}";
            text.AppendLine(CultureInfo.InvariantCulture, $"  {goal.What.PadRight(width)}  {bound,18}  {$"{Number(value)} {goal.Unit}",18}  {(goal.IsMet(value) ? "met" : "not met")}");
        }

        return text.ToString().TrimEnd();
    }

    private static string Number(double value) => value.ToString(value >= 1000 ? "#,0" : value >= 20 ? "0.0" : "0.##", CultureInfo.InvariantCulture);
}
