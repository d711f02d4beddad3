namespace Wirepath.Url.Tests;

public sealed class WebPlatformTests(ITestOutputHelper output)
{
    // Input → why it cannot pass before UTS 46 has its own tables here. No http or https case is among them.
    private static readonly Dictionary<string, string> Excluded = new(StringComparer.Ordinal)
    {
        ["file://loC𝐀𝐋𝐇𝐨𝐬𝐭/usr/bin"] = "mathematical letters are compatibility forms of plain ones",
    };

    [Fact]
    public void Every_case_of_urltestdata_passes_that_needs_no_idna_table()
    {
        Assert.SkipWhen(WebPlatformData.Folder is null, "shared/conformance/wpt is not beside the repository.");
        int passed = 0, failed = 0;
        var failures = new List<string>();
        foreach (UrlCase test in WebPlatformData.UrlCases())
        {
            string? difference = test.Difference();
            if (difference is null)
            {
                passed++;
                continue;
            }

            failed++;
            string line = $"{test.Input} (base {test.Base}): {difference}";
            output.WriteLine(line);
            if (!Excluded.ContainsKey(test.Input))
            {
                failures.Add(line);
            }
        }

        output.WriteLine($"urltestdata.json: {passed} passed, {failed} failed.");
        (passed + failed).ShouldBeGreaterThan(800);
        failures.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("toascii.json")]
    [InlineData("IdnaTestV2.json")]
    public void A_name_is_mapped_as_UTS46_says_or_refused_but_never_mapped_wrongly(string file)
    {
        Assert.SkipWhen(WebPlatformData.Folder is null, "shared/conformance/wpt is not beside the repository.");
        int right = 0, refused = 0;
        var wrong = new List<string>();
        foreach ((string input, string? wanted) in WebPlatformData.ToAsciiCases(file).Where(c => c.Input.Length > 0))
        {
            string? got = UrlRecord.TryParse($"https://{input}/x", null, out UrlRecord? url, out _) ? url.Host : null;
            if (got == wanted)
            {
                right++;
            }
            else if (got is null)
            {
                refused++;
            }
            else
            {
                wrong.Add($"{input}: wanted {wanted ?? "failure"}, got {got}");
            }
        }

        output.WriteLine($"{file}: {right} right, {refused} refused for want of tables, {wrong.Count} wrong.");
        wrong.ShouldBeEmpty();
    }
}
