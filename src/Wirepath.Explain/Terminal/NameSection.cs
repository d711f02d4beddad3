using Wirepath.Events;
using Wirepath.Wire;
using static Wirepath.Explain.TextRole;

namespace Wirepath.Explain;

/// <summary>The ladder of levels, and below its last rung the tree of zones.</summary>
internal static class NameSection
{
    public static void Write(StoryContext c, Hop hop)
    {
        foreach (NameLookup lookup in hop.Lookups)
            WriteLookup(c, hop, lookup, onlyOne: hop.Lookups.Count == 1);
    }

    private static void WriteLookup(StoryContext c, Hop hop, NameLookup lookup, bool onlyOne)
    {
        long units = onlyOne ? c.Figures.UnitsOf(hop.Number, PhaseKind.Dns) : Apportionment.RoundOne(lookup.Elapsed.Ticks, c.Figures.Scale.UnitTicks);
        var spans = new List<StyledSpan> { new($"{lookup.Name.ToStringWithoutFinalDot()} {DnsMnemonic.Of(lookup.Type)}", Plain) };
        if (lookup.Result is { Failure: NameFailure.None, Addresses.Count: > 0 } found)
            spans.Add(new StyledSpan($" → {string.Join(", ", found.Addresses)}", Good));
        else if (lookup.Result is { Failure: not NameFailure.None } failed)
            spans.Add(new StyledSpan($" → {c.Words.Name(failed.Failure)}", Bad));
        LadderRung? hit = lookup.Ladder.FirstOrDefault(r => r.Result is LookupResult.Hit or LookupResult.NegativeHit);
        bool warm = lookup.Exchanges.Count == 0;
        if (warm && hit is not null)
            spans.Add(new StyledSpan($"  {c.Words.Level(hit.Level)}{(hit.TtlLeft >= 0 ? $", {c.Words.TtlLeft(hit.TtlLeft)}" : "")}", Dim));
        c.Page.Row("DNS", [.. spans], new StyledSpan(c.Figures.WithUnit(units), Time));
        if (warm && !c.IsEngineer && hit is not null)
            return;

        List<DnsExchange> tree = [.. lookup.Exchanges.Where(e => e.IsIterative)];
        List<LadderRung> rungs = [.. lookup.Ladder.Where(r => r.Level is not NameLevel.Iteration && (r.Level is not NameLevel.Stub || !HasServersRung(lookup)))];
        long[] figures = Figures(c, hop, lookup, rungs, tree, onlyOne);
        int names = rungs.Count == 0 ? 0 : rungs.Max(r => Columns.Of(c.Words.Level(r.Level)));
        for (int i = 0; i < rungs.Count; i++)
            WriteRung(c, lookup, rungs[i], i == rungs.Count - 1, names, figures[i]);
        WriteTree(c, tree, figures.AsSpan(rungs.Count), indent: rungs.Count > 0 ? 2 : 0);
        if (figures[^1] > 0 && lookup.Exchanges.Count > 0)
            c.Page.More([new($"  {c.Words.Programs}", Dim)], new StyledSpan(Padded(c, figures[^1]), Time));
        foreach (RecordDisbelieved record in lookup.Disbelieved)
            c.Page.More([new($"  ✕ {c.Words.Describe(record)}", Bad)], indent: 4);
    }

    /// <summary>On a simulated internet the router and the resolver write their own rungs, and the stub's would say the same again.</summary>
    private static bool HasServersRung(NameLookup lookup) => lookup.Ladder.Any(r => r.Level is NameLevel.RouterCache or NameLevel.ResolverCache);

    /// <summary>Rungs, tree and rest in units. When they make up the DNS phase exactly, they are rounded so that they sum to it.</summary>
    private static long[] Figures(StoryContext c, Hop hop, NameLookup lookup, List<LadderRung> rungs, List<DnsExchange> tree, bool onlyOne)
    {
        List<long> ticks = [.. rungs.Select(r => r.Own.Ticks), .. tree.Select(e => e.Own.Ticks), lookup.Rest.Ticks];
        long whole = c.Figures.TicksOf(hop.Number, PhaseKind.Dns);
        return onlyOne && ticks.Sum() == whole
            ? Apportionment.Share(ticks, c.Figures.UnitsOf(hop.Number, PhaseKind.Dns), c.Figures.Scale.UnitTicks)
            : Apportionment.Round(ticks, c.Figures.Scale.UnitTicks);
    }

    private static void WriteRung(StoryContext c, NameLookup lookup, LadderRung rung, bool last, int names, long units)
    {
        bool good = rung.Result == LookupResult.Hit;
        string server = ServerOf(lookup, rung);
        string ttl = rung.TtlLeft >= 0 ? $"  {c.Words.TtlLeft(rung.TtlLeft)}" : "";
        c.Page.More([
            new(last ? "└ " : "├ ", Dim), new(Columns.PadRight(c.Words.Level(rung.Level), names + 2), Plain),
            new(c.Words.Result(rung.Result), good ? Good : rung.Result == LookupResult.Failed ? Bad : Plain), new(ttl, Good), new(server.Length > 0 ? $"  {server}" : "", Dim),
        ], units > 0 ? new StyledSpan(Padded(c, units), Time) : null, indent: 4);
        if (!c.IsEngineer)
            return;
        foreach (DnsExchange exchange in lookup.Exchanges.Where(e => !e.IsIterative && (e.ServerNode == rung.Node || (e.ServerNode is null && rung.Level == NameLevel.Stub))))
            c.Page.More([new($"    {Bits(exchange)}", Dim)], indent: 6);
    }

    private static string ServerOf(NameLookup lookup, LadderRung rung)
    {
        if (!rung.Server.Address.IsNone && rung.Level == NameLevel.Stub)
            return rung.Server.Address.ToString();
        // A server's own rung: the address at which it was asked.
        DnsExchange? exchange = lookup.Exchanges.FirstOrDefault(e => e.ServerNode == rung.Node && !e.IsIterative);
        return exchange?.Query.Server.Address.ToString() ?? "";
    }

    private static void WriteTree(StoryContext c, List<DnsExchange> tree, ReadOnlySpan<long> figures, int indent)
    {
        int zones = tree.Count == 0 ? 0 : Math.Min(24, tree.Max(e => Columns.Of(Zone(e))));
        for (int i = 0; i < tree.Count; i++)
        {
            DnsExchange exchange = tree[i];
            bool last = i == tree.Count - 1;
            string server = exchange.Query.ServerName.IsRoot ? exchange.Query.Server.Address.ToString() : exchange.Query.ServerName.ToStringWithoutFinalDot();
            StyledSpan[] line = [new(new string(' ', indent) + (last ? "└ " : "├ "), Dim), new(Columns.PadRight(Zone(exchange), zones + 1), Plain), Outcome(c, exchange)];
            string time = Padded(c, figures[i]);
            // The server's name is for whoever has the room; an engineer has it on the next line.
            bool fits = line.Sum(s => Columns.Of(c.Page.Clean(s.Text))) + 2 + server.Length + 2 + Columns.Of(time) <= c.Page.Room;
            c.Page.More(fits ? [.. line, new($"  {server}", Dim)] : line, new StyledSpan(time, Time), indent: indent + 4);
            if (!c.IsEngineer)
                continue;
            c.Page.More([new($"{new string(' ', indent + 4)}{Bits(exchange)}", Dim)], indent: indent + 6);
            foreach ((DomainName name, IpAddress glue) in exchange.Referral())
                c.Page.More([new($"{new string(' ', indent + 4)}NS {name}{(glue.IsNone ? "" : $"  glue {glue}")}", Dim)], indent: indent + 6);
        }
    }

    private static string Zone(DnsExchange exchange) => exchange.Query.Zone.ToString();

    private static StyledSpan Outcome(StoryContext c, DnsExchange exchange)
    {
        if (exchange.TimedOut || exchange.Response is not { } response)
            return new StyledSpan($"✕ {c.Words.NoAnswer(global::Wirepath.Explain.Figures.Duration(exchange.Elapsed), exchange.Query.Attempt)}", Bad);
        if (response.Kind == ResponseKind.Referral && exchange.ReferredZone is { } zone)
        {
            (int servers, int glue) = (0, 0);
            foreach ((_, IpAddress address) in exchange.Referral())
                (servers, glue) = (servers + 1, glue + (address.IsNone ? 0 : 1));
            return new StyledSpan($"→ {c.Words.ReferralTo(zone.ToString(), servers, glue)}", Plain);
        }

        // Signatures stand beside what they sign; a person asks for the data.
        List<DnsRecord> records = [.. response.Answers.Where(r => r.Type != DnsType.RRSIG)];
        if (response.Kind is ResponseKind.Answer or ResponseKind.Alias && records.Count > 0)
        {
            DnsRecord record = records[^1];
            string more = records.Count > 1 ? $" (+{records.Count - 1})" : "";
            string data = record.Type == DnsType.DNSKEY && DnsKeyData.TryRead(record.Data, out DnsKeyData key)
                ? key.KeyTag.ToString(System.Globalization.CultureInfo.InvariantCulture)
                : record.DataToString();
            return new StyledSpan($"→ {DnsMnemonic.Of(record.Type)} {data}{more}  TTL {record.Ttl}", Good);
        }

        return new StyledSpan($"→ {c.Words.Response(response.Kind)}", response.Kind is ResponseKind.Truncated ? Plain : Bad);
    }

    /// <summary>The bits that tell a recursive leg from an iterative one.</summary>
    private static string Bits(DnsExchange exchange)
    {
        string name = exchange.Query.ServerName.IsRoot ? "" : $"{exchange.Query.ServerName} ";
        var bits = new List<string> { $"{name}{exchange.Query.Server}", $"id {exchange.Query.Id:x4}", exchange.Query.RecursionDesired ? "RD=1" : "RD=0" };
        if (exchange.Response is { } response)
        {
            bits.Add(response.RecursionAvailable ? "RA=1" : "RA=0");
            bits.Add(response.Authoritative ? "AA=1" : "AA=0");
            if (response.Truncated)
                bits.Add("TC=1");
            bits.Add(response.Rcode.ToString().ToUpperInvariant());
        }

        bits.Add(exchange.Query.OverTcp ? "TCP" : "UDP");
        if (exchange.Query.Attempt > 1)
            bits.Add($"×{exchange.Query.Attempt}");
        return string.Join(" · ", bits);
    }

    /// <summary>Without the unit, but with room for it, so that the points stand below each other.</summary>
    private static string Padded(StoryContext c, long units) => c.Figures.Format(units) + new string(' ', c.Figures.Scale.Symbol.Length + 1);
}
