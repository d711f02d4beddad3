using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Keys about names that are answered here, and addresses that are not passed on.</summary>
internal static class LocalKeys
{
    private static readonly Dictionary<string, LocalZoneType> s_types = new(StringComparer.Ordinal)
    {
        ["deny"] = LocalZoneType.Deny,
        ["refuse"] = LocalZoneType.Refuse,
        ["static"] = LocalZoneType.Static,
        ["transparent"] = LocalZoneType.Transparent,
        ["typetransparent"] = LocalZoneType.TypeTransparent,
        ["redirect"] = LocalZoneType.Redirect,
        ["inform"] = LocalZoneType.Inform,
        ["inform_deny"] = LocalZoneType.InformDeny,
        ["inform_redirect"] = LocalZoneType.InformRedirect,
        ["always_transparent"] = LocalZoneType.AlwaysTransparent,
        ["block_a"] = LocalZoneType.BlockA,
        ["always_refuse"] = LocalZoneType.AlwaysRefuse,
        ["always_nxdomain"] = LocalZoneType.AlwaysNxdomain,
        ["always_nodata"] = LocalZoneType.AlwaysNodata,
        ["always_deny"] = LocalZoneType.AlwaysDeny,
        ["always_null"] = LocalZoneType.AlwaysNull,
    };

    public static void AddTo(ConfigurationClause keys)
    {
        keys.Add("local-zone", AddZone, values: 2);
        keys.Add("local-data", e =>
        {
            if (e.Record() is { } record)
                e.Builder.LocalRecords.Add(record);
        });
        keys.Add("local-data-ptr", AddPointer);
        keys.Add("unblock-lan-zones", e => e.Builder.HasLanZones = !e.Flag());
        keys.Add("response-ip", e => e.Builder.ResponseRules.Add(new ResponseRule(e.Prefix(), e.Choice(1, s_types), [])), values: 2);
        keys.Add("response-ip-data", AddReplacement, values: 2);
    }

    private static void AddZone(ConfigurationEntry entry)
    {
        DomainName name = entry.Name();
        if (entry.Text(1) == "nodefault")
        {
            entry.Builder.WithoutDefault.Add(name);
            return;
        }

        var zone = new LocalZone(name, entry.Choice(1, s_types));
        entry.Builder.LocalZones.RemoveAll(z => z.Name == name);
        entry.Builder.LocalZones.Add(zone);
    }

    // "192.0.2.3 3600 www.example.com": the reverse name of the address.
    private static void AddPointer(ConfigurationEntry entry)
    {
        string[] words = entry.Text().Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        uint ttl = RecordLine.DefaultTtl;
        if (words.Length is < 2 or > 3 || !IpAddress.TryParse(words[0], out IpAddress address) || !DomainName.TryParse(words[^1], out DomainName name)
            || (words.Length == 3 && !EntryReader.TryParseDuration(words[1], out ttl)))
            entry.Fail(0, $"'{entry.Text()}' is not an address, a TTL if you like, and a name.");
        else
            entry.Builder.LocalRecords.Add(DnsRecord.ForName(ConfigurationBuilder.ReverseName(address), DnsType.PTR, ttl, name));
    }

    private static void AddReplacement(ConfigurationEntry entry)
    {
        IpPrefix prefix = entry.Prefix();
        ConfigurationToken data = entry.Token(1);
        if (!RecordLine.TryRead($". {data.Text}", data.File, data.Line, Math.Max(1, data.Column - 1), out DnsRecord? record, out TextError error))
        {
            entry.Fail(1, error.Message);
            return;
        }

        List<ResponseRule> rules = entry.Builder.ResponseRules;
        int known = rules.FindIndex(r => r.Addresses == prefix);
        ResponseRule rule = known < 0 ? new ResponseRule(prefix, LocalZoneType.Redirect, []) : rules[known];
        rule = rule with { Replacement = [.. rule.Replacement, record] };
        if (known < 0)
            rules.Add(rule);
        else
            rules[known] = rule;
    }
}
