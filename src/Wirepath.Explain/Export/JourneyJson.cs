using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain;

/// <summary>The journey for machines: JSON lines, described in docs/json.md.</summary>
public static class JourneyJson
{
    /// <summary>Counts up when a field changes its meaning or goes away; new fields alone do not count.</summary>
    public const int Version = 1;

    internal static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>One <c>log</c> line, one <c>event</c> line for each event, one <c>navigation</c> line for each navigation.</summary>
    /// <param name="events">False leaves out the events.</param>
    public static void Write(Journey journey, Stream stream, bool events = true)
    {
        ArgumentNullException.ThrowIfNull(journey);
        ArgumentNullException.ThrowIfNull(stream);
        Instant begins = journey.Events.Count > 0 ? journey.Events[0].At : Instant.Epoch;
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(buffer, s_options);
        Line(stream, buffer, json, () => WriteLog(json, journey.ClientNode, begins));
        if (events)
        {
            foreach (Event e in journey.Events)
                Line(stream, buffer, json, () => WriteEvent(json, e, begins));
        }

        foreach (Navigation navigation in journey.Navigations)
            Line(stream, buffer, json, () => NavigationJson.Write(json, navigation, begins));
    }

    internal static void Line(Stream stream, ArrayBufferWriter<byte> buffer, Utf8JsonWriter json, Action write)
    {
        json.WriteStartObject();
        json.WriteNumber("wirepath", Version);
        write();
        json.WriteEndObject();
        json.Flush();
        stream.Write(buffer.WrittenSpan);
        stream.WriteByte((byte)'\n');
        buffer.ResetWrittenCount();
        json.Reset();
    }

    internal static void WriteLog(Utf8JsonWriter json, string client, Instant begins)
    {
        json.WriteString("type", "log");
        json.WriteString("begins", begins.ToString());
        json.WriteString("client", client);
    }

    internal static void WriteEvent(Utf8JsonWriter json, Event e, Instant begins)
    {
        json.WriteString("type", "event");
        json.WriteNumber("id", e.Id.Value);
        if (e.Cause.IsNone)
            json.WriteNull("cause");
        else
            json.WriteNumber("cause", e.Cause.Value);
        json.WriteNumber("at", (e.At - begins).Ticks);
        json.WriteString("node", e.Node);
        json.WriteString("kind", e.What.GetType().Name);
        json.WriteStartObject("fields");
        HappeningJson.Write(json, e.What);
        json.WriteEndObject();
    }
}
