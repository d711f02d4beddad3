using Wirepath.Wire;

namespace Wirepath.Tcp;

// Segments are spaced instead of sent in a burst, when the congestion control or a setting asks for it.
public sealed partial class TcpConnection
{
    // The first segments of a connection are the initial window, which is allowed as a burst (RFC 6928).
    private const int UnpacedSegments = 10;

    private Instant _nextDeparture = Instant.Epoch;
    private long _pacingRate; // bytes per second

    private bool IsPaced => (_congestion.NeedsPacing || _settings.Pacing || _settings.MaxPacingRate > 0) && _dataSegmentsSent >= UnpacedSegments;

    /// <summary>
    /// cwnd per round trip, and somewhat more: twice in slow start, which doubles, and a fifth more later, so that pacing itself
    /// does not limit (Linux's <c>tcp_pacing_ss_ratio</c> and <c>tcp_pacing_ca_ratio</c>).
    /// </summary>
    private void UpdatePacing()
    {
        long rate = _congestion.PacingRate;
        if (rate == 0 && _rtt.Smoothed > TimeSpan.Zero)
        {
            int percent = _congestion.Cwnd < _congestion.Ssthresh / 2 ? _settings.PacingSlowStartRatio : _settings.PacingAvoidanceRatio;
            double window = (double)Math.Max(_congestion.Cwnd, _sent.Segments) * FullPayload;
            rate = (long)(window * percent / 100 * TimeSpan.TicksPerSecond / _rtt.Smoothed.Ticks);
        }

        _pacingRate = _settings.MaxPacingRate > 0 ? Math.Min(rate == 0 ? long.MaxValue : rate, _settings.MaxPacingRate) : rate;
    }

    /// <summary>True when it is not yet time; the timer is then set.</summary>
    private bool MustWaitForPace(Instant now)
    {
        if (!IsPaced || _nextDeparture <= now)
            return false;
        _timers.Pacing = _nextDeparture;
        return true;
    }

    private void NoteDeparture(int bytes, Instant now)
    {
        if (!IsPaced || _pacingRate <= 0)
            return;
        var takes = new TimeSpan((long)((double)bytes * TimeSpan.TicksPerSecond / _pacingRate));
        if (_nextDeparture >= now)
        {
            _nextDeparture += takes;
            return;
        }

        // Time that was not used is credited, up to half of what this one takes: timers come late.
        TimeSpan credit = now - _nextDeparture;
        TimeSpan half = takes / 2;
        _nextDeparture = now + takes - (credit < half ? credit : half);
    }
}
