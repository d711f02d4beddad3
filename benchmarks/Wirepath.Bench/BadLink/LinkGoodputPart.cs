using Wirepath.Tcp;

namespace Wirepath.Bench;

/// <summary>One flow over a link that loses or reorders, to the kernel: from the kernel and from Wirepath in turns. Each round is another seed, the same for all rows.</summary>
internal sealed class LinkGoodputPart : IPart
{
    private const double Goal = 1.0;
    private const double BbrGoal = 0.9;

    private static readonly (string Key, string Title, Impairment Path)[] s_paths =
    [
        ("clean", "clean", new Impairment()),
        ("loss01", "0.1 % loss", new Impairment { Loss = 0.001 }),
        ("loss1", "1 % loss", new Impairment { Loss = 0.01 }),
        ("early3", "3 % early by 50 ms", new Impairment { Early = 0.03 }),
        ("late3", "3 % late by 5 ms", new Impairment { Late = 0.03 }),
    ];

    public string Name => "goodput";

    public string Key => "goodputLink";

    public string Title => "Against Linux: one flow to the kernel over a link in user space, 100 Mbit/s, 100 ms round trip, a queue of one bandwidth-delay product";

    public bool IsOnDemand => true;

    public TimeSpan LeastSampleTime => TimeSpan.FromSeconds(12);

    public IReadOnlyList<Figure> Figures { get; } =
    [
        new("mbitPerSecond", "Mbit/s", "0.00"),
        new("lostShare", "lost", "0.00 %"),
        new("droppedShare", "dropped", "0.00 %"),
        new("queueMedianMs", "queue p50, ms", "0.0"),
        new("late99Ms", "link late p99, ms", "0.00"),
    ];

    public IReadOnlyList<Reference> References { get; } = [];

    public string? Unavailable => Laboratory.Unavailable;

    public IBench Open() => new Bench();

    private sealed class Bench : IBench
    {
        private readonly LinkLaboratory _laboratory = new();

        public Bench() => Rows = [.. s_paths.SelectMany(path => Senders(path.Key, path.Title, path.Path))];

        public IReadOnlyList<Row> Rows { get; }

        public void Dispose() => _laboratory.Dispose();

        private IEnumerable<Row> Senders(string key, string title, Impairment path)
        {
            foreach (string control in LinkLaboratory.KernelControls.Intersect([CongestionControls.Cubic, CongestionControls.Bbr]).OrderDescending())
                yield return New(byKernel: true, control, key, title, path);
            foreach (string control in CongestionControls.Names)
            {
                bool isBbr = control == CongestionControls.Bbr;
                double goal = control switch
                {
                    CongestionControls.Cubic => Goal,
                    CongestionControls.Bbr => BbrGoal,
                    _ => double.NaN, // for Reno nothing is demanded: it shows what CUBIC gains
                };
                yield return New(byKernel: false, control, key, title, path) with
                {
                    Yardstick = new Yardstick($"linux-{(isBbr ? CongestionControls.Bbr : CongestionControls.Cubic)}-{key}", goal),
                };
            }
        }

        private Row New(bool byKernel, string control, string key, string title, Impairment path)
        {
            ulong seed = 0;
            return new Row($"{(byKernel ? "linux" : "wirepath")}-{control}-{key}", $"{title}: {(byKernel ? "Linux" : "Wirepath")}, {control}", time =>
            {
                LinkRun run = _laboratory.Run(byKernel, control, 1, path, ++seed, time);
                return
                [
                    run.MegabitsPerSecond, (double)run.Lost / run.Offered, (double)run.QueueDropped / run.Offered, run.QueueMedianMs, run.Late99Ms,
                ];
            })
            { IsOurs = !byKernel };
        }
    }
}
