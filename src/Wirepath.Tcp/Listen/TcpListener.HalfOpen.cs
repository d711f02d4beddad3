using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

// SYN-RECEIVED of a passive open, RFC 9293 §3.10.7.4, for rows of the SYN queue.
public sealed partial class TcpListener
{
    /// <summary>When <see cref="TryRepeat"/> wants to be called; <see cref="Instant.Never"/> when idle.</summary>
    public Instant NextTimer => _requests.NextDue;

    /// <summary>Writes the next SYN,ACK that is due again, and drops half-open connections whose retries are used up. Call until it answers false.</summary>
    /// <param name="packet">Empty; untouched when the answer is false.</param>
    /// <param name="now">The time of the call.</param>
    /// <param name="id">Whose it is.</param>
    public bool TryRepeat(Packet packet, Instant now, out ConnectionId id)
    {
        ArgumentNullException.ThrowIfNull(packet);
        while (_requests.TryGetDue(now, out SynRequest? request))
        {
            id = request.Peer.Id;
            TimeSpan passed = _requests.Interval(request.Attempts);
            bool last = request.Attempts >= _requests.RetryLimit(Backlog);
            EventId timedOut = EventId.None;
            if (_log.IsEnabled)
                timedOut = _log.Because = _log.Write(request.Cause, new RetransmissionTimedOut(id, passed, _requests.Interval(request.Attempts + 1), request.Attempts + 1));
            if (last)
            {
                Drop(request, ConnectionEnd.TimedOut, "no answer to the SYN", TcpTransition.GaveUp);
                continue;
            }

            bool held = HoldsAnswer(request);
            _requests.Repeat(request, now);
            if (held)
                continue;
            if (_shared is not null)
                _shared.Counters.TCPSynRetrans++;
            EventId cause = _log.IsEnabled ? _log.Write(timedOut, new Retransmitted(id, 0, 0, RetransmitCause.Timeout, request.Attempts)) : EventId.None;
            WriteSynAck(request.Syn, id, packet, TimestampClock(now), SendCause.Retransmission, cause);
            request.Cause = packet.Cause;
            return true;
        }

        id = default;
        return false;
    }

    /// <summary>ICMP says that the peer of a half-open connection cannot be reached: it is forgotten (RFC 5461 §4 speaks of those that were established).</summary>
    /// <param name="id">Own end first.</param>
    /// <param name="sequence">Of the SYN,ACK that the message quotes.</param>
    /// <param name="how">The end.</param>
    /// <param name="detail">Who said what.</param>
    /// <returns>False when there is no such connection, or the message does not quote its SYN,ACK (RFC 5927 §4).</returns>
    public bool OnUnreachable(in ConnectionId id, SequenceNumber sequence, ConnectionEnd how, string detail)
    {
        if (!_requests.TryFind(new FourTuple(id), out SynRequest? request) || request.Syn.Iss != sequence)
            return false;
        Drop(request, how, detail, TcpTransition.GaveUp);
        return true;
    }

    private ListenVerdict ReceiveHalfOpen(SynRequest request, in TcpSegment segment, in ConnectionId id, Packet reply, Instant now, out TcpConnection? connection)
    {
        connection = null;
        TcpHeader header = segment.Header;
        SynFacts facts = request.Syn;
        SequenceNumber rcvNxt = facts.Irs + 1;
        bool isRst = header.IsRst;
        bool isOld = facts.Timestamps && segment.Options.HasTimestamps && !isRst
            && unchecked((int)(segment.Options.TimestampValue - facts.TsRecent)) < 0;

        // The SYN came again: our SYN,ACK was lost.
        if (header.IsSyn && !header.IsAck && !isRst && header.Sequence == facts.Irs && !isOld)
        {
            NoteReceived(segment, id, _log.Because, facts);
            if (!MayAnswer(request, now))
                return ListenVerdict.Ignored;
            _requests.Postpone(request, now);
            request.IsRepeated = true;
            EventId cause = _log.IsEnabled ? _log.Write(new Retransmitted(id, 0, 0, RetransmitCause.Timeout, Math.Max(1, (int)request.Attempts))) : EventId.None;
            WriteSynAck(facts, id, reply, TimestampClock(now), SendCause.Retransmission, cause);
            return ListenVerdict.Replied;
        }

        // §3.10.7.4 fifth: an ACK of something else is answered with RST. The request stays; anyone could have sent it.
        if (header.IsAck && header.Acknowledgment != facts.Iss + 1)
        {
            Reject(segment, id, facts, "acknowledges what was not sent");
            return ListenVerdict.Refused;
        }

        SequenceNumber end = header.Sequence + segment.Length;
        SequenceNumber edge = rcvNxt + InitialWindow(facts);
        bool inWindow = header.Sequence == rcvNxt || (end > rcvNxt && header.Sequence < edge) || (header.Sequence == edge && end == edge);
        if (!inWindow || isOld)
        {
            if (isOld && _shared is not null)
                _shared.Counters.PAWSEstab++;
            return TurnAway(request, segment, id, facts, isOld ? "PAWS: timestamp older than the last" : "outside the window", reply, now);
        }

        if (isRst)
        {
            // RFC 5961 §3.2: the exact number only.
            if (header.Sequence != rcvNxt)
                return TurnAway(request, segment, id, facts, "RST in the window, but not at its edge", reply, now, challenge: true);
            NoteReceived(segment, id, _log.Because, facts);
            Drop(request, ConnectionEnd.ResetByPeer, "the peer sent RST", TcpTransition.ReceivedRst);
            return ListenVerdict.Ignored;
        }

        if (header.IsSyn)
        {
            // Another SYN in the window: RFC 9293 goes back to LISTEN; Linux also tells the sender.
            Reject(segment, id, facts, "another SYN: back to LISTEN");
            Drop(request, ConnectionEnd.ResetByPeer, "the peer began anew", TcpTransition.GaveUp);
            return ListenVerdict.Refused;
        }

        if (!header.IsAck)
        {
            Reject(segment, id, facts, "without ACK");
            return ListenVerdict.Ignored;
        }

        return Establish(request, segment, id, now, out connection);
    }

    private ListenVerdict Establish(SynRequest request, in TcpSegment segment, in ConnectionId id, Instant now, out TcpConnection? connection)
    {
        connection = null;
        if (_settings.RequireTimestamps && request.Syn.Timestamps && !segment.Options.HasTimestamps)
        {
            Reject(segment, id, request.Syn, "without timestamps although they were agreed on");
            return ListenVerdict.Ignored;
        }

        if (Defers(request, segment))
        {
            Reject(segment, id, request.Syn, "nothing but an ACK: accepting waits for bytes");
            return ListenVerdict.Ignored;
        }

        if (IsAcceptQueueFull)
        {
            Overflow(id, ListenQueue.Accept, Backlog);
            Reject(segment, id, request.Syn, "the accept queue is full");
            if (!_settings.AbortOnOverflow)
                return ListenVerdict.Ignored; // the SYN,ACK goes out again, and perhaps there is room then
            Drop(request, ConnectionEnd.Aborted, "the accept queue is full", TcpTransition.GaveUp);
            return ListenVerdict.Refused;
        }

        Instant sentAt = request.IsRepeated ? Instant.Never : request.Due - _requests.Interval(0);
        _requests.Remove(request);
        connection = TcpConnection.Open(this, request.Syn, id, _settings, _log, sentAt, request.Attempts, InitialWindow(request.Syn), now);
        connection.Receive(segment, now);
        return ListenVerdict.Opened;
    }

    private ListenVerdict TurnAway(SynRequest request, in TcpSegment segment, in ConnectionId id, in SynFacts facts, string reason, Packet reply, Instant now, bool challenge = false)
    {
        Reject(segment, id, facts, reason);
        if ((segment.Header.IsRst && !challenge) || !MayAnswer(request, now))
            return ListenVerdict.Ignored;
        TcpOptions options = default;
        if (facts.Timestamps)
            (options.HasTimestamps, options.TimestampValue, options.TimestampEcho) = (true, unchecked(TimestampClock(now) + facts.TimestampOffset), facts.TsRecent);
        int shift = facts.Scaling ? TcpConnection.OfferedShift(_settings) : 0;
        Write(reply, id, facts, facts.Iss + 1, TcpFlags.Ack, (ushort)(InitialWindow(facts) >> shift), options, challenge ? SendCause.Challenge : SendCause.DuplicateAck, _log.Because);
        return ListenVerdict.Replied;
    }

    private bool MayAnswer(SynRequest request, Instant now)
    {
        uint clock = TimestampClock(now) | 1; // 0 is never
        if (request.LastAnswer != 0 && unchecked(clock - request.LastAnswer) < _settings.InvalidRateLimit.TotalMilliseconds)
            return false;
        request.LastAnswer = clock;
        return true;
    }

    private void Drop(SynRequest request, ConnectionEnd how, string detail, TcpTransition transition)
    {
        _requests.Remove(request);
        if (_shared is not null)
            _shared.Counters.HalfOpenFails++;
        NoteEnd(request, how, detail, transition);
    }

    // ---- The same events as a connection writes ------------------------------------------------------------------------

    private void NoteEnd(SynRequest request, ConnectionEnd how, string detail, TcpTransition transition)
    {
        if (!_log.IsEnabled)
            return;
        ConnectionId id = request.Peer.Id;
        _log.Write(new ConnectionEnded(id, how, detail));
        NoteTransition(id, TcpState.SynReceived, transition);
    }

    private void NoteTransition(in ConnectionId id, TcpState from, TcpTransition transition)
    {
        if (_log.IsEnabled)
            _log.Write(new StateChanged(id, from, TcpStateMachine.Next(from, transition)!.Value, TcpStateMachine.Label(transition)));
    }

    private void NoteNegotiated(in ConnectionId id, in SynFacts facts)
    {
        if (!_log.IsEnabled)
            return;
        int mss = Math.Max(Math.Min(facts.PeerMss, facts.MtuMss), (ushort)_settings.MinSendMss);
        int shift = facts.Scaling ? TcpConnection.OfferedShift(_settings) : 0;
        _log.Write(new OptionsNegotiated(id, mss - (facts.Timestamps ? 12 : 0), facts.MtuMss, facts.Scaling, facts.SendShift, shift, facts.Timestamps, facts.Sack));
    }

    private void NoteReceived(in TcpSegment segment, in ConnectionId id, EventId cause, in SynFacts facts)
    {
        if (_log.IsEnabled)
            _log.Because = _log.Write(cause, new SegmentReceived(id, Facts(segment, facts)));
    }

    private void Reject(in TcpSegment segment, in ConnectionId id, in SynFacts facts, string reason)
    {
        NoteReceived(segment, id, _log.Because, facts);
        if (_log.IsEnabled)
            _log.Write(new SegmentRejected(id, Facts(segment, facts), reason));
    }

    private static SegmentFacts Facts(in TcpSegment segment, in SynFacts facts)
    {
        TcpHeader header = segment.Header;
        SequenceNumber irs = facts.Irs == default && header.IsSyn ? header.Sequence : facts.Irs;
        return new SegmentFacts(header.Sequence, unchecked(header.Sequence.Value - irs.Value), header.Acknowledgment,
            header.IsAck ? unchecked(header.Acknowledgment.Value - facts.Iss.Value) : 0, header.Flags, segment.PayloadLength,
            (long)header.Window << (header.IsSyn ? 0 : facts.SendShift), segment.Options);
    }
}
