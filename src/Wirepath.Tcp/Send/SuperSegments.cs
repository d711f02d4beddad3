using Wirepath.Wire;

namespace Wirepath.Tcp;

// How large a super-segment is, and when it is worth waiting for a larger one.
public sealed partial class TcpConnection
{
    private static readonly TimeSpan s_recently = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// Segments of a super-segment: about a millisecond at the pacing rate, all that a device takes where the round trip is short, and
    /// at least two. A larger one would sit in the device's queue as one burst, and its ACKs would come as one.
    /// </summary>
    private int SegmentsAtOnce(int full)
    {
        int most = _settings.MaxSuperSegmentBytes / full;
        if (IsUrgentMode)
            return 1; // each segment has a pointer of its own
        if (most <= 1 || _pacingRate <= 0)
            return Math.Max(most, 1);
        long bytes = _congestion.SendQuantumBytes > 0 ? _congestion.SendQuantumBytes : _pacingRate >> 10;
        int halvings = (int)Math.Min(_rtt.Min.Ticks / 10 >> _settings.SuperSegmentRttLog, 31);
        bytes += _settings.MaxSuperSegmentBytes >> halvings;
        return (int)Math.Min(most, Math.Max(bytes / full, _settings.MinSuperSegments));
    }

    /// <summary>
    /// The windows let only a little go now, and the next ACK, which is near, will let more go in one piece (Linux's TSO deferral).
    /// Without it a window that opens by two segments at a time sends small pieces for ever.
    /// </summary>
    private bool WaitsForMore(int room, long window, long unsent, int full, Instant now)
    {
        int most = SegmentsAtOnce(full);
        if (most <= 1 || unsent <= full || _sent.Rows == 0 || _phase >= RecoveryPhase.Recovery || now - _lastSentAt > s_recently)
            return false;
        long byCwnd = (long)room * full;
        long limit = Math.Min(byCwnd, window);
        long share = Math.Min(_sndWnd, CwndBytes) / Math.Max(_settings.SuperSegmentWindowShare, 1);
        if (limit >= (long)most * full || limit >= share || _finQueued)
            return false;
        // An ACK that is more than half a round trip away is not waited for.
        return now - _sent[0].SentAt >= _rtt.Smoothed / 2 && limit <= unsent;
    }
}
