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

/// <summary>Counts what was delivered and estimates how fast (draft-cheng-iccrg-delivery-rate-estimation).</summary>
internal struct DeliveryRate
{
    private Instant _deliveredAt;
    private Instant _firstSentAt;
    private long _appLimitedUntil;
    private DeliverySnapshot _newest; // of the segments that this ACK delivered
    private Instant _newestSentAt;
    private SequenceNumber _newestRight;
    private bool _hasNewest;
    private bool _newestAppLimited;

    /// <summary>Segments delivered so far.</summary>
    public long Delivered { get; private set; }

    /// <summary>Of these, acknowledged by an ACK with ECE.</summary>
    public long DeliveredCe { get; private set; }

    /// <summary>Segments ever held for lost.</summary>
    public long Lost { get; private set; }

    /// <summary><see cref="Delivered"/> when the newest segment that this ACK delivered was sent; 0 when it delivered none.</summary>
    public readonly long PriorDelivered => _hasNewest ? _newest.Delivered : 0;

    public readonly bool IsAppLimited => _appLimitedUntil != 0;

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

    public void StartAck() => _hasNewest = false;

    /// <summary>A row was delivered, cumulatively or selectively, for the first time.</summary>
    public void OnDelivered(ref SentSegment row)
    {
        if (row.Snapshot.IsSpent)
            return;
        if (!_hasNewest || Rack.IsSentAfter(row.SentAt, row.Right, _newestSentAt, _newestRight))
        {
            (_hasNewest, _newest, _newestSentAt, _newestRight) = (true, row.Snapshot, row.SentAt, row.Right);
            _newestAppLimited = row.Has(SegmentMarks.AppLimited);
            _firstSentAt = row.SentAt;
        }

        row.Snapshot.IsSpent = true;
    }

    /// <summary>Everything queued is sent and cwnd has room: until that much is delivered the rate is the application's.</summary>
    public void MarkAppLimited(int inFlight) => _appLimitedUntil = Math.Max(Delivered + inFlight, 1);

    public AckSample EndAck(int acked, int lost, int priorInFlight, int markedCe, TimeSpan rtt, TimeSpan minRtt, bool isDelayed, Instant now)
    {
        if (_appLimitedUntil != 0 && Delivered > _appLimitedUntil)
            _appLimitedUntil = 0;
        if (acked > 0)
            _deliveredAt = now;
        TimeSpan interval = TimeSpan.Zero;
        int delivered = -1;
        if (_hasNewest)
        {
            // The slower of sending and acknowledging: an ACK that was held back must not look like a fast network.
            TimeSpan sending = _newestSentAt - _newest.FirstSentAt;
            TimeSpan acknowledging = now - _newest.DeliveredAt;
            interval = sending > acknowledging ? sending : acknowledging;
            delivered = (int)(Delivered - _newest.Delivered);
            if (interval < minRtt || interval <= TimeSpan.Zero)
                (interval, delivered) = (TimeSpan.Zero, -1);
        }

        return new AckSample
        {
            Acked = acked,
            Lost = lost,
            PriorInFlight = priorInFlight,
            Rtt = rtt,
            DeliveredInInterval = delivered,
            Interval = interval,
            IsAppLimited = _hasNewest && _newestAppLimited,
            PriorDelivered = _hasNewest ? _newest.Delivered : 0,
            InFlightAtSend = _hasNewest ? _newest.InFlight : 0,
            LostAtSend = _hasNewest ? _newest.Lost : 0,
            MarkedCe = markedCe,
            IsDelayedAck = isDelayed,
        };
    }
}
