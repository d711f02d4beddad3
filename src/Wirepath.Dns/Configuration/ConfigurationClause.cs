namespace Wirepath.Dns;

/// <param name="Values">How many follow the key.</param>
/// <param name="Apply">Null: it changes nothing.</param>
/// <param name="WithoutEffect">Then why.</param>
internal sealed record ConfigurationKey(int Values, Action<ConfigurationEntry>? Apply, string WithoutEffect);

/// <summary>A clause of the file and the keys that may stand in it.</summary>
internal sealed class ConfigurationClause(string name, bool isZone, string withoutEffect)
{
    private readonly Dictionary<string, ConfigurationKey> _keys = new(StringComparer.Ordinal);

    public string Name => name;

    /// <summary>Each one that begins is another zone.</summary>
    public bool IsZone => isZone;

    /// <summary>Why the whole clause changes nothing; empty when it does.</summary>
    public string WithoutEffect => withoutEffect;

    public IReadOnlyCollection<string> Keys => _keys.Keys;

    public ConfigurationKey? Find(string key)
    {
        if (_keys.TryGetValue(key, out ConfigurationKey? known))
            return known;
        // What a clause without effect has in it is read past; some keys are the server's.
        return withoutEffect.Length == 0 ? null : new ConfigurationKey(ConfigurationKeys.ValuesOf(key), _ => { }, "");
    }

    public ConfigurationClause With(Action<ConfigurationClause> keys)
    {
        keys(this);
        return this;
    }

    public void Add(string key, Action<ConfigurationEntry> apply, int values = 1) => _keys.Add(key, new ConfigurationKey(values, apply, ""));

    public void Flag(string key, Func<ResolverSettings, bool, ResolverSettings> set) => Add(key, entry =>
    {
        bool flag = entry.Flag();
        entry.Builder.Settings = set(entry.Builder.Settings, flag);
    });

    public void Number(string key, int least, int most, Func<ResolverSettings, int, ResolverSettings> set) => Add(key, entry =>
    {
        int number = entry.Number(least, most);
        entry.Builder.Settings = set(entry.Builder.Settings, number);
    });

    public void Seconds(string key, Func<ResolverSettings, TimeSpan, ResolverSettings> set) => Add(key, entry =>
    {
        TimeSpan span = entry.Seconds();
        entry.Builder.Settings = set(entry.Builder.Settings, span);
    });

    public void Milliseconds(string key, Func<ResolverSettings, TimeSpan, ResolverSettings> set) => Add(key, entry =>
    {
        TimeSpan span = entry.Milliseconds();
        entry.Builder.Settings = set(entry.Builder.Settings, span);
    });

    public void Set(string key, Func<ConfigurationEntry, ResolverSettings, ResolverSettings> set) => Add(key, entry =>
        entry.Builder.Settings = set(entry, entry.Builder.Settings));

    public void Cache(string key, Func<ConfigurationEntry, CacheSettings, CacheSettings> set) => Add(key, entry =>
        entry.Builder.Cache = set(entry, entry.Builder.Cache));

    /// <summary>Keys that are read and change nothing.</summary>
    /// <param name="reason">Why, as a sentence.</param>
    /// <param name="keys">A key alone takes one value, <c>key/2</c> two.</param>
    public void Without(string reason, params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
        {
            string[] parts = key.Split('/');
            _keys.Add(parts[0], new ConfigurationKey(parts.Length > 1 ? parts[1][0] - '0' : 1, null, reason));
        }
    }

    public void WithoutAll(string reason, string keys) => Without(reason, keys.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));
}
