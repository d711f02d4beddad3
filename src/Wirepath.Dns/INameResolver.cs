using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Finds what a name stands for. Never throws for what the network or the servers do; only cancellation is an exception.</summary>
public interface INameResolver
{
    ValueTask<NameAnswer> ResolveAsync(DomainName name, DnsType type, CancellationToken ct = default);
}

/// <summary>What came of a look-up.</summary>
/// <param name="Name">The name asked for.</param>
/// <param name="Type">The type asked for.</param>
/// <param name="Failure"><see cref="NameFailure.None"/> when there are records.</param>
/// <param name="Records">Aliases first, in the order in which they were followed; then the records of the type. TTLs are what is left of them.</param>
/// <param name="AnsweredBy">The level that ended the search, as far as this resolver can see.</param>
/// <param name="Explanation">For people, on failure: what was tried, with whom, what came back. Empty on success.</param>
public sealed record NameAnswer(
    DomainName Name, DnsType Type, NameFailure Failure, IReadOnlyList<DnsRecord> Records, NameLevel AnsweredBy, string Explanation)
{
    /// <summary>Addresses among <see cref="Records"/>, in their order.</summary>
    public IReadOnlyList<IpAddress> Addresses { get; } = AddressesOf(Records);

    /// <summary>Seconds for which the whole answer holds: the least of its records; 0 without any.</summary>
    public int Ttl { get; } = Records.Count == 0 ? 0 : (int)Math.Min(Records.Min(r => r.Ttl), int.MaxValue);

    public bool Succeeded => Failure == NameFailure.None;

    /// <summary>Where each set of <see cref="Records"/> came from; of an absence, the records that show it. Empty when the resolver cannot say.</summary>
    public IReadOnlyList<SetProvenance> Sets { get; init; } = [];

    /// <summary>Of the whole answer: that of its worst part.</summary>
    public Security Security { get; init; }

    /// <summary>Verified, here or by a server that is trusted to say so (<see cref="StubSettings.TrustAd"/>).</summary>
    public bool IsAuthenticated { get; init; }

    /// <summary>It has run out, and is given because nothing newer can be had (RFC 8767).</summary>
    public bool IsStale { get; init; }

    private static IpAddress[] AddressesOf(IReadOnlyList<DnsRecord> records)
    {
        var addresses = new List<IpAddress>(records.Count);
        foreach (DnsRecord record in records)
        {
            if (record.TryGetAddress(out IpAddress address))
                addresses.Add(address);
        }

        return [.. addresses];
    }
}
