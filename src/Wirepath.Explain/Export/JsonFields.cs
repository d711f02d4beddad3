using System.Text.Json;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain;

/// <summary>How values of the log look in JSON: addresses and names as text, times as whole ticks of 100 ns, bytes as hexadecimal.</summary>
internal readonly struct JsonFields(Utf8JsonWriter json)
{
    public JsonFields Text(string name, string value)
    {
        json.WriteString(name, value);
        return this;
    }

    public JsonFields Texts(string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
        return this;
    }

    public JsonFields Number(string name, long value)
    {
        json.WriteNumber(name, value);
        return this;
    }

    public JsonFields Flag(string name, bool value)
    {
        json.WriteBoolean(name, value);
        return this;
    }

    /// <summary>An enumeration's own name.</summary>
    public JsonFields Name<T>(string name, T value)
        where T : struct, Enum
    {
        json.WriteString(name, value.ToString());
        return this;
    }

    public JsonFields Ticks(string name, TimeSpan value) => Number(name, value.Ticks);

    /// <summary>A moment as time in UTC; null when it never comes.</summary>
    public JsonFields Moment(string name, Instant value)
    {
        if (value.IsNever)
            json.WriteNull(name);
        else
            json.WriteString(name, value.ToString());
        return this;
    }

    /// <summary>ssthresh; null while it is arbitrarily high.</summary>
    public JsonFields Threshold(string name, long value)
    {
        if (value == long.MaxValue)
            json.WriteNull(name);
        else
            json.WriteNumber(name, value);
        return this;
    }

    public JsonFields Address(string name, IpAddress value)
    {
        if (value.IsNone)
            json.WriteNull(name);
        else
            json.WriteString(name, value.ToString());
        return this;
    }

    public JsonFields Endpoint(string name, IpEndpoint value)
    {
        if (value.Address.IsNone)
            json.WriteNull(name);
        else
            json.WriteString(name, value.ToString());
        return this;
    }

    public JsonFields Connection(ConnectionId id, string name = "connection")
    {
        json.WriteStartObject(name);
        Endpoint("local", id.Local).Endpoint("remote", id.Remote);
        json.WriteEndObject();
        return this;
    }

    public JsonFields Question(DomainName name, DnsType type) => Text("name", name.ToString()).Text("type", DnsMnemonic.Of(type));

    public JsonFields Bytes(string name, ReadOnlyMemory<byte> bytes) => Text(name, Convert.ToHexStringLower(bytes.Span));

    public JsonFields Record(string name, DnsRecord record)
    {
        json.WriteStartObject(name);
        RecordFields(record);
        json.WriteEndObject();
        return this;
    }

    public JsonFields Records(string name, IReadOnlyList<DnsRecord> records)
    {
        json.WriteStartArray(name);
        foreach (DnsRecord record in records)
        {
            json.WriteStartObject();
            RecordFields(record);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        return this;
    }

    private void RecordFields(DnsRecord record) =>
        Question(record.Name, record.Type).Number("ttl", record.Ttl).Text("data", record.DataToString());

    public JsonFields Segment(SegmentFacts s)
    {
        json.WriteStartObject("segment");
        Number("sequence", s.Sequence.Value).Number("relativeSequence", s.RelativeSequence).Number("acknowledgment", s.Acknowledgment.Value)
            .Number("relativeAcknowledgment", s.RelativeAcknowledgment).Text("flags", Words.Flags(s.Flags)).Number("length", s.Length).Number("window", s.Window);
        Options(s.Options);
        json.WriteEndObject();
        return this;
    }

    private void Options(TcpOptions options)
    {
        json.WriteStartObject("options");
        if (options.HasMss)
            Number("mss", options.Mss);
        if (options.HasWindowScale)
            Number("windowScale", options.WindowScale);
        if (options.SackPermitted)
            Flag("sackPermitted", value: true);
        if (options.HasTimestamps)
            Number("timestampValue", options.TimestampValue).Number("timestampEcho", options.TimestampEcho);
        if (options.SackCount > 0)
        {
            json.WriteStartArray("sack");
            for (int i = 0; i < options.SackCount; i++)
            {
                json.WriteStartArray();
                json.WriteNumberValue(options[i].Left.Value);
                json.WriteNumberValue(options[i].Right.Value);
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        if (options.HasFastOpen)
            Text("fastOpenCookie", Convert.ToHexStringLower(options.FastOpenCookie));
        json.WriteEndObject();
    }
}
