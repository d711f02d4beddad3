using System.Text.Encodings.Web;
using System.Text.Json;

namespace Wirepath.Cli;

/// <summary>One JSON object to a line, each with the format's version and its type: docs/json.md.</summary>
internal static class JsonLines
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(Stream stream, string type, Action<Utf8JsonWriter> content)
    {
        using (var writer = new Utf8JsonWriter(stream, s_options))
        {
            writer.WriteStartObject();
            writer.WriteNumber("wirepath", Explain.JourneyJson.Version);
            writer.WriteString("type", type);
            content(writer);
            writer.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        stream.Flush();
    }
}
