namespace Wirepath.Dns;

/// <summary>All clauses and keys: the table that docs/resolver-configuration.md shows.</summary>
internal static class ConfigurationKeys
{
    private static readonly ConfigurationClause s_server = new ConfigurationClause("server", isZone: false, "")
        .With(ServingKeys.AddTo).With(AskingKeys.AddTo).With(CachingKeys.AddTo).With(ValidationKeys.AddTo).With(LocalKeys.AddTo).With(KeysWithoutEffect.AddTo);

    private static readonly Dictionary<string, ConfigurationClause> s_clauses = new[]
    {
        s_server,
        new ConfigurationClause("stub-zone", isZone: true, "").With(ZoneKeys.AddStubKeys),
        new ConfigurationClause("forward-zone", isZone: true, "").With(ZoneKeys.AddForwardKeys),
        new ConfigurationClause("auth-zone", isZone: true, "").With(ZoneKeys.AddAuthorityKeys),
        new ConfigurationClause("remote-control", isZone: false, "the process is controlled by signals."),
        new ConfigurationClause("view", isZone: false, "all clients see the same names."),
        new ConfigurationClause("rpz", isZone: false, "response policy zones are not there; local-zone and response-ip do part of it."),
        new ConfigurationClause("cachedb", isZone: false, "the cache is in memory, with a snapshot in a file."),
        new ConfigurationClause("dnstap", isZone: false, "the event log says what dnstap would."),
        new ConfigurationClause("dnscrypt", isZone: false, "DNSCrypt is not spoken; DNS over TLS and over HTTPS are."),
        new ConfigurationClause("ipset", isZone: false, "the kernel's address sets are not filled."),
        new ConfigurationClause("python", isZone: false, "there are no modules in Python."),
        new ConfigurationClause("dynlib", isZone: false, "there are no modules in libraries."),
    }.ToDictionary(c => c.Name, StringComparer.Ordinal);

    public static IReadOnlyCollection<string> Clauses => s_clauses.Keys;

    public static ConfigurationClause? Clause(string name) => s_clauses.GetValueOrDefault(name);

    public static bool IsKnown(string key) => s_clauses.ContainsKey(key) || s_clauses.Values.Any(c => c.Keys.Contains(key));

    public static int ValuesOf(string key) => s_server.Keys.Contains(key) ? s_server.Find(key)!.Values : 1;
}
