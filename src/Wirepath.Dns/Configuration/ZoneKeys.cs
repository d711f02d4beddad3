namespace Wirepath.Dns;

/// <summary>Keys of the clauses that are about one zone.</summary>
internal static class ZoneKeys
{
    private const ushort DnsPort = 53;

    public static void AddStubKeys(ConfigurationClause keys)
    {
        AddServerKeys(keys, "stub");
        keys.Add("stub-prime", e => e.Builder.Zone!.Prime = e.Flag());
    }

    public static void AddForwardKeys(ConfigurationClause keys) => AddServerKeys(keys, "forward");

    public static void AddAuthorityKeys(ConfigurationClause keys)
    {
        AddName(keys);
        keys.Add("primary", e => e.Builder.Zone!.Servers.Add(e.Server(DnsPort)));
        keys.Add("master", e => e.Builder.Zone!.Servers.Add(e.Server(DnsPort)));
        keys.Add("zonefile", e => e.Builder.Zone!.File = e.Text());
        keys.Add("fallback-enabled", e => e.Builder.Zone!.FallBack = e.Flag());
        keys.Add("for-downstream", e => e.Builder.Zone!.ForClients = e.Flag());
        keys.Add("for-upstream", e => e.Builder.Zone!.ForIteration = e.Flag());
        keys.Without("zones come by transfer or from a file.", "url");
        keys.Without("a copy is looked after by its SOA record's times.", "allow-notify");
        keys.Without("ZONEMD is not checked.", "zonemd-check", "zonemd-reject-absence");
    }

    private static void AddName(ConfigurationClause keys) => keys.Add("name", e =>
    {
        if (e.Builder.Zone!.Name is not null)
            e.FailKey($"this {e.Builder.Zone.Kind} has a name already: {e.Builder.Zone.Name}");
        else
            e.Builder.Zone.Name = e.Name();
    });

    private static void AddServerKeys(ConfigurationClause keys, string prefix)
    {
        AddName(keys);
        keys.Add($"{prefix}-addr", e => e.Builder.Zone!.Servers.Add(e.Server(DnsPort)));
        keys.Add($"{prefix}-host", e => e.Builder.Zone!.Hosts.Add(e.Name()));
        keys.Add($"{prefix}-first", e => e.Builder.Zone!.FallBack = e.Flag());
        keys.Add($"{prefix}-no-cache", e => e.Builder.Zone!.NoCache = e.Flag());
        keys.Add($"{prefix}-tcp-upstream", e => e.Builder.Zone!.OverTcp = e.Flag());
        keys.Add($"{prefix}-tls-upstream", e => e.Builder.Zone!.OverTls = e.Flag());
        keys.Add($"{prefix}-ssl-upstream", e => e.Builder.Zone!.OverTls = e.Flag());
    }
}
