namespace Wirepath.Dns;

/// <summary>Limits of one <see cref="RrsetCache"/>.</summary>
public sealed record CacheSettings
{
    /// <summary>Bytes of records, names and book-keeping that may be kept; 4 MiB hold some 20,000 RRsets, 0 keeps nothing.</summary>
    public long MostBytes { get; init; } = 4 << 20;

    /// <summary>Shorter TTLs are raised to this. 0: a record's owner may forbid caching (RFC 1035 §3.2.1).</summary>
    public TimeSpan LeastTtl { get; init; } = TimeSpan.Zero;

    /// <summary>Longer TTLs are cut to this: one day, so that a mistake in a zone does not stay for weeks (RFC 8767 §4 allows a week).</summary>
    public TimeSpan MostTtl { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Longest life of "no such name" and "no such type": one hour (RFC 2308 §5 wants 1 to 3 hours at most).</summary>
    public TimeSpan MostNegativeTtl { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Shorter lives of "no such name" and "no such type" are raised to this. 0: the zone's owner says how long.</summary>
    public TimeSpan LeastNegativeTtl { get; init; } = TimeSpan.Zero;

    /// <summary>Bytes of whole answers that may be kept beside the sets; 4 MiB, 0 keeps nothing.</summary>
    public long MostMessageBytes { get; init; } = 4 << 20;
}
