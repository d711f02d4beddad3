using System.Diagnostics.CodeAnalysis;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

// What is counted, and what is told to the log when somebody listens.
public sealed partial class TcpConnection
{
    private uint _segmentsSent;
    private uint _segmentsReceived;
    private long _bytesSent;
    private long _bytesAcknowledged;
    private long _bytesReceived;
    private uint _dataSegmentsSent;
    private uint _dataSegmentsReceived;
    private Trail? _trail;

    // What only a log wants to know: without one, no connection has it.
    private sealed class Trail
    {
        public EventId LastSent;
        public EventId SendCause;
        public EventId AckCause;
        public EventId TimerCause;
        public EventId RepeatCause;
        public (CongestionPhase Phase, long Cwnd, long Ssthresh) Noted;
    }

    private EventId LastSent
    {
        get => _trail is null ? default : _trail.LastSent;
        set
        {
            if (IsWorthNoting(value))
                _trail.LastSent = value;
        }
    }

    /// <summary>Because of what something is to be sent.</summary>
    private EventId SendBecause
    {
        get => _trail is null ? default : _trail.SendCause;
        set
        {
            if (IsWorthNoting(value))
                _trail.SendCause = value;
        }
    }

    /// <summary>Because of what an ACK is to be sent.</summary>
    private EventId AckBecause
    {
        get => _trail is null ? default : _trail.AckCause;
        set
        {
            if (IsWorthNoting(value))
                _trail.AckCause = value;
        }
    }

    /// <summary>What armed the retransmission or the persist timer: only one of them runs.</summary>
    private EventId TimerBecause
    {
        get => _trail is null ? default : _trail.TimerCause;
        set
        {
            if (IsWorthNoting(value))
                _trail.TimerCause = value;
        }
    }

    private EventId RepeatBecause
    {
        get => _trail is null ? default : _trail.RepeatCause;
        set
        {
            if (IsWorthNoting(value))
                _trail.RepeatCause = value;
        }
    }

    [MemberNotNullWhen(true, nameof(_trail))]
    private bool IsWorthNoting(EventId cause)
    {
        if (_trail is not null)
            return true;
        if (cause.IsNone)
            return false;
        _trail = new Trail();
        return true;
    }

    public TcpStatistics Statistics => new()
    {
        State = State,
        Phase = Phase,
        SendMss = FullPayload,
        ReceiveMss = _seenMss,
        AnnouncedMss = _rcvMss,
        CongestionControl = _congestion.Name,
        CaState = _phase,
        Cwnd = CwndBytes,
        CwndSegments = _congestion.Cwnd,
        Ssthresh = SsthreshBytes,
        SsthreshSegments = _congestion.Ssthresh,
        PacingRate = _pacingRate,
        Unacked = _sent.Segments,
        Sacked = _sent.Sacked,
        Lost = _sent.Lost,
        RetransmitsOut = _sent.Repeated,
        Reordering = _reordering,
        ReorderingsSeen = _troubles?.ReorderingsSeen ?? 0,
        DsackDuplicates = _troubles?.DuplicateReports ?? 0,
        UndoneReductions = _troubles?.UndoneReductions ?? 0,
        Delivered = _rate.Delivered,
        DeliveredCe = _rate.DeliveredCe,
        TailLossProbes = _troubles?.LossProbes ?? 0,
        Backoffs = _timeouts,
        Ecn = _ecn,
        SendWindow = _sndWnd,
        ReceiveWindow = RcvWnd,
        FlightSize = _sndNxt - _sndUna,
        Unsent = State == TcpState.Closed ? 0 : Math.Max(0, _dataEnd - _sndNxt),
        Unread = _received.Length,
        OutOfOrder = _reassembly?.Length ?? 0,
        SmoothedRtt = _rtt.Smoothed,
        RttVariance = _rtt.Variance,
        MinRtt = _rtt.Min,
        Rto = _rtt.Rto,
        SegmentsSent = _segmentsSent,
        SegmentsReceived = _segmentsReceived,
        SegmentsRejected = _troubles?.Rejected ?? 0,
        BytesSent = _bytesSent,
        BytesAcknowledged = _bytesAcknowledged,
        BytesReceived = _bytesReceived,
        BytesRetransmitted = _troubles?.BytesRetransmitted ?? 0,
        Retransmissions = _troubles?.Retransmissions ?? 0,
        Timeouts = _troubles?.Timeouts ?? 0,
        FastRetransmits = _troubles?.FastRetransmits ?? 0,
        DuplicateAcks = _troubles?.DuplicateAcks ?? 0,
        WindowProbes = _troubles?.WindowProbes ?? 0,
        UnansweredProbes = Math.Max(_probesUnanswered, _keepAlivesUnanswered),
        Timestamps = _timestamps,
        Sack = _sack,
        SendShift = _scaling ? _sndShift : null,
        ReceiveShift = _scaling ? _rcvShift : null,
        DataSegmentsSent = _dataSegmentsSent,
        DataSegmentsReceived = _dataSegmentsReceived,
        OutOfOrderSegments = _troubles?.OutOfOrderSegments ?? 0,
        AckDelay = _ato,
        ReceiveSsthresh = _rcvSsthresh,
        ReceiverRtt = _tuning.Rtt,
        ReceiveSpace = _tuning.Space,
        DeliveryRate = _rate.BytesPerSecond(FullPayload),
        IsDeliveryRateAppLimited = _rate.IsReportAppLimited,
        TimeoutRecoveries = _troubles?.TimeoutRecoveries ?? 0,
        TimeoutRecoveryTime = _troubles?.TimeoutRecoveryTime ?? default,
        SynDataWasTaken = SynDataWasTaken,
        MemoryCharged = MemoryCharged,
    };

    private long CwndBytes => (long)_congestion.Cwnd * FullPayload;

    private long SsthreshBytes => _congestion.Ssthresh == int.MaxValue ? long.MaxValue : (long)_congestion.Ssthresh * FullPayload;

    private CongestionPhase Phase =>
        _phase == RecoveryPhase.Recovery ? CongestionPhase.FastRecovery
        : _phase == RecoveryPhase.Loss ? CongestionPhase.LossRecovery
        : _congestion.IsInSlowStart ? CongestionPhase.SlowStart
        : CongestionPhase.CongestionAvoidance;

    private void NoteReceived(in TcpSegment segment, bool follow)
    {
        _segmentsReceived++;
        if (!_log.IsEnabled)
            return;
        EventId id = _log.Write(new SegmentReceived(Id, Facts(segment)));
        if (follow)
            _log.Because = id;
    }

    private void Reject(in TcpSegment segment, string reason)
    {
        Troubles.Rejected++;
        if (_log.IsEnabled)
            _log.Write(new SegmentRejected(Id, Facts(segment), reason));
    }

    private EventId NoteRetransmission(SequenceNumber sequence, int length, EventId cause)
    {
        Troubles.Retransmissions++;
        Troubles.BytesRetransmitted += length;
        if (!_log.IsEnabled)
            return EventId.None;
        return _log.Write(cause, new Retransmitted(Id, Relative(sequence, _iss), length, _repeatWhy, Math.Max(_timeouts, 1)));
    }

    private void NoteCongestion(string why)
    {
        if (!_log.IsEnabled)
            return;
        (CongestionPhase, long, long) figures = (Phase, CwndBytes, SsthreshBytes);
        _trail ??= new Trail();
        if (figures == _trail.Noted)
            return;
        _trail.Noted = figures;
        _log.Write(new CongestionChanged(Id, Phase, CwndBytes, SsthreshBytes, FullPayload, why));
    }

    private void NoteWindows()
    {
        if (_log.IsEnabled)
            _log.Write(new WindowsMoved(Id, Relative(_sndUna, _iss), Relative(_sndNxt, _iss), _sndWnd, Relative(_rcvNxt, _irs), RcvWnd));
    }

    private SegmentFacts Facts(in TcpSegment segment)
    {
        TcpHeader header = segment.Header;
        // Before the first SYN from there, numbers count from that SYN itself.
        SequenceNumber from = State is TcpState.Closed or TcpState.SynSent && header.IsSyn ? header.Sequence : _irs;
        return new SegmentFacts(header.Sequence, Relative(header.Sequence, from), header.Acknowledgment,
            header.IsAck ? Relative(header.Acknowledgment, _iss) : 0, header.Flags, segment.PayloadLength,
            (long)header.Window << (header.IsSyn ? 0 : _sndShift), segment.Options);
    }

    private SegmentFacts Facts(in TcpHeader header, in TcpOptions options, int length, long window) =>
        new(header.Sequence, Relative(header.Sequence, _iss), header.Acknowledgment,
            header.IsAck ? Relative(header.Acknowledgment, _irs) : 0, header.Flags, length, window, options);

    private static uint Relative(SequenceNumber number, SequenceNumber from) => unchecked(number.Value - from.Value);
}
