using BenchmarkDotNet.Attributes;
using Wirepath.Events;
using Wirepath.Tcp;
using Wirepath.Wire;

namespace Wirepath.Bench;

/// <summary>
/// One data segment of 1,448 bytes from one connection to the other with its share of the ACKs, written, sent,
/// received, read: the TCP core alone, without IP, checksum or host.
/// </summary>
public class TcpSegmentBenchmarks
{
    private const int Segments = 32;
    private const int Mss = 1460;
    private const int Payload = Mss - 12; // timestamps
    private const int PacketCapacity = 600;
    private const int RoundsToSteadyState = 500;

    private static readonly ConnectionId s_id = new(new IpEndpoint(IpAddress.V4(192, 0, 2, 1), 40000), new IpEndpoint(IpAddress.V4(192, 0, 2, 2), 80));
    private static readonly TimeSpan s_halfRoundTrip = TimeSpan.FromMilliseconds(5);

    private readonly byte[] _chunk = new byte[Segments * Payload];
    private TcpListener _listener = null!;
    private TcpConnection _client = null!;
    private TcpConnection? _server;
    private Instant _now = new(17_000_000_000_000_000);

    /// <summary>Payload of a super-segment; 0: single segments.</summary>
    [Params(0, 65_000)]
    public int SuperSegment { get; set; }

    [GlobalSetup]
    public void Connect()
    {
        var settings = new TcpSettings { MaxSuperSegmentBytes = SuperSegment };
        _listener = new TcpListener(s_id.Remote, 1, settings, NodeLog.Silent);
        _client = TcpConnection.Connect(s_id, settings, new SequenceNumber(1), Mss, NodeLog.Silent, _now);
        for (int i = 0; i < RoundsToSteadyState; i++)
            Round();
        if (Round() != Segments)
            throw new InvalidOperationException("A round does not carry the bytes that it is counted for.");
    }

    [GlobalCleanup]
    public void Abort()
    {
        _client.Abort(_now);
        _server?.Abort(_now);
    }

    [Benchmark(OperationsPerInvoke = Segments)]
    public int SendAndReceive() => Round();

    /// <returns>Payload read, in segments.</returns>
    private int Round()
    {
        Advance();
        _client.Write(_chunk, _now);
        Carry(_client, ref _server);
        Advance();
        int read = 0;
        while (_server!.Read(_chunk, _now) is int count and > 0)
            read += count;
        TcpConnection? client = _client;
        Carry(_server, ref client);
        return read / Payload;
    }

    private void Advance()
    {
        _now += s_halfRoundTrip;
        if (_client.NextTimer <= _now)
            _client.OnTimer(_now);
        if (_server?.NextTimer <= _now)
            _server.OnTimer(_now);
    }

    private void Carry(TcpConnection from, ref TcpConnection? to)
    {
        while (true)
        {
            Packet packet = Packet.Rent(PacketCapacity);
            if (!from.TryTransmit(packet, _now))
            {
                packet.Dispose();
                return;
            }

            TcpSegment.TryRead(packet, ce: false, out TcpSegment segment);
            if (to is null)
                to = _listener.OnSyn(segment, new ConnectionId(s_id.Remote, s_id.Local), new SequenceNumber(9), Mss, _now);
            else
                to.Receive(segment, _now);
            packet.Dispose();
        }
    }
}
