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
            Emit(packet, _sndMax, 0, TcpFlags.Rst | TcpFlags.Ack, SendCause.Reset, _sendCause, default, now);
            return true;
        }

        if (_strayResetWanted)
        {
            _strayResetWanted = false;
            Emit(packet, _straySequence, 0, TcpFlags.Rst, SendCause.Reset, _ackCause, default, now);
            return true;
        }

        if (State is TcpState.Closed or TcpState.Listen)
            return false;
        if (_sndNxt == _iss)
        {
            SendSyn(packet, now);
            return true;
        }

        if (State is TcpState.SynSent)
            return false;
        return TryRepeatFirst(packet, now)
            || (IsSynchronized && TrySendQueue(packet, now))
            || TrySendProbe(packet, now)
            || TrySendAck(packet, now);
    }

    private void SendSyn(Packet packet, Instant now)
    {
        bool again = _sndMax != _iss;
        bool answers = State != TcpState.SynSent;
        EventId cause = _sendCause;
        if (again)
            cause = NoteRetransmission(_iss, 0, _timeouts > 0 ? _repeatCause : _sendCause);
        Emit(packet, _iss, 0, answers ? TcpFlags.Syn | TcpFlags.Ack : TcpFlags.Syn,
            again ? SendCause.Retransmission : answers ? SendCause.SynAnswer : SendCause.Open, cause, SynOptions(now), now);
        Sent(_iss, 1, again, now);
    }

    // Fast retransmit and partial acknowledgments: the first unacknowledged segment, SND.NXT stays.
    private bool TryRepeatFirst(Packet packet, Instant now)
    {
        if (!_repeatFirst)
            return false;
        _repeatFirst = false;
        if (!IsSynAcknowledged || _sndMax == _sndUna)
            return false;
        TcpOptions options = SegmentOptions(now);
        int length = Math.Clamp(SequenceNumber.Min(_sndMax, _dataEnd) - _sndUna, 0, _sndMss - options.Size);
        SendStretch(packet, _sndUna, length, now, options);
        return true;
    }

    private bool TrySendQueue(Packet packet, Instant now)
    {
        SequenceNumber end = SendEnd;
        if (_sndNxt == end)
        {
            _cwndUsage.Note(limited: false, FlightSize, _sndUna, _sndNxt);
            return false;
        }

        TcpOptions options = SegmentOptions(now);
        int full = _sndMss - options.Size;
        long flight = FlightSize;
        bool isNew = _sndNxt == _sndMax;
        if (flight == 0 && isNew && _settings.SlowStartAfterIdle && now - _lastSentAt > _rtt.BaseRto && IsSynAcknowledged)
        {
            _congestion.OnIdle(_settings.InitialCwnd, Congestion(now));
            NoteCongestion("restart after idle");
        }

        long window = _sndWnd - flight;
        if (_forceFirst)
            window = Math.Max(window, full);
        long room = _congestion.Cwnd + (isNew ? _recovery.LimitedTransmit(full) : 0) - flight; // RFC 3042 §2: new bytes only
        long unsent = _dataEnd - _sndNxt;
        if (unsent == 0)
        {
            // The FIN by itself counts against the window like a byte; the congestion window does not hold it.
            if (window < 1)
                return Blocked(cwnd: false, now);
            SendStretch(packet, _sndNxt, 0, now, options);
            return true;
        }

        int most = full;
        if (_settings.MaxSuperSegmentBytes > full && isNew)
            most = _settings.MaxSuperSegmentBytes / full * full;
        int length = (int)Math.Min(Math.Min(unsent, most), Math.Min(window, room));
        if (length <= 0)
            return Blocked(cwnd: room < window && flight > 0, now);
        if (length > full)
            length -= length % full;
        bool small = _smallSegmentEnd > _sndUna;
        if (!_overrideSws && !SendDecision.IsWorthASegment(length, full, unsent, _finQueued, NoDelay, small, flight, _maxSndWnd))
        {
            if (isNew)
                return Blocked(cwnd: room < window && length < unsent, now);
            length = Math.Min(length, _sndMax - _sndNxt); // what was sent once may go again, whatever its size
            if (length == 0)
                return Blocked(cwnd: false, now);
        }

        SendStretch(packet, _sndNxt, length, now, options);
        return true;
    }

    /// <summary>Nothing may go now. With nothing in flight no ACK will change that, so the persist timer must.</summary>
    private bool Blocked(bool cwnd, Instant now)
    {
        _cwndUsage.Note(cwnd, FlightSize, _sndUna, _sndNxt);
        if (_sndNxt == _sndUna)
        {
            _timers.Retransmit = Instant.Never;
            if (_timers.Persist.IsNever)
                (_timers.Persist, _timerCause) = (now + _rtt.Shifted(_persistDoublings), _log.Because);
        }

        return false;
    }

    private void SendStretch(Packet packet, SequenceNumber sequence, int length, Instant now, in TcpOptions options)
    {
        bool repeats = sequence < _sndMax;
        SequenceNumber end = sequence + length;
        // The FIN joins the last byte; in a repetition only when it was sent before or SND.NXT has come to it anyway.
        bool fin = _finQueued && end == _dataEnd && (!repeats || _sndMax > _dataEnd || sequence == _sndNxt)
            && (_forceFirst || end - _sndUna < Math.Max(_sndWnd, 1) || repeats);
        TcpFlags flags = TcpFlags.Ack;
        if (length > 0 && end == _dataEnd)
            flags |= TcpFlags.Psh;
        if (fin)
            flags |= TcpFlags.Fin;
        EventId cause = repeats ? NoteRetransmission(sequence, length, _repeatCause) : _sendCause;
        SendCause why = repeats ? SendCause.Retransmission : length > 0 ? SendCause.Data : SendCause.Close;
        if (!repeats && length > 0)
            NoteTextSent(now);
        int sent = Emit(packet, sequence, length, flags, why, cause, options, now);
        if (!repeats && sent < _sndMss - options.Size)
            _smallSegmentEnd = sequence + sent;
        Sent(sequence, sent + (fin && sent == length ? 1 : 0), repeats, now);
    }

    /// <summary>Bookkeeping of sequence space that went out.</summary>
    private void Sent(SequenceNumber sequence, int length, bool repeats, Instant now)
    {
        SequenceNumber end = sequence + length;
        if (repeats)
        {
            if (_isTiming && sequence < _timedEnd)
                _isTiming = false; // Karn
        }
        else if (!_isTiming && length > 0)
        {
            (_isTiming, _timedEnd, _timedAt) = (true, end, now);
        }

        if (_stalledSince.IsNever)
            _stalledSince = now;
        _sndNxt = SequenceNumber.Max(_sndNxt, end);
        _sndMax = SequenceNumber.Max(_sndMax, end);
        (_forceFirst, _overrideSws) = (false, false);
        _timers.Persist = Instant.Never;
        if (_timers.Retransmit.IsNever)
        {
            _timers.Retransmit = now + _rtt.Rto;
            _timerCause = _lastSent;
        }
    }

    private bool TrySendProbe(Packet packet, Instant now)
    {
        if (_probeWanted)
        {
            _probeWanted = false;
            // §3.8.6.1: one octet of what waits, which may be the FIN. SND.NXT stays: whether it was taken, the ACK tells.
            bool isFin = _sndNxt == _dataEnd;
            if (_sndNxt != SendEnd)
            {
                TcpFlags flags = isFin ? TcpFlags.Ack | TcpFlags.Fin : TcpFlags.Ack;
                _windowProbes++;
                Emit(packet, _sndNxt, isFin ? 0 : 1, flags, SendCause.WindowProbe, _sendCause, SegmentOptions(now), now);
                _sndMax = SequenceNumber.Max(_sndMax, _sndNxt + 1);
                return true;
            }
        }

        if (!_keepAliveWanted)
            return false;
        _keepAliveWanted = false;
        Emit(packet, _sndUna - 1, 0, TcpFlags.Ack, SendCause.KeepAlive, _ackCause, SegmentOptions(now), now);
        return true;
    }

    // A bare ACK carries the number behind all that was sent, also while SND.NXT has gone back, or it would seem old to a
    // peer that has more; but never one outside the peer's window, where it would not be looked at.
    private SequenceNumber AckSequence => SequenceNumber.Min(_sndMax, SequenceNumber.Max(_sndNxt, _sndUna + (int)_sndWnd));

    private bool TrySendAck(Packet packet, Instant now)
    {
        if (_duplicateAcksOwed > 0)
        {
            _duplicateAcksOwed--;
            Emit(packet, AckSequence, 0, TcpFlags.Ack, SendCause.DuplicateAck, _ackCause, SegmentOptions(now), now);
            return true;
        }

        if (!_ackNow)
            return false;
        Emit(packet, AckSequence, 0, TcpFlags.Ack, _ackWhy, _ackCause, SegmentOptions(now), now);
        return true;
    }

    /// <summary>Writes header, options and payload.</summary>
    /// <returns>Payload bytes written: fewer than asked when the packet had no room for more slices.</returns>
    private int Emit(Packet packet, SequenceNumber sequence, int length, TcpFlags flags, SendCause why, EventId cause, in TcpOptions options, Instant now)
    {
        bool acks = (flags & TcpFlags.Ack) != 0;
        bool isSyn = (flags & TcpFlags.Syn) != 0;
        int headerLength = TcpHeader.Size + options.Size;
        Span<byte> head = packet.Append(headerLength);
        if (length > 0)
            length = AppendPayload(packet, sequence, length, headerLength, ref flags);
        long window = why == SendCause.Reset ? 0 : OfferWindow(isSyn);
        int shift = isSyn ? 0 : _rcvShift;
        var header = new TcpHeader(Id.Local.Port, Id.Remote.Port, sequence, acks ? _rcvNxt : default, headerLength, flags, (ushort)(window >> shift), 0, 0);
        header.Write(head);
        options.Write(head[TcpHeader.Size..]);
        if (acks)
            Acknowledged(why);
        _segmentsSent++;
        _bytesSent += length;
        _lastSentAt = length > 0 ? now : _lastSentAt;
        if (_log.IsEnabled)
        {
            _lastSent = _log.Write(cause, new SegmentSent(Id, Facts(header, options, length, window), why));
            packet.Cause = _lastSent;
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
        _timers.DelayedAck = Instant.Never;
        if (why == SendCause.DuplicateAck && _duplicateAcksOwed > 0)
            return; // one of several: each of them is counted by the peer
        (_ackNow, _duplicateBlock) = (false, default);
    }
}
