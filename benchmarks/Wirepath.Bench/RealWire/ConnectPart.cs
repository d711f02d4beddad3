using System.Net;

namespace Wirepath.Bench;

/// <summary>Connections that live for one byte there and back, one after the other: the kernel calls.</summary>
internal sealed class ConnectPart : IPart
{
    public string Name => "connect";

    public string Title => "Connect + 1 byte there and back + FIN, the kernel calls; threads where the scheduler puts them";

    public IReadOnlyList<Figure> Figures { get; } =
    [
        new("perSecond", "per second", "#,0"),
        new("allocated", "B allocated each", "0"),
        new("cpus", "CPUs", "0.00"),
        new("loopUser", "loop user", "0 %"),
        new("loopKernel", "loop kernel", "0 %"),
    ];

    public IReadOnlyList<Reference> References { get; } = [new("veth", "÷ veth")];

    public string? Unavailable => Laboratory.Unavailable;

    public IBench Open() => new Bench();

    private sealed class Bench : AskingBench
    {
        public override IReadOnlyList<Row> Rows => field ??=
        [
            new("veth", "kernel over veth", time => OverVeth(null, time)) { IsOurs = false },
            new("tap", "Wirepath over TAP", time => OverTap(null, TimeSpan.Zero, time)),
        ];

        protected override double[] Ask(IPEndPoint remote, Action throwIfServerFailed, TapHost? tap, SampleTime time)
        {
            using var client = new KernelCaller(Laboratory.A, remote);
            client.Start();
            long allocated = 0, first = 0;
            var measured = Stretch.Measure(time, () => client.Count, () =>
            {
                client.ThrowIfFailed();
                throwIfServerFailed();
            }, tap?.Load, atStart: () => (allocated, first) = (tap?.Allocated ?? 0, client.Count));
            double each = tap is null ? double.NaN : (double)(tap.Allocated - allocated) / Math.Max(client.Count - first, 1);
            return [measured.PerSecond, each, measured.Cpus, measured.User, measured.Kernel];
        }
    }
}
