using Wirepath.Events;
using Wirepath.Tcp;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <content>Connections in TIME-WAIT: rows of a table of their own.</content>
internal sealed partial class TcpLayer : ITimerTarget
{
    private long _timeWaitCharged;

    public TimeWaitTable TimeWaits => field ??= new TimeWaitTable(Shared, host.Settings.Tcp, host.Log);

    private WheelTimer TimeWaitTimer => field ??= new WheelTimer(this);

    void ITimerTarget.OnTimer(WheelTimer timer, Instant now)
    {
        host.Statistics.TcpExtTW += TimeWaits.OnTimer(now);
        TrackTimeWaits();
    }

    /// <summary>A connection that has entered TIME-WAIT, and has said what it had to say, becomes a record.</summary>
    private void RetireToTimeWait(TcpSocket socket, Instant now)
    {
        if (socket.Connection.State != TcpState.TimeWait)
            return;
        if (TimeWaits.Count >= host.Settings.Sockets.MaxTimeWaitBuckets)
        {
            host.Statistics.TcpExtTCPTimeWaitOverflow++;
            socket.Connection.Abort(now);
        }
        else
        {
            TimeWaits.Add(socket.Connection, now);
            TrackTimeWaits();
        }

        Remove(socket, now);
    }

    private bool ReceiveInTimeWait(in ConnectionId id, in TcpSegment segment, Instant now)
    {
        if (TimeWaits.Count == 0)
            return false;
        Packet reply = TakeSpare();
        TimeWaitVerdict verdict = TimeWaits.Receive(segment, id, FindAcceptor(id.Local) is not null, reply, now);
        TrackTimeWaits();
        if (verdict == TimeWaitVerdict.Replied && host.IpOut.TryRoute(id.Remote.Address, out RouteDecision route))
        {
            if (reply.Cause.IsNone)
                reply.Cause = host.Log.Because;
            Send(reply, id, route, now);
        }
        else if (verdict == TimeWaitVerdict.Replied)
        {
            reply.Dispose();
        }
        else
        {
            KeepSpare(reply);
        }

        return verdict is TimeWaitVerdict.Ignored or TimeWaitVerdict.Replied;
    }

    // tcp_tw_reuse: 1 for everybody, 2 on the host itself only.
    private bool AllowsReuse(IpEndpoint remote) => host.Settings.Tcp.Timestamps
        && (host.Settings.Sockets.TimeWaitReuse == 1 || (host.Settings.Sockets.TimeWaitReuse == 2 && host.IsLocal(remote.Address)));

    private bool TryTakeOver(in ConnectionId id, Instant now)
    {
        if (!AllowsReuse(id.Remote) || !TimeWaits.TryReuse(id, now))
            return false;
        host.Statistics.TcpExtTWRecycled++;
        TrackTimeWaits();
        return true;
    }

    private void TrackTimeWaits()
    {
        long charged = TimeWaits.MemoryCharged;
        if (charged != _timeWaitCharged)
        {
            host.Budget.Charge(charged - _timeWaitCharged);
            _timeWaitCharged = charged;
        }

        host.Wheel.Set(TimeWaitTimer, TimeWaits.NextTimer);
    }
}
