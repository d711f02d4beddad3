using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>A name server of a zone, and where it is, as far as known.</summary>
internal sealed class ZoneServer(DomainName name)
{
    public DomainName Name { get; } = name;

    public List<IpEndpoint> Addresses { get; } = [];

    /// <summary>Its IPv4 addresses need not be looked up (again).</summary>
    public bool IsKnownV4 { get; set; }

    /// <summary>Its IPv6 addresses need not be looked up (again).</summary>
    public bool IsKnownV6 { get; set; }

    /// <summary>Nobody knows the name.</summary>
    public bool IsUnknown { get; set; }

    /// <summary>The types of address that are worth looking up.</summary>
    public IEnumerable<DnsType> Missing(ResolverSettings settings)
    {
        if (!IsKnownV4 && (settings.UseIpv4 || settings.UseNat64))
            yield return DnsType.A;
        if (!IsKnownV6 && settings.UseIpv6)
            yield return DnsType.AAAA;
    }

    public bool IsKnown(ResolverSettings settings) => !Missing(settings).Any();

    public void SetKnown(DnsType type)
    {
        if (type == DnsType.A)
            IsKnownV4 = true;
        else
            IsKnownV6 = true;
    }

    /// <summary>Why no address was found.</summary>
    public string Problem { get; set; } = "";
}

/// <summary>How the servers of a <see cref="Delegation"/> are to be asked.</summary>
internal enum DelegationKind
{
    /// <summary>Found by iteration: authorities.</summary>
    Found,
    /// <summary>The root hints.</summary>
    Hints,
    /// <summary>Configured authorities.</summary>
    Stub,
    /// <summary>Configured resolvers.</summary>
    Forward,
}

/// <summary>A zone cut: the zone below it and who serves it.</summary>
internal sealed class Delegation(DomainName zone, DelegationKind kind)
{
    public DomainName Zone { get; } = zone;

    public DelegationKind Kind { get; } = kind;

    public bool IsForward => Kind == DelegationKind.Forward;

    public List<ZoneServer> Servers { get; } = [];

    /// <summary>When they all fail, the search goes on as if this were not configured.</summary>
    public bool FallsBack { get; init; }

    /// <summary>What they answer is not kept.</summary>
    public bool NoCache { get; init; }

    public bool OverTcp { get; init; }

    /// <summary>The servers are only asked who the zone's servers are.</summary>
    public bool NeedsPriming { get; set; }

    /// <summary>A DS set or trust anchor says that answers of the zone are signed.</summary>
    public bool ExpectsSignatures { get; set; }

    /// <summary>The parent's own version of the cut has been tried as well.</summary>
    public bool HasParentSide { get; set; }

    public static Delegation FromHints(RootHints hints, ResolverSettings settings)
    {
        var root = new Delegation(DomainName.Root, DelegationKind.Hints);
        foreach ((DomainName name, IpAddress address) in hints.Servers)
            root.Add(root.FindOrAdd(name), new IpEndpoint(address, settings.ServerPort), settings);
        foreach (ZoneServer server in root.Servers)
            (server.IsKnownV4, server.IsKnownV6) = (true, true);
        return root;
    }

    /// <summary>Servers that the configuration names; those given by name have their addresses looked up.</summary>
    public static void AddConfigured(
        Delegation delegation, IReadOnlyList<ConfiguredServer> servers, IReadOnlyList<DomainName> hosts, ResolverSettings settings)
    {
        if (servers.Count > 0)
        {
            var unnamed = new ZoneServer(DomainName.Root) { IsKnownV4 = true, IsKnownV6 = true };
            foreach (ConfiguredServer server in servers)
                delegation.Add(unnamed, server.Endpoint, settings);
            delegation.Servers.Add(unnamed);
        }

        foreach (DomainName host in hosts)
            delegation.FindOrAdd(host);
    }

    /// <summary>Takes NS records, the glue that came with them, and what the cache knows of the servers' addresses.</summary>
    public static Delegation From(Rrset nameservers, IReadOnlyList<Rrset> glue, ResolverCache cache, ResolverSettings settings, Instant now)
    {
        var delegation = new Delegation(nameservers.Name, DelegationKind.Found);
        foreach (DnsRecord record in nameservers.Records)
        {
            if (delegation.Servers.Count >= settings.MostNameservers)
                break;
            if (record.TryGetName(out DomainName name))
                delegation.FindOrAdd(name);
        }

        foreach (ZoneServer server in delegation.Servers)
        {
            foreach (Rrset set in glue)
            {
                if (set.Name == server.Name)
                    delegation.Add(server, set, settings);
            }

            delegation.AddCached(server, cache, settings, now);
        }

        return delegation;
    }

    public void Add(ZoneServer server, Rrset addresses, ResolverSettings settings)
    {
        server.SetKnown(addresses.Type);
        foreach (DnsRecord record in addresses.Records)
        {
            if (record.TryGetAddress(out IpAddress address))
                Add(server, new IpEndpoint(address, settings.ServerPort), settings);
        }
    }

    public void Add(ZoneServer server, IpEndpoint address, ResolverSettings settings)
    {
        if (settings.UseNat64 && address.Address.IsV4)
            address = new IpEndpoint(Nat64.Embed(address.Address, settings.Nat64Prefix), address.Port);
        if (MayAsk(address.Address, Kind, settings) && !server.Addresses.Contains(address)
            && Servers.Sum(s => s.Addresses.Count) < settings.MostServersPerZone)
            server.Addresses.Add(address);
    }

    /// <summary>Adds servers and addresses of another version of the same cut.</summary>
    /// <returns>True when there is somebody new to ask.</returns>
    public bool Merge(Delegation other, ResolverSettings settings)
    {
        bool isNew = false;
        foreach (ZoneServer theirs in other.Servers)
        {
            ZoneServer? mine = Servers.Find(s => s.Name == theirs.Name);
            if (mine is null)
            {
                Servers.Insert(0, theirs);
                isNew = true;
                continue;
            }

            int before = mine.Addresses.Count;
            foreach (IpEndpoint address in theirs.Addresses)
                Add(mine, address, settings);
            isNew |= mine.Addresses.Count > before;
        }

        return isNew;
    }

    /// <summary>True when asking these servers needs an answer that only they could give.</summary>
    public bool IsUseless(Search search, ResolverSettings settings) => !Servers.Exists(s => s.Addresses.Count > 0
        || (!s.IsKnown(settings) && !s.Name.IsSubdomainOf(Zone) && !search.IsBecauseOf(new DnsQuestion(s.Name, DnsType.A))));

    private static bool MayAsk(IpAddress address, DelegationKind kind, ResolverSettings settings)
    {
        if (address.IsV4 ? !settings.UseIpv4 : !settings.UseIpv6)
            return false;
        if (kind is DelegationKind.Stub or DelegationKind.Forward)
            return true;
        return (settings.AskLoopback || !address.IsLoopback) && !settings.NeverAsk.Any(prefix => prefix.Contains(address));
    }

    private void AddCached(ZoneServer server, ResolverCache cache, ResolverSettings settings, Instant now)
    {
        foreach (DnsType type in server.Missing(settings).ToArray())
        {
            if (cache.TryGetSet(server.Name, type, now, out Rrset? known))
            {
                Add(server, known, settings);
            }
            else if (cache.TryGetMessage(new DnsQuestion(server.Name, type), now, out CachedMessage? message) && message.IsAnswer
                && (message.Sets.Length == 0 || message.Sets[0].Key.Type != DnsType.CNAME))
            {
                server.SetKnown(type);
                if (server.Addresses.Count == 0)
                    server.Problem = message.Rcode == DnsRcode.NXDomain ? "no such name" : "it has no address";
            }
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
