using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

// The phases of loss recovery, which are Linux's: how an ACK leads from one to the next (RFC 5681, 6582, 6675, 8985).
public sealed partial class TcpConnection
{
    private RecoveryPhase _phase;
    private SequenceNumber _highSeq;     // SND.NXT when the phase began: RFC 6582's recover, RFC 6675's RecoveryPoint
    private SentQueue _sent;
    private Rack _rack;
    private DeliveryRate _rate;
    private SequenceNumber _repeatFrom;  // nothing lost below waits to be repeated
    private bool _newBeforeLost;         // F-RTO step 2b: new bytes are to be tried before repetitions
    private int _duplicateAcks;

    private bool IsReducing => _phase is RecoveryPhase.Cwr or RecoveryPhase.Recovery;

    private bool IsAnyRepetitionOut => _sent.Repeated > 0 || (_sent.Rows > 0 && _sent[0].Has(SegmentMarks.EverRepeated));

    private int CurrentSsthresh =>
        IsReducing ? _congestion.Ssthresh : Math.Max(_congestion.Ssthresh, _congestion.Cwnd / 2 + _congestion.Cwnd / 4);

    private void EnterPhase(RecoveryPhase next, Instant now)
    {
        if (next == _phase)
            return;
        _congestion.OnPhase(next, Congestion(now));
        if (_phase == RecoveryPhase.Loss)
            EndTimeoutRecovery(now);
        _phase = next;
    }

    /// <summary>What an ACK that is not plainly good, or comes in a phase that is not Open, leads to.</summary>
    private void Recover(ref AckNews news, int duplicates)
    {
        Instant now = news.Now;
        if (news.Has(AckSigns.Ece))
            Troubles.Undo.PriorSsthresh = 0; // the reduction is right whatever the repetitions turn out to be
        if (CheckReneging(ref news, now))
            return;

        // Ways out of the phase.
        if (_phase == RecoveryPhase.Open)
        {
            _troubles?.RepeatStamp = Instant.Never;
        }
        else if (_sndUna >= _highSeq)
        {
            if (_phase == RecoveryPhase.Cwr && _sndUna != _highSeq)
            {
                EndReduction();
                EnterPhase(RecoveryPhase.Open, now);
                NoteCongestion("the reduction is complete");
            }
            else if (_phase == RecoveryPhase.Recovery)
            {
                if (!_sack)
                    _sent.Sacked = 0;
                if (TryUndoAtEnd(now))
                    return;
                EndReduction();
                NoteCongestion("recovered");
            }
        }

        switch (_phase)
        {
            case RecoveryPhase.Recovery:
                RecoverInRecovery(ref news, duplicates);
                break;
            case RecoveryPhase.Loss:
                RecoverInLoss(ref news, duplicates);
                break;
            case RecoveryPhase.Open:
            case RecoveryPhase.Disorder:
            case RecoveryPhase.Cwr:
                RecoverBeforeRecovery(ref news, duplicates);
                break;
            default:
                throw new InvalidOperationException($"Unknown phase {_phase}.");
        }
    }

    private void RecoverBeforeRecovery(ref AckNews news, int duplicates)
    {
        if (!_sack)
        {
            if (news.Has(AckSigns.Advanced))
                _sent.Sacked = 0;
            CountWithoutSack(duplicates, news.Has(AckSigns.Ece));
        }

        if (_phase <= RecoveryPhase.Disorder)
            TryUndoByDuplicates();
        DetectLosses(ref news);
        if (_sent.Lost == 0)
            TryToOpen(news);
        else if (!IsOnlyProbeLost(news.Now))
            EnterRecovery(news.Has(AckSigns.Ece), news.Now);
    }

    private void RecoverInRecovery(ref AckNews news, int duplicates)
    {
        if (!news.Has(AckSigns.Advanced))
        {
            if (!_sack)
                CountWithoutSack(duplicates, news.Has(AckSigns.Ece));
        }
        else if (TryUndoPartial(news.PriorUna, news.Now))
        {
            return;
        }

        if (TryUndoByDuplicates())
            TryToOpen(news);
        DetectLosses(ref news);
        if (_phase == RecoveryPhase.Recovery)
            return;
        // Taken back, and yet there is a loss: recovery begins anew.
        if (_sent.Lost > 0)
            EnterRecovery(news.Has(AckSigns.Ece), news.Now);
    }

    private void TryToOpen(in AckNews news)
    {
        if (!IsAnyRepetitionOut)
            Troubles.RepeatStamp = Instant.Never;
        if (news.Has(AckSigns.Ece))
            EnterCwr(byEcn: true, news.Now);
        if (_phase != RecoveryPhase.Cwr)
            TryKeepOpen(news.Now);
    }

    private void TryKeepOpen(Instant now)
    {
        RecoveryPhase next = _sent.Sacked + _sent.Lost > 0 || IsAnyRepetitionOut ? RecoveryPhase.Disorder : RecoveryPhase.Open;
        if (next == _phase)
            return;
        EnterPhase(next, now);
        _highSeq = _sndNxt;
    }

    // RFC 6582 without SACK: each duplicate ACK stands for a segment that has arrived.
    private void CountWithoutSack(int duplicates, bool ece)
    {
        if (duplicates == 0)
            return;
        int before = _sent.Sacked;
        _sent.Sacked += duplicates;
        LimitCountWithoutSack(0);
        if (_sent.Sacked > before)
            _rate.CountDelivered(_sent.Sacked - before, ece);
    }

    /// <summary>What a cumulative ACK takes away of the segments that duplicates stood for.</summary>
    private void UncountWithoutSack(int acked, bool ece)
    {
        if (acked <= 0)
            return;
        // One of them filled the hole, the others had been counted.
        _rate.CountDelivered(Math.Max(acked - _sent.Sacked, 1), ece);
        _sent.Sacked = Math.Max(_sent.Sacked - (acked - 1), 0);
        LimitCountWithoutSack(acked);
    }

    // At least one segment is missing, or there would be no duplicates: more of them than that are reordering, or a network that repeats.
    private void LimitCountWithoutSack(int acked)
    {
        int most = Math.Max(_sent.Segments - Math.Max(_sent.Lost, 1), 0);
        if (_sent.Sacked <= most)
            return;
        _sent.Sacked = most;
        _reordering = Math.Min(_sent.Segments + acked, _settings.MaxReordering);
        Troubles.ReorderingsSeen++;
    }

    private void DetectLosses(ref AckNews news)
    {
        if (_sent.Rows == 0)
            return;
        if (!_sack)
        {
            MarkLostWithoutSack(news.Has(AckSigns.Advanced), news.Now);
            return;
        }

        int repeated = _sent.Repeated;
        if (!UsesRack)
            MarkLostByCount();
        else if (_rack.HasAdvanced && DetectByRack(news.Now))
            news.Signs &= ~AckSigns.RestartTimer;
        if (repeated > _sent.Repeated)
            news.Signs |= AckSigns.LostRepetition;
    }

    private void MarkLostWithoutSack(bool advanced, Instant now)
    {
        bool isLost = _phase < RecoveryPhase.Recovery ? _sent.Sacked >= _reordering : _phase == RecoveryPhase.Recovery && advanced;
        if (!isLost || _sent[0].Has(SegmentMarks.Lost))
            return;
        if (_sent[0].Count > 1)
            _sent.Split(0, 1);
        _repeatWhy = _phase == RecoveryPhase.Recovery ? RetransmitCause.PartialAck : RetransmitCause.DuplicateAcks;
        MarkLost(0);
        RepeatBecause = _log.Because;
    }

    private bool UsesRack => (_settings.LossDetection & LossDetection.Rack) != 0;

    /// <summary>RFC 6675 §4 IsLost: DupThresh segments above have arrived.</summary>
    private void MarkLostByCount()
    {
        int above = _sent.Sacked;
        if (above < _reordering)
            return;
        for (int i = 0; i < _sent.Rows && above >= _reordering; i++)
        {
            if (_sent[i].Has(SegmentMarks.Sacked))
            {
                above -= _sent[i].Count;
            }
            else if (!_sent[i].Has(SegmentMarks.Lost))
            {
                MarkLost(i);
                (_repeatWhy, RepeatBecause) = (RetransmitCause.Sack, _log.Because);
            }
        }
    }

    private void MarkLost(int index)
    {
        ref SentSegment row = ref _sent[index];
        if (row.Has(SegmentMarks.Sacked))
            return;
        if (row.Has(SegmentMarks.Lost))
        {
            if (!row.Has(SegmentMarks.Repeated))
                return;
            _sent.Unmark(index, SegmentMarks.Repeated); // the repetition as well
        }

        _sent.Mark(index, SegmentMarks.Lost);
        _rate.CountLost(row.Count);
        if (row.Left < _repeatFrom)
            _repeatFrom = row.Left;
    }

    /// <summary>RFC 8985 §6.2 step 5.</summary>
    /// <returns>True when the reordering timer was set.</returns>
    private bool DetectByRack(Instant now)
    {
        _rack.HasAdvanced = false;
        TimeSpan wait = MarkLostByRack(now);
        if (wait <= TimeSpan.Zero)
            return false;
        SetRetransmission(RetransmissionTimer.Reordering, now + OnTicks(wait));
        return true;
    }

    /// <returns>How long until the next segment would be held for lost; zero when none is waited for.</returns>
    private TimeSpan MarkLostByRack(Instant now)
    {
        bool aggressive = _phase >= RecoveryPhase.Recovery
            || (_sent.Sacked >= _reordering && (_settings.LossDetection & LossDetection.NoDuplicateThreshold) == 0);
        TimeSpan window = _rack.ReorderingWindow(_troubles?.ReorderingsSeen > 0, aggressive, _rtt.Min, _rtt.Smoothed);
        TimeSpan longest = TimeSpan.Zero;
        for (int i = 0; i < _sent.Rows; i++)
        {
            ref SentSegment row = ref _sent[i];
            bool isOriginal = !row.Has(SegmentMarks.EverRepeated);
            if (!Rack.IsSentAfter(_rack.SentAt, _rack.Right, row.SentAt, row.Right))
            {
                // Rows leave in order, repetitions later: behind an original that is too young, all are.
                if (isOriginal)
                    break;
                continue;
            }

            if (row.Has(SegmentMarks.Sacked) || (row.Has(SegmentMarks.Lost) && !row.Has(SegmentMarks.Repeated)))
                continue;
            TimeSpan remaining = _rack.Remaining(row.SentAt, window, now);
            if (remaining <= TimeSpan.Zero)
            {
                MarkLost(i);
                (_repeatWhy, RepeatBecause) = (RetransmitCause.Rack, _log.Because);
            }
            else if (remaining > longest)
            {
                longest = remaining;
            }
        }

        return longest;
    }

    /// <summary>RACK's reordering timer: what is still missing is lost.</summary>
    private void OnReorderingTimeout(Instant now)
    {
        int before = _sent.InFlight;
        long lostBefore = _rate.Lost;
        TimeSpan wait = MarkLostByRack(now);
        if (_sent.InFlight != before)
        {
            if (_phase != RecoveryPhase.Recovery && !IsOnlyProbeLost(now))
                EnterRecovery(byEcn: false, now);
            if (_phase == RecoveryPhase.Recovery && !_congestion.ControlsRate)
                _congestion.Cwnd = Troubles.Prr.Reduce(_congestion.Cwnd, _congestion.Ssthresh, _sent.InFlight, 1, isProgress: false);
            NoteCongestion("held for lost: RACK's reordering window has passed");
        }

        if (wait > TimeSpan.Zero)
            SetRetransmission(RetransmissionTimer.Reordering, now + OnTicks(wait));
        else
            RearmRto(now);
    }

    private void EnterRecovery(bool byEcn, Instant now)
    {
        Troubles.FastRetransmits++;
        if (!IsAnyRepetitionOut)
            Troubles.RepeatStamp = Instant.Never;
        Troubles.Undo.PriorSsthresh = 0;
        OpenUndo();
        if (!IsReducing)
        {
            if (!byEcn)
                Troubles.Undo.PriorSsthresh = CurrentSsthresh;
            StartReduction(byEcn, now);
        }

        EnterPhase(RecoveryPhase.Recovery, now);
        NoteCongestion(_sack ? "loss detected" : "three duplicate ACKs");
    }

    private void OpenUndo() =>
        Troubles.Undo.Open(_sndUna, _sent.Repeated + (_probeEnd is not null && _probeRepeats ? 1 : 0));

    private void StartReduction(bool byEcn, Instant now)
    {
        _highSeq = _sndNxt;
        _probeEnd = null;
        Troubles.Undo.PriorCwnd = _congestion.Cwnd;
        int? used = _validation?.OnCongestion(_congestion.Cwnd, _sent.Segments, _rate.Lost - _sent.Lost);
        _congestion.Cwnd = used ?? _congestion.Cwnd;
        Troubles.Prr.Start(_congestion.Cwnd);
        _congestion.Ssthresh = Math.Max(_congestion.ReduceSsthresh(byEcn, Congestion(now)), 1);
        if (used is { } pipe)
            _congestion.Ssthresh = Math.Clamp(pipe / 2, 2, Math.Max(_congestion.Ssthresh, 2)); // RFC 7661 §4.4.1
        _cwrWanted = _ecn;
    }

    private void EndReduction()
    {
        if (_congestion.ControlsRate)
            return;
        if (_validation?.OnRecovered(_rate.Lost) is { } cwnd)
            _congestion.Ssthresh = Math.Max(Math.Min(cwnd, _congestion.Ssthresh), 2);
        if (_congestion.Ssthresh < int.MaxValue && (_phase == RecoveryPhase.Cwr || Troubles.Undo.IsOpen))
            _congestion.Cwnd = _congestion.Ssthresh;
    }

    /// <summary>The window goes down without a loss: ECN (RFC 3168 §6.1.2), or congestion in this host.</summary>
    private void EnterCwr(bool byEcn, Instant now)
    {
        Troubles.Undo.PriorSsthresh = 0;
        if (_phase >= RecoveryPhase.Cwr)
            return;
        Troubles.Undo.Close();
        StartReduction(byEcn, now);
        EnterPhase(RecoveryPhase.Cwr, now);
        NoteCongestion(byEcn ? "ECN-Echo" : "congestion in this host");
    }
}
