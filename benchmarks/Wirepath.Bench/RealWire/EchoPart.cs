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

    public IBench Open() => new AskingBench(Ask);

    private static double[] Ask(Laboratory laboratory, IPEndPoint remote, Action throwIfServerFailed, LoadedThread? load, SampleTime time)
    {
        using var client = new KernelAsker(laboratory.A, remote);
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
