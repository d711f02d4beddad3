using System.Text;
using Wirepath.Dns;

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

    private ScenarioConfiguration(ResolverConfiguration settings, IReadOnlyDictionary<string, string> files, bool hasOwnTime) =>
        (Settings, Files, HasOwnTime) = (settings, files, hasOwnTime);

    public ResolverConfiguration Settings { get; }

    /// <summary>Texts that keys of the configuration name.</summary>
    public IReadOnlyDictionary<string, string> Files { get; }

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
        return new ScenarioConfiguration(settings, files, hasKeys && !hasServer && clause == "server");
    }

    // The name by which a file of the scenario is known to its configuration.
    public static string FileName(string name) => $"tempfile:{name}";

    private static string Line(string raw, List<Word> words, string key, ref string clause)
    {
        if (words[0].Is("TEMPFILE_NAME") && words.Count > 1)
            return $"\"{FileName(words[1].Text)}\"";
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
