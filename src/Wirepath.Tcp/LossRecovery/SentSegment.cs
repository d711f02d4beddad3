using Wirepath.Wire;

namespace Wirepath.Tcp;

[Flags]
internal enum SegmentMarks : byte
{
    None = 0,
    /// <summary>The peer has it (RFC 2018); it may still renege.</summary>
    Sacked = 1,
    /// <summary>Held for lost: counts no longer as in flight, is to be sent again.</summary>
    Lost = 2,
    /// <summary>A repetition is under way.</summary>
    Repeated = 4,
    /// <summary>Was repeated at some time: its acknowledgment is ambiguous (Karn).</summary>
    EverRepeated = 8,
    /// <summary>The application, not the network, limited the rate when it was sent.</summary>
    AppLimited = 16,
    /// <summary>Left with PSH, and goes again with it, whatever has been written behind it since.</summary>
    Pushed = 32,
}

/// <summary>
/// One row of the scoreboard: a stretch of sequence space that left in one piece, perhaps as a super-segment of
/// <see cref="Count"/> segments, with what RACK (RFC 8985 §5.2) and the delivery rate estimation need to know of it.
/// </summary>
internal struct SentSegment
{
    public SequenceNumber Left;
    /// <summary>Behind the last byte; a FIN counts one.</summary>
    public SequenceNumber Right;
    public int Count;
    /// <summary>Payload bytes of each segment but the last.</summary>
    public int SegmentBytes;
    public SegmentMarks Marks;
    /// <summary>Of the latest transmission.</summary>
    public Instant SentAt;
    public DeliverySnapshot Snapshot;

    public readonly bool Has(SegmentMarks marks) => (Marks & marks) != 0;
}
