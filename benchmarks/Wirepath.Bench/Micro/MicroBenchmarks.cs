using System.Globalization;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Wirepath.Bench;

/// <summary>
/// Runs the micro-benchmarks of this assembly with BenchmarkDotNet, in this process: no project is generated, nothing is
/// restored or built. One line each; BenchmarkDotNet's own log and tables go to <c>.build/micro</c>.
/// </summary>
internal static class MicroBenchmarks
{
    // Two seconds: the paths through a host are long, and the compiler's last tier comes to them late.
    private const int WarmUps = 20;
    private const int Iterations = 10;
    private const int IterationMilliseconds = 100;

    /// <returns>False when the filter fits none, or one of them failed.</returns>
    public static bool Run(string? filter)
    {
        string glob = filter is null ? "*" : filter.Contains('*', StringComparison.Ordinal) ? filter : $"*{filter}*";
        IConfig config = ManualConfig.CreateEmpty()
            .AddJob(Job.Default
                .WithToolchain(InProcessEmitToolchain.Instance)
                .WithWarmupCount(WarmUps)
                .WithIterationCount(Iterations)
                .WithIterationTime(TimeInterval.FromMilliseconds(IterationMilliseconds)))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddExporter(MarkdownExporter.GitHub)
            .AddLogger(NullLogger.Instance)
            .AddFilter(new GlobFilter([glob]))
            .WithArtifactsPath(Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "micro")));
        bool any = false, failed = false;
        Console.WriteLine($"{"",-70}{"median",12}{"± 99.9 %",12}{"B allocated",14}{"÷ baseline",12}");
        foreach (Type type in typeof(MicroBenchmarks).Assembly.GetTypes().Where(IsBenchmark).OrderBy(type => type.Name, StringComparer.Ordinal))
        {
            BenchmarkRunInfo run = BenchmarkConverter.TypeToBenchmarks(type, config);
            if (run.BenchmarksCases.Length == 0)
                continue;
            any = true;
            Summary summary = BenchmarkRunner.Run(run);
            foreach (BenchmarkReport report in summary.Reports)
                Print(report, summary);
            failed |= summary.Reports.Length < run.BenchmarksCases.Length || summary.Reports.Any(report => !report.Success);
        }

        if (!any)
            Console.Error.WriteLine($"bench: no micro-benchmark's name fits '{glob}'.");
        else if (failed)
            Console.Error.WriteLine("bench: some micro-benchmarks failed; .build/micro has the logs.");
        return any && !failed;
    }

    private static bool IsBenchmark(Type type) => type.GetMethods().Any(method => method.IsDefined(typeof(BenchmarkAttribute), inherit: false));

    private static void Print(BenchmarkReport report, Summary summary)
    {
        BenchmarkCase benchmark = report.BenchmarkCase;
        string name = $"{benchmark.Descriptor.Type.Name.Replace("Benchmarks", "", StringComparison.Ordinal)}.{benchmark.Descriptor.WorkloadMethod.Name}";
        if (benchmark.Parameters.Count > 0)
            name += $" {benchmark.Parameters.PrintInfo}";
        if (report.ResultStatistics is not { } times)
        {
            Console.WriteLine($"{name,-70}{"failed",12}");
            return;
        }

        BenchmarkReport? baseline = summary.Reports.FirstOrDefault(other =>
            other.BenchmarkCase.Descriptor.Baseline && other.BenchmarkCase.Parameters.PrintInfo == benchmark.Parameters.PrintInfo);
        string ratio = baseline?.ResultStatistics is { } reference ? (times.Median / reference.Median).ToString("0.00", CultureInfo.InvariantCulture) : "";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-70}{Time(times.Median),12}{times.ConfidenceInterval.Margin / times.Mean,12:0 %}{report.GcStats.GetBytesAllocatedPerOperation(benchmark),14}{ratio,12}"));
    }

    private static string Time(double nanoseconds) => nanoseconds < 10_000
        ? string.Create(CultureInfo.InvariantCulture, $"{nanoseconds:0.0} ns")
        : string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1000:0.0} µs");
}
