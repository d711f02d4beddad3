using System.Buffers;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>
/// One end of a connection (RFC 9293). It does no I/O and owns no clock: it is handed segments, the time and the
/// application's calls, and after each of them is asked by <see cref="TryTransmit"/> what to send, by
/// <see cref="NextTimer"/> when to be called again, and by <see cref="TakeSignals"/> what the application should know.
/// Not safe for use by two threads at once. Whoever owns it must end with <see cref="Close"/> or <see cref="Abort"/>.
/// </summary>
public sealed partial class TcpConnection
{
    private TcpSignals _signals;
    private bool _keepAlive;

    private TcpConnection(ConnectionId id, TcpSettings settings, SequenceNumber iss, int mtuMss, NodeLog log, Instant now, TcpListener? listener, uint timestampOffset)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(log);
        ArgumentOutOfRangeException.ThrowIfLessThan(mtuMss, settings.MinSendMss);
        (Id, _settings, _log, _listener, _timestampOffset) = (id, settings, log, listener, timestampOffset);
        (_iss, _sndUna, _sndNxt, _dataEnd, _smallSegmentEnd) = (iss, iss, iss, iss + 1, iss);
        (_highSeq, _repeatFrom, _highestSacked) = (iss, iss, iss);
        _rcvMss = _sndMss = OwnMss(mtuMss, settings);
        (_peerMss, _pathMss) = (mtuMss, mtuMss);
        _seenMss = Math.Min(_rcvMss, 536);
        _rcvBuffer = settings.ReceiveBuffer.Default;
        _sndBuffer = settings.SendBuffer.Default;
        _rcvSsthresh = InitialWindow(settings, _rcvMss);
        _congestion = CreateCongestionControl();
        _rtt = new RttEstimator(settings.InitialRto, settings.MinRto, settings.MaxRto);
        _congestion.Cwnd = settings.InitialCwnd;
        _validation = CreateValidation();
        _reordering = settings.ReorderingThreshold;
        _cwndUsage = new CwndUsage(iss);
        _lastSentAt = _lastReceivedAt = now;
        SendBecause = log.Because;
    }

    /// <summary>The largest MSS that settings allow on a path.</summary>
    internal static int OwnMss(int mtuMss, TcpSettings settings) =>
        Math.Min(mtuMss, settings.MaxSegmentSize > 0 ? Math.Max(settings.MaxSegmentSize, settings.MinSendMss) : ushort.MaxValue);

    /// <summary>Active OPEN (RFC 9293 §3.10.1). The SYN goes out with the first <see cref="TryTransmit"/>.</summary>
    /// <param name="id">Own end first.</param>
    /// <param name="settings">Limits and timers.</param>
    /// <param name="iss">From <see cref="IsnGenerator.Next"/>.</param>
    /// <param name="mtuMss">MTU of the path minus 40 (IPv4) or 60 (IPv6) bytes: announced as our MSS, and the bound of what is sent.</param>
    /// <param name="log">The node's pen.</param>
    /// <param name="now">The time of the call.</param>
    /// <param name="timestampOffset">From <see cref="IsnGenerator.TimestampOffset"/>.</param>
    public static TcpConnection Connect(ConnectionId id, TcpSettings settings, SequenceNumber iss, int mtuMss, NodeLog log, Instant now, uint timestampOffset = 0)
    {
        var connection = new TcpConnection(id, settings, iss, mtuMss, log, now, listener: null, timestampOffset);
        connection.Transit(TcpTransition.ActiveOpen);
        return connection;
    }

    /// <summary>What a listener makes of a SYN: the half-open connection, SYN,ACK still to be sent.</summary>
    internal static TcpConnection Answer(TcpListener listener, in TcpSegment syn, ConnectionId id, TcpSettings settings, SequenceNumber iss, int mtuMss, NodeLog log, Instant now, uint timestampOffset)
    {
        var connection = new TcpConnection(id, settings, iss, mtuMss, log, now, listener, timestampOffset);
        connection.NoteReceived(syn, follow: true);
        connection.State = TcpState.Listen;
        connection.SendBecause = log.Because;
        connection.TakeSyn(syn, now);
        connection._rcvSsthresh = InitialWindow(settings, connection.AnnouncedPayload);
        connection.Transit(TcpTransition.ReceivedSyn);
        return connection;
    }

    public ConnectionId Id { get; }

    public TcpState State { get; private set; }

    /// <summary>When <see cref="OnTimer"/> wants to be called; <see cref="Instant.Never"/> when idle.</summary>
    public Instant NextTimer => _timers.Next;

    /// <summary>Bytes that <see cref="Read"/> can give now.</summary>
    public long Readable => _received.Length;

    /// <summary>The peer has closed its direction, and all of it has arrived.</summary>
    public bool IsPeerClosed => _finReceived;

    /// <summary>Nothing will follow what is <see cref="Readable"/>: the peer's FIN, or the end of the connection (<see cref="End"/> says which).</summary>
    public bool IsReadClosed => _finReceived || End is not null;

    /// <summary>Probe an idle peer (RFC 9293 §3.8.4); off by default.</summary>
    public bool KeepAlive
    {
        get => _keepAlive;
        set
        {
            _keepAlive = value;
            _timers.KeepAlive = value && State is not (TcpState.Closed or TcpState.TimeWait) ? _lastReceivedAt + _settings.KeepAliveTime : Instant.Never;
        }
    }

    /// <summary>
    /// Limits and timers. A change counts from the next decision on; what was chosen at the start stays: buffers that were
    /// announced. Another congestion control takes over cwnd and ssthresh as they are. A receive buffer without tuning (SO_RCVBUF) counts at once.
    /// </summary>
    public TcpSettings Settings
    {
        get => _settings;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.ReceiveBuffer.Default != _settings.ReceiveBuffer.Default && !value.TuneReceiveBuffer)
                _rcvBuffer = value.ReceiveBuffer.Default; // SO_RCVBUF: fixed from now on; what was offered stays offered
            if (value.SendBuffer != _settings.SendBuffer)
                _sndBuffer = value.SendBuffer.Default; // SO_SNDBUF
            if (value.MinRto != _settings.MinRto || value.MaxRto != _settings.MaxRto)
                _rtt.SetBounds(value.MinRto, value.MaxRto);
            bool hasOtherControl = value.CongestionControl != _settings.CongestionControl;
            _settings = value;
            if (hasOtherControl)
                ReplaceCongestionControl();
            if (KeepAlive)
                KeepAlive = true; // counts anew from the last segment
        }
    }

    /// <summary>How it ended; null while it lives. <see cref="ConnectionEnd.Closed"/> is known when TIME-WAIT begins.</summary>
    public ConnectionEnd? End { get; private set; }

    public string EndDetail { get; private set; } = "";

    /// <summary>Bytes of memory held for both directions, blocks counted whole.</summary>
    public long MemoryCharged => _sendBuffer.MemoryCharged + _received.MemoryCharged + (_reassembly?.MemoryCharged ?? 0) + _sent.MemoryCharged;

    private bool MayWrite => !_finQueued && End is null
        && State is TcpState.SynSent or TcpState.SynReceived or TcpState.Established or TcpState.CloseWait;

    /// <summary>SEND: queues bytes; more than fits is left to the caller, who is told by <see cref="TcpSignals.Writable"/> when to go on.</summary>
    /// <returns>Bytes taken: 0 when the buffer is full or the connection has ended.</returns>
    /// <exception cref="InvalidOperationException">The sending direction was shut down.</exception>
    public int Write(ReadOnlySpan<byte> bytes, Instant now) => Write(bytes, TcpWriteFlags.None, now);

    /// <inheritdoc cref="Write(ReadOnlySpan{byte}, Instant)"/>
    public int Write(ReadOnlySpan<byte> bytes, TcpWriteFlags flags, Instant now)
    {
        if (End is not null)
            return 0;
        if (_finQueued || _applicationGone)
            throw new InvalidOperationException("The sending direction was shut down.");
        int taken = !MayWrite ? 0 : AwaitsSynAnswer ? RoomInSyn(bytes.Length) : RoomFor(bytes.Length);
        if (taken > 0)
        {
            if (_sndNxt == _dataEnd)
                SendBecause = _log.Because; // nothing older waits
            RestartAfterIdle(now);
            _sendBuffer.Append(bytes[..taken]);
            _dataEnd += taken;
            MarkWritten(taken == bytes.Length ? flags : TcpWriteFlags.None);
        }

        SendDeferredSyn();
        _writeIsUnderWay = taken < bytes.Length;
        _writerWaits |= _writeIsUnderWay;
        return taken;
    }

    /// <summary>RECEIVE: copies bytes out and opens the window behind them.</summary>
    /// <returns>Bytes given; 0 when there are none now, or none ever again (<see cref="IsReadClosed"/>).</returns>
    public int Read(Span<byte> destination, Instant now)
    {
        int count = _received.CopyTo(destination[..UpToMark(destination.Length)]);
        Consume(count, now);
        return count;
    }

    /// <summary>The readable bytes where they lie, valid until <see cref="Consume"/>, <see cref="Read"/>, <see cref="Close"/> or <see cref="Abort"/>.</summary>
    public ReadOnlySequence<byte> Peek() => _received.Peek();

    /// <summary>Drops bytes that were read from <see cref="Peek"/>.</summary>
    public void Consume(long bytes, Instant now)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)bytes, (ulong)_received.Length, nameof(bytes));
        if (bytes == 0)
            return;
        _received.Consume((int)bytes);
        NoteUrgentRead();
        OnRead(now);
    }

    /// <summary>CLOSE of RFC 9293 §3.10.4: FIN after what is queued; the other direction stays open. Repeated calls do nothing.</summary>
    public void Shutdown(Instant now)
    {
        if (_finQueued || End is not null || State is TcpState.Closed)
            return;
        if (State == TcpState.SynSent)
        {
            // §3.10.4: there is no connection to close yet; the TCB is deleted.
            Finish(ConnectionEnd.Aborted, "closed before the connection was there", TcpTransition.Close);
            return;
        }

        if (_sndNxt == _dataEnd)
            SendBecause = _log.Because;
        _finQueued = true;
        Transit(TcpTransition.Close);
    }

    /// <summary>
    /// The application is gone: FIN after what is queued; what arrives from now on is answered with RST, and so are bytes
    /// that were never read (RFC 9293 §3.6.1). FIN-WAIT-2 is left after <see cref="TcpSettings.FinTimeout"/>.
    /// </summary>
    /// <param name="now">The time of the call.</param>
    /// <param name="reset">RST instead of FIN: a linger time of zero.</param>
    public void Close(Instant now, bool reset = false)
    {
        if (_applicationGone)
            return;
        bool unread = _received.Length > 0;
        _applicationGone = true;
        _received.Consume(_received.Length);
        if (End is not null || State is TcpState.Closed)
            return;
        if (unread && State is not TcpState.TimeWait)
        {
            Shared?.Counters.TCPAbortOnClose += 1;
            ResetAndFinish(ConnectionEnd.Aborted, "closed with bytes unread");
            return;
        }

        if (reset && State is not (TcpState.SynSent or TcpState.TimeWait))
        {
            Shared?.Counters.TCPAbortOnData += 1;
            ResetAndFinish(ConnectionEnd.Aborted, "closed with a linger time of zero");
            return;
        }

        Shutdown(now);
        if (State != TcpState.FinWait2)
            return;
        if (_settings.FinTimeout > TimeSpan.Zero)
        {
            _timers.Orphan = now + _settings.FinTimeout;
            return;
        }

        Shared?.Counters.TCPAbortOnLinger += 1;
        ResetAndFinish(ConnectionEnd.Aborted, "FIN-WAIT-2 is given no time");
    }

    /// <summary>ABORT (RFC 9293 §3.10.5): RST where the peer must know, and everything queued is thrown away.</summary>
    public void Abort(Instant now)
    {
        _applicationGone = true;
        _received.Consume(_received.Length);
        if (State == TcpState.Closed)
            return;
        if (State is TcpState.SynReceived or TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2 or TcpState.CloseWait)
            ResetAndFinish(ConnectionEnd.Aborted, "aborted by the application");
        else
            Finish(ConnectionEnd.Aborted, "aborted by the application", TcpTransition.GaveUp);
    }

    /// <summary>
    /// ICMP told of an unreachable peer. Before the connection is there it ends it; afterwards it is only remembered and
    /// given as the reason if the retries run out (RFC 5461 §4: anyone can forge it).
    /// </summary>
    public void OnUnreachable(ConnectionEnd how, string detail, Instant now)
    {
        if (State is TcpState.SynSent or TcpState.SynReceived)
            Finish(how, detail, TcpTransition.GaveUp);
        else
            Troubles.SoftError = detail;
    }

    /// <summary>What changed since the last call.</summary>
    public TcpSignals TakeSignals()
    {
        // What an ACK freed is looked at when all that it lets out has gone.
        if (_writerWaits && !_spaceFreed && HasUseForMore && IsWritable)
        {
            _writerWaits = false;
            _signals |= TcpSignals.Writable;
        }

        TcpSignals signals = _signals;
        _signals = TcpSignals.None;
        return signals;
    }

    private void Transit(TcpTransition transition)
    {
        TcpState to = TcpStateMachine.Next(State, transition)
            ?? throw new InvalidOperationException($"{State} has no edge '{TcpStateMachine.Label(transition)}'.");
        if (_log.IsEnabled)
            _log.Write(new StateChanged(Id, State, to, TcpStateMachine.Label(transition)));
        State = to;
        if (to == TcpState.Closed)
            Release();
    }

    /// <summary>The end is known; with a transition, the connection also leaves the table.</summary>
    private void Finish(ConnectionEnd how, string detail, TcpTransition transition)
    {
        NoteEnd(how, detail);
        Transit(transition);
    }

    private void NoteEnd(ConnectionEnd how, string detail)
    {
        if (End is not null)
            return;
        (End, EndDetail) = (how, detail);
        _signals |= TcpSignals.Ended | TcpSignals.Readable | TcpSignals.Writable;
        if (_log.IsEnabled)
            _log.Write(new ConnectionEnded(Id, how, detail));
    }

    private void ResetAndFinish(ConnectionEnd how, string detail)
    {
        _resetWanted = true;
        SendBecause = _log.Because;
        Finish(how, detail, TcpTransition.GaveUp);
    }

    private void Release()
    {
        _timers.StopAll();
        _sendBuffer.Clear();
        DropReassembly();
        _sent.Clear();
        _finQueued = true;
        (_ackNow, _duplicateAcksOwed, _probeWanted, _keepAliveWanted, _repeatFirst, _synWanted, _lossProbeWanted) = (false, 0, false, false, false, false, false);
        if (_applicationGone)
            _received.Consume(_received.Length);
        if (!_resetWanted)
            _signals |= TcpSignals.Released;
        _listener?.OnReleased(this, _lastReceivedAt);
    }
}
