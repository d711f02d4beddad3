using Wirepath.Wire;

namespace Wirepath.Tcp.Tests;

/// <summary>
/// A sender with always something to send, a bottleneck with a queue in front of it, and the way back: segment by segment, in
/// virtual time. Loss shows when three later segments have arrived; what was lost is sent again as if it were new.
/// </summary>
internal sealed class Bottleneck(CongestionControl control, SlowLine line, TimeSpan rtt, double loss = 0, ulong seed = 1)
{
    private const int Mss = 1000;
    private static readonly TimeSpan MostHesitation = TimeSpan.FromMicroseconds(500);
    private readonly RandomSource _random = new(seed);
    private readonly Queue<Segment> _flying = new();        // in the order in which they come back
    private readonly Queue<Segment> _suspects = new();      // lost, not yet known
    private static readonly Instant Start = SlowLine.Start;
    private Instant _now = Start;
    private Instant _nextSend = Start;
    private Instant _hesitation = Start;
    private long _sent;
    private long _delivered;
    private long _lost;
    private int _inFlight;
    private long _recoveryEnd = -1;
    private RecoveryPhase _phase;
    private long _lastNumber;
    private Instant _firstSentAt = Start;
    private Instant _deliveredAt = Start;
    private int _peak;
    private bool _limited;
    private TimeSpan _srtt;
    private TimeSpan _minRtt = TimeSpan.MaxValue;

    private readonly record struct Segment(long Number, Instant SentAt, Instant BackAt, long Delivered, Instant DeliveredAt, Instant FirstSentAt, int InFlight, long Lost, bool IsMarked);

    public TimeSpan Elapsed => _now - Start;

    public long Delivered => _delivered;

    public long Lost => _lost;

    public TimeSpan QueueDelay => line.Free > _now ? line.Free - _now : TimeSpan.Zero;

    public int InFlight => _inFlight;

    public void Establish(int cwnd = 10)
    {
        control.Cwnd = cwnd;
        (_srtt, _minRtt) = (rtt, rtt);
        control.OnEstablished(Context());
    }

    /// <summary>Runs until <paramref name="seconds"/> have passed since the start; <paramref name="each"/> is called after each ACK.</summary>
    public void RunTo(double seconds, Action? each = null)
    {
        Instant end = Start + TimeSpan.FromSeconds(seconds);
        while (_now < end)
        {
            if (Step())
                each?.Invoke();
        }
    }

    /// <summary>Runs several, which share a line, until all have come to <paramref name="seconds"/>.</summary>
    public static void RunTo(double seconds, IReadOnlyList<Bottleneck> flows)
    {
        Instant end = Start + TimeSpan.FromSeconds(seconds);
        while (flows.MinBy(flow => flow.NextAt)! is { } next && next.NextAt < end)
            next.Step();
    }

    /// <summary>When the next segment leaves or comes back.</summary>
    private Instant NextAt => Instant.Min(NextSend, NextReturn) is { IsNever: false } at ? at : _now + TimeSpan.FromMilliseconds(300);

    private Instant NextSend => _inFlight < control.Cwnd ? Instant.Max(_now, Instant.Max(_nextSend, _hesitation)) : Instant.Never;

    private Instant NextReturn => _flying.TryPeek(out Segment first) ? first.BackAt : Instant.Never;

    /// <returns>True when a segment came back.</returns>
    private bool Step()
    {
        if (_inFlight >= control.Cwnd)
            _limited = true;
        (Instant send, Instant back) = (NextSend, NextReturn);
        if (send.IsNever && back.IsNever)
        {
            // Everything is lost: a time-out.
            _now = NextAt;
            while (_suspects.TryDequeue(out _))
                NoteLoss();
            return false;
        }

        if (send <= back)
        {
            _now = send;
            Send();
            return false;
        }

        _now = back;
        Return(_flying.Dequeue());
        return true;
    }

    private void Send()
    {
        if (_inFlight == 0)
            (_firstSentAt, _deliveredAt) = (_now, _now);
        _inFlight++;
        _peak = Math.Max(_peak, _inFlight);
        bool isDropped = _random.Chance(loss) | !line.TryTake(_now, out Instant through);
        var segment = new Segment(_sent++, _now, through + rtt, _delivered, _deliveredAt, _firstSentAt, _inFlight, _lost, line.IsMarking(_now));
        (isDropped ? _suspects : _flying).Enqueue(segment);
        if (control.PacingRate > 0)
            _nextSend = Instant.Max(_nextSend, _now - TimeSpan.FromMilliseconds(1)) + TimeSpan.FromSeconds((double)Mss / control.PacingRate);
    }

    private void NoteLoss()
    {
        _inFlight--;
        _lost++;
    }

    private void Return(Segment segment)
    {
        // No host is regular to the microsecond: without this the same flow would always meet the full queue.
        if (_hesitation <= _now)
            _hesitation = _now + (MostHesitation * _random.NextDouble());
        int prior = _inFlight;
        _inFlight--;
        _delivered++;
        _lastNumber = segment.Number;
        int lost = 0;
        while (_suspects.TryPeek(out Segment suspect) && suspect.Number + 3 <= _lastNumber)
        {
            _suspects.Dequeue();
            NoteLoss();
            lost++;
        }

        TimeSpan sample = _now - segment.SentAt;
        _srtt = (_srtt * 7 / 8) + (sample / 8);
        _minRtt = sample < _minRtt ? sample : _minRtt;
        TimeSpan sendElapsed = segment.SentAt - segment.FirstSentAt;
        TimeSpan ackElapsed = _now - segment.DeliveredAt;
        _firstSentAt = segment.SentAt;
        _deliveredAt = _now;
        var ack = new AckSample
        {
            Acked = 1, Lost = lost, PriorInFlight = prior, Rtt = sample,
            DeliveredInInterval = (int)(_delivered - segment.Delivered), Interval = sendElapsed > ackElapsed ? sendElapsed : ackElapsed,
            IsAppLimited = false, PriorDelivered = segment.Delivered, InFlightAtSend = segment.InFlight, LostAtSend = segment.Lost,
            MarkedCe = segment.IsMarked ? 1 : 0, IsDelayedAck = false,
        };
        Recover(lost);
        if (control.ControlsRate)
            control.OnRateSample(ack, Context());
        control.OnDelivered(ack, Context());
        if (_phase == RecoveryPhase.Open && !control.ControlsRate)
            control.OnAcknowledged(ack, Context());
        if (_phase == RecoveryPhase.Open && segment.Number % Math.Max(control.Cwnd, 1) == 0)
            (_peak, _limited) = (_inFlight, false);
    }

    private void Recover(int lost)
    {
        if (_phase == RecoveryPhase.Recovery && _lastNumber >= _recoveryEnd)
        {
            control.OnPhase(RecoveryPhase.Open, Context());
            _phase = RecoveryPhase.Open;
        }

        if (lost == 0 || _phase == RecoveryPhase.Recovery)
            return;
        control.Ssthresh = control.ReduceSsthresh(false, Context());
        control.OnPhase(RecoveryPhase.Recovery, Context());
        _phase = RecoveryPhase.Recovery;
        _recoveryEnd = _sent;
        if (!control.ControlsRate)
            control.Cwnd = control.Ssthresh;
    }

    private CongestionContext Context() => new()
    {
        Now = _now, MssBytes = Mss, InFlight = _inFlight, FlightPeak = _peak, IsCwndLimited = _limited, SmoothedRtt = _srtt, MinRtt = _minRtt,
        Phase = _phase, SndUna = new SequenceNumber((uint)(_lastNumber * Mss)), SndNxt = new SequenceNumber((uint)(_sent * Mss)),
        Delivered = _delivered, Lost = _lost,
    };
}

/// <summary>One segment after the other, and a queue that drops what does not fit.</summary>
internal sealed class SlowLine(double segmentsPerSecond, int queueSegments)
{
    public static readonly Instant Start = Instant.Epoch + TimeSpan.FromDays(365);

    public double Rate { get; set; } = segmentsPerSecond;

    /// <summary>Marks Congestion Experienced when more than so many segments wait.</summary>
    public int MarkAbove { get; init; } = int.MaxValue;

    public Instant Free { get; private set; } = Start;

    public bool IsMarking(Instant now) => Free > now && (Free - now).TotalSeconds * Rate > MarkAbove;

    public bool TryTake(Instant now, out Instant through)
    {
        through = Instant.Never;
        if (Free > now && (Free - now).TotalSeconds * Rate > queueSegments)
            return false;
        through = Free = Instant.Max(Free, now) + TimeSpan.FromSeconds(1 / Rate);
        return true;
    }
}
