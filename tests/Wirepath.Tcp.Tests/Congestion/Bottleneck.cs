using Wirepath.Wire;

namespace Wirepath.Tcp.Tests;

/// <summary>
/// A sender with always something to send, a bottleneck with a queue in front of it, and the way back: segment by segment, in
/// virtual time. Loss shows when three later segments have arrived; what was lost is sent again as if it were new.
/// </summary>
internal sealed class Bottleneck(CongestionControl control, double segmentsPerSecond, TimeSpan rtt, int queueSegments, double loss = 0, ulong seed = 1)
{
    private const int Mss = 1000;
    private readonly RandomSource _random = new(seed);
    private readonly Queue<Segment> _flying = new();        // in the order in which they come back
    private readonly Queue<Segment> _suspects = new();      // lost, not yet known
    private static readonly Instant Start = Instant.Epoch + TimeSpan.FromDays(365);
    private Instant _now = Start;
    private Instant _lineFree = Start;
    private Instant _nextSend = Start;
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
    private TimeSpan _minRtt = rtt;

    private readonly record struct Segment(long Number, Instant SentAt, Instant BackAt, long Delivered, Instant DeliveredAt, Instant FirstSentAt, int InFlight, long Lost);

    public TimeSpan Elapsed => _now - Start;

    public long Delivered => _delivered;

    public long Lost => _lost;

    public TimeSpan QueueDelay => _lineFree > _now ? _lineFree - _now : TimeSpan.Zero;

    public int InFlight => _inFlight;

    /// <summary>Changes of the path while it runs.</summary>
    public double Rate { get; set; } = segmentsPerSecond;

    public void Establish(int cwnd = 10)
    {
        control.Cwnd = cwnd;
        _srtt = rtt;
        control.OnEstablished(Context());
    }

    /// <summary>Runs until <paramref name="seconds"/> have passed since the start; <paramref name="each"/> is called after each ACK.</summary>
    public void RunTo(double seconds, Action? each = null)
    {
        Instant end = Start + TimeSpan.FromSeconds(seconds);
        while (_now < end)
        {
            bool maySend = _inFlight < control.Cwnd;
            Instant send = maySend ? Instant.Max(_now, _nextSend) : Instant.Never;
            Instant back = _flying.TryPeek(out Segment first) ? first.BackAt : Instant.Never;
            if (!maySend)
                _limited = true;
            if (send.IsNever && back.IsNever)
            {
                // Everything is lost: a time-out.
                _now += TimeSpan.FromMilliseconds(300);
                while (_suspects.TryDequeue(out _))
                    NoteLoss();
                continue;
            }

            if (send <= back)
            {
                _now = send;
                Send();
            }
            else
            {
                _now = back;
                Return(_flying.Dequeue());
                each?.Invoke();
            }
        }
    }

    private void Send()
    {
        if (_inFlight == 0)
            (_firstSentAt, _deliveredAt) = (_now, _now);
        _inFlight++;
        _peak = Math.Max(_peak, _inFlight);
        double queued = _lineFree > _now ? (_lineFree - _now).TotalSeconds * Rate : 0;
        bool isDropped = queued > queueSegments || _random.Chance(loss);
        if (!isDropped)
            _lineFree = Instant.Max(_lineFree, _now) + TimeSpan.FromSeconds(1 / Rate);
        var segment = new Segment(_sent++, _now, _lineFree + rtt, _delivered, _deliveredAt, _firstSentAt, _inFlight, _lost);
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
            Acked = 1, CumulativelyAcked = 1, Lost = lost, PriorInFlight = prior, Rtt = sample,
            DeliveredInInterval = (int)(_delivered - segment.Delivered), Interval = sendElapsed > ackElapsed ? sendElapsed : ackElapsed,
            IsAppLimited = false, PriorDelivered = segment.Delivered, InFlightAtSend = segment.InFlight, LostAtSend = segment.Lost,
            MarkedCe = 0, IsDelayedAck = false,
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
