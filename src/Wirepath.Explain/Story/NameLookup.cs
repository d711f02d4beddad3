using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain;

/// <summary>How a name became an address: the ladder of levels, and the tree of questions behind them.</summary>
public sealed class NameLookup
{
    public required DomainName Name { get; init; }

    public required DnsType Type { get; init; }

    public required EventId Started { get; init; }

    public required Instant StartedAt { get; init; }

    public required Instant EndedAt { get; init; }

    /// <summary>Null when the log ends before.</summary>
    public LookupFinished? Result { get; init; }

    public TimeSpan Elapsed => EndedAt - StartedAt;

    /// <summary>Levels in the order in which they were asked, on whatever node they are.</summary>
    public required IReadOnlyList<LadderRung> Ladder { get; init; }

    /// <summary>All questions on the wire that this look-up led to, in order; nested by <see cref="DnsExchange.Parent"/>.</summary>
    public required IReadOnlyList<DnsExchange> Exchanges { get; init; }

    /// <summary>Records that nobody believed.</summary>
    public required IReadOnlyList<RecordDisbelieved> Disbelieved { get; init; }

    /// <summary>Time not inside any of the client's own exchanges: caches, the program.</summary>
    public required TimeSpan Rest { get; init; }

    /// <summary>True when some recursive resolver had to start from a zone's servers.</summary>
    public bool Iterated => Exchanges.Any(e => e.IsIterative);
}

/// <param name="Own">Time this level cost by itself: the way to it and its work, without what it asked in turn.</param>
public sealed record LadderRung(NameLevel Level, LookupResult Result, string Node, IpEndpoint Server, int TtlLeft, Instant At, TimeSpan Own, EventId Evidence);

/// <summary>One question and what came back.</summary>
public sealed class DnsExchange
{
    public required QuerySent Query { get; init; }

    public required EventId Evidence { get; init; }

    /// <summary>Who asked.</summary>
    public required string Node { get; init; }

    /// <summary>Who took the question, when its log is here.</summary>
    public string? ServerNode { get; init; }

    public required Instant SentAt { get; init; }

    /// <summary>The answer, the time-out, or the end of the look-up.</summary>
    public required Instant EndedAt { get; init; }

    public ResponseReceived? Response { get; init; }

    public bool TimedOut { get; init; }

    /// <summary>The exchange on whose behalf this one was made; −1 for the client's own.</summary>
    public required int Parent { get; init; }

    public TimeSpan Elapsed => EndedAt - SentAt;

    /// <summary>Time in which it was the deepest question open, without the client's waiting for ARP: these never overlap.</summary>
    public TimeSpan Own { get; internal set; }

    /// <summary>Asked of a zone's own servers, without wishing for recursion.</summary>
    public bool IsIterative => !Query.RecursionDesired;

    /// <summary>Names of a referral's servers, with the addresses that came along as glue.</summary>
    public IEnumerable<(DomainName Server, IpAddress Glue)> Referral()
    {
        if (Response is not { Kind: ResponseKind.Referral })
            yield break;
        foreach (DnsRecord record in Response.Authorities)
        {
            if (record.Type != DnsType.NS || !record.TryGetName(out DomainName server))
                continue;
            IpAddress glue = IpAddress.None;
            foreach (DnsRecord additional in Response.Additionals)
            {
                if (glue.IsNone && additional.Name == server)
                    additional.TryGetAddress(out glue);
            }

            yield return (server, glue);
        }
    }

    /// <summary>The zone that a referral points to; null for any other answer.</summary>
    public DomainName? ReferredZone => Response is { Kind: ResponseKind.Referral }
        ? Response.Authorities.FirstOrDefault(r => r.Type == DnsType.NS)?.Name
        : null;
}
