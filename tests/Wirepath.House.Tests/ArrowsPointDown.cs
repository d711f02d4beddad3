using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Wirepath.House.Tests;

/// <summary>The table in docs/architecture.md is the law: what a project refers to is what its row allows.</summary>
public sealed partial class ArrowsPointDown
{
    [GeneratedRegex(@"^\| `Wirepath\.(?<name>\w+)`(?:, `Wirepath\.(?<name>\w+)`)* \|[^|]*\| (?<refs>[^|]*) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [Fact]
    public void Every_project_refers_only_to_what_its_row_allows()
    {
        Dictionary<string, HashSet<string>> allowed = ReadTable();
        foreach (string project in Projects())
        {
            string name = Path.GetFileNameWithoutExtension(project)["Wirepath.".Length..];
            allowed.ShouldContainKey(name, $"Wirepath.{name} has no row in docs/architecture.md");
            foreach (string reference in References(project))
                allowed[name].ShouldContain(reference, $"Wirepath.{name} may not refer to Wirepath.{reference}");
        }
    }

    [Fact]
    public void Every_row_has_its_project()
    {
        var projects = Projects().Select(p => Path.GetFileNameWithoutExtension(p)["Wirepath.".Length..]).ToHashSet();
        foreach (string row in ReadTable().Keys)
            projects.ShouldContain(row);
    }

    [Fact]
    public void The_arrows_make_no_circle()
    {
        Dictionary<string, HashSet<string>> allowed = ReadTable();
        foreach (string name in allowed.Keys)
            Reaches(name, name, []).ShouldBeFalse($"Wirepath.{name} can reach itself");

        bool Reaches(string from, string to, HashSet<string> seen) =>
            allowed[from].Any(next => next == to || (seen.Add(next) && Reaches(next, to, seen)));
    }

    [Fact]
    public void Core_libraries_depend_on_no_package()
    {
        foreach (string project in Projects())
        {
            if (project.EndsWith("Cli.csproj", StringComparison.Ordinal))
                continue;
            XDocument.Load(project).Descendants("PackageReference").ShouldBeEmpty($"{project} brings in a package");
        }
    }

    private static Dictionary<string, HashSet<string>> ReadTable()
    {
        var table = new Dictionary<string, HashSet<string>>();
        MatchCollection rows = Row().Matches(Repository.Read("docs/architecture.md"));
        rows.Count.ShouldBeGreaterThan(10);
        var names = rows.SelectMany(r => r.Groups["name"].Captures.Select(c => c.Value)).ToList();
        foreach (Match row in rows)
        {
            string text = row.Groups["refs"].Value;
            foreach (Capture name in row.Groups["name"].Captures)
            {
                table[name.Value] = text switch
                {
                    "nothing" => [],
                    "all" => [.. names.Where(n => n != name.Value)],
                    _ => [.. text.Replace("(messages)", "", StringComparison.Ordinal).Split(',', StringSplitOptions.TrimEntries)],
                };
            }
        }

        return table;
    }

    private static string[] Projects() => Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories);

    private static IEnumerable<string> References(string project) =>
        XDocument.Load(project).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/'))["Wirepath.".Length..]);
}
