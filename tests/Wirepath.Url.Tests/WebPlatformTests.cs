using Wirepath.WebPlatform;

namespace Wirepath.Url.Tests;

/// <summary>The web-platform-tests' URL data, when <c>shared/conformance/wpt</c> lies beside the repository. None of it may fail.</summary>
public sealed class WebPlatformTests(ITestOutputHelper output)
{
    private static readonly string? s_folder = Find();

    [Theory]
    [InlineData("urltestdata.json", 891)]
    [InlineData("setters_tests.json", 278)]
    [InlineData("toascii.json", 87)]
    [InlineData("percent-encoding.json", 7)]
    [InlineData("IdnaTestV2.json", 2671)]
    public void Every_case_passes(string file, int atLeast)
    {
        Assert.SkipWhen(s_folder is null, "shared/conformance/wpt is not beside the repository.");
        var cases = new List<WebPlatformCase>();
        WebPlatformFiles.Read(Path.Combine(s_folder, file), cases).ShouldBeNull();
        cases.Count.ShouldBeGreaterThanOrEqualTo(atLeast);
        var failures = cases.Select(c => (Case: c, Difference: c.Run())).Where(run => run.Difference is not null).Select(run => $"{run.Case.Place} {run.Case.Title}: {run.Difference}").ToList();
        output.WriteLine($"{file}: {cases.Count - failures.Count} passed, {failures.Count} failed.");
        failures.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("urltestdata-own.json", 170)]
    [InlineData("setters_tests-own.json", 110)]
    public void Own_cases_pass(string file, int atLeast)
    {
        var cases = new List<WebPlatformCase>();
        WebPlatformFiles.Read(Path.Combine(AppContext.BaseDirectory, "Cases", file), cases).ShouldBeNull();
        cases.Count.ShouldBeGreaterThanOrEqualTo(atLeast);
        cases.Select(c => (Case: c, Difference: c.Run())).Where(run => run.Difference is not null).Select(run => $"{run.Case.Place} {run.Case.Title}: {run.Difference}").ShouldBeEmpty();
    }

    private static string? Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Wirepath.slnx")))
            folder = Path.GetDirectoryName(folder.TrimEnd(Path.DirectorySeparatorChar));
        for (; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            string beside = Path.Combine(folder, "shared", "conformance", "wpt");
            if (Directory.Exists(beside))
                return beside;
        }

        return null;
    }
}
