using Wirepath.Events;

namespace Wirepath.Explain;

internal static class CriticalPathReader
{
    public static CriticalPath Read(LogIndex log, int started, int last)
    {
        var chain = new List<int>();
        foreach (int index in log.Back(last))
        {
            chain.Add(index);
            if (index == started)
                break;
        }

        chain.Reverse();
        bool whole = chain[0] == started;
        if (!whole)
            chain.Insert(0, started);
        var legs = new List<PathLeg>();
        int crossings = 0;
        for (int i = 1; i < chain.Count; i++)
        {
            (Event before, Event after) = (log[chain[i - 1]], log[chain[i]]);
            if (after.What is FrameReceived)
                crossings++;
            if (after.At <= before.At)
                continue;
            (LegKind kind, string place) = Kind(before, after);
            if (legs.Count > 0 && legs[^1] is var previous && previous.Kind == kind && previous.Place == place && previous.End == before.At)
                legs[^1] = previous with { End = after.At, Last = after.Id };
            else
                legs.Add(new PathLeg(kind, place, before.At, after.At, after.Id));
        }

        return new CriticalPath(legs, chain.ConvertAll(i => log[i].Id), crossings, whole);
    }

    private static (LegKind Kind, string Place) Kind(Event before, Event after) => (before.What, after.What) switch
    {
        (LinkTransit transit, _) => (LegKind.Link, transit.Link),
        (FrameSent, FrameReceived) => (LegKind.Link, $"{before.Node}–{after.Node}"),
        (_, RetransmissionTimedOut or QueryTimedOut or KeepAliveSent or Retransmitted { Why: RetransmitCause.Timeout or RetransmitCause.TailLossProbe }
            or SegmentSent { Why: SendCause.DelayedAck or SendCause.WindowProbe } or NeighborRequested { Attempt: > 1 } or NeighborFailed) => (LegKind.Timer, after.Node),
        (_, RequestServed) => (LegKind.Server, after.Node),
        _ => (LegKind.Node, after.Node),
    };
}
