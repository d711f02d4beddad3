using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain;

internal static class CloseReader
{
    public static CloseFacts? Read(
        List<SegmentRow> rows, List<StateStep> states, List<(Event Event, TimeWaitStarted What)> clientWaits, List<(Event Event, TimeWaitStarted What)> peerWaits)
    {
        int first = rows.FindIndex(r => r.Has(TcpFlags.Fin) || r.Has(TcpFlags.Rst));
        if (first < 0)
            return null;
        List<SegmentRow> closing = rows[first..];
        SegmentRow opener = closing[0];
        bool byReset = !opener.Has(TcpFlags.Fin);
        SegmentRow? answer = closing.Find(r => r.FromClient != opener.FromClient && r.Has(TcpFlags.Fin));
        uint finEnd = opener.Facts.RelativeSequence + (uint)opener.Facts.Length + 1;
        SegmentRow? firstAck = closing.Find(r => r.FromClient != opener.FromClient && r.Has(TcpFlags.Ack) && r.Facts.RelativeAcknowledgment == finEnd);
        bool simultaneous = answer is not null && (states.Exists(s => s.To == TcpState.Closing) || answer.Facts.RelativeAcknowledgment < finEnd);
        bool merged = answer is not null && !simultaneous && ReferenceEquals(firstAck, answer);
        (bool? waits, TimeSpan? duration) = clientWaits.Count > 0 ? (true, clientWaits[^1].What.Duration)
            : peerWaits.Count > 0 ? (false, peerWaits[^1].What.Duration)
            : ((bool?)null, (TimeSpan?)null);
        SegmentRow last = closing[^1];
        return new CloseFacts(
            ClosedFirst: opener.FromClient, closing, merged, simultaneous, IsComplete: answer is not null,
            FinAcknowledgedData: !byReset && AcknowledgesData(rows, opener),
            byReset, waits, duration, Restarted: clientWaits.Exists(w => w.What.Restarted) || peerWaits.Exists(w => w.What.Restarted),
            opener.At, (last.ReceivedAt ?? last.At) - opener.At);
    }

    private static bool AcknowledgesData(List<SegmentRow> rows, SegmentRow fin)
    {
        (uint acknowledged, uint received) = (0, 0);
        foreach (SegmentRow row in rows)
        {
            if (ReferenceEquals(row, fin))
                break;
            if (row.FromClient == fin.FromClient)
                acknowledged = Math.Max(acknowledged, row.Has(TcpFlags.Ack) ? row.Facts.RelativeAcknowledgment : 0);
            else if (row.Facts.Length > 0)
                received = Math.Max(received, row.Facts.RelativeSequence + (uint)row.Facts.Length);
        }

        return acknowledged < Math.Min(received, fin.Facts.RelativeAcknowledgment);
    }
}
