using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>What sending waits for while there is something to deliver.</summary>
internal enum SendLimit : byte
{
    /// <summary>Nothing is to be delivered.</summary>
    Idle,

    /// <summary>Acknowledgments, congestion window, pace.</summary>
    Network,

    /// <summary>The peer offers no room.</summary>
    ReceiveWindow,

    /// <summary>All is sent, and the application would have written more had there been room.</summary>
    SendBuffer,
}

// How long each of these lasted: Linux's busy_time, rwnd_limited and sndbuf_limited.
public sealed partial class TcpConnection
{
    private SendLimit _limit;
    private Instant _limitSince;
    private TimeSpan _busyTime;
    private Instant _establishedAt;

    private SendLimit CurrentLimit
    {
        get
        {
            if (_sendBuffer.Length == 0 || !_isSynAcknowledged)
                return SendLimit.Idle;
            long unsent = Unsent;
            if (unsent > 0)
                return WindowEdge - _sndNxt < Math.Min(unsent, FullPayload) ? SendLimit.ReceiveWindow : SendLimit.Network;
            return _writerWaits ? SendLimit.SendBuffer : SendLimit.Network;
        }
    }

    /// <summary>Nothing more goes out now: the time until here belongs to what was waited for before.</summary>
    private void NoteLimit(Instant now)
    {
        SendLimit limit = CurrentLimit;
        if (limit == _limit)
            return;
        if (_limit is SendLimit.ReceiveWindow or SendLimit.SendBuffer)
            Count(_limit, now - _limitSince, ref _busyTime, ref Troubles.ReceiveWindowLimited, ref Troubles.SendBufferLimited);
        else if (_limit == SendLimit.Network)
            _busyTime += now - _limitSince;
        (_limit, _limitSince) = (limit, now);
    }

    private static void Count(SendLimit limit, TimeSpan passed, ref TimeSpan busy, ref TimeSpan receiveWindow, ref TimeSpan sendBuffer)
    {
        busy += limit == SendLimit.Idle ? TimeSpan.Zero : passed;
        receiveWindow += limit == SendLimit.ReceiveWindow ? passed : TimeSpan.Zero;
        sendBuffer += limit == SendLimit.SendBuffer ? passed : TimeSpan.Zero;
    }

    /// <summary>The figures with the times that have passed until <paramref name="now"/>.</summary>
    public TcpStatistics StatisticsAt(Instant now)
    {
        (TimeSpan busy, TimeSpan receiveWindow, TimeSpan sendBuffer) = (_busyTime, _troubles?.ReceiveWindowLimited ?? default, _troubles?.SendBufferLimited ?? default);
        Count(_limit, now - _limitSince, ref busy, ref receiveWindow, ref sendBuffer);
        Instant established = State is TcpState.SynSent or TcpState.SynReceived ? now : _establishedAt;
        return Statistics with
        {
            BusyTime = busy,
            ReceiveWindowLimited = receiveWindow,
            SendBufferLimited = sendBuffer,
            SinceDataSent = now - _lastSentAt,
            SinceDataReceived = now - Instant.Max(_lastTextAt, established),
            SinceSegmentReceived = now - _lastReceivedAt,
        };
    }
}
