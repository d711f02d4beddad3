namespace Wirepath.Dns;

/// <summary>Limits of a <see cref="ResolverCache"/>.</summary>
public sealed record CacheSettings
{
    /// <summary>Bytes of sets that may be kept; the least recently used leave. 4 MiB: some 10,000 names.</summary>
    public long MostBytes { get; init; } = 4 << 20;

    /// <summary>A shorter TTL counts as this. 0: the zone's owner decides.</summary>
    public TimeSpan LeastTtl { get; init; } = TimeSpan.Zero;

    /// <summary>A longer TTL counts as this. 1 day, as most resolvers have it.</summary>
    public TimeSpan MostTtl { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The same for "there is none" (RFC 2308 §5: 1 to 3 hours). 1 hour.</summary>
    public TimeSpan MostNegativeTtl { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Shorter lives of "no such name" and "no such type" are raised to this. 0: the zone's owner says how long.</summary>
    public TimeSpan LeastNegativeTtl { get; init; } = TimeSpan.Zero;

    /// <summary>Bytes of whole answers that may be kept beside the sets; 4 MiB, 0 keeps nothing.</summary>
    public long MostMessageBytes { get; init; } = 4 << 20;
}
