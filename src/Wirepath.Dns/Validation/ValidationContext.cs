using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>What one validation works with.</summary>
/// <param name="Source">Finds DS and DNSKEY sets.</param>
/// <param name="Ledger">Pays for packets, signatures and hashes.</param>
/// <param name="Because">The event that made the answer be checked.</param>
/// <param name="Cancellation">Gives up.</param>
internal sealed record ValidationContext(IChainSource Source, QueryBudget Ledger, EventId Because, CancellationToken Cancellation)
{
    public Nsec3Hashes Hashes { get; } = new(Ledger);
}
