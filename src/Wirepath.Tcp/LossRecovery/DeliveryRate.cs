using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>What a segment remembers of the moment it left (draft-cheng-iccrg-delivery-rate-estimation §3.1.2).</summary>
internal struct DeliverySnapshot
{
    /// <summary>Segments delivered by then.</summary>
    public long Delivered;
    public long Lost;
    public Instant DeliveredAt;
    public Instant FirstSentAt;
    /// <summary>In flight with it.</summary>
    public int InFlight;
    /// <summary>It was delivered and has been counted.</summary>
    public bool IsSpent;
}

/// <summary>Of the segments that one ACK delivered, the one that was sent last.</summary>
internal struct NewestDelivery
{
    public DeliverySnapshot Snapshot;
    public Instant SentAt;
    public SequenceNumber Right;
    public bool IsKnown;
    public bool IsAppLimited;

    /// <summary>Segments delivered when it was sent; 0 when the ACK delivered none.</summary>
    public readonly long PriorDelivered => IsKnown ? Snapshot.Delivered : 0;
}

/// <summary>Counts what was delivered and estimates how fast (draft-cheng-iccrg-delivery-rate-estimation).</summary>
internal struct DeliveryRate
{
    private Instant _deliveredAt;
    private Instant _firstSentAt;
    private long _appLimitedUntil;
    private int _reported;              // segments of the rate that is told, in
    private uint _reportedMicroseconds; // so many microseconds

    /// <summary>Segments delivered so far.</summary>
    public long Delivered { get; private set; }

    /// <summary>Of these, acknowledged by an ACK with ECE.</summary>
    public long DeliveredCe { get; private set; }

    /// <summary>Segments ever held for lost.</summary>
    public long Lost { get; private set; }

    public readonly bool IsAppLimited => _appLimitedUntil != 0;

    public bool IsReportAppLimited { get; private set; }

    public readonly long BytesPerSecond(int mss) => _reportedMicroseconds == 0 ? 0 : (long)_reported * mss * 1_000_000 / _reportedMicroseconds;

    /// <summary>When a segment leaves.</summary>
    public DeliverySnapshot OnSent(bool nothingInFlight, int inFlight, Instant now)
    {
        if (nothingInFlight)
            _firstSentAt = _deliveredAt = now;
        return new DeliverySnapshot { Delivered = Delivered, Lost = Lost, DeliveredAt = _deliveredAt, FirstSentAt = _firstSentAt, InFlight = inFlight };
    }

    public void CountDelivered(int segments, bool ece)
    {
        Delivered += segments;
        if (ece)
            DeliveredCe += segments;
    }

    /// <summary>What was counted twice.</summary>
    public void UncountDelivered() => Delivered = Math.Max(Delivered - 1, 1);

    public void CountLost(int segments) => Lost += segments;

    /// <summary>A row was delivered, cumulatively or selectively, for the first time.</summary>
    public void OnDelivered(ref SentSegment row, ref NewestDelivery newest)
    {
        if (row.Snapshot.IsSpent)
            return;
        if (!newest.IsKnown || Rack.IsSentAfter(row.SentAt, row.Right, newest.SentAt, newest.Right))
        {
            (newest.IsKnown, newest.Snapshot, newest.SentAt, newest.Right) = (true, row.Snapshot, row.SentAt, row.Right);
            newest.IsAppLimited = row.Has(SegmentMarks.AppLimited);
            _firstSentAt = row.SentAt;
        }

        row.Snapshot.IsSpent = true;
    }

    /// <summary>Everything queued is sent and cwnd has room: until that much is delivered the rate is the application's.</summary>
    public void MarkAppLimited(int inFlight) => _appLimitedUntil = Math.Max(Delivered + inFlight, 1);

    public AckSample EndAck(in NewestDelivery newest, int acked, int lost, int priorInFlight, int markedCe, TimeSpan rtt, TimeSpan minRtt, bool isDelayed, Instant now)
    {
        if (_appLimitedUntil != 0 && Delivered > _appLimitedUntil)
            _appLimitedUntil = 0;
        if (acked > 0)
            _deliveredAt = now;
        TimeSpan interval = TimeSpan.Zero;
        int delivered = -1;
        if (newest.IsKnown)
        {
            // The slower of sending and acknowledging: an ACK that was held back must not look like a fast network.
            TimeSpan sending = newest.SentAt - newest.Snapshot.FirstSentAt;
            TimeSpan acknowledging = now - newest.Snapshot.DeliveredAt;
            interval = sending > acknowledging ? sending : acknowledging;
            delivered = (int)(Delivered - newest.Snapshot.Delivered);
            if (interval < minRtt || interval <= TimeSpan.Zero)
                (interval, delivered) = (TimeSpan.Zero, -1);
        }

        bool isAppLimited = newest.IsKnown && newest.IsAppLimited;
        if (delivered > 0)
            Report(delivered, (uint)Math.Clamp(interval.TotalMicroseconds, 1, uint.MaxValue), isAppLimited);
        return new AckSample
        {
            Acked = acked,
            Lost = lost,
            PriorInFlight = priorInFlight,
            Rtt = rtt,
            DeliveredInInterval = delivered,
            Interval = interval,
            IsAppLimited = isAppLimited,
            PriorDelivered = newest.IsKnown ? newest.Snapshot.Delivered : 0,
            InFlightAtSend = newest.IsKnown ? newest.Snapshot.InFlight : 0,
            LostAtSend = newest.IsKnown ? newest.Snapshot.Lost : 0,
            MarkedCe = markedCe,
            IsDelayedAck = isDelayed,
        };
    }

    // A rate that the application limited only says how fast the path is at least.
    private void Report(int delivered, uint microseconds, bool isAppLimited)
    {
        if (!isAppLimited || (ulong)delivered * _reportedMicroseconds >= (ulong)_reported * microseconds)
            (_reported, _reportedMicroseconds, IsReportAppLimited) = (delivered, microseconds, isAppLimited);
    }
}
