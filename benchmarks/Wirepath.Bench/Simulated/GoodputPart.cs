using Wirepath.Simulation;
using Wirepath.Tcp;

namespace Wirepath.Bench;

/// <summary>One flow over a long path that loses or reorders, in virtual time. Each repeat is another seed.</summary>
internal sealed class GoodputPart : IPart
{
    private static readonly TimeSpan s_settled = TimeSpan.FromSeconds(5);

    private static readonly (string Key, string Title, Func<DumbbellSettings, DumbbellSettings> Path)[] s_paths =
    [
        ("clean", "clean", path => path),
        ("loss01", "0.1 % loss", path => path with { Loss = 0.001 }),
        ("loss1", "1 % loss", path => path with { Loss = 0.01 }),
        ("reorder3", "3 % late by 5 ms", path => path with { Reorder = 0.03 }),
        ("reorder3far", "3 % late by 50 ms", path => path with { Reorder = 0.03, ReorderDelay = TimeSpan.FromMilliseconds(50) }),
    ];

    public string Name => "goodput";

    public string Title => "Simulated path: one flow, 100 Mbit/s, 100 ms round trip, a queue of one bandwidth-delay product, 5 s to 30 s";

    public bool IsOnDemand => true;

    public IReadOnlyList<Figure> Figures { get; } =
    [
        new("mbitPerSecond", "Mbit/s", "0.00"),
        new("utilisation", "utilisation", "0.0 %"),
        new("queueMedianMs", "queue p50, ms", "0.0"),
        new("queue99Ms", "p99, ms", "0.0"),
    ];

    public IReadOnlyList<Reference> References { get; } = [];

    public string? Unavailable => null;

    public IBench Open() => new Bench();

    private sealed class Bench : IBench
    {
        public IReadOnlyList<Row> Rows { get; } =
        [
            .. s_paths.SelectMany(path => CongestionControls.Names.Select(name => New(name, path.Key, path.Title, path.Path))),
        ];

        public void Dispose()
        {
        }

        private static Row New(string name, string key, string title, Func<DumbbellSettings, DumbbellSettings> path)
        {
            ulong seed = 0;
            return new Row($"{name}-{key}", $"{name}, {title}", time =>
            {
                time.Stop.ThrowIfCancellationRequested();
                DumbbellRecord run = Dumbbell.Run(path(new DumbbellSettings
                {
                    CongestionControl = name, Rtt = TimeSpan.FromMilliseconds(100), RttSpread = TimeSpan.Zero, StartSpread = TimeSpan.Zero, Seed = ++seed,
                }));
                double goodput = run.Goodput(s_settled);
                return
                [
                    goodput * 8 / 1e6, goodput / run.MostGoodput,
                    run.QueueDelay(0.5, s_settled).TotalMilliseconds, run.QueueDelay(0.99, s_settled).TotalMilliseconds,
                ];
            });
        }
    }
}
