using System.Diagnostics.CodeAnalysis;

namespace Wirepath.Scenarios;

/// <summary>
/// A test of a resolver as a play: its configuration, what servers say while which steps are on, and the steps: what clients ask,
/// what they must be told, what time passes.
/// </summary>
public sealed class Scenario
{
    internal Scenario(string name, ScenarioConfiguration configuration) => (Name, Configuration) = (name, configuration);

    /// <summary>As given to <see cref="TryParse"/>: usually the file's.</summary>
    public string Name { get; }

    /// <summary>What it is about, in its own words.</summary>
    public string Title { get; internal set; } = "";

    internal ScenarioConfiguration Configuration { get; }

    /// <summary>The first thing in it that is not there to be tested; null: all is.</summary>
    internal Need? Missing { get; set; }

    internal List<ServerRange> Ranges { get; } = [];

    internal List<Step> Steps { get; } = [];

    /// <summary>Reads a scenario.</summary>
    /// <param name="text">The file.</param>
    /// <param name="name">For messages: usually the file's.</param>
    /// <param name="scenario">What was read.</param>
    /// <param name="error">Why it is none.</param>
    public static bool TryParse(string text, string name, [NotNullWhen(true)] out Scenario? scenario, [NotNullWhen(false)] out ScenarioError? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(name);
        try
        {
            scenario = new ScenarioParser(text, name).Read();
            error = null;
            return true;
        }
        catch (ScenarioSyntaxException wrong)
        {
            scenario = null;
            error = wrong.Error;
            return false;
        }
    }
}

/// <summary>Why a text is no scenario.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Word">The word that does not fit; empty at the end of a line.</param>
/// <param name="Message">What is wrong, and what would be right.</param>
public sealed record ScenarioError(string Scenario, int Line, int Column, string Word, string Message)
{
    public override string ToString() => FormattableString.Invariant($"{Scenario}:{Line}:{Column}: {Message}");
}

/// <summary>What a scenario needs and does not get.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Reason">What it is.</param>
internal sealed record Need(int Line, string Reason);

internal sealed class ScenarioSyntaxException(ScenarioError error) : Exception(error.Message)
{
    public ScenarioError Error { get; } = error;
}
