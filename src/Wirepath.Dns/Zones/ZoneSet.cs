using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>The zones that a server is authoritative for. Immutable.</summary>
public sealed class ZoneSet
{
    private readonly Dictionary<DomainName, Zone> _zones = [];

    public static readonly ZoneSet Empty = new([]);

    /// <exception cref="ArgumentException">Two zones have one origin.</exception>
    public ZoneSet(params IEnumerable<Zone> zones)
    {
        ArgumentNullException.ThrowIfNull(zones);
        foreach (Zone zone in zones)
        {
            if (!_zones.TryAdd(zone.Origin, zone))
                throw new ArgumentException($"The zone {zone.Origin} is there twice.", nameof(zones));
        }
    }

    public IReadOnlyCollection<Zone> Zones => _zones.Values;

    /// <summary>The zone of exactly this name.</summary>
    public Zone? At(DomainName origin) => _zones.GetValueOrDefault(origin);

    /// <summary>The same zones with this one instead of, or beside, the others.</summary>
    public ZoneSet With(Zone zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        return new ZoneSet(_zones.Values.Where(z => z.Origin != zone.Origin).Append(zone));
    }

    /// <summary>The same zones without this one.</summary>
    public ZoneSet Without(DomainName origin) => new(_zones.Values.Where(z => z.Origin != origin));

    /// <summary>The closest enclosing zone; for DS at a zone's top the parent, if it is here (RFC 4035 §3.1.4.1).</summary>
    public Zone? Find(DomainName name, DnsType type)
    {
        Zone? child = null;
        for (DomainName at = name; ; at = at.Parent)
        {
            if (_zones.TryGetValue(at, out Zone? zone))
            {
                if (type != DnsType.DS || at != name)
                    return zone;
                child = zone;
            }

            if (at.IsRoot)
                return child;
        }
    }
}
