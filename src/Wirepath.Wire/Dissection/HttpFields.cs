namespace Wirepath.Wire;

/// <summary>What text and TLS records on a TCP connection look like in one segment; no reassembly.</summary>
internal static class HttpFields
{
    public static bool LooksLikeHttp(ReadOnlySpan<byte> payload)
    {
        ReadOnlySpan<byte> line = FirstLine(payload);
        if (line.StartsWith("HTTP/1."u8))
            return true;
        line = line.TrimEnd("\r\n"u8);
        return (line.EndsWith(" HTTP/1.1"u8) || line.EndsWith(" HTTP/1.0"u8)) && line[0] is >= (byte)'A' and <= (byte)'Z';
    }

    /// <summary>RFC 8446 §5.1: content type, version 3.x, length.</summary>
    public static bool LooksLikeTls(ReadOnlySpan<byte> payload) => payload is [>= 20 and <= 23, 3, <= 4, _, _, ..];

    public static void AddHttp(LayerBuilder layer)
    {
        bool isFirst = true;
        while (layer.Remaining > 0)
        {
            ReadOnlySpan<byte> line = FirstLine(layer.Bytes[layer.Position..]);
            ReadOnlySpan<byte> text = line.TrimEnd("\r\n"u8);
            if (text.IsEmpty)
            {
                layer.Add("Empty line", line.Length, "", "The head ends here");
                layer.Add("Body", layer.Remaining, LayerBuilder.Hex(layer.Bytes[layer.Position..]), "Content, as far as it is in this segment");
                return;
            }

            layer.Add(isFirst ? "Start line" : "Field line", line.Length, OptionFields.Printable(text), isFirst ? "Request or status" : "Header field");
            isFirst = false;
        }
    }

    public static void AddTls(LayerBuilder layer)
    {
        while (layer.Remaining >= 5 && LooksLikeTls(layer.Bytes[layer.Position..]))
        {
            int length = (layer.Bytes[layer.Position + 3] << 8) | layer.Bytes[layer.Position + 4];
            layer.AddNumber("Content type", 1, "Kind of record", type => type switch
            {
                20 => "change cipher spec (20)",
                21 => "alert (21)",
                22 => "handshake (22)",
                _ => "application data (23)",
            });
            layer.AddNumber("Version", 2, "3.3 whatever the version really is", version => $"0x{version:x4}");
            layer.AddNumber("Length", 2, "Bytes of the record");
            layer.Add("Record", length, LayerBuilder.Hex(layer.Bytes.Slice(layer.Position, Math.Min(length, layer.Remaining))), "Content, as far as it is in this segment");
        }
    }

    private static ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)'\n');
        return end < 0 ? text : text[..(end + 1)];
    }
}
