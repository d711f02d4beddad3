namespace Wirepath.Tcp;

/// <summary>Slow start and congestion avoidance of RFC 5681 §3.1, counting segments acknowledged so that stretched ACKs count in full.</summary>
internal sealed class Reno : WindowControl
{
    public override string Name => CongestionControls.Reno;

    public override int ReduceSsthresh(bool byEcn, in CongestionContext context)
    {
        ForgetCredit();
        return Math.Max(Cwnd / 2, 2); // equation 4; cwnd stands for the flight, which RFC 7661 keeps honest
    }

    public override void OnAcknowledged(in AckSample sample, in CongestionContext context)
    {
        if (!MayGrow(context))
            return;
        int acked = sample.Acked;
        if (IsInSlowStart)
            acked = SlowStart(acked);
        if (acked > 0)
            Grow(acked, Cwnd);
    }
}
