namespace Wirepath.Tcp;

/// <summary>What the controls that count a window have in common: when cwnd may grow, slow start, and growth by one segment for so many acknowledged.</summary>
internal abstract class WindowControl : CongestionControl
{
    private int _credit; // acknowledged since cwnd last grew in congestion avoidance

    /// <summary>
    /// A window that nobody fills must not grow (RFC 7661 §4.3). In slow start it may reach twice what was in flight, so that an
    /// application that almost fills its window is not held up by the rest.
    /// </summary>
    protected bool MayGrow(in CongestionContext context) =>
        context.IsCwndLimited || (IsInSlowStart && Cwnd < 2L * context.FlightPeak);

    /// <summary>One segment for each acknowledged, up to ssthresh: stretched ACKs count in full.</summary>
    /// <returns>What of <paramref name="acked"/> is left for congestion avoidance.</returns>
    protected int SlowStart(int acked)
    {
        int step = Math.Min(acked, Ssthresh - Cwnd);
        Cwnd += step;
        return acked - step;
    }

    /// <summary>One segment for every <paramref name="each"/> acknowledged. Credit from a slower time is worth one segment at most.</summary>
    protected void Grow(int acked, int each)
    {
        if (_credit >= each)
        {
            _credit = 0;
            Cwnd++;
        }

        _credit += acked;
        if (_credit >= each)
        {
            Cwnd += _credit / each;
            _credit %= each;
        }
    }

    /// <summary>A reduction: what was acknowledged before does not count any more.</summary>
    protected void ForgetCredit() => _credit = 0;
}
