using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>
/// What RACK knows (RFC 8985 §5.3): of all segments delivered, the one sent last, its round trip, and how much reordering
/// the path has shown.
/// </summary>
internal struct Rack
{
    // §7.2 (4): the reordering window stays widened for this many recoveries.
    private const int PersistRecoveries = 16;
    private const int MostSteps = 255;

    private byte _steps;
    private byte _persist;
    private long _lastAdjustedAt; // in segments delivered
    private bool _duplicateSeen;

    /// <summary>When the newest delivered segment was sent.</summary>
    public Instant SentAt { get; private set; }

    public SequenceNumber Right { get; private set; }

    public TimeSpan Rtt { get; private set; }

    /// <summary>Something newer was delivered since losses were last looked for.</summary>
    public bool HasAdvanced { get; set; }

    /// <summary>§6.2 step 2: of two segments sent at the same time, the higher one was sent later.</summary>
    public static bool IsSentAfter(Instant sentAt, SequenceNumber right, Instant otherSentAt, SequenceNumber otherRight) =>
        sentAt > otherSentAt || (sentAt == otherSentAt && right > otherRight);

    /// <summary>§6.2 step 2: a segment was delivered.</summary>
    public void Advance(in SentSegment row, TimeSpan minRtt, Instant now)
    {
        TimeSpan rtt = now - row.SentAt;
        // Sooner than any round trip so far: it is the first transmission that arrived, and says nothing about the second.
        if (row.Has(SegmentMarks.EverRepeated) && rtt < minRtt)
            return;
        (HasAdvanced, Rtt) = (true, rtt);
        if (IsSentAfter(row.SentAt, row.Right, SentAt, Right))
            (SentAt, Right) = (row.SentAt, row.Right);
    }

    /// <summary>§6.2 step 4: how long to wait for stragglers.</summary>
    public readonly TimeSpan ReorderingWindow(bool reorderingSeen, bool aggressive, TimeSpan minRtt, TimeSpan smoothed)
    {
        if (!reorderingSeen && aggressive)
            return TimeSpan.Zero;
        TimeSpan window = minRtt / 4 * Math.Max((int)_steps, 1);
        return window < smoothed ? window : smoothed;
    }

    /// <summary>How much longer a segment may stay out; zero or less is lost.</summary>
    public readonly TimeSpan Remaining(Instant sentAt, TimeSpan window, Instant now) => Rtt + window - (now - sentAt);

    /// <summary>A D-SACK came: something was repeated in vain.</summary>
    public void NoteDuplicate() => _duplicateSeen = true;

    /// <summary>§6.2 step 4: widens the window once per round trip in which a D-SACK came.</summary>
    public void AdaptWindow(long priorDelivered, long delivered)
    {
        if (priorDelivered == 0)
            return;
        if (priorDelivered < _lastAdjustedAt)
            _duplicateSeen = false; // not a round trip since the last change
        if (_duplicateSeen)
        {
            (_duplicateSeen, _lastAdjustedAt, _persist) = (false, delivered, PersistRecoveries);
            _steps = (byte)Math.Min(Math.Max((int)_steps, 1) + 1, MostSteps);
        }
        else if (_persist == 0)
        {
            _steps = 1;
        }
    }

    public void OnRecovered() => _persist = (byte)Math.Max(_persist - 1, 0);

    public void OnUndoneByDuplicates() => _persist = (byte)Math.Min(_persist + 1, PersistRecoveries);
}
