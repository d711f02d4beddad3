using System.Diagnostics.CodeAnalysis;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>
/// LISTEN: half-open connections wait in the SYN queue for their last ACK, established ones in the accept queue for the
/// application. The host routes segments to the connections themselves; they tell their listener what became of them.
/// </summary>
public sealed class TcpListener
{
    private readonly TcpSettings _settings;
    private readonly NodeLog _log;
    private readonly Queue<TcpConnection> _accept = new();
    private readonly HashSet<TcpConnection> _halfOpen = [];
    private bool _closed;

    /// <param name="local">The address may be unspecified: all of the host's.</param>
    /// <param name="backlog">Established connections that may wait; bounded by <see cref="TcpSettings.SoMaxConn"/>.</param>
    /// <param name="settings">Inherited by the connections.</param>
    /// <param name="log">The node's pen.</param>
    public TcpListener(IpEndpoint local, int backlog, TcpSettings settings, NodeLog log)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(log);
        ArgumentOutOfRangeException.ThrowIfNegative(backlog);
        (Local, _settings, _log) = (local, settings, log);
        Backlog = Math.Min(backlog, settings.SoMaxConn);
    }

    public IpEndpoint Local { get; }

    public int Backlog { get; }

    public int SynQueueLength => _halfOpen.Count;

    public int AcceptQueueLength => _accept.Count;

    /// <summary>SYNs and last ACKs that were dropped because a queue was full.</summary>
    public long Overflows { get; private set; }

    /// <summary>Takes a segment for which no connection exists, RFC 9293 §3.10.7.2. Only SYNs without ACK and RST belong here; others are for <see cref="TcpReset"/>.</summary>
    /// <returns>The half-open connection, to be put into the table; null when it was dropped.</returns>
    public TcpConnection? OnSyn(in TcpSegment segment, ConnectionId id, SequenceNumber iss, int mtuMss, Instant now, uint timestampOffset = 0)
    {
        TcpHeader header = segment.Header;
        if (_closed || !header.IsSyn || header.IsAck || header.IsRst)
            return null;
        if (IsAcceptQueueFull)
            return Overflow(id, ListenQueue.Accept, Backlog);
        if (_halfOpen.Count >= _settings.MaxSynBacklog)
            return Overflow(id, ListenQueue.Syn, _settings.MaxSynBacklog);
        TcpConnection connection = TcpConnection.Answer(this, segment, id, _settings, iss, mtuMss, _log, now, timestampOffset);
        _halfOpen.Add(connection);
        return connection;
    }

    /// <summary>The next established connection, oldest first. It may have ended meanwhile; reading it tells.</summary>
    public bool TryAccept([NotNullWhen(true)] out TcpConnection? connection) => _accept.TryDequeue(out connection);

    /// <summary>Aborts what nobody accepted; each of those connections still has a RST to send.</summary>
    public void Close(Instant now)
    {
        if (_closed)
            return;
        _closed = true;
        foreach (TcpConnection connection in _halfOpen.ToArray())
            connection.Abort(now);
        while (_accept.TryDequeue(out TcpConnection? connection))
            connection.Abort(now);
    }

    // As on Linux a backlog of 0 still lets one wait.
    private bool IsAcceptQueueFull => _accept.Count > Backlog;

    internal bool TryEstablish(TcpConnection connection)
    {
        if (IsAcceptQueueFull)
        {
            Overflow(connection.Id, ListenQueue.Accept, Backlog);
            return false;
        }

        _halfOpen.Remove(connection);
        _accept.Enqueue(connection);
        return true;
    }

    internal void OnReleased(TcpConnection connection) => _halfOpen.Remove(connection);

    private TcpConnection? Overflow(in ConnectionId id, ListenQueue queue, int limit)
    {
        Overflows++;
        if (_log.IsEnabled)
            _log.Write(new ListenQueueOverflowed(Local, id.Remote, queue, limit));
        return null;
    }
}
