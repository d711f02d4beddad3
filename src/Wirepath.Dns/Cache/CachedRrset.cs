using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>How far a record is to be trusted by where it was found, least first (RFC 2181 §5.4.1).</summary>
public enum CacheRank
{
    /// <summary>Additional section: glue.</summary>
    Additional,
    /// <summary>Authority section of a referral: what the parent says of its child.</summary>
    Referral,
    /// <summary>Answer section without AA: what a resolver passed on.</summary>
    Answer,
    /// <summary>Authority section with AA: what the zone says of itself.</summary>
    Authority,
    /// <summary>Answer section with AA.</summary>
    AuthoritativeAnswer,
}

public enum CachedKind
{
    Records,
    /// <summary>The name is there, the type is not (RFC 2308 §2.2).</summary>
    NoSuchType,
    /// <summary>The name is not there, for any type (RFC 2308 §2.1).</summary>
    NoSuchName,
}

/// <summary>What a cache knows of a name and a type. Immutable.</summary>
public sealed class CachedRrset
{
    private readonly DnsRecord[] _records;

    internal CachedRrset(CachedKind kind, DnsRecord[] records, CacheRank rank, Instant storedAt, Instant expiresAt)
    {
        Kind = kind;
        _records = records;
        Rank = rank;
        StoredAt = storedAt;
        ExpiresAt = expiresAt;
    }

    public CachedKind Kind { get; }

    public CacheRank Rank { get; }

    public Instant StoredAt { get; }

    public Instant ExpiresAt { get; }

    /// <summary>The RRset, or for a negative entry the SOA record that vouches for it; TTLs are those of the time of storing.</summary>
    public IReadOnlyList<DnsRecord> Records => _records;

    /// <summary>Whole seconds left, rounded up so that what still lives never shows 0.</summary>
    public int TtlLeft(Instant now) =>
        (int)Math.Clamp(((ExpiresAt - now).Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond, 0, int.MaxValue);

    /// <summary>The records with the TTL that is left of them.</summary>
    public DnsRecord[] RecordsAt(Instant now)
    {
        uint left = (uint)TtlLeft(now);
        var aged = new DnsRecord[_records.Length];
        for (int i = 0; i < aged.Length; i++)
            aged[i] = _records[i] with { Ttl = left };
        return aged;
    }
}
