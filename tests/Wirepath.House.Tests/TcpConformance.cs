using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Wirepath.House.Tests;

/// <summary>
/// docs/tcp-conformance.md says of each requirement on TCP which code meets it and which test would fail without. It is made from the
/// catalogues in Conformance/*.txt and the markers of tests and scripts: <c>WIREPATH_UPDATE_CONFORMANCE=1 ./test House</c> writes it anew.
/// </summary>
public sealed class TcpConformance
{
    private const string Document = "docs/tcp-conformance.md";

    // What RFC 9293 and its companions demand and we do not do; the reasons are in the catalogue. To add one needs a line here.
    private static readonly string[] s_mustsNotMet =
    [
        "RFC 9293 MUST-23",
        "RFC 9293 MUST-51", "RFC 9293 MUST-52", "RFC 9293 MUST-53",
    ];

    private static readonly string s_catalogue =
        Repository.Read("tests/Wirepath.House.Tests/Conformance/tcp-9293.txt") + "\n" + Repository.Read("tests/Wirepath.House.Tests/Conformance/tcp-companions.txt");

    private readonly Requirement[] _requirements = [.. Requirement.ReadAll(s_catalogue)];
    private readonly SortedDictionary<string, SortedSet<string>> _covers = Markers.Find();

    [Fact]
    public void Every_MUST_has_a_test_or_a_reason()
    {
        _requirements.Where(r => r is { Level: "MUST", Standing: Standing.Met } && !_covers.ContainsKey(r.Key)).Select(r => $"{r.Key}: {r.Words}")
            .ShouldBeEmpty("MUSTs without a test: mark one with [Covers(…)] or // Covers: …, or say in the catalogue why it is not met");
        _requirements.Where(r => r is { Level: "MUST", Standing: Standing.NotMet }).Select(r => r.Key).ShouldBe(s_mustsNotMet, ignoreOrder: true);
        _requirements.Where(r => r is { Level: "MUST", Standing: Standing.Choice }).ShouldBeEmpty("a MUST leaves no choice");
    }

    [Fact]
    public void All_numbers_of_RFC_9293_are_there()
    {
        var there = _requirements.Where(r => r.Document == "RFC 9293").Select(r => r.Id).ToHashSet();
        foreach ((string kind, int last) in new[] { ("MUST", 69), ("SHLD", 31), ("MAY", 18) })
        {
            for (int i = 1; i <= last; i++)
                there.ShouldContain($"{kind}-{i}");
        }

        _requirements.GroupBy(r => r.Key).Where(g => g.Count() > 1).Select(g => g.Key).ShouldBeEmpty();
    }

    [Fact]
    public void Every_marker_names_a_requirement()
    {
        var known = _requirements.Select(r => r.Key).ToHashSet();
        _covers.Where(c => !known.Contains(c.Key)).Select(c => $"{c.Key} ({string.Join(", ", c.Value)})").ShouldBeEmpty();
    }

    [Fact]
    public void The_code_that_is_named_is_there()
    {
        foreach (Requirement requirement in _requirements.Where(r => r.Code.Length > 0))
        {
            string[] parts = requirement.Code.Split(' ');
            string file = Path.Combine(Repository.Root, "src", "Wirepath." + parts[0]);
            File.Exists(file).ShouldBeTrue($"{requirement.Key}: {parts[0]}");
            Regex.IsMatch(File.ReadAllText(file), $@"\b{parts[1]}\b").ShouldBeTrue($"{requirement.Key}: {parts[0]} has no {parts[1]}");
        }
    }

    [Fact]
    public void The_document_says_what_the_markers_say()
    {
        string text = Write();
        string file = Path.Combine(Repository.Root, Document);
        if (Environment.GetEnvironmentVariable("WIREPATH_UPDATE_CONFORMANCE") == "1")
            File.WriteAllText(file, text);
        File.Exists(file).ShouldBeTrue($"{Document} is missing");
        File.ReadAllText(file).ReplaceLineEndings("\n").ShouldBe(text, $"{Document} is out of date: WIREPATH_UPDATE_CONFORMANCE=1 ./test House");
    }

    private string Write()
    {
        var text = new StringBuilder();
        int met = _requirements.Count(r => r.Standing == Standing.Met);
        int covered = _requirements.Count(r => r.Standing == Standing.Met && _covers.ContainsKey(r.Key));
        int notMet = _requirements.Count(r => r.Standing == Standing.NotMet);
        text.Append(string.Create(CultureInfo.InvariantCulture, $"""
            # TCP, requirement by requirement

            Made by a test from the catalogues in `tests/Wirepath.House.Tests/Conformance` and the markers in tests and scripts; not to be
            edited by hand. `WIREPATH_UPDATE_CONFORMANCE=1 ./test House` writes it anew, and the build fails when a MUST has no test.

            {_requirements.Length} requirements: {met} met, {covered} of them with a test; {notMet} not met, each with its reason; the others are
            for applications, or leave a choice that is not made use of. The numbers of RFC 9293 are its own; the other names are ours. Code is
            below `src/Wirepath.`; `rfc….pkt` are packetdrill scripts below `tests/Wirepath.Packetdrill.Tests/Scripts`, the other tests
            are named with their project.


            """).ReplaceLineEndings("\n"));
        foreach ((string document, string title) in Requirement.ReadDocuments(s_catalogue))
        {
            text.Append(CultureInfo.InvariantCulture, $"## {document}: {title}\n\n| | § | level | requirement | code | tests |\n|---|---|---|---|---|---|\n");
            foreach (Requirement requirement in _requirements.Where(r => r.Document == document))
                text.Append(Row(requirement)).Append('\n');
            text.Append('\n');
        }

        return text.ToString();
    }

    private string Row(Requirement requirement)
    {
        string code = requirement.Standing switch
        {
            Standing.Met => $"`{requirement.Code.Replace(" ", "` `", StringComparison.Ordinal)}`" + (requirement.Remark.Length > 0 ? $"; {requirement.Remark}" : ""),
            Standing.NotMet => $"**not met**: {requirement.Remark}",
            Standing.Outside or Standing.Choice => requirement.Remark,
            _ => throw new InvalidOperationException(),
        };
        string tests = _covers.TryGetValue(requirement.Key, out SortedSet<string>? places) ? string.Join(", ", places.Select(p => $"`{p}`")) : requirement.Standing == Standing.Met ? "none yet" : "";
        return $"| {requirement.Id} | {requirement.Section} | {requirement.Level} | {requirement.Words} | {code} | {tests} |";
    }
}
