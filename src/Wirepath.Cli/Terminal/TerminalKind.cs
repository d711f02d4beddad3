using System.Globalization;

namespace Wirepath.Cli;

/// <summary>What the story's stream can show: asked once at the start, from the environment and the stream itself.</summary>
/// <param name="Width">Columns.</param>
internal sealed record TerminalKind(bool IsTerminal, bool IsDumb, bool Color, bool Unicode, int Width)
{
    /// <summary>Columns when nobody says: what terminals had for fifty years.</summary>
    private const int UsualWidth = 80;
    private const int LeastWidth = 40;

    public static TerminalKind OfError(Shell shell, OutputChoice choice)
    {
        bool terminal = shell.ErrorIsTerminal;
        bool dumb = shell.Variable("TERM") is "dumb";
        // https://no-color.org: present and not empty, whatever its value.
        bool noColor = shell.Variable("NO_COLOR") is { Length: > 0 };
        bool color = choice.Color switch
        {
            "always" => true,
            "never" => false,
            _ => terminal && !dumb && !noColor,
        };
        return new TerminalKind(terminal, dumb, color, !choice.Ascii && !dumb && IsUtf8Locale(shell), ColumnsOf(shell, terminal));
    }

    // POSIX's order of precedence; an empty variable counts as absent.
    private static bool IsUtf8Locale(Shell shell)
    {
        foreach (string name in (string[])["LC_ALL", "LC_CTYPE", "LANG"])
        {
            if (shell.Variable(name) is { Length: > 0 } value)
                return value.Contains("UTF-8", StringComparison.OrdinalIgnoreCase) || value.Contains("utf8", StringComparison.OrdinalIgnoreCase);
        }

        // No locale at all (a container, a service): what reads the stream today reads UTF-8.
        return true;
    }

    /// <summary>COLUMNS when it is set, else the terminal's own width.</summary>
    public static int ColumnsOf(Shell shell, bool terminal)
    {
        if (int.TryParse(shell.Variable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out int columns) && columns > 0)
            return Math.Max(columns, LeastWidth);
        return terminal && shell.WindowWidth() is > 0 and int width ? Math.Max(width, LeastWidth) : UsualWidth;
    }
}
