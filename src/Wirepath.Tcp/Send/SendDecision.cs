namespace Wirepath.Tcp;

/// <summary>Whether a piece of the queue is worth a segment: silly-window avoidance (RFC 9293 §3.8.6.2.1) and Nagle (§3.7.4).</summary>
internal static class SendDecision
{
    /// <param name="length">What windows and queue allow now, bytes; at least 1.</param>
    /// <param name="full">Payload of a full segment.</param>
    /// <param name="unsent">What is queued and not sent.</param>
    /// <param name="finFollows">The queue ends with a FIN: nothing will join the last piece.</param>
    /// <param name="noDelay">Nagle's algorithm is off.</param>
    /// <param name="smallInFlight">
    /// A small segment is unacknowledged. Nagle's rule asks for any unacknowledged byte; asking only for a small one
    /// (Minshall's variant, as Linux does) keeps the rule's purpose, one small segment per round trip, without holding back
    /// the tail of every message.
    /// </param>
    /// <param name="inFlight">Bytes unacknowledged.</param>
    /// <param name="largestWindow">The largest window the peer ever offered.</param>
    public static bool IsWorthASegment(int length, int full, long unsent, bool finFollows, bool noDelay, bool smallInFlight, long inFlight, long largestWindow)
    {
        if (length >= full)
            return true;
        if (length == unsent)
            return noDelay || finFollows || !smallInFlight;
        // Cut short by a window: half of the peer's buffer is worth it, and only when no ACK is on its way anyway.
        return inFlight == 0 && length >= largestWindow / 2;
    }
}
