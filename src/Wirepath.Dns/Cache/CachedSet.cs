using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// Where a set lives in the cache. What the parent says of a zone cut is kept beside what the child says: it is the way
/// back in when the child's own servers cannot be reached.
/// </summary>
internal readonly record struct SetKey(DomainName Name, DnsType Type, bool IsParentSide = false);

/// <summary>A set in the cache. Messages hold on to it; other data under the same key make it <see cref="IsReplaced"/>.</summary>
internal sealed class CachedSet(SetKey key, Rrset set, Instant storedAt, Instant expiresAt) : LruEntry<SetKey, CachedSet>(key, SizeOf(set))
{
    // The entry with its links and table slot, and the set's arrays.
    private const int Overhead = 200;
    private const int RecordOverhead = 96;

    /// <summary>With the TTL that it had when it was stored.</summary>
    public Rrset Set { get; set; } = set;

    public Instant StoredAt { get; set; } = storedAt;

    public Instant ExpiresAt { get; set; } = expiresAt;

    /// <summary>Other data have taken its place, or it was taken out.</summary>
    public bool IsReplaced { get; set; }

    /// <summary>What has taken its place; null while nothing has, and after it was taken out.</summary>
    public CachedSet? Successor { get; set; }

    /// <summary>The set with the seconds that are left, rounded up.</summary>
    public Rrset At(Instant now) => Set.WithTtl(TtlLeft(ExpiresAt, now));

    public static uint TtlLeft(Instant expiresAt, Instant now) =>
        (uint)Math.Clamp(((expiresAt - now).Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond, 0, int.MaxValue);

    private static int SizeOf(Rrset set)
    {
        int size = Overhead + set.Name.Size;
        foreach (DnsRecord record in set.Records)
            size += RecordOverhead + record.Data.Length;
        foreach (DnsRecord record in set.Signatures)
            size += RecordOverhead + record.Data.Length;
        return size;
    }
}
