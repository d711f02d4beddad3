using System.Globalization;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// The ledger of one client question: everything that a hostile zone could make a resolver do is paid from here, by the
/// question and all look-ups within it. When something runs out, <see cref="Exhausted"/> says what. Any thread: look-ups
/// run side by side.
/// </summary>
internal sealed class QueryBudget(ResolverSettings settings, Instant start)
{
    private int _queries;
    private int _serverNames;
    private int _aliases;
    private int _signatures;
    private int _hashes;
    private long _bytes;
    private string? _exhausted;

    public int Queries => Volatile.Read(ref _queries);

    public int ServerNames => Volatile.Read(ref _serverNames);

    public int Aliases => Volatile.Read(ref _aliases);

    /// <summary>Signatures checked, good or bad: each costs some 50 to 500 µs (KeyTrap, CVE-2023-50387).</summary>
    public int Signatures => Volatile.Read(ref _signatures);

    /// <summary>NSEC3 hashes computed, iterations included: one unit is one SHA-1 (CVE-2023-50868).</summary>
    public int Hashes => Volatile.Read(ref _hashes);

    /// <summary>Bytes of replies.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public Instant Deadline { get; } = start + settings.MostTime;

    /// <summary>The limit that was hit, in words; null while there is budget.</summary>
    public string? Exhausted => Volatile.Read(ref _exhausted);

    public bool TrySpendQuery() => TrySpend(ref _queries, 1, settings.MostQueries)
        || Exhaust($"{settings.MostQueries} queries were sent for this one question without an end in sight");

    public bool TrySpendServerName() => TrySpend(ref _serverNames, 1, settings.MostServerNames)
        || Exhaust($"{settings.MostServerNames} names of servers had to be looked up for this one question");

    // Not Exhaust: the aliases of a server's name must not end the whole question.
    public bool TrySpendAlias() => TrySpend(ref _aliases, 1, settings.MostAliases);

    public bool TrySpendSignature() => TrySpend(ref _signatures, 1, settings.MostSignatures)
        || Exhaust($"{settings.MostSignatures} signatures were checked for this one question");

    /// <param name="hashes">SHA-1 computations: iterations + 1.</param>
    public bool TrySpendHashes(int hashes) => TrySpend(ref _hashes, hashes, settings.MostHashes)
        || Exhaust($"{settings.MostHashes} NSEC3 hashes were computed for this one question");

    /// <summary>Pays for a reply that is there already: what comes next finds the ledger used up.</summary>
    public void SpendBytes(int bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) > settings.MostReplyBytes)
            Exhaust(string.Create(CultureInfo.InvariantCulture, $"{settings.MostReplyBytes:N0} bytes of replies came for this one question"));
    }

    public bool IsOutOfTime(Instant now) => now >= Deadline
        && !Exhaust(string.Create(CultureInfo.InvariantCulture, $"no answer was found within {settings.MostTime.TotalSeconds:0.#} s"));

    private static bool TrySpend(ref int spent, int amount, int most)
    {
        if (Interlocked.Add(ref spent, amount) <= most)
            return true;
        Interlocked.Add(ref spent, -amount);
        return false;
    }

    private bool Exhaust(string what)
    {
        Interlocked.CompareExchange(ref _exhausted, what, null);
        return false;
    }
}
