using System.Globalization;
using System.Text.Json;
using Wirepath.Events;
using Wirepath.Explain;
using Wirepath.Http;
using Wirepath.Wire;

namespace Wirepath.Cli;

/// <summary>
/// Where a command says what it found: results to stdout, everything about them to stderr, and with <c>--json</c>
/// lines of JSON to stdout in place of both.
/// </summary>
internal sealed class Report(OutputChoice choice, Shell shell)
{
    private readonly Lock _lock = new();
    private readonly TerminalKind _terminal = TerminalKind.OfError(shell, choice);
    private StoryPrinter? _printer;

    public OutputChoice Choice { get; } = choice;

    public Stream StandardOutput => shell.Output;

    public CommandWords Words { get; } = CommandWords.For(choice.Language);

    public StoryPrinter Printer => _printer ??= new StoryPrinter(shell.Error, _terminal);

    public TextOptions Text => new(_terminal.Width, !_terminal.Unicode, Choice.Detail, Choice.Language);

    /// <summary>A line of the result.</summary>
    public void Line(string text)
    {
        if (!Choice.Json)
            shell.Out.WriteLine(text);
    }

    /// <summary>Something about the result, for a person.</summary>
    public void Remark(string text)
    {
        if (!Choice.Json)
            Printer.Write(new StyledLine([new StyledSpan(text, TextRole.Dim)]));
    }

    /// <summary>Shows how far a run is until it is disposed; null where a line that comes and goes would be in the way.</summary>
    public Progress? Progress(EventLog log) =>
        _terminal is { IsTerminal: true, IsDumb: false } && !shell.OutputIsTerminal && Choice.Detail != Detail.Verdict ? new Progress(log, shell, Choice.Language) : null;

    /// <summary>Tells one navigation, after its connections have closed.</summary>
    public void Navigation(IReadOnlyList<Event> events, World world, int index, FetchResult result)
    {
        if (Choice.Json)
            return;
        Journey journey = Journey.From(events, world.Host.Name);
        if (index >= journey.Navigations.Count)
        {
            Failure(result.ExitCode, result.Summary);
            return;
        }

        if (index > 0)
            Printer.Write(StyledLine.Empty);
        Printer.Write(JourneyText.Render(journey, journey.Navigations[index], Text));
    }

    /// <summary>The end of the run: with <c>--json</c> all of it, otherwise where the capture went.</summary>
    public void Finish(IReadOnlyList<Event> events, World world)
    {
        if (Choice.Json)
            JourneyJson.Write(Journey.From(events, world.Host.Name), StandardOutput);
        else if (Choice.CaptureFile is { } file)
            Remark(Words.Saved(file));
    }

    /// <summary>The whole log as a story: what <c>dns --trace</c> shows.</summary>
    public void Story(IReadOnlyList<Event> events, World world)
    {
        if (!Choice.Json)
            Printer.Write(JourneyText.Render(Journey.From(events, world.Host.Name), Text));
    }

    /// <summary>Who gave each record, and why it is believed.</summary>
    public void Provenance(Traced traced)
    {
        if (Choice.Json)
            return;
        Printer.Write(StyledLine.Empty);
        Printer.Write(ProvenanceTree.Lines(traced, Words, Text));
    }

    /// <summary>The one sentence of a failure.</summary>
    /// <returns><paramref name="exitCode"/>, for the caller to return.</returns>
    public int Failure(int exitCode, string sentence) => Failing.With(shell, exitCode, sentence.EndsWith('.') || sentence.EndsWith('。') ? sentence : sentence + ".");

    /// <summary>One request that was served.</summary>
    public void Request(Instant at, string method, string target, int status, long bytes)
    {
        lock (_lock)
        {
            Remark(string.Create(CultureInfo.InvariantCulture, $"{at.ToDateTimeOffset():HH:mm:ss.fff}  {method} {target} → {status}, {bytes:N0} B"));
            Json("request", writer =>
            {
                writer.WriteString("method", method);
                writer.WriteString("target", target);
                writer.WriteNumber("status", status);
                writer.WriteNumber("bytes", bytes);
            });
        }
    }

    public void Json(string type, Action<Utf8JsonWriter> content)
    {
        if (!Choice.Json)
            return;
        JsonLines.Write(StandardOutput, type, content);
    }
}
