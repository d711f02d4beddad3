using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain;

/// <summary>One TCP connection, from both ends as far as the log knows them.</summary>
public sealed class Conversation
{
    /// <summary>As the client names it.</summary>
    public required ConnectionId Id { get; init; }

    public required string ClientNode { get; init; }

    /// <summary>Null on a real wire, where the other end keeps no log for us.</summary>
    public string? PeerNode { get; init; }

    /// <summary>As the other end names it: behind a NAT its remote end is not the client's own address.</summary>
    public ConnectionId? PeerId { get; init; }

    /// <summary>The address of the client that the peer saw differs from its own.</summary>
    public bool IsTranslated => PeerId is { } peer && peer.Remote != Id.Local;

    public required Instant OpenedAt { get; init; }

    public Instant? EstablishedAt { get; init; }

    /// <summary>The first segment until the answer to it; null without an answer.</summary>
    public TimeSpan? HandshakeRtt { get; init; }

    /// <summary>Segments in order, each with what it did at both ends.</summary>
    public required IReadOnlyList<SegmentRow> Segments { get; init; }

    /// <summary>State changes of both ends in order, timers' included.</summary>
    public required IReadOnlyList<StateStep> States { get; init; }

    public OptionsNegotiated? Options { get; init; }

    public required IReadOnlyList<Transfer> Transfers { get; init; }

    public required IReadOnlyList<PacketLoss> Losses { get; init; }

    public required IReadOnlyList<Repetition> Repetitions { get; init; }

    /// <summary>Stretches in which one end announced a window of zero.</summary>
    public required IReadOnlyList<ZeroWindow> ZeroWindows { get; init; }

    public required IReadOnlyList<TimedSample> RoundTrips { get; init; }

    public CloseFacts? Close { get; init; }

    public ConnectionEnded? End { get; init; }

    /// <summary>SYNs sent by the client.</summary>
    public required int Syns { get; init; }

    public TcpState ClientState => LastState(client: true);

    public TcpState PeerState => LastState(client: false);

    private TcpState LastState(bool client)
    {
        for (int i = States.Count - 1; i >= 0; i--)
        {
            if (States[i].IsClient == client)
                return States[i].To;
        }

        return TcpState.Closed;
    }
}

/// <summary>A segment on its way: who sent it, when it arrived, which state each end was in afterwards.</summary>
public sealed class SegmentRow
{
    public required bool FromClient { get; init; }

    public required SegmentFacts Facts { get; init; }

    /// <summary>None when the sender's log is not here.</summary>
    public EventId Sent { get; init; }

    public Instant? SentAt { get; init; }

    public SendCause? Why { get; init; }

    public EventId Received { get; init; }

    /// <summary>Null when it was lost, or the receiver's log is not here.</summary>
    public Instant? ReceivedAt { get; init; }

    /// <summary>Set when something on the way dropped or damaged it.</summary>
    public PacketLoss? Loss { get; internal set; }

    /// <summary>State entered with this segment; null when it changed nothing.</summary>
    public TcpState? ClientState { get; internal set; }

    /// <inheritdoc cref="ClientState"/>
    public TcpState? PeerState { get; internal set; }

    /// <summary>Position among the data segments of its direction, repetitions not counted; 0 without data.</summary>
    public int DataNumber { get; internal set; }

    /// <summary>The sender's congestion window afterwards, bytes; null when not known.</summary>
    public long? Cwnd { get; internal set; }

    public Instant At => SentAt ?? ReceivedAt ?? Instant.Epoch;

    public bool Has(TcpFlags flags) => (Facts.Flags & flags) == flags;
}

public sealed record StateStep(bool IsClient, Instant At, TcpState From, TcpState To, string Trigger, EventId Evidence);

public sealed record TimedSample(Instant At, TimeSpan Sample, TimeSpan Smoothed, EventId Evidence);

/// <summary>Bytes in one direction.</summary>
public sealed class Transfer
{
    public required bool FromClient { get; init; }

    /// <summary>Data segments, each counted once however often it was sent.</summary>
    public required int Segments { get; init; }

    public required long Bytes { get; init; }

    public required Instant First { get; init; }

    public required Instant Last { get; init; }

    /// <summary>The sender's cwnd and ssthresh; empty when its log is not here.</summary>
    public required IReadOnlyList<CongestionPoint> Congestion { get; init; }

    /// <summary>The largest window that the receiver announced, bytes.</summary>
    public required long LargestWindow { get; init; }

    /// <summary>Data segments that arrived, and the bytes that they cover; what was sent again, whole or in other pieces, counts once.</summary>
    internal static (int Segments, long Bytes) Count(IEnumerable<SegmentRow> rows)
    {
        var starts = new HashSet<uint>();
        (long bytes, long reached) = (0, 0);
        foreach (SegmentRow row in rows.Where(r => r.Facts.Length > 0 && r.Loss is null).OrderBy(r => r.Facts.RelativeSequence))
        {
            starts.Add(row.Facts.RelativeSequence);
            long end = row.Facts.RelativeSequence + (long)row.Facts.Length;
            bytes += Math.Max(0, end - Math.Max(reached, row.Facts.RelativeSequence));
            reached = Math.Max(reached, end);
        }

        return (starts.Count, bytes);
    }
}

public sealed record CongestionPoint(Instant At, CongestionPhase Phase, long Cwnd, long Ssthresh, int Mss, string Why, EventId Evidence);

/// <param name="Where">The link or node at which it happened.</param>
/// <param name="DataNumber">The data segment's position in its direction; 0 for a segment without data.</param>
public sealed record PacketLoss(
    EventId Evidence, Instant At, string Where, DropReason Reason, bool Corrupted, bool FromClient, uint RelativeSequence, int Length, TcpFlags Flags, int DataNumber);

/// <summary>Bytes that were sent again.</summary>
/// <param name="Cost">From the time before that they were sent: what the repetition cost whoever waited for these bytes.</param>
/// <param name="Rto">The time-out that passed, when that was the cause.</param>
/// <param name="Loss">What made it necessary; null when the log does not say, or nothing was lost.</param>
public sealed record Repetition(
    EventId Evidence, Instant At, bool FromClient, uint RelativeSequence, int Length, TcpFlags Flags, RetransmitCause Why, int Attempt, TimeSpan Cost, TimeSpan? Rto, PacketLoss? Loss,
    int DataNumber);

/// <param name="ByClient">Whose buffer was full.</param>
public sealed record ZeroWindow(bool ByClient, Instant From, Instant To, EventId Evidence);

/// <param name="ClosedFirst">Who sent the first FIN: it is the one that keeps TIME-WAIT.</param>
/// <param name="Segments">The segments from the first FIN on.</param>
/// <param name="Merged">The second FIN carried the ACK of the first: three segments instead of four.</param>
/// <param name="IsComplete">Both ends sent FIN.</param>
/// <param name="FinAcknowledgedData">The first FIN was also the ACK of data that had not been acknowledged before.</param>
/// <param name="TimeWait">2 × MSL; null when nobody was seen to enter TIME-WAIT.</param>
public sealed record CloseFacts(
    bool ClosedFirst, IReadOnlyList<SegmentRow> Segments, bool Merged, bool Simultaneous, bool IsComplete, bool FinAcknowledgedData, bool ByReset, bool? TimeWaitIsClient, TimeSpan? TimeWait, bool Restarted,
    Instant At, TimeSpan Elapsed);
