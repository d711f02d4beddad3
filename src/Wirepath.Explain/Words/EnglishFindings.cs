using Wirepath.Events;
using static Wirepath.Explain.Figures;

namespace Wirepath.Explain;

internal sealed partial class EnglishWords
{
    public override string Dominant(DominantFacts f)
    {
        string share = f.Share switch
        {
            >= 0.95 => $"nearly all of the {Duration(f.Total)}",
            >= 0.6 => $"most of the {Duration(f.Total)}",
            >= 0.45 => $"about half of the {Duration(f.Total)}",
            >= 0.29 => $"about a third of the {Duration(f.Total)}",
            _ => $"the largest part of the {Duration(f.Total)}",
        };
        string why = f.Reason switch
        {
            Reason.Plain => "",
            Reason.ColdNames => ": no cache knew the name, so the resolver walked down from the root",
            Reason.NameTimeouts => $": {Count(f.Count, "query")} went unanswered and cost {Duration(f.Cost)}".Replace("querys", "queries", StringComparison.Ordinal),
            Reason.NeighborRetried => $": the neighbour answered only on request {f.Count}",
            Reason.RoundTrip => f.RoundTrip > TimeSpan.Zero ? $": that is the distance, {Duration(f.RoundTrip)} for a round trip" : ": that is the distance",
            Reason.OtherAddressFailed => $": {(f.Count == 1 ? "an address" : $"{f.Count} addresses")} tried before gave no connection, which cost {Duration(f.Cost)}",
            Reason.SynRepeated => $": it took {Count(f.Count, "SYN")} until one was answered",
            Reason.ServerThought => $": the server itself took {Duration(f.Cost)} to answer",
            Reason.Losses => f.Count == 1 ? $": one lost segment cost {Duration(f.Cost)}" : $": {f.Count} lost segments cost {Duration(f.Cost)}",
            Reason.SlowStart => $": slow start needs a round trip of {Duration(f.RoundTrip)} for each doubling",
            Reason.SmallWindow => ": the receiver's window was smaller than the path could carry",
            Reason.Rounds => $": the congestion window let out one burst in each round trip of {Duration(f.RoundTrip)}{(f.Cost > TimeSpan.Zero ? $", and losses cost {Duration(f.Cost)} of it" : "")}",
            Reason.Bulk => f.Cost > TimeSpan.Zero ? $", at {Bytes((long)(f.Count / f.Cost.TotalSeconds))}/s with segments back to back: the path carried no more" : "",
            Reason.ServerPaced => ": the window was open, but the server had nothing to send",
            _ => throw new ArgumentOutOfRangeException(nameof(f)),
        };
        string who = f.Phase switch
        {
            PhaseKind.Dns => "DNS took",
            PhaseKind.Arp => "Finding a neighbour's MAC address took",
            PhaseKind.Connect => "Opening the TCP connection took",
            PhaseKind.Tls => "The TLS handshake took",
            PhaseKind.Wait => "Waiting for the first byte took",
            PhaseKind.Transfer => "Transferring the body took",
            PhaseKind.Redirect => "Being sent on by redirects took",
            PhaseKind.Other => "The programs themselves took",
            _ => throw new ArgumentOutOfRangeException(nameof(f)),
        };
        return $"{who} {share}{why}.";
    }

    public override string Warm(TimeSpan total, bool reused, TimeSpan roundTrip) =>
        $"{Duration(total)}: the name was cached{(reused ? " and the connection was still open" : "")}{(roundTrip > TimeSpan.Zero ? $"; what is left is distance, {Duration(roundTrip)} for a round trip" : "")}.";

    public override string AnsweredLocally(NameLevel level) => $"The {Level(level)} answered: nothing had to be asked on the network.";

    public override string AnsweredWithError(int status, string reason, string verdict) => $"The server answered {status}{(reason.Length > 0 ? $" {reason}" : "")}. {verdict}";

    public override string Interrupted(TimeSpan after, PhaseKind during) => $"Stopped after {Duration(after)}, in the middle of {During(during)}.";

    private string During(PhaseKind phase) => phase switch
    {
        PhaseKind.Other => "its own work",
        PhaseKind.Wait => "the wait for the answer",
        PhaseKind.Transfer => "the transfer",
        _ => Phase(phase),
    };

    public override string ColdNames(int zones, TimeSpan cost) => $"Asking {(zones == 1 ? "one zone" : $"{zones} zones in turn")} cost {Duration(cost)}; until the TTL ends the next look-up is free.";

    public override string NameTimeouts(int count, string server, TimeSpan cost) =>
        count == 1 ? $"One query to {server} went unanswered and cost {Duration(cost)}." : $"{count} queries went unanswered, the last to {server}; together they cost {Duration(cost)}.";

    public override string NameOverTcp(string server) => $"The answer of {server} did not fit into UDP: it was asked for again over TCP.";

    public override string NameDisbelieved(int count, string first, string reason) => $"{(count == 1 ? "One record was" : $"{count} records were")} not believed, such as {first}: {reason}.";

    public override string NeighborRetried(string address, int attempts, TimeSpan cost) => $"{address} answered only who-has number {attempts}, after {Duration(cost)}.";

    public override string SynRepeated(int syns, TimeSpan cost) => $"It took {syns} SYNs until one was answered, which cost {Duration(cost)}.";

    public override string LossRepairedFast(int count, string where, TimeSpan cost, TimeSpan roundTrip) =>
        $"{Lost(count, where)}; fast retransmit repaired {(count == 1 ? "it" : "them")} {(cost > TimeSpan.Zero ? $"for {Duration(cost)}" : "at no further cost")}{(roundTrip > TimeSpan.Zero ? $" (a round trip is {Duration(roundTrip)})" : "")}.";

    public override string LossRepairedByTimeout(int count, string where, TimeSpan cost, TimeSpan roundTrip) =>
        $"{Lost(count, where)}, and only the retransmission timer noticed: {Duration(cost)}{(roundTrip > TimeSpan.Zero ? $", {Times(cost, roundTrip)} a round trip" : "")}.";

    public override string NeedlessRepetition(int count) => $"{(count == 1 ? "One retransmission was" : $"{count} retransmissions were")} not needed: the bytes had arrived.";

    public override string LossUnrepaired(int count, string where) => $"{Lost(count, where)}; nothing had to be sent again for {(count == 1 ? "it" : "them")}.";

    public override string Corruption(int count, string where) => $"{Count(count, "segment")} {(count == 1 ? "was" : "were")} damaged on {where}; the checksum caught {(count == 1 ? "it" : "them")}.";

    public override string Bufferbloat(TimeSpan least, TimeSpan most, bool queueFull) =>
        $"The round trip grew from {Duration(least)} to {Duration(most)} under load: a queue on the way is too long{(queueFull ? ", and it overflowed" : "")}.";

    public override string SlowServer(TimeSpan thought, TimeSpan roundTrip, bool measuredAtServer) => measuredAtServer
        ? $"The server thought for {Duration(thought)}; the network needed {Duration(roundTrip)} of the wait."
        : $"The first byte came {Duration(thought)} later than a round trip ({Duration(roundTrip)}) explains: the server was thinking.";

    public override string Redirects(int count, TimeSpan cost) => $"{Count(count, "redirect")} came before the page and cost {Duration(cost)}.";

    public override string ZeroWindow(bool byClient, int count, TimeSpan cost) =>
        $"The {(byClient ? "client" : "server")} closed its window {(count == 1 ? "once" : $"{count} times")} for {Duration(cost)}: its application did not read.";

    public override string SmallWindow(long window, TimeSpan roundTrip) =>
        $"The window of {Bytes(window)} allows {Bytes((long)(window / Math.Max(roundTrip.TotalSeconds, 1e-6)))}/s at this distance, whatever the line can do.";

    public override string PathMtu(int mtu, int segments, TimeSpan cost) => segments > 0
        ? $"The path carries only packets of {mtu} B: {(segments == 1 ? "one segment was" : $"{segments} segments were")} too big and went again in smaller ones{(cost > TimeSpan.Zero ? $", which cost {Duration(cost)}" : "")}."
        : $"The path carries only packets of {mtu} B: the segments were made smaller.";

    public override string QueueOverflow(string listener, int count) => $"The queue of {listener} was full and dropped {Count(count, "attempt")}.";

    public override string NeverClosed(string node, string connection, TimeSpan age, string owner) =>
        $"{node} has left {connection} in CLOSE-WAIT for {Duration(age)}: the peer closed, and {owner} never called close.";

    private static string Lost(int count, string where) => $"{(count == 1 ? "One segment was" : $"{count} segments were")} lost{(where.Length > 0 ? $" at {where}" : "")}";

    private static string Times(TimeSpan cost, TimeSpan roundTrip) =>
        (cost / roundTrip) is >= 2 and var times ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{times:0.#} times") : "as long as";
}
