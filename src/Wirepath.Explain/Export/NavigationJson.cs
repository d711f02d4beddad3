using System.Text.Json;
using Wirepath.Wire;

namespace Wirepath.Explain;

/// <summary>The summary line of one navigation.</summary>
internal static class NavigationJson
{
    public static void Write(Utf8JsonWriter json, Navigation n, Instant begins)
    {
        var f = new JsonFields(json);
        f.Text("type", "navigation").Number("number", n.Number).Text("typed", n.Typed).Number("started", n.Started.Value).Flag("isFinished", n.IsFinished);
        if (n.IsFinished)
            f.Number("finished", n.Finished.Value).Number("exitCode", n.ExitCode).Text("summary", n.Summary);
        f.Number("at", (n.StartedAt - begins).Ticks).Ticks("elapsed", n.Elapsed);
        json.WriteStartArray("phases");
        foreach (Phase phase in n.Phases)
        {
            json.WriteStartObject();
            f.Name("kind", phase.Kind).Number("hop", phase.Hop).Number("at", (phase.Start - n.StartedAt).Ticks).Ticks("duration", phase.Duration);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("neighbors");
        foreach (NeighborResolution neighbor in n.Neighbors)
        {
            json.WriteStartObject();
            f.Address("address", neighbor.Address).Text("mac", neighbor.Mac.ToString()).Flag("hit", neighbor.Hit).Number("attempts", neighbor.Attempts).Flag("failed", neighbor.Failed)
                .Ticks("elapsed", neighbor.Elapsed).Number("evidence", neighbor.Evidence.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("hops");
        foreach (Hop hop in n.Hops)
            WriteHop(json, f, hop, n.StartedAt);
        json.WriteEndArray();
        WritePath(json, f, n.CriticalPath);
        WriteFinding(json, f, "verdict", n.Diagnosis.Verdict);
        if (n.Diagnosis.Failure is { } failure)
            WriteFailure(json, f, failure);
        json.WriteStartArray("findings");
        foreach (Finding finding in n.Diagnosis.Findings)
            WriteFinding(json, f, null, finding);
        json.WriteEndArray();
    }

    private static void WriteHop(Utf8JsonWriter json, JsonFields f, Hop hop, Instant start)
    {
        json.WriteStartObject();
        if (hop.Url is { } url)
            f.Text("url", url.Href);
        json.WriteStartArray("lookups");
        foreach (NameLookup lookup in hop.Lookups)
            WriteLookup(json, f, lookup, start);
        json.WriteEndArray();
        if (hop.Route is { } route)
        {
            json.WriteStartObject("route");
            f.Address("destination", route.Destination).Flag("missing", route.Missing);
            if (!route.Missing)
                f.Text("prefix", route.Prefix.ToString()).Address("nextHop", route.NextHop).Text("interface", route.Interface).Flag("onLink", route.OnLink).Texts("routers", route.Routers);
            json.WriteEndObject();
        }

        if (hop.Connection is { } connection)
            WriteConnection(json, f, connection, hop.Reused, start);
        if (hop.Tls is { } tls)
        {
            json.WriteStartObject("tls");
            f.Text("serverName", tls.Started.ServerName).Ticks("elapsed", tls.Elapsed);
            if (tls.Finished is { } done)
                f.Text("version", done.Version).Text("cipherSuite", done.CipherSuite).Text("applicationProtocol", done.ApplicationProtocol).Texts("chain", done.Chain);
            else
                f.Text("failure", tls.Failed?.Detail ?? "");
            json.WriteEndObject();
        }

        if (hop.Http is { } http)
        {
            json.WriteStartObject("http");
            f.Text("method", http.Request.Method).Text("target", http.Request.Target).Number("bytes", http.BytesReceived);
            if (http.Head is { } head)
                f.Number("status", head.Status).Text("framing", head.Framing).Ticks("wait", http.Wait ?? TimeSpan.Zero);
            if (http.Served is { } served)
                f.Ticks("serverThought", served.Thought);
            json.WriteEndObject();
        }

        if (hop.Redirect is { } redirect)
            f.Text("redirectedTo", redirect.To);
        json.WriteEndObject();
    }

    private static void WriteLookup(Utf8JsonWriter json, JsonFields f, NameLookup lookup, Instant start)
    {
        json.WriteStartObject();
        f.Question(lookup.Name, lookup.Type).Ticks("elapsed", lookup.Elapsed);
        if (lookup.Result is { } result)
            f.Name("failure", result.Failure).Texts("addresses", result.Addresses.Select(a => a.ToString())).Number("ttl", result.Ttl);
        json.WriteStartArray("ladder");
        foreach (LadderRung rung in lookup.Ladder)
        {
            json.WriteStartObject();
            f.Name("level", rung.Level).Name("result", rung.Result).Text("node", rung.Node).Endpoint("server", rung.Server).Number("ttlLeft", rung.TtlLeft).Ticks("own", rung.Own)
                .Number("evidence", rung.Evidence.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("exchanges");
        foreach (DnsExchange exchange in lookup.Exchanges)
        {
            json.WriteStartObject();
            f.Text("node", exchange.Node).Endpoint("server", exchange.Query.Server).Text("serverName", exchange.Query.ServerName.ToString()).Text("zone", exchange.Query.Zone.ToString())
                .Question(exchange.Query.Name, exchange.Query.Type).Flag("recursionDesired", exchange.Query.RecursionDesired).Flag("overTcp", exchange.Query.OverTcp)
                .Number("attempt", exchange.Query.Attempt).Number("parent", exchange.Parent).Number("at", (exchange.SentAt - start).Ticks).Ticks("elapsed", exchange.Elapsed)
                .Ticks("own", exchange.Own).Flag("timedOut", exchange.TimedOut).Number("evidence", exchange.Evidence.Value);
            if (exchange.Response is { } response)
                f.Name("response", response.Kind).Name("rcode", response.Rcode).Flag("authoritative", response.Authoritative).Flag("recursionAvailable", response.RecursionAvailable);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteConnection(Utf8JsonWriter json, JsonFields f, Conversation c, bool reused, Instant start)
    {
        json.WriteStartObject("tcp");
        f.Connection(c.Id).Flag("reused", reused).Number("syns", c.Syns);
        if (c.PeerNode is { } peer)
            f.Text("peer", peer).Connection(c.PeerId ?? c.Id, "peerConnection");
        if (c.EstablishedAt is { } established)
            f.Number("establishedAt", (established - start).Ticks);
        if (c.HandshakeRtt is { } roundTrip)
            f.Ticks("handshakeRoundTrip", roundTrip);
        if (c.Options is { } options)
        {
            json.WriteStartObject("options");
            f.Number("sendMss", options.SendMss).Number("receiveMss", options.ReceiveMss).Flag("windowScaling", options.WindowScaling).Flag("timestamps", options.Timestamps).Flag("sack", options.Sack);
            json.WriteEndObject();
        }

        json.WriteStartArray("transfers");
        foreach (Transfer transfer in c.Transfers)
        {
            json.WriteStartObject();
            f.Flag("fromClient", transfer.FromClient).Number("segments", transfer.Segments).Number("bytes", transfer.Bytes).Number("largestWindow", transfer.LargestWindow);
            json.WriteStartArray("congestion");
            foreach (CongestionPoint point in transfer.Congestion)
            {
                json.WriteStartObject();
                f.Number("at", (point.At - start).Ticks).Name("phase", point.Phase).Number("cwnd", point.Cwnd).Threshold("ssthresh", point.Ssthresh).Number("evidence", point.Evidence.Value);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("losses");
        foreach (PacketLoss loss in c.Losses)
        {
            json.WriteStartObject();
            f.Number("at", (loss.At - start).Ticks).Text("where", loss.Where).Name("reason", loss.Reason).Flag("corrupted", loss.Corrupted).Flag("fromClient", loss.FromClient)
                .Number("relativeSequence", loss.RelativeSequence).Number("length", loss.Length).Number("evidence", loss.Evidence.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("retransmissions");
        foreach (Repetition again in c.Repetitions)
        {
            json.WriteStartObject();
            f.Number("at", (again.At - start).Ticks).Flag("fromClient", again.FromClient).Number("relativeSequence", again.RelativeSequence).Number("length", again.Length).Name("why", again.Why)
                .Number("attempt", again.Attempt).Ticks("cost", again.Cost).Number("evidence", again.Evidence.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (c.Close is { } close)
        {
            json.WriteStartObject("close");
            f.Flag("clientClosedFirst", close.ClosedFirst).Flag("merged", close.Merged).Flag("simultaneous", close.Simultaneous).Flag("byReset", close.ByReset).Number("at", (close.At - start).Ticks);
            if (close is { TimeWait: { } wait, TimeWaitIsClient: { } isClient })
                f.Ticks("timeWait", wait).Text("timeWaitAt", isClient ? c.ClientNode : c.PeerNode ?? "");
            json.WriteEndObject();
        }

        f.Text("clientState", Words.State(c.ClientState));
        if (c.PeerNode is not null)
            f.Text("peerState", Words.State(c.PeerState));
        if (c.End is { } end)
            f.Name("ended", end.How).Text("endDetail", end.Detail);
        json.WriteEndObject();
    }

    private static void WritePath(Utf8JsonWriter json, JsonFields f, CriticalPath path)
    {
        json.WriteStartObject("criticalPath");
        f.Flag("isWhole", path.IsWhole).Number("linkCrossings", path.LinkCrossings);
        json.WriteStartArray("legs");
        foreach (PathLeg leg in path.Legs)
        {
            json.WriteStartObject();
            f.Name("kind", leg.Kind).Text("place", leg.Place).Ticks("duration", leg.Duration).Number("last", leg.Last.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFinding(Utf8JsonWriter json, JsonFields f, string? name, Finding finding)
    {
        if (name is null)
            json.WriteStartObject();
        else
            json.WriteStartObject(name);
        f.Name("kind", finding.Kind).Ticks("cost", finding.Cost);
        json.WriteStartArray("evidence");
        foreach (EventId id in finding.Evidence)
            json.WriteNumberValue(id.Value);
        json.WriteEndArray();
        Both(json, "text", finding.In(Language.English), finding.In(Language.Chinese));
        json.WriteEndObject();
    }

    private static void WriteFailure(Utf8JsonWriter json, JsonFields f, Failure failure)
    {
        (FailureText en, FailureText zh) = (failure.In(Language.English), failure.In(Language.Chinese));
        json.WriteStartObject("failure");
        f.Name("class", failure.Class).Text("subject", failure.Subject).Text("with", failure.With).Number("attempts", failure.Attempts).Ticks("waited", failure.Waited)
            .Text("detail", failure.Detail).Number("evidence", failure.Evidence.Value);
        Both(json, "tried", en.Tried, zh.Tried);
        Both(json, "cameBack", en.CameBack, zh.CameBack);
        Both(json, "next", en.Next, zh.Next);
        json.WriteEndObject();
    }

    private static void Both(Utf8JsonWriter json, string name, string english, string chinese)
    {
        json.WriteStartObject(name);
        json.WriteString("en", english);
        json.WriteString("zh", chinese);
        json.WriteEndObject();
    }
}
