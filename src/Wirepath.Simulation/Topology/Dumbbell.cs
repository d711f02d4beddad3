using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>
/// The classic picture of congestion control: senders on the left, a switch, one slow line with a queue, a receiver on the
/// right. Every sender is a host of its own that writes without end; all is virtual time.
/// </summary>
/// <remarks>
/// <code>
///  s1 ─┐
///  s2 ─┤ switch ══ queue ══ bottleneck ══ receiver
///  … ──┘
/// </code>
/// </remarks>
internal sealed class Dumbbell : IDisposable
{
    private const ushort FirstPort = 7000;
    private const int ChunkSize = 64 * 1024;
    private const long AccessBandwidth = 10_000_000_000;
    private static readonly Instant s_start = Instant.FromDateTimeOffset(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private readonly DumbbellSettings _settings;
    private readonly Simulator _simulator;
    private readonly LinkEnd _bottleneck;
    private readonly LinkDirection _queue;
    private readonly TcpStream?[] _streams;
    private readonly long[] _received;
    private readonly List<DumbbellSample> _samples = [];
    private readonly byte[] _chunk = new byte[ChunkSize];

    private Dumbbell(DumbbellSettings settings)
    {
        _settings = settings;
        _simulator = new Simulator(settings.Seed, s_start, EventLog.Silent);
        _streams = new TcpStream?[settings.Flows];
        _received = new long[settings.Flows];
        var network = new Network(_simulator);
        HostSettings host = HostSettings.Default with { Tcp = settings.Tcp with { CongestionControl = settings.CongestionControl } };
        Switch middle = network.AddSwitch("switch");
        Host receiver = network.AddHost("receiver", host);
        Link line = network.Connect("bottleneck", receiver, "10.0.0.1/16", middle, new LinkSettings { Delay = settings.Rtt / 2, QueuePackets = 0 });
        _bottleneck = line.B; // from the switch to the receiver; ACKs come back on a line that is never full
        _bottleneck.Settings = _bottleneck.Settings with
        {
            Bandwidth = settings.Bandwidth,
            QueueBytes = settings.QueueBytes,
            Loss = settings.Loss,
            Reorder = settings.Reorder,
            ReorderDelay = settings.ReorderDelay,
        };
        _queue = _bottleneck.Outward;
        RandomSource random = _simulator.Random.Fork("dumbbell");
        for (int i = 0; i < settings.Flows; i++)
        {
            int flow = i;
            Host sender = network.AddHost($"s{i + 1}", host);
            var access = new LinkSettings { Delay = settings.RttSpread / 2 * random.NextDouble(), Bandwidth = AccessBandwidth, Jitter = settings.Jitter, QueuePackets = 0 };
            network.Connect($"access-{i + 1}", sender, $"10.0.{1 + (i / 250)}.{1 + (i % 250)}/16", middle, access);
            Instant begin = s_start + (settings.StartSpread * random.NextDouble());
            _simulator.Schedule(s_start, () => _ = ReceiveAsync(receiver, flow));
            _simulator.Schedule(begin, () => _ = SendAsync(sender, flow));
        }
    }

    /// <summary>Runs it from its start to its end.</summary>
    public static DumbbellRecord Run(DumbbellSettings settings)
    {
        using var dumbbell = new Dumbbell(settings);
        for (TimeSpan at = TimeSpan.Zero; at <= settings.Duration; at += settings.SamplingInterval)
        {
            dumbbell._simulator.RunUntil(s_start + at);
            dumbbell.Sample(at);
        }

        return new DumbbellRecord(settings, dumbbell._samples, dumbbell._bottleneck.Statistics);
    }

    public void Dispose() => _simulator.Dispose();

    private void Sample(TimeSpan at)
    {
        double[] windows = new double[_streams.Length];
        for (int i = 0; i < windows.Length; i++)
            windows[i] = _streams[i]?.Statistics is { } figures ? (double)figures.Cwnd / figures.SendMss : 0;
        _samples.Add(new DumbbellSample(at, _queue.WaitingBytes, windows, [.. _received]));
    }

    private async Task SendAsync(Host sender, int flow)
    {
        try
        {
            TcpStream stream = await sender.ConnectAsync(new IpEndpoint(IpAddress.V4(10, 0, 0, 1), (ushort)(FirstPort + flow)));
            _streams[flow] = stream;
            while (true)
                await stream.WriteAsync(_chunk);
        }
        catch (Exception e) when (e is NetworkException or ObjectDisposedException or OperationCanceledException)
        {
            // The simulation is over, or the path is worse than TCP bears: then nothing more arrives, which shows in the record.
        }
    }

    private async Task ReceiveAsync(Host receiver, int flow)
    {
        try
        {
            using TcpAcceptor acceptor = receiver.Listen(new IpEndpoint(IpAddress.AnyV4, (ushort)(FirstPort + flow)));
            using TcpStream stream = await acceptor.AcceptAsync();
            byte[] buffer = new byte[ChunkSize];
            while (await stream.ReadAsync(buffer) is int count and > 0)
                _received[flow] += count;
        }
        catch (Exception e) when (e is NetworkException or ObjectDisposedException or OperationCanceledException)
        {
            // As above.
        }
    }
}
