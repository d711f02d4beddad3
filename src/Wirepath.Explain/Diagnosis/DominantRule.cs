using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain;

/// <summary>Which phase took most of the time, and what in that phase did.</summary>
internal static class DominantRule
{
    /// <summary>Below this part of a phase a cause is not worth naming as its reason.</summary>
    private const double WorthNaming = 0.4;

    public static Finding Verdict(Navigation navigation)
    {
        Hop? hop = navigation.Hops.Count > 0 ? navigation.Hops[^1] : null;
        Conversation? connection = hop?.Connection;
        TimeSpan roundTrip = connection?.HandshakeRtt ?? (connection?.RoundTrips is { Count: > 0 } samples ? samples.Min(r => r.Sample) : TimeSpan.Zero);
        bool warmName = navigation.Hops.Count > 0 && navigation.Hops.All(h => h.Lookups.All(l => l.Exchanges.Count == 0));
        bool eventless = connection is null || (connection.Repetitions.Count == 0 && connection.ZeroWindows.Count == 0);
        TimeSpan thought = hop?.Http?.Served?.Thought ?? TimeSpan.Zero;
        if (navigation.Number > 1 && warmName && eventless && navigation.Hops.Count == 1 && navigation.TimeIn(PhaseKind.Arp) == TimeSpan.Zero && thought <= roundTrip)
            return new Finding(FindingKind.Warm, TimeSpan.Zero, [navigation.Finished], w => w.Warm(navigation.Elapsed, hop!.Reused, roundTrip));

        if (hop is { Connection: null, Http: null, FailedConnects.Count: 0, Lookups: [.., var lookup] } && warmName
            && lookup.Ladder.FirstOrDefault(r => r.Result is LookupResult.Hit or LookupResult.NegativeHit) is { } hit)
            return new Finding(FindingKind.Warm, TimeSpan.Zero, [hit.Evidence], w => w.AnsweredLocally(hit.Level));

        PhaseKind dominant = PhaseKind.Other;
        foreach (PhaseKind kind in Enum.GetValues<PhaseKind>())
        {
            if (navigation.TimeIn(kind) > navigation.TimeIn(dominant))
                dominant = kind;
        }

        TimeSpan time = navigation.TimeIn(dominant);
        double share = navigation.Elapsed > TimeSpan.Zero ? time / navigation.Elapsed : 1;
        (Reason reason, TimeSpan cost, int count, EventId evidence) = ReasonFor(navigation, dominant, hop, roundTrip, time);
        var facts = new DominantFacts(dominant, reason, share, time, navigation.Elapsed, roundTrip, cost, count);
        return new Finding(FindingKind.Dominant, time, [evidence.IsNone ? navigation.Finished : evidence], w => w.Dominant(facts));
    }

    private static (Reason Reason, TimeSpan Cost, int Count, EventId Evidence) ReasonFor(Navigation navigation, PhaseKind phase, Hop? hop, TimeSpan roundTrip, TimeSpan time)
    {
        Conversation? connection = hop?.Connection;
        (Reason, TimeSpan, int, EventId) plain = (Reason.Plain, TimeSpan.Zero, 0, EventId.None);
        switch (phase)
        {
            case PhaseKind.Dns:
                List<DnsExchange> exchanges = [.. navigation.Hops.SelectMany(h => h.Lookups).SelectMany(l => l.Exchanges)];
                List<DnsExchange> silent = exchanges.FindAll(e => e.TimedOut);
                TimeSpan waited = Diagnosis.Union(silent.Select(e => (e.SentAt, e.EndedAt)));
                if (silent.Count > 0 && waited >= time * WorthNaming)
                    return (Reason.NameTimeouts, waited, silent.Count, silent[^1].Evidence);
                return exchanges.Find(e => e.IsIterative) is { } first ? (Reason.ColdNames, time, 0, first.Evidence)
                    : exchanges.Count > 0 ? (Reason.RoundTrip, time, 0, exchanges[0].Evidence) : plain;
            case PhaseKind.Arp:
                NeighborResolution? slow = navigation.Neighbors.MaxBy(n => n.Attempts);
                return slow is { Attempts: > 1 } ? (Reason.NeighborRetried, slow.Elapsed, slow.Attempts, slow.Evidence) : plain;
            case PhaseKind.Connect when hop is { FailedConnects.Count: > 0 } && connection?.EstablishedAt is not null:
                return (Reason.OtherAddressFailed, time - roundTrip, hop.FailedConnects.Count, EventId.None);
            case PhaseKind.Connect when connection is not null:
                return connection.Syns > 1
                    ? (Reason.SynRepeated, time, connection.Syns, connection.Segments[0].Sent)
                    : (Reason.RoundTrip, time, 1, connection.Segments.Count > 0 ? connection.Segments[0].Sent : EventId.None);
            case PhaseKind.Tls when hop?.Tls is { } tls:
                return (Reason.RoundTrip, time, 0, tls.Evidence);
            case PhaseKind.Wait when hop?.Http is { } http:
                TimeSpan thought = http.Served?.Thought ?? (connection is null ? http.Wait : TransferRules.TimeOnTheWire(connection, http)) - roundTrip ?? TimeSpan.Zero;
                Instant until = http.HeadAt ?? navigation.EndedAt;
                List<Repetition> late = connection is null ? [] : Repairs.OfLosses(connection, http.SentAt, until);
                TimeSpan repairs = late.Count == 0 ? TimeSpan.Zero : Repairs.Cost(connection!, late, http.SentAt, until);
                if (late.Count > 0 && repairs >= time * WorthNaming)
                    return (Reason.Losses, repairs, late.Count, late[0].Evidence);
                return thought >= time * WorthNaming ? (Reason.ServerThought, thought, 1, http.Evidence) : (Reason.RoundTrip, roundTrip, 1, http.Evidence);
            case PhaseKind.Transfer when connection is not null && hop?.Http is { HeadAt: { } from } body:
                return TransferLimits.Of(connection, body, from, roundTrip, time);
            case PhaseKind.Redirect:
                return (Reason.RoundTrip, time, navigation.Hops.Count - 1, EventId.None);
            default:
                return plain;
        }
    }
}
