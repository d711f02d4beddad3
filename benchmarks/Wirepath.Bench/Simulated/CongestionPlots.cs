using Wirepath.Simulation;
using Wirepath.Tcp;

namespace Wirepath.Bench;

/// <summary>The pictures of docs/congestion-control.md: for each control four flows that start one after the other, and one flow from its start.</summary>
internal static class CongestionPlots
{
    private const int Flows = 4;

    // Throughput is a mean over so many samples.
    private const int SamplesPerShare = 20;

    /// <returns>The files written.</returns>
    public static IReadOnlyList<string> Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var written = new List<string>();
        var alone = new List<(string Name, DumbbellRecord Run)>();
        foreach (string name in CongestionControls.Names)
        {
            DumbbellRecord shared = Dumbbell.Run(new DumbbellSettings
            {
                CongestionControl = name, Flows = Flows, StartSpread = TimeSpan.FromSeconds(8), Duration = TimeSpan.FromSeconds(40),
            });
            Save($"{name}-cwnd.svg", Windows(name, shared));
            Save($"{name}-queue.svg", Queue(name, shared));
            Save($"{name}-shares.svg", Shares(name, shared));
            alone.Add((name, Dumbbell.Run(new DumbbellSettings
            {
                CongestionControl = name, StartSpread = TimeSpan.Zero, Rtt = TimeSpan.FromMilliseconds(100), SamplingInterval = TimeSpan.FromMilliseconds(20),
            })));
        }

        Save("alone-cwnd.svg", new LineChart("One flow, 100 Mbit/s, 100 ms: cwnd", "seconds", "segments",
            [.. alone.Select(run => new ChartSeries(run.Name, Seconds(run.Run), [.. run.Run.Samples.Select(sample => sample.Cwnd[0])]))]));
        Save("alone-queue.svg", new LineChart("One flow, 100 Mbit/s, 100 ms: queue", "seconds", "ms",
            [.. alone.Select(run => new ChartSeries(run.Name, Seconds(run.Run), [.. run.Run.Samples.Select(sample => run.Run.DelaySeconds(sample) * 1000)]))]));
        return written;

        void Save(string name, LineChart chart)
        {
            string path = Path.Combine(folder, name);
            File.WriteAllText(path, chart.ToSvg());
            written.Add(path);
        }
    }

    private static LineChart Windows(string name, DumbbellRecord run) => new($"{name}, {Flows} flows: cwnd", "seconds", "segments",
        [.. Enumerable.Range(0, Flows).Select(flow => new ChartSeries($"flow {flow + 1}", Seconds(run), [.. run.Samples.Select(sample => sample.Cwnd[flow])]))]);

    private static LineChart Queue(string name, DumbbellRecord run) => new($"{name}, {Flows} flows: queue in front of the bottleneck", "seconds", "ms",
        [new ChartSeries("queue", Seconds(run), [.. run.Samples.Select(sample => run.DelaySeconds(sample) * 1000)])]);

    private static LineChart Shares(string name, DumbbellRecord run)
    {
        int[] ends = [.. Enumerable.Range(1, (run.Samples.Count - 1) / SamplesPerShare).Select(i => i * SamplesPerShare)];
        double[] seconds = [.. ends.Select(end => run.Samples[end].At.TotalSeconds)];
        return new LineChart($"{name}, {Flows} flows: throughput", "seconds", "Mbit/s",
            [.. Enumerable.Range(0, Flows).Select(flow => new ChartSeries($"flow {flow + 1}", seconds, [.. ends.Select(end => Rate(run, flow, end))]))]) { IsStacked = true };
    }

    private static double Rate(DumbbellRecord run, int flow, int end)
    {
        (DumbbellSample a, DumbbellSample b) = (run.Samples[end - SamplesPerShare], run.Samples[end]);
        return (b.Received[flow] - a.Received[flow]) * 8 / 1e6 / (b.At - a.At).TotalSeconds;
    }

    private static double[] Seconds(DumbbellRecord run) => [.. run.Samples.Select(sample => sample.At.TotalSeconds)];
}
