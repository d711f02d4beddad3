using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

// SEGMENT ARRIVES, RFC 9293 §3.10.7, in its order.
public sealed partial class TcpConnection
{
    /// <summary>Takes a segment whose checksum and addresses were found right. Ask <see cref="TryTransmit"/> afterwards.</summary>
    public void Receive(in TcpSegment segment, Instant now)
    {
        NoteReceived(segment, follow: true);
        _lastReceivedAt = now;
        _keepAlivesUnanswered = 0;
        _moreFollows = false; // an ACK lets go what waited for more
        switch (State)
        {
            case TcpState.Closed:
            case TcpState.Listen:
                Reject(segment, "the connection is gone");
                break;
            case TcpState.SynSent:
                ArriveInSynSent(segment, now);
                break;
            case TcpState.SynReceived:
            case TcpState.Established:
            case TcpState.FinWait1:
            case TcpState.FinWait2:
            case TcpState.CloseWait:
            case TcpState.Closing:
            case TcpState.LastAck:
            case TcpState.TimeWait:
                Arrive(segment, now);
                break;
            default:
                throw new InvalidOperationException($"Unknown state {State}.");
        }

        NoteWindows();
    }

    /// <summary>
    /// Whether a SYN in TIME-WAIT may begin a new incarnation: its timestamp (RFC 6191) or its sequence number
    /// (RFC 9293 §3.10.7.4) is beyond the old one's. When true this connection is <see cref="TcpSignals.Released"/>, and
    /// the segment belongs to the listener; when false it is to be given to <see cref="Receive"/>.
    /// </summary>
    public bool TryReopen(in TcpSegment segment, Instant now)
    {
        TcpHeader header = segment.Header;
        if (State != TcpState.TimeWait || !header.IsSyn || header.IsAck || header.IsRst)
            return false;
        bool newer = _timestamps && segment.Options.HasTimestamps
            ? unchecked((int)(segment.Options.TimestampValue - _tsRecent)) > 0
                || (segment.Options.TimestampValue == _tsRecent && header.Sequence > _rcvNxt)
            : header.Sequence > _rcvNxt;
        if (!newer)
            return false;
        Transit(TcpTransition.TimeWaitPassed);
        return true;
    }

    // §3.10.7.3
    private void ArriveInSynSent(in TcpSegment segment, Instant now)
    {
        TcpHeader header = segment.Header;

        // First, the ACK bit.
        bool acceptableAck = header.IsAck && header.Acknowledgment > _iss && header.Acknowledgment <= _sndNxt;
        if (header.IsAck && !acceptableAck)
        {
            Reject(segment, "acknowledges what was not sent");
            if (!header.IsRst)
                WantStrayReset(header.Acknowledgment);
            return;
        }

        // RFC 7323 §5.2 has echoes of what was never sent mean an old SYN,ACK.
        if (acceptableAck && _settings.Timestamps && segment.Options.HasTimestamps && !EchoesOurSyn(segment.Options.TimestampEcho, now))
        {
            Reject(segment, "echoes a timestamp that was not sent");
            if (Shared is not null)
                Shared.Counters.PAWSActive++;
            if (!header.IsRst)
                WantStrayReset(header.Acknowledgment);
            return;
        }

        // Second, the RST bit. RFC 5961 §3.2 changes nothing here: the ACK must be right.
        if (header.IsRst)
        {
            if (acceptableAck)
                Finish(ConnectionEnd.Refused, "the peer answered SYN with RST", TcpTransition.ReceivedRst);
            else
                Reject(segment, "RST without an acknowledgment of the SYN");
            return;
        }

        // Fourth, the SYN bit. (Third is security, which IP no longer carries.)
        if (!header.IsSyn)
        {
            Reject(segment, "neither SYN nor RST");
            return;
        }

        TakeSyn(segment, now);
        if (!acceptableAck)
        {
            // Simultaneous open: the SYN goes out again, as SYN,ACK.
            Transit(TcpTransition.ReceivedSyn);
            _synWanted = true;
            SendBecause = _log.Because;
            return;
        }

        Transit(TcpTransition.ReceivedSynAck);
        if (_writeIsUnderWay || _dataEnd > _sndNxt)
            (_lastTextAt, _ato) = (now, _settings.DelayedAck); // the text that follows at once is an answer, and carries the ACK
        Acknowledge(SendCause.Ack);
        TakeAck(segment, now);
        FollowFastOpen(segment);
        _sndWl2 = header.Acknowledgment;
        Establish(now);
        TakeText(segment, header.Sequence + 1, now);
    }

    // §3.10.7.4
    private void Arrive(in TcpSegment segment, Instant now)
    {
        TcpHeader header = segment.Header;
        SequenceNumber sequence = header.Sequence;
        int length = segment.Length;
        bool isSyn = header.IsSyn;
        if (State == TcpState.SynReceived && isSyn && sequence == _irs)
        {
            if (!header.IsAck)
            {
                // The SYN came again: our SYN,ACK was lost.
                _synWanted = true;
                SendBecause = _log.Because;
                return;
            }

            // The SYN,ACK of a simultaneous open (figure 8): only its ACK is news, and the SYN is told to be a duplicate (RFC 2883 §4).
            if (header.Acknowledgment == _sndNxt)
            {
                _duplicateBlock = new SackBlock(_irs, _rcvNxt);
                Acknowledge(SendCause.DuplicateAck);
            }

            (sequence, length, isSyn) = (_rcvNxt, length - 1, false);
        }

        // First, the timestamps (RFC 7323 §5.3) and the sequence number.
        if (_timestamps && !header.IsRst && _settings.RequireTimestamps && !segment.Options.HasTimestamps)
        {
            Reject(segment, "without timestamps although they were agreed on");
            return;
        }

        if (_timestamps && !header.IsRst && segment.Options.HasTimestamps && FailsPaws(segment, now))
        {
            Reject(segment, "PAWS: timestamp older than the last");
            if (Shared is not null)
                Shared.Counters.PAWSEstab++;
            if (segment.Length > 0 && sequence < _rcvNxt && !isSyn)
                _duplicateBlock = new SackBlock(sequence, SequenceNumber.Min(sequence + segment.Length, _rcvNxt));
            AnswerInvalid(segment, SendCause.DuplicateAck, now);
            return;
        }

        if (!IsAcceptable(sequence, length, segment.PayloadLength))
        {
            TurnAway(segment, sequence, now);
            return;
        }

        if (!AcknowledgesUnsent(header))
            UpdateTsRecent(segment, now);
        FollowMarks(segment);

        // Second, the RST bit (RFC 5961 §3.2: only the exact number resets).
        if (header.IsRst)
        {
            ArriveReset(segment, sequence, now);
            return;
        }

        // Fourth, the SYN bit.
        if (isSyn)
        {
            if (State == TcpState.SynReceived && _listener is not null)
            {
                Reject(segment, "another SYN: back to LISTEN");
                Finish(ConnectionEnd.ResetByPeer, "the peer began anew", TcpTransition.GaveUp);
                return;
            }

            Reject(segment, "SYN inside a connection");
            if (Shared is not null)
                Shared.Counters.TCPSYNChallenge++;
            Challenge(segment, now); // RFC 5961 §4.2: never accept, always challenge
            return;
        }

        // Fifth, the ACK bit.
        if (!header.IsAck)
        {
            Reject(segment, "without ACK");
            return;
        }

        if (State == TcpState.SynReceived && !ArriveAckOfSyn(segment, now))
            return;
        bool finWasUnacknowledged = !IsFinAcknowledged;
        if (!TakeAck(segment, now))
            return;
        bool finAcknowledged = finWasUnacknowledged && IsFinAcknowledged;

        // Sixth, the URG bit.
        TakeUrgent(segment, sequence);
        // Seventh, the text; eighth, the FIN.
        TakeText(segment, sequence, now);
        if (finAcknowledged)
            FollowAckOfFin(now);
    }

    /// <summary>§3.10.7.4's table, with room for what a closed window must still let through: ACK, RST and a bare FIN.</summary>
    private bool IsAcceptable(SequenceNumber sequence, int length, int payload)
    {
        // A peer that has filled the window sends its bare ACKs from its right edge.
        if (length == 0)
            return sequence >= _rcvNxt && sequence <= _rcvAdv;
        if (RcvWnd == 0)
            return sequence == _rcvNxt && payload == 0;
        return sequence < _rcvAdv && sequence + length > _rcvNxt;
    }

    private void TurnAway(in TcpSegment segment, SequenceNumber sequence, Instant now)
    {
        TcpHeader header = segment.Header;
        Reject(segment, sequence < _rcvNxt ? "below the window" : RcvWnd == 0 ? "the window is closed" : "beyond the window");
        if (header.IsRst)
            return;

        // A closed window still takes the ACK of the segment that probes it (§3.8.6.1), and the ACK of a repetition is news
        // even if its bytes are not: two ends that repeat at once would otherwise never hear each other.
        bool probes = RcvWnd == 0 && sequence == _rcvNxt;
        bool repeats = sequence < _rcvNxt && header.Acknowledgment > _sndUna && _rcvNxt - sequence <= Math.Max(_rcvBuffer, ushort.MaxValue);
        if ((probes || repeats) && header.IsAck && !header.IsSyn && State != TcpState.SynReceived)
        {
            if (!TakeAck(segment, now))
                return;
            if (IsFinAcknowledged && State is TcpState.FinWait1 or TcpState.Closing or TcpState.LastAck)
            {
                FollowAckOfFin(now);
                if (State == TcpState.Closed)
                    return;
            }
        }

        if (State == TcpState.TimeWait)
        {
            if (header.IsFin)
                StartTimeWait(restarted: true, now);
            AnswerInvalid(segment, SendCause.TimeWaitAck, now);
            return;
        }

        if (segment.PayloadLength > 0 && sequence < _rcvNxt)
            _duplicateBlock = new SackBlock(sequence, SequenceNumber.Min(sequence + segment.PayloadLength, _rcvNxt));
        AnswerInvalid(segment, SendCause.DuplicateAck, now);
    }

    // RFC 9293 §3.10.7.4 second, RFC 5961 §3.2
    private void ArriveReset(in TcpSegment segment, SequenceNumber sequence, Instant now)
    {
        if (sequence != _rcvNxt && _reassembly?.EndsAt(sequence) != true)
        {
            Reject(segment, "RST in the window, but not at its edge");
            Challenge(segment, now);
            return;
        }

        if (State == TcpState.TimeWait && _settings.ProtectTimeWait)
        {
            Reject(segment, "RST in TIME-WAIT (RFC 1337)");
            return;
        }

        (ConnectionEnd how, string detail) = State switch
        {
            TcpState.SynReceived when _listener is null => (ConnectionEnd.Refused, "the peer answered the simultaneous open with RST"),
            TcpState.Closing or TcpState.LastAck or TcpState.TimeWait => (ConnectionEnd.Closed, "RST after both sides had closed"),
            _ => (ConnectionEnd.ResetByPeer, "the peer sent RST"),
        };
        Finish(how, detail, TcpTransition.ReceivedRst);
    }

    private bool ArriveAckOfSyn(in TcpSegment segment, Instant now)
    {
        SequenceNumber ack = segment.Header.Acknowledgment;
        if (ack <= _iss || ack > _sndNxt)
        {
            Reject(segment, "acknowledges what was not sent");
            WantStrayReset(ack);
            return false;
        }

        if (_listener is not null && !_listener.TryEstablish(this))
        {
            Reject(segment, "the accept queue is full");
            if (_settings.AbortOnOverflow)
                ResetAndFinish(ConnectionEnd.Aborted, "the accept queue is full");
            return false;
        }

        // The window first, by hand: WL1 is the SYN's number, so the ordinary rule would do as well, but the shift applies from here on.
        _sndWnd = segment.Header.Window << _sndShift;
        (_sndWl1, _sndWl2) = (segment.Header.Sequence, ack);
        Transit(TcpTransition.ReceivedAckOfSyn);
        Establish(now);
        return true;
    }

    /// <summary>Both SYNs are acknowledged, or will be by the next segment.</summary>
    private void Establish(Instant now)
    {
        if (!_isFastOpened)
            _signals |= TcpSignals.Established | TcpSignals.Writable;
        _maxSndWnd = Math.Max(_maxSndWnd, _sndWnd);
        _establishedAt = now;
        if (!_isFastOpened)
            StartReceiving(now);
        if (_keepAlive)
            _timers.KeepAlive = now + _settings.KeepAliveTime;
    }

    private void FollowAckOfFin(Instant now)
    {
        switch (State)
        {
            case TcpState.FinWait1:
                Transit(TcpTransition.ReceivedAckOfFin);
                _signals |= TcpSignals.SendClosed;
                if (_applicationGone)
                    _timers.Orphan = now + _settings.FinTimeout;
                break;
            case TcpState.Closing:
                Transit(TcpTransition.ReceivedAckOfFin);
                StartTimeWait(restarted: false, now);
                break;
            case TcpState.LastAck:
                Finish(ConnectionEnd.Closed, "", TcpTransition.ReceivedAckOfFin);
                break;
            default:
                break; // FIN-WAIT-1 and both at once: the FIN has led on to TIME-WAIT
        }
    }

    private void StartTimeWait(bool restarted, Instant now)
    {
        TimeSpan duration = 2 * _settings.MaximumSegmentLifetime;
        _timers.StopAll();
        _timers.TimeWait = now + duration;
        if (_log.IsEnabled)
            _log.Write(new TimeWaitStarted(Id, duration, restarted));
        if (!restarted)
            NoteEnd(ConnectionEnd.Closed, "");
    }

    // ---- Answers -------------------------------------------------------------------------------------------------

    private void Acknowledge(SendCause why)
    {
        (_ackNow, _ackWhy, AckBecause) = (true, why, _log.Because);
        _timers.DelayedAck = Instant.Never;
    }

    private void WantStrayReset(SequenceNumber sequence)
    {
        (_strayResetWanted, _straySequence) = (true, sequence);
        AckBecause = _log.Because;
    }
}
