using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>A zone clause that is being read.</summary>
internal sealed class ZoneClause(ConfigurationToken keyword, string kind)
{
    public ConfigurationToken Keyword { get; } = keyword;

    public string Kind { get; } = kind;

    public DomainName? Name { get; set; }

    public List<ConfiguredServer> Servers { get; } = [];

    public List<DomainName> Hosts { get; } = [];

    public bool Prime { get; set; }

    public bool FallBack { get; set; }

    public bool NoCache { get; set; }

    public bool OverTcp { get; set; }

    public bool OverTls { get; set; }

    public string? File { get; set; }

    public bool ForClients { get; set; } = true;

    public bool ForIteration { get; set; } = true;
}

/// <summary>Gathers what the keys say, line by line.</summary>
internal sealed class ConfigurationBuilder(ResolverConfiguration? defaults)
{
    private readonly ResolverConfiguration? _defaults = defaults;
    private readonly List<ZoneClause> _zones = [];

    public ResolverSettings Settings { get; set; } = defaults?.Settings ?? new ResolverSettings();

    public CacheSettings Cache { get; set; } = defaults?.Cache ?? new CacheSettings();

    /// <summary>The clause that keys now belong to.</summary>
    public ZoneClause? Zone => _zones.Count == 0 ? null : _zones[^1];

    public List<(IpAddress Address, ushort? Port)> Interfaces { get; } = [];

    public ushort Port { get; set; } = 53;

    public List<AccessRule> Access { get; } = [];

    public List<LocalZone> LocalZones { get; } = [];

    public List<DnsRecord> LocalRecords { get; } = [];

    public HashSet<DomainName> WithoutDefault { get; } = [];

    public bool HasLanZones { get; set; } = true;

    public bool HidesIdentity { get; set; }

    public bool HidesVersion { get; set; }

    public List<ResponseRule> ResponseRules { get; } = [];

    public List<string> RootHintFiles { get; } = [];

    public List<DnsRecord> TrustAnchors { get; } = [];

    public List<string> TrustAnchorFiles { get; } = [];

    public List<string> AutoTrustAnchorFiles { get; } = [];

    public List<KeyWithoutEffect> WithoutEffect { get; } = [];

    public void Begin(ConfigurationToken keyword, string kind) => _zones.Add(new ZoneClause(keyword, kind));

    /// <summary>What can only be said when all is read.</summary>
    public TextError? Check()
    {
        foreach (ZoneClause zone in _zones)
        {
            if (zone.Name is null)
                return zone.Keyword.Error($"this {zone.Kind} has no 'name:'.");
            if (zone.Kind == "stub-zone" && zone.Servers.Count == 0 && zone.Hosts.Count == 0)
                return zone.Keyword.Error($"the stub-zone {zone.Name} has neither 'stub-addr:' nor 'stub-host:'.");
        }

        return null;
    }

    public ResolverConfiguration Build()
    {
        ResolverSettings settings = Settings with
        {
            Identity = HidesIdentity ? null : Settings.Identity,
            Version = HidesVersion ? null : Settings.Version,
            CookieSecret = Settings.AnswerCookies ? Settings.CookieSecret : default,
        };
        return _defaults! with
        {
            Settings = settings,
            Cache = Cache,
            Listen = [.. Interfaces.Select(i => new IpEndpoint(i.Address, i.Port ?? Port))],
            Access = Access,
            StubZones = [.. _zones.Where(z => z.Kind == "stub-zone").Select(z => new StubZone(z.Name!.Value)
            {
                Servers = z.Servers, Hosts = z.Hosts, Prime = z.Prime, FallBack = z.FallBack, NoCache = z.NoCache, OverTcp = z.OverTcp, OverTls = z.OverTls,
            })],
            ForwardZones = [.. _zones.Where(z => z.Kind == "forward-zone").Select(z => new ForwardZone(z.Name!.Value)
            {
                Servers = z.Servers, Hosts = z.Hosts, FallBack = z.FallBack, NoCache = z.NoCache, OverTcp = z.OverTcp, OverTls = z.OverTls,
            })],
            AuthorityZones = [.. _zones.Where(z => z.Kind == "auth-zone").Select(z => new AuthorityZone(z.Name!.Value)
            {
                Primaries = z.Servers, File = z.File, ForClients = z.ForClients, ForIteration = z.ForIteration, FallBack = z.FallBack,
            })],
            LocalZones = BuildLocalZones(),
            ResponseRules = ResponseRules,
            RootHintFiles = RootHintFiles,
            TrustAnchors = TrustAnchors,
            TrustAnchorFiles = TrustAnchorFiles,
            AutoTrustAnchorFiles = AutoTrustAnchorFiles,
            WithoutEffect = WithoutEffect,
        };
    }

    public LocalZones BuildLocalZones()
    {
        var zones = new Dictionary<DomainName, LocalZone>();
        var records = new List<DnsRecord>();
        foreach (LocalZone zone in LocalZones)
            zones[zone.Name] = zone;
        AddDefaults(SpecialNames.LoopbackZones, _ => []);
        foreach (string line in SpecialNames.LoopbackRecords)
        {
            DnsRecord record = Known(line);
            if (!WithoutDefault.Contains(record.Name) && !LocalZones.Exists(z => record.Name.IsSubdomainOf(z.Name)))
                records.Add(record);
        }

        AddDefaults(SpecialNames.EmptyZones, SpecialNames.EmptyZone);
        if (HasLanZones)
            AddDefaults(SpecialNames.PrivateZones, SpecialNames.EmptyZone);
        foreach (DnsRecord record in LocalRecords)
        {
            records.Add(record);
            if (!IsCovered(record.Name))
                zones[record.Name] = new LocalZone(record.Name, LocalZoneType.Transparent);
        }

        return new LocalZones(zones.Values, records);

        void AddDefaults(string[] names, Func<string, string[]> content)
        {
            foreach (string text in names)
            {
                DomainName name = DomainName.Parse(text);
                if (WithoutDefault.Contains(name) || !zones.TryAdd(name, new LocalZone(name, LocalZoneType.Static)))
                    continue;
                foreach (string line in content(text))
                    records.Add(Known(line));
            }
        }

        bool IsCovered(DomainName name)
        {
            for (int labels = name.LabelCount; labels >= 0; labels--)
            {
                if (zones.ContainsKey(name.Ancestor(labels)))
                    return true;
            }

            return false;
        }
    }

    /// <summary>The name under which the address is looked up in reverse (RFC 1035 §3.5, RFC 3596 §2.5).</summary>
    public static DomainName ReverseName(IpAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.Write(bytes);
        var labels = new List<string>();
        for (int i = address.Size - 1; i >= 0; i--)
        {
            if (address.IsV4)
                labels.Add(bytes[i].ToString(System.Globalization.CultureInfo.InvariantCulture));
            else
                labels.Add($"{bytes[i] & 15:x}.{bytes[i] >> 4:x}");
        }

        return DomainName.Parse(string.Join('.', labels) + (address.IsV4 ? ".in-addr.arpa." : ".ip6.arpa."));
    }

    private static DnsRecord Known(string line) =>
        RecordLine.TryRead(line, "built-in", 1, 1, out DnsRecord? record, out TextError error) ? record : throw new FormatException(error.ToString());
}
