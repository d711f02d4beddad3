namespace Wirepath.Scenarios;

/// <summary>How a scenario ended.</summary>
public abstract record ScenarioResult;

/// <summary>All steps came out as they say, and nothing was left over.</summary>
public sealed record ScenarioPassed : ScenarioResult
{
    public override string ToString() => "passed";
}

/// <summary>The resolver did something else.</summary>
/// <param name="Line">Of the scenario, from 1.</param>
/// <param name="Step">Number and kind, as <c>step 10 CHECK_ANSWER</c>.</param>
/// <param name="Differences">Each a phrase: <c>flags: expected QR RD RA AD; came QR RD RA</c>.</param>
/// <param name="Expected">The whole packet that was to come, in the format's notation; empty when it is not about a packet.</param>
/// <param name="Came">The whole packet that came.</param>
public sealed record ScenarioFailed(int Line, string Step, IReadOnlyList<string> Differences, string Expected, string Came) : ScenarioResult
{
    public override string ToString() => $"line {Line}: {Step}: {string.Join("; ", Differences)}";
}

/// <summary>The scenario needs what is not there.</summary>
/// <param name="Line">Of the scenario, from 1; 0 when the whole of it does.</param>
/// <param name="Reason">What it is.</param>
public sealed record ScenarioSkipped(int Line, string Reason) : ScenarioResult
{
    public override string ToString() => $"skipped: {Reason}";
}

/// <summary>Something that happened while a scenario ran.</summary>
/// <param name="Line">Of the scenario, from 1; 0 when no line says so.</param>
/// <param name="At">Since it began.</param>
/// <param name="Text">What it was.</param>
public sealed record ScenarioStep(int Line, TimeSpan At, string Text);

/// <summary>Ends a scenario from wherever it became clear.</summary>
internal sealed class ScenarioEndedException(ScenarioResult result) : Exception
{
    public ScenarioResult Result { get; } = result;

    public static ScenarioEndedException Failed(Step step, params string[] differences) => new(new ScenarioFailed(step.Line, step.ToString(), differences, "", ""));
}
