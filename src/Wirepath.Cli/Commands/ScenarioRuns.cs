using System.Globalization;
using System.Text.Json;
using Wirepath.Http;
using Wirepath.Scenarios;

namespace Wirepath.Cli.Commands;

/// <summary><c>wirepath conformance dns PATH…</c>: scenarios against this project's resolver.</summary>
internal static class ScenarioRuns
{
    /// <summary>A scenario did not come out as it says.</summary>
    private const int Failed = 1;

    public static int Run(Shell shell, string[] paths, string filter, bool verbose, bool json)
    {
        var scenarios = new List<string>();
        foreach (string path in paths)
        {
            if (ScriptFiles.Find(path, "*.rpl", scenarios) is { } problem)
                return Failing.Usage(shell, "conformance", problem);
        }

        scenarios.RemoveAll(s => !s.Contains(filter, StringComparison.Ordinal));
        if (scenarios.Count == 0)
            return Failing.Usage(shell, "conformance", $"--filter: no scenario has '{filter}' in its path.");
        (int passed, int failed, int skipped) = (0, 0, 0);
        foreach (string scenario in scenarios)
        {
            shell.Stopped.ThrowIfCancellationRequested();
            var steps = new List<ScenarioStep>();
            ScenarioResult result = Play(scenario, verbose ? steps.Add : null);
            if (json)
                JsonLines.Write(shell.Output, "scenario", writer => WriteJson(writer, scenario, result, steps));
            else
                Write(shell, scenario, result, steps, verbose);
            passed += result is ScenarioPassed ? 1 : 0;
            failed += result is ScenarioFailed ? 1 : 0;
            skipped += result is ScenarioSkipped ? 1 : 0;
        }

        if (json)
        {
            JsonLines.Write(shell.Output, "conformance", writer =>
            {
                writer.WriteNumber("passed", passed);
                writer.WriteNumber("failed", failed);
                writer.WriteNumber("skipped", skipped);
            });
        }
        else
        {
            shell.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{passed} passed, {failed} failed, {skipped} skipped"));
        }

        return failed == 0 ? ExitCodes.Success : Failed;
    }

    private static ScenarioResult Play(string path, Action<ScenarioStep>? told)
    {
        try
        {
            return Scenario.TryParse(File.ReadAllText(path), path, out Scenario? scenario, out ScenarioError? error)
                ? ScenarioRunner.Run(scenario, told)
                : Bad(error.Line, FormattableString.Invariant($"column {error.Column}: {error.Message}"));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return Bad(0, $"cannot be read: {unreadable.Message}");
        }
        // One scenario that brings the resolver down must not hide how the others do.
        catch (Exception bug) when (bug is not OperationCanceledException)
        {
            return Bad(0, $"this is a bug in Wirepath ({bug.GetType().Name}: {bug.Message.ReplaceLineEndings(" ")})");
        }
    }

    private static ScenarioFailed Bad(int line, string reason) => new(line, "", [reason], "", "");

    private static void Write(Shell shell, string path, ScenarioResult result, List<ScenarioStep> steps, bool verbose)
    {
        foreach (ScenarioStep step in steps)
        {
            shell.Out.WriteLine(step.Line > 0
                ? string.Create(CultureInfo.InvariantCulture, $"      {step.Line,4}  {step.At.TotalSeconds,10:0.000}  {step.Text}")
                : string.Create(CultureInfo.InvariantCulture, $"            {step.At.TotalSeconds,10:0.000}  {step.Text}"));
        }

        switch (result)
        {
            case ScenarioPassed:
                shell.Out.WriteLine($"pass  {path}");
                break;
            case ScenarioSkipped skipped:
                shell.Out.WriteLine($"skip  {Place(path, skipped.Line)}  needs: {skipped.Reason}");
                break;
            case ScenarioFailed failed:
                if (verbose && failed.Expected.Length > 0)
                    WritePacket(shell, "expected", failed.Expected);
                if (verbose && failed.Came.Length > 0)
                    WritePacket(shell, "came", failed.Came);
                shell.Out.WriteLine($"fail  {Place(path, failed.Line)}  {(failed.Step.Length > 0 ? $"{failed.Step}: " : "")}{string.Join("; ", failed.Differences)}");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(result));
        }
    }

    private static void WritePacket(Shell shell, string which, string packet)
    {
        shell.Out.WriteLine($"      {which}:");
        foreach (string line in packet.Split('\n'))
            shell.Out.WriteLine($"        {line}");
    }

    private static string Place(string path, int line) => line > 0 ? FormattableString.Invariant($"{path}:{line}") : path;

    private static void WriteJson(Utf8JsonWriter writer, string path, ScenarioResult result, List<ScenarioStep> steps)
    {
        writer.WriteString("path", path);
        switch (result)
        {
            case ScenarioPassed:
                writer.WriteString("verdict", "pass");
                break;
            case ScenarioSkipped skipped:
                writer.WriteString("verdict", "skip");
                writer.WriteNumber("line", skipped.Line);
                writer.WriteString("reason", skipped.Reason);
                break;
            case ScenarioFailed failed:
                writer.WriteString("verdict", "fail");
                writer.WriteNumber("line", failed.Line);
                writer.WriteString("step", failed.Step);
                writer.WriteStartArray("differences");
                foreach (string difference in failed.Differences)
                    writer.WriteStringValue(difference);
                writer.WriteEndArray();
                if (failed.Expected.Length > 0)
                    writer.WriteString("expected", failed.Expected);
                if (failed.Came.Length > 0)
                    writer.WriteString("came", failed.Came);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(result));
        }

        if (steps.Count == 0)
            return;
        writer.WriteStartArray("steps");
        foreach (ScenarioStep step in steps)
        {
            writer.WriteStartObject();
            if (step.Line > 0)
                writer.WriteNumber("line", step.Line);
            writer.WriteNumber("at", step.At.TotalSeconds);
            writer.WriteString("text", step.Text);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
