using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>
/// BBR version 3 (draft-ietf-ccwg-bbr): a model of the path — the most that was delivered per second, and the smallest round
/// trip — sets the pacing rate and cwnd; losses bound it, but do not drive it. This file is what an ACK does to the model and
/// what follows from it; the walk through the states is in Bbr.Walk.cs. Segments, and segments per second.
/// </summary>
/// <param name="random">Spreads the probes of flows that share a bottleneck; the same seed, the same walk.</param>
internal sealed partial class Bbr(RandomSource random) : CongestionControl
{
    private const int MinPipeCwnd = 4;
    private const double PacingMargin = 0.01;     // below the bandwidth, so that queues drain
    private const int MostQuantumBytes = 65536;
    private const long SlowRate = 150_000;        // bytes per second (1.2 Mbit/s): single segments
    private const double LossThreshold = 0.02;    // LossThresh
    private const double FullBandwidthGrowth = 1.25;
    private const int FullBandwidthRounds = 3;
    private const int StartupFullLossEvents = 6;  // StartupFullLossCnt
    private const int StartupEcnRounds = 2;

    private BbrBandwidthFilter _maxBw;
    private BbrMinRtt _minRtt;
    private BbrAckAggregation _aggregation;
    private BbrBounds _bounds = new();
    private double _bw; // of the model: the smaller of the maximum and bw_lo

    // Rounds: of delivery, and of loss, which probing does not restart.
    private long _roundEnd;
    private long _round;
    private bool _isRoundStart;
    private long _lossRoundEnd;
    private bool _isLossRoundStart;

    // Whether more sending brings more.
    private double _fullBw;
    private int _fullBwRounds;
    private bool _isFullBwNow;
    private bool _isFullBwReached;

    // Startup's losses.
    private int _lossEventsInRound;
    private long _lostAtRoundStart;
    private long _deliveredAtRoundStart;
    private long _recoveryStart = -1; // Delivered when fast recovery began; -1 outside
    private bool _isMarkedRound;
    private int _markedRounds;

    private int _initialCwnd;
    private int _priorCwnd;
    private long _appLimitedUntil; // Delivered, up to which ProbeRTT held the rate down
    private int _quantumBytes;

    public override string Name => CongestionControls.Bbr;

    public override bool ControlsRate => true;

    public override bool NeedsPacing => true;

    public override int SendQuantumBytes => _quantumBytes;

    internal BbrState State { get; private set; }

    /// <summary>Segments per second.</summary>
    internal double MaxBandwidth => _maxBw.Max;

    internal TimeSpan MinRtt => _minRtt.Value;

    internal double InflightHi => _bounds.InflightHi;

    public override void OnEstablished(in CongestionContext context)
    {
        _initialCwnd = Cwnd;
        _minRtt.Start(context.MinRtt, context.Now);
        _aggregation.Restart(context.Now);
        EnterStartup();
        // Before the first sample: the initial window in a round trip, or in 1 ms.
        double seconds = context.SmoothedRtt > TimeSpan.Zero ? context.SmoothedRtt.TotalSeconds : 0.001;
        PacingRate = BytesPerSecond(_pacingGain * Cwnd / seconds, context.MssBytes);
        SetSendQuantum(context.MssBytes);
    }

    /// <summary>Keeps ssthresh: neither a loss nor a mark sets the window.</summary>
    public override int ReduceSsthresh(bool byEcn, in CongestionContext context)
    {
        SaveCwnd(context);
        return Math.Max(Ssthresh, 2);
    }

    /// <summary>Everything is done in <see cref="OnRateSample"/>.</summary>
    public override void OnAcknowledged(in AckSample sample, in CongestionContext context)
    {
    }

    public override void OnPhase(RecoveryPhase next, in CongestionContext context)
    {
        _recoveryStart = next == RecoveryPhase.Recovery ? context.Delivered : -1;
        if (next == RecoveryPhase.Loss)
        {
            SaveCwnd(context);
            Cwnd = context.InFlight + 1;
            _bounds.NoteCongestion();
            // What was in flight before the time-out bounds what follows.
            if (!IsProbing && double.IsPositiveInfinity(_bounds.InflightLo))
                _bounds.InflightLo = _priorCwnd;
        }
        else if (context.Phase == RecoveryPhase.Loss)
        {
            RestoreCwnd();
        }
    }

    public override int CwndAfterUndo(int cwndBefore)
    {
        // What looked like congestion was not: the bounds that it set, and the judgement that the pipe is full, go.
        _bounds.ResetShortTerm();
        ResetFullBandwidth();
        return Math.Max(Cwnd, Math.Max(cwndBefore, _priorCwnd));
    }

    public override void OnTransmitStart(TimeSpan idle, in CongestionContext context)
    {
        if (idle <= TimeSpan.Zero)
            return;
        _isIdleRestart = true;
        _aggregation.Restart(context.Now);
        if (State is BbrState.Down or BbrState.Cruise or BbrState.Refill or BbrState.Up)
            SetPacingRate(1, context.MssBytes);
        else if (State == BbrState.ProbeRtt)
            LeaveProbeRttWhenDone(context);
    }

    public override void OnRateSample(in AckSample sample, in CongestionContext context)
    {
        double rate = sample.DeliveredInInterval > 0 && sample.Interval > TimeSpan.Zero
            ? sample.DeliveredInInterval / sample.Interval.TotalSeconds
            : 0;
        bool isAppLimited = sample.IsAppLimited || sample.PriorDelivered < _appLimitedUntil;
        UpdateModel(sample, rate, isAppLimited, context);
        Walk(sample, rate, isAppLimited, context);
        SetPacingRate(_pacingGain, context.MssBytes);
        SetSendQuantum(context.MssBytes);
        SetCwnd(sample, context);
    }

    // ---- The model (§5.5) ------------------------------------------------------------------------------------------

    private void UpdateModel(in AckSample sample, double rate, bool isAppLimited, in CongestionContext context)
    {
        int delivered = Math.Max(sample.DeliveredInInterval, 0);
        _bounds.NoteDelivery(rate, delivered);
        _isLossRoundStart = sample.Acked > 0 && sample.PriorDelivered >= _lossRoundEnd;
        if (_isLossRoundStart)
            _lossRoundEnd = context.Delivered;

        UpdateRound(sample, context);
        if (rate > 0 && (rate >= _maxBw.Max || !isAppLimited))
            _maxBw.Take(rate);

        if (sample.Lost > 0)
            _lossEventsInRound++;
        if (sample.MarkedCe > 0)
        {
            _isMarkedRound = true;
            _bounds.NoteCongestion(); // RFC 3168 §5: a mark is to be answered as a loss is
        }

        _aggregation.Update(sample.Acked, _bw, Cwnd, _round, _isFullBwReached, context.Now);
        CheckFullBandwidth(rate, isAppLimited);
        if (!_isLossRoundStart)
            return;
        EndLossRound(context);
        _bounds.StartRound(rate, delivered);
    }

    private void UpdateRound(in AckSample sample, in CongestionContext context)
    {
        _isRoundStart = sample.Acked > 0 && sample.PriorDelivered >= _roundEnd;
        if (!_isRoundStart)
            return;
        StartRound(context);
        _round++;
        _roundsSinceProbe++;
    }

    private void StartRound(in CongestionContext context) => _roundEnd = context.Delivered;

    /// <summary>Three rounds without a quarter more: the pipe is full (§5.3.1.2).</summary>
    private void CheckFullBandwidth(double rate, bool isAppLimited)
    {
        if (_isFullBwNow || !_isRoundStart || isAppLimited)
            return;
        if (rate >= _fullBw * FullBandwidthGrowth)
        {
            ResetFullBandwidth();
            _fullBw = rate;
            return;
        }

        _fullBwRounds++;
        _isFullBwNow = _fullBwRounds >= FullBandwidthRounds;
        if (_isFullBwNow)
            _isFullBwReached = true;
    }

    private void ResetFullBandwidth() => (_fullBw, _fullBwRounds, _isFullBwNow) = (0, 0, false);

    /// <summary>
    /// What a round lost counts when it is more than the 2 % that BBR tolerates elsewhere too. (The draft takes a single loss for
    /// congestion; with random loss the rate would then fall by the pacing margin in each round until the next probe.)
    /// </summary>
    private void EndLossRound(in CongestionContext context)
    {
        long lost = context.Lost - _lostAtRoundStart;
        long delivered = context.Delivered - _deliveredAtRoundStart;
        bool isLossy = lost > LossThreshold * (lost + delivered);
        if (isLossy)
            _bounds.NoteCongestion();
        _markedRounds = _isMarkedRound ? _markedRounds + 1 : 0;
        CheckStartupLoss(isLossy);
        _bounds.EndRound(IsProbing, _maxBw.Max, Cwnd);
        (_lossEventsInRound, _isMarkedRound) = (0, false);
        (_lostAtRoundStart, _deliveredAtRoundStart) = (context.Lost, context.Delivered);
    }

    /// <summary>Startup ends as well when a whole round of recovery lost more than 2 % in six places (§5.3.1.3), or two rounds in a row were marked.</summary>
    private void CheckStartupLoss(bool isLossy)
    {
        if (_isFullBwReached || State != BbrState.Startup)
            return;
        bool isRecoveryRound = _recoveryStart >= 0 && _deliveredAtRoundStart >= _recoveryStart;
        if (!(isLossy && isRecoveryRound && _lossEventsInRound >= StartupFullLossEvents) && _markedRounds < StartupEcnRounds)
            return;
        _isFullBwReached = true;
        _bounds.InflightHi = Math.Max(BandwidthDelay(_maxBw.Max, 1), _bounds.InflightLatest);
    }

    // ---- What follows from it (§5.6) -------------------------------------------------------------------------------

    private void SetPacingRate(double gain, int mss)
    {
        double bw = _bw * (1 - PacingMargin);
        if (bw <= 0)
            return;
        long rate = BytesPerSecond(gain * bw, mss);
        // Startup's first samples are app-limited or few: they may raise the rate, not lower it.
        if (_isFullBwReached || rate > PacingRate)
            PacingRate = rate;
    }

    private static long BytesPerSecond(double segmentsPerSecond, int mss) =>
        Math.Max((long)Math.Min(segmentsPerSecond * mss, long.MaxValue / 2), 1);

    private void SetSendQuantum(int mss)
    {
        int least = PacingRate < SlowRate ? mss : 2 * mss;
        _quantumBytes = (int)Math.Max(Math.Min(PacingRate / 1000, MostQuantumBytes), least); // 1 ms
    }

    private double BandwidthDelay(double bw, double gain) =>
        _minRtt.Value == TimeSpan.Zero ? _initialCwnd : gain * bw * _minRtt.Value.TotalSeconds;

    /// <summary>Room for three bursts of the sender, so that pacing in lumps does not starve the pipe.</summary>
    private double Quantized(double inflight, int mss)
    {
        inflight = Math.Max(inflight, 3.0 * _quantumBytes / mss);
        inflight = Math.Max(inflight, MinPipeCwnd);
        return State == BbrState.Up ? inflight + 2 : inflight;
    }

    private void SetCwnd(in AckSample sample, in CongestionContext context)
    {
        double most = Quantized(BandwidthDelay(_bw, _cwndGain) + _aggregation.Extra, context.MssBytes);
        double cwnd = Cwnd;
        // After a time-out the flight is rebuilt from what arrives.
        if (_isFullBwReached)
            cwnd = Math.Min(cwnd + sample.Acked, most);
        else if (cwnd < most || context.Delivered < 2 * _initialCwnd)
            cwnd += sample.Acked;
        cwnd = Math.Max(cwnd, MinPipeCwnd);
        if (State == BbrState.ProbeRtt)
            cwnd = Math.Min(cwnd, ProbeRttCwnd);
        Cwnd = (int)Math.Min(BoundCwnd(cwnd), int.MaxValue / 2);
    }

    private double BoundCwnd(double cwnd)
    {
        double cap = State switch
        {
            BbrState.Startup or BbrState.Drain => double.PositiveInfinity,
            BbrState.Down or BbrState.Refill or BbrState.Up => _bounds.InflightHi,
            BbrState.Cruise or BbrState.ProbeRtt => _bounds.InflightWithHeadroom(MinPipeCwnd),
            _ => throw new InvalidOperationException($"There is no state {State}."),
        };
        cap = Math.Max(Math.Min(cap, _bounds.InflightLo), MinPipeCwnd);
        return Math.Min(cwnd, cap);
    }

    private void SaveCwnd(in CongestionContext context) =>
        _priorCwnd = context.Phase is RecoveryPhase.Recovery or RecoveryPhase.Loss || State == BbrState.ProbeRtt
            ? Math.Max(_priorCwnd, Cwnd)
            : Cwnd;

    private void RestoreCwnd() => Cwnd = Math.Max(Cwnd, _priorCwnd);
}
