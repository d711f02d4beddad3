using Spectre.Console;
using Wirepath.Explain;

namespace Wirepath.Cli;

/// <summary>Puts styled lines on the terminal: colours where it has them, plain text where it has not.</summary>
internal sealed class StoryPrinter(TextWriter writer, TerminalKind terminal)
{
    private readonly IAnsiConsole? _console = terminal.Color
        ? AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.EightBit,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        })
        : null;

    public TerminalKind Terminal { get; } = terminal;

    public void Write(IEnumerable<StyledLine> lines)
    {
        foreach (StyledLine line in lines)
            Write(line);
        writer.Flush();
    }

    public void Write(StyledLine line)
    {
        if (_console is null)
        {
            writer.WriteLine(line.ToString().TrimEnd());
            return;
        }

        // The width is the story's own care: the console must not wrap again.
        _console.Profile.Width = Math.Max(line.Width + 1, Terminal.Width);
        var paragraph = new Paragraph();
        foreach (StyledSpan span in line.Spans)
            paragraph.Append(span.Text, StyleOf(span.Role));
        _console.Write(paragraph);
        _console.WriteLine();
    }

    // Okabe and Ito's palette, nearest of the 256: told apart also by those who see fewer colours. Never colour alone:
    // every role has its sign or its word in the text.
    private static Style StyleOf(TextRole role) => role switch
    {
        TextRole.Plain => Style.Plain,
        TextRole.Label => new Style(Color.FromInt32(39), decoration: Decoration.Bold),
        TextRole.Time => new Style(Color.FromInt32(250)),
        TextRole.Good => new Style(Color.FromInt32(36)),
        TextRole.Bad => new Style(Color.FromInt32(202), decoration: Decoration.Bold),
        TextRole.Dim => new Style(Color.FromInt32(244)),
        TextRole.Emphasis => new Style(decoration: Decoration.Bold),
        TextRole.Sent => new Style(Color.FromInt32(74)),
        TextRole.Received => new Style(Color.FromInt32(178)),
        TextRole.State => new Style(Color.FromInt32(175)),
        TextRole.PhaseDns => new Style(Color.FromInt32(74)),
        TextRole.PhaseArp => new Style(Color.FromInt32(227)),
        TextRole.PhaseConnect => new Style(Color.FromInt32(36)),
        TextRole.PhaseTls => new Style(Color.FromInt32(175)),
        TextRole.PhaseWait => new Style(Color.FromInt32(244)),
        TextRole.PhaseTransfer => new Style(Color.FromInt32(214)),
        TextRole.PhaseRedirect => new Style(Color.FromInt32(167)),
        TextRole.PhaseOther => new Style(Color.FromInt32(250)),
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };
}
