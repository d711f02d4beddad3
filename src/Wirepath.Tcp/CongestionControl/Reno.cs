namespace Wirepath.Tcp;

/// <summary>Slow start and congestion avoidance of RFC 5681 §3.1, counting segments acknowledged so that stretched ACKs count in full.</summary>
internal sealed class Reno : CongestionControl
{
    private int _acked; // since cwnd last grew in congestion avoidance

    public override string Name => CongestionControls.Reno;

    public override int ReduceSsthresh(bool byEcn, in CongestionContext context)
    {
        _acked = 0;
        return Math.Max(Cwnd / 2, 2); // equation 4; cwnd stands for the flight, which RFC 7661 keeps honest
    }

    public override void OnAcknowledged(in AckSample sample, in CongestionContext context)
    {
        if (!context.IsCwndLimited)
            return;
        int acked = sample.Acked;
        if (IsInSlowStart)
        {
            int step = Math.Min(acked, Ssthresh - Cwnd);
            Cwnd += step;
            acked -= step;
        }

        Grow(acked, Cwnd);
    }

    /// <summary>One segment for every <paramref name="each"/> acknowledged.</summary>
    private void Grow(int acked, int each)
    {
        if (acked == 0)
            return;
        _acked += acked;
        if (_acked >= each)
        {
            Cwnd += _acked / each;
            _acked %= each;
        }
    }
}
