using Wirepath.Events;

namespace Wirepath.Explain;

internal static class CriticalPathReader
{
    public static CriticalPath Read(LogIndex log, int started, int last)
    {
        var chain = new List<int>();
        for (int index = last; index >= 0; index = Before(log, index, started))
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

    /// <summary>
    /// The event that this one had to wait for. An application names what it was asked to do as its cause, not the frame
    /// that woke it up; where time passed in between, the frame that came in at this very moment is what was waited for.
    /// </summary>
    private static int Before(LogIndex log, int index, int started)
    {
        int cause = log.CauseOf(index);
        if (cause < 0 || log[cause].At == log[index].At || IsTimer(log[index].What))
            return cause;
        for (int i = index - 1; i > cause && log[i].At == log[index].At; i--)
        {
            if (log[i].What is FrameReceived && log[i].Node == log[index].Node && log.CauseOf(i) >= 0 && log.NavigationOf(i) == started)
                return i;
        }

        return cause;
    }

    private static bool IsTimer(Happening what) => what is RetransmissionTimedOut or QueryTimedOut or KeepAliveSent or Retransmitted { Why: RetransmitCause.Timeout or RetransmitCause.TailLossProbe }
        or SegmentSent { Why: SendCause.DelayedAck or SendCause.WindowProbe } or NeighborRequested { Attempt: > 1 } or NeighborFailed;

    private static (LegKind Kind, string Place) Kind(Event before, Event after) => (before.What, after.What) switch
    {
        (_, var what) when IsTimer(what) => (LegKind.Timer, after.Node),
        (LinkTransit transit, _) => (LegKind.Link, transit.Link),
        (FrameSent, FrameReceived) => (LegKind.Link, $"{before.Node}–{after.Node}"),
        (QuerySent, ResponseReceived response) => (LegKind.Link, $"{after.Node}–{response.Server.Address}"),
        (_, RequestServed) => (LegKind.Server, after.Node),
        _ => (LegKind.Node, after.Node),
    };
}
