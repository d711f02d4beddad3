using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

// What goes out, and in which order.
public sealed partial class TcpConnection
{
    /// <summary>
    /// Writes the next segment into the empty <paramref name="packet"/>: header at offset 0 of the head (checksum 0, for the
    /// IP side), options, and payload behind it or as slices. Call until it answers false after each other call.
    /// </summary>
    /// <returns>False: nothing to send now; the packet was not touched.</returns>
    public bool TryTransmit(Packet packet, Instant now)
    {
        ArgumentNullException.ThrowIfNull(packet);
        if (_resetWanted)
        {
            _resetWanted = false;
            _signals |= TcpSignals.Released;
            Emit(packet, _sndNxt, 0, TcpFlags.Rst | TcpFlags.Ack, SendCause.Reset, SendBecause, ResetOptions(now), now);
            return true;
        }

        if (_strayResetWanted)
        {
            _strayResetWanted = false;
            Emit(packet, _straySequence, 0, TcpFlags.Rst, SendCause.Reset, AckBecause, default, now);
            return true;
        }

        if (State is TcpState.Closed or TcpState.Listen)
            return false;
        if (_synWanted)
        {
            SendSyn(packet, now);
            return true;
        }

        if (State is TcpState.SynSent)
            return false;
        bool sent = (_newBeforeLost && TrySendNewBeforeLost(packet, now))
            || TryRepeat(packet, now)
            || (_lossProbeWanted && TrySendLossProbe(packet, now))
            || (IsSynchronized && TrySendQueue(packet, now))
            || TrySendProbe(packet, now)
            || TrySendAck(packet, now);
        if (!sent)
        {
            CheckSpace();
            NoteLimit(now);
        }

        return sent;
    }

    private void SendSyn(Packet packet, Instant now)
    {
        _synWanted = false;
        bool again = _sent.Rows > 0;
        bool answers = State != TcpState.SynSent;
        EventId cause = SendBecause;
        if (again)
            cause = NoteRetransmission(_iss, 0, SendBecause);
        TcpFlags flags = EcnSynFlags(answers) | (answers ? TcpFlags.Syn | TcpFlags.Ack : TcpFlags.Syn);
        int length = Emit(packet, _iss, SynPayload(again, now), flags, again ? SendCause.Retransmission : answers ? SendCause.SynAnswer : SendCause.Open, cause, SynOptions(now), now);
        if (again)
            NoteRepeated(0, now);
        else
            NoteSent(_iss, 1, segments: 1, FullPayload, now);
        if (length > 0)
            NoteSent(_iss + 1, length, segments: 1, FullPayload, now); // RFC 7413: acknowledged or not, by itself
    }

    private bool TrySendQueue(Packet packet, Instant now)
    {
        SequenceNumber end = SendEnd;
        if (_sndNxt == end)
        {
            NoteEndOfSending(limited: false);
            return false;
        }

        if (MustWaitForPace(now))
            return false;
        TcpOptions options = SegmentOptions(now);
        int full = _sndMss - options.Size;
        if (_sent.Rows == 0 && _dataSegmentsSent > 0)
            _congestion.OnTransmitStart(now - _lastSentAt, Congestion(now));
        long window = WindowEdge - _sndNxt;
        int room = _congestion.Cwnd - _sent.InFlight + (_isSynAcknowledged ? 0 : 1); // the SYN,ACK that Fast Open's text follows is none of it
        long unsent = _dataEnd - _sndNxt;
        if (unsent == 0)
        {
            // The FIN by itself counts against the window like a byte; the congestion window does not hold it.
            if (window < 1)
                return Blocked(cwnd: false, now);
            SendNew(packet, 0, full, options, now);
            return true;
        }

        if (room <= 0)
            return Blocked(cwnd: true, now);
        if (TryProbePath(packet, options, now))
            return true;
        if (!_overrideSws && WaitsForMore(room, window, unsent, full, now))
            return Blocked(cwnd: (long)room * full < window, now);
        // Half of the window at once at most, so that one super-segment is on its way while the next is being made.
        int most = Math.Min(SegmentsAtOnce(full), Math.Min(room, Math.Max(_congestion.Cwnd / 2, 1))) * full;
        int length = (int)Math.Min(Math.Min(unsent, most), window);
        if (length <= 0)
            return Blocked(cwnd: false, now);
        length = WithinRecord(_sndNxt, length, out bool endsRecord);
        if (length > full)
            length -= length % full;
        if (!_overrideSws && !(endsRecord && length < full) && !IsWorthASegment(length, full, unsent))
            return Blocked(cwnd: false, now);
        SendNew(packet, length, full, options, now);
        return true;
    }

    private bool IsWorthASegment(int length, int full, long unsent) =>
        !(length < full && length == unsent && HoldsSmallPieces)
        && SendDecision.IsWorthASegment(length, full, unsent, _finQueued, SendsSmallPieces, _smallSegmentEnd > _sndUna, _sndNxt - _sndUna, _maxSndWnd);

    /// <summary>The application writes again. Bytes that waited for a window were not idle.</summary>
    private void RestartAfterIdle(Instant now)
    {
        if (_validation is not null)
        {
            EndNonValidated(now);
            return;
        }

        TimeSpan idle = now - _lastSentAt;
        if (_sent.Rows > 0 || _dataSegmentsSent == 0 || !_settings.SlowStartAfterIdle || _congestion.ControlsRate || idle <= _rtt.Rto)
            return;
        // RFC 2861 §3.1: cwnd halves for every RTO of idleness, down to the restart window of RFC 5681 §4.1.
        int restart = Math.Min(_settings.InitialCwnd, _congestion.Cwnd);
        _congestion.Ssthresh = CurrentSsthresh;
        for (TimeSpan left = idle - _rtt.Rto; left > TimeSpan.Zero && _congestion.Cwnd > restart; left -= _rtt.Rto)
            _congestion.Cwnd /= 2;
        _congestion.Cwnd = Math.Max(_congestion.Cwnd, restart);
        NoteCongestion("restart after idle");
    }

    /// <summary>Nothing may go now. With nothing in flight no ACK will change that, so the persist timer must.</summary>
    private bool Blocked(bool cwnd, Instant now)
    {
        NoteEndOfSending(cwnd);
        if (_sent.Rows == 0 && _timers.Persist.IsNever)
            (_timers.Persist, TimerBecause) = (now + _rtt.Shifted(_persistDoublings), _log.Because);
        return false;
    }

    private void NoteEndOfSending(bool limited)
    {
        int flight = _sent.InFlight;
        _cwndUsage.Note(limited || flight >= _congestion.Cwnd, _sent.Segments, _sndUna, _sndNxt);
        if (_dataEnd - _sndNxt < FullPayload && flight < _congestion.Cwnd && _sent.Lost <= _sent.Repeated)
            _rate.MarkAppLimited(flight);
    }

    /// <summary>Sends the next <paramref name="length"/> bytes of the queue, and the FIN when it is next.</summary>
    private void SendNew(Packet packet, int length, int full, in TcpOptions options, Instant now)
    {
        SequenceNumber left = _sndNxt;
        SequenceNumber end = left + length;
        bool fin = _finQueued && end == _dataEnd && end - _sndUna < Math.Max(_sndWnd, 1);
        TcpFlags flags = TcpFlags.Ack;
        bool pushed = length > 0 && (EndsMessage(end) || (_overrideSws && end == _dataEnd));
        // A super-segment ends with PSH, as Linux's do: a receiver that puts segments together again then need not wait for more.
        if (pushed || length > full)
            flags |= TcpFlags.Psh;
        if (fin)
            flags |= TcpFlags.Fin;
        flags |= MarkCapable(packet, length);
        if (length > 0)
            NoteTextSent(now);
        int sent = Emit(packet, left, length, flags, length > 0 ? SendCause.Data : SendCause.Close, SendBecause, options, now);
        fin &= sent == length;
        if (sent < full)
            _smallSegmentEnd = left + sent;
        int segments = Math.Max((sent + full - 1) / full, 1);
        NoteSent(left, sent + (fin ? 1 : 0), segments, full, now);
        if (pushed && sent == length)
            _sent.Mark(_sent.Rows - 1, SegmentMarks.Pushed);
        NoteDeparture(packet.Length, now);
        if (IsReducing)
            Troubles.Prr.Sent += segments;
        if (!_lossProbeWanted)
            TryScheduleProbe(advancing: false, now);
    }

    /// <summary>Bookkeeping of new sequence space that went out.</summary>
    private void NoteSent(SequenceNumber left, int length, int segments, int segmentBytes, Instant now)
    {
        bool first = _sent.Rows == 0;
        _sent.Append(new SentSegment
        {
            Left = left,
            Right = left + length,
            Count = segments,
            SegmentBytes = segmentBytes,
            SentAt = now,
            Marks = _rate.IsAppLimited ? SegmentMarks.AppLimited : SegmentMarks.None,
            Snapshot = _rate.OnSent(first, _sent.InFlight + segments, now),
        });
        _dataSegmentsSent += (uint)segments;
        _sndNxt = left + length;
        _overrideSws = false;
        _timers.Persist = Instant.Never;
        if (_stalledSince.IsNever)
            _stalledSince = now;
        if (first || _timers.Retransmit.IsNever)
        {
            SetRetransmission(RetransmissionTimer.Timeout, now + _rtt.Rto);
            TimerBecause = LastSent;
        }
    }

    private bool TrySendProbe(Packet packet, Instant now)
    {
        if (_probeWanted)
        {
            _probeWanted = false;
            if (_sndNxt != SendEnd)
            {
                // §3.8.6.1 lets a probe carry an octet beyond the window. As on Linux it carries none, from a number that was
                // acknowledged already: every receiver must answer that with its window, and no byte is out that may not be.
                Troubles.WindowProbes++;
                Emit(packet, _sndUna - 1, 0, TcpFlags.Ack, SendCause.WindowProbe, SendBecause, SegmentOptions(now), now);
                return true;
            }
        }

        if (!_keepAliveWanted)
            return false;
        _keepAliveWanted = false;
        Emit(packet, _sndUna - 1, 0, TcpFlags.Ack, SendCause.KeepAlive, AckBecause, SegmentOptions(now), now);
        return true;
    }

    // Never a number outside the peer's window, where the ACK would not be looked at: the window may have been taken back.
    private SequenceNumber AckSequence => SequenceNumber.Min(_sndNxt, _sndUna + (_sndWnd + (1 << _sndShift)));

    private bool TrySendAck(Packet packet, Instant now)
    {
        if (_duplicateAcksOwed > 0)
        {
            _duplicateAcksOwed--;
            Emit(packet, AckSequence, 0, TcpFlags.Ack, SendCause.DuplicateAck, AckBecause, SegmentOptions(now), now);
            return true;
        }

        if (!_ackNow)
            return false;
        Emit(packet, AckSequence, 0, TcpFlags.Ack, _ackWhy, AckBecause, SegmentOptions(now), now);
        return true;
    }

    /// <summary>Writes header, options and payload.</summary>
    /// <returns>Payload bytes written: fewer than asked when the packet had no room for more slices.</returns>
    private int Emit(Packet packet, SequenceNumber sequence, int length, TcpFlags flags, SendCause why, EventId cause, in TcpOptions options, Instant now)
    {
        bool acks = (flags & TcpFlags.Ack) != 0;
        bool isSyn = (flags & TcpFlags.Syn) != 0;
        if (acks && !isSyn && _demandEce)
            flags |= TcpFlags.Ece;
        int headerLength = TcpHeader.Size + options.Size;
        Span<byte> head = packet.Append(headerLength);
        if (length > 0)
            length = AppendPayload(packet, isSyn ? sequence + 1 : sequence, length, headerLength, ref flags);
        long window = why == SendCause.Reset ? 0 : OfferWindow(isSyn);
        int shift = isSyn ? 0 : _rcvShift;
        ushort urgent = isSyn || why == SendCause.Reset ? (ushort)0 : UrgentPointer(sequence);
        if (urgent > 0)
            flags |= TcpFlags.Urg;
        var header = new TcpHeader(Id.Local.Port, Id.Remote.Port, sequence, acks ? _rcvNxt : default, headerLength, flags, (ushort)(window >> shift), 0, urgent);
        header.Write(head);
        options.Write(head[TcpHeader.Size..]);
        if (acks)
            Acknowledged(why);
        _segmentsSent++;
        _bytesSent += length;
        _lastSentAt = length > 0 ? now : _lastSentAt;
        if (_log.IsEnabled)
        {
            LastSent = _log.Write(cause, new SegmentSent(Id, Facts(header, options, length, window), why));
            packet.Cause = LastSent;
            NoteWindows();
        }

        return length;
    }

    private int AppendPayload(Packet packet, SequenceNumber sequence, int length, int headerLength, ref TcpFlags flags)
    {
        int offset = sequence - BufferStart;
        if (length <= _settings.CopyThreshold && length <= packet.Tailroom)
        {
            _sendBuffer.CopyTo(offset, packet.Append(length));
            return length;
        }

        int full = _sndMss - (headerLength - TcpHeader.Size);
        int sliced = _sendBuffer.SliceTo(packet, offset, length);
        if (sliced < length)
        {
            // Too many slices: whole segments only, and what marks the end goes with the end.
            if (sliced > full)
                sliced -= sliced % full;
            packet.Truncate(headerLength + sliced);
            flags &= ~(TcpFlags.Fin | TcpFlags.Psh);
        }

        if (sliced > full)
            packet.SegmentSize = full;
        return sliced;
    }

    private void Acknowledged(SendCause why)
    {
        _lastAckSent = _rcvNxt;
        OnAckSent();
        EndCompression();
        _timers.DelayedAck = Instant.Never;
        if (why == SendCause.DuplicateAck && _duplicateAcksOwed > 0)
            return; // one of several: each of them is counted by the peer
        (_ackNow, _duplicateBlock) = (false, default);
    }
}
