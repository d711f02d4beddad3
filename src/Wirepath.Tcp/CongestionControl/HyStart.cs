using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>
/// Hybrid slow start (Ha and Rhee, 2011) with the constants and the details of Linux's tcp_cubic: slow start ends for good when
/// the ACKs of a window form a train that is as long as the way to the peer, or when the smallest of more than 8 round trips of
/// a window is an eighth (4 to 16 ms) above the smallest of all.
/// </summary>
internal sealed class HyStart
{
    private const int SamplesWanted = 8;
    private const int SuperSegmentBytes = 65536;
    private static readonly TimeSpan LeastIncrease = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan MostIncrease = TimeSpan.FromMilliseconds(16);
    private static readonly TimeSpan LongestAckDelay = TimeSpan.FromMilliseconds(1);

    private readonly CubicSettings _settings;
    private readonly bool _isPaced;
    private SequenceNumber _end;
    private Instant _roundStart;
    private Instant _lastAck;
    private TimeSpan _roundMin;
    private int _samples;
    private bool _found;

    public HyStart(CubicSettings settings, bool isPaced, in CongestionContext context)
    {
        (_settings, _isPaced) = (settings, isPaced);
        StartRound(context);
    }

    private void StartRound(in CongestionContext context)
    {
        (_roundStart, _lastAck) = (context.Now, context.Now);
        _end = context.SndNxt;
        (_roundMin, _samples) = (TimeSpan.MaxValue, 0);
    }

    public bool IsPipeFull(TimeSpan rtt, TimeSpan delayMin, int cwnd, in CongestionContext context)
    {
        if (_found)
            return false;
        if (context.SndUna > _end)
            StartRound(context);
        HyStartDetect detect = _settings.HyStartDetect;
        if ((detect & HyStartDetect.AckTrain) != 0 && IsTrain(delayMin, cwnd, context))
            _found = true;
        if ((detect & HyStartDetect.Delay) != 0 && IsDelayed(rtt, delayMin))
            _found = true;
        return _found;
    }

    private bool IsTrain(TimeSpan delayMin, int cwnd, in CongestionContext context)
    {
        if (context.Now - _lastAck > _settings.HyStartAckDelta)
            return false;
        _lastAck = context.Now;
        TimeSpan longest = delayMin + AckDelay(cwnd, context);
        if (!_isPaced)
            longest /= 2; // without pacing the window leaves at once: the train is what the bottleneck makes of it
        return context.Now - _roundStart > longest;
    }

    /// <summary>How long merging of segments may have held an ACK back: four super-segments at the rate of slow start, 1 ms at most.</summary>
    private static TimeSpan AckDelay(int cwnd, in CongestionContext context)
    {
        double rate = 2.0 * cwnd * context.MssBytes / Math.Max(context.SmoothedRtt.TotalSeconds, 1e-6);
        var delay = TimeSpan.FromSeconds(4 * SuperSegmentBytes / Math.Max(rate, 1));
        return delay < LongestAckDelay ? delay : LongestAckDelay;
    }

    private bool IsDelayed(TimeSpan rtt, TimeSpan delayMin)
    {
        if (rtt < _roundMin)
            _roundMin = rtt;
        if (_samples < SamplesWanted)
        {
            _samples++;
            return false;
        }

        return _roundMin > delayMin + Increase(delayMin);
    }

    private static TimeSpan Increase(TimeSpan delayMin) =>
        TimeSpan.FromTicks(Math.Clamp(delayMin.Ticks / 8, LeastIncrease.Ticks, MostIncrease.Ticks));
}
