using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>What ICMP "fragmentation needed" and ICMPv6 "packet too big" told about paths (RFC 1191 §5–6.3, RFC 8201 §5): kept for <c>mtu_expires</c>, then tried anew.</summary>
internal sealed class PathMtuCache(Host host)
{
    private readonly Dictionary<IpAddress, (int Mtu, Instant Expires)> _paths = [];
    private Instant _nextExpiry = Instant.Never;

    /// <summary>Counts changes.</summary>
    public int Version { get; private set; }

    /// <summary>Bytes that packets to <paramref name="destination"/> may have; <paramref name="interfaceMtu"/> when nothing smaller is known.</summary>
    public int Get(IpAddress destination, int interfaceMtu, Instant now)
    {
        Expire(now);
        return _paths.TryGetValue(destination, out (int Mtu, Instant Expires) path) ? Math.Min(path.Mtu, interfaceMtu) : interfaceMtu;
    }

    /// <returns>False when this is no news: not smaller than what is known.</returns>
    public bool Lower(IpAddress destination, int mtu, Instant now)
    {
        Expire(now);
        mtu = Math.Max(mtu, destination.IsV6 ? Ipv6Header.MinimumMtu : host.Settings.Ip.MinimumPathMtu);
        bool known = _paths.TryGetValue(destination, out (int Mtu, Instant Expires) path);
        if (known && path.Mtu <= mtu)
            return false;
        if (!known && _paths.Count >= host.Settings.Ip.MostPathMtus)
            _paths.Clear();
        Instant expires = now + (destination.IsV6 ? host.Settings.Ipv6.PathMtuExpires : host.Settings.Ip.PathMtuExpires);
        _paths[destination] = (mtu, expires);
        _nextExpiry = Instant.Min(_nextExpiry, expires);
        Version++;
        return true;
    }

    public void Expire(Instant now)
    {
        if (now < _nextExpiry)
            return;
        _nextExpiry = Instant.Never;
        foreach ((IpAddress destination, (int _, Instant expires)) in _paths)
        {
            if (expires <= now)
                _paths.Remove(destination);
            else
                _nextExpiry = Instant.Min(_nextExpiry, expires);
        }

        Version++;
    }
}
