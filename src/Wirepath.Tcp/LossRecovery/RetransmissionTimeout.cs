using Wirepath.Wire;

namespace Wirepath.Tcp;

// After a time-out: RFC 5681 §3.1, RFC 6298 §5, and F-RTO (RFC 5682), which asks whether it was needed.
public sealed partial class TcpConnection
{
    private bool _forwardRto;   // F-RTO is looking at the ACKs after the time-out

    private void EnterLoss(Instant now)
    {
        bool isNewRecovery = _phase < RecoveryPhase.Recovery;
        MarkAllLost(now);
        // Once for each window: a time-out within recovery does not reduce again.
        if (_phase <= RecoveryPhase.Disorder || _highSeq <= _sndUna || (_phase == RecoveryPhase.Loss && _timeouts <= 1))
        {
            Troubles.Undo.PriorSsthresh = CurrentSsthresh;
            Troubles.Undo.PriorCwnd = _congestion.Cwnd;
            _congestion.Ssthresh = _congestion.ReduceSsthresh(byEcn: false, Congestion(now));
            OpenUndo();
        }

        _validation?.Forget();
        if (!_congestion.ControlsRate)
            _congestion.Cwnd = _sent.InFlight + 1;
        // So many came although one was missing: what was learnt of reordering was too much.
        if (_phase <= RecoveryPhase.Disorder && _sent.Sacked >= _settings.ReorderingThreshold)
            _reordering = Math.Min(_reordering, _settings.ReorderingThreshold);
        EnterPhase(RecoveryPhase.Loss, now);
        _highSeq = _sndNxt;
        _probeEnd = null;
        _cwrWanted = _ecn;
        // RFC 5682 §3.1 step 1: only the first segment goes again, unless repetitions were already under way.
        _forwardRto = _settings.ForwardRto != 0 && (isNewRecovery || _timeouts > 1) && _search is not { IsOut: true };
        _newBeforeLost = false;
    }

    private void MarkAllLost(Instant now)
    {
        bool reneged = _sent.Rows > 0 && _sent[0].Has(SegmentMarks.Sacked);
        if (!_sack)
            _sent.Sacked = 0;
        for (int i = 0; i < _sent.Rows; i++)
        {
            if (reneged)
                _sent.Unmark(i, SegmentMarks.Sacked); // RFC 2018 §8: what the peer reported it may have thrown away again
            // What has left within the last round trip is not lost because the first one is.
            else if (_sack && UsesRack && i > 0 && _rack.Rtt > TimeSpan.Zero && _rack.Remaining(_sent[i].SentAt, TimeSpan.Zero, now) > TimeSpan.Zero)
                continue;
            MarkLost(i);
        }

        _repeatFrom = _sndUna;
    }

    /// <summary>The first unacknowledged segment is one that the peer has reported: it has thrown it away (RFC 2018 §8).</summary>
    private bool CheckReneging(ref AckNews news, Instant now)
    {
        if (!news.Has(AckSigns.Reneged) || !news.Has(AckSigns.Advanced))
            return false;
        // Perhaps only the ACK of a repetition crossed: half a round trip will tell.
        TimeSpan half = _rtt.Smoothed / 2;
        SetRetransmission(RetransmissionTimer.Timeout, now + (half > s_renegingWait ? half : s_renegingWait));
        news.Signs &= ~AckSigns.RestartTimer;
        return true;
    }

    private static readonly TimeSpan s_renegingWait = TimeSpan.FromMilliseconds(10);

    private void RecoverInLoss(ref AckNews news, int duplicates)
    {
        FollowTimeout(ref news, duplicates);
        DetectLosses(ref news);
        if (_phase == RecoveryPhase.Open || news.Has(AckSigns.LostRepetition))
        {
            // Taken back, or the repetition after the time-out is lost as well.
            if (_phase <= RecoveryPhase.Disorder)
                TryUndoByDuplicates();
            if (_sent.Lost > 0)
                EnterRecovery(news.Has(AckSigns.Ece), news.Now);
            else
                TryToOpen(news);
        }
    }

    private void FollowTimeout(ref AckNews news, int duplicates)
    {
        bool recovered = _sndUna >= _highSeq;
        bool advanced = news.Has(AckSigns.Advanced);
        if (advanced && TryUndoTimeout(byForwardRto: false, news.Now))
            return;
        if (_forwardRto)
        {
            // RFC 5682 §3.1 step 3b: never repeated, and yet delivered: the time-out was spurious.
            if (news.Has(AckSigns.DeliveredOriginal) && TryUndoTimeout(byForwardRto: true, news.Now))
                return;
            if (_sndNxt > _highSeq)
            {
                if (news.Has(AckSigns.Sacked) || duplicates > 0)
                    _forwardRto = false; // step 3a: the loss was real
            }
            else if (advanced && !recovered)
            {
                // Step 2b: new bytes, if there are any and they may go, and wait for what comes back.
                _highSeq = _sndNxt;
                if (_dataEnd > _sndNxt && WindowEdge > _sndNxt)
                {
                    _newBeforeLost = true;
                    return;
                }

                _forwardRto = false;
            }
        }

        if (recovered)
        {
            TryUndoAtEnd(news.Now);
            return;
        }

        if (!_sack)
        {
            // A duplicate means that new bytes of step 2b have arrived.
            if (_sndNxt > _highSeq && duplicates > 0)
                CountWithoutSack(duplicates, news.Has(AckSigns.Ece));
            else if (advanced)
                _sent.Sacked = 0;
        }
    }
}
