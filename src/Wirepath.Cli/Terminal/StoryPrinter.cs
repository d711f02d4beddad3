using Wirepath.Explain;

namespace Wirepath.Cli;

/// <summary>Puts styled lines on the terminal: colours where it has them, plain text where it has not.</summary>
internal sealed class StoryPrinter(TextWriter writer, TerminalKind terminal)
{
    private const string Reset = "\u001b[0m";

    public void Write(IEnumerable<StyledLine> lines)
    {
        foreach (StyledLine line in lines)
            Write(line);
        writer.Flush();
    }

    public void Write(StyledLine line)
    {
        if (!terminal.Color)
        {
            writer.WriteLine(line.ToString().TrimEnd());
            return;
        }

        var text = new System.Text.StringBuilder();
        foreach (StyledSpan span in line.Spans)
        {
            string style = StyleOf(span.Role);
            if (style.Length == 0 || string.IsNullOrWhiteSpace(span.Text))
                text.Append(span.Text);
            else
                text.Append("\u001b[").Append(style).Append('m').Append(span.Text).Append(Reset);
        }

        writer.WriteLine(text.ToString());
    }

    // Parameters of SGR (ECMA-48 §8.3.117); 38;5;N is one of xterm's 256 colours. The palette is Okabe and Ito's, as near as
    // the 256 come to it: told apart also by those who see fewer colours. Never colour alone: every role has its sign or its
    // word in the text.
    private static string StyleOf(TextRole role) => role switch
    {
        TextRole.Plain => "",
        TextRole.Label => "1;38;5;39",
        TextRole.Time => "38;5;250",
        TextRole.Good => "38;5;36",
        TextRole.Bad => "1;38;5;202",
        TextRole.Dim => "38;5;244",
        TextRole.Emphasis => "1",
        TextRole.Sent => "38;5;74",
        TextRole.Received => "38;5;178",
        TextRole.State => "38;5;175",
        TextRole.PhaseDns => "38;5;74",
        TextRole.PhaseArp => "38;5;227",
        TextRole.PhaseConnect => "38;5;36",
        TextRole.PhaseTls => "38;5;175",
        TextRole.PhaseWait => "38;5;244",
        TextRole.PhaseTransfer => "38;5;214",
        TextRole.PhaseRedirect => "38;5;167",
        TextRole.PhaseOther => "38;5;250",
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };
}
