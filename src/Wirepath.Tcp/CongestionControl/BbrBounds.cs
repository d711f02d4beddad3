namespace Wirepath.Tcp;

/// <summary>
/// What loss (or ECN) taught about the path: the long-term bound that probing moves (inflight_hi; inflight_longterm in the later
/// drafts), and the short-term bounds of bandwidth and flight (bw_lo, inflight_lo) that hold until the next probe
/// (draft-ietf-ccwg-bbr §5.5.10). Segments, and segments per second.
/// </summary>
internal struct BbrBounds()
{
    public const double Beta = 0.7;
    private const double Headroom = 0.15;
    private const int MostProbeRounds = 30;

    private double _bwLatest;
    private double _inflightLatest;
    private bool _isCongestedRound;
    private int _probeUpRounds;
    private double _probeUpCount = double.PositiveInfinity; // acknowledged for one segment more of InflightHi
    private double _probeUpAcked;

    public double BwLo { get; private set; } = double.PositiveInfinity;

    public double InflightLo { get; set; } = double.PositiveInfinity;

    public double InflightHi { get; set; } = double.PositiveInfinity;

    public readonly double InflightLatest => _inflightLatest;

    /// <summary>Room below <see cref="InflightHi"/> that is left to other flows.</summary>
    public readonly double InflightWithHeadroom(int least) => double.IsPositiveInfinity(InflightHi)
        ? InflightHi
        : Math.Max(InflightHi - Math.Max(1, Headroom * InflightHi), least);

    public void NoteDelivery(double rate, int delivered)
    {
        _bwLatest = Math.Max(_bwLatest, rate);
        _inflightLatest = Math.Max(_inflightLatest, delivered);
    }

    public void NoteCongestion() => _isCongestedRound = true;

    /// <summary>A round for loss has ended: outside of probing the short-term bounds follow what was delivered in it.</summary>
    public void EndRound(bool isProbing, double maxBw, int cwnd)
    {
        if (!isProbing && _isCongestedRound)
        {
            if (double.IsPositiveInfinity(BwLo))
                BwLo = maxBw;
            if (double.IsPositiveInfinity(InflightLo))
                InflightLo = cwnd;
            BwLo = Math.Max(_bwLatest, Beta * BwLo);
            InflightLo = Math.Max(_inflightLatest, Beta * InflightLo);
        }

        _isCongestedRound = false;
    }

    /// <summary>The first sample of the next round.</summary>
    public void StartRound(double rate, int delivered) => (_bwLatest, _inflightLatest) = (rate, delivered);

    public void ResetSignals() => (_isCongestedRound, _bwLatest, _inflightLatest) = (false, 0, 0);

    /// <summary>A new probe starts without what the last one's aftermath taught.</summary>
    public void ResetShortTerm() => BwLo = InflightLo = double.PositiveInfinity;

    public void StopProbing() => _probeUpCount = double.PositiveInfinity;

    public void StartProbing() => (_probeUpRounds, _probeUpAcked) = (0, 0);

    /// <summary>The bound is raised by 1, 2, 4 … segments a round.</summary>
    public void RaiseSlope(int cwnd)
    {
        double growth = Math.ScaleB(1, _probeUpRounds);
        _probeUpRounds = Math.Min(_probeUpRounds + 1, MostProbeRounds);
        _probeUpCount = Math.Max(cwnd / growth, 1);
    }

    public void ProbeUpward(int acked)
    {
        _probeUpAcked += acked;
        if (_probeUpAcked < _probeUpCount)
            return;
        double delta = Math.Floor(_probeUpAcked / _probeUpCount);
        _probeUpAcked -= delta * _probeUpCount;
        InflightHi += delta;
    }
}
