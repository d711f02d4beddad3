using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>A name server of a zone, and where it is, as far as known.</summary>
internal sealed class ZoneServer(DomainName name)
{
    public DomainName Name { get; } = name;

    public List<IpAddress> Addresses { get; } = [];

    /// <summary>Its addresses need not be looked up (again).</summary>
    public bool IsLookedUp { get; set; }

    /// <summary>Why no address was found.</summary>
    public string Problem { get; set; } = "";
}

/// <summary>A zone cut: the zone below it and who serves it.</summary>
internal sealed class Delegation(DomainName zone)
{
    public DomainName Zone { get; } = zone;

    public List<ZoneServer> Servers { get; } = [];

    public static Delegation FromHints(RootHints hints)
    {
        var root = new Delegation(DomainName.Root);
        foreach ((DomainName name, IpAddress address) in hints.Servers)
            root.FindOrAdd(name).Addresses.Add(address);
        foreach (ZoneServer server in root.Servers)
            server.IsLookedUp = true;
        return root;
    }

    /// <summary>Takes NS records, the glue that came with them, and what the cache knows of the servers' addresses.</summary>
    public static Delegation From(
        IReadOnlyList<DnsRecord> nameservers, IReadOnlyList<DnsRecord> glue, RrsetCache cache, ResolverSettings settings, Instant now)
    {
        var delegation = new Delegation(nameservers[0].Name);
        foreach (DnsRecord record in nameservers)
        {
            if (delegation.Servers.Count >= settings.MostServersPerZone)
                break;
            if (record.TryGetName(out DomainName name))
                delegation.FindOrAdd(name);
        }

        foreach (ZoneServer server in delegation.Servers)
        {
            foreach (DnsRecord record in glue)
            {
                if (record.Name == server.Name)
                    delegation.Add(server, record, settings);
            }

            delegation.AddCached(server, DnsType.A, cache, settings, now);
            if (settings.UseIpv6)
                delegation.AddCached(server, DnsType.AAAA, cache, settings, now);
        }

        return delegation;
    }

    public void Add(ZoneServer server, DnsRecord record, ResolverSettings settings)
    {
        if (record.TryGetAddress(out IpAddress address) && (address.IsV4 || settings.UseIpv6)
            && !server.Addresses.Contains(address) && Servers.Sum(s => s.Addresses.Count) < settings.MostServersPerZone)
            server.Addresses.Add(address);
    }

    private void AddCached(ZoneServer server, DnsType type, RrsetCache cache, ResolverSettings settings, Instant now)
    {
        if (!cache.TryGet(server.Name, type, CacheRank.Additional, now, out CachedRrset? known))
            return;
        if (known.Kind == CachedKind.Records)
        {
            foreach (DnsRecord record in known.Records)
                Add(server, record, settings);
        }
        else if (server.Addresses.Count == 0)
        {
            server.IsLookedUp = type == DnsType.A && !settings.UseIpv6;
            server.Problem = known.Kind == CachedKind.NoSuchName ? "no such name" : "it has no address";
        }
    }

    private ZoneServer FindOrAdd(DomainName name)
    {
        ZoneServer? server = Servers.Find(s => s.Name == name);
        if (server is null)
            Servers.Add(server = new ZoneServer(name));
        return server;
    }
}
