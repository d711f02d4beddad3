namespace Wirepath.Packetdrill;

/// <summary>How a script ended.</summary>
public abstract record ScriptResult;

/// <summary>Everything was as the script says.</summary>
/// <param name="Unasked">Segments to the connection under test that had left by the end and that the script did not ask for.</param>
public sealed record ScriptPassed(int Unasked) : ScriptResult
{
    public override string ToString() => FormattableString.Invariant($"passed ({Unasked} segments not asked for)");
}

/// <summary>The host did something else.</summary>
/// <param name="Line">Of the script, from 1.</param>
/// <param name="Expected">In the script's words.</param>
/// <param name="Actual">What came instead, in the same notation.</param>
public sealed record ScriptFailed(int Line, string Expected, string Actual) : ScriptResult
{
    public override string ToString() => $"line {Line}: expected {Expected}, got {Actual}";
}

/// <summary>The script needs something that is not offered.</summary>
/// <param name="Line">Of the script, from 1; 0 when the whole script needs it.</param>
/// <param name="Reason">What it is.</param>
public sealed record ScriptSkipped(int Line, string Reason) : ScriptResult
{
    public override string ToString() => $"skipped: {Reason}";
}

/// <summary>Something that happened while a script ran.</summary>
/// <param name="Line">Of the script, from 1.</param>
/// <param name="At">Since the script began.</param>
/// <param name="Text">In the script's notation.</param>
public sealed record ScriptStep(int Line, TimeSpan At, string Text);

/// <summary>Ends a script from wherever it became clear.</summary>
internal sealed class ScriptEndedException(ScriptResult result) : Exception
{
    public ScriptResult Result { get; } = result;

    public static ScriptEndedException Failed(ScriptEvent at, string expected, string actual) => new(new ScriptFailed(at.Line, expected, actual));

    public static ScriptEndedException Skipped(ScriptEvent at, string reason) => new(new ScriptSkipped(at.Line, reason));
}
