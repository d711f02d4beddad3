using System.Buffers.Binary;
using System.Globalization;

namespace Wirepath.Wire;

/// <summary>A DNS message as fields; from the first thing that cannot be read on, it stays bytes.</summary>
internal static class DnsFields
{
    private static readonly string[] s_sections = ["Question", "Answer", "Authority", "Additional"];

    /// <param name="layer">At the start of the message.</param>
    /// <param name="message">The message alone, to which pointers refer.</param>
    public static void Add(LayerBuilder layer, ReadOnlySpan<byte> message)
    {
        layer.AddFigure(DnsHeader.Fields, Words);
        if (!DnsHeader.TryRead(message, out DnsHeader header))
            return;
        int at = DnsHeader.Size;
        ReadOnlySpan<int> counts = [header.QuestionCount, header.AnswerCount, header.AuthorityCount, header.AdditionalCount];
        for (int section = 0; section < counts.Length; section++)
        {
            for (int i = 0; i < counts[section]; i++)
            {
                string label = string.Create(CultureInfo.InvariantCulture, $"{s_sections[section]} {i + 1}");
                if (!TryAddName(layer, message, ref at, label) || !(section == 0 ? TryAddQuestion(layer, message, ref at, label) : TryAddRecord(layer, message, ref at, label)))
                    return;
            }
        }
    }

    private static bool TryAddName(LayerBuilder layer, ReadOnlySpan<byte> message, ref int at, string label)
    {
        int start = at;
        if (!DomainName.TryRead(message, ref at, out DomainName name))
            return false;
        bool isCompressed = at - start != name.Size;
        layer.Add(label + " name", at - start, name.ToString(), isCompressed
            ? string.Create(CultureInfo.InvariantCulture, $"Compressed: goes on at byte {BinaryPrimitives.ReadUInt16BigEndian(message[(at - 2)..]) & 0x3FFF} of the message")
            : "Labels, each behind its length");
        return true;
    }

    private static bool TryAddQuestion(LayerBuilder layer, ReadOnlySpan<byte> message, ref int at, string label)
    {
        if (message.Length - at < 4)
            return false;
        layer.AddNumber(label + " type", 2, "What is asked for", number => DnsMnemonic.Of((DnsType)number));
        layer.AddNumber(label + " class", 2, "Nearly always IN", number => DnsMnemonic.Of((DnsClass)number));
        at += 4;
        return true;
    }

    private static bool TryAddRecord(LayerBuilder layer, ReadOnlySpan<byte> message, ref int at, string label)
    {
        if (message.Length - at < 10)
            return false;
        var type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
        int length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 8)..]);
        layer.AddNumber(label + " type", 2, "What the data are", number => DnsMnemonic.Of((DnsType)number));
        if (type == DnsType.OPT)
        {
            layer.AddNumber(label + " UDP payload size", 2, "Bytes that the sender takes over UDP");
            layer.AddNumber(label + " extended RCODE", 1, "Upper bits of the response code");
            layer.AddNumber(label + " version", 1, "Of EDNS");
            layer.AddNumber(label + " flags", 2, "DO: DNSSEC records wanted", number => (number & 0x8000) != 0 ? "DO" : "0");
        }
        else
        {
            layer.AddNumber(label + " class", 2, "Nearly always IN", number => DnsMnemonic.Of((DnsClass)number));
            layer.AddNumber(label + " TTL", 4, "Seconds that it may be remembered", number => string.Create(CultureInfo.InvariantCulture, $"{number} s"));
        }

        layer.AddNumber(label + " length", 2, "Bytes of data");
        at += 10;
        if (length > message.Length - at)
            return false;
        string value = type != DnsType.OPT && RdataCompression.TryExpand(message, at, length, type, out byte[] data)
            ? RdataText.Format(type, data)
            : LayerBuilder.Hex(message.Slice(at, length));
        layer.Add(label + " data", length, value, type == DnsType.OPT ? "EDNS options" : DnsMnemonic.Of(type) + " data");
        at += length;
        return true;
    }

    private static string? Words(string name, ulong number) => name switch
    {
        "QR" => number == 0 ? "0 (query)" : "1 (response)",
        "Opcode" when Enum.IsDefined((DnsOpcode)number) => $"{(DnsOpcode)number} ({number})",
        "RCODE" when Enum.IsDefined((DnsRcode)number) => $"{(DnsRcode)number} ({number})",
        _ => null,
    };
}
