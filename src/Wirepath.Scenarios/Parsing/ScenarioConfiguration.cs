using System.Text;
using Wirepath.Dns;
using Wirepath.Wire;

namespace Wirepath.Scenarios;

/// <summary>The part of a scenario before CONFIG_END: a resolver's configuration, and files that it names.</summary>
internal sealed class ScenarioConfiguration
{
    /// <summary>
    /// What scenarios count on where they say nothing: IPv6 servers are asked, a silent server five times, the best one is always
    /// asked first, and signatures of 2007 with DSA are looked at.
    /// </summary>
    private static readonly ResolverConfiguration s_defaults = new()
    {
        Settings = new ResolverSettings { Exploration = 0, UseIpv6 = true, MostTriesPerServer = 5, AcceptDsa = true },
    };

    private static readonly HashSet<string> s_clauses = new(StringComparer.Ordinal)
    {
        "server", "stub-zone", "forward-zone", "auth-zone", "remote-control", "view", "rpz", "cachedb", "dnstap", "dnscrypt", "ipset", "python", "dynlib",
    };

    // How a file of the scenario is named in its configuration.
    private const string FilePrefix = "tempfile:";

    // Keys whose absence changes what a scenario is about; the others of those without effect do not show in packets.
    private static readonly HashSet<string> s_features = new(StringComparer.Ordinal)
    {
        "view", "rpz", "cachedb", "ipset", "python", "dynlib", "dnscrypt", "subnetcache", "subnet", "ipsecmod", "access-control-tag", "access-control-view",
        "interface-view", "interface-tag", "interface-action", "local-zone-tag", "local-zone-override", "response-ip-tag", "send-client-subnet",
        "client-subnet-zone", "client-subnet-always-forward", "ratelimit", "ratelimit-for-domain", "ratelimit-below-domain", "ip-ratelimit",
        "wait-limit-netblock", "ipsecmod-enabled", "edns-client-string", "pad-queries", "pad-responses", "disable-edns-do", "tls-upstream", "ssl-upstream",
        "insecure-lan-zones", "edns-tcp-keepalive", "serve-original-ttl", "zonemd-check", "zonemd-reject-absence", "url", "dlv-anchor",
    };

    private ScenarioConfiguration(ResolverConfiguration settings, Need? missing, bool hasOwnTime) => (Settings, Missing, HasOwnTime) = (settings, missing, hasOwnTime);

    public ResolverConfiguration Settings { get; }

    /// <summary>The first feature that it asks for and that is not there.</summary>
    public Need? Missing { get; }

    /// <summary>The dialect without clauses: its servers live in real time, so that a query which nobody answers runs out by itself.</summary>
    public bool HasOwnTime { get; }

    public static ScenarioConfiguration Read(ScriptLines lines)
    {
        var text = new StringBuilder();
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        string clause = "";
        bool hasServer = false;
        bool hasKeys = false;
        while (lines.HasMore)
        {
            List<Word> words = lines.Words();
            if (words.Count == 0)
            {
                text.Append('\n');
                lines.At++;
                continue;
            }

            if (words[0].Is("CONFIG_END") || words[0].Is("SCENARIO_BEGIN"))
                break;
            if (words[0].Is("TEMPFILE_CONTENTS") && words.Count > 1)
            {
                files[words[1].Text] = ReadFile(lines, text, files);
                continue;
            }

            string key = words[0].Text.Split(':')[0];
            if (s_clauses.Contains(key) && words[0].Text.Contains(':', StringComparison.Ordinal))
            {
                clause = key;
                hasServer |= key == "server";
            }

            hasKeys = true;
            text.Append(Line(lines.Raw, words, key, ref clause)).Append('\n');
            lines.At++;
        }

        int end = lines.Number;
        if (!lines.HasMore)
            throw lines.AtEnd("the configuration has no CONFIG_END");
        if (lines.Words()[0].Is("CONFIG_END"))
            lines.At++;
        if (!ResolverConfiguration.TryParse(text.ToString(), lines.Name, s_defaults, _ => null, out ResolverConfiguration? settings, out TextError error))
            throw new ScenarioSyntaxException(new ScenarioError(lines.Name, Math.Min(error.Line, end), error.Column, "", error.Message));
        Need? missing = settings.WithoutEffect.FirstOrDefault(k => s_features.Contains(k.Key)) is { } ignored ? new Need(ignored.Note.Line, $"'{ignored.Key}': {Reason(ignored.Note)}")
            : settings.AuthorityZones.Count > 0 ? new Need(0, $"a copy of the zone {settings.AuthorityZones[0].Name} (auth-zone)")
            : settings.AutoTrustAnchorFiles.Count > 0 ? new Need(0, "a trust anchor that is kept up to date in a file (auto-trust-anchor-file)")
            : null;
        return new ScenarioConfiguration(WithAnchors(settings, files, lines.Name), missing, hasKeys && !hasServer && clause == "server");
    }

    private static string Reason(TextError note) => note.Message[(note.Message.IndexOf("here: ", StringComparison.Ordinal) is >= 0 and int at ? at + 6 : 0)..].TrimEnd('.');

    private static ResolverConfiguration WithAnchors(ResolverConfiguration settings, Dictionary<string, string> files, string name)
    {
        var anchors = new List<DnsRecord>(settings.TrustAnchors);
        foreach (string file in settings.TrustAnchorFiles)
        {
            if (!file.StartsWith(FilePrefix, StringComparison.Ordinal) || !files.TryGetValue(file[FilePrefix.Length..], out string? content))
                throw new ScenarioSyntaxException(new ScenarioError(name, 1, 1, file, $"there is no TEMPFILE_CONTENTS for the file '{file}'"));
            foreach (string line in content.Split('\n'))
            {
                if (ScriptLines.WordsOf(line, 1).Count > 0 && RecordLine.TryRead(line, file, 1, 1, out DnsRecord? record, out _) && record.Type is DnsType.DS or DnsType.DNSKEY)
                    anchors.Add(record);
            }
        }

        return settings with { TrustAnchors = anchors };
    }

    private static string Line(string raw, List<Word> words, string key, ref string clause)
    {
        if (words[0].Is("TEMPFILE_NAME") && words.Count > 1)
            return $"\"{FilePrefix}{words[1].Text}\"";
        // Keys without a clause are a dialect: they are the server's, and a server's address is the root's.
        string value = string.Join(' ', words.Skip(1).TakeWhile(w => !w.Text.StartsWith('#')).Select(w => w.Text)).Trim('"');
        string line = key switch
        {
            "query-minimization" => $"qname-minimisation: {(value is "on" or "yes" or "true" ? "yes" : "no")}",
            "val-override-timestamp" => $"val-override-date: {value}",
            "features" or "feature-list" => "",
            "stub-addr" or "forward-addr" when clause is "" or "server" => $"{key[..^5]}-zone: name: \".\" {key}: {value} server:",
            _ => raw,
        };
        if (clause.Length > 0 || line.Length == 0)
            return line;
        clause = "server";
        return line.StartsWith("stub-zone", StringComparison.Ordinal) || line.StartsWith("forward-zone", StringComparison.Ordinal) ? line : $"server: {line}";
    }

    private static string ReadFile(ScriptLines lines, StringBuilder text, Dictionary<string, string> files)
    {
        var content = new StringBuilder();
        for (; lines.HasMore; lines.At++)
        {
            text.Append('\n');
            List<Word> words = lines.Words();
            if (words.Count > 0 && words[0].Is("TEMPFILE_END"))
            {
                lines.At++;
                return content.ToString();
            }

            if (words.Count > 1 && words[0].Is("$INCLUDE_TEMPFILE"))
                content.Append(files.GetValueOrDefault(words[1].Text, "")).Append('\n');
            else if (words.Count == 0 || !words[0].Is("TEMPFILE_CONTENTS"))
                content.Append(lines.Raw).Append('\n');
        }

        throw lines.AtEnd("TEMPFILE_CONTENTS has no TEMPFILE_END");
    }
}
