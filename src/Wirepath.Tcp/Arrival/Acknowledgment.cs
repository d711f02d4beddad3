using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

// The fifth check of RFC 9293 §3.10.7.4: what an ACK acknowledges, and in which order its news are looked at.
public sealed partial class TcpConnection
{
    /// <returns>False when the segment must not be looked at further.</returns>
    private bool TakeAck(in TcpSegment segment, Instant now)
    {
        SequenceNumber ack = segment.Header.Acknowledgment;
        if (ack > _sndNxt)
        {
            Reject(segment, "acknowledges what was not sent");
            AnswerInvalid(segment, SendCause.Ack, now);
            return false;
        }

        if (_sndUna - ack > _maxSndWnd)
        {
            Reject(segment, "acknowledges far in the past");
            Challenge(segment, now); // RFC 5961 §5.2
            return false;
        }

        AckNews news = StartAck(segment, now);
        (_arrivedEcho, _hasArrivedEcho) = (segment.Options.TimestampEcho, _timestamps && segment.Options.HasTimestamps);
        bool hasSack = _sack && segment.Options.SackCount > 0 && (_isSynAcknowledged || ack > _sndUna); // RFC 7413: text that followed the SYN,ACK may be reported with its ACK
        if (ack < _sndUna)
        {
            // Old, but what it selects may be news.
            if (hasSack)
            {
                TakeSack(segment, ref news);
                Recover(ref news, duplicates: 0);
                EndAck(news);
            }

            return true;
        }

        _probesUnanswered = 0;
        if (ack > _sndUna)
            news.Signs |= AckSigns.Advanced;
        TakeWindow(segment, ack, ref news);
        if (IsEcnEcho(segment))
            news.Signs |= AckSigns.Ece;
        if (hasSack)
            TakeSack(segment, ref news);
        if (!news.PriorAnything)
        {
            // Nothing was under way, so nothing is acknowledged; a D-SACK may still take a reduction back.
            if (news.Has(AckSigns.Duplicate))
                Recover(ref news, duplicates: 0);
            FollowProbe(ack, news);
            return true;
        }

        if (news.Has(AckSigns.Advanced))
            Advance(ack, ref news);
        SampleRtt(segment, ref news);
        if ((_settings.LossDetection & LossDetection.StaticReorderingWindow) == 0)
            _rack.AdaptWindow(news.Newest.PriorDelivered, _rate.Delivered);
        FollowProbe(ack, news);
        if (!news.Has(AckSigns.NotDuplicate) || news.Has(AckSigns.Alert) || _phase != RecoveryPhase.Open)
            Recover(ref news, CountDuplicate(news));
        if (news.Has(AckSigns.RestartTimer) && !TryScheduleProbe(advancing: true, now))
            RearmRto(now);
        EndAck(news);
        AfterAck(news);
        return true;
    }

    private AckNews StartAck(in TcpSegment segment, Instant now)
    {
        return new AckNews
        {
            Signs = segment.Length > 0 ? AckSigns.HasText : AckSigns.None,
            Now = now,
            PriorUna = _sndUna,
            PriorInFlight = _sent.InFlight,
            PriorSacked = _sent.Sacked,
            PriorAnything = _sent.Rows > 0,
            PriorLost = _rate.Lost,
            PriorDelivered = _rate.Delivered,
            Reordered = _sndNxt,
            PriorHighestSacked = HighestSacked,
            FirstAckedSentAt = Instant.Never,
            FirstSackedSentAt = Instant.Never,
        };
    }

    private int CountDuplicate(in AckNews news)
    {
        if (news.Has(AckSigns.Advanced))
            _duplicateAcks = 0;
        if (news.Has(AckSigns.Advanced | AckSigns.NotDuplicate | AckSigns.Duplicate))
            return 0;
        Troubles.DuplicateAcks++;
        _duplicateAcks++;
        if (_log.IsEnabled)
            _log.Write(new DuplicateAckCounted(Id, _duplicateAcks));
        return 1;
    }

    /// <summary>SND.UNA moves: the scoreboard's front goes, and the bytes with it.</summary>
    private void Advance(SequenceNumber ack, ref AckNews news)
    {
        bool synAcknowledged = !_isSynAcknowledged;
        _isSynAcknowledged = true;
        int bytes = ack - _sndUna - (synAcknowledged ? 1 : 0);
        _sndUna = ack;
        while (_sent.Rows > 0 && _sent[0].Left < ack)
        {
            ref SentSegment row = ref _sent[0];
            bool whole = row.Right <= ack;
            int segments = whole ? row.Count : row.Count > 1 ? Math.Min((ack - row.Left) / row.SegmentBytes, row.Count - 1) : 0;
            if (segments == 0)
                break; // a part of one segment: it stays under way
            bool isSyn = synAcknowledged && row.Left == _iss;
            FollowDelivery(ref row, segments, ref news, tellRack: !(isSyn && _isFastOpened)); // the SYN,ACK that text has overtaken is no measure of the text
            news.Signs |= isSyn ? AckSigns.AckedSyn : AckSigns.AckedText;
            if (!whole)
            {
                _sent.TrimFirst(row.Left + segments * row.SegmentBytes, segments);
                break;
            }

            _sent.RemoveFirst();
        }

        if (_sent.Rows > 0 && _sent[0].Has(SegmentMarks.Sacked))
            news.Signs |= AckSigns.Reneged;
        if (news.Has(AckSigns.Acked))
        {
            news.Signs |= AckSigns.RestartTimer;
            if (!_sack)
            {
                if (!synAcknowledged)
                    UncountWithoutSack(news.CumulativelyAcked, news.Has(AckSigns.Ece));
                else
                    _rate.CountDelivered(news.CumulativelyAcked, ece: false);
                // Which transmission it was cannot be told.
                if (news.Has(AckSigns.AckedRepeated))
                    news.Signs &= ~AckSigns.DeliveredOriginal;
            }
            else if (news.Reordered < news.PriorHighestSacked)
            {
                NoteReordering(news.Reordered, news.PriorHighestSacked);
            }
        }

        int released = (int)Math.Min(bytes, _sendBuffer.Length);
        if (released > 0)
        {
            _sendBuffer.Release(released);
            _spaceFreed = true;
        }

        _bytesAcknowledged += released;
        if (synAcknowledged)
        {
            StartCongestionControl(news.Now);
            GrowSendBuffer();
            EndTimeoutRecovery(news.Now);
        }

        FollowPathProbe();
        FollowUrgent();
        _timeouts = 0;
        _stalledSince = _sent.Rows > 0 ? news.Now : Instant.Never;
        _rtt.EndBackOff();
        if (_smallSegmentEnd < _sndUna)
            _smallSegmentEnd = _sndUna;
        if (_repeatFrom < _sndUna)
            _repeatFrom = _sndUna;
        if (_highSeq < _sndUna && _phase == RecoveryPhase.Open)
            _highSeq = _sndUna; // only has to stay behind, or its comparison would wrap around
    }

    private void FollowDelivery(ref SentSegment row, int segments, ref AckNews news, bool tellRack)
    {
        if (row.Has(SegmentMarks.EverRepeated))
        {
            news.Signs |= row.Has(SegmentMarks.Repeated) ? AckSigns.AckedRepeated : AckSigns.None;
        }
        else if (!row.Has(SegmentMarks.Sacked))
        {
            if (news.FirstAckedSentAt.IsNever)
                news.FirstAckedSentAt = row.SentAt;
            news.LastAckedSentAt = row.SentAt;
            if (row.Left < news.Reordered)
                news.Reordered = row.Left;
            if (row.Right <= _highSeq)
                news.Signs |= AckSigns.DeliveredOriginal;
        }

        if (!row.Has(SegmentMarks.Sacked) && _sack)
        {
            _rate.CountDelivered(segments, news.Has(AckSigns.Ece));
            if (tellRack)
                _rack.Advance(row, _rtt.Min, news.Now);
        }

        news.CumulativelyAcked += segments;
        _rate.OnDelivered(ref row, ref news.Newest);
        if (segments < row.Count)
            row.Snapshot.IsSpent = false; // the rest of the row is still to be counted
    }

    /// <summary>The SYN is acknowledged: the initial window (RFC 6928).</summary>
    private void StartCongestionControl(Instant now)
    {
        if (_timeouts > 0)
            _rtt.SynTimedOut();
        // RFC 5681 §3.1: one segment when the SYN was lost; as on Linux a single repetition is forgiven, for it may have been needless.
        _congestion.Cwnd = _timeouts > 1 ? 1 : _settings.InitialCwnd;
        _congestion.OnEstablished(Congestion(now));
        StartSearch(now);
        UpdatePacing();
        NoteCongestion("established");
    }

    private void EndAck(in AckNews news)
    {
        int delivered = (int)(_rate.Delivered - news.PriorDelivered);
        int lost = (int)(_rate.Lost - news.PriorLost);
        AckSample sample = _rate.EndAck(news.Newest, delivered, lost, news.PriorInFlight,
            news.Has(AckSigns.Ece) ? delivered : 0, news.Rtt, _rtt.Min, news.Has(AckSigns.MaybeDelayed), news.Now);
        if (_validation is not null && delivered > 0)
            Validate(news.Now);
        CongestionContext context = Congestion(news.Now);
        if (delivered > 0)
            _congestion.OnDelivered(sample, context);
        if (_congestion.ControlsRate)
        {
            _congestion.OnRateSample(sample, context);
        }
        else if (IsReducing)
        {
            _congestion.Cwnd = Troubles.Prr.Reduce(_congestion.Cwnd, _congestion.Ssthresh, _sent.InFlight, delivered, news.Has(AckSigns.Advanced) && lost == 0);
        }
        else if (MayRaiseCwnd(news) && delivered > 0 && MayRaiseValidated)
        {
            _congestion.OnAcknowledged(sample, context);
            _congestion.Cwnd = Math.Min(_congestion.Cwnd, _settings.MaxCwnd);
        }

        UpdatePacing();
        NoteCongestion(IsReducing ? "a segment has left the network" : "acknowledged");
    }

    // Where the path reorders, SACKed segments clock the window just as well.
    private bool MayRaiseCwnd(in AckNews news) =>
        news.Has(_reordering > _settings.ReorderingThreshold ? AckSigns.Progress & ~AckSigns.AckedSyn : AckSigns.AckedText);

    private void AfterAck(in AckNews news)
    {
        if (SendEnd > _sndNxt && news.Has(AckSigns.Progress | AckSigns.MovedWindow))
            SendBecause = _log.Because;
    }

    // §3.10.7.4: SND.WL1 and SND.WL2 keep old segments from setting the window.
    private void TakeWindow(in TcpSegment segment, SequenceNumber ack, ref AckNews news)
    {
        int window = segment.Header.Window << (segment.Header.IsSyn ? 0 : _sndShift);
        SequenceNumber sequence = segment.Header.Sequence;
        if (!(_sndWl1 < sequence || (_sndWl1 == sequence && _sndWl2 <= ack)))
            return;
        if (window != _sndWnd) // RFC 5681 §2: a duplicate ACK repeats the window
            news.Signs |= AckSigns.MovedWindow;
        (_sndWl1, _sndWl2) = (sequence, ack);
        if (window == _sndWnd)
            return;
        if (window > _sndWnd && SendEnd > _sndNxt)
            SendBecause = _log.Because;
        _sndWnd = window;
        _maxSndWnd = Math.Max(_maxSndWnd, window);
        if (_sndWnd > 0)
            _timers.Persist = Instant.Never;
        _persistDoublings = 0;
        if (_log.IsEnabled)
            _log.Write(new PeerWindowChanged(Id, window));
    }

    // RFC 6298 §3: Karn's rule, which timestamps lift.
    private void SampleRtt(in TcpSegment segment, ref AckNews news)
    {
        TimeSpan? sample = null;
        TimeSpan newest = TimeSpan.Zero;
        if (!news.FirstAckedSentAt.IsNever && !news.Has(AckSigns.AckedRepeated))
        {
            (sample, newest) = (news.Now - news.FirstAckedSentAt, news.Now - news.LastAckedSentAt);
            if (news.CumulativelyAcked == 1 && news.PriorInFlight == 1 && news.PriorSacked == 0)
                news.Signs |= AckSigns.MaybeDelayed;
        }

        bool bySack = !news.FirstSackedSentAt.IsNever;
        if (bySack)
        {
            sample ??= news.Now - news.FirstSackedSentAt;
            newest = news.Now - news.LastSackedSentAt;
        }

        if (sample is null && _timestamps && segment.Options.HasTimestamps && segment.Options.TimestampEcho != 0 && news.Has(AckSigns.Acked))
        {
            int milliseconds = unchecked((int)(TimestampClock(news.Now) - segment.Options.TimestampEcho));
            // RFC 2883 §4: a D-SACK answers what had arrived before, so the time that it echoes is older than the repetition.
            if (milliseconds >= 0 && !news.Has(AckSigns.Duplicate))
                sample = newest = TimeSpan.FromMilliseconds(Math.Max(milliseconds, 1));
        }

        if (sample is not { } rtt)
            return;
        news.Rtt = newest;
        _rtt.Sample(rtt, newest, news.Now);
        // The first segment is younger than what was measured: it has been repeated since, and its time-out may begin anew.
        if (bySack && !news.Has(AckSigns.Acked) && _sent.Rows > 0 && rtt > news.Now - _sent[0].SentAt)
            news.Signs |= AckSigns.RestartTimer;
        if (_log.IsEnabled)
            _log.Write(new RttSampled(Id, rtt, _rtt.Smoothed, _rtt.Variance, _rtt.Rto));
    }
}
