using System.Buffers;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>One end of a connection. The body follows; these are its signatures.</summary>
public sealed class TcpConnection
{
    private TcpConnection() => Id = default;
    public static TcpConnection Connect(ConnectionId id, TcpSettings settings, SequenceNumber iss, int mtuMss, NodeLog log, Instant now, uint timestampOffset = 0) => throw new NotSupportedException();
    public ConnectionId Id { get; }
    public TcpState State => throw new NotSupportedException();
    public Instant NextTimer => throw new NotSupportedException();
    public void Receive(in TcpSegment segment, Instant now) => throw new NotSupportedException();
    public void OnTimer(Instant now) => throw new NotSupportedException();
    public bool TryTransmit(Packet packet, Instant now) => throw new NotSupportedException();
    public void OnPathMtu(int mss, Instant now) => throw new NotSupportedException();
    public void OnUnreachable(ConnectionEnd how, string detail, Instant now) => throw new NotSupportedException();
    /// <summary>A SYN in TIME-WAIT that may begin a new incarnation (RFC 9293 §3.10.7.4, RFC 6191): true: this one is Released, hand the SYN to the listener.</summary>
    public bool TryReopen(in TcpSegment segment, Instant now) => throw new NotSupportedException();
    public int Write(ReadOnlySpan<byte> bytes, Instant now) => throw new NotSupportedException();
    public int Read(Span<byte> destination, Instant now) => throw new NotSupportedException();
    public ReadOnlySequence<byte> Peek() => throw new NotSupportedException();
    public void Consume(long bytes, Instant now) => throw new NotSupportedException();
    public void Shutdown(Instant now) => throw new NotSupportedException();
    /// <summary>The application is gone: FIN after what is queued, RST when unread bytes are thrown away (RFC 9293 §3.6.1); frees the receive buffer. Every connection must be closed or aborted.</summary>
    public void Close(Instant now) => throw new NotSupportedException();
    public void Abort(Instant now) => throw new NotSupportedException();
    public long Readable => throw new NotSupportedException();
    public long Writable => throw new NotSupportedException();
    public bool IsReadClosed => throw new NotSupportedException();
    public bool NoDelay { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public bool KeepAlive { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public ConnectionEnd? End => throw new NotSupportedException();
    public string EndDetail => throw new NotSupportedException();
    public long MemoryCharged => throw new NotSupportedException();
    public TcpSignals TakeSignals() => throw new NotSupportedException();
    public TcpStatistics Statistics => throw new NotSupportedException();
}
