using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

// When an ACK goes out: at once, or in company (RFC 9293 §3.8.6.3, RFC 5681 §4.2), with Linux's measure of "in company".
public sealed partial class TcpConnection
{
    // RFC 9293 §3.8.6.3: below 500 ms; Linux stays below 200 when somebody waits for the answer.
    private static readonly TimeSpan s_mostDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_mostInteractiveDelay = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan s_leastDelay = TimeSpan.FromMilliseconds(1);

    private TimeSpan _ato;                  // how long an ACK waits; follows the gaps between arrivals
    private bool _isInteractive;            // answers follow what arrives, and carry its ACK
    private bool _smallArrived;             // since the last ACK: a segment that was not full
    private bool _smallArrivedTwice;

    /// <summary>Text arrived in order: the delay of ACKs follows its rhythm.</summary>
    private void FollowRhythm(int perSegment, Instant now)
    {
        TimeSpan least = _settings.DelayedAck;
        TimeSpan gap = now - _lastTextAt;
        _lastTextAt = now;
        if (perSegment < _seenMss)
            (_smallArrived, _smallArrivedTwice) = (true, _smallArrived);
        if (_ato == TimeSpan.Zero)
            StartRhythm();
        else if (gap <= least / 2)
            _ato = _ato / 2 + least / 2;
        else if (gap < _ato)
            _ato = _ato / 2 + gap < _rtt.Rto ? _ato / 2 + gap : _rtt.Rto;
        else if (gap > _rtt.Rto)
            GrantQuickAcks(); // a sender that paused begins with slow start, and wants to hear at once
    }

    private void StartRhythm()
    {
        GrantQuickAcks();
        _ato = _settings.DelayedAck;
    }

    private void GrantQuickAcks()
    {
        // As many as a window in full segments would bring.
        int worth = (int)((_rcvAdv - _lastAckSent) / (2L * Math.Max(_seenMss, 1)));
        _quickAcks = Math.Max(_quickAcks, Math.Min(worth == 0 ? 2 : worth, _settings.QuickAcks));
    }

    /// <summary>Something came twice: the peer has lost ACKs, and is to get each from now on.</summary>
    private void EnterQuickAcks()
    {
        GrantQuickAcks();
        (_isInteractive, _ato) = (false, _settings.DelayedAck);
    }

    /// <summary>Text went out: shortly after some had arrived, it was an answer.</summary>
    private void NoteTextSent(Instant now)
    {
        if (now - _lastTextAt < (_ato > TimeSpan.Zero ? _ato : _settings.DelayedAck))
            _isInteractive = true;
    }

    private void AcknowledgeText(bool fillsHole, Instant now)
    {
        if (fillsHole)
        {
            Acknowledge(SendCause.Ack); // RFC 5681 §4.2: the hole is smaller, the sender wants to know
        }
        else if (_quickAcks > 0 && !_isInteractive)
        {
            _quickAcks--;
            Acknowledge(SendCause.Ack);
        }
        else if (_rcvNxt - _lastAckSent > _seenMss)
        {
            Acknowledge(SendCause.Ack); // more than one full segment
        }
        else
        {
            AcknowledgeLater(now);
        }
    }

    private void AcknowledgeLater(Instant now)
    {
        if (_ackNow)
            return;
        TimeSpan wait = _ato;
        if (wait > _settings.DelayedAck)
        {
            TimeSpan most = _isInteractive || _smallArrived ? s_mostInteractiveDelay : s_mostDelay;
            if (_rtt.HasSample)
                most = Clamp(_rtt.Smoothed, _settings.DelayedAck, most);
            wait = Clamp(wait, TimeSpan.Zero, most);
        }

        if (wait <= TimeSpan.Zero)
            wait = s_leastDelay; // no text yet, so no rhythm; an application that closes at once still puts the ACK on its FIN

        if (_timers.DelayedAck.IsNever)
            AckBecause = _log.Because;
        else if (_timers.DelayedAck <= now + wait / 4)
            Acknowledge(SendCause.Ack); // it is about to go anyway
        if (!_ackNow)
            _timers.DelayedAck = Instant.Min(_timers.DelayedAck, now + wait);
    }

    /// <summary>The delayed ACK went without company: who was thought to answer does not.</summary>
    private void OnDelayedAckMissed()
    {
        if (_isInteractive)
            (_isInteractive, _ato) = (false, _settings.DelayedAck);
        else
            _ato = _ato * 2 < _rtt.Rto ? _ato * 2 : _rtt.Rto;
    }

    /// <summary>The application has read everything, and no answer is to be expected: whoever sent the small segment waits for its ACK.</summary>
    private void AcknowledgeRead()
    {
        if (_timers.DelayedAck.IsNever || _ackNow)
            return;
        bool drained = _received.Length == 0 && (_smallArrivedTwice || (_smallArrived && !_isInteractive));
        if (drained || _rcvNxt - _lastAckSent > _seenMss)
            Acknowledge(SendCause.Ack);
    }

    private void OnAckSent() => _smallArrived = _smallArrivedTwice = false;

    private static TimeSpan Clamp(TimeSpan value, TimeSpan least, TimeSpan most) => value < least ? least : value > most ? most : value;
}
