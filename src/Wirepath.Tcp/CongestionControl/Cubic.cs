using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>
/// CUBIC (RFC 9438): in congestion avoidance cwnd follows W(t) = C·(t − K)³ + W_max, t being the time since the last reduction
/// and K the time at which W_max, the window at which it came, is reached again. Counted in integers with the scales of Linux's
/// tcp_cubic, so that windows come out the same to the segment.
/// </summary>
internal sealed class Cubic(CubicSettings settings, bool isPaced) : WindowControl
{
    private const int Scale = 1024;
    private const int Beta = 717;         // 0.7 (RFC 9438 §4.6), in 1/1024
    private const int EcnBeta = 870;      // 0.85 (RFC 8511 §3.1), in 1/1024
    private const int C = 410;            // 0.4 segments/s³ (§5.1), in 1/1024
    private const int RenoAckedPerSegment = 8 * (Scale + Beta) / 3 / (Scale - Beta); // 1/α_cubic of §4.3, in 1/8 window
    private const int UnknownPeakEach = 20;  // before the first loss: at most 5 % a window
    private const int PlateauWindows = 100;  // at the plateau: one segment in so many windows
    private const int FastestEach = 2;       // never more than half a segment for each acknowledged: 1.5 × a round (§4.4)
    private const long LongestOffset = 128 * Scale; // beyond, the cube exceeds every window
    private const long NoEpoch = long.MinValue;
    private const long EvaluationPeriod = 1000 / 32; // ms

    private HyStart? _classic;             // from the first window on in which it may find something
    private readonly HyStartPlusPlus? _plusPlus = settings.HyStart == HyStartMode.PlusPlus ? new(settings.SlowStartAckLimit) : null;

    // The curve of this epoch: what a spurious reduction must give back (RFC 9438 §4.9).
    private Curve _curve = Curve.None;
    private Curve[]? _beforeReduction; // one

    private int _each;          // acknowledged for one more segment
    private int _lastCwnd;      // cwnd for which _each holds,
    private long _lastTime;     // and when it was computed, ms
    private Instant _lastAck;
    private TimeSpan _delayMin; // zero: no sample yet

    public override string Name => CongestionControls.Cubic;

    /// <summary>W_max of RFC 9438, segments; 0 before the first loss and after a time-out.</summary>
    internal int WMax => _curve.WMax;

    /// <summary>K of RFC 9438, in 1/1024 s, of the current epoch.</summary>
    internal long K => _curve.K;

    /// <summary>W_est of RFC 9438 §4.3, segments.</summary>
    internal int WEst => _curve.WEst;

    public override void OnEstablished(in CongestionContext context) => _plusPlus?.StartRound(context);

    public override int ReduceSsthresh(bool byEcn, in CongestionContext context)
    {
        (_beforeReduction ??= new Curve[1])[0] = _curve;
        ForgetCredit();
        _plusPlus?.End();
        // §4.7: smaller than at the last loss: somebody else wants a share.
        _curve.WMax = settings.FastConvergence && Cwnd < _curve.WMax ? (int)((long)Cwnd * (Scale + Beta) / (2 * Scale)) : Cwnd;
        _curve.Epoch = NoEpoch;
        int beta = byEcn && settings.AlternativeBackoff ? EcnBeta : Beta;
        return (int)Math.Max((long)Cwnd * beta / Scale, 2);
    }

    public override void OnPhase(RecoveryPhase next, in CongestionContext context)
    {
        if (next != RecoveryPhase.Loss)
            return;
        // §4.8: after a time-out the curve starts with K = 0 and W_max = cwnd where slow start ends.
        ForgetCredit();
        _curve = Curve.None;
        (_each, _lastCwnd, _lastTime) = (0, 0, 0);
        _delayMin = TimeSpan.Zero;
        _classic = null; // slow start begins again, and so does the search for its end
    }

    public override int CwndAfterUndo(int cwndBefore)
    {
        _curve = _beforeReduction is null ? Curve.None : _beforeReduction[0];
        _lastCwnd = 0;
        return base.CwndAfterUndo(cwndBefore);
    }

    public override void OnTransmitStart(TimeSpan idle, in CongestionContext context) => ShiftEpoch(idle, context.Now);

    public override void OnDelivered(in AckSample sample, in CongestionContext context)
    {
        if (sample.Rtt <= TimeSpan.Zero)
            return;
        // Just after a reduction the queue that caused it still drains.
        if (_curve.Epoch != NoEpoch && context.Now.Ticks - _curve.Epoch < TimeSpan.TicksPerSecond)
            return;
        if (_delayMin == TimeSpan.Zero || sample.Rtt < _delayMin)
            _delayMin = sample.Rtt;
        if (!IsInSlowStart)
            return;
        bool full = settings.HyStart switch
        {
            HyStartMode.Off => false,
            HyStartMode.Classic => Cwnd >= settings.HyStartLowWindow && (_classic ??= new HyStart(settings, isPaced, context)).IsPipeFull(sample.Rtt, _delayMin, Cwnd, context),
            HyStartMode.PlusPlus => _plusPlus!.IsPipeFull(sample.Rtt, context),
            _ => throw new InvalidOperationException($"There is no HyStart mode {settings.HyStart}."),
        };
        if (full)
            Ssthresh = Math.Max(Cwnd, 2);
    }

    public override void OnAcknowledged(in AckSample sample, in CongestionContext context)
    {
        Instant last = _lastAck;
        _lastAck = context.Now;
        if (!MayGrow(context))
        {
            // §4.2: time in which the application held the window back does not count.
            ShiftEpoch(context.Now - last, context.Now);
            return;
        }

        int acked = sample.Acked;
        if (IsInSlowStart)
            acked = SlowStart(_plusPlus?.Growth(acked) ?? acked);
        if (acked <= 0)
            return;
        Update(acked, context.Now.Ticks);
        Grow(acked, _each);
    }

    /// <summary>Computes how many acknowledged segments are worth one more in cwnd.</summary>
    private void Update(int acked, long now)
    {
        _curve.Acked += acked;
        long tick = now / TimeSpan.TicksPerMillisecond;
        if (_lastCwnd == Cwnd && tick - _lastTime <= EvaluationPeriod)
            return;
        if (_curve.Epoch == NoEpoch || tick != _lastTime) // the curve moves once in a millisecond
        {
            (_lastCwnd, _lastTime) = (Cwnd, tick);
            _each = CubicEach(acked, now);
        }

        if (settings.RenoFriendly)
            _each = Math.Min(_each, RenoEach());
        _each = Math.Max(_each, FastestEach);
    }

    private int CubicEach(int acked, long now)
    {
        if (_curve.Epoch == NoEpoch)
            StartEpoch(acked, now);
        // The window of one round trip ahead: it is what the ACKs of the next round will have made of cwnd.
        long t = (((now - _curve.Epoch) / TimeSpan.TicksPerMillisecond) + (long)Math.Ceiling(_delayMin.TotalMilliseconds)) * Scale / 1000;
        long target = CubicWindow(t);
        long each = target > Cwnd ? Cwnd / (target - Cwnd) : (long)PlateauWindows * Cwnd;
        if (_curve.WMax == 0)
            each = Math.Min(each, UnknownPeakEach);
        return (int)Math.Min(each, int.MaxValue);
    }

    private void StartEpoch(int acked, long now)
    {
        _curve.Epoch = now;
        _curve.Acked = acked;
        _curve.WEst = Cwnd;
        if (_curve.WMax <= Cwnd)
        {
            _curve.K = 0;
            _curve.Origin = Cwnd;
        }
        else
        {
            // Equation 2: K = ∛((W_max − cwnd) / C).
            _curve.K = (int)(Math.Cbrt((_curve.WMax - Cwnd) * (double)Scale / C) * Scale);
            _curve.Origin = _curve.WMax;
        }
    }

    /// <summary>Equation 1, with t in 1/1024 s.</summary>
    internal long CubicWindow(long t)
    {
        long offset = Math.Min(Math.Abs(t - _curve.K), LongestOffset);
        long delta = (C * offset * offset * offset) >> 40; // C in 2^10, the cube in 2^30
        return t < _curve.K ? _curve.Origin - delta : _curve.Origin + delta;
    }

    /// <summary>What the curve must not fall behind: W_est, the window of a Reno that reduces by β_cubic too (§4.3).</summary>
    private int RenoEach()
    {
        long perSegment = Math.Max((long)Cwnd * RenoAckedPerSegment >> 3, 1);
        if (_curve.Acked > perSegment)
        {
            long steps = (_curve.Acked - 1) / perSegment;
            _curve.Acked -= steps * perSegment;
            _curve.WEst = (int)Math.Min(_curve.WEst + steps, int.MaxValue);
        }

        return _curve.WEst > Cwnd ? Cwnd / (_curve.WEst - Cwnd) : int.MaxValue;
    }

    private void ShiftEpoch(TimeSpan idle, Instant now)
    {
        if (_curve.Epoch != NoEpoch && idle > TimeSpan.Zero)
            _curve.Epoch = Math.Min(_curve.Epoch + idle.Ticks, now.Ticks);
    }

    private struct Curve
    {
        public static readonly Curve None = new() { Epoch = NoEpoch };

        public long Epoch;  // ticks; NoEpoch until the first ACK of congestion avoidance
        public long Acked;  // since WEst last grew
        public int WMax;
        public int K;       // 1/1024 s
        public int Origin;  // segments: the plateau
        public int WEst;    // segments
    }
}
