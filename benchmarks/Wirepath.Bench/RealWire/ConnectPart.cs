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
            return Call(remote, server.ThrowIfFailed, null, time);
        }

        private double[] OverTap(SampleTime time)
        {
            var remote = new IPEndPoint(Laboratory.BehindTap, _laboratory.NextPort());
            using var tap = new TapHost(_laboratory.A, Laboratory.TapA, Laboratory.HostOnTap, offload: true);
            tap.Start(new EchoServer(tap.Host, (ushort)remote.Port));
            return Call(remote, tap.ThrowIfFailed, tap.Load, time);
        }

        private double[] Call(IPEndPoint remote, Action throwIfServerFailed, LoadedThread? load, SampleTime time)
        {
            using var client = new KernelCaller(_laboratory.A, remote);
            client.Start();
            var measured = Stretch.Measure(time, () => client.Count, () =>
            {
                client.ThrowIfFailed();
                throwIfServerFailed();
            }, load);
            return [measured.PerSecond, measured.Cpus, measured.User, measured.Kernel];
        }
    }
}
