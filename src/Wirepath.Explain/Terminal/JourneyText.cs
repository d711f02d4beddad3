using Wirepath.Wire;
using static Wirepath.Explain.TextRole;

namespace Wirepath.Explain;

/// <summary>The journey for a person at a terminal: verdict first, detail for whoever reads on.</summary>
public static class JourneyText
{
    /// <summary>All navigations of a run.</summary>
    public static IReadOnlyList<StyledLine> Render(Journey journey, TextOptions options)
    {
        ArgumentNullException.ThrowIfNull(journey);
        var lines = new List<StyledLine>();
        foreach (Navigation navigation in journey.Navigations)
        {
            if (lines.Count > 0 && options.Detail != Detail.Verdict)
                lines.Add(StyledLine.Empty);
            lines.AddRange(Render(journey, navigation, options));
        }

        return lines;
    }

    /// <summary>One navigation of a run.</summary>
    public static IReadOnlyList<StyledLine> Render(Journey journey, Navigation navigation, TextOptions options)
    {
        ArgumentNullException.ThrowIfNull(journey);
        ArgumentNullException.ThrowIfNull(navigation);
        ArgumentNullException.ThrowIfNull(options);
        var context = new StoryContext(new Page(options.Width, options.Ascii), navigation, journey, options, Words.For(options.Language), new PhaseFigures(navigation));
        if (options.Detail == Detail.Verdict)
        {
            context.Page.Paragraph(Verdict(context));
            return context.Page.Lines;
        }

        Head(context);
        foreach (Hop hop in navigation.Hops)
            WriteHop(context, hop);
        if (navigation.Hops.Count == 0)
            WriteUrl(context, null);
        WriteFailure(context);
        WriteBar(context);
        WriteFindings(context);
        if (options.Detail == Detail.Bytes)
            BytesSection.Write(context);
        return context.Page.Lines;
    }

    private static StyledSpan Verdict(StoryContext c) =>
        new(c.Navigation.Diagnosis.Verdict.Sentence(c.Words), c.Navigation.Succeeded ? Emphasis : Bad);

    private static void Head(StoryContext c)
    {
        Hop? last = c.Navigation.Hops.Count > 0 ? c.Navigation.Hops[^1] : null;
        string target = last is { Connection: { } connection } && (last.Url is not null || last.Http is not null) ? $" → {connection.Id.Remote}" : "";
        string name = last?.Url?.Host ?? c.Navigation.Typed;
        c.Page.Paragraph(new StyledSpan($"{name}{target}", Emphasis), new StyledSpan($"  {c.Figures.WithUnit(c.Figures.Total)}", Time));
        c.Page.Paragraph(Verdict(c));
        c.Page.Blank();
    }

    private static void WriteHop(StoryContext c, Hop hop)
    {
        WriteUrl(c, hop);
        WriteNeighbors(c, hop);
        NameSection.Write(c, hop);
        WriteRoute(c, hop);
        TcpSection.Write(c, hop);
        WriteTls(c, hop);
        WriteHttp(c, hop);
        TransferSection.Write(c, hop);
        CloseSection.Write(c, hop);
        if (hop.Redirect is { } redirect)
            c.Page.More([new StyledSpan($"↪ {redirect.Status} → {redirect.To}", Emphasis)], indent: 2);
        c.Page.Blank();
    }

    private static void WriteUrl(StoryContext c, Hop? hop)
    {
        if (hop?.Url is { } url)
        {
            string port = url.PortIsDefault ? $":{url.Port} ({c.Words.DefaultPort})" : $":{url.Port}";
            c.Page.Row(c.Words.LabelUrl, [
                new(url.Scheme, Plain), new(" │ ", Dim), new(url.Host, Emphasis), new(" │ ", Dim), new(port, Plain), new(" │ ", Dim), new(url.PathAndQuery, Plain),
                .. url.Fragment.Length > 0 ? new StyledSpan[] { new(" │ ", Dim), new($"#{url.Fragment.TrimStart('#')}", Dim) } : []]);
        }
        else if (c.Navigation.Rejected is { } rejected)
        {
            c.Page.Row(c.Words.LabelUrl, [new(rejected.Typed, Bad)]);
            // The caret stands below the character that is wrong, when both fit on one line.
            string before = rejected.Typed[..Math.Clamp(rejected.Position, 0, rejected.Typed.Length)];
            if (rejected.Position >= 0 && Columns.Of(rejected.Typed) < c.Page.Room)
                c.Page.Exact(new StyledSpan(new string(' ', Page.LabelColumns + Columns.Of(before)), Plain), new StyledSpan("^ ", Bad), new StyledSpan(rejected.Name, Dim));
        }

        if (hop is null or { Number: 0 } && c.Navigation.FixedUp is { } fixedUp)
            c.Page.More([new(c.Words.TypedAs(fixedUp.Typed, string.Join(" ", fixedUp.Changes)), Dim)]);
    }

    private static void WriteNeighbors(StoryContext c, Hop hop)
    {
        if (hop.Number > 0)
            return;
        bool first = true;
        foreach (NeighborResolution neighbor in c.Navigation.Neighbors)
        {
            if (neighbor.Hit && !c.IsEngineer)
                continue;
            string text = neighbor.Failed ? c.Words.NobodyHas(neighbor.Address.ToString(), neighbor.Attempts)
                : neighbor.Hit ? c.Words.MacKnown(neighbor.Address.ToString(), neighbor.Mac.ToString())
                : c.Words.IsAt(neighbor.Address.ToString(), neighbor.Mac.ToString(), neighbor.Attempts);
            StyledSpan span = new(text, neighbor.Failed ? Bad : Plain);
            long units = c.Figures.UnitsOf(PhaseKind.Arp);
            StyledSpan? time = first && units > 0 ? new StyledSpan(c.Figures.WithUnit(units), Time) : null;
            if (first)
                c.Page.Row("ARP", [span], time);
            else
                c.Page.More([span]);
            first = false;
        }
    }

    private static void WriteRoute(StoryContext c, Hop hop)
    {
        if (hop.Route is not { } route || (hop.Reused && !c.IsEngineer))
            return;
        string text = route.Missing ? c.Words.NoRoute(route.Destination.ToString())
            : route.OnLink ? c.Words.OnLink(route.Destination.ToString(), route.Prefix.ToString(), route.Interface)
            : c.Words.OffSubnet(route.Destination.ToString(), route.NextHop.ToString(), route.Interface, route.Routers.Count);
        c.Page.Row(c.Words.LabelRoute, [new(text, route.Missing ? Bad : Plain)]);
        if (c.IsEngineer && !route.Missing)
            c.Page.More([new($"{route.Source} · {route.Prefix}{(route.Routers.Count > 0 ? $" · {string.Join(" → ", route.Routers)}" : "")}", Dim)]);
    }

    private static void WriteTls(StoryContext c, Hop hop)
    {
        if (hop.Tls is not { } tls)
            return;
        var time = new StyledSpan(c.Figures.WithUnit(c.Figures.UnitsOf(hop.Number, PhaseKind.Tls)), Time);
        if (tls.Finished is { } done)
        {
            string protocol = done.ApplicationProtocol.Length > 0 ? $" · {done.ApplicationProtocol}" : "";
            c.Page.Row("TLS", [new($"{done.Version} · {done.CipherSuite}{protocol}", Good)], time);
            if (done.Chain.Count > 0)
                c.Page.More([new(c.Words.Certificates(string.Join(" ← ", done.Chain)), Dim)]);
        }
        else
        {
            c.Page.Row("TLS", [new($"✕ {tls.Started.ServerName}: {tls.Failed?.Detail}", Bad)], time);
        }
    }

    private static void WriteHttp(StoryContext c, Hop hop)
    {
        if (hop.Http is not { } http)
            return;
        long wait = c.Figures.UnitsOf(hop.Number, PhaseKind.Wait);
        long redirect = c.Figures.UnitsOf(hop.Number, PhaseKind.Redirect);
        c.Page.Row(c.Words.LabelHttp, [new($"→ {http.Request.Method} {http.Request.Target} HTTP/1.1", Sent)], new StyledSpan(c.Figures.WithUnit(wait + redirect), Time));
        if (c.IsEngineer)
        {
            foreach (string line in http.Request.Headers)
                c.Page.More([new(line, Dim)], indent: 4);
        }

        if (http.Head is { } head)
        {
            string type = http.Header("content-type") is { Length: > 0 } content ? $" · {content}" : "";
            string framing = head.Framing.Length > 0 ? $" · {head.Framing}" : "";
            c.Page.More([
                new($"← {head.Status} {head.Reason}", head.Status < 400 ? Received : Bad), new($"{type}{framing}", Plain), new(WaitParts(c, hop, http), Dim),
            ]);
            if (c.IsEngineer)
            {
                foreach (string line in head.Headers)
                    c.Page.More([new(line, Dim)], indent: 4);
            }
        }
    }

    /// <summary>Round trip and server's thought; what is left over is named as well, so that the parts sum to the wait.</summary>
    private static string WaitParts(StoryContext c, Hop hop, HttpExchange http)
    {
        if (http is not { Wait: { } wait, Served.Thought: var thought } || hop.Connection is not { } connection || LeastRoundTrip(connection) is not { } roundTrip || roundTrip + thought > wait)
            return "";
        long[] parts = Apportionment.Round([roundTrip.Ticks, thought.Ticks, (wait - roundTrip - thought).Ticks], c.Figures.Scale.UnitTicks);
        string sum = c.Words.RoundTripAndServer(c.Figures.Format(parts[0]), c.Figures.Format(parts[1]), parts[2] > 0 ? c.Figures.Format(parts[2]) : "");
        // A sum is read at one glance: it moves to the next line as a whole, where there is one for it.
        return c.Page.IsNarrow ? $"  {sum}" : $"  {sum.Replace(' ', Page.NoBreak)}";
    }

    /// <summary>The handshake may have waited for ARP at a router on the way; the least sample is nearest to the distance.</summary>
    private static TimeSpan? LeastRoundTrip(Conversation connection)
    {
        TimeSpan? least = connection.HandshakeRtt;
        foreach (TimedSample sample in connection.RoundTrips)
        {
            if (least is null || sample.Sample < least)
                least = sample.Sample;
        }

        return least;
    }

    private static void WriteFailure(StoryContext c)
    {
        if (c.Navigation.Diagnosis.Failure is not { } failure)
            return;
        FailureText text = failure.In(c.Options.Language);
        c.Page.Blank();
        c.Page.Row(c.Words.LabelTried, [new(text.Tried, Plain)]);
        if (text.With.Length > 0)
            c.Page.Row(c.Words.LabelWith, [new(text.With, Plain)]);
        c.Page.Row(c.Words.LabelBack, [new(text.CameBack, Bad), new($" {failure.Evidence}", Dim)]);
        c.Page.Row(c.Words.LabelNext, [new(text.Next, Emphasis)]);
        c.Page.Blank();
    }

    private static void WriteBar(StoryContext c)
    {
        if (c.Navigation.Elapsed <= TimeSpan.Zero)
            return;
        int[] cells = Apportionment.Divide([.. c.Navigation.Phases.Select(p => p.Duration.Ticks)], c.Page.Room);
        var bar = new List<StyledSpan> { new(Columns.PadRight(c.Words.LabelTime, Page.LabelColumns), Label) };
        var order = new List<PhaseKind>();
        for (int i = 0; i < cells.Length; i++)
        {
            PhaseKind kind = c.Navigation.Phases[i].Kind;
            if (!order.Contains(kind) && c.Navigation.Phases[i].Duration > TimeSpan.Zero)
                order.Add(kind);
            if (cells[i] > 0)
                bar.Add(new StyledSpan(new string(PhaseFigures.FillOf(kind), cells[i]), PhaseFigures.RoleOf(kind)));
        }

        c.Page.Exact([.. bar]);
        var legend = new List<StyledSpan>();
        foreach (PhaseKind kind in order)
        {
            if (legend.Count > 0)
                legend.Add(new StyledSpan($" +{Page.NoBreak}", Dim));
            legend.Add(new StyledSpan($"{PhaseFigures.FillOf(kind)}{Page.NoBreak}", PhaseFigures.RoleOf(kind)));
            legend.Add(new StyledSpan($"{c.Words.Phase(kind)}{Page.NoBreak}", Plain));
            legend.Add(new StyledSpan(c.Figures.Format(c.Figures.UnitsOf(kind)), Time));
        }

        legend.Add(new StyledSpan($" ={Page.NoBreak}", Dim));
        legend.Add(new StyledSpan(c.Figures.WithUnit(c.Figures.Total).Replace(' ', Page.NoBreak), Time));
        c.Page.More([.. legend]);
        if (c.IsEngineer)
        {
            CriticalPath path = c.Navigation.CriticalPath;
            long[] parts = Apportionment.Round(
                [path.TimeIn(LegKind.Link).Ticks, path.TimeIn(LegKind.Timer).Ticks, path.TimeIn(LegKind.Server).Ticks, path.TimeIn(LegKind.Node).Ticks], c.Figures.Scale.UnitTicks);
            c.Page.Row(c.Words.LabelPath, [new(c.Words.CriticalPath(c.Figures.Format(parts[0]), path.LinkCrossings, c.Figures.Format(parts[1]), c.Figures.Format(parts[2]), c.Figures.Format(parts[3])), Dim)]);
        }
    }

    private static void WriteFindings(StoryContext c)
    {
        bool first = true;
        foreach (Finding finding in c.Navigation.Diagnosis.Findings)
        {
            StyledSpan[] spans = c.IsEngineer
                ? [new(finding.Sentence(c.Words), Plain), new($" {string.Join(" ", finding.Evidence.Take(4))}", Dim)]
                : [new(finding.Sentence(c.Words), Plain)];
            if (first)
            {
                c.Page.Blank();
                c.Page.Row(c.Words.LabelWhy, spans);
            }
            else
            {
                c.Page.More(spans);
            }

            first = false;
        }
    }
}

/// <summary>What every section needs.</summary>
internal sealed record StoryContext(Page Page, Navigation Navigation, Journey Journey, TextOptions Options, Words Words, PhaseFigures Figures)
{
    public bool IsEngineer => Options.Detail >= Detail.Engineer;

    /// <summary>A moment as time since Enter.</summary>
    public string Moment(Instant at) => Figures.Scale.Format(at - Navigation.StartedAt);
}
