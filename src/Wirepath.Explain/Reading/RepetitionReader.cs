using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain;

/// <summary>Reads what was sent again, why, and what that cost.</summary>
internal static class RepetitionReader
{
    public static List<Repetition> Read(LogIndex log, IReadOnlyList<int> client, IReadOnlyList<int> peer, List<SegmentRow> rows)
    {
        var repetitions = new List<Repetition>();
        foreach ((IReadOnlyList<int> lane, bool fromClient) in new[] { (client, true), (peer, false) })
        {
            TimeSpan? rto = null;
            foreach (int index in lane)
            {
                Event e = log[index];
                if (e.What is RetransmissionTimedOut timeout)
                    rto = timeout.Rto;
                if (e.What is not Retransmitted again)
                    continue;
                SegmentRow? before = rows.FindLast(r => r.FromClient == fromClient && r.SentAt is { } at && at < e.At && Covers(r, again));
                repetitions.Add(new Repetition(
                    e.Id, e.At, fromClient, again.RelativeSequence, again.Length, before?.Facts.Flags ?? TcpFlags.None, again.Why, again.Attempt, e.At - (before?.SentAt ?? e.At),
                    again.Why == RetransmitCause.Timeout ? rto : null, before?.Loss, before?.DataNumber ?? 0));
            }
        }

        // Without the sender's log a repetition is only seen as bytes that fill a hole.
        if (peer.Count == 0)
            repetitions.AddRange(HolesFilled(rows));
        repetitions.Sort((a, b) => a.Evidence.Value.CompareTo(b.Evidence.Value));
        return repetitions;
    }

    private static bool Covers(SegmentRow row, Retransmitted again) => again.Length == 0
        ? row.Facts.RelativeSequence == again.RelativeSequence && (row.Facts.Flags & (TcpFlags.Syn | TcpFlags.Fin)) != 0
        : row.Facts.RelativeSequence <= again.RelativeSequence && again.RelativeSequence < row.Facts.RelativeSequence + (uint)Math.Max(row.Facts.Length, 1);

    private static IEnumerable<Repetition> HolesFilled(List<SegmentRow> rows)
    {
        uint highest = 1;
        Instant? since = null;
        foreach (SegmentRow row in rows)
        {
            if (row.FromClient || row.Facts.Length == 0 || row.ReceivedAt is not { } at)
                continue;
            if (row.Facts.RelativeSequence > highest)
            {
                since ??= at;
            }
            else if (row.Facts.RelativeSequence < highest && since is { } opened)
            {
                // Who waited, waited from the first byte behind the hole. Three arrivals behind it are what fast retransmit needs.
                yield return new Repetition(row.Received, at, false, row.Facts.RelativeSequence, row.Facts.Length, row.Facts.Flags, RetransmitCause.DuplicateAcks, 1, at - opened, null, null, row.DataNumber);
                since = null;
            }

            highest = Math.Max(highest, row.Facts.RelativeSequence + (uint)row.Facts.Length);
        }
    }
}
