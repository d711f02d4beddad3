namespace Wirepath.Scenarios.Tests;

/// <summary>Every scenario below Scenarios/ is a test: its path names the RFC and what it checks.</summary>
public class ScenarioTests
{
    private static readonly string s_root = Path.Combine(AppContext.BaseDirectory, "Scenarios");

    public static TheoryData<string> Scenarios =>
        [.. Directory.EnumerateFiles(s_root, "*.rpl", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(s_root, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void The_resolver_does_what_the_scenario_says(string name)
    {
        string text = File.ReadAllText(Path.Combine(s_root, name));
        Scenario.TryParse(text, name, out Scenario? scenario, out ScenarioError? error).ShouldBeTrue(error?.ToString());
        ScenarioResult result = ScenarioRunner.Run(scenario!);
        result.ShouldBeOfType<ScenarioPassed>(result.ToString());
    }
}
