using Wirepath.Wire;

namespace Wirepath.Events;

/// <summary>Names a connection within a log: the node's own end first.</summary>
public readonly record struct ConnectionId(IpEndpoint Local, IpEndpoint Remote)
{
    public override string ToString() => $"{Local} → {Remote}";
}

/// <summary>The eleven states of RFC 9293 §3.3.2.</summary>
public enum TcpState : byte
{
    Closed,
    Listen,
    SynSent,
    SynReceived,
    Established,
    FinWait1,
    FinWait2,
    CloseWait,
    Closing,
    LastAck,
    TimeWait,
}

/// <summary>Why a segment was sent.</summary>
public enum SendCause : byte
{
    /// <summary>Active open.</summary>
    Open,
    /// <summary>Answer to a SYN.</summary>
    SynAnswer,
    /// <summary>The application's bytes.</summary>
    Data,
    /// <summary>An acknowledgment by itself, at once.</summary>
    Ack,
    /// <summary>The delayed-ACK timer (RFC 1122 §4.2.3.2).</summary>
    DelayedAck,
    /// <summary>An out-of-order or duplicate arrival (RFC 5681 §3.2).</summary>
    DuplicateAck,
    WindowUpdate,
    /// <summary>The application closed: FIN.</summary>
    Close,
    Retransmission,
    /// <summary>A zero-window probe (RFC 9293 §3.8.6.1).</summary>
    WindowProbe,
    KeepAlive,
    /// <summary>A challenge ACK (RFC 5961).</summary>
    Challenge,
    Reset,
    /// <summary>TIME-WAIT answers a repeated FIN.</summary>
    TimeWaitAck,
}

public enum RetransmitCause : byte
{
    /// <summary>The retransmission timer (RFC 6298).</summary>
    Timeout,
    /// <summary>Three duplicate ACKs (RFC 5681 §3.2).</summary>
    DuplicateAcks,
    /// <summary>A partial acknowledgment in fast recovery (RFC 6582).</summary>
    PartialAck,
    /// <summary>SACK's scoreboard (RFC 6675).</summary>
    Sack,
    /// <summary>The path takes less than was thought (RFC 1191): the same bytes in smaller segments.</summary>
    PathMtu,
    /// <summary>RACK's time order (RFC 8985 §6).</summary>
    Rack,
    /// <summary>A tail-loss probe (RFC 8985 §7).</summary>
    TailLossProbe,
}

public enum CongestionPhase : byte
{
    SlowStart,
    CongestionAvoidance,
    FastRecovery,
    /// <summary>After a retransmission time-out.</summary>
    LossRecovery,
}

public enum ConnectionEnd : byte
{
    /// <summary>Both sides closed in order.</summary>
    Closed,
    /// <summary>RST in answer to our SYN.</summary>
    Refused,
    /// <summary>RST later on.</summary>
    ResetByPeer,
    /// <summary>We sent RST: abort, or the application was gone.</summary>
    Aborted,
    /// <summary>SYN, data or FIN went unanswered until the retries were used up.</summary>
    TimedOut,
    /// <summary>ICMP said so.</summary>
    Unreachable,
    /// <summary>Keepalive probes went unanswered.</summary>
    KeepAliveFailed,
    /// <summary>No route, no address, no free port: nothing was sent.</summary>
    NotSent,
}

/// <summary>An edge in RFC 9293 figure 5 was taken. <paramref name="Trigger"/> is the edge's name, such as <c>received SYN</c>.</summary>
public sealed record StateChanged(ConnectionId Connection, TcpState From, TcpState To, string Trigger) : Happening;

/// <summary>
/// The facts of a segment as the state machine sees them. <paramref name="Length"/> is payload bytes; SYN and FIN count one more.
/// <paramref name="Window"/> is in bytes, already scaled. Relative numbers count from the ISN of their direction.
/// </summary>
public readonly record struct SegmentFacts(
    SequenceNumber Sequence, uint RelativeSequence, SequenceNumber Acknowledgment, uint RelativeAcknowledgment, TcpFlags Flags, int Length, long Window, TcpOptions Options);

public sealed record SegmentSent(ConnectionId Connection, SegmentFacts Segment, SendCause Why) : Happening;

public sealed record SegmentReceived(ConnectionId Connection, SegmentFacts Segment) : Happening;

/// <summary>A segment that RFC 9293 §3.10.7.4's first checks turned away. <paramref name="Reason"/> in a few words.</summary>
public sealed record SegmentRejected(ConnectionId Connection, SegmentFacts Segment, string Reason) : Happening;

/// <summary>Bytes are sent again. The <see cref="SegmentSent"/> that follows has this event as its cause.</summary>
/// <param name="RelativeSequence">First byte, relative to the ISN.</param>
/// <param name="Attempt">1 for the first repetition.</param>
public sealed record Retransmitted(ConnectionId Connection, uint RelativeSequence, int Length, RetransmitCause Why, int Attempt) : Happening;

/// <summary>The retransmission timer ran out. <paramref name="Rto"/> is the time-out that passed, <paramref name="Next"/> the doubled one.</summary>
public sealed record RetransmissionTimedOut(ConnectionId Connection, TimeSpan Rto, TimeSpan Next, int Attempt) : Happening;

/// <summary>Something arrived behind what was sent after it: the path reorders by at least <paramref name="Segments"/> segments (RFC 8985 §4).</summary>
public sealed record ReorderingSeen(ConnectionId Connection, int Segments) : Happening;

/// <summary>Two round trips without an ACK: the end of what was sent may be lost, and a probe is to tell (RFC 8985 §7).</summary>
/// <param name="IsNew">The probe carries new bytes; otherwise the last segment again.</param>
public sealed record LossProbeDue(ConnectionId Connection, bool IsNew) : Happening;

/// <summary>RACK's reordering window has passed: what is still missing is held for lost (RFC 8985 §6.3).</summary>
public sealed record ReorderingTimedOut(ConnectionId Connection) : Happening;

/// <summary>Segments are of another size from now on (RFC 4821). <paramref name="Mss"/> counts options in.</summary>
public sealed record PathSizeChanged(ConnectionId Connection, int Mss, string Why) : Happening;

public sealed record DuplicateAckCounted(ConnectionId Connection, int Count) : Happening;

/// <summary>A round trip was measured (RFC 6298 §2, RFC 7323 §4).</summary>
public sealed record RttSampled(ConnectionId Connection, TimeSpan Sample, TimeSpan SmoothedRtt, TimeSpan RttVariance, TimeSpan Rto) : Happening;

/// <summary>cwnd, ssthresh (both bytes; ssthresh is <see cref="long.MaxValue"/> while arbitrary) or the phase changed.</summary>
public sealed record CongestionChanged(ConnectionId Connection, CongestionPhase Phase, long Cwnd, long Ssthresh, int Mss, string Why) : Happening;

/// <summary>The peer's window, bytes. Zero stops us; the persist timer then probes.</summary>
public sealed record PeerWindowChanged(ConnectionId Connection, long Window) : Happening;

/// <summary>An experiment's figures, after each segment in or out: the sliding window in bytes.</summary>
public sealed record WindowsMoved(ConnectionId Connection, uint RelativeSndUna, uint RelativeSndNxt, long SndWnd, uint RelativeRcvNxt, long RcvWnd) : Happening;

/// <summary>What both ends agreed on in their SYNs.</summary>
public sealed record OptionsNegotiated(ConnectionId Connection, int SendMss, int ReceiveMss, bool WindowScaling, int SendShift, int ReceiveShift, bool Timestamps, bool Sack) : Happening;

public sealed record KeepAliveSent(ConnectionId Connection, int Attempt, int Most) : Happening;

/// <summary>2 × MSL begins, or begins again because the FIN came again.</summary>
public sealed record TimeWaitStarted(ConnectionId Connection, TimeSpan Duration, bool Restarted) : Happening;

public enum ListenQueue
{
    Syn,
    Accept,
}

/// <summary>A listener's queue was full and a SYN or the last ACK was dropped.</summary>
public sealed record ListenQueueOverflowed(IpEndpoint Listener, IpEndpoint Peer, ListenQueue Queue, int Limit) : Happening;

public sealed record ConnectionEnded(ConnectionId Connection, ConnectionEnd How, string Detail) : Happening;

/// <summary>The application's own steps: connect, listen, accept, first write, close.</summary>
public sealed record SocketCalled(ConnectionId Connection, string Call, long Bytes) : Happening;
