using System.Diagnostics.CodeAnalysis;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>LISTEN. The body follows; these are its signatures.</summary>
public sealed class TcpListener(IpEndpoint local, int backlog, TcpSettings settings, NodeLog log)
{
    public IpEndpoint Local { get; } = local;
    public int Backlog { get; } = Math.Min(backlog, settings.SoMaxConn);
    public NodeLog Log { get; } = log;
    public int SynQueueLength => throw new NotSupportedException();
    public int AcceptQueueLength => throw new NotSupportedException();
    public TcpConnection? OnSyn(in TcpSegment segment, ConnectionId id, SequenceNumber iss, int mtuMss, Instant now, uint timestampOffset = 0) => throw new NotSupportedException();
    public bool TryAccept([NotNullWhen(true)] out TcpConnection? connection) => throw new NotSupportedException();
    /// <summary>Aborts what nobody accepted.</summary>
    public void Close(Instant now) => throw new NotSupportedException();
}
