using System.Net;
using Wirepath.Wire;

namespace Wirepath.Bench;

/// <summary>Bulk TCP between the kernel and Wirepath over TAP, both ways, against the kernel with itself over veth.</summary>
internal sealed class TapPart : IPart
{
    public string Name => "tap";

    public string Title => "Bulk TCP, one connection, MTU 1500; loop: the one thread of Wirepath (or of the relay), its application included";

    public IReadOnlyList<Figure> Figures { get; } =
    [
        new("gbitPerSecond", "Gbit/s", "0.00"),
        new("cpus", "CPUs", "0.00"),
        new("loopUser", "loop user", "0 %"),
        new("loopKernel", "loop kernel", "0 %"),
    ];

    public IReadOnlyList<Reference> References { get; } =
    [
        new("veth", "÷ veth"),
        new("vethPlain", "÷ veth plain"),
        new("relayOffload", "÷ relay"),
    ];

    public string? Unavailable => Laboratory.Unavailable;

    public IBench Open() => new Bench();

    private sealed class Bench : IBench
    {
        private readonly Laboratory _laboratory = new();

        public Bench() => Rows =
        [
            new("veth", "kernel → kernel, veth", time => KernelToKernel(Laboratory.Veth, time)) { IsOurs = false },
            new("vethPlain", "kernel → kernel, veth without TSO, GSO, GRO", time => KernelToKernel(Laboratory.PlainVeth, time)) { IsOurs = false },
            new("inOffload", "kernel → Wirepath, TAP with TSO", time => KernelToWirepath(offload: true, time)),
            new("outOffload", "Wirepath → kernel, TAP with TSO", time => WirepathToKernel(offload: true, time)),
            new("relayOffload", "kernel → kernel, TAP relay with TSO", time => OverRelay(offload: true, time)),
            new("in", "kernel → Wirepath, TAP, 1514-byte frames", time => KernelToWirepath(offload: false, time)),
            new("out", "Wirepath → kernel, TAP, 1514-byte frames", time => WirepathToKernel(offload: false, time)),
            new("inNapi", "kernel → Wirepath, TAP, 1514-byte frames, NAPI thread", time => KernelToWirepath(offload: false, time, napi: true)),
            new("outNapi", "Wirepath → kernel, TAP, 1514-byte frames, NAPI thread", time => WirepathToKernel(offload: false, time, napi: true)),
            new("relay", "kernel → kernel, TAP relay, 1514-byte frames", time => OverRelay(offload: false, time)),
        ];

        public IReadOnlyList<Row> Rows { get; }

        public void Dispose() => _laboratory.Dispose();

        private double[] KernelToKernel(IPAddress to, SampleTime time)
        {
            var remote = new IPEndPoint(to, _laboratory.NextPort());
            using var sink = new KernelSink(_laboratory.B, remote);
            using var source = new KernelSource(_laboratory.A, remote);
            return Measure(sink, source, null, time);
        }

        private double[] OverRelay(bool offload, SampleTime time)
        {
            using var relay = new Relay(_laboratory.A, Laboratory.TapA, _laboratory.B, Laboratory.TapB, offload);
            var remote = new IPEndPoint(Laboratory.BehindTap, _laboratory.NextPort());
            using var sink = new KernelSink(_laboratory.B, remote);
            using var source = new KernelSource(_laboratory.A, remote);
            return Measure(sink, source, relay.Load, time);
        }

        private double[] KernelToWirepath(bool offload, SampleTime time, bool napi = false)
        {
            var remote = new IPEndPoint(Laboratory.BehindTap, _laboratory.NextPort());
            using var tap = new TapHost(_laboratory.A, Laboratory.TapA, Laboratory.HostOnTap, offload, napi);
            var sink = new BulkSink(tap.Host, (ushort)remote.Port);
            tap.Start(sink);
            using var source = new KernelSource(_laboratory.A, remote);
            source.Start();
            return Figures(Stretch.Measure(time, () => sink.Received, () =>
            {
                source.ThrowIfFailed();
                tap.ThrowIfFailed();
            }, tap.Load));
        }

        private double[] WirepathToKernel(bool offload, SampleTime time, bool napi = false)
        {
            var local = new IPEndPoint(Laboratory.KernelOnTap, _laboratory.NextPort());
            using var sink = new KernelSink(_laboratory.A, local);
            sink.Start();
            using var tap = new TapHost(_laboratory.A, Laboratory.TapA, Laboratory.HostOnTap, offload, napi);
            tap.Start(new BulkSource(tap.Host, IpEndpoint.From(local)));
            return Figures(Stretch.Measure(time, () => sink.Received, () =>
            {
                sink.ThrowIfFailed();
                tap.ThrowIfFailed();
            }, tap.Load));
        }

        private static double[] Measure(KernelSink sink, KernelSource source, LoadedThread? load, SampleTime time)
        {
            sink.Start();
            source.Start();
            return Figures(Stretch.Measure(time, () => sink.Received, () =>
            {
                source.ThrowIfFailed();
                sink.ThrowIfFailed();
            }, load));
        }

        private static double[] Figures((double PerSecond, double Cpus, double User, double Kernel) measured) =>
            [measured.PerSecond * 8e-9, measured.Cpus, measured.User, measured.Kernel];
    }
}
