using System.Globalization;
using System.Text.Encodings.Web;
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
internal sealed class Report(OutputChoice choice, Stream standardOutput) : IDisposable
{
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _lock = new();
    private readonly TerminalKind _terminal = TerminalKind.OfStandardError(choice);
    private StoryPrinter? _printer;

    public OutputChoice Choice { get; } = choice;

    public Stream StandardOutput { get; } = standardOutput;

    public StoryPrinter Printer => _printer ??= new StoryPrinter(Console.Error, _terminal);

    public TextOptions Text => new(
        _terminal.Width, !_terminal.Unicode, Choice.Detail, Choice.Chinese ? Language.Chinese : Language.English);

    /// <summary>A line of the result.</summary>
    public void Line(string text)
    {
        if (!Choice.Json)
            Console.Out.WriteLine(text);
    }

    /// <summary>Something about the result, for a person.</summary>
    public void Remark(string text)
    {
        if (!Choice.Json)
            Printer.Write(new StyledLine([new StyledSpan(text, TextRole.Dim)]));
    }

    /// <summary>Tells one navigation, after its connections have closed.</summary>
    public void Navigation(IReadOnlyList<Event> events, World world, int index, FetchResult result)
    {
        if (Choice.Json)
            return;
        Journey journey = Journey.From(events, world.Host.Name);
        if (index >= journey.Navigations.Count)
        {
            Failure(result.Summary);
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
            Remark($"saved {file}");
    }

    /// <summary>The whole log as a story: what <c>dns --trace</c> shows.</summary>
    public void Story(IReadOnlyList<Event> events, World world)
    {
        if (!Choice.Json)
            Printer.Write(JourneyText.Render(Journey.From(events, world.Host.Name), Text));
    }

    public void Failure(string text) => Console.Error.WriteLine($"wirepath: {text}");

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
        using (var writer = new Utf8JsonWriter(StandardOutput, s_json))
        {
            writer.WriteStartObject();
            writer.WriteNumber("wirepath", 1);
            writer.WriteString("type", type);
            content(writer);
            writer.WriteEndObject();
        }

        StandardOutput.WriteByte((byte)'\n');
        StandardOutput.Flush();
    }

    public void Dispose() => StandardOutput.Dispose();
}
