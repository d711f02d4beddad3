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
        new("cpus", "CPUs", "0.00"),
        new("loopUser", "loop user", "0 %"),
        new("loopKernel", "loop kernel", "0 %"),
    ];

    public IReadOnlyList<Reference> References { get; } = [new("veth", "÷ veth")];

    public string? Unavailable => Laboratory.Unavailable;

    public IBench Open() => new AskingBench(Call);

    private static double[] Call(Laboratory laboratory, IPEndPoint remote, Action throwIfServerFailed, LoadedThread? load, SampleTime time)
    {
        using var client = new KernelCaller(laboratory.A, remote);
        client.Start();
        var measured = Stretch.Measure(time, () => client.Count, () =>
        {
            client.ThrowIfFailed();
            throwIfServerFailed();
        }, load);
        return [measured.PerSecond, measured.Cpus, measured.User, measured.Kernel];
    }
}
