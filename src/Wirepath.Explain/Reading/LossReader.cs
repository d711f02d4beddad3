using Wirepath.Events;

namespace Wirepath.Explain;

/// <summary>Finds for each segment whether a link or a node on its way dropped or damaged it.</summary>
internal sealed class LossReader
{
    private readonly LogIndex _log;
    private readonly Dictionary<int, int> _lossOf = []; // segment → event that tells of its loss

    public LossReader(LogIndex log)
    {
        _log = log;
        for (int i = 0; i < log.Count; i++)
        {
            bool lost = log[i].What switch
            {
                LinkTransit t => t.Verdict is LinkVerdict.Dropped or LinkVerdict.Corrupted,
                // What the destination itself turned away was not lost on the way.
                PacketDropped d => d.Reason is not (DropReason.NotForUs or DropReason.None or DropReason.BadChecksum or DropReason.NoListener),
                _ => false,
            };
            // The first one counts: a damaged frame may also be dropped further on.
            if (lost && log.SegmentOf(i) is >= 0 and var segment)
                _lossOf.TryAdd(segment, i);
        }
    }

    public PacketLoss? Of(SegmentRow row, int sent)
    {
        if (sent < 0 || row.ReceivedAt is not null || !_lossOf.TryGetValue(sent, out int index))
            return null;
        Event e = _log[index];
        (string where, DropReason reason, bool corrupted) = e.What switch
        {
            LinkTransit t => (t.Link, t.Reason, t.Verdict == LinkVerdict.Corrupted),
            PacketDropped d => (e.Node, d.Reason, false),
            _ => (e.Node, DropReason.None, false),
        };
        return new PacketLoss(e.Id, e.At, where, reason, corrupted, row.FromClient, row.Facts.RelativeSequence, row.Facts.Length, row.Facts.Flags, row.DataNumber);
    }
}
