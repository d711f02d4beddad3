using Wirepath.Packetdrill;

namespace Wirepath.Cli.Commands;

internal enum ScriptVerdict : byte
{
    Pass,
    Fail,
    Skip,
}

/// <summary>What became of one script file.</summary>
/// <param name="Path">As it was found.</param>
/// <param name="Verdict">The short of it.</param>
/// <param name="Line">Of the script, from 1; 0 when it is about the whole.</param>
/// <param name="Expected">For a failure, in the script's words.</param>
/// <param name="Came">For a failure, what came instead.</param>
/// <param name="Reason">For a skip, what the script needs; for a file that is no script, why.</param>
/// <param name="Steps">What happened, when it was asked for.</param>
internal sealed record ScriptOutcome(
    string Path, ScriptVerdict Verdict, int Line, string? Expected, string? Came, string? Reason, IReadOnlyList<ScriptStep> Steps)
{
    /// <summary>Where to look: file, and line if it is about one.</summary>
    public string Place => Line > 0 ? FormattableString.Invariant($"{Path}:{Line}") : Path;

    public string Told => Reason ?? $"expected {Expected}; came {Came}";

    public static ScriptOutcome Of(string path, PacketdrillSettings settings, bool verbose)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return Bad(path, 0, $"cannot be read: {unreadable.Message}");
        }

        PacketdrillSettings here = settings;
        if (ByName(path) is { } only)
            here = here with { IpVersion = only, Mtu = null };
        here = here with { ReadFile = name => ScriptFiles.ReadBeside(path, name) };
        if (!PacketdrillScript.TryParse(text, path, here, out PacketdrillScript? script, out ScriptError? error))
            return Bad(path, error.Line, FormattableString.Invariant($"column {error.Column}: {error.Message}, not {(error.Word.Length == 0 ? "the end of the script" : $"'{error.Word}'")}"));
        var steps = new List<ScriptStep>();
        try
        {
            return Of(path, ScriptRunner.Run(script, step: verbose ? steps.Add : null), steps);
        }
        // One script that brings the stack down must not hide how the others do.
        catch (Exception bug) when (bug is not OperationCanceledException)
        {
            return Bad(path, 0, $"this is a bug in Wirepath ({bug.GetType().Name}: {bug.Message.ReplaceLineEndings(" ")})");
        }
    }

    // Suites name scripts that are for one version alone so.
    private static ScriptIpVersion? ByName(string path) =>
        path.EndsWith("v6.pkt", StringComparison.Ordinal) ? ScriptIpVersion.IPv6 : path.EndsWith("v4.pkt", StringComparison.Ordinal) ? ScriptIpVersion.IPv4 : null;

    private static ScriptOutcome Of(string path, ScriptResult result, List<ScriptStep> steps) => result switch
    {
        ScriptPassed => new ScriptOutcome(path, ScriptVerdict.Pass, 0, null, null, null, steps),
        ScriptFailed failed => new ScriptOutcome(path, ScriptVerdict.Fail, failed.Line, failed.Expected, failed.Actual, null, steps),
        ScriptSkipped skipped => new ScriptOutcome(path, ScriptVerdict.Skip, skipped.Line, null, null, $"needs: {skipped.Reason}", steps),
        _ => throw new ArgumentOutOfRangeException(nameof(result)),
    };

    private static ScriptOutcome Bad(string path, int line, string reason) => new(path, ScriptVerdict.Fail, line, null, null, reason, []);
}
