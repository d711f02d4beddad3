using Wirepath.Wire;

namespace Wirepath.Explain;

/// <summary>Pauses between a server's segments, by what held the next one back: how much was in flight tells.</summary>
internal sealed class SenderStalls
{
    /// <summary>cwnd was full.</summary>
    public List<(Instant From, Instant To)> Congestion { get; } = [];

    /// <summary>The receiver's window was full.</summary>
    public List<(Instant From, Instant To)> Receiver { get; } = [];

    /// <summary>Both had room.</summary>
    public List<(Instant From, Instant To)> Application { get; } = [];

    /// <summary>Needs both ends' logs: without the peer's there are none.</summary>
    public static SenderStalls Of(Conversation connection, Instant from, Instant to)
    {
        var stalls = new SenderStalls();
        // Shorter pauses are ACKs that clock out the next segments.
        TimeSpan least = TransferRules.RoundTrip(connection) / 4;
        List<SegmentRow> data = [.. connection.Segments.Where(r => !r.FromClient && r.Facts.Length > 0 && r.SentAt >= from && r.SentAt <= to)];
        List<SegmentRow> acks = [.. connection.Segments.Where(r => r.FromClient && r.Has(TcpFlags.Ack) && r.ReceivedAt is not null).OrderBy(r => r.ReceivedAt!.Value)];
        (uint sent, uint acknowledged, long window, int ack) = (0, 0, 0, 0);
        for (int i = 1; i < data.Count; i++)
        {
            (SegmentRow before, SegmentRow next) = (data[i - 1], data[i]);
            sent = Math.Max(sent, before.Facts.RelativeSequence + (uint)before.Facts.Length);
            for (; ack < acks.Count && acks[ack].ReceivedAt <= before.SentAt; ack++)
            {
                acknowledged = Math.Max(acknowledged, acks[ack].Facts.RelativeAcknowledgment);
                window = acks[ack].Facts.Window;
            }

            if (next.SentAt!.Value - before.SentAt!.Value < least)
                continue;
            long flight = Math.Max(0, (long)sent - acknowledged) + next.Facts.Length;
            List<(Instant From, Instant To)> held = flight > window ? stalls.Receiver : before.Cwnd is null || flight > before.Cwnd ? stalls.Congestion : stalls.Application;
            held.Add((before.SentAt.Value, next.SentAt.Value));
        }

        return stalls;
    }
}
