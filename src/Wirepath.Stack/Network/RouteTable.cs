using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>A row of <c>ip route</c>.</summary>
/// <param name="Prefix">Destinations it is for; length 0 is the default route.</param>
/// <param name="Gateway">The next hop; none when the destinations are on the link itself.</param>
/// <param name="Interface">Where packets leave.</param>
public sealed record Route(IpPrefix Prefix, IpAddress Gateway, Interface Interface)
{
    /// <summary>Among routes to the same prefix the lowest wins.</summary>
    public int Metric { get; init; }

    /// <summary>The source address of packets that do not have one yet; none: the interface's.</summary>
    public IpAddress PreferredSource { get; init; }
}

/// <summary>Where a packet goes next.</summary>
/// <param name="Route">What matched.</param>
/// <param name="NextHop">The gateway, or the destination itself.</param>
/// <param name="Source">The address to send from.</param>
public readonly record struct RouteDecision(Route Route, IpAddress NextHop, IpAddress Source)
{
    public Interface Interface => Route.Interface;

    public bool OnLink => Route.Gateway.IsNone;
}

/// <summary>Longest-prefix routing for both families (RFC 1812 §5.2.4.3).</summary>
public sealed class RouteTable
{
    // Longest prefix first, then lowest metric: the first match is the answer. A host's table is short, and a
    // linear scan over it is faster than a trie.
    private Route[] _routes = [];

    public IReadOnlyList<Route> Routes => _routes;

    /// <summary>Counts changes, so that a remembered decision knows when it is out of date.</summary>
    internal int Version { get; private set; }

    /// <summary>Adds a route; one with the same prefix and metric is replaced.</summary>
    public void Add(Route route)
    {
        ArgumentNullException.ThrowIfNull(route);
        IEnumerable<Route> others = _routes.Where(r => r.Prefix != route.Prefix || r.Metric != route.Metric || r.Interface != route.Interface);
        _routes = [.. others.Append(route).OrderByDescending(r => r.Prefix.Length).ThenBy(r => r.Metric)];
        Version++;
    }

    /// <summary>Adds <c>default via <paramref name="gateway"/></c>, of the gateway's family.</summary>
    public void AddDefault(IpAddress gateway, Interface via, int metric = 0) =>
        Add(new Route(new IpPrefix(gateway.IsV4 ? IpAddress.AnyV4 : IpAddress.AnyV6, 0), gateway, via) { Metric = metric });

    public bool Remove(Route route) => RemoveWhere(r => r == route) > 0;

    internal int RemoveWhere(Predicate<Route> match)
    {
        int before = _routes.Length;
        _routes = Array.FindAll(_routes, r => !match(r));
        Version++;
        return before - _routes.Length;
    }

    /// <summary>Finds the route for a destination.</summary>
    /// <returns>False when none matches, or the one that does has no source address for this family.</returns>
    public bool TryLookup(IpAddress destination, out RouteDecision decision)
    {
        foreach (Route route in _routes)
        {
            if (!route.Prefix.Contains(destination))
                continue;
            IpAddress nextHop = route.Gateway.IsNone ? destination : route.Gateway;
            IpAddress source = route.PreferredSource.IsNone ? route.Interface.SourceFor(destination.IsV6 ? destination : nextHop) : route.PreferredSource;
            if (source.IsNone)
                continue;
            decision = new RouteDecision(route, nextHop, source);
            return true;
        }

        decision = default;
        return false;
    }
}
