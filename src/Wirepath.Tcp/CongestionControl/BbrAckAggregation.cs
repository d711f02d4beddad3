using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>
/// How many segments more than the bandwidth explains came acknowledged at once (draft-ietf-ccwg-bbr §5.5.9): links and receivers
/// that collect ACKs need that much more in flight.
/// </summary>
internal struct BbrAckAggregation
{
    private const int FilterRounds = 10; // ExtraAckedFilterLen

    private WindowedMax _filter;
    private Instant _start;
    private double _acked;

    /// <summary>Segments; the most of the last 10 rounds.</summary>
    public readonly double Extra => _filter.Max;

    public void Restart(Instant now) => (_start, _acked) = (now, 0);

    public void Update(int acked, double bandwidth, int cwnd, long round, bool isFullBandwidthReached, Instant now)
    {
        double expected = bandwidth * (now - _start).TotalSeconds;
        if (_acked <= expected)
        {
            Restart(now);
            expected = 0;
        }

        _acked += acked;
        double extra = Math.Min(_acked - expected, cwnd);
        _filter.Update(extra, round, isFullBandwidthReached ? FilterRounds : 1);
    }
}
