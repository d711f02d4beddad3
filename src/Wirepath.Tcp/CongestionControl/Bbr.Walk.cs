using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>The state machine of draft-ietf-ccwg-bbr §5.3: Startup, Drain, the cycle of ProbeBW, ProbeRTT.</summary>
internal sealed partial class Bbr
{
    private const double StartupPacingGain = 2.77; // 4 ln 2
    private const double DrainPacingGain = 0.5;
    private const double DownPacingGain = 0.90;
    private const double UpPacingGain = 1.25;
    private const double DefaultCwndGain = 2;
    private const double UpCwndGain = 2.25;
    private const double ProbeRttCwndGain = 0.5;
    private const int LongestDrainRounds = 3;
    private const int MostRenoRounds = 63; // Reno's own cycle at a large window would be longer than anybody waits
    private static readonly TimeSpan ProbeRttDuration = TimeSpan.FromMilliseconds(200);

    private double _pacingGain;
    private double _cwndGain;
    private BbrAckPhase _ackPhase;
    private Instant _cycleStart;
    private TimeSpan _probeWait;
    private int _roundsSinceProbe;
    private bool _isProbeSample; // losses now are the doing of this probe
    private long _drainStart;
    private bool _isIdleRestart;
    private Instant? _probeRttEnd;
    private bool _isProbeRttRoundDone;

    private bool IsProbing => State is BbrState.Startup or BbrState.Refill or BbrState.Up;

    private double ProbeRttCwnd => Math.Max(BandwidthDelay(_bw, ProbeRttCwndGain), MinPipeCwnd);

    private void Walk(in AckSample sample, double rate, bool isAppLimited, in CongestionContext context)
    {
        if (State == BbrState.Startup && _isFullBwReached)
            EnterDrain();
        if (State == BbrState.Drain && (context.InFlight <= Inflight(1, context) || _round > _drainStart + LongestDrainRounds))
            EnterProbeBw(context);
        if (_isFullBwReached)
            Cycle(sample, rate, isAppLimited, context);
        bool isProbeRttDue = _minRtt.Update(sample.Rtt, context.Now);
        ProbeRtt(sample, isProbeRttDue, context);
        _bw = Math.Min(_maxBw.Max, _bounds.BwLo);
    }

    private void Enter(BbrState state, double pacingGain, double cwndGain) => (State, _pacingGain, _cwndGain) = (state, pacingGain, cwndGain);

    private void EnterStartup() => Enter(BbrState.Startup, StartupPacingGain, DefaultCwndGain);

    private void EnterDrain()
    {
        Enter(BbrState.Drain, DrainPacingGain, DefaultCwndGain);
        _drainStart = _round;
    }

    private double Inflight(double gain, in CongestionContext context) => Quantized(BandwidthDelay(_maxBw.Max, gain), context.MssBytes);

    // ---- ProbeBW (§5.3.3) ------------------------------------------------------------------------------------------

    private void EnterProbeBw(in CongestionContext context) => StartDown(context);

    private void StartDown(in CongestionContext context)
    {
        _bounds.ResetSignals();
        _bounds.StopProbing();
        // Flows that share a bottleneck should not probe in step: 2 to 3 s, and one round more or less.
        _roundsSinceProbe = random.Next(2);
        _probeWait = TimeSpan.FromSeconds(2 + random.NextDouble());
        _cycleStart = context.Now;
        _ackPhase = BbrAckPhase.ProbeStopping;
        StartRound(context);
        Enter(BbrState.Down, DownPacingGain, DefaultCwndGain);
    }

    private void StartCruise() => Enter(BbrState.Cruise, 1, DefaultCwndGain);

    private void StartRefill(in CongestionContext context)
    {
        _bounds.ResetShortTerm();
        _bounds.StartProbing();
        _ackPhase = BbrAckPhase.Refilling;
        StartRound(context);
        Enter(BbrState.Refill, 1, DefaultCwndGain);
    }

    private void StartUp(double rate, in CongestionContext context)
    {
        _ackPhase = BbrAckPhase.ProbeStarting;
        StartRound(context);
        ResetFullBandwidth();
        _fullBw = rate;
        _isProbeSample = true;
        _cycleStart = context.Now;
        Enter(BbrState.Up, UpPacingGain, UpCwndGain);
        _bounds.RaiseSlope(Cwnd);
    }

    private void Cycle(in AckSample sample, double rate, bool isAppLimited, in CongestionContext context)
    {
        AdaptInflightHi(sample, isAppLimited, context);
        switch (State)
        {
            case BbrState.Down:
                if (IsTimeToProbe(context))
                    StartRefill(context);
                else if (context.InFlight <= Math.Min(_bounds.InflightWithHeadroom(MinPipeCwnd), Inflight(1, context)))
                    StartCruise();
                break;
            case BbrState.Cruise:
                if (IsTimeToProbe(context))
                    StartRefill(context);
                break;
            case BbrState.Refill:
                if (_isRoundStart)
                    StartUp(rate, context);
                break;
            case BbrState.Up:
                if (IsProbeDone(rate, context))
                    StartDown(context);
                break;
            case BbrState.Startup or BbrState.Drain or BbrState.ProbeRtt:
                break;
            default:
                throw new InvalidOperationException($"There is no state {State}.");
        }
    }

    private bool IsTimeToProbe(in CongestionContext context)
    {
        // As often as Reno would have grown by as much: a round for each segment of its window.
        double renoRounds = Math.Min(Math.Min(BandwidthDelay(_bw, 1), Cwnd), MostRenoRounds);
        return context.Now > _cycleStart + _probeWait || _roundsSinceProbe >= renoRounds;
    }

    private bool IsProbeDone(double rate, in CongestionContext context)
    {
        if (context.IsCwndLimited && Cwnd >= _bounds.InflightHi)
        {
            ResetFullBandwidth(); // the bound, not the bottleneck, holds the rate: it is raised first
            _fullBw = rate;
            return false;
        }

        return _isFullBwNow;
    }

    private void AdaptInflightHi(in AckSample sample, bool isAppLimited, in CongestionContext context)
    {
        if (_isRoundStart && _ackPhase == BbrAckPhase.ProbeStarting)
            _ackPhase = BbrAckPhase.ProbeFeedback;
        if (_isRoundStart && _ackPhase == BbrAckPhase.ProbeStopping)
        {
            _isProbeSample = false;
            _ackPhase = BbrAckPhase.Init;
            if (State is not (BbrState.ProbeRtt or BbrState.Drain) && !isAppLimited)
                _maxBw.Advance();
        }

        if (IsInflightTooHigh(sample, context))
        {
            if (_isProbeSample)
                LowerInflightHi(sample, isAppLimited, context);
            return;
        }

        if (double.IsPositiveInfinity(_bounds.InflightHi))
            return;
        _bounds.InflightHi = Math.Max(_bounds.InflightHi, sample.InFlightAtSend);
        if (State != BbrState.Up || !context.IsCwndLimited || Cwnd < _bounds.InflightHi)
            return;
        _bounds.ProbeUpward(sample.Acked);
        if (_isRoundStart)
            _bounds.RaiseSlope(Cwnd);
    }

    /// <summary>More than 2 % of what was in flight with this segment was lost, or a mark came.</summary>
    private static bool IsInflightTooHigh(in AckSample sample, in CongestionContext context) =>
        sample.MarkedCe > 0 || (sample.InFlightAtSend > 0 && context.Lost - sample.LostAtSend > LossThreshold * sample.InFlightAtSend);

    private void LowerInflightHi(in AckSample sample, bool isAppLimited, in CongestionContext context)
    {
        _isProbeSample = false; // once for each probe
        if (!isAppLimited)
            _bounds.InflightHi = Math.Max(sample.InFlightAtSend, BbrBounds.Beta * Math.Min(BandwidthDelay(_bw, 1), Cwnd));
        if (State == BbrState.Up)
            StartDown(context);
    }

    // ---- ProbeRTT (§5.3.4) -----------------------------------------------------------------------------------------

    private void ProbeRtt(in AckSample sample, bool isDue, in CongestionContext context)
    {
        if (State != BbrState.ProbeRtt && isDue && !_isIdleRestart)
        {
            SaveCwnd(context);
            Enter(BbrState.ProbeRtt, 1, ProbeRttCwndGain);
            _probeRttEnd = null;
            _ackPhase = BbrAckPhase.ProbeStopping;
            StartRound(context);
        }

        if (State == BbrState.ProbeRtt)
            StayInProbeRtt(context);
        if (sample.Acked > 0)
            _isIdleRestart = false;
    }

    private void StayInProbeRtt(in CongestionContext context)
    {
        // We, not the path, hold the rate down.
        _appLimitedUntil = context.Delivered + context.InFlight;
        if (_probeRttEnd is null)
        {
            if (context.InFlight > ProbeRttCwnd)
                return;
            _probeRttEnd = context.Now + ProbeRttDuration;
            _isProbeRttRoundDone = false;
            StartRound(context);
            return;
        }

        if (_isRoundStart)
            _isProbeRttRoundDone = true;
        if (_isProbeRttRoundDone)
            LeaveProbeRttWhenDone(context);
    }

    private void LeaveProbeRttWhenDone(in CongestionContext context)
    {
        if (_probeRttEnd is not { } end || context.Now <= end)
            return;
        _minRtt.ProbeDone(context.Now);
        RestoreCwnd();
        _bounds.ResetShortTerm();
        if (_isFullBwReached)
        {
            StartDown(context);
            StartCruise();
        }
        else
        {
            EnterStartup();
        }
    }
}
