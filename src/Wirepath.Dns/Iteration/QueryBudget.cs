using System.Globalization;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// The ledger of one client question: everything that a hostile zone could make a resolver do is paid from here, by the
/// question and all look-ups within it. When something runs out, <see cref="Exhausted"/> says what.
/// </summary>
internal sealed class QueryBudget(ResolverSettings settings, Instant start)
{
    public int Queries { get; private set; }

    public int ServerNames { get; private set; }

    public int Aliases { get; private set; }

    /// <summary>Signatures checked, good or bad: each costs some 50 to 500 µs (KeyTrap, CVE-2023-50387).</summary>
    public int Signatures { get; private set; }

    /// <summary>NSEC3 hashes computed, iterations included: one unit is one SHA-1 (CVE-2023-50868).</summary>
    public int Hashes { get; private set; }

    public Instant Deadline { get; } = start + settings.MostTime;

    /// <summary>The limit that was hit, in words; null while there is budget.</summary>
    public string? Exhausted { get; private set; }

    public bool TrySpendQuery()
    {
        if (Queries >= settings.MostQueries)
            return Exhaust($"{settings.MostQueries} queries were sent for this one question without an end in sight");
        Queries++;
        return true;
    }

    public bool TrySpendServerName()
    {
        if (ServerNames >= settings.MostServerNames)
            return Exhaust($"{settings.MostServerNames} names of servers had to be looked up for this one question");
        ServerNames++;
        return true;
    }

    public bool TrySpendAlias()
    {
        // Not Exhaust: the aliases of a server's name must not end the whole question.
        if (Aliases >= settings.MostAliases)
            return false;
        Aliases++;
        return true;
    }

    public bool TrySpendSignature()
    {
        if (Signatures >= settings.MostSignatures)
            return Exhaust($"{settings.MostSignatures} signatures were checked for this one question");
        Signatures++;
        return true;
    }

    /// <param name="hashes">SHA-1 computations: iterations + 1.</param>
    public bool TrySpendHashes(int hashes)
    {
        if (Hashes + hashes > settings.MostHashes)
            return Exhaust($"{settings.MostHashes} NSEC3 hashes were computed for this one question");
        Hashes += hashes;
        return true;
    }

    public bool IsOutOfTime(Instant now) => now >= Deadline
        && !Exhaust(string.Create(CultureInfo.InvariantCulture, $"no answer was found within {settings.MostTime.TotalSeconds:0.#} s"));

    private bool Exhaust(string what)
    {
        Exhausted ??= what;
        return false;
    }
}
