using Wirepath.Tcp;

namespace Wirepath.Bench;

/// <summary>Eight flows that share a link to the kernel, all from the kernel or all from Wirepath: what Linux's own controls reach where <see cref="FairnessPart"/> simulates.</summary>
internal sealed class LinkFairnessPart : IPart
{
    private const int Flows = 8;

    public string Name => "fairness";

    public string Key => "fairnessLink";

    public string Title => "Against Linux: 8 flows to the kernel over a link in user space, 100 Mbit/s, 20 ms round trip, a queue of one bandwidth-delay product, 30 s";

    public bool IsOnDemand => true;

    public TimeSpan LeastSampleTime => TimeSpan.FromSeconds(30);

    public IReadOnlyList<Figure> Figures { get; } =
    [
        new("jain", "Jain, 30 s", "0.000"),
        new("mbitPerSecond", "Mbit/s", "0.0"),
        new("queueMedianMs", "queue p50, ms", "0.0"),
        new("droppedShare", "dropped", "0.00 %"),
        new("late99Ms", "link late p99, ms", "0.00"),
    ];

    public IReadOnlyList<Reference> References { get; } = [];

    public string? Unavailable => Laboratory.Unavailable;

    public IBench Open() => new Bench();

    private sealed class Bench : IBench
    {
        private static readonly Impairment s_path = new() { Rtt = TimeSpan.FromMilliseconds(20) };

        private readonly LinkLaboratory _laboratory = new();

        public Bench() => Rows = [.. CongestionControls.Names.SelectMany(Senders)];

        public IReadOnlyList<Row> Rows { get; }

        public void Dispose() => _laboratory.Dispose();

        private IEnumerable<Row> Senders(string control)
        {
            if (LinkLaboratory.KernelControls.Contains(control))
                yield return New(byKernel: true, control);
            yield return New(byKernel: false, control) with { Yardstick = new Yardstick($"linux-{control}", double.NaN) };
        }

        private Row New(bool byKernel, string control) =>
            new($"{(byKernel ? "linux" : "wirepath")}-{control}", $"{(byKernel ? "Linux" : "Wirepath")}, {control}", time =>
            {
                LinkRun run = _laboratory.Run(byKernel, control, Flows, s_path, seed: 1, time);
                return [run.Jain, run.MegabitsPerSecond, run.QueueMedianMs, (double)run.QueueDropped / run.Offered, run.Late99Ms];
            })
            { IsOurs = !byKernel };
    }
}
