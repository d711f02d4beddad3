using System.Text;
using System.Text.Json;

namespace Wirepath.Cli.Tests;

/// <summary>One call of the program in this process: its exit code and both its outputs.</summary>
internal sealed record CommandRun(int Code, byte[] Output, string Error)
{
    public string Text => Encoding.UTF8.GetString(Output);

    /// <summary>The story as running text, however it was wrapped.</summary>
    public string Told => string.Join(' ', Error.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The last line of <c>--json</c> of one type.</summary>
    public JsonElement Json(string type) => JsonLines().Last(l => l.GetProperty("type").GetString() == type);

    public IReadOnlyList<JsonElement> JsonLines() =>
        [.. Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    public static CommandRun Of(params string[] line) => In(new Dictionary<string, string>(), line);

    public static CommandRun In(IReadOnlyDictionary<string, string> environment, params string[] line)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter();
        using var shell = new Shell(output, error) { Variable = environment.GetValueOrDefault };
        int code = Program.Run(line, shell);
        return new CommandRun(code, output.ToArray(), error.ToString());
    }

    /// <summary>With another stdout, or another environment, than usual.</summary>
    public static CommandRun With(Stream output, Func<string, string?> variable, params string[] line)
    {
        using var error = new StringWriter();
        using var shell = new Shell(output, error) { Variable = variable };
        return new CommandRun(Program.Run(line, shell), [], error.ToString());
    }
}
