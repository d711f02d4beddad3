using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

// The fifth check of RFC 9293 §3.10.7.4, with RFC 5681, 6582 and 6298.
public sealed partial class TcpConnection
{
    /// <returns>False when the segment must not be looked at further.</returns>
    private bool TakeAck(in TcpSegment segment, Instant now)
    {
        SequenceNumber ack = segment.Header.Acknowledgment;
        if (ack > _sndMax)
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

        _probesUnanswered = 0;
        long window = (long)segment.Header.Window << (segment.Header.IsSyn ? 0 : _sndShift);
        if (ack > _sndUna)
            Advance(segment, ack, now);
        else if (ack == _sndUna && IsDuplicate(segment, window))
            CountDuplicate(now);
        TakeWindow(segment, ack, window);
        return true;
    }

    private void Advance(in TcpSegment segment, SequenceNumber ack, Instant now)
    {
        long acked = ack - _sndUna;
        bool synAcknowledged = !IsSynAcknowledged;
        CongestionContext context = Congestion(now) with { FlightSize = _sndMax - _sndUna };
        SampleRtt(segment, ack, now);
        _sndUna = ack;
        if (synAcknowledged)
        {
            acked--;
            if (_timeouts > 0)
                _rtt.SynTimedOut();
            // RFC 6928 §2: a lost SYN leaves one segment.
            _congestion.OnEstablished(FullPayload, _timeouts > 0 ? 1 : _settings.InitialCwnd);
            NoteCongestion("established");
        }

        int bytes = (int)Math.Min(acked, _sendBuffer.Length);
        if (bytes > 0)
            _sendBuffer.Release(bytes);
        _bytesAcknowledged += bytes;
        if (_sndNxt < _sndUna)
            _sndNxt = _sndUna;
        (_timeouts, _stalledSince, _forceFirst) = (0, Instant.Never, false);
        if (_repeatFirst && _sndUna == _sndMax)
            _repeatFirst = false;
        if (_smallSegmentEnd < _sndUna)
            _smallSegmentEnd = _sndUna;
        _rtt.EndBackOff();
        RestartRetransmission(now);
        if (!synAcknowledged)
            Recover(ack, acked, context);
        _recovery.Follow(_sndUna);
        if (SendEnd > _sndNxt)
            _sendCause = _log.Because;
        if (_writerWaits && Writable >= SendCapacity / 3)
        {
            _writerWaits = false;
            _signals |= TcpSignals.Writable;
        }
    }

    private void Recover(SequenceNumber ack, long acked, in CongestionContext context)
    {
        switch (_recovery.OnAcknowledged(ack, acked, _congestion, context))
        {
            case RecoveryStep.PartialAck:
                RepeatFirst(RetransmitCause.PartialAck);
                NoteCongestion("partial acknowledgment");
                break;
            case RecoveryStep.Recovered:
                NoteCongestion("recovered");
                break;
            case RecoveryStep.Nothing:
                NoteCongestion("acknowledged");
                break;
            case RecoveryStep.FastRetransmit:
            default:
                throw new InvalidOperationException("An acknowledgment of new data is no duplicate.");
        }
    }

    /// <summary>RFC 5681 §2; with SACK, a block above SND.UNA says the same whatever the window (RFC 6675 §2).</summary>
    private bool IsDuplicate(in TcpSegment segment, long window)
    {
        if (_sndNxt == _sndUna || !IsSynAcknowledged || segment.Length > 0)
            return false;
        return window == _sndWnd || (_sack && segment.Options.SackCount > 0 && segment.Options.GetSack(0).Right > _sndUna);
    }

    private void CountDuplicate(Instant now)
    {
        _duplicateAcksReceived++;
        RecoveryStep step = _recovery.OnDuplicate(_sndUna, _sndMax, _settings.ReorderingThreshold, _congestion, Congestion(now));
        if (_log.IsEnabled)
            _log.Write(new DuplicateAckCounted(Id, _recovery.DuplicateAcks));
        if (SendEnd > _sndNxt)
            _sendCause = _log.Because; // inflation and limited transmit let new data out
        if (step == RecoveryStep.FastRetransmit)
        {
            _fastRetransmits++;
            RepeatFirst(RetransmitCause.DuplicateAcks);
            NoteCongestion("three duplicate ACKs");
        }
        else if (_recovery.IsActive)
        {
            NoteCongestion("a segment has left the network");
        }
    }

    private void RepeatFirst(RetransmitCause why) =>
        (_repeatFirst, _repeatWhy, _repeatCause) = (true, why, _log.Because);

    private void RepeatAll(RetransmitCause why, EventId cause)
    {
        (_sndNxt, _repeatFirst, _forceFirst) = (_sndUna, false, true);
        (_repeatWhy, _repeatCause, _isTiming) = (why, cause, false);
    }

    // §3.10.7.4: SND.WL1 and SND.WL2 keep old segments from setting the window.
    private void TakeWindow(in TcpSegment segment, SequenceNumber ack, long window)
    {
        SequenceNumber sequence = segment.Header.Sequence;
        if (ack < _sndUna || !(_sndWl1 < sequence || (_sndWl1 == sequence && _sndWl2 <= ack)))
            return;
        (_sndWl1, _sndWl2) = (sequence, ack);
        if (window == _sndWnd)
            return;
        if (window > _sndWnd && SendEnd > _sndNxt)
            _sendCause = _log.Because;
        _sndWnd = window;
        _maxSndWnd = Math.Max(_maxSndWnd, window);
        if (_sndWnd > 0)
            _timers.Persist = Instant.Never;
        _persistDoublings = 0;
        if (_log.IsEnabled)
            _log.Write(new PeerWindowChanged(Id, window));
    }

    // RFC 6298 §3: Karn's rule, which timestamps lift.
    private void SampleRtt(in TcpSegment segment, SequenceNumber ack, Instant now)
    {
        TimeSpan sample;
        if (_isTiming)
        {
            if (ack < _timedEnd)
                return;
            _isTiming = false;
            sample = now - _timedAt;
        }
        else
        {
            if (!_timestamps || !segment.Options.HasTimestamps || segment.Options.TimestampEcho == 0)
                return;
            // RFC 2883 §4: it answers what had arrived before, so the time that it echoes is older than the repetition.
            // Measured, the wait for the time-out would count as a round trip and make the next wait longer still.
            if (_sack && segment.Options.SackCount > 0 && segment.Options.GetSack(0).Right <= ack)
                return;
            int milliseconds = unchecked((int)(TimestampClock(now) - segment.Options.TimestampEcho));
            if (milliseconds < 0)
                return;
            sample = TimeSpan.FromMilliseconds(Math.Max(milliseconds, 1));
        }

        _rtt.Sample(sample);
        if (_log.IsEnabled)
            _log.Write(new RttSampled(Id, sample, _rtt.Smoothed, _rtt.Variance, _rtt.Rto));
    }
}
