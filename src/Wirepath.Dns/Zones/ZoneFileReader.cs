using System.Globalization;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Reads a zone file and those that it includes into one list of records, up to the first error.</summary>
internal sealed class ZoneFileReader(ZoneFileSettings settings, DomainName origin)
{
    private readonly List<string> _open = [];
    private DomainName _origin = origin;
    private DomainName? _owner;
    private uint? _defaultTtl = settings.DefaultTtl;
    private uint? _lastTtl;

    public List<PlacedRecord> Records { get; } = [];

    public TextError? Error { get; private set; }

    public void Read(string text, string fileName)
    {
        _open.Add(fileName);
        var lexer = new ZoneLexer(text, fileName);
        while (Error is null && lexer.ReadEntry() is { } entry)
        {
            if (entry.Tokens.Count == 0)
                continue;
            var reader = new EntryReader(entry, fileName, _origin);
            ZoneToken first = entry.Tokens[0];
            if (!entry.StartsWithBlank && !first.IsQuoted && first.Text.StartsWith('$'))
                ReadDirective(reader, fileName);
            else
                ReadRecord(entry, reader, fileName);
            Error ??= reader.Error;
        }

        Error ??= lexer.Error;
        _open.RemoveAt(_open.Count - 1);
    }

    private void ReadDirective(EntryReader reader, string fileName)
    {
        ZoneToken directive = reader.Take("a directive");
        switch (directive.Text.ToUpperInvariant())
        {
            case "$ORIGIN":
                DomainName name = reader.Name("the new origin");
                reader.ExpectEnd("$ORIGIN");
                if (reader.Error is null)
                    _origin = name;
                break;
            case "$TTL":
                uint ttl = reader.Duration("the default TTL");
                reader.ExpectEnd("$TTL");
                if (reader.Error is null)
                    _defaultTtl = ttl;
                break;
            case "$INCLUDE":
                ReadInclude(reader, fileName);
                break;
            default:
                reader.Fail(directive, $"'{directive.Text}' is not a directive; $ORIGIN, $TTL or $INCLUDE is expected.");
                break;
        }
    }

    // RFC 1035 §5.1: what the included file does to origin and owner ends with it.
    private void ReadInclude(EntryReader reader, string fileName)
    {
        ZoneToken file = reader.Take("the name of a file");
        DomainName origin = reader.HasMore ? reader.Name("the origin of the included file") : _origin;
        reader.ExpectEnd("$INCLUDE");
        if (reader.Error is not null)
            return;
        if (!ZoneLexer.TryUnescape(file.Text, out byte[] bytes))
        {
            reader.Fail(file, @"an escape is \ and a character, or \ and three digits up to 255.");
            return;
        }

        string path = Path.Combine(Path.GetDirectoryName(fileName) ?? "", System.Text.Encoding.UTF8.GetString(bytes));
        if (settings.ReadFile is null)
            reader.Fail(file, "there is no other file here: put the records of the included file in its place.");
        else if (_open.Contains(path))
            reader.Fail(file, $"'{path}' includes itself.");
        else if (_open.Count > settings.MostIncludeDepth)
            reader.Fail(file, string.Create(CultureInfo.InvariantCulture, $"files include files more than {settings.MostIncludeDepth} deep."));
        if (reader.Error is not null)
            return;
        string text;
        try
        {
            text = settings.ReadFile!(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            reader.Fail(file, $"'{path}' cannot be read: {e.Message.ReplaceLineEndings(" ")}");
            return;
        }

        (DomainName outerOrigin, DomainName? outerOwner) = (_origin, _owner);
        _origin = origin;
        Read(text, path);
        (_origin, _owner) = (outerOrigin, outerOwner);
    }

    private void ReadRecord(ZoneEntry entry, EntryReader reader, string fileName)
    {
        ZoneToken place = entry.Tokens[0];
        if (entry.StartsWithBlank)
        {
            if (_owner is null)
            {
                reader.Fail(place, "the first record needs an owner name; a line that starts with a blank takes that of the line before.");
                return;
            }
        }
        else
        {
            DomainName owner = reader.Name("the owner name");
            if (reader.Error is not null)
                return;
            _owner = owner;
        }

        (uint? ttl, DnsType type) = ReadTtlClassType(reader);
        if (reader.Error is not null)
            return;
        byte[] data = RecordDataText.Read(reader, type);
        if (reader.Error is not null)
            return;
        if (ttl is not null)
            _lastTtl = ttl;
        // RFC 2308 §4, then RFC 1035 §5.1; a SOA that comes first may stand for itself.
        uint? effective = ttl ?? _defaultTtl ?? _lastTtl;
        if (effective is null && type == DnsType.SOA && SoaData.TryRead(data, out SoaData soa))
            effective = _lastTtl = Math.Min(soa.Minimum, int.MaxValue);
        if (effective is null)
        {
            reader.Fail(place, "this record has no TTL: give it one, or set $TTL before it.");
            return;
        }

        Records.Add(new PlacedRecord(new DnsRecord(_owner!.Value, type, DnsClass.IN, effective.Value, data), place.Line, place.Column, fileName));
    }

    // [TTL] [class] type, or [class] [TTL] type.
    private static (uint? Ttl, DnsType Type) ReadTtlClassType(EntryReader reader)
    {
        uint? ttl = null;
        bool hasClass = false;
        while (reader.Error is null)
        {
            ZoneToken token = reader.Take("a record type");
            if (reader.Error is not null)
                break;
            if (!token.IsQuoted && ttl is null && EntryReader.TryParseDuration(token.Text, out uint seconds))
            {
                ttl = seconds;
            }
            else if (!token.IsQuoted && !hasClass && DnsMnemonic.TryParseClass(token.Text, out DnsClass @class) && @class != DnsClass.ANY)
            {
                hasClass = true;
                if (@class != DnsClass.IN)
                    reader.Fail(token, $"only class IN is served, not {token.Text}.");
            }
            else if (!token.IsQuoted && DnsMnemonic.TryParseType(token.Text, out DnsType type))
            {
                if (type is DnsType.OPT or DnsType.ANY or (>= (DnsType)128 and < DnsType.ANY))
                    reader.Fail(token, $"{token.Text} is a type of questions, not of records.");
                return (ttl, type);
            }
            else
            {
                reader.Fail(token, $"'{token.Text}' is not a record type.");
            }
        }

        return (null, DnsType.None);
    }
}
