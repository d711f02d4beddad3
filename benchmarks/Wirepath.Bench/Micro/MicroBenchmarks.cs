using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Wirepath.Bench;

/// <summary>Runs the micro-benchmarks of this assembly with BenchmarkDotNet, in this process: no project is generated, nothing is restored or built.</summary>
internal static class MicroBenchmarks
{
    private const int WarmUps = 4;
    private const int Iterations = 8;
    private const int IterationMilliseconds = 100;

    /// <returns>False when the filter fits none, or one of them failed.</returns>
    public static bool Run(string? filter)
    {
        Job job = Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(WarmUps)
            .WithIterationCount(Iterations)
            .WithIterationTime(TimeInterval.FromMilliseconds(IterationMilliseconds));
        IConfig config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .HideColumns(Column.Job, Column.Gen0, Column.Gen1, Column.Gen2)
            .AddExporter(MarkdownExporter.GitHub)
            .AddLogger(ConsoleLogger.Default)
            .WithOptions(ConfigOptions.JoinSummary | ConfigOptions.DisableLogFile)
            .WithArtifactsPath(Path.Combine(".build", "micro"));
        string glob = filter is null ? "*" : filter.Contains('*', StringComparison.Ordinal) ? filter : $"*{filter}*";
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(MicroBenchmarks).Assembly).Run(["--filter", glob], config).ToArray();
        return summaries.Length > 0 && Array.TrueForAll(summaries, summary => summary.Reports.Length > 0 && summary.Reports.All(report => report.Success));
    }
}
