using System.Net;
using Wirepath.Devices;
using Wirepath.RealWire;
using Wirepath.Wire;

namespace Wirepath.Bench;

/// <summary>Bulk flows over a <see cref="BadLink"/> to the kernel, from the kernel or from Wirepath.</summary>
internal sealed class LinkLaboratory : IDisposable
{
    // A queue of the kernel's in front of the link would be a second bottleneck.
    private const string DeviceQueueFrames = "20000";

    private static readonly IpAddress s_wirepath = IpAddress.V4(10, 78, 0, 3);
    private static readonly TimeSpan s_longestStart = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(1);

    private readonly Laboratory _laboratory = new();

    public LinkLaboratory()
    {
        foreach ((NetworkNamespace inside, string device) in (ReadOnlySpan<(NetworkNamespace, string)>)[(_laboratory.A, Laboratory.TapA), (_laboratory.B, Laboratory.TapB)])
        {
            inside.Ip("link", "set", device, "txqueuelen", DeviceQueueFrames);
            // A connection must not begin with what the one before has learnt.
            inside.Exec("sysctl", "-qw", "net.ipv4.tcp_no_metrics_save=1");
        }
    }

    /// <summary>The controls that the kernel offers.</summary>
    public static IReadOnlyList<string> KernelControls { get; } =
        File.Exists("/proc/sys/net/ipv4/tcp_available_congestion_control") ? File.ReadAllText("/proc/sys/net/ipv4/tcp_available_congestion_control").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) : [];

    public void Dispose() => _laboratory.Dispose();

    /// <summary>Lets <paramref name="flows"/> flows run for the sample's time, which begins with the first byte that arrives.</summary>
    public LinkRun Run(bool byKernel, string control, int flows, Impairment impairment, ulong seed, SampleTime time)
    {
        var settings = new TapSettings { Offload = false };
        using TapDevice far = _laboratory.B.Inside(() => TapDevice.Open(Laboratory.TapB, settings));
        var remotes = new IPEndPoint[flows];
        for (int i = 0; i < flows; i++)
            remotes[i] = new IPEndPoint(Laboratory.BehindTap, _laboratory.NextPort());
        KernelSink[] sinks = [.. remotes.Select(remote => new KernelSink(_laboratory.B, remote))];
        try
        {
            Array.ForEach(sinks, sink => sink.Start());
            return byKernel
                ? FromKernel(far, control, remotes, sinks, impairment, seed, time)
                : FromWirepath(far, control, remotes, sinks, impairment, seed, time);
        }
        finally
        {
            Array.ForEach(sinks, sink => sink.Dispose());
        }
    }

    private LinkRun FromKernel(TapDevice far, string control, IPEndPoint[] remotes, KernelSink[] sinks, Impairment impairment, ulong seed, SampleTime time)
    {
        using TapDevice near = _laboratory.A.Inside(() => TapDevice.Open(Laboratory.TapA, new TapSettings { Offload = false }));
        using var link = new BadLink(near, far, impairment, seed);
        KernelSource[] sources = [.. remotes.Select(remote => new KernelSource(_laboratory.A, remote, control))];
        try
        {
            Array.ForEach(sources, source => source.Start());
            return Measure(link, sinks, () => Array.ForEach(sources, source => source.ThrowIfFailed()), time);
        }
        finally
        {
            Array.ForEach(sources, source => source.Dispose());
        }
    }

    private static LinkRun FromWirepath(TapDevice far, string control, IPEndPoint[] remotes, KernelSink[] sinks, Impairment impairment, ulong seed, SampleTime time)
    {
        (CableEnd near, CableEnd end) = Cable.Create("host", new CableSettings { Offload = false, MostQueuedFrames = 20000 });
        using (near)
        using (end)
        using (var link = new BadLink(near, far, impairment, seed))
        using (var sender = new LoopedHost(end, s_wirepath, control))
        {
            BulkSource[] sources = [.. remotes.Select(remote => new BulkSource(sender.Host, IpEndpoint.From(remote)))];
            sender.Start(sources);
            return Measure(link, sinks, () => Array.ForEach(sources, source => source.ThrowIfFailed()), time);
        }
    }

    private static LinkRun Measure(BadLink link, KernelSink[] sinks, Action throwIfFailed, SampleTime time)
    {
        long waited = System.Diagnostics.Stopwatch.GetTimestamp();
        while (Array.TrueForAll(sinks, sink => sink.Received == 0))
        {
            throwIfFailed();
            if (System.Diagnostics.Stopwatch.GetElapsedTime(waited) > s_longestStart)
                throw new InvalidOperationException($"Nothing arrived within {s_longestStart.TotalSeconds} s.");
            time.Wait(s_pause);
        }

        long started = System.Diagnostics.Stopwatch.GetTimestamp();
        long[] before = [.. sinks.Select(sink => sink.Received)]; // a busy machine notices the first byte late
        time.Wait(time.Measured);
        double seconds = System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds;
        double[] rates = [.. sinks.Zip(before, (sink, then) => (sink.Received - then) / seconds)];
        throwIfFailed();
        return new LinkRun(rates, link.Offered, link.Lost, link.QueueDropped, link.Waiting.Milliseconds(0.5), link.Lateness.Milliseconds(0.99));
    }
}

/// <summary>What was seen.</summary>
/// <param name="Rates">Bytes per second of each flow.</param>
/// <param name="Offered">Data frames that came to the link.</param>
/// <param name="Lost">Of them, lost at random,</param>
/// <param name="QueueDropped">and dropped because the queue was full.</param>
/// <param name="QueueMedianMs">Waiting time for the bottleneck.</param>
/// <param name="Late99Ms">99 % of the frames left the link no later than this after they should have.</param>
internal sealed record LinkRun(double[] Rates, long Offered, long Lost, long QueueDropped, double QueueMedianMs, double Late99Ms)
{
    public double MegabitsPerSecond => Rates.Sum() * 8 / 1e6;

    /// <summary>Jain's index: (Σx)² / (n Σx²).</summary>
    public double Jain => Rates.Sum() * Rates.Sum() / (Rates.Length * Rates.Sum(rate => rate * rate));
}
