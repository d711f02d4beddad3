using System.Text;
using System.Text.Json;

namespace Wirepath.Bench;

/// <summary>The whole run as one JSON object: each sample, so that others can make their own statistics.</summary>
internal static class ResultJson
{
    private const int Version = 1;

    public static string Write(Machine machine, BenchOptions options, IReadOnlyList<PartResult> results)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteStartObject("machine");
            json.WriteNumber("cpus", machine.Cpus);
            json.WriteString("cpu", machine.CpuModel);
            json.WriteString("kernel", machine.Kernel);
            json.WriteString("runtime", machine.Runtime);
            json.WriteNumber("load", machine.Load);
            json.WriteEndObject();
            json.WriteNumber("seconds", options.SampleTime.TotalSeconds);
            json.WriteNumber("repeats", options.Repeats);
            json.WriteStartArray("parts");
            foreach (PartResult result in results)
                WritePart(json, result);
            json.WriteEndArray();
            json.WriteStartArray("goals");
            foreach (Goal goal in Goals.All)
            {
                double value = goal.Value(results);
                if (double.IsNaN(value))
                    continue;
                json.WriteStartObject();
                json.WriteString("goal", goal.What);
                json.WriteString("bound", goal.IsUpperBound ? "most" : "least");
                json.WriteNumber("target", goal.Target);
                WriteNumber(json, "value", value);
                json.WriteString("unit", goal.Unit);
                json.WriteBoolean("met", goal.IsMet(value));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void WritePart(Utf8JsonWriter json, PartResult result)
    {
        json.WriteStartObject();
        json.WriteString("part", result.Part.Key);
        json.WriteStartArray("rows");
        foreach (RowResult row in result.Rows)
        {
            json.WriteStartObject();
            json.WriteString("row", row.Row.Key);
            for (int i = 0; i < result.Part.Figures.Count; i++)
            {
                json.WriteStartObject(result.Part.Figures[i].Key);
                WriteNumber(json, "median", result.Figure(row, i));
                json.WriteStartArray("samples");
                foreach (double[] sample in row.Samples)
                    WriteValue(json, sample[i]);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteStartObject("ratios");
            foreach (Reference reference in result.Part.References)
                WriteNumber(json, reference.Row, result.Ratio(row, reference));
            json.WriteEndObject();
            if (row.Row.Yardstick is { } yardstick)
            {
                json.WriteStartObject("yardstick");
                json.WriteString("row", yardstick.Row);
                WriteNumber(json, "ratio", result.YardstickRatio(row));
                WriteNumber(json, "goal", yardstick.Goal);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("notMeasured");
        foreach (string failure in result.Failures)
            json.WriteStringValue(failure);
        json.WriteEndArray();
        json.WriteString("leftOut", result.LeftOut);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        json.WritePropertyName(name);
        WriteValue(json, value);
    }

    // JSON has no NaN.
    private static void WriteValue(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumberValue(value);
        else
            json.WriteNullValue();
    }
}
