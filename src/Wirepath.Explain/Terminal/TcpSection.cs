using Wirepath.Events;
using Wirepath.Wire;
using static Wirepath.Explain.TextRole;

namespace Wirepath.Explain;

/// <summary>The connection: handshake, options, for an engineer every segment.</summary>
internal static class TcpSection
{
    public static void Write(StoryContext c, Hop hop)
    {
        if (hop.Connection is not { } connection)
        {
            foreach (ConnectFailed failed in hop.FailedConnects)
                c.Page.Row("TCP", [new($"✕ {failed.Remote}: {c.Words.End(failed.How)}", Bad)], new StyledSpan(c.Figures.WithUnit(c.Figures.UnitsOf(hop.Number, PhaseKind.Connect)), Time));
            return;
        }

        var time = new StyledSpan(c.Figures.WithUnit(c.Figures.UnitsOf(hop.Number, PhaseKind.Connect)), Time);
        if (hop.Reused)
        {
            c.Page.Row("TCP", [new($":{connection.Id.Local.Port} → {connection.Id.Remote}  ", Plain), new(c.Words.KeptAlive, Good)], time);
        }
        else
        {
            c.Page.Row("TCP", [new($":{connection.Id.Local.Port} → :{connection.Id.Remote.Port}", Plain), new(Translated(c, connection), Dim)], time);
            Handshake(c, connection);
        }

        if (connection.EstablishedAt is null && connection.End is { } end)
            c.Page.More([new($"✕ {c.Words.End(end.How)}{(end.Detail.Length > 0 ? $": {end.Detail}" : "")}", Bad)]);
        if (c.IsEngineer)
            EverySegment(c, hop, connection);
    }

    private static string Translated(StoryContext c, Conversation connection) =>
        connection is { IsTranslated: true, PeerId: { } peer } ? $"  {c.Words.ThroughNat(peer.Remote.ToString())}" : "";

    private static void Handshake(StoryContext c, Conversation connection)
    {
        List<SegmentRow> rows = [];
        foreach (SegmentRow row in connection.Segments)
        {
            bool synchronizes = row.Has(TcpFlags.Syn);
            // The third segment, or the RST that comes instead.
            bool completes = rows.Exists(r => r.Has(TcpFlags.Syn)) && !synchronizes && (row.Has(TcpFlags.Rst) || (row.FromClient && row.Has(TcpFlags.Ack)));
            if (synchronizes || completes)
                rows.Add(row);
            if (completes)
                break;
        }

        if (rows.Count == 0)
            return;
        Lanes.Head(c, connection);
        foreach (SegmentRow row in rows)
            Lanes.Write(c, connection, row, Numbers(c, row));
        string initial = c.Words.Initial(Isn(rows, fromClient: true), Isn(rows, fromClient: false));
        string options = connection.Options is { } agreed ? Options(agreed) : "";
        if (options.Length > 0)
            c.Page.More([new(options, Dim)]);
        if (c.Options.RelativeNumbers && connection.EstablishedAt is not null)
            c.Page.More([new(initial, Dim)]);
    }

    private static string Isn(List<SegmentRow> rows, bool fromClient) =>
        rows.Find(r => r.FromClient == fromClient && r.Has(TcpFlags.Syn)) is { } syn ? Figures.Number(syn.Facts.Sequence.Value) : "?";

    private static string Options(OptionsNegotiated o) =>
        $"mss {(o.SendMss == o.ReceiveMss ? $"{o.SendMss}" : $"{o.SendMss}/{o.ReceiveMss}")}{(o.WindowScaling ? $" · wscale {(o.SendShift == o.ReceiveShift ? $"{o.SendShift}" : $"{o.SendShift}/{o.ReceiveShift}")}" : "")}"
        + $"{(o.Sack ? " · sack" : "")}{(o.Timestamps ? " · timestamps" : "")}";

    /// <summary>seq=j, ack=k+1: counted from the two initial sequence numbers, which are named below. The client's is j.</summary>
    private static string Numbers(StoryContext c, SegmentRow row)
    {
        string flags = Columns.PadRight(Words.Flags(row.Facts.Flags), 7);
        if (!c.Options.RelativeNumbers)
            return AbsoluteNumbers(row, flags);
        if (row.Has(TcpFlags.Rst))
            return flags.TrimEnd();
        (char mine, char other) = row.FromClient ? ('j', 'k') : ('k', 'j');
        string ack = row.Has(TcpFlags.Ack) ? $" ack={Symbol(other, row.Facts.RelativeAcknowledgment)}" : "";
        return $"{flags} seq={Symbol(mine, row.Facts.RelativeSequence)}{ack}";
    }

    private static string Symbol(char isn, uint relative) => relative == 0 ? $"{isn}" : $"{isn}+{relative}";

    private static string AbsoluteNumbers(SegmentRow row, string flags) =>
        $"{flags} seq={row.Facts.Sequence}{(row.Has(TcpFlags.Ack) ? $" ack={row.Facts.Acknowledgment}" : "")}";

    private static void EverySegment(StoryContext c, Hop hop, Conversation connection)
    {
        // A kept-alive connection shows here only what this hop added to it.
        Instant from = hop.Reused && hop.Http is { } http ? http.SentAt : connection.OpenedAt;
        foreach (SegmentRow row in connection.Segments)
        {
            if (row.At < from)
                continue;
            SegmentFacts f = row.Facts;
            string numbers = c.Options.RelativeNumbers
                ? $"seq={f.RelativeSequence}{(row.Has(TcpFlags.Ack) ? $" ack={f.RelativeAcknowledgment}" : "")}"
                : $"seq={f.Sequence}{(row.Has(TcpFlags.Ack) ? $" ack={f.Acknowledgment}" : "")}";
            string payload = f.Length > 0 ? $" len={f.Length}" : "";
            string cwnd = row.Cwnd is { } window && f.Length > 0 ? $" cwnd={window}" : "";
            string states = string.Join(" ", new[] {
                row.ClientState is { } cs ? $"{connection.ClientNode}:{Words.State(cs)}" : "", row.PeerState is { } ps ? $"{connection.PeerNode}:{Words.State(ps)}" : "",
            }.Where(s => s.Length > 0));
            var spans = new List<StyledSpan>
            {
                new($"{Columns.PadLeft(c.Moment(row.At), 8)} ", Time),
                new($"{(row.FromClient ? "→" : "←")} {Words.Flags(f.Flags)} {numbers}{payload} win={f.Window}{cwnd}", row.FromClient ? Sent : Received),
            };
            if (row.Why is { } why and not (SendCause.Data or SendCause.Ack or SendCause.Open or SendCause.SynAnswer))
                spans.Add(new StyledSpan($"  {(why == SendCause.Retransmission ? "↻ " : "")}{c.Words.Send(why)}", why == SendCause.Retransmission ? Bad : Dim));
            if (row.Loss is { } loss)
                spans.Add(new StyledSpan($"  ✕ {Lanes.Lost(c, loss)}", Bad));
            if (states.Length > 0)
                spans.Add(new StyledSpan($"  {states}", State));
            spans.Add(new StyledSpan($"  {(row.Sent.IsNone ? row.Received : row.Sent)}", Dim));
            c.Page.More([.. spans], indent: 11);
        }
    }
}
