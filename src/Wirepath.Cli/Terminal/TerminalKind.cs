namespace Wirepath.Cli;

/// <summary>What the story's stream can show: asked once at the start, from the environment and the stream itself.</summary>
/// <param name="Width">Columns.</param>
internal sealed record TerminalKind(bool IsTerminal, bool Color, bool Unicode, int Width)
{
    /// <summary>Columns when nobody says: what terminals had for fifty years.</summary>
    private const int UsualWidth = 80;
    private const int LeastWidth = 40;

    public static TerminalKind OfStandardError(OutputChoice choice) => Of(choice, Console.IsErrorRedirected);

    public static TerminalKind OfStandardOutput(OutputChoice choice) => Of(choice, Console.IsOutputRedirected);

    private static TerminalKind Of(OutputChoice choice, bool redirected)
    {
        bool dumb = Environment.GetEnvironmentVariable("TERM") is "dumb";
        // https://no-color.org: present and not empty, whatever its value.
        bool noColor = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        bool color = choice.Color switch
        {
            "always" => true,
            "never" => false,
            _ => !redirected && !dumb && !noColor,
        };
        return new TerminalKind(!redirected, color, !choice.Ascii && !dumb && IsUtf8Locale(), Columns(redirected));
    }

    // POSIX's order of precedence; an empty variable counts as absent.
    private static bool IsUtf8Locale()
    {
        foreach (string name in (string[])["LC_ALL", "LC_CTYPE", "LANG"])
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
                return value.Contains("UTF-8", StringComparison.OrdinalIgnoreCase) || value.Contains("utf8", StringComparison.OrdinalIgnoreCase);
        }

        // No locale at all (a container, a service): what reads the stream today reads UTF-8.
        return true;
    }

    private static int Columns(bool redirected)
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), out int columns) && columns > 0)
            return Math.Max(columns, LeastWidth);
        if (redirected)
            return UsualWidth;
        try
        {
            return Console.WindowWidth is > 0 and int width ? Math.Max(width, LeastWidth) : UsualWidth;
        }
        catch (IOException)
        {
            return UsualWidth;
        }
    }
}
