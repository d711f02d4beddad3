using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Wirepath.Cli;

/// <summary>Opens the shell that the process was really started from.</summary>
internal static class ProcessShell
{
    // Once more than enough for connections to close; whoever waits longer has pressed Ctrl-C again.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public static Shell Open() => new(StandardOutput(), new QuietWriter(StandardError()))
    {
        OutputIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        Variable = Environment.GetEnvironmentVariable,
        WindowWidth = Width,
    };

    /// <summary>The first Ctrl-C (or SIGTERM) asks the run to end and to tell what it has; the second ends the process.</summary>
    public static IDisposable ListenForCtrlC(Shell shell)
    {
        int asked = 0;
        Timer? guard = null;
        PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return new Listening(() =>
        {
            interrupt.Dispose();
            terminate.Dispose();
            guard?.Dispose();
        });

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            if (Interlocked.Increment(ref asked) > 1)
                Environment.Exit(Http.ExitCodes.Interrupted);
            guard = new Timer(static _ => Environment.Exit(Http.ExitCodes.Interrupted), null, s_patience, Timeout.InfiniteTimeSpan);
            shell.Stop();
        }
    }

    /// <summary>
    /// The console's stream keeps silent about a reader that has gone, and a run would go on for nobody; a pipe is therefore
    /// written as a file. Everything else stays with the console's stream: it shares its position with other writers (<c>2&gt;&amp;1</c>).
    /// </summary>
    private static Stream StandardOutput()
    {
        try
        {
            if (Console.IsOutputRedirected)
            {
                var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
                if (!pipe.CanSeek)
                    return pipe;
            }
        }
        catch (Exception closed) when (closed is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Not open at all: the console's stream will say so at the first write.
        }

        return Console.OpenStandardOutput();
    }

    private static StreamWriter StandardError() =>
        new(Console.OpenStandardError(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 4096) { AutoFlush = true, NewLine = "\n" };

    private static int Width()
    {
        try
        {
            return Console.WindowWidth;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private sealed class Listening(Action end) : IDisposable
    {
        public void Dispose() => end();
    }

    /// <summary>stderr: when even that cannot be written, there is nobody left to tell.</summary>
    private sealed class QuietWriter(StreamWriter inner) : TextWriter
    {
        private bool _broken;

        public override Encoding Encoding => inner.Encoding;

        public override void Write(char value) => Write([value]);

        public override void Write(string? value) => Write(value.AsSpan());

        public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

        public override void Write(ReadOnlySpan<char> buffer)
        {
            if (_broken)
                return;
            try
            {
                inner.Write(buffer);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                _broken = true;
            }
        }

        public override void WriteLine(string? value) => Write(value + "\n");

        public override void WriteLine() => Write("\n");
    }
}
