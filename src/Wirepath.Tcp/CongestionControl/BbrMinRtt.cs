using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>
/// The two-way propagation delay: the smallest round trip of 10 s, and within it the one of 5 s after which ProbeRTT is due
/// (draft-ietf-ccwg-bbr §5.3.4.3).
/// </summary>
internal struct BbrMinRtt
{
    private static readonly TimeSpan FilterLength = TimeSpan.FromSeconds(10); // MinRTTFilterLen
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(5); // ProbeRTTInterval

    private TimeSpan _probeMin;
    private Instant _probeMinAt;
    private Instant _minAt;

    /// <summary>Zero before the first sample.</summary>
    public TimeSpan Value { get; private set; }

    public void Start(TimeSpan rtt, Instant now)
    {
        Value = _probeMin = rtt;
        _probeMinAt = _minAt = now;
    }

    /// <param name="rtt">Zero when there is no sample to be trusted.</param>
    /// <param name="now">The time of the ACK.</param>
    /// <returns>True when nothing as small was seen for 5 s: ProbeRTT is due.</returns>
    public bool Update(TimeSpan rtt, Instant now)
    {
        bool isProbeDue = now > _probeMinAt + ProbeInterval;
        if (rtt > TimeSpan.Zero && (_probeMin == TimeSpan.Zero || rtt < _probeMin || isProbeDue))
            (_probeMin, _probeMinAt) = (rtt, now);
        if (_probeMin > TimeSpan.Zero && (Value == TimeSpan.Zero || _probeMin < Value || now > _minAt + FilterLength))
            (Value, _minAt) = (_probeMin, _probeMinAt);
        return isProbeDue;
    }

    /// <summary>ProbeRTT is over: the next is due 5 s from now.</summary>
    public void ProbeDone(Instant now) => _probeMinAt = now;
}
