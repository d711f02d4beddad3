using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>
/// Round trip time and retransmission time-out of RFC 6298. As on Linux the floor is under the variance, not under the
/// sum: RTO = SRTT + max(MinRto, 4·RTTVAR), which is never below what the RFC computes with the same floor.
/// </summary>
internal struct RttEstimator(TimeSpan initial, TimeSpan min, TimeSpan max)
{
    private TimeSpan _base = initial;
    private int _backoff;
    private WindowedMinimum _min;

    public bool HasSample { get; private set; }

    public TimeSpan Smoothed { get; private set; }

    public TimeSpan Variance { get; private set; }

    /// <summary>Smallest of the last five minutes: a path that became longer is believed in the end.</summary>
    public readonly TimeSpan Min => _min.Value;

    /// <summary>With the back-off applied (§5.5), at most the maximum.</summary>
    public readonly TimeSpan Rto => Shifted(_backoff);

    /// <summary>Without back-off.</summary>
    public readonly TimeSpan BaseRto => Shifted(0);

    /// <param name="rtt">Of the oldest segment that an ACK delivered: what the RTO must outlast.</param>
    /// <param name="newest">Of the newest, which waited least.</param>
    /// <param name="now">The time of the ACK.</param>
    public void Sample(TimeSpan rtt, TimeSpan newest, Instant now)
    {
        _min.Add(newest, now);
        if (!HasSample)
        {
            (HasSample, Smoothed, Variance) = (true, rtt, rtt / 2); // §2.2
        }
        else
        {
            TimeSpan error = (Smoothed - rtt).Duration();
            Variance = new TimeSpan((Variance.Ticks * 3 + error.Ticks) / 4); // §2.3, β = 1/4
            Smoothed = new TimeSpan((Smoothed.Ticks * 7 + rtt.Ticks) / 8);   // α = 1/8
        }

        _base = Smoothed + new TimeSpan(Math.Max(min.Ticks, 4 * Variance.Ticks));
        _backoff = 0;
    }

    public void BackOff() => _backoff = Math.Min(_backoff + 1, 30);

    /// <summary>New data was acknowledged: the path works again.</summary>
    public void EndBackOff() => _backoff = 0;

    /// <summary>§5.7: the SYN timed out, so data starts with at least three seconds while nothing is measured.</summary>
    public void SynTimedOut()
    {
        _backoff = 0;
        if (!HasSample && _base < TimeSpan.FromSeconds(3))
            _base = TimeSpan.FromSeconds(3);
    }

    /// <summary>The time-out after <paramref name="doublings"/> more doublings.</summary>
    public readonly TimeSpan Shifted(int doublings) =>
        doublings >= 30 || _base.Ticks > max.Ticks >> doublings ? max : new TimeSpan(_base.Ticks << doublings);
}
