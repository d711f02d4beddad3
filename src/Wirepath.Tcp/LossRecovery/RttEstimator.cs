using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>
/// Round trip time and retransmission time-out of RFC 6298. As on Linux the floor is under the variance, not under the
/// sum: RTO = SRTT + max(MinRto, 4·RTTVAR), which is never below what the RFC computes with the same floor.
/// </summary>
internal struct RttEstimator(TimeSpan initial, TimeSpan min, TimeSpan max)
{
    // Ticks in 32 bits reach to 429 s, which is beyond any round trip and any bound of the RTO.
    private uint _least = Ticks(min);
    private uint _most = Ticks(max);
    private uint _base = Ticks(initial);
    private uint _smoothed;
    private uint _variance;
    private byte _backoff;
    private WindowedMinimum _min;

    public bool HasSample { get; private set; }

    public readonly TimeSpan Smoothed => new(_smoothed);

    public readonly TimeSpan Variance => new(_variance);

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
        uint sample = Ticks(rtt);
        if (!HasSample)
        {
            (HasSample, _smoothed, _variance) = (true, sample, sample / 2); // §2.2
        }
        else
        {
            long error = Math.Abs((long)_smoothed - sample);
            _variance = (uint)((_variance * 3L + error) / 4); // §2.3, β = 1/4
            _smoothed = (uint)((_smoothed * 7L + sample) / 8); // α = 1/8
        }

        _base = (uint)Math.Min(_smoothed + Math.Max(_least, 4L * _variance), uint.MaxValue);
        _backoff = 0;
    }

    /// <summary>Other bounds; the floor counts from the next sample on.</summary>
    public void SetBounds(TimeSpan least, TimeSpan most) => (_least, _most) = (Ticks(least), Ticks(most));

    public void BackOff() => _backoff = (byte)Math.Min(_backoff + 1, 30);

    /// <summary>New data was acknowledged: the path works again.</summary>
    public void EndBackOff() => _backoff = 0;

    /// <summary>§5.7: the SYN timed out, so data starts with at least three seconds while nothing is measured.</summary>
    public void SynTimedOut()
    {
        _backoff = 0;
        if (!HasSample)
            _base = Math.Max(_base, 3 * (uint)TimeSpan.TicksPerSecond);
    }

    /// <summary>The time-out after <paramref name="doublings"/> more doublings.</summary>
    public readonly TimeSpan Shifted(int doublings) =>
        new(doublings >= 30 || _base > _most >> doublings ? _most : _base << doublings);

    private static uint Ticks(TimeSpan span) => (uint)Math.Clamp(span.Ticks, 0, uint.MaxValue);
}
