using BenchmarkDotNet.Attributes;
using Wirepath.Wire;

namespace Wirepath.Bench;

/// <summary>Headers from bytes to values and back.</summary>
public class HeaderBenchmarks
{
    private readonly byte[] _ip = new byte[Ipv4Header.MaxTotalLength];
    private readonly byte[] _tcp = new byte[TcpHeader.MaxSize];
    private readonly byte[] _written = new byte[TcpHeader.MaxSize];
    private Ipv4Header _ipHeader = new(0, 1500, 1, true, false, 0, 64, IpProtocol.Tcp, 0, IpAddress.V4(192, 0, 2, 1), IpAddress.V4(192, 0, 2, 2), Ipv4Header.Size);
    private TcpHeader _tcpHeader;
    private TcpOptions _options = new() { HasTimestamps = true, TimestampValue = 1, TimestampEcho = 2 };

    [GlobalSetup]
    public void Write()
    {
        _tcpHeader = new TcpHeader(40000, 80, new SequenceNumber(1), new SequenceNumber(2), TcpHeader.Size + _options.Size, TcpFlags.Ack, 1000, 0, 0);
        _ipHeader.Write(_ip);
        _tcpHeader.Write(_tcp);
        _options.Write(_tcp.AsSpan(TcpHeader.Size));
        if (!ReadIpv4() || !ReadTcp())
            throw new InvalidOperationException("A header cannot be read back.");
    }

    [Benchmark]
    public bool ReadIpv4() => Ipv4Header.HasValidChecksum(_ip) && Ipv4Header.TryRead(_ip, out _ipHeader);

    [Benchmark]
    public void WriteIpv4() => _ipHeader.Write(_written);

    [Benchmark]
    public bool ReadTcp() => TcpHeader.TryRead(_tcp, out _tcpHeader)
        && TcpOptions.TryRead(_tcp.AsSpan(TcpHeader.Size, _tcpHeader.HeaderLength - TcpHeader.Size), out _options);

    [Benchmark]
    public int WriteTcp()
    {
        _tcpHeader.Write(_written);
        return _options.Write(_written.AsSpan(TcpHeader.Size));
    }
}
