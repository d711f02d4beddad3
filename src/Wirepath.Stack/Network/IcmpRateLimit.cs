using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>How many errors may leave: two token buckets, one for everybody and one for each destination (RFC 1812 §4.3.2.8, RFC 4443 §2.4 (f)).</summary>
internal sealed class IcmpRateLimit(Host host)
{
    /// <summary>Errors that one destination may get at once, as on Linux: enough for a traceroute's probes.</summary>
    private const int DestinationBurst = 6;

    private readonly Dictionary<IpAddress, Instant> _destinations = [];
    private Instant _everybody = Instant.Epoch;

    public bool TryTake(IpAddress to, bool isLimited, TimeSpan perDestination, Instant now)
    {
        IcmpSettings settings = host.Settings.Icmp;
        if (!isLimited)
            return true;
        TimeSpan each = TimeSpan.FromTicks(TimeSpan.TicksPerSecond / Math.Max(1, settings.MessagesPerSecond));
        if (perDestination > TimeSpan.Zero)
        {
            if (!_destinations.TryGetValue(to, out Instant spent) && _destinations.Count >= settings.MostRates)
                _destinations.Clear();
            if (!TryTake(ref spent, perDestination, DestinationBurst, now))
                return false;
            _destinations[to] = spent;
        }

        return TryTake(ref _everybody, each, settings.MessagesBurst, now);
    }

    // A bucket as one instant: until when the tokens taken so far would have lasted at the steady rate.
    private static bool TryTake(ref Instant spentUntil, TimeSpan each, int burst, Instant now)
    {
        Instant after = Instant.Max(spentUntil, now) + each;
        if (after - now > each * burst)
            return false;
        spentUntil = after;
        return true;
    }
}
