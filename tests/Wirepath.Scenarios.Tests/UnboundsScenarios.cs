namespace Wirepath.Scenarios.Tests;

/// <summary>
/// Unbound's own scenarios, when they lie beside the checkout (../shared/conformance/rpl): those of passing.txt pass, and the list
/// only grows.
/// </summary>
public class UnboundsScenarios
{
    private static readonly string? s_folder = Find();

    [Fact]
    public void All_that_passed_before_still_pass()
    {
        Assert.SkipWhen(s_folder is null, "Unbound's scenarios are not beside the checkout");
        var failures = new List<string>();
        foreach (string name in Passing())
        {
            string? told = Play(name);
            if (told is not null)
                failures.Add($"{name}: {told}");
        }

        failures.ShouldBeEmpty();
    }

    [Fact]
    public void Each_one_can_be_read()
    {
        Assert.SkipWhen(s_folder is null, "Unbound's scenarios are not beside the checkout");
        string[] files = Directory.GetFiles(s_folder!, "*.rpl");
        files.Length.ShouldBeGreaterThan(150);
        foreach (string file in files)
            Scenario.TryParse(File.ReadAllText(file), Path.GetFileName(file), out _, out ScenarioError? error).ShouldBeTrue(error?.ToString());
    }

    private static string[] Passing() => [.. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "passing.txt")).Where(l => l.Length > 0 && l[0] != '#')];

    private static string? Play(string name)
    {
        string text = File.ReadAllText(Path.Combine(s_folder!, name));
        if (!Scenario.TryParse(text, name, out Scenario? scenario, out ScenarioError? error))
            return error.ToString();
        ScenarioResult result = ScenarioRunner.Run(scenario);
        return result is ScenarioPassed ? null : result.ToString();
    }

    private static string? Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (!File.Exists(Path.Combine(at.FullName, "Wirepath.slnx")))
                continue;
            foreach (string candidate in new[] { "../shared/conformance/rpl", "../../shared/conformance/rpl" })
            {
                string folder = Path.GetFullPath(Path.Combine(at.FullName, candidate));
                if (Directory.Exists(folder))
                    return folder;
            }
        }

        return null;
    }
}
