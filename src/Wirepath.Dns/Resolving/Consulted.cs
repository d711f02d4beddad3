using Wirepath.Events;

namespace Wirepath.Dns;

/// <summary>What a cache said, as the log puts it.</summary>
internal static class Consulted
{
    public static LookupResult Result(ResolvedMessage? cached, bool isComplete) => !isComplete || cached is null ? LookupResult.Miss
        : !cached.IsAnswer ? LookupResult.Failed
        : ResolverCache.IsNegative(cached) ? LookupResult.NegativeHit
        : LookupResult.Hit;

    /// <summary>Seconds that the whole answer is good for; −1 without one.</summary>
    public static int TtlLeft(ResolvedMessage? cached, bool isComplete) => Result(cached, isComplete) switch
    {
        LookupResult.Hit => (int)cached!.Answers.Min(s => s.Ttl),
        LookupResult.NegativeHit => (int)cached!.Answers.Concat(cached.Authorities).Select(s => s.Ttl).DefaultIfEmpty(0u).Min(),
        _ => -1,
    };
}
