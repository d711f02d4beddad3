using Wirepath.Events;

namespace Wirepath.Tcp;

/// <summary>A connection's figures at one moment, in the shape of Linux's <c>tcp_info</c>. Sizes in bytes.</summary>
public readonly record struct TcpStatistics
{
    public required TcpState State { get; init; }
    public required CongestionPhase Phase { get; init; }
    public required int SendMss { get; init; }
    /// <summary>The largest segment of late.</summary>
    public required int ReceiveMss { get; init; }
    /// <summary>What our SYN announced.</summary>
    public required int AnnouncedMss { get; init; }
    /// <summary>Linux's <c>tcpi_ca_state</c>.</summary>
    public required RecoveryPhase CaState { get; init; }
    public required string CongestionControl { get; init; }
    public required long Cwnd { get; init; }
    public required int CwndSegments { get; init; }
    /// <summary><see cref="long.MaxValue"/> while arbitrary.</summary>
    public required long Ssthresh { get; init; }
    /// <summary><see cref="int.MaxValue"/> while arbitrary.</summary>
    public required int SsthreshSegments { get; init; }
    /// <summary>Bytes per second; 0 before the first round trip.</summary>
    public required long PacingRate { get; init; }
    /// <summary>Segments sent and not acknowledged cumulatively.</summary>
    public required int Unacked { get; init; }
    /// <summary>Of these, reported by SACK, or without SACK counted by duplicate ACKs.</summary>
    public required int Sacked { get; init; }
    /// <summary>Of these, held for lost.</summary>
    public required int Lost { get; init; }
    /// <summary>Segments of which a repetition is under way.</summary>
    public required int RetransmitsOut { get; init; }
    /// <summary>Segments by which the path is known to reorder; at first the duplicate-ACK threshold.</summary>
    public required int Reordering { get; init; }
    public required long ReorderingsSeen { get; init; }
    /// <summary>Segments that D-SACKs reported.</summary>
    public required long DsackDuplicates { get; init; }
    /// <summary>Reductions of cwnd that were taken back because the repetitions had been needless.</summary>
    public required long UndoneReductions { get; init; }
    /// <summary>Segments delivered, each counted once.</summary>
    public required long Delivered { get; init; }
    public required long DeliveredCe { get; init; }
    public required long TailLossProbes { get; init; }
    /// <summary>Time-outs in a row.</summary>
    public required int Backoffs { get; init; }
    /// <summary>Both ends agreed on ECN.</summary>
    public required bool Ecn { get; init; }
    public required long SendWindow { get; init; }
    public required long ReceiveWindow { get; init; }
    /// <summary>SND.NXT − SND.UNA.</summary>
    public required long FlightSize { get; init; }
    /// <summary>Bytes in the send buffer that were never sent.</summary>
    public required long Unsent { get; init; }
    /// <summary>Bytes that arrived in order and were not read.</summary>
    public required long Unread { get; init; }
    public required long OutOfOrder { get; init; }
    /// <summary>Zero before the first sample.</summary>
    public required TimeSpan SmoothedRtt { get; init; }
    public required TimeSpan RttVariance { get; init; }
    public required TimeSpan MinRtt { get; init; }
    public required TimeSpan Rto { get; init; }
    public required long SegmentsSent { get; init; }
    public required long SegmentsReceived { get; init; }
    public required long SegmentsRejected { get; init; }
    /// <summary>Payload bytes, repetitions included.</summary>
    public required long BytesSent { get; init; }
    public required long BytesAcknowledged { get; init; }
    /// <summary>Payload bytes taken in order.</summary>
    public required long BytesReceived { get; init; }
    public required long BytesRetransmitted { get; init; }
    public required long Retransmissions { get; init; }
    public required long Timeouts { get; init; }
    public required long FastRetransmits { get; init; }
    public required long DuplicateAcks { get; init; }
    public required long WindowProbes { get; init; }
    /// <summary>Window and keepalive probes in a row without an answer.</summary>
    public required int UnansweredProbes { get; init; }
    public required bool Timestamps { get; init; }
    public required bool Sack { get; init; }
    /// <summary>Shift of the windows that the peer offers; null without window scaling.</summary>
    public required int? SendShift { get; init; }
    /// <summary>Shift of the windows that we offer; null without window scaling.</summary>
    public required int? ReceiveShift { get; init; }
    public required long DataSegmentsSent { get; init; }
    public required long DataSegmentsReceived { get; init; }
    /// <summary>Segments with data that arrived behind a hole.</summary>
    public required long OutOfOrderSegments { get; init; }
    /// <summary>How long an ACK waits for company.</summary>
    public required TimeSpan AckDelay { get; init; }
    /// <summary>The most that is offered as a window.</summary>
    public required long ReceiveSsthresh { get; init; }
    /// <summary>The round trip as the receiver of data sees it; zero before the first sample.</summary>
    public required TimeSpan ReceiverRtt { get; init; }
    /// <summary>The most that the application has read in one round trip.</summary>
    public required long ReceiveSpace { get; init; }
    /// <summary>Bytes per second: the latest delivery rate that the application did not limit, or the highest (draft-cheng-iccrg-delivery-rate-estimation).</summary>
    public required long DeliveryRate { get; init; }
    public required bool IsDeliveryRateAppLimited { get; init; }
    /// <summary>Episodes of one or more time-outs in a row.</summary>
    public required long TimeoutRecoveries { get; init; }
    /// <summary>Time in such episodes that are over.</summary>
    public required TimeSpan TimeoutRecoveryTime { get; init; }
    /// <summary>The SYN carried data, and it was taken (RFC 7413).</summary>
    public required bool SynDataWasTaken { get; init; }

    // ---- Times: by StatisticsAt only, zero otherwise -----------------------------------------------------------------

    /// <summary>There was something to deliver.</summary>
    public TimeSpan BusyTime { get; init; }
    /// <summary>Of this, the peer's window held it.</summary>
    public TimeSpan ReceiveWindowLimited { get; init; }
    /// <summary>Of this, all was sent and a writer waited for room.</summary>
    public TimeSpan SendBufferLimited { get; init; }
    public TimeSpan SinceDataSent { get; init; }
    public TimeSpan SinceDataReceived { get; init; }
    public TimeSpan SinceSegmentReceived { get; init; }

    /// <summary>Bytes of memory held, blocks counted whole.</summary>
    public required long MemoryCharged { get; init; }
}
