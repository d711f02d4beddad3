using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain;

/// <summary>What was sent again, sorted by what made it necessary, and what that cost. Verdict and reasons count with these figures.</summary>
internal static class Repairs
{
    /// <summary>The first copy arrived all the same: the timer or the duplicate ACKs were wrong.</summary>
    public static bool IsNeedless(Conversation connection, Repetition repetition) => connection.PeerNode is not null && repetition.Loss is null && connection.Segments.Any(s =>
        s.FromClient == repetition.FromClient && s.At < repetition.At && s.ReceivedAt is not null && s.Facts.RelativeSequence == repetition.RelativeSequence
        && s.Facts.Length >= repetition.Length && (repetition.Length > 0 || (s.Facts.Flags & (TcpFlags.Syn | TcpFlags.Fin)) != 0));

    /// <summary>Not lost but too big for the path.</summary>
    public static bool IsForSize(Repetition repetition) => repetition.Why == RetransmitCause.PathMtu || repetition.Loss is { Reason: DropReason.TooBig };

    /// <summary>Between two moments. A SYN that had to be repeated is told by itself, and so is the answer to it.</summary>
    public static List<Repetition> Within(Conversation connection, Instant from, Instant to) =>
        [.. connection.Repetitions.Where(r => r.At >= from && r.At <= to && !((r.Flags & TcpFlags.Syn) != 0 && (r.FromClient || connection.Syns > 1)))];

    /// <summary>Those that something lost or damaged made necessary.</summary>
    public static List<Repetition> OfLosses(Conversation connection, Instant from, Instant to) =>
        Within(connection, from, to).FindAll(r => !IsForSize(r) && !IsNeedless(connection, r));

    /// <summary>How long somebody waited for these bytes: from when they should have come to when they came. What overlaps counts once.</summary>
    public static TimeSpan Cost(Conversation connection, IEnumerable<Repetition> repetitions, Instant from, Instant to)
    {
        TimeSpan way = TransferRules.RoundTrip(connection) / 2;
        List<(Instant From, Instant To)> waits = [];
        foreach (Repetition r in repetitions)
        {
            // Seen from the receiver alone, the moment is the arrival itself.
            TimeSpan later = connection.PeerNode is null && !r.FromClient ? TimeSpan.Zero : way;
            waits.Add((r.At - r.Cost + later, r.At + later));
        }

        return NameReader.Overlap(waits, from, to);
    }
}
