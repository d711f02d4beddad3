using Wirepath.Events;
using Wirepath.Tcp;

namespace Wirepath.Stack;

/// <content>Settings of one connection, and what it is ready for.</content>
public sealed partial class TcpStream
{
    private int _receiveLowWater = 1;

    /// <summary>True: small writes leave at once (no Nagle, RFC 9293 §3.7.4).</summary>
    public bool NoDelay
    {
        get => Socket.Connection.NoDelay;
        set => Do(_ => Socket.Connection.NoDelay = value);
    }

    /// <summary>True holds pieces smaller than a segment back until it becomes false: headers and body of an answer leave together.</summary>
    public bool Cork
    {
        get => Socket.Connection.Cork;
        set => Do(_ => Socket.Connection.Cork = value);
    }

    /// <summary>True acknowledges at once for a while; false waits for company. It is advice: the connection goes on judging by itself.</summary>
    public bool QuickAck
    {
        get => Socket.Connection.QuickAck;
        set => Do(_ => Socket.Connection.QuickAck = value);
    }

    /// <summary>Probes an idle connection (RFC 9293 §3.8.4); off by default.</summary>
    public bool KeepAlive
    {
        get => Socket.Connection.KeepAlive;
        set => Do(_ => Socket.Connection.KeepAlive = value);
    }

    /// <summary>
    /// What closing does (<c>SO_LINGER</c>). Null: it returns at once, and the rest is delivered in the background. Zero: RST, what was
    /// not delivered is lost. A time: <see cref="DisposeAsync"/> completes when everything is acknowledged, or after that time.
    /// </summary>
    public TimeSpan? Linger { get; set; }

    /// <summary>Limits and timers of this connection; the host's or the socket's own to begin with.</summary>
    public TcpSettings Settings
    {
        get => Socket.Connection.Settings;
        set => Do(_ => Socket.Connection.Settings = value);
    }

    /// <summary>Hops that the IP header allows; 0: the host's default.</summary>
    public byte TimeToLive
    {
        get => Socket.TimeToLive;
        set => Do(_ => Socket.TimeToLive = value);
    }

    /// <summary>DSCP in the upper six bits (RFC 2474); the lower two belong to ECN.</summary>
    public byte TypeOfService
    {
        get => Socket.TypeOfService;
        set => Do(_ => Socket.TypeOfService = value);
    }

    /// <summary>True: routers may fragment what this connection sends; the path's MTU is not probed for (RFC 1191 off).</summary>
    public bool MayFragment
    {
        get => Socket.MayFragment;
        set => Do(_ => Socket.MayFragment = value);
    }

    /// <summary>Bytes that must be here before a read is answered, 1 or more; the end of the stream answers it anyway.</summary>
    public int ReceiveLowWater
    {
        get => _receiveLowWater;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _receiveLowWater = value;
        }
    }

    /// <summary>How it ended; null while it lives.</summary>
    public ConnectionEnd? End => Socket.Connection.End;

    /// <summary>The peer's FIN is here, and all bytes before it.</summary>
    public bool IsPeerClosed => Socket.Connection.IsPeerClosed;

    /// <summary>Bytes from the next one to be read to the last urgent one of the peer's, which may still be on its way; 0: nothing is urgent (RFC 9293 §3.8.5).</summary>
    public long UrgentAhead => Socket.Connection.UrgentAhead;

    /// <summary>The next byte to be read is the last urgent one (<c>SIOCATMARK</c>); a read ends before it. Urgent bytes stay in line (RFC 6093 §6).</summary>
    public bool IsAtUrgentMark => Socket.Connection.IsAtUrgentMark;

    /// <summary>Which calls would not wait now.</summary>
    public TcpReadiness Readiness
    {
        get
        {
            TcpConnection connection = Socket.Connection;
            bool receiveClosed = _isReceiveClosed || connection.IsReadClosed;
            bool ended = connection.End is not null;
            TcpReadiness ready = TcpReadiness.None;
            if (receiveClosed || connection.Readable >= _receiveLowWater)
                ready |= TcpReadiness.Readable;
            if (_isSendClosed || ended || connection.IsWritable)
                ready |= TcpReadiness.Writable;
            if (receiveClosed)
                ready |= TcpReadiness.ReceiveClosed;
            if (ended || (receiveClosed && _isSendClosed))
                ready |= TcpReadiness.Closed;
            if (connection.End is not (null or ConnectionEnd.Closed))
                ready |= TcpReadiness.Failed;
            if (connection.UrgentAhead is > 0 and var ahead && ahead <= connection.Readable)
                ready |= TcpReadiness.Urgent;
            return ready;
        }
    }

    /// <summary>
    /// Invoked on the loop when something changed that a call may wait for: bytes arrived, room for writing, the end. It must not
    /// call back into the connection.
    /// </summary>
    public Action<TcpSignals>? Signaled { get; set; }

    /// <summary>Asks for <see cref="TcpSignals.Writable"/> when it is not <see cref="TcpReadiness.Writable"/> now, as a write that found no room does.</summary>
    public void SignalWhenWritable() => Do(_ => Socket.Connection.SignalWhenWritable());

    /// <summary>Nothing more is read: a read gives what is here, then the end of the stream. The peer is not told; what it sends is still taken.</summary>
    public void CloseReceive() => Do(now =>
    {
        _isReceiveClosed = true;
        Note("shutdown", 0);
        _read?.Continue(now);
        Signaled?.Invoke(TcpSignals.Readable | TcpSignals.PeerClosed);
    });
}
