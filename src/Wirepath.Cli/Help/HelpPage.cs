using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Wirepath.Http;

namespace Wirepath.Cli;

/// <summary><c>--help</c>: what the command is for, what it takes, and lines to try.</summary>
internal sealed class HelpPage(Shell shell) : SynchronousCommandLineAction
{
    // Wider lines are harder to read, however wide the terminal is.
    private const int MostWidth = 100;
    private const int MostTermWidth = 26;

    private readonly int _width = Math.Min(MostWidth, TerminalKind.ColumnsOf(shell, shell.OutputIsTerminal));

    public static void ReplaceIn(RootCommand root, Shell shell)
    {
        foreach (Option option in root.Options)
        {
            if (option is HelpOption help)
            {
                help.Description = "Show this page.";
                help.Action = new HelpPage(shell);
            }
        }
    }

    public override int Invoke(ParseResult parseResult)
    {
        Command command = parseResult.CommandResult.Command;
        if (command is PathCommand path)
            WriteCommand(path);
        else
            WriteRoot(command);
        return ExitCodes.Success;
    }

    public void WriteRoot(Command root)
    {
        Paragraphs(root.Description!);
        Heading("Usage");
        Line("  wirepath COMMAND [options]");
        Heading("Commands");
        Terms([.. root.Subcommands.OfType<PathCommand>().Select(c => (Signature(c), c.Description!))]);
        Heading("Try");
        Line("  wirepath get http://www.example.com/");
        Line("  wirepath dns --trace www.example.com");
        Line("  wirepath links");
        Line("");
        Line("'wirepath COMMAND --help' tells what a command takes, with examples.");
    }

    private void WriteCommand(PathCommand command)
    {
        Line($"wirepath {Signature(command)}{(command.Groups.Count > 0 ? " [options]" : "")}");
        Line("");
        Paragraphs(command.Description!);
        if (command.Story.Length > 0)
        {
            Line("");
            Paragraphs(command.Story);
        }

        if (command.Arguments.Count > 0)
        {
            Line("");
            Terms([.. command.Arguments.Select(a => (a.Name, a.Description!))]);
        }

        foreach ((string heading, Option[] options) in command.Groups)
        {
            Heading(heading);
            Terms([.. options.Select(o => (Spelling(o), o.Description!))]);
        }

        if (command.Examples.Count == 0)
            return;
        Heading("Examples");
        foreach ((string line, string purpose) in command.Examples)
        {
            Line($"  wirepath {line}");
            Wrapped(purpose, 6, 6);
        }
    }

    private static string Signature(Command command) => string.Join(' ', [
        command.Name, .. command.Arguments.Select(a => a.Arity.MinimumNumberOfValues == 0 ? $"[{a.Name}]" : a.Arity.MaximumNumberOfValues > 1 ? $"{a.Name}…" : a.Name)]);

    /// <summary><c>-m, --max-time TIME</c>: the short form first, so that it is found by the eye.</summary>
    private static string Spelling(Option option)
    {
        IEnumerable<string> names = option.Aliases.Append(option.Name).OrderBy(n => n.Length);
        string text = string.Join(", ", names);
        return option.HelpName is { } value ? $"{text} {value}" : text;
    }

    private void Terms(IReadOnlyList<(string Term, string Meaning)> terms)
    {
        int column = 2 + Math.Min(MostTermWidth, terms.Max(t => t.Term.Length)) + 2;
        // On a narrow terminal the meaning stands below its term.
        bool below = _width < 60;
        foreach ((string term, string meaning) in terms)
        {
            if (below || term.Length > column - 4)
            {
                Line("  " + term);
                Wrapped(meaning, below ? 6 : column, below ? 6 : column);
            }
            else
            {
                Wrapped(("  " + term).PadRight(column) + meaning, 0, column);
            }
        }
    }

    private void Paragraphs(string text)
    {
        string[] paragraphs = text.Split("\n\n");
        for (int i = 0; i < paragraphs.Length; i++)
        {
            if (i > 0)
                Line("");
            Wrapped(paragraphs[i].ReplaceLineEndings(" "), 0, 0);
        }
    }

    private void Heading(string text)
    {
        Line("");
        Wrapped(text, 0, 0);
    }

    /// <summary>Breaks at blanks; what is longer than a line stands alone.</summary>
    private void Wrapped(string text, int indent, int hang)
    {
        string rest = new string(' ', indent) + text;
        while (rest.Length > _width)
        {
            int cut = rest.LastIndexOf(' ', _width);
            if (cut <= hang)
                cut = rest.IndexOf(' ', _width);
            if (cut < 0)
                break;
            Line(rest[..cut].TrimEnd());
            rest = new string(' ', hang) + rest[(cut + 1)..].TrimStart();
        }

        Line(rest);
    }

    private void Line(string text) => shell.Out.WriteLine(text);
}
