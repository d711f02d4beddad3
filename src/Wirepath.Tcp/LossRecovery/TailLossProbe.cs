using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

internal enum RetransmissionTimer : byte
{
    /// <summary>RFC 6298.</summary>
    Timeout,
    /// <summary>RFC 8985 §7.</summary>
    Probe,
    /// <summary>RFC 8985 §6.2 step 5.</summary>
    Reordering,
}

// Tail-loss probes (RFC 8985 §7), and which of the three purposes the one retransmission timer has.
public sealed partial class TcpConnection
{
    private RetransmissionTimer _retransmissionTimer;
    private SequenceNumber? _probeEnd;   // SND.NXT behind the probe, until it is known what became of it
    private bool _probeRepeats;          // the probe was no new segment
    private bool _lossProbeWanted;
    private bool _probeMayBeNew;

    /// <summary>Two ticks more, to the next tick: below that a timer only makes noise.</summary>
    private TimeSpan OnTicks(TimeSpan wait)
    {
        long tick = Math.Max(_settings.TimerGranularity.Ticks, 1);
        return new TimeSpan((wait.Ticks + 3 * tick - 1) / tick * tick);
    }

    private void SetRetransmission(RetransmissionTimer purpose, Instant at)
    {
        (_retransmissionTimer, _timers.Retransmit) = (purpose, at);
        TimerBecause = _log.Because;
    }

    /// <summary>§7.2.</summary>
    /// <param name="advancing">An ACK moved on, so the RTO would begin anew; otherwise it runs since the first segment was sent.</param>
    private bool TryScheduleProbe(bool advancing, Instant now)
    {
        if (!_settings.TailLossProbe || !_sack || _sent.Rows == 0 || !_isSynAcknowledged || _phase is not (RecoveryPhase.Open or RecoveryPhase.Cwr))
            return false;
        // One segment alone may meet a delayed ACK.
        TimeSpan wait = !_rtt.HasSample ? _settings.InitialRto
            : _sent.Segments == 1 ? _rtt.Smoothed * 2 + _settings.MinRto : OnTicks(_rtt.Smoothed * 2);
        TimeSpan rto = advancing ? _rtt.Rto : _sent[0].SentAt + _rtt.Rto - now;
        if (rto > TimeSpan.Zero && rto < wait)
            wait = rto;
        SetRetransmission(RetransmissionTimer.Probe, now + wait);
        return true;
    }

    /// <summary>RFC 6298 §5.3; a probe or RACK's timer have used up a part of it.</summary>
    private void RearmRto(Instant now)
    {
        if (_sent.Rows == 0)
        {
            _timers.Retransmit = Instant.Never;
            return;
        }

        Instant at = now + _rtt.Rto;
        if (_retransmissionTimer != RetransmissionTimer.Timeout)
            at = Instant.Max(_sent[0].SentAt + _rtt.Rto, now + TimeSpan.FromMilliseconds(1));
        SetRetransmission(RetransmissionTimer.Timeout, at);
    }

    private void OnProbeTimeout(Instant now)
    {
        if (_probeEnd is not null || _sent.Rows == 0)
        {
            RearmRto(now);
            return;
        }

        _lossProbeWanted = true;
        _probeMayBeNew = _dataEnd > _sndNxt;
        SendBecause = RepeatBecause = _log.IsEnabled ? _log.Write(TimerBecause, new LossProbeDue(Id, _probeMayBeNew)) : EventId.None;
    }

    private void AfterProbe(bool repeats, Instant now)
    {
        (_lossProbeWanted, _probeRepeats, _probeEnd) = (false, repeats, _sndNxt);
        Troubles.LossProbes++;
        _retransmissionTimer = RetransmissionTimer.Timeout; // the RTO counts from now
        RearmRto(now);
    }

    /// <summary>§7.4: whether the probe repaired a loss, of which congestion control must hear.</summary>
    private void FollowProbe(SequenceNumber ack, in AckNews news)
    {
        if (_probeEnd is not { } end || ack < end)
            return;
        if (!_probeRepeats || news.Has(AckSigns.DuplicateOfProbe))
        {
            _probeEnd = null;
        }
        else if (ack > end)
        {
            // Something sent after the probe is acknowledged and no duplicate was reported: there was a loss.
            StartReduction(byEcn: false, news.Now);
            Troubles.Undo.Close();
            EnterPhase(RecoveryPhase.Cwr, news.Now);
            EndReduction();
            TryKeepOpen(news.Now);
            NoteCongestion("the tail-loss probe repaired a loss");
        }
        else if (!news.Has(AckSigns.Advanced | AckSigns.NotDuplicate | AckSigns.Sacked))
        {
            _probeEnd = null; // a bare duplicate: both arrived
        }
    }
}
