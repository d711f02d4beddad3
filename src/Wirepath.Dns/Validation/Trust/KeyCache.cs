using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Zones whose keys are known, good or bad or none; the least recently used is forgotten. Any thread.</summary>
internal sealed class KeyCache(ResolverSettings settings)
{
    private readonly Lock _lock = new();
    private readonly LruTable<DomainName, ZoneTrust> _zones = new(settings.MostZonesRemembered);

    public int Count
    {
        get
        {
            lock (_lock)
                return _zones.Count;
        }
    }

    public ZoneTrust? Find(DomainName name, Instant now)
    {
        lock (_lock)
            return _zones.TryGet(name, out ZoneTrust? trust) && now < trust.Expires ? trust : null;
    }

    /// <summary>The deepest zone at or above the name that is known.</summary>
    /// <param name="name">What is to be verified.</param>
    /// <param name="anchor">A zone above it; nothing above that is looked at.</param>
    /// <param name="now">Entries live until then.</param>
    public ZoneTrust? Closest(DomainName name, DomainName anchor, Instant now)
    {
        for (DomainName at = name; at.Size >= anchor.Size; at = at.Parent)
        {
            if (Find(at, now) is { IsNoCut: false } trust)
                return trust;
            if (at.IsRoot)
                break;
        }

        return null;
    }

    public void Put(ZoneTrust trust)
    {
        lock (_lock)
            _zones.Put(trust);
    }

    /// <summary>How long a zone that is bogus now stays so: twice as long each time, until it was good again.</summary>
    public (TimeSpan For, int Failures) Punish(DomainName zone)
    {
        int failures;
        lock (_lock)
            failures = _zones.TryGet(zone, out ZoneTrust? before) && before.Security == Security.Bogus ? before.Failures : 0;
        double seconds = settings.BogusTtl.TotalSeconds * Math.Pow(2, Math.Min(failures, 30));
        return (TimeSpan.FromSeconds(Math.Min(seconds, Math.Max(settings.MostBadKeyMemory.TotalSeconds, settings.BogusTtl.TotalSeconds))), failures + 1);
    }

    public void Clear()
    {
        lock (_lock)
            _zones.Clear();
    }
}
