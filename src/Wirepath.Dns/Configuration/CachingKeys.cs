namespace Wirepath.Dns;

/// <summary>Keys about what is kept, for how long, and what is given after that.</summary>
internal static class CachingKeys
{
    public static void AddTo(ConfigurationClause keys)
    {
        keys.Cache("rrset-cache-size", (e, c) => c with { MostBytes = e.Size() });
        keys.Cache("msg-cache-size", (e, c) => c with { MostMessageBytes = e.Size() });
        keys.Cache("cache-min-ttl", (e, c) => c with { LeastTtl = e.Seconds() });
        keys.Cache("cache-max-ttl", (e, c) => c with { MostTtl = e.Seconds() });
        keys.Cache("cache-min-negative-ttl", (e, c) => c with { LeastNegativeTtl = e.Seconds() });
        keys.Cache("cache-max-negative-ttl", (e, c) => c with { MostNegativeTtl = e.Seconds() });
        keys.Flag("prefetch", (s, on) => s with { Prefetch = on });
        keys.Flag("prefetch-key", (s, on) => s with { PrefetchKeys = on });
        keys.Flag("serve-expired", (s, on) => s with { ServeStale = on });
        keys.Seconds("serve-expired-ttl", (s, t) => s with { StaleTtl = t });
        keys.Flag("serve-expired-ttl-reset", (s, on) => s with { StaleTtlStartsOver = on });
        keys.Seconds("serve-expired-reply-ttl", (s, t) => s with { StaleReplyTtl = t });
        keys.Milliseconds("serve-expired-client-timeout", (s, t) => s with { StaleClientTimeout = t });
    }
}
