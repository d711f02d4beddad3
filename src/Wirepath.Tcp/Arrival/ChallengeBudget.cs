using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>
/// Challenge ACKs that a host sends in a second (RFC 5961 §7). How many exactly is drawn anew each second, between half the limit and
/// one and a half of it: counting what is left of a fixed number once told an attacker whether two others were talking (CVE-2016-5696).
/// </summary>
internal sealed class ChallengeBudget(RandomSource random)
{
    // Beyond it there is no limit to speak of; Linux's default is the largest number there is.
    private const int MostPerSecond = 1 << 30;

    private Instant _period = Instant.Never;
    private int _left;

    public bool TrySpend(int limit, Instant now)
    {
        if (limit == 0)
            return false;
        limit = Math.Min(limit, MostPerSecond);
        if (_period.IsNever || now - _period >= TimeSpan.FromSeconds(1))
            (_period, _left) = (now, (limit + 1) / 2 + random.Next(limit));
        if (_left == 0)
            return false;
        _left--;
        return true;
    }
}
