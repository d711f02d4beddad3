using Wirepath.Simulation;
using Wirepath.Tcp;

namespace Wirepath.Bench;

/// <summary>Flows that share a bottleneck, in virtual time: what each gets, and how long the queue is. Each repeat is another seed.</summary>
internal sealed class FairnessPart : IPart
{
    private static readonly int[] s_flows = [2, 4, 8, 16, 32, 64];

    // Slow start and the first losses are not what queueing and utilisation are judged by.
    private static readonly TimeSpan s_settled = TimeSpan.FromSeconds(5);

    public string Name => "fairness";

    public string Title => "Simulated dumbbell: 100 Mbit/s, 20 ms round trip, a queue of one bandwidth-delay product, 30 s";

    public bool IsOnDemand => true;

    public IReadOnlyList<Figure> Figures { get; } =
    [
        new("jain", "Jain, 30 s", "0.000"),
        new("jainLast10", "last 10 s", "0.000"),
        new("utilisation", "utilisation", "0.0 %"),
        new("queueMedianMs", "queue p50, ms", "0.0"),
        new("queue99Ms", "p99, ms", "0.0"),
        new("droppedShare", "dropped", "0.00 %"),
    ];

    public IReadOnlyList<Reference> References { get; } = [];

    public string? Unavailable => null;

    public IBench Open() => new Bench();

    private sealed class Bench : IBench
    {
        public IReadOnlyList<Row> Rows { get; } =
        [
            .. CongestionControls.Names.SelectMany(name => s_flows.Select(flows => New(name, flows))),
        ];

        public void Dispose()
        {
        }

        private static Row New(string name, int flows)
        {
            ulong seed = 0;
            return new Row($"{name}-{flows}", $"{name}, {flows} flows", time =>
            {
                time.Stop.ThrowIfCancellationRequested();
                return Figures(Dumbbell.Run(new DumbbellSettings { CongestionControl = name, Flows = flows, Seed = ++seed }));
            });
        }

        private static double[] Figures(DumbbellRecord run)
        {
            TimeSpan end = run.Settings.Duration;
            return
            [
                run.Jain(TimeSpan.Zero, end),
                run.Jain(end - TimeSpan.FromSeconds(10), end),
                run.Goodput(s_settled) / run.MostGoodput,
                run.QueueDelay(0.5, s_settled).TotalMilliseconds,
                run.QueueDelay(0.99, s_settled).TotalMilliseconds,
                (double)run.Bottleneck.QueueDropped / run.Bottleneck.Offered,
            ];
        }
    }
}
