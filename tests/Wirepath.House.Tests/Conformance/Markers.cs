using System.Text.RegularExpressions;

namespace Wirepath.House.Tests;

/// <summary>Where requirements are covered: <c>[Covers("RFC 9293", "MUST-14")]</c> above tests, <c>// Covers: RFC 9293 MUST-14</c> in scripts.</summary>
internal static partial class Markers
{
    private const string Scripts = "tests/Wirepath.Packetdrill.Tests/Scripts";

    [GeneratedRegex("""\[Covers\("(?<doc>[^"]+)", "(?<id>[^"]+)"\)\]""")]
    private static partial Regex Attribute();

    [GeneratedRegex(@"^\s*public .*?\b(?<name>\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Method();

    [GeneratedRegex(@"^// Covers: (?<key>.+?)\s*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    /// <summary>"RFC 9293 MUST-14" → the scripts and tests that cover it, sorted.</summary>
    public static SortedDictionary<string, SortedSet<string>> Find()
    {
        var found = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        string scripts = Path.Combine(Repository.Root, Scripts);
        foreach (string file in Directory.EnumerateFiles(scripts, "*.pkt", SearchOption.AllDirectories))
        {
            foreach (Match match in Comment().Matches(File.ReadAllText(file)))
                Add(match.Groups["key"].Value, Path.GetRelativePath(scripts, file).Replace('\\', '/'));
        }

        foreach (string project in Directory.EnumerateDirectories(Path.Combine(Repository.Root, "tests"), "Wirepath.*.Tests"))
        {
            string name = Path.GetFileName(project)["Wirepath.".Length..^".Tests".Length];
            if (name == "House")
                continue;
            foreach (string file in Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories).Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)))
            {
                string text = File.ReadAllText(file);
                foreach (Match match in Attribute().Matches(text))
                    Add($"{match.Groups["doc"].Value} {match.Groups["id"].Value}", $"{name}: {Method().Match(text, match.Index).Groups["name"].Value}");
            }
        }

        return found;

        void Add(string key, string where)
        {
            if (!found.TryGetValue(key, out SortedSet<string>? places))
                found.Add(key, places = new SortedSet<string>(StringComparer.Ordinal));
            places.Add(where);
        }
    }
}
