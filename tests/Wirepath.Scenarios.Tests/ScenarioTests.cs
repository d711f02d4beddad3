using System.Globalization;
using System.Text.RegularExpressions;

namespace Wirepath.Scenarios.Tests;

/// <summary>Every scenario below Scenarios/ is a test: its path names the RFC and what it checks.</summary>
public partial class ScenarioTests
{
    private static readonly string s_root = Path.Combine(AppContext.BaseDirectory, "Scenarios");

    [GeneratedRegex(@"^; at most (?<most>\d+) queries", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Bound();

    public static TheoryData<string> Scenarios =>
        [.. Directory.EnumerateFiles(s_root, "*.rpl", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(s_root, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void The_resolver_does_what_the_scenario_says(string name)
    {
        string text = File.ReadAllText(Path.Combine(s_root, name));
        Scenario.TryParse(text, name, out Scenario? scenario, out ScenarioError? error).ShouldBeTrue(error?.ToString());
        int queries = 0;
        ScenarioResult result = ScenarioRunner.Run(scenario!, step => queries += step.Text.StartsWith('→') ? 1 : 0);
        result.ShouldBeOfType<ScenarioPassed>(result.ToString());
        // A line "; at most 30 queries" is a bound of the work.
        if (Bound().Match(text) is { Success: true } bound)
            queries.ShouldBeLessThanOrEqualTo(int.Parse(bound.Groups["most"].Value, CultureInfo.InvariantCulture));
    }
}
