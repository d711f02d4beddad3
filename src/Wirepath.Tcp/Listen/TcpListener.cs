using System.Diagnostics.CodeAnalysis;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>
/// LISTEN: half-open connections wait in the SYN queue for their last ACK, established ones in the accept queue for the
/// application. A host hands it the segments for which there is no connection (<see cref="Receive"/>); what it keeps of a SYN is a
/// small <see cref="SynRequest"/>, or with SYN cookies nothing at all. The segments of connections go to the connections themselves,
/// which tell their listener what became of them.
/// </summary>
public sealed partial class TcpListener
{
    private TcpSettings _settings;
    private readonly NodeLog _log;
    private readonly TcpShared? _shared;
    private readonly Queue<TcpConnection> _accept = new();
    private readonly HashSet<TcpConnection> _halfOpen = [];
    private readonly SynQueue _requests;
    private bool _closed;

    /// <param name="local">The address may be unspecified: all of the host's.</param>
    /// <param name="backlog">Established connections that may wait, and half-open ones; bounded by <see cref="TcpSettings.SoMaxConn"/>.</param>
    /// <param name="settings">Inherited by the connections.</param>
    /// <param name="log">The node's pen.</param>
    /// <param name="shared">The host's secrets and counters; without them there are neither SYN cookies nor Fast Open.</param>
    public TcpListener(IpEndpoint local, int backlog, TcpSettings settings, NodeLog log, TcpShared? shared = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(log);
        ArgumentOutOfRangeException.ThrowIfNegative(backlog);
        (Local, _settings, _log, _shared) = (local, settings, log, shared);
        _requests = new SynQueue(settings);
        Backlog = Math.Min(backlog, settings.SoMaxConn);
        _deferredTimeouts = CountDeferred(settings);
    }

    public IpEndpoint Local { get; }

    public int Backlog { get; }

    internal TcpShared? Shared => _shared;

    /// <summary>Inherited by the connections of later SYNs. What the SYN queue was built for stays: its size and its retries.</summary>
    public TcpSettings Settings
    {
        get => _settings;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _settings = value;
            _deferredTimeouts = CountDeferred(value);
        }
    }

    public int SynQueueLength => _halfOpen.Count + _requests.Count;

    public int AcceptQueueLength => _accept.Count;

    /// <summary>SYNs and last ACKs that were dropped because a queue was full.</summary>
    public long Overflows { get; private set; }

    /// <summary>Bytes that the half-open connections hold.</summary>
    public long MemoryCharged => (long)_requests.Count * SynRequest.MemoryCharge;

    /// <summary>Makes a whole connection of a SYN at once, for those who keep no <see cref="SynRequest"/>: two connections wired together, without a host.</summary>
    /// <returns>The half-open connection, to be put into the table; null when it was dropped.</returns>
    public TcpConnection? OnSyn(in TcpSegment segment, ConnectionId id, SequenceNumber iss, int mtuMss, Instant now, uint timestampOffset = 0)
    {
        TcpHeader header = segment.Header;
        if (_closed || !header.IsSyn || header.IsAck || header.IsRst)
            return null;
        if (IsAcceptQueueFull)
        {
            Overflow(id, ListenQueue.Accept, Backlog);
            return null;
        }

        if (SynQueueLength >= _settings.MaxSynBacklog)
        {
            Overflow(id, ListenQueue.Syn, _settings.MaxSynBacklog);
            return null;
        }

        TcpConnection connection = TcpConnection.Answer(this, segment, id, _settings, iss, mtuMss, _log, now, timestampOffset);
        _halfOpen.Add(connection);
        return connection;
    }

    /// <summary>The next established connection, oldest first. It may have ended meanwhile; reading it tells.</summary>
    public bool TryAccept([NotNullWhen(true)] out TcpConnection? connection) => _accept.TryDequeue(out connection);

    /// <summary>
    /// Aborts what nobody accepted; each of those connections still has a RST to send. Half-open ones are forgotten: their last ACK
    /// is answered as any segment for which there is no connection.
    /// </summary>
    public void Close(Instant now)
    {
        if (_closed)
            return;
        _closed = true;
        foreach (SynRequest request in _requests.All)
            NoteEnd(request, ConnectionEnd.Aborted, "the listener was closed", TcpTransition.GaveUp);
        _requests.Clear();
        foreach (TcpConnection connection in _halfOpen.ToArray())
            connection.Abort(now);
        while (_accept.TryDequeue(out TcpConnection? connection))
            connection.Abort(now);
    }

    // As on Linux a backlog of 0 still lets one wait.
    private bool IsAcceptQueueFull => _accept.Count > Backlog;

    private bool IsSynQueueFull => SynQueueLength > Backlog || SynQueueLength >= _settings.MaxSynBacklog;

    internal bool TryEstablish(TcpConnection connection)
    {
        if (_fastOpenPending.Remove(connection))
            return true; // in the accept queue, or accepted, since its SYN
        if (IsAcceptQueueFull)
        {
            Overflow(connection.Id, ListenQueue.Accept, Backlog);
            return false;
        }

        _halfOpen.Remove(connection);
        _accept.Enqueue(connection);
        return true;
    }

    internal void OnReleased(TcpConnection connection, Instant now)
    {
        _halfOpen.Remove(connection);
        if (_fastOpenPending.Remove(connection) && connection.End == ConnectionEnd.ResetByPeer)
            _fastOpenResets.Enqueue(now);
    }

    private void Overflow(in ConnectionId id, ListenQueue queue, int limit)
    {
        Overflows++;
        if (_shared is not null && queue == ListenQueue.Accept)
            _shared.Counters.ListenOverflows++;
        if (_log.IsEnabled)
            _log.Write(new ListenQueueOverflowed(Local, id.Remote, queue, limit));
    }
}
