using Wirepath.Events;
using Wirepath.Wire;
using static Wirepath.Explain.TextRole;

namespace Wirepath.Explain;

/// <summary>The body on its way: segments, the congestion window, what was lost and what that cost.</summary>
internal static class TransferSection
{
    /// <summary>Lines of losses in the story; an engineer sees all.</summary>
    private const int MostLosses = 6;

    /// <summary>Turning points of cwnd in one line.</summary>
    private const int MostPoints = 8;

    public static void Write(StoryContext c, Hop hop)
    {
        if (hop.Connection is not { } connection || hop.Http is not { } http)
            return;
        Instant from = http.SentAt;
        Instant to = http.CompletedAt ?? c.Navigation.EndedAt;
        (int segments, long bytes) = Transfer.Count(connection.Segments.Where(r => !r.FromClient && r.At >= from && r.At <= to));
        if (segments == 0)
            return;
        c.Page.Row(c.Words.LabelData, [new(c.Words.InSegments(Figures.Bytes(bytes), segments), Plain)],
            new StyledSpan(c.Figures.WithUnit(c.Figures.UnitsOf(hop.Number, PhaseKind.Transfer)), Time));
        WriteWindow(c, connection, from, to);
        WriteLosses(c, connection, from, to);
    }

    private static void WriteWindow(StoryContext c, Conversation connection, Instant from, Instant to)
    {
        Transfer? down = connection.Transfers.FirstOrDefault(t => !t.FromClient);
        List<CongestionPoint> points = [.. (down?.Congestion ?? []).Where(p => p.At <= to)];
        // The value that the exchange began with is the last one from before.
        int begin = points.FindLastIndex(p => p.At <= from);
        if (begin > 0)
            points.RemoveRange(0, begin);
        if (points.Count == 0)
            return;
        List<CongestionPoint> turning = Turning(points);
        // A window that stood still tells an engineer something, a reader nothing.
        if (turning.Count == 1 && !c.IsEngineer)
            return;
        string cwnd = string.Join(" → ", turning.Select(p => Figures.Segments(p.Cwnd, p.Mss)));
        List<string> thresholds = [];
        foreach (CongestionPoint point in points)
        {
            string text = Figures.Threshold(point.Ssthresh, "∞");
            if (thresholds.Count == 0 || thresholds[^1] != text)
                thresholds.Add(text);
        }

        if (thresholds.Count > 4)
            thresholds = [thresholds[0], thresholds[1], "…", thresholds[^1]];
        c.Page.More([new($"cwnd {cwnd} MSS", Plain), new($"  ssthresh {string.Join(" → ", thresholds)}", Dim)]);
        List<CongestionPhase> phases = [];
        foreach (CongestionPoint point in points)
        {
            if (phases.Count == 0 || phases[^1] != point.Phase)
                phases.Add(point.Phase);
        }

        if (phases.Count > 1)
            c.Page.More([new(string.Join(" → ", phases.Count <= 6 ? phases.Select(c.Words.Congestion) : [.. phases.Take(5).Select(c.Words.Congestion), "…", c.Words.Congestion(phases[^1])]), Dim)]);
    }

    /// <summary>First and last point, and those at which cwnd turned or the phase changed.</summary>
    internal static List<CongestionPoint> Turning(List<CongestionPoint> points)
    {
        var turning = new List<CongestionPoint>();
        for (int i = 0; i < points.Count; i++)
        {
            bool edge = i == 0 || i == points.Count - 1;
            bool turns = !edge && (points[i].Cwnd > points[i - 1].Cwnd) != (points[i + 1].Cwnd > points[i].Cwnd);
            bool phase = !edge && points[i].Phase != points[i + 1].Phase;
            if ((edge || turns || phase) && (turning.Count == 0 || turning[^1].Cwnd != points[i].Cwnd))
                turning.Add(points[i]);
        }

        return turning.Count <= MostPoints ? turning : [.. turning.Take(MostPoints - 1), turning[^1]];
    }

    /// <summary>Neighbours of one kind stand in one line: #1–#10.</summary>
    private sealed record RepairLine(Instant At, char Mark, int First, int Last, TcpFlags Flags, string Text, Instant CostFrom, bool Costs)
    {
        public string Name => First <= 0 ? Words.Flags(Flags) : First == Last ? $"#{First}" : $"#{First}–#{Last}";
    }

    private static void WriteLosses(StoryContext c, Conversation connection, Instant from, Instant to)
    {
        var all = new List<RepairLine>();
        foreach (PacketLoss loss in connection.Losses)
        {
            if (loss.At >= from && loss.At <= to)
                all.Add(new RepairLine(loss.At, '✕', loss.DataNumber, loss.DataNumber, loss.Flags, Lanes.Lost(c, loss), loss.At, Costs: false));
        }

        foreach (Repetition again in connection.Repetitions)
        {
            if (again.At < from || again.At > to)
                continue;
            string rto = again.Rto is { } timeout ? $" (RTO {Figures.Duration(timeout)})" : "";
            all.Add(new RepairLine(again.At, '↻', again.DataNumber, again.DataNumber, again.Flags, c.Words.Retransmit(again.Why) + rto, again.At - again.Cost, Costs: true));
        }

        var lines = new List<RepairLine>();
        foreach (RepairLine line in all.OrderBy(l => l.At).ThenBy(l => l.Mark == '↻'))
        {
            if (!c.IsEngineer && lines.Count > 0 && lines[^1] is { First: > 0 } before && before.Mark == line.Mark && before.Text == line.Text && line.First - before.Last is 0 or 1)
                lines[^1] = before with { Last = line.Last, At = line.At, CostFrom = Instant.Min(before.CostFrom, line.CostFrom) };
            else
                lines.Add(line);
        }

        int shown = c.IsEngineer ? lines.Count : Math.Min(lines.Count, MostLosses);
        foreach (RepairLine line in lines.Take(shown))
        {
            c.Page.More([new StyledSpan($"{line.Mark} {line.Name} {line.Text}", line.Costs ? Emphasis : Bad)],
                line.Costs ? new StyledSpan(c.Words.Cost(Figures.Duration(line.At - line.CostFrom)), Time) : null, indent: 2);
        }

        if (shown < lines.Count)
            c.Page.More([new(c.Words.AndMore(lines.Count - shown), Dim)]);
        foreach (ZeroWindow closed in connection.ZeroWindows)
        {
            if (closed.From >= from && closed.From <= to)
                c.Page.More([new($"win=0 {(closed.ByClient ? connection.ClientNode : connection.PeerNode ?? c.Words.PeerUnknown)}", Bad)], new StyledSpan(Figures.Duration(closed.To - closed.From), Time));
        }
    }
}

/// <summary>The end of the connection.</summary>
internal static class CloseSection
{
    private const int MostRows = 8;

    public static void Write(StoryContext c, Hop hop)
    {
        if (hop.Connection is not { EstablishedAt: not null } connection || !IsLastUser(c, hop, connection))
            return;
        if (connection.Close is not { } close)
        {
            c.Page.Row(c.Words.LabelClose, [new(c.Words.StillOpen, Dim)]);
            return;
        }

        string how = close.ByReset ? c.Words.ByReset : close.Simultaneous ? c.Words.SimultaneousClose : close.Merged ? c.Words.ThreeSegments : close.IsComplete ? c.Words.FourSegments : c.Words.HalfClosed;
        c.Page.Row(c.Words.LabelClose, [new(how, close.ByReset ? Bad : Dim)]);
        List<SegmentRow> rows = [.. close.Segments.Where(r => r.Has(TcpFlags.Fin) || r.Has(TcpFlags.Rst) || r.ClientState is not null || r.PeerState is not null || r.Facts.Length == 0)];
        foreach (SegmentRow row in rows.Take(MostRows))
            Lanes.Write(c, connection, row, Numbers(c, row));
        if (rows.Count > MostRows)
            c.Page.More([new(c.Words.AndMore(rows.Count - MostRows), Dim)]);
        if (close.FinAcknowledgedData)
            c.Page.More([new(c.Words.FinAcknowledgesData, Dim)]);
        c.Page.More([new(AfterwardsText(c, connection, close), Dim)]);
    }

    /// <summary>A kept-alive connection is closed where it was used last.</summary>
    private static bool IsLastUser(StoryContext c, Hop hop, Conversation connection)
    {
        for (int n = c.Journey.Navigations.Count - 1; n >= 0; n--)
        {
            for (int h = c.Journey.Navigations[n].Hops.Count - 1; h >= 0; h--)
            {
                if (c.Journey.Navigations[n].Hops[h].Connection == connection)
                    return c.Journey.Navigations[n].Hops[h] == hop;
            }
        }

        return false;
    }

    private static string Numbers(StoryContext c, SegmentRow row)
    {
        string flags = Columns.PadRight(Words.Flags(row.Facts.Flags), 7);
        return c.Options.RelativeNumbers
            ? $"{flags} seq={row.Facts.RelativeSequence}{(row.Has(TcpFlags.Ack) ? $" ack={row.Facts.RelativeAcknowledgment}" : "")}"
            : $"{flags} seq={row.Facts.Sequence}{(row.Has(TcpFlags.Ack) ? $" ack={row.Facts.Acknowledgment}" : "")}";
    }

    /// <summary>A RST ended TIME-WAIT before its time (RFC 1337).</summary>
    private static bool WasCutShort(Conversation connection, bool isClient, TimeSpan duration)
    {
        StateStep? begun = connection.States.LastOrDefault(s => s.IsClient == isClient && s.To == TcpState.TimeWait);
        StateStep? ended = connection.States.LastOrDefault(s => s.IsClient == isClient && s.From == TcpState.TimeWait);
        return begun is not null && ended is not null && ended.At - begun.At < duration;
    }

    private static string AfterwardsText(StoryContext c, Conversation connection, CloseFacts close)
    {
        string peer = connection.PeerNode ?? c.Words.PeerUnknown;
        var parts = new List<string>();
        if (close is { TimeWait: { } duration, TimeWaitIsClient: { } isClient })
        {
            string waiting = isClient ? connection.ClientNode : peer;
            parts.Add(WasCutShort(connection, isClient, duration) ? c.Words.TimeWaitCut(waiting) : c.Words.TimeWait(waiting, Figures.Duration(duration), close.Restarted));
            if (connection.PeerNode is not null)
                parts.Add(c.Words.AlreadyIs(isClient ? peer : connection.ClientNode, Words.State(isClient ? connection.PeerState : connection.ClientState)));
        }
        else
        {
            parts.Add(c.Words.AlreadyIs(connection.ClientNode, Words.State(connection.ClientState)));
            if (connection.PeerNode is not null)
                parts.Add(c.Words.AlreadyIs(peer, Words.State(connection.PeerState)));
        }

        return string.Join(" · ", parts);
    }
}
