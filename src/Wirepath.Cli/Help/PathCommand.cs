using System.CommandLine;

namespace Wirepath.Cli;

/// <summary>A command with what its help page needs beyond a list of options: headings over them, and examples.</summary>
internal sealed class PathCommand(string name, string summary, string story = "") : Command(name, summary)
{
    private readonly List<(string Heading, Option[] Options)> _groups = [];
    private readonly List<(string Line, string Purpose)> _examples = [];

    /// <summary>What the summary leaves out; may be empty.</summary>
    public string Story { get; } = story;

    public IReadOnlyList<(string Heading, Option[] Options)> Groups => _groups;

    public IReadOnlyList<(string Line, string Purpose)> Examples => _examples;

    public void AddGroup(string heading, params Option[] options)
    {
        foreach (Option option in options)
            Options.Add(option);
        _groups.Add((heading, options));
    }

    /// <param name="line">What follows <c>wirepath</c>.</param>
    public void AddExample(string line, string purpose) => _examples.Add((line, purpose));
}
