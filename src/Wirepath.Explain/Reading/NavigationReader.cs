using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain;

internal static class NavigationReader
{
    public static Navigation Read(LogIndex log, int started, List<int> mine, Dictionary<int, Conversation> conversationAt, int number)
    {
        int finished = mine.FindIndex(i => log[i].What is NavigationFinished && log[i].Node == log.Client);
        // A navigation that never finished ends with the last event of its own client.
        int last = finished >= 0 ? mine[finished] : mine.FindLast(i => log[i].Node == log.Client);
        Instant start = log[started].At;
        Instant end = Instant.Max(start, log[last].At);
        List<int> within = finished >= 0 ? mine[..(finished + 1)] : mine;
        List<int> client = within.FindAll(i => log[i].Node == log.Client);
        var done = log[last].What as NavigationFinished;
        return new Navigation
        {
            Number = number,
            Started = log[started].Id,
            Finished = done is null ? EventId.None : log[last].Id,
            StartedAt = start,
            EndedAt = end,
            ExitCode = done?.ExitCode ?? -1,
            Summary = done?.Summary ?? "",
            ClientNode = log.Client,
            Typed = ((NavigationStarted)log[started].What).Typed,
            FixedUp = First<AddressFixedUp>(log, client),
            Rejected = First<UrlRejected>(log, client),
            Hops = Hops(log, within, client, conversationAt, end),
            Neighbors = Neighbors(log, client),
            Phases = PhaseReader.Partition(start, end, PhaseReader.Intervals(log, client, end)),
            CriticalPath = CriticalPathReader.Read(log, started, last),
            Frames = Frames(log, mine),
        };
    }

    private static T? First<T>(LogIndex log, List<int> indices)
        where T : Happening
    {
        foreach (int index in indices)
        {
            if (log[index].What is T what)
                return what;
        }

        return null;
    }

    /// <summary>Frames as links saw them; without links (a device alone), as the client sent and received them.</summary>
    private static List<Event> Frames(LogIndex log, List<int> mine)
    {
        List<Event> frames = [.. mine.Select(i => log[i]).Where(e => e.What is LinkTransit)];
        return frames.Count > 0 ? frames : [.. mine.Select(i => log[i]).Where(e => e.Node == log.Client && e.What is FrameSent or FrameReceived)];
    }

    private static List<Hop> Hops(LogIndex log, List<int> within, List<int> client, Dictionary<int, Conversation> conversationAt, Instant end)
    {
        List<(int Index, NameLookup Lookup)> lookups = NameReader.Read(log, within, end);
        var hops = new List<Hop>();
        int from = 0;
        for (int i = 0; i < client.Count; i++)
        {
            bool last = i == client.Count - 1;
            var redirect = log[client[i]].What as Redirected;
            if (redirect is null && !last)
                continue;
            List<int> part = client[from..(i + 1)];
            from = i + 1;
            // The redirect may be the last thing that happened; what only closes the navigation is no hop of its own.
            if (redirect is not null || hops.Count == 0 || part.Exists(x => log[x].What is UrlParsed or LookupStarted or ConnectStarted or RequestSent))
                hops.Add(OneHop(log, within, part, lookups, conversationAt, redirect, hops.Count));
        }

        if (hops is [{ Url: null, Lookups.Count: 0, Connection: null, FailedConnects.Count: 0, Http: null }])
            hops.Clear();
        return hops;
    }

    private static Hop OneHop(
        LogIndex log, List<int> within, List<int> part, List<(int Index, NameLookup Lookup)> lookups, Dictionary<int, Conversation> conversationAt, Redirected? redirect, int number)
    {
        Conversation? conversation = null;
        bool reused = false;
        List<ConnectFailed> failed = [];
        TlsFacts? tls = null;
        foreach (int index in part)
        {
            Event e = log[index];
            switch (e.What)
            {
                case ConnectFinished connected:
                    reused = connected.Reused;
                    conversation = Find(log, index, connected.Connection, conversationAt) ?? conversation;
                    break;
                case ConnectFailed failure:
                    failed.Add(failure);
                    conversation ??= part.Select(i => conversationAt.GetValueOrDefault(i)).FirstOrDefault(c => c?.Id.Remote == failure.Remote);
                    break;
                case TlsStarted handshake:
                    int done = part.FindIndex(i => i > index && log[i].What is TlsFinished or TlsFailed);
                    Event? ended = done < 0 ? null : log[part[done]];
                    tls = new TlsFacts(handshake, ended?.What as TlsFinished, ended?.What as TlsFailed, (ended?.At ?? log[part[^1]].At) - e.At, e.Id);
                    break;
            }
        }

        // Interrupted before the connection stood, or a program that connects by itself.
        conversation ??= part.Select(i => conversationAt.GetValueOrDefault(i)).FirstOrDefault(c => c is not null);
        return new Hop
        {
            Number = number,
            Url = First<UrlParsed>(log, part),
            Lookups = [.. lookups.Where(l => l.Index >= part[0] && l.Index <= part[^1]).Select(l => l.Lookup)],
            Route = Route(log, within, part, conversation),
            FailedConnects = failed,
            Connection = conversation,
            Reused = reused,
            Tls = tls,
            Http = Exchange(log, within, part),
            Redirect = redirect,
            HttpFailure = First<HttpFailed>(log, part),
        };
    }

    private static Conversation? Find(LogIndex log, int before, ConnectionId id, Dictionary<int, Conversation> conversationAt)
    {
        if (conversationAt.TryGetValue(before, out Conversation? known))
            return known;
        // The latest incarnation that began before.
        IReadOnlyList<int> events = log.EventsOf(log.Client, id);
        for (int i = events.Count - 1; i >= 0; i--)
        {
            if (events[i] <= before && conversationAt.TryGetValue(events[i], out known))
                return known;
        }

        return null;
    }

    private static RouteFacts? Route(LogIndex log, List<int> within, List<int> part, Conversation? conversation)
    {
        IpEndpoint? target = conversation?.Id.Remote;
        foreach (int index in part)
            target ??= log[index].What is ConnectStarted connect ? connect.Remote : null;
        RouteFacts? found = null;
        foreach (int index in part)
        {
            Event e = log[index];
            if (e.What is RouteMissing missing)
                return new RouteFacts(missing.Destination, default, default, default, "", OnLink: false, Missing: true, [], e.Id);
            if (found is null && e.What is RouteChosen route && (target is null || route.Destination == target.Value.Address))
                found = new RouteFacts(route.Destination, route.Source, route.Prefix, route.NextHop, route.Interface, route.OnLink, Missing: false, [], e.Id);
        }

        // A kept-alive connection chose its route in an earlier navigation; the client's choice still stands.
        return found is null || conversation is null ? found : found with { Routers = Routers(log, within, conversation) };
    }

    /// <summary>Who forwarded the client's first segment, read backwards from its arrival.</summary>
    private static List<string> Routers(LogIndex log, List<int> within, Conversation conversation)
    {
        var routers = new List<string>();
        SegmentRow? first = conversation.Segments.FirstOrDefault(r => r.FromClient);
        if (first is null)
            return routers;
        int sent = log.IndexOf(first.Sent);
        int received = log.IndexOf(first.Received);
        if (received >= 0)
        {
            foreach (int index in log.Back(received))
            {
                if (index == sent)
                    break;
                if (log[index].What is PacketForwarded)
                    routers.Insert(0, log[index].Node);
            }

            return routers;
        }

        foreach (int index in within)
        {
            if (log[index].What is PacketForwarded && log.SegmentOf(index) == sent && !routers.Contains(log[index].Node))
                routers.Add(log[index].Node);
        }

        return routers;
    }

    private static List<NeighborResolution> Neighbors(LogIndex log, List<int> client)
    {
        var result = new List<NeighborResolution>();
        var asked = new Dictionary<IpAddress, (Instant At, int Attempts, EventId Id)>();
        var known = new HashSet<IpAddress>();
        foreach (int index in client)
        {
            Event e = log[index];
            switch (e.What)
            {
                case NeighborLookup { Hit: true } hit when known.Add(hit.Address):
                    result.Add(new NeighborResolution(hit.Interface, hit.Address, Hit: true, hit.Mac, 0, Failed: false, e.At, TimeSpan.Zero, e.Id));
                    break;
                case NeighborRequested request:
                    asked[request.Address] = asked.TryGetValue(request.Address, out var before) ? before with { Attempts = request.Attempt } : (e.At, request.Attempt, e.Id);
                    break;
                case NeighborResolved resolved when asked.Remove(resolved.Address, out var question):
                    known.Add(resolved.Address);
                    result.Add(new NeighborResolution(resolved.Interface, resolved.Address, Hit: false, resolved.Mac, question.Attempts, Failed: false, question.At, e.At - question.At, e.Id));
                    break;
                case NeighborFailed failed:
                    Instant since = asked.Remove(failed.Address, out var tries) ? tries.At : e.At;
                    result.Add(new NeighborResolution(failed.Interface, failed.Address, Hit: false, MacAddress.Zero, failed.Attempts, Failed: true, since, e.At - since, e.Id));
                    break;
            }
        }

        return result;
    }

    private static HttpExchange? Exchange(LogIndex log, List<int> within, List<int> part)
    {
        int sent = part.FindLastIndex(i => log[i].What is RequestSent);
        if (sent < 0)
            return null;
        Event request = log[part[sent]];
        var asked = (RequestSent)request.What;
        Event? head = null, completed = null;
        long bytes = 0;
        foreach (int index in part.Skip(sent))
        {
            switch (log[index].What)
            {
                case ResponseHeadReceived:
                    head = log[index];
                    break;
                case BodyReceived body:
                    bytes = Math.Max(bytes, body.Total);
                    break;
                case ResponseCompleted response:
                    (completed, bytes) = (log[index], response.Bytes);
                    break;
            }
        }

        Event? served = null;
        foreach (int index in within)
        {
            if (index > part[sent] && (head is null || log[index].Id.Value <= (completed ?? head).Id.Value) && log[index] is { What: RequestServed s } e
                && e.Node != log.Client && s.Target == asked.Target && s.Connection.Local.Port == asked.Connection.Remote.Port)
                served = e;
        }

        return new HttpExchange
        {
            Request = asked,
            SentAt = request.At,
            Evidence = request.Id,
            Head = head?.What as ResponseHeadReceived,
            HeadAt = head?.At,
            Completed = completed?.What as ResponseCompleted,
            CompletedAt = completed?.At,
            BytesReceived = bytes,
            Served = served?.What as RequestServed,
            ServerNode = served?.Node,
        };
    }
}
