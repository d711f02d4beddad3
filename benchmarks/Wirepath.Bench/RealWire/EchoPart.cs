using System.Net;

namespace Wirepath.Bench;

/// <summary>One byte there and back on one connection: the kernel asks; the kernel over veth, or Wirepath over TAP, answers.</summary>
internal sealed class EchoPart : IPart
{
    private static readonly TimeSpan s_busyPoll = TimeSpan.FromMicroseconds(50);

    public string Name => "echo";

    public string Title => "1-byte request/response, the kernel asks";

    public IReadOnlyList<Figure> Figures { get; } =
    [
        new("p50", "p50 µs", "0.0"),
        new("p99", "p99 µs", "0.0"),
        new("perSecond", "per second", "#,0"),
        new("allocated", "B allocated each", "0.##"),
        new("cpus", "CPUs", "0.00"),
        new("loopUser", "loop user", "0 %"),
        new("loopKernel", "loop kernel", "0 %"),
    ];

    public IReadOnlyList<Reference> References { get; } = [new("vethOne", "p50 ÷ veth, one CPU"), new("vethTwo", "p50 ÷ veth, two CPUs")];

    public string? Unavailable => Laboratory.Unavailable;

    public IBench Open() => new Bench();

    private sealed class Bench : AskingBench
    {
        private const int ClientCpu = 0;
        private static readonly int s_otherCpu = Math.Min(1, Environment.ProcessorCount - 1);

        public override IReadOnlyList<Row> Rows => field ??=
        [
            new("vethOne", "both on one CPU: kernel over veth", time => OverVeth(ClientCpu, time)) { IsOurs = false },
            new("tapOne", "both on one CPU: Wirepath over TAP", time => OverTap(ClientCpu, TimeSpan.Zero, time)),
            new("vethTwo", "each on its CPU: kernel over veth", time => OverVeth(s_otherCpu, time)) { IsOurs = false },
            new("tapTwo", "each on its CPU: Wirepath over TAP", time => OverTap(s_otherCpu, TimeSpan.Zero, time)),
            new("tapTwoPolling", "each on its CPU: Wirepath over TAP, polling for 50 µs before it sleeps", time => OverTap(s_otherCpu, s_busyPoll, time)),
        ];

        protected override double[] Ask(IPEndPoint remote, Action throwIfServerFailed, TapHost? tap, SampleTime time)
        {
            using var client = new KernelAsker(Laboratory.A, remote) { Cpu = ClientCpu };
            client.Start();
            int first = 0;
            long allocated = 0;
            var measured = Stretch.Measure(time, () => client.Count, () =>
            {
                client.ThrowIfFailed();
                throwIfServerFailed();
            }, tap?.Load, atStart: () => (first, allocated) = (client.Count, tap?.Allocated ?? 0));
            double each = tap is null ? double.NaN : (double)(tap.Allocated - allocated) / Math.Max(client.Count - first, 1);
            double[] times = client.Microseconds(first, client.Count);
            return [Percentile(times, 0.5), Percentile(times, 0.99), measured.PerSecond, each, measured.Cpus, measured.User, measured.Kernel];
        }

        private static double Percentile(double[] sorted, double part) => sorted[(int)(part * (sorted.Length - 1))];
    }
}
