using System.Text;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Keys about clients: where they are heard, who may ask, what they get.</summary>
internal static class ServingKeys
{
    private static readonly Dictionary<string, AccessAction> s_actions = new(StringComparer.Ordinal)
    {
        ["allow"] = AccessAction.Allow,
        ["allow_snoop"] = AccessAction.AllowSnoop,
        ["allow_setrd"] = AccessAction.AllowSetRd,
        ["allow_cookie"] = AccessAction.AllowCookie,
        ["deny"] = AccessAction.Deny,
        ["refuse"] = AccessAction.Refuse,
        ["deny_non_local"] = AccessAction.DenyNonLocal,
        ["refuse_non_local"] = AccessAction.RefuseNonLocal,
    };

    public static void AddTo(ConfigurationClause keys)
    {
        keys.Add("interface", AddInterface);
        keys.Add("ip-address", AddInterface);
        keys.Add("port", e => e.Builder.Port = (ushort)e.Number(1, ushort.MaxValue));
        keys.Add("access-control", e => e.Builder.Access.Add(new AccessRule(e.Prefix(), e.Choice(1, s_actions))), values: 2);
        keys.Number("num-queries-per-thread", 1, int.MaxValue, (s, n) => s with { MostQuestionsInFlight = n });
        keys.Milliseconds("jostle-timeout", (s, t) => s with { JostleTimeout = t });
        keys.Milliseconds("discard-timeout", (s, t) => s with { DiscardTimeout = t });
        keys.Number("max-udp-size", 512, ushort.MaxValue, (s, n) => s with { MostUdpAnswer = (ushort)n });
        keys.Flag("minimal-responses", (s, on) => s with { MinimalResponses = on });
        keys.Flag("rrset-roundrobin", (s, on) => s with { RotateRecords = on });
        keys.Flag("deny-any", (s, on) => s with { DenyAny = on });
        keys.Flag("ede", (s, on) => s with { UseExtendedErrors = on });
        keys.Flag("ede-serve-expired", (s, on) => s with { MarkStaleAnswers = on });
        keys.Add("hide-identity", e => e.Builder.HidesIdentity = e.Flag());
        keys.Add("hide-version", e => e.Builder.HidesVersion = e.Flag());
        keys.Set("identity", (e, s) => s with { Identity = e.Text() });
        keys.Set("version", (e, s) => s with { Version = e.Text() });
        keys.Set("nsid", (e, s) => s with { Nsid = ReadNsid(e) });
        keys.Flag("answer-cookie", (s, on) => s with { AnswerCookies = on });
        keys.Set("cookie-secret", (e, s) => s with { CookieSecret = ReadSecret(e) });
        keys.Flag("dns64-synthall", (s, on) => s with { Dns64ForAll = on });
        keys.Set("dns64-prefix", (e, s) => s with { Dns64Prefix = AskingKeys.TranslationPrefix(e) ?? s.Dns64Prefix });
        keys.Set("dns64-ignore-aaaa", (e, s) => s with { Dns64WithoutAaaa = [.. s.Dns64WithoutAaaa, e.Name()] });
        keys.Set("module-config", ReadModules);
    }

    private static void AddInterface(ConfigurationEntry entry)
    {
        string[] parts = entry.Text().Split('@');
        if (!IpAddress.TryParse(parts[0], out IpAddress address))
        {
            entry.Fail(0, $"'{parts[0]}' is not an address; interfaces are given by address here, 0.0.0.0 and :: are all of them.");
            return;
        }

        ushort? port = null;
        if (parts.Length > 1)
        {
            if (!ushort.TryParse(parts[1], out ushort number))
                entry.Fail(0, $"'{parts[1]}' is not a port, a number up to 65535.");
            port = number;
        }

        entry.Builder.Interfaces.Add((address, port));
    }

    private static ReadOnlyMemory<byte> ReadNsid(ConfigurationEntry entry)
    {
        string text = entry.Text();
        if (text.StartsWith("ascii_", StringComparison.Ordinal))
            return Encoding.ASCII.GetBytes(text[6..]);
        if (text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit))
            return Convert.FromHexString(text);
        entry.Fail(0, $"'{text}' is neither pairs of hexadecimal digits nor ascii_ and a text.");
        return default;
    }

    private static ReadOnlyMemory<byte> ReadSecret(ConfigurationEntry entry)
    {
        string text = entry.Text();
        if (text.Length == 2 * ServerCookies.ServerSize && text.All(char.IsAsciiHexDigit))
            return Convert.FromHexString(text);
        entry.Fail(0, "a secret is 16 bytes, as 32 hexadecimal digits.");
        return default;
    }

    // Modules are stages here that are always there; what is named or left out switches them on or off.
    private static ResolverSettings ReadModules(ConfigurationEntry entry, ResolverSettings settings)
    {
        string[] modules = entry.Text().Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        foreach (string module in modules)
        {
            if (module is "python" or "dynlib" or "cachedb" or "ipsecmod" or "ipset" or "subnetcache" or "subnet")
                entry.Builder.WithoutEffect.Add(new KeyWithoutEffect(module, entry.Token().Error($"the module {module} is not there.")));
            else if (module is not ("validator" or "iterator" or "respip" or "dns64"))
                entry.Fail(0, $"'{module}' is no module{Nearest.Question(module, ["validator", "iterator", "respip", "dns64", "subnetcache", "cachedb"])}");
        }

        if (entry.Error is null && !modules.Contains("iterator"))
            entry.Fail(0, "a resolver without the iterator finds nothing.");
        return settings with { Validate = modules.Contains("validator"), UseDns64 = modules.Contains("dns64") };
    }
}
