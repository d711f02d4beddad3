using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>What a congestion control may know of its sender when it decides. Counts are segments unless the name says bytes.</summary>
public readonly record struct CongestionContext
{
    public required Instant Now { get; init; }

    /// <summary>Payload bytes of a full segment.</summary>
    public required int MssBytes { get; init; }

    /// <summary>Sent, and neither delivered nor held for lost (RFC 6675's pipe): now, after the event.</summary>
    public required int InFlight { get; init; }

    /// <summary>The most that was in flight within the last window.</summary>
    public required int FlightPeak { get; init; }

    /// <summary>cwnd, not the application or the peer's window, held the sender back within the last window.</summary>
    public required bool IsCwndLimited { get; init; }

    /// <summary>Zero before the first sample.</summary>
    public required TimeSpan SmoothedRtt { get; init; }

    /// <summary>Smallest round trip of the last minutes; zero before the first sample.</summary>
    public required TimeSpan MinRtt { get; init; }

    public required RecoveryPhase Phase { get; init; }

    public required SequenceNumber SndUna { get; init; }

    public required SequenceNumber SndNxt { get; init; }

    /// <summary>Delivered in the connection's life: acknowledged or selectively acknowledged, each segment once.</summary>
    public required long Delivered { get; init; }

    /// <summary>Held for lost in the connection's life; what turned out as reordering stays counted.</summary>
    public required long Lost { get; init; }
}

/// <summary>
/// What one ACK told (draft-cheng-iccrg-delivery-rate-estimation): counts in segments, and the delivery rate between the
/// sending of the segment that it delivered last and now.
/// </summary>
public readonly record struct AckSample
{
    /// <summary>Newly delivered, cumulatively or selectively: what window growth counts.</summary>
    public required int Acked { get; init; }

    /// <summary>Newly held for lost.</summary>
    public required int Lost { get; init; }

    /// <summary>In flight before the ACK.</summary>
    public required int PriorInFlight { get; init; }

    /// <summary>Round trip of the newest segment delivered; <see cref="TimeSpan.Zero"/> when there is none to be trusted.</summary>
    public required TimeSpan Rtt { get; init; }

    /// <summary>Delivered within <see cref="Interval"/>; -1 when there is no valid rate.</summary>
    public required int DeliveredInInterval { get; init; }

    /// <summary>The longer of the send and the ACK interval; zero when there is no valid rate.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>The application, not the network, limited the rate.</summary>
    public required bool IsAppLimited { get; init; }

    /// <summary><see cref="CongestionContext.Delivered"/> when the newest delivered segment was sent.</summary>
    public required long PriorDelivered { get; init; }

    /// <summary>In flight when the newest delivered segment had just been sent, itself included.</summary>
    public required int InFlightAtSend { get; init; }

    /// <summary><see cref="CongestionContext.Lost"/> when the newest delivered segment was sent.</summary>
    public required long LostAtSend { get; init; }

    /// <summary>Of the newly delivered, those that were marked Congestion Experienced as far as the ACK tells (RFC 3168: all or none).</summary>
    public required int MarkedCe { get; init; }

    /// <summary>The ACK is likely to have waited (it covers less than two segments).</summary>
    public required bool IsDelayedAck { get; init; }
}

/// <summary>Where loss recovery stands; the names are those of Linux's <c>tcpi_ca_state</c>.</summary>
public enum RecoveryPhase : byte
{
    /// <summary>Nothing suspicious.</summary>
    Open,
    /// <summary>Duplicate ACKs or SACK blocks, not yet a loss.</summary>
    Disorder,
    /// <summary>The window is being reduced because of ECN or congestion in this host.</summary>
    Cwr,
    /// <summary>Fast recovery.</summary>
    Recovery,
    /// <summary>After a retransmission time-out.</summary>
    Loss,
}

/// <summary>
/// Decides cwnd and ssthresh, and with <see cref="ControlsRate"/> the pacing rate. Which bytes are sent again is loss
/// recovery's business; it tells here what happened. In <see cref="RecoveryPhase.Recovery"/> and <see cref="RecoveryPhase.Cwr"/>
/// cwnd is moved by PRR (RFC 6937) towards ssthresh, unless the control sets the rate itself.
/// One instance belongs to one connection; it owns no clock.
/// </summary>
public abstract class CongestionControl
{
    /// <summary>The name under which Linux knows it.</summary>
    public abstract string Name { get; }

    /// <summary>Segments; at least 1.</summary>
    public int Cwnd { get; set; }

    /// <summary>Segments; <see cref="int.MaxValue"/> while arbitrary.</summary>
    public int Ssthresh { get; set; } = int.MaxValue;

    public bool IsInSlowStart => Cwnd < Ssthresh;

    /// <summary>True: it sets <see cref="Cwnd"/> and <see cref="PacingRate"/> with each ACK in <see cref="OnRateSample"/>, in every phase (BBR).</summary>
    public virtual bool ControlsRate => false;

    /// <summary>Bytes per second; 0 leaves it to the connection, which derives it from cwnd and the round trip.</summary>
    public long PacingRate { get; protected set; }

    /// <summary>The sender must space its segments by <see cref="PacingRate"/> even where pacing is not asked for.</summary>
    public virtual bool NeedsPacing => false;

    /// <summary>Payload bytes that may leave in one burst; 0 leaves it to the connection (1 ms at the pacing rate, at least two segments).</summary>
    public virtual int SendQuantumBytes => 0;

    /// <summary>The handshake is done; <see cref="Cwnd"/> is the initial window.</summary>
    public virtual void OnEstablished(in CongestionContext context)
    {
    }

    /// <summary>Ssthresh after a loss or an ECN mark (multiplicative decrease). Called once for each event, before <see cref="OnPhase"/>.</summary>
    /// <param name="byEcn">ECN told of it, and nothing was lost (RFC 8511).</param>
    /// <param name="context">As it was before the reduction.</param>
    /// <returns>Segments, at least 2.</returns>
    public abstract int ReduceSsthresh(bool byEcn, in CongestionContext context);

    /// <summary>New data was acknowledged and the window may grow: phases Open, Disorder and Loss.</summary>
    public abstract void OnAcknowledged(in AckSample sample, in CongestionContext context);

    /// <summary>Each ACK that delivered something, in every phase, before <see cref="OnAcknowledged"/>: round trips for HyStart++.</summary>
    public virtual void OnDelivered(in AckSample sample, in CongestionContext context)
    {
    }

    /// <summary>Each ACK, in every phase, when <see cref="ControlsRate"/>.</summary>
    public virtual void OnRateSample(in AckSample sample, in CongestionContext context)
    {
    }

    /// <summary>Loss recovery goes from <see cref="CongestionContext.Phase"/> to <paramref name="next"/>.</summary>
    public virtual void OnPhase(RecoveryPhase next, in CongestionContext context)
    {
    }

    /// <summary>The reduction turned out to be wrong (Eifel, F-RTO, D-SACK): cwnd to go back to.</summary>
    /// <param name="cwndBefore">Segments, when the episode began.</param>
    public virtual int CwndAfterUndo(int cwndBefore) => Math.Max(Cwnd, cwndBefore);

    /// <summary>Something is sent after nothing was in flight. <paramref name="idle"/> is the time since the last segment left.</summary>
    public virtual void OnTransmitStart(TimeSpan idle, in CongestionContext context)
    {
    }
}
