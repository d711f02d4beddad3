using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

// TIMEOUT, RFC 9293 §3.10.8, and what RFC 6298, 1122 and Linux's retries add.
public sealed partial class TcpConnection
{
    // Linux's meaning of tcp_orphan_retries = 0.
    private const int DefaultOrphanRetries = 8;

    private int _persistDoublings;

    /// <summary>To be called when <see cref="NextTimer"/> is reached; early calls do nothing. Ask <see cref="TryTransmit"/> afterwards.</summary>
    public void OnTimer(Instant now)
    {
        if (_timers.Rare is { } rare)
        {
            if (Due(ref rare.CompressedAck, now))
                OnCompressedAck();
            Due(ref rare.Pacing, now); // the turn to send that follows is all it is for
            if (Due(ref rare.TimeWait, now))
            {
                Transit(TcpTransition.TimeWaitPassed);
                return;
            }

            if (Due(ref rare.Orphan, now))
            {
                // FIN-WAIT-2 without an application: the peer's FIN never came. What still comes is answered as for no connection.
                Finish(ConnectionEnd.TimedOut, "the peer did not close within the time of FIN-WAIT-2", TcpTransition.GaveUp);
                return;
            }
        }

        if (Due(ref _timers.DelayedAck, now))
        {
            OnDelayedAckMissed();
            (_ackNow, _ackWhy) = (true, SendCause.DelayedAck); // its cause is the segment that started the wait
        }

        if (Due(ref _timers.Retransmit, now))
            OnRetransmission(now);
        if (Due(ref _timers.Persist, now))
            OnPersist(now);
        if (Due(ref _timers.KeepAlive, now))
            OnKeepAlive(now);
    }

    private static bool Due(ref Instant timer, Instant now)
    {
        if (timer > now)
            return false;
        timer = Instant.Never;
        return true;
    }

    private int RetryLimit => State switch
    {
        TcpState.SynSent => _settings.SynRetries,
        TcpState.SynReceived => _settings.SynAckRetries,
        _ => _applicationGone ? OrphanLimit : _settings.Retries2,
    };

    private int OrphanLimit => _settings.OrphanRetries == 0 ? DefaultOrphanRetries : _settings.OrphanRetries;

    private void OnRetransmission(Instant now)
    {
        switch (_retransmissionTimer)
        {
            case RetransmissionTimer.Probe:
                OnProbeTimeout(now);
                break;
            case RetransmissionTimer.Reordering:
                if (_log.IsEnabled)
                    _log.Because = _log.Write(TimerBecause, new ReorderingTimedOut(Id));
                OnReorderingTimeout(now);
                break;
            case RetransmissionTimer.Timeout:
                OnRetransmissionTimeout(now);
                break;
            default:
                throw new InvalidOperationException($"Unknown timer {_retransmissionTimer}.");
        }
    }

    private void OnRetransmissionTimeout(Instant now)
    {
        if (_sent.Rows == 0)
            return;
        TimeSpan passed = _rtt.Rto;
        _timeouts++;
        Troubles.Timeouts++;
        BeginTimeoutRecovery(now);
        bool last = _timeouts > RetryLimit;
        bool userTimeout = _settings.UserTimeout > TimeSpan.Zero && now - _stalledSince >= _settings.UserTimeout;
        _rtt.BackOff();
        EventId timedOut = _log.IsEnabled ? _log.Write(TimerBecause, new RetransmissionTimedOut(Id, passed, _rtt.Rto, _timeouts)) : EventId.None;
        if (_log.IsEnabled)
            _log.Because = timedOut;
        if (_applicationGone && Shared is { Memory: MemoryState.Exhausted })
        {
            Shared.Counters.TCPAbortOnMemory++;
            ResetAndFinish(ConnectionEnd.Aborted, "nobody is there any more, and memory is used up");
            return;
        }

        if (last || userTimeout)
        {
            GiveUp(State is TcpState.SynSent or TcpState.SynReceived ? "no answer to the SYN" : "no acknowledgment");
            return;
        }

        if (_timeouts == _settings.Retries1)
            _signals |= TcpSignals.PathSuspect;
        (_repeatWhy, RepeatBecause) = (RetransmitCause.Timeout, timedOut);
        SetRetransmission(RetransmissionTimer.Timeout, now + _rtt.Rto);
        if (!_isSynAcknowledged)
        {
            (_synWanted, SendBecause) = (true, timedOut);
            for (int i = 0; i < _sent.Rows; i++)
                MarkLost(i); // and what had followed the SYN
            return;
        }

        EnterLoss(now);
        SuspectBlackHole(now);
        _repeatFirst = true;
        NoteCongestion("retransmission time-out");
    }

    private void OnPersist(Instant now)
    {
        if (SendEnd == _sndNxt || _sent.Rows > 0)
            return;
        SendBecause = TimerBecause;
        if (_sndWnd > 0)
        {
            _overrideSws = true; // a small window stayed small: §3.8.6.2.1 (4)
            return;
        }

        // MUST-37: as long as the peer answers, the connection stays open.
        if (++_probesUnanswered > (_applicationGone ? OrphanLimit : _settings.Retries2)
            || (_settings.UserTimeout > TimeSpan.Zero && _probesUnanswered > 1 && now - _lastReceivedAt >= _settings.UserTimeout))
        {
            GiveUp("no answer to window probes");
            return;
        }

        _persistDoublings++;
        _probeWanted = true;
        _timers.Persist = now + _rtt.Shifted(_persistDoublings);
    }

    private void OnKeepAlive(Instant now)
    {
        Instant due = _lastReceivedAt + (_keepAlivesUnanswered == 0 ? _settings.KeepAliveTime : TimeSpan.Zero);
        // What is in flight or waits for a window is watched by timers of its own.
        if (!_isSynAcknowledged || _sent.Rows > 0 || SendEnd != _sndNxt)
        {
            _timers.KeepAlive = now + _settings.KeepAliveTime;
            return;
        }

        if (due > now)
        {
            _timers.KeepAlive = due;
            return;
        }

        if (_keepAlivesUnanswered >= _settings.KeepAliveProbes)
        {
            ResetAndFinish(ConnectionEnd.KeepAliveFailed, $"{_keepAlivesUnanswered} keepalive probes went unanswered");
            return;
        }

        _keepAlivesUnanswered++;
        _keepAliveWanted = true;
        AckBecause = _log.IsEnabled ? _log.Write(new KeepAliveSent(Id, _keepAlivesUnanswered, _settings.KeepAliveProbes)) : EventId.None;
        _timers.KeepAlive = now + _settings.KeepAliveInterval;
    }

    private void GiveUp(string detail)
    {
        Shared?.Counters.TCPAbortOnTimeout += 1;
        if (_troubles?.SoftError is not { } softError)
            Finish(ConnectionEnd.TimedOut, detail, TcpTransition.GaveUp);
        else
            Finish(ConnectionEnd.Unreachable, softError, TcpTransition.GaveUp);
    }
}
