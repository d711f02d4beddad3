using Wirepath.Events;

namespace Wirepath.Explain;

internal static class NameRules
{
    public static IEnumerable<Finding> Findings(Navigation navigation)
    {
        foreach (NameLookup lookup in navigation.Hops.SelectMany(h => h.Lookups))
        {
            List<DnsExchange> silent = [.. lookup.Exchanges.Where(e => e.TimedOut)];
            if (silent.Count > 0)
            {
                TimeSpan cost = Diagnosis.Union(silent.Select(e => (e.SentAt, e.EndedAt)));
                yield return new Finding(FindingKind.NameTimeouts, cost, [.. silent.Select(e => e.Evidence)], w => w.NameTimeouts(silent.Count, ServerText(silent[^1]), cost));
            }

            List<DnsExchange> iterative = [.. lookup.Exchanges.Where(e => e.IsIterative && !e.TimedOut)];
            if (iterative.Count > 0)
            {
                TimeSpan cost = Diagnosis.Union(iterative.Select(e => (e.SentAt, e.EndedAt)));
                int zones = iterative.Select(e => e.Query.Zone).Distinct().Count();
                yield return new Finding(FindingKind.ColdNames, cost, [.. iterative.Select(e => e.Evidence)], w => w.ColdNames(zones, cost));
            }

            if (lookup.Exchanges.FirstOrDefault(e => e.Query.OverTcp) is { } overTcp)
                yield return new Finding(FindingKind.NameOverTcp, overTcp.Own, [overTcp.Evidence], w => w.NameOverTcp(ServerText(overTcp)));
            if (lookup.Disbelieved.Count > 0)
            {
                RecordDisbelieved first = lookup.Disbelieved[0];
                yield return new Finding(FindingKind.NameDisbelieved, TimeSpan.Zero, [lookup.Started], w => w.NameDisbelieved(lookup.Disbelieved.Count, first.Record.ToString(), first.Reason));
            }
        }
    }

    private static string ServerText(DnsExchange exchange) =>
        exchange.Query.ServerName.IsRoot ? exchange.Query.Server.Address.ToString() : exchange.Query.ServerName.ToStringWithoutFinalDot();
}
