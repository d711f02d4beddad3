using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain;

/// <summary>Pins a failed navigation to the event at which it failed.</summary>
internal static class FailureReader
{
    public static Failure? Read(Navigation navigation, IReadOnlyList<Event> events)
    {
        if (!navigation.IsFinished || navigation.ExitCode == 0 || navigation.IsInterrupted)
            return null;
        EventId end = navigation.Finished;
        if (navigation.Rejected is { } rejected)
            return new Failure(FailureClass.UrlInvalid, rejected.Typed, "", 1, TimeSpan.Zero, rejected.Message, 0, IdOf(events, navigation, rejected) ?? end);
        Hop? hop = navigation.Hops.Count > 0 ? navigation.Hops[^1] : null;
        if (hop is null)
            return new Failure(FailureClass.Unknown, navigation.Typed, "", 1, navigation.Elapsed, navigation.Summary, 0, end);
        // A failed look-up counts only when nothing came after it: with two types asked for, one may fail.
        if (hop.Connection is null && hop.FailedConnects.Count == 0 && hop.Lookups.LastOrDefault(l => l.Result is { Failure: not NameFailure.None }) is { } lookup)
            return OfName(navigation, lookup);
        return OfRoute(navigation, hop) ?? OfConnect(navigation, hop, events) ?? OfTls(hop) ?? OfConnection(navigation, hop, events) ?? OfHttp(navigation, hop, events)
            ?? OfLimit(navigation, hop)
            ?? new Failure(FailureClass.Unknown, navigation.Typed, "", 1, navigation.Elapsed, navigation.Summary, 0, end);
    }

    /// <summary>Nothing went wrong before the person's own limit was reached: TCP's exit code, without anything of TCP.</summary>
    private static Failure? OfLimit(Navigation navigation, Hop hop) => navigation.ExitCode == Navigation.TcpExitCode
        ? new Failure(FailureClass.TimeLimit, hop.Url?.Href ?? navigation.Typed, hop.Connection?.Id.Remote.ToString() ?? "", 1, navigation.Elapsed, "", 0, navigation.Finished)
        : null;

    private static Failure OfName(Navigation navigation, NameLookup lookup)
    {
        LookupFinished result = lookup.Result!;
        // Waiting for the gateway's MAC address looks like a silent name server, but it is not its fault.
        if (result.Failure is NameFailure.TimedOut or NameFailure.NoServer && navigation.Neighbors.FirstOrDefault(n => n.Failed) is { } neighbor)
            return OfNeighbor(neighbor);
        FailureClass failed = result.Failure switch
        {
            NameFailure.NoSuchName => FailureClass.NameNotFound,
            NameFailure.NoSuchType => FailureClass.NameWithoutType,
            NameFailure.TimedOut => FailureClass.NameSilent,
            NameFailure.Lame => FailureClass.NameLame,
            NameFailure.Loop => FailureClass.NameLoop,
            NameFailure.ServerFailure => FailureClass.NameServerFailure,
            NameFailure.BadName => FailureClass.NameInvalid,
            NameFailure.NoServer => FailureClass.NameNoServer,
            NameFailure.Budget => FailureClass.NameBudget,
            NameFailure.Bogus => FailureClass.NameBogus,
            _ => FailureClass.Unknown,
        };
        // The deepest exchange that went wrong tells most: it names the server at fault.
        DnsExchange? exchange = failed is FailureClass.NameSilent
            ? lookup.Exchanges.LastOrDefault(e => e.TimedOut)
            : lookup.Exchanges.LastOrDefault(e => e.Response is { Kind: ResponseKind.NoSuchName or ResponseKind.NoSuchType or ResponseKind.Lame or ResponseKind.Failure })
                ?? lookup.Exchanges.LastOrDefault(e => e.Response is not null);
        int attempts = failed is FailureClass.NameSilent ? lookup.Exchanges.Count(e => e.TimedOut) : lookup.Exchanges.Count;
        return new Failure(failed, lookup.Name.ToStringWithoutFinalDot(), exchange is null ? "" : ServerText(exchange), attempts, lookup.Elapsed, result.Explanation, 0,
            exchange?.Evidence ?? lookup.Started);
    }

    private static string ServerText(DnsExchange exchange) =>
        exchange.Query.ServerName.IsRoot ? exchange.Query.Server.Address.ToString() : $"{exchange.Query.ServerName.ToStringWithoutFinalDot()} ({exchange.Query.Server.Address})";

    private static Failure OfNeighbor(NeighborResolution neighbor) =>
        new(FailureClass.NeighborSilent, neighbor.Address.ToString(), neighbor.Interface, neighbor.Attempts, neighbor.Elapsed, "", 0, neighbor.Evidence);

    private static Failure? OfRoute(Navigation navigation, Hop hop)
    {
        if (hop.Route is { Missing: true } route)
            return new Failure(FailureClass.NoRoute, route.Destination.ToString(), "", 1, TimeSpan.Zero, "", 0, route.Evidence);
        if (hop.Connection?.EstablishedAt is null && navigation.Neighbors.FirstOrDefault(n => n.Failed) is { } neighbor)
            return OfNeighbor(neighbor);
        return null;
    }

    private static Failure? OfConnect(Navigation navigation, Hop hop, IReadOnlyList<Event> events)
    {
        if (hop.FailedConnects.Count == 0 || hop.Connection?.EstablishedAt is not null)
            return null;
        ConnectFailed failed = hop.FailedConnects[^1];
        EventId evidence = IdOf(events, navigation, failed) ?? navigation.Finished;
        List<SegmentRow> syns = [.. (hop.Connection?.Segments ?? []).Where(s => s.FromClient && s.Has(TcpFlags.Syn))];
        TimeSpan waited = hop.Connection is null || syns.Count == 0 ? TimeSpan.Zero : navigation.EndedAt - syns[0].At;
        SegmentRow? reset = hop.Connection?.Segments.FirstOrDefault(s => !s.FromClient && s.Has(TcpFlags.Rst));
        return failed.How switch
        {
            ConnectionEnd.Refused => new Failure(FailureClass.ConnectRefused, failed.Host, failed.Remote.ToString(), Math.Max(1, syns.Count),
                reset?.At - syns.FirstOrDefault()?.At ?? waited, failed.Detail, 0, reset is null ? evidence : reset.Received.IsNone ? reset.Sent : reset.Received),
            ConnectionEnd.TimedOut => new Failure(FailureClass.ConnectSilent, failed.Host, failed.Remote.ToString(), Math.Max(1, syns.Count), waited, failed.Detail, 0,
                syns.Count > 0 ? syns[^1].Sent : evidence),
            ConnectionEnd.Unreachable => new Failure(FailureClass.ConnectUnreachable, failed.Host, failed.Remote.ToString(), Math.Max(1, syns.Count), waited, failed.Detail, 0, evidence),
            ConnectionEnd.NotSent => new Failure(FailureClass.ConnectNotSent, failed.Host, failed.Remote.ToString(), 1, TimeSpan.Zero, failed.Detail, 0, evidence),
            ConnectionEnd.ResetByPeer => new Failure(FailureClass.ConnectionReset, failed.Host, failed.Remote.ToString(), Math.Max(1, syns.Count), waited, failed.Detail, 0, evidence),
            ConnectionEnd.Closed or ConnectionEnd.Aborted => new Failure(FailureClass.ConnectionAborted, failed.Host, failed.Remote.ToString(), 1, waited, failed.Detail, 0, evidence),
            ConnectionEnd.KeepAliveFailed => new Failure(FailureClass.ConnectionTimedOut, failed.Host, failed.Remote.ToString(), 1, waited, failed.Detail, 0, evidence),
            _ => null,
        };
    }

    private static Failure? OfTls(Hop hop) => hop.Tls is { Failed: { } failed } tls
        ? new Failure(FailureClass.Tls, failed.ServerName, failed.Connection.Remote.ToString(), 1, tls.Elapsed, failed.Detail, 0, tls.Evidence)
        : null;

    private static Failure? OfConnection(Navigation navigation, Hop hop, IReadOnlyList<Event> events)
    {
        if (hop.Connection is not { EstablishedAt: { } established, End: { } end } connection || hop.Http?.Completed is not null)
            return null;
        FailureClass failed = end.How switch
        {
            ConnectionEnd.ResetByPeer or ConnectionEnd.Refused => FailureClass.ConnectionReset,
            ConnectionEnd.TimedOut or ConnectionEnd.KeepAliveFailed => FailureClass.ConnectionTimedOut,
            ConnectionEnd.Unreachable => FailureClass.ConnectUnreachable,
            ConnectionEnd.Aborted when hop.HttpFailure is null => FailureClass.ConnectionAborted,
            _ => FailureClass.None,
        };
        // What came after the end of the navigation cannot have caused it.
        if (failed == FailureClass.None || IdOf(events, navigation, end) is not { } ended || ended.Value > navigation.Finished.Value)
            return null;
        SegmentRow? reset = connection.Segments.FirstOrDefault(s => !s.FromClient && s.Has(TcpFlags.Rst));
        EventId evidence = failed == FailureClass.ConnectionReset && reset is not null ? (reset.Received.IsNone ? reset.Sent : reset.Received) : ended;
        int repeated = connection.Repetitions.Count(r => r.FromClient);
        return new Failure(failed, hop.Url?.Host ?? "", connection.Id.Remote.ToString(), Math.Max(1, repeated), navigation.EndedAt - established, end.Detail, 0, evidence);
    }

    private static Failure? OfHttp(Navigation navigation, Hop hop, IReadOnlyList<Event> events)
    {
        string with = hop.Connection?.Id.Remote.ToString() ?? "";
        if (hop.HttpFailure is { } failure)
            return new Failure(FailureClass.Http, failure.Host, with, navigation.Hops.Count, navigation.Elapsed, failure.Detail, hop.Http?.Head?.Status ?? 0, IdOf(events, navigation, failure) ?? navigation.Finished);
        if (hop.Http is { Head.Status: >= 400 } http)
            return new Failure(FailureClass.HttpStatus, hop.Url?.Href ?? navigation.Typed, with, 1, http.Wait ?? TimeSpan.Zero, http.Head!.Reason, http.Head.Status, http.Evidence);
        return null;
    }

    private static EventId? IdOf(IReadOnlyList<Event> events, Navigation navigation, Happening what)
    {
        foreach (Event e in events)
        {
            if (e.Id.Value >= navigation.Started.Value && ReferenceEquals(e.What, what))
                return e.Id;
        }

        return null;
    }
}
