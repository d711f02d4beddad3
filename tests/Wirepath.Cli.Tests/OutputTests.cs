namespace Wirepath.Cli.Tests;

/// <summary>Outputs that break, a person who stops the run, and the unthinkable: never an exception, always a sentence or silence.</summary>
public class OutputTests
{
    private const int BrokenPipe = 32;

    [Theory]
    [InlineData("get", "http://www.example.com/1mb")]
    [InlineData("ping", "-c", "1000000", "www.example.com")]
    [InlineData("traceroute", "www.example.com")]
    [InlineData("get", "--json", "http://www.example.com/")]
    [InlineData("links")]
    public void A_reader_who_leaves_ends_the_run_in_silence(params string[] line)
    {
        CommandRun run = CommandRun.With(new BreakingStream(new IOException("Broken pipe", BrokenPipe)), static _ => null, line);
        run.Code.ShouldBe(141);
        run.Error.ShouldNotContain("bug");
        run.Error.ShouldNotContain("Broken pipe");
    }

    [Theory]
    [InlineData("get", "-q", "http://www.example.com/")]
    [InlineData("ping", "-c", "3", "www.example.com")]
    [InlineData("dns", "www.example.com")]
    [InlineData("url", "www.example.com")]
    [InlineData("get", "--help")]
    public void An_output_that_cannot_be_written_is_said(params string[] line)
    {
        CommandRun run = CommandRun.With(new BreakingStream(new IOException("No space left on device")), static _ => null, line);
        run.Code.ShouldBe(74);
        run.Error.ShouldEndWith("wirepath: stdout cannot be written: No space left on device.\n");
    }

    [Fact]
    public void A_file_that_cannot_take_the_body_is_said()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "This system has no /dev/full.");
        CommandRun run = CommandRun.Of("get", "-q", "-o", "/dev/full", "http://www.example.com/");
        run.Code.ShouldBe(74);
        run.Told.ShouldContain("'/dev/full' cannot be written: No space left on device.");
    }

    [Theory]
    [InlineData("ping", "-c", "1000000", "www.example.com", "received")]
    [InlineData("get", "http://www.example.com/1mb", "Stopped after")]
    [InlineData("get", "http://www.silent.example.org/", "Stopped after")]
    public void Ctrl_C_closes_and_tells_what_there_is(params string[] lineAndText)
    {
        using var output = new StoppingStream();
        using var error = new StringWriter();
        using var shell = new Shell(output, error);
        output.Shell = shell;
        // With nothing to print there is no page to be stopped at: those are stopped before they begin.
        if (lineAndText[1].Contains("silent", StringComparison.Ordinal))
            shell.Stop();
        Program.Run(lineAndText[..^1], shell).ShouldBe(130);
        (output.Text + error).ShouldContain(lineAndText[^1]);
        error.ToString().ShouldNotContain("bug");
    }

    [Fact]
    public void Progress_is_shown_on_a_terminal_when_it_takes_long_and_leaves_nothing_behind()
    {
        using var error = new StringWriter();
        using var shell = new Shell(Stream.Null, error) { Time = new SlowMachine(), ErrorIsTerminal = true, WindowWidth = static () => 80 };
        Program.Run(["get", "--color", "never", "http://www.example.com/long"], shell).ShouldBe(0);
        string[] shown = error.ToString().Split("\r\u001b[K");
        shown.Length.ShouldBeGreaterThan(2);
        shown[1].ShouldMatch("^[A-Za-z]+  ([0-9.,]+ k?B  )?[0-9.]+ m?s$");
        shown[^1].ShouldStartWith("www.example.com → ");
    }

    [Fact]
    public void The_unthinkable_is_called_a_bug_and_shows_its_trace_only_on_request()
    {
        CommandRun run = CommandRun.With(new MemoryStream(), static name => name == "COLUMNS" ? throw new FormatException("boom") : null, "get", "www.example.com");
        run.Code.ShouldBe(70);
        run.Error.ShouldBe("wirepath: this is a bug in Wirepath (FormatException: boom); with WIREPATH_DEBUG=1 it shows its stack trace.\n");
        CommandRun debugging = CommandRun.With(
            new MemoryStream(), static name => name == "COLUMNS" ? throw new FormatException("boom") : name == "WIREPATH_DEBUG" ? "1" : null, "get", "www.example.com");
        debugging.Code.ShouldBe(70);
        debugging.Error.ShouldContain("   at Wirepath.Cli.");
    }

    /// <summary>Takes one write, then fails.</summary>
    private sealed class BreakingStream(IOException failure) : MemoryStream
    {
        private int _writes;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (++_writes > 1 || failure.HResult != BrokenPipe)
                throw failure;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    }

    /// <summary>A millisecond passes with each look at the clock.</summary>
    private sealed class SlowMachine : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => ++_now;
    }

    /// <summary>Presses Ctrl-C when something has been printed.</summary>
    private sealed class StoppingStream : MemoryStream
    {
        private int _writes;

        public Shell? Shell { get; set; }

        public string Text => System.Text.Encoding.UTF8.GetString(ToArray());

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            base.Write(buffer);
            if (++_writes == 3)
                Shell!.Stop();
        }
    }
}
