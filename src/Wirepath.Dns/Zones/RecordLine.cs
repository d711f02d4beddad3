using System.Diagnostics.CodeAnalysis;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>One record in the syntax of zone files, outside of one: as configurations, anchors and scenarios have them.</summary>
public static class RecordLine
{
    /// <summary>TTL where the text has none, as scenarios and configurations expect it: 1 h.</summary>
    public const uint DefaultTtl = 3600;

    /// <summary>Reads <c>name [TTL] [class] type data</c>; names without a final dot are taken as absolute.</summary>
    /// <param name="text">One record, with parentheses over several lines if need be.</param>
    /// <param name="fileName">For the error.</param>
    /// <param name="line">Where the text begins in its file, from 1.</param>
    /// <param name="column">Where it begins in its line, from 1.</param>
    /// <param name="record">What was read.</param>
    /// <param name="error">Why it is no record.</param>
    public static bool TryRead(string text, string fileName, int line, int column, [NotNullWhen(true)] out DnsRecord? record, out TextError error) =>
        TryRead(text, fileName, line, column, DomainName.Root, out record, out error);

    /// <inheritdoc cref="TryRead(string, string, int, int, out DnsRecord?, out TextError)"/>
    /// <param name="text">One record, with parentheses over several lines if need be.</param>
    /// <param name="fileName">For the error.</param>
    /// <param name="line">Where the text begins in its file, from 1.</param>
    /// <param name="column">Where it begins in its line, from 1.</param>
    /// <param name="origin">What names without a final dot are relative to.</param>
    /// <param name="record">What was read.</param>
    /// <param name="error">Why it is no record.</param>
    public static bool TryRead(
        string text, string fileName, int line, int column, DomainName origin, [NotNullWhen(true)] out DnsRecord? record, out TextError error)
    {
        ArgumentNullException.ThrowIfNull(text);
        record = null;
        var lexer = new ZoneLexer(text.Trim(), fileName);
        ZoneEntry? entry = lexer.ReadEntry();
        while (entry is { Tokens.Count: 0 })
            entry = lexer.ReadEntry();
        if (entry is null)
        {
            error = Placed(lexer.Error ?? new TextError(fileName, 1, 1, "a record is expected: name, TTL, class, type and data."));
            return false;
        }

        var reader = new EntryReader(entry, fileName, origin);
        DomainName owner = reader.Name("the owner name");
        (uint ttl, DnsClass @class, DnsType type) = ReadHead(reader);
        byte[] data = reader.Error is null ? RecordDataText.Read(reader, type) : [];
        if (reader.Error is { } wrong)
        {
            error = Placed(wrong);
            return false;
        }

        error = default;
        record = new DnsRecord(owner, type, @class, ttl, data);
        return true;

        TextError Placed(TextError here) => here with { Line = line + here.Line - 1, Column = here.Line == 1 ? column + here.Column - 1 : here.Column };
    }

    private static (uint Ttl, DnsClass Class, DnsType Type) ReadHead(EntryReader reader)
    {
        uint? ttl = null;
        DnsClass? @class = null;
        while (reader.Error is null)
        {
            ZoneToken token = reader.Take("a record type");
            if (reader.Error is not null)
                break;
            if (ttl is null && EntryReader.TryParseDuration(token.Text, out uint seconds))
                ttl = seconds;
            // "ANY" is a type too, but no record has it.
            else if (@class is null && DnsMnemonic.TryParseClass(token.Text, out DnsClass known))
                @class = known;
            else if (DnsMnemonic.TryParseType(token.Text, out DnsType type))
                return (ttl ?? DefaultTtl, @class ?? DnsClass.IN, type);
            else
                reader.Fail(token, $"'{token.Text}' is not a record type.");
        }

        return (0, DnsClass.IN, DnsType.None);
    }
}
