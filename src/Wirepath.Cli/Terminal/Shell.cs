using System.Text;

namespace Wirepath.Cli;

/// <summary>
/// What the shell gives the program: two outputs, an environment, and the wish to stop. The program's own are opened by
/// <see cref="ProcessShell"/>; tests hand in theirs.
/// </summary>
internal sealed class Shell : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    public Shell(Stream output, TextWriter error)
    {
        Output = new OutputStream(output, Stop);
        // No byte order mark; each line goes out at once, so that a person sees it and nothing is left when the run ends.
        Out = new StreamWriter(Output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 4096, leaveOpen: true) { AutoFlush = true, NewLine = "\n" };
        Error = error;
    }

    /// <summary>stdout as bytes.</summary>
    public OutputStream Output { get; }

    /// <summary>stdout as text.</summary>
    public TextWriter Out { get; }

    public TextWriter Error { get; }

    public bool OutputIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    public Func<string, string?> Variable { get; init; } = static _ => null;

    /// <summary>The clock on the wall, for what a person at the terminal waits for.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Columns of the terminal; 0 when nobody knows.</summary>
    public Func<int> WindowWidth { get; init; } = static () => 0;

    /// <summary>Ctrl-C was pressed, or nobody reads the output any more.</summary>
    public CancellationToken Stopped => _stop.Token;

    public void Stop() => _stop.Cancel();

    public void Dispose()
    {
        Out.Dispose();
        Output.Dispose();
        _stop.Dispose();
    }
}
