using BenchmarkDotNet.Attributes;
using Wirepath.Devices;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Bench;

/// <summary>
/// One data segment from one host to another over a cable with its share of the ACKs, from <c>WriteAsync</c> to
/// <c>ReadAsync</c>: sockets, TCP, IP, Ethernet, loop, and without offload both checksums.
/// </summary>
public class HostSegmentBenchmarks
{
    private const int Segments = 32;
    private const int Payload = 1448;
    private const ushort Port = 7000;
    private const int RoundsToSteadyState = 500;

    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(1);
    private static readonly IpAddress s_address = IpAddress.V4(192, 0, 2, 1);
    private static readonly IpAddress s_remote = IpAddress.V4(192, 0, 2, 2);

    private readonly byte[] _chunk = new byte[Segments * Payload];
    private readonly SteppedTime _time = new();
    private Host _sender = null!;
    private Host _receiver = null!;
    private BulkSink _sink = null!;
    private TcpStream _stream = null!;

    /// <summary>Super-segments without checksums, or frames with them.</summary>
    [Params(false, true)]
    public bool Offload { get; set; }

    [GlobalSetup]
    public void Connect()
    {
        (CableEnd a, CableEnd b) = Cable.Create("cable", new CableSettings { Offload = Offload });
        _sender = BenchHost.Create("sender", a, s_address, _time);
        _receiver = BenchHost.Create("receiver", b, s_remote, _time);
        _sink = new BulkSink(_receiver, Port);
        _sink.Start();
        ValueTask<TcpStream> connecting = _sender.ConnectAsync(new IpEndpoint(s_remote, Port));
        while (!connecting.IsCompleted)
            Poll();
        _stream = connecting.GetAwaiter().GetResult();
        for (int i = 0; i < RoundsToSteadyState; i++)
            SendAndReceive();
    }

    [GlobalCleanup]
    public void Disconnect()
    {
        _sender.Dispose();
        _receiver.Dispose();
    }

    [Benchmark(OperationsPerInvoke = Segments)]
    public long SendAndReceive()
    {
        long end = _sink.Received + _chunk.Length;
        ValueTask writing = _stream.WriteAsync(_chunk);
        while (_sink.Received < end || !writing.IsCompleted)
            Poll();
        writing.GetAwaiter().GetResult();
        return end;
    }

    private void Poll()
    {
        _time.Advance(s_step);
        _sender.Poll(_time.Now);
        _receiver.Poll(_time.Now);
    }

    private sealed class SteppedTime : TimeProvider
    {
        public Instant Now { get; private set; } = new(17_000_000_000_000_000);

        public void Advance(TimeSpan by) => Now += by;

        public override DateTimeOffset GetUtcNow() => Now.ToDateTimeOffset();
    }
}
