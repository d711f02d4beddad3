using System.Net;

namespace Wirepath.Bench;

/// <summary>One byte there and back on one connection: the kernel asks; the kernel over veth, or Wirepath over TAP, answers.</summary>
internal sealed class EchoPart : IPart
{
    public string Name => "echo";

    public string Title => "1-byte request/response, the kernel asks; threads where the scheduler puts them";

    public IReadOnlyList<Figure> Figures { get; } =
    [
        new("p50", "p50 µs", "0.0"),
        new("p99", "p99 µs", "0.0"),
        new("perSecond", "per second", "#,0"),
        new("cpus", "CPUs", "0.00"),
        new("loopUser", "loop user", "0 %"),
        new("loopKernel", "loop kernel", "0 %"),
    ];

    public IReadOnlyList<Reference> References { get; } = [new("veth", "p50 ÷ veth")];

    public string? Unavailable => Laboratory.Unavailable;

    public IBench Open() => new Bench();

    private sealed class Bench : IBench
    {
        private readonly Laboratory _laboratory = new();

        public Bench() => Rows = [new("veth", "kernel over veth", OverVeth) { IsOurs = false }, new("tap", "Wirepath over TAP", OverTap)];

        public IReadOnlyList<Row> Rows { get; }

        public void Dispose() => _laboratory.Dispose();

        private double[] OverVeth(SampleTime time)
        {
            var remote = new IPEndPoint(Laboratory.Veth, _laboratory.NextPort());
            using var server = new KernelEcho(_laboratory.B, remote);
            server.Start();
            return Ask(remote, server.ThrowIfFailed, null, time);
        }

        private double[] OverTap(SampleTime time)
        {
            var remote = new IPEndPoint(Laboratory.BehindTap, _laboratory.NextPort());
            using var tap = new TapHost(_laboratory.A, Laboratory.TapA, Laboratory.HostOnTap, offload: true);
            tap.Start(new EchoServer(tap.Host, (ushort)remote.Port));
            return Ask(remote, tap.ThrowIfFailed, tap.Load, time);
        }

        private double[] Ask(IPEndPoint remote, Action throwIfServerFailed, LoadedThread? load, SampleTime time)
        {
            using var client = new KernelAsker(_laboratory.A, remote);
            client.Start();
            int first = 0;
            var measured = Stretch.Measure(time, () => client.Count, () =>
            {
                client.ThrowIfFailed();
                throwIfServerFailed();
            }, load, atStart: () => first = client.Count);
            double[] times = client.Microseconds(first, client.Count);
            return [Percentile(times, 0.5), Percentile(times, 0.99), measured.PerSecond, measured.Cpus, measured.User, measured.Kernel];
        }

        private static double Percentile(double[] sorted, double part) => sorted[(int)(part * (sorted.Length - 1))];
    }
}
