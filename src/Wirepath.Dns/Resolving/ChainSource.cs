using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Keys and digests for the validator, found as everything else is: in the cache, or by iteration.</summary>
internal sealed class ChainSource(Iterator iterator) : IChainSource
{
    public ValueTask<ResolvedMessage> FindAsync(
        DnsQuestion question, IReadOnlyCollection<IpAddress>? avoid, QueryBudget ledger, EventId because, CancellationToken ct) =>
        iterator.ResolveAsync(new Search(question, ledger, because) { Avoid = avoid, Cancellation = ct });
}
