using System.Globalization;

namespace Wirepath.Tcp;

/// <summary>Slow start and congestion avoidance of RFC 5681 §3.1, counting bytes (RFC 3465) so that stretched ACKs count in full.</summary>
internal sealed class Reno : ICongestionControl
{
    private long _ackedInAvoidance;

    public string Name => CongestionControls.Reno;

    public long Cwnd { get; set; }

    public long Ssthresh { get; private set; } = long.MaxValue;

    public void OnEstablished(int mss, int initialSegments) => Cwnd = InitialWindow(mss, initialSegments);

    public void OnAcknowledged(long bytes, in CongestionContext context)
    {
        if (Cwnd < Ssthresh)
        {
            // In slow start cwnd may run ahead to twice of what is used: the burst that proves it comes next.
            if (!context.IsCwndLimited && Cwnd >= 2 * context.FlightPeak)
                return;
            long step = Math.Min(bytes, Ssthresh - Cwnd);
            Cwnd += step;
            bytes -= step;
        }

        if (bytes == 0 || !context.IsCwndLimited)
            return;
        _ackedInAvoidance += bytes;
        if (_ackedInAvoidance >= Cwnd)
        {
            _ackedInAvoidance -= Cwnd;
            Cwnd += context.Mss;
        }
    }

    public void OnLoss(in CongestionContext context)
    {
        Ssthresh = Math.Max(context.FlightSize / 2, 2L * context.Mss); // RFC 5681 equation 4
        _ackedInAvoidance = 0;
    }

    public void OnTimeout(bool repeated, in CongestionContext context)
    {
        if (!repeated)
            OnLoss(context);
        Cwnd = context.Mss; // the loss window of one segment
        _ackedInAvoidance = 0;
    }

    public void OnIdle(int initialSegments, in CongestionContext context) => Cwnd = Math.Min(Cwnd, InitialWindow(context.Mss, initialSegments));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} cwnd {Cwnd} ssthresh {Ssthresh}");

    private static long InitialWindow(int mss, int segments) => (long)mss * segments;
}
