using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>What an ACK makes loss recovery want.</summary>
internal enum RecoveryStep : byte
{
    Nothing,
    /// <summary>Third duplicate: repeat the first unacknowledged segment.</summary>
    FastRetransmit,
    /// <summary>Repeat the segment behind the partial acknowledgment.</summary>
    PartialAck,
    /// <summary>Everything up to recover is acknowledged.</summary>
    Recovered,
}

/// <summary>Fast retransmit and fast recovery of RFC 6582 §3.2, with limited transmit of RFC 3042.</summary>
internal struct NewRenoRecovery(SequenceNumber iss)
{
    private SequenceNumber _recover = iss;
    private SequenceNumber _sndMaxAtFirst; // when the first duplicate came

    public bool IsActive { get; private set; }

    /// <summary>After a time-out, until everything sent before it is acknowledged.</summary>
    public bool IsAfterTimeout { get; private set; }

    public int DuplicateAcks { get; private set; }

    /// <summary>Bytes that may be sent beyond cwnd: one segment for each of the first two duplicates (RFC 3042).</summary>
    public readonly long LimitedTransmit(int mss) => IsActive ? 0 : (long)Math.Min(DuplicateAcks, 2) * mss;

    public RecoveryStep OnDuplicate(SequenceNumber sndUna, SequenceNumber sndMax, int threshold, ICongestionControl congestion, in CongestionContext context)
    {
        if (++DuplicateAcks == 1)
            _sndMaxAtFirst = sndMax;
        if (IsActive)
        {
            congestion.Cwnd += context.Mss; // step 3: a segment has left the network
            return RecoveryStep.Nothing;
        }

        // Step 1: only when the ACK covers more than recover; what was sent before a time-out is being repeated anyway.
        if (DuplicateAcks != threshold || sndUna <= _recover)
            return RecoveryStep.Nothing;
        IsActive = true;
        _recover = sndMax;
        // RFC 5681 §3.2 (2): what limited transmit added does not count.
        congestion.OnLoss(context with { FlightSize = Math.Min(context.FlightSize, _sndMaxAtFirst - sndUna) });
        congestion.Cwnd = congestion.Ssthresh + (long)threshold * context.Mss; // step 2
        return RecoveryStep.FastRetransmit;
    }

    /// <summary>SND.UNA moved by <paramref name="acked"/> bytes to <paramref name="ack"/>.</summary>
    public RecoveryStep OnAcknowledged(SequenceNumber ack, long acked, ICongestionControl congestion, in CongestionContext context)
    {
        DuplicateAcks = 0;
        if (IsAfterTimeout && ack >= _recover)
            IsAfterTimeout = false;
        if (!IsActive)
        {
            congestion.OnAcknowledged(acked, context);
            return RecoveryStep.Nothing;
        }

        if (ack >= _recover)
        {
            // Full acknowledgment, the first option of step 3: no burst when little is in flight.
            IsActive = false;
            congestion.Cwnd = Math.Min(congestion.Ssthresh, Math.Max(context.FlightSize - acked, context.Mss) + context.Mss);
            return RecoveryStep.Recovered;
        }

        // Partial: deflate by what was acknowledged, add back one segment if that was at least one.
        congestion.Cwnd = Math.Max(congestion.Cwnd - acked + (acked >= context.Mss ? context.Mss : 0), context.Mss);
        return RecoveryStep.PartialAck;
    }

    public void OnTimeout(SequenceNumber sndMax)
    {
        (IsActive, IsAfterTimeout, DuplicateAcks) = (false, true, 0);
        _recover = sndMax; // step 4
    }

    /// <summary>Once more than recover is acknowledged it only has to stay behind, or its comparison would wrap around.</summary>
    public void Follow(SequenceNumber sndUna)
    {
        if (!IsActive && !IsAfterTimeout && sndUna > _recover)
            _recover = sndUna - 1;
    }
}
