using Wirepath.Wire;

namespace Wirepath.Tcp.Tests;

/// <summary>A sender reduced to what a congestion control sees: it fills its window, and ACKs come when the test says so.</summary>
internal sealed class AckClock
{
    public const int Mss = 1000;

    private readonly CongestionControl _control;
    private long _sent;      // segments
    private long _acked;
    private RecoveryPhase _phase;

    public AckClock(CongestionControl control, int cwnd = 10, int? ssthresh = null)
    {
        _control = control;
        control.Cwnd = cwnd;
        if (ssthresh is { } threshold)
            control.Ssthresh = threshold;
        control.OnEstablished(Context());
        Fill();
    }

    public Instant Now { get; private set; } = Instant.Epoch + TimeSpan.FromDays(365);

    public bool IsCwndLimited { get; set; } = true;

    public int FlightPeak { get; set; }

    /// <summary>Segments that one ACK covers.</summary>
    public int Stretch { get; init; } = 1;

    public CongestionContext Context() => new()
    {
        Now = Now,
        MssBytes = Mss,
        InFlight = (int)(_sent - _acked),
        FlightPeak = FlightPeak,
        IsCwndLimited = IsCwndLimited,
        SmoothedRtt = TimeSpan.FromMilliseconds(100),
        MinRtt = TimeSpan.FromMilliseconds(100),
        Phase = _phase,
        SndUna = new SequenceNumber(1) + (uint)(_acked * Mss),
        SndNxt = new SequenceNumber(1) + (uint)(_sent * Mss),
        Delivered = _acked,
        Lost = 0,
    };

    public void Wait(double milliseconds) => Now += TimeSpan.FromMilliseconds(milliseconds);

    /// <summary>Nothing was in flight for so long; now it is.</summary>
    public void Idle(double milliseconds)
    {
        Wait(milliseconds);
        _control.OnTransmitStart(TimeSpan.FromMilliseconds(milliseconds), Context());
    }

    public void Ack(int segments, double rttMilliseconds = 100)
    {
        int prior = (int)(_sent - _acked);
        _acked += segments;
        _sent = Math.Max(_sent, _acked);
        var sample = new AckSample
        {
            Acked = segments, Lost = 0, PriorInFlight = prior, Rtt = TimeSpan.FromMilliseconds(rttMilliseconds),
            DeliveredInInterval = -1, Interval = TimeSpan.Zero, IsAppLimited = false, PriorDelivered = 0, InFlightAtSend = prior,
            LostAtSend = 0, MarkedCe = 0, IsDelayedAck = false,
        };
        _control.OnDelivered(sample, Context());
        if (_phase is RecoveryPhase.Open or RecoveryPhase.Disorder or RecoveryPhase.Loss)
            _control.OnAcknowledged(sample, Context());
        Fill();
    }

    /// <summary>A whole window is acknowledged, its ACKs spread over the round trip.</summary>
    public void Round(double rttMilliseconds = 100)
    {
        int window = _control.Cwnd;
        int acks = (window + Stretch - 1) / Stretch;
        for (int i = 0; i < acks; i++)
        {
            Wait(rttMilliseconds / acks);
            Ack(Math.Min(Stretch, window - (i * Stretch)), rttMilliseconds);
        }
    }

    /// <summary>Fast recovery, from its start to its end.</summary>
    public void Lose(bool byEcn = false)
    {
        _control.Ssthresh = _control.ReduceSsthresh(byEcn, Context());
        Enter(byEcn ? RecoveryPhase.Cwr : RecoveryPhase.Recovery);
        _control.Cwnd = _control.Ssthresh;
        Enter(RecoveryPhase.Open);
        _acked = _sent;
        Fill();
    }

    public void TimeOut()
    {
        _control.Ssthresh = _control.ReduceSsthresh(false, Context());
        Enter(RecoveryPhase.Loss);
        _control.Cwnd = 1;
        _acked = _sent;
        Fill();
    }

    public void Enter(RecoveryPhase next)
    {
        _control.OnPhase(next, Context());
        _phase = next;
    }

    private void Fill() => _sent = Math.Max(_sent, _acked + _control.Cwnd);
}
