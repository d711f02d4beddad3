using System.Runtime.CompilerServices;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp.Tests.Exploration;

/// <summary>A connection's own variables, as RFC 9293 §3.3.1 names them, and what must hold among them after every step.</summary>
internal static class Inside
{
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_iss")]
    public static extern ref SequenceNumber Iss(this TcpConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_isSynAcknowledged")]
    private static extern ref bool IsSynAcknowledged(this TcpConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_sndUna")]
    public static extern ref SequenceNumber SndUna(this TcpConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_sndNxt")]
    public static extern ref SequenceNumber SndNxt(this TcpConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_dataEnd")]
    private static extern ref SequenceNumber DataEnd(this TcpConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_finQueued")]
    private static extern ref bool FinQueued(this TcpConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_irs")]
    private static extern ref SequenceNumber Irs(this TcpConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_rcvNxt")]
    public static extern ref SequenceNumber RcvNxt(this TcpConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_rcvAdv")]
    public static extern ref SequenceNumber RcvAdv(this TcpConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_rcvBuffer")]
    private static extern ref int RcvBuffer(this TcpConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_sent")]
    private static extern ref SentQueue Sent(this TcpConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_sendBuffer")]
    private static extern ref SendBuffer Buffer(this TcpConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_reassembly")]
    private static extern ref ReassemblyQueue? Reassembly(this TcpConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_timers")]
    private static extern ref TcpTimers Timers(this TcpConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_sack")]
    private static extern ref bool Sack(this TcpConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_congestion")]
    private static extern ref CongestionControl Control(this TcpConnection connection);

    /// <summary>Both ends know each other's SYN.</summary>
    public static bool IsSynchronized(this TcpConnection connection) => connection.State is not (TcpState.Closed or TcpState.Listen or TcpState.SynSent);

    /// <summary>What contradicts itself within one end, once it has sent what it wanted to send; null when nothing does.</summary>
    public static string? Contradiction(this TcpConnection connection)
    {
        if (connection.State == TcpState.Closed)
            return ContradictionAfterEnd(connection);
        SequenceNumber end = connection.FinQueued() ? connection.DataEnd() + 1 : connection.DataEnd();
        if (connection.SndUna() > connection.SndNxt() || connection.SndNxt() > end)
            return $"SND.UNA {connection.SndUna()} ≤ SND.NXT {connection.SndNxt()} ≤ {end} does not hold";
        int held = !connection.IsSynAcknowledged() ? connection.DataEnd() - connection.Iss() - 1 : Math.Max(connection.DataEnd() - connection.SndUna(), 0);
        if (connection.Buffer().Length != held)
            return $"the send buffer holds {connection.Buffer().Length} bytes, unacknowledged and unsent are {held}";
        if (connection.Control().Cwnd < 1)
            return $"cwnd is {connection.Control().Cwnd}";
        return ContradictionInScoreboard(connection) ?? ContradictionInTimers(connection, end) ?? ContradictionInWindow(connection);
    }

    private static string? ContradictionAfterEnd(TcpConnection connection)
    {
        if (!connection.NextTimer.IsNever)
            return "CLOSED, and a timer runs";
        if (connection.Buffer().Length != 0 || connection.Sent().Rows != 0 || connection.Reassembly() is not null)
            return "CLOSED, and something is still queued";
        return connection.Readable == 0 && connection.MemoryCharged != 0 ? $"CLOSED, and {connection.MemoryCharged} bytes are still charged" : null;
    }

    // The counts of the scoreboard are sums over its rows, and the rows cover what is unacknowledged without a gap.
    private static string? ContradictionInScoreboard(TcpConnection connection)
    {
        ref SentQueue sent = ref connection.Sent();
        (int segments, int sacked, int lost, int repeated) = (0, 0, 0, 0);
        for (int i = 0; i < sent.Rows; i++)
        {
            ref SentSegment row = ref sent[i];
            if (row.Count < 1 || row.Right <= row.Left)
                return $"row {i} of the scoreboard, {row.Left}–{row.Right}, counts {row.Count} segments";
            if (i > 0 && sent[i - 1].Right != row.Left)
                return $"the scoreboard has a gap or overlaps before row {i}";
            segments += row.Count;
            sacked += row.Has(SegmentMarks.Sacked) ? row.Count : 0;
            lost += row.Has(SegmentMarks.Lost) ? row.Count : 0;
            repeated += row.Has(SegmentMarks.Repeated) ? row.Count : 0;
            if (row.Has(SegmentMarks.Sacked) && row.Has(SegmentMarks.Lost))
                return $"row {i} is both delivered and lost";
        }

        if (!connection.Sack())
        {
            sacked = sent.Sacked;
            if (sacked + lost > segments)
                return $"without SACK {sacked} are counted delivered and {lost} lost, of {segments}";
        }

        if ((segments, sacked, lost, repeated) != (sent.Segments, sent.Sacked, sent.Lost, sent.Repeated))
            return $"the scoreboard's counts are {sent.Segments} segments, {sent.Sacked} delivered, {sent.Lost} lost, {sent.Repeated} repeated; its rows say {segments}, {sacked}, {lost}, {repeated}";
        if (sent.InFlight < 0)
            return $"{sent.InFlight} in flight";
        if (sent.Rows == 0)
            return connection.SndUna() == connection.SndNxt() ? null : "bytes are unacknowledged, and the scoreboard is empty";
        bool covers = sent[0].Left <= connection.SndUna() && sent[0].Right > connection.SndUna() && sent[sent.Rows - 1].Right == connection.SndNxt();
        return covers ? null : $"the scoreboard covers {sent[0].Left}–{sent[sent.Rows - 1].Right}, unacknowledged is {connection.SndUna()}–{connection.SndNxt()}";
    }

    // Whatever is to be delivered, something must wake the connection up if no segment arrives any more.
    private static string? ContradictionInTimers(TcpConnection connection, SequenceNumber end)
    {
        ref TcpTimers timers = ref connection.Timers();
        if (connection.State == TcpState.TimeWait)
            return timers.TimeWait.IsNever ? "TIME-WAIT without its timer" : null;
        if (connection.Sent().Rows > 0)
            return timers.Retransmit.IsNever ? "bytes are unacknowledged, and no retransmission timer runs" : null;
        bool waits = connection.IsSynchronized() && connection.SndNxt() != end;
        return waits && timers.Persist.IsNever && timers.Pacing.IsNever ? "bytes wait, nothing is in flight, and no timer runs" : null;
    }

    private static string? ContradictionInWindow(TcpConnection connection)
    {
        if (!connection.IsSynchronized())
            return null;
        if (connection.RcvNxt() > connection.RcvAdv())
            return $"RCV.NXT {connection.RcvNxt()} is beyond the window's edge {connection.RcvAdv()}";
        // What was offered and what waits to be read fit into the buffer: the account is exact.
        long promised = connection.RcvAdv() - connection.RcvNxt() + connection.Readable;
        if (promised > connection.RcvBuffer() && connection.Readable > 0)
            return $"{promised} bytes are promised or unread, the buffer has {connection.RcvBuffer()}";
        if ((connection.Reassembly()?.Length ?? 0) > connection.RcvAdv() - connection.RcvNxt())
            return "more is out of order than the window lets in";
        return null;
    }

    /// <summary>What contradicts itself between the two: no pair of states that figure 5 cannot reach together.</summary>
    public static string? ContradictionWith(this TcpConnection sender, TcpConnection receiver)
    {
        if (!receiver.IsSynchronized() || receiver.Irs() != sender.Iss())
            return null;
        if (receiver.RcvNxt() > sender.SndNxt())
            return $"RCV.NXT {receiver.RcvNxt()} is beyond what was sent, {sender.SndNxt()}";
        if (sender.SndUna() > receiver.RcvNxt())
            return $"{sender.SndUna()} is held for acknowledged, the receiver expects {receiver.RcvNxt()}";
        if (sender.SndNxt() > receiver.RcvAdv())
            return $"sent up to {sender.SndNxt()}, the window that was offered ends at {receiver.RcvAdv()}";
        if (receiver.IsPeerClosed && !sender.FinQueued())
            return $"{receiver.State} believes in a FIN that {sender.State} never sent";
        bool finAcknowledged = sender.State is TcpState.FinWait2 or TcpState.TimeWait;
        return finAcknowledged && !receiver.IsPeerClosed ? $"{sender.State}, and the other, {receiver.State}, has not seen the FIN" : null;
    }
}
