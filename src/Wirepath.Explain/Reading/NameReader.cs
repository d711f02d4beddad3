using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain;

/// <summary>Reads the look-ups of a client, with everything that other nodes did on their behalf.</summary>
internal static class NameReader
{
    /// <param name="mine">Indices of the navigation's events on all nodes, in order.</param>
    /// <param name="end">When the navigation ended.</param>
    public static List<(int Index, NameLookup Lookup)> Read(LogIndex log, IReadOnlyList<int> mine, Instant end)
    {
        var lookups = new List<(int, NameLookup)>();
        for (int i = 0; i < mine.Count; i++)
        {
            if (log[mine[i]] is { What: LookupStarted started } e && e.Node == log.Client)
                lookups.Add((mine[i], ReadOne(log, mine, i, e, started, end)));
        }

        return lookups;
    }

    private static NameLookup ReadOne(LogIndex log, IReadOnlyList<int> mine, int first, Event e, LookupStarted started, Instant end)
    {
        int start = mine[first];
        LookupFinished? result = null;
        Instant endedAt = end;
        Instant? unneeded = null; // a connection stood before the answer was there: nobody waited any longer
        var inside = new List<int>();
        for (int i = first + 1; i < mine.Count && result is null; i++)
        {
            Event at = log[mine[i]];
            if (at.Node == log.Client && at.What is LookupFinished finished && finished.Name == started.Name && finished.Type == started.Type)
                (result, endedAt) = (finished, at.At);
            else if (at.Node == log.Client && at.What is ConnectFinished)
                unneeded ??= at.At;
            else if (at.What is LevelConsulted or QuerySent or ResponseReceived or QueryTimedOut or QuestionAnswered or RecordDisbelieved)
                inside.Add(mine[i]);
        }

        if (result is null)
            endedAt = unneeded ?? end;
        // Two look-ups of one client may overlap: keep what descends from this one, or what has no known origin.
        inside.RemoveAll(i => OriginOf(log, i) is var origin && origin >= 0 && origin != start);
        List<DnsExchange> exchanges = Exchanges(log, inside, endedAt);
        List<(Instant From, Instant To)> arp = ArpWaits(log, mine, e.At, endedAt);
        SetOwnTimes(exchanges, log.Client, arp);
        List<(Instant From, Instant To)> asking = [.. arp, .. exchanges.Where(x => x.Parent < 0).Select(x => (x.SentAt, x.EndedAt))];
        TimeSpan rest = endedAt - e.At - Overlap(asking, e.At, endedAt);

        return new NameLookup
        {
            Name = started.Name,
            Type = started.Type,
            Started = e.Id,
            StartedAt = e.At,
            EndedAt = endedAt,
            Result = result,
            Exchanges = exchanges,
            Ladder = Ladder(log, inside, started, exchanges),
            Disbelieved = [.. inside.Select(i => log[i].What).OfType<RecordDisbelieved>()],
            Rest = rest < TimeSpan.Zero ? TimeSpan.Zero : rest,
        };
    }

    /// <summary>The client's look-up that an event goes back to; −1 when the chain breaks before.</summary>
    private static int OriginOf(LogIndex log, int index)
    {
        foreach (int at in log.Back(index))
        {
            if (log[at] is { What: LookupStarted } e && e.Node == log.Client)
                return at;
        }

        return -1;
    }

    private static List<DnsExchange> Exchanges(LogIndex log, List<int> inside, Instant end)
    {
        var exchanges = new List<DnsExchange>();
        var indices = new List<int>();
        for (int i = 0; i < inside.Count; i++)
        {
            if (log[inside[i]] is not { What: QuerySent query } sent)
                continue;
            (Instant endedAt, ResponseReceived? response, bool timedOut) = Ending(log, inside, i, sent, query, end);
            exchanges.Add(new DnsExchange
            {
                Query = query,
                Evidence = sent.Id,
                Node = sent.Node,
                SentAt = sent.At,
                EndedAt = endedAt,
                Response = response,
                TimedOut = timedOut,
                ServerNode = ServerOf(log, inside, i),
                Parent = ParentOf(log, inside[i], sent, exchanges, indices),
            });
            indices.Add(inside[i]);
        }

        return exchanges;
    }

    private static (Instant, ResponseReceived?, bool TimedOut) Ending(LogIndex log, List<int> inside, int from, Event sent, QuerySent query, Instant end)
    {
        for (int i = from + 1; i < inside.Count; i++)
        {
            Event e = log[inside[i]];
            if (e.Node != sent.Node)
                continue;
            switch (e.What)
            {
                case ResponseReceived r when r.Id == query.Id && r.Server == query.Server && r.Name == query.Name && r.Kind != ResponseKind.Mismatched:
                    return (e.At, r, false);
                case QueryTimedOut t when t.Server == query.Server && t.Name == query.Name && t.Type == query.Type && t.Attempt == query.Attempt:
                    return (e.At, null, true);
            }
        }

        return (end, null, false);
    }

    /// <summary>Who answered: the node that wrote down a question which this query led to.</summary>
    private static string? ServerOf(LogIndex log, List<int> inside, int from)
    {
        for (int i = from + 1; i < inside.Count; i++)
        {
            Event e = log[inside[i]];
            if (e.What is QuestionAnswered or LevelConsulted && e.Node != log[inside[from]].Node && NearestQuery(log, inside[i]) == inside[from])
                return e.Node;
        }

        return null;
    }

    /// <summary>The nearest query of another node on the way back.</summary>
    private static int NearestQuery(LogIndex log, int index)
    {
        string node = log[index].Node;
        int query = log.QueryOf(index);
        while (query >= 0 && log[query].Node == node)
            query = log.CauseOf(query) is >= 0 and var cause ? log.QueryOf(cause) : -1;
        return query;
    }

    private static int ParentOf(LogIndex log, int index, Event sent, List<DnsExchange> earlier, List<int> indices)
    {
        int query = NearestQuery(log, index);
        int parent = query < 0 ? -1 : indices.IndexOf(query);
        if (parent >= 0)
            return earlier[parent].EndedAt >= sent.At ? parent : earlier[parent].Parent;
        if (sent.Node == log.Client)
            return -1;
        // The chain broke: the innermost exchange of somebody else that was still open.
        for (int i = earlier.Count - 1; i >= 0; i--)
        {
            if (earlier[i].Node != sent.Node && earlier[i].SentAt <= sent.At && earlier[i].EndedAt >= sent.At)
                return i;
        }

        return -1;
    }

    /// <summary>Each moment belongs to one exchange, the deepest that was open: a question asked twice does not wait twice.</summary>
    private static void SetOwnTimes(List<DnsExchange> exchanges, string client, List<(Instant From, Instant To)> arp)
    {
        int Depth(DnsExchange exchange) => exchange.Parent < 0 ? 0 : 1 + Depth(exchanges[exchange.Parent]);
        int[] depths = [.. exchanges.Select(Depth)];
        List<Instant> edges = [.. exchanges.SelectMany(x => new[] { x.SentAt, x.EndedAt }).Concat(arp.SelectMany(a => new[] { a.From, a.To })).Distinct().Order()];
        for (int edge = 1; edge < edges.Count; edge++)
        {
            (Instant from, Instant to) = (edges[edge - 1], edges[edge]);
            int deepest = -1;
            for (int i = 0; i < exchanges.Count; i++)
            {
                if (exchanges[i].SentAt <= from && exchanges[i].EndedAt >= to && (deepest < 0 || depths[i] > depths[deepest]))
                    deepest = i;
            }

            if (deepest >= 0 && !(exchanges[deepest].Node == client && arp.Exists(a => a.From <= from && a.To >= to)))
                exchanges[deepest].Own += to - from;
        }
    }

    private static List<(Instant From, Instant To)> ArpWaits(LogIndex log, IReadOnlyList<int> mine, Instant from, Instant to)
    {
        var client = mine.Where(i => log[i].Node == log.Client).ToList();
        return [.. PhaseReader.Intervals(log, client, to).Where(x => x.Kind == PhaseKind.Arp && x.End > from && x.Start < to).Select(x => (x.Start, x.End))];
    }

    /// <summary>How much of [from, to] a set of intervals covers.</summary>
    internal static TimeSpan Overlap(List<(Instant From, Instant To)> intervals, Instant from, Instant to)
    {
        var covered = TimeSpan.Zero;
        Instant reached = from;
        foreach ((Instant begin, Instant finish) in intervals.OrderBy(x => x.From))
        {
            Instant start = Instant.Max(begin, reached);
            Instant stop = Instant.Min(finish, to);
            if (stop <= start)
                continue;
            covered += stop - start;
            reached = stop;
        }

        return covered;
    }

    private static List<LadderRung> Ladder(LogIndex log, List<int> inside, LookupStarted started, List<DnsExchange> exchanges)
    {
        var rungs = new List<LadderRung>();
        foreach (int index in inside)
        {
            if (log[index] is not { What: LevelConsulted level } e || level.Name != started.Name || level.Type != started.Type)
                continue;
            // A level that says first that it missed and then that it asked is one rung.
            int same = rungs.FindLastIndex(r => r.Node == e.Node && r.Level == level.Level);
            if (same >= 0)
            {
                // Asked again, such as over TCP, it knows by now; what counts is what it knew at first.
                if (rungs[same].Result is LookupResult.Asked && level.Result is not LookupResult.Asked)
                    rungs[same] = rungs[same] with { Result = level.Result, TtlLeft = level.TtlLeft, Evidence = e.Id };
                continue;
            }

            rungs.Add(new LadderRung(level.Level, level.Result, e.Node, level.Server, level.TtlLeft, e.At, OwnTime(log, index, e, level, exchanges), e.Id));
        }

        return rungs;
    }

    private static TimeSpan OwnTime(LogIndex log, int index, Event e, LevelConsulted level, List<DnsExchange> exchanges)
    {
        if (e.Node == log.Client && level.Level != NameLevel.Stub)
            return TimeSpan.Zero;
        // The client's stub is the whole way when the other side keeps no log; otherwise the server's own rung carries it.
        if (e.Node == log.Client)
        {
            return exchanges.Exists(x => x.Node == log.Client && x.ServerNode is not null)
                ? TimeSpan.Zero
                : exchanges.Where(x => x.Node == log.Client).Aggregate(TimeSpan.Zero, (sum, x) => sum + x.Own);
        }

        if (level.Level == NameLevel.Iteration)
            return TimeSpan.Zero;
        int query = NearestQuery(log, index);
        EventId id = query < 0 ? EventId.None : log[query].Id;
        DnsExchange? exchange = exchanges.Find(x => x.Evidence == id) ?? exchanges.Find(x => x.ServerNode == e.Node);
        if (exchange is null)
            return TimeSpan.Zero;
        // Repetitions to the same server belong to the rung as well.
        return exchanges.Where(x => x.Node == exchange.Node && x.Query.Server == exchange.Query.Server && !x.IsIterative).Aggregate(TimeSpan.Zero, (sum, x) => sum + x.Own);
    }
}
