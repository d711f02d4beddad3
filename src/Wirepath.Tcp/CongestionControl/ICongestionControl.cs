namespace Wirepath.Tcp;

/// <summary>What a congestion control may know when it decides. Sizes in bytes.</summary>
/// <param name="Now">The connection's time.</param>
/// <param name="Mss">Payload of a full segment.</param>
/// <param name="FlightSize">Sent and not yet acknowledged, before the event.</param>
/// <param name="FlightPeak">The most that was in flight within the last window.</param>
/// <param name="IsCwndLimited">cwnd, not the application or the peer's window, held the sender back within the last window.</param>
/// <param name="SmoothedRtt">Zero before the first sample.</param>
public readonly record struct CongestionContext(Wire.Instant Now, int Mss, long FlightSize, long FlightPeak, bool IsCwndLimited, TimeSpan SmoothedRtt);

/// <summary>
/// Decides cwnd and ssthresh. Loss recovery tells it what happened; which bytes are sent again is not its business.
/// While in fast recovery, recovery itself inflates and deflates <see cref="Cwnd"/> (RFC 6582 §3.2).
/// </summary>
public interface ICongestionControl
{
    string Name { get; }

    /// <summary>Bytes.</summary>
    long Cwnd { get; set; }

    /// <summary>Bytes; <see cref="long.MaxValue"/> while arbitrary.</summary>
    long Ssthresh { get; }

    /// <summary>The handshake is done.</summary>
    void OnEstablished(int mss, int initialSegments);

    /// <summary>New data was acknowledged outside fast recovery.</summary>
    void OnAcknowledged(long bytes, in CongestionContext context);

    /// <summary>Duplicate ACKs told of a loss: sets ssthresh; recovery sets cwnd.</summary>
    void OnLoss(in CongestionContext context);

    /// <summary>The retransmission timer ran out.</summary>
    /// <param name="repeated">It is not the first time for this segment: ssthresh stays (RFC 5681 §3.1).</param>
    void OnTimeout(bool repeated, in CongestionContext context);

    /// <summary>Nothing was sent for an RTO (RFC 5681 §4.1).</summary>
    void OnIdle(int initialSegments, in CongestionContext context);
}
