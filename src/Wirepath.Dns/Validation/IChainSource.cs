using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Where the validator gets the DS and DNSKEY sets of a chain of trust: the cache, or further iteration.</summary>
internal interface IChainSource
{
    /// <summary>Finds what servers say, unchecked unless the cache knows better. Never throws for what the network does.</summary>
    /// <param name="question">Type DS or DNSKEY.</param>
    /// <param name="avoid">Servers whose answer to this was bogus and that should not be asked again; null for none.</param>
    /// <param name="ledger">Pays for the packets.</param>
    /// <param name="because">The event that made the validator ask.</param>
    /// <param name="ct">Gives up.</param>
    ValueTask<ResolvedMessage> FindAsync(
        DnsQuestion question, IReadOnlyCollection<IpAddress>? avoid, QueryBudget ledger, EventId because, CancellationToken ct);
}
