using Wirepath.Events;
using Wirepath.Wire;
using static Wirepath.Explain.TextRole;

namespace Wirepath.Explain;

/// <summary>Both ends side by side: each segment with what it did to the state at either end, and when.</summary>
internal static class Lanes
{
    private const int StateColumns = 12; // SYN-RECEIVED

    public static void Head(StoryContext c, Conversation connection)
    {
        if (c.Page.IsNarrow)
            return;
        int time = TimeColumns(c, connection);
        int middle = Middle(c, time);
        string left = Columns.PadRight($"{new string(' ', time + 1)}{Columns.Fit(connection.ClientNode, StateColumns)}", time + 1 + StateColumns + 1 + middle + 1);
        string right = Columns.Fit(connection.PeerNode ?? c.Words.PeerUnknown, StateColumns);
        c.Page.Exact(new StyledSpan(new string(' ', Page.LabelColumns), Plain), new StyledSpan(left + right, Dim));
    }

    public static void Write(StoryContext c, Conversation connection, SegmentRow row, string text)
    {
        Instant? left = row.FromClient ? row.SentAt : row.ReceivedAt;
        Instant? right = row.FromClient ? row.ReceivedAt : row.SentAt;
        string clientState = row.ClientState is { } cs ? Words.State(cs) : "";
        string peerState = row.PeerState is { } ps ? Words.State(ps) : "";
        TextRole role = row.Loss is not null ? Bad : row.FromClient ? Sent : Received;
        if (c.Page.IsNarrow)
        {
            c.Page.More([new($"{(row.FromClient ? "→" : "←")} {text}", role)], new StyledSpan(c.Moment(row.At), Time), indent: 4);
            if (row.Loss is { } lost)
                c.Page.More([new($"  ✕ {Lost(c, lost)}", Bad)], indent: 4);
            string states = string.Join(" · ", new[] {
                clientState.Length > 0 ? $"{connection.ClientNode} {clientState}" : "", peerState.Length > 0 ? $"{connection.PeerNode} {peerState}{(right is { } r ? $" {c.Moment(r)}" : "")}" : "",
            }.Where(s => s.Length > 0));
            if (states.Length > 0)
                c.Page.More([new($"  {states}", State)], indent: 4);
            return;
        }

        int time = TimeColumns(c, connection);
        int middle = Middle(c, time);
        c.Page.Exact(
            new StyledSpan(new string(' ', Page.LabelColumns), Plain),
            new StyledSpan(Columns.PadLeft(left is { } l ? c.Moment(l) : "", time), Time), new StyledSpan(" ", Plain),
            new StyledSpan(Columns.PadRight(clientState, StateColumns + 1), State),
            new StyledSpan(Arrow(c, row, text, middle), role), new StyledSpan(" ", Plain),
            new StyledSpan(Columns.PadRight(peerState, StateColumns + 1), State),
            new StyledSpan(Columns.PadLeft(right is { } at ? c.Moment(at) : "", time), Time));
        if (row.Loss is { } loss)
            c.Page.More([new(new string(' ', time + 1 + StateColumns + 1), Plain), new($"✕ {Lost(c, loss)}", Bad)], indent: time + StateColumns + 4);
    }

    public static string Lost(StoryContext c, PacketLoss loss) => loss.Corrupted ? c.Words.Damaged(loss.Where) : c.Words.LostAt(loss.Where, c.Words.Drop(loss.Reason));

    /// <summary>A retransmission is dashed, a loss ends in a cross: readable without colour.</summary>
    private static string Arrow(StoryContext c, SegmentRow row, string text, int columns)
    {
        char dash = row.Why == SendCause.Retransmission ? '╌' : '─';
        text = Columns.Fit(text, columns - 4);
        int room = columns - Columns.Of(text) - 1;
        if (c.Page.Ascii)
            room--; // the arrow's head is two characters
        string shaft = new(dash, Math.Max(room - 1, 1));
        string head = row.Loss is not null ? "✕" : row.FromClient ? "▶" : "◀";
        if (c.Page.Ascii && row.Loss is not null)
            shaft += dash;
        return row.FromClient ? $"{text} {shaft}{head}" : row.Loss is null ? $"{head}{shaft} {text}" : $"✕{shaft} {text}";
    }

    private static int TimeColumns(StoryContext c, Conversation connection)
    {
        Instant last = connection.Segments.Count > 0 ? Instant.Max(connection.Segments[^1].At, connection.Segments[^1].ReceivedAt ?? Instant.Epoch) : c.Navigation.EndedAt;
        return Math.Max(5, c.Moment(last).Length);
    }

    private static int Middle(StoryContext c, int time) => c.Page.Room - 2 * (time + StateColumns + 2);
}
