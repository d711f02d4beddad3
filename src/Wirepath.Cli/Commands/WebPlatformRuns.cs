using System.Globalization;
using Wirepath.Http;
using Wirepath.WebPlatform;

namespace Wirepath.Cli.Commands;

/// <summary><c>wirepath conformance url PATH…</c>: web-platform-tests' URL data against the URL parser.</summary>
internal static class WebPlatformRuns
{
    private const int Failed = 1;

    /// <param name="filter">Only cases with this in their path, line or title.</param>
    /// <param name="verbose">Cases that pass have a line too.</param>
    public static int Run(Shell shell, string[] paths, string filter, bool verbose, bool json)
    {
        var cases = new List<WebPlatformCase>();
        foreach (string path in paths)
        {
            var files = new List<string>();
            if (WebPlatformFiles.Find(path, files) is { } missing)
                return Failing.Usage(shell, "conformance", missing);
            foreach (string file in files)
            {
                if (WebPlatformFiles.Read(file, cases) is { } wrong)
                    return Failing.Usage(shell, "conformance", wrong);
            }
        }

        cases.RemoveAll(c => !c.Place.Contains(filter, StringComparison.Ordinal) && !c.Title.Contains(filter, StringComparison.Ordinal));
        if (cases.Count == 0)
            return Failing.Usage(shell, "conformance", filter.Length == 0 ? "there are no cases in these files." : $"--filter: no case has '{filter}' in its path or its title.");
        (int passed, int failed) = (0, 0);
        foreach (WebPlatformCase tried in cases)
        {
            shell.Stopped.ThrowIfCancellationRequested();
            Difference? difference = tried.Run();
            passed += difference is null ? 1 : 0;
            failed += difference is null ? 0 : 1;
            if (difference is not null || verbose)
                Write(shell, tried, difference, json);
        }

        if (json)
        {
            JsonLines.Write(shell.Output, "conformance", writer =>
            {
                writer.WriteNumber("passed", passed);
                writer.WriteNumber("failed", failed);
                writer.WriteNumber("skipped", 0);
            });
        }
        else
        {
            shell.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{passed} passed, {failed} failed, 0 skipped"));
        }

        return failed == 0 ? ExitCodes.Success : Failed;
    }

    private static void Write(Shell shell, WebPlatformCase tried, Difference? difference, bool json)
    {
        if (!json)
        {
            shell.Out.WriteLine(difference is null ? $"pass  {tried.Place}  {tried.Title}" : $"fail  {tried.Place}  {tried.Title}  {difference}");
            return;
        }

        JsonLines.Write(shell.Output, "case", writer =>
        {
            writer.WriteString("path", tried.Path);
            writer.WriteNumber("line", tried.Line);
            writer.WriteString("title", tried.Title);
            writer.WriteString("verdict", difference is null ? "pass" : "fail");
            if (difference is null)
                return;
            writer.WriteString("what", difference.What);
            writer.WriteString("expected", difference.Expected);
            writer.WriteString("came", difference.Got);
        });
    }
}
