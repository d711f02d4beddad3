using System.Diagnostics.CodeAnalysis;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Master files: RFC 1035 §5, with <c>$TTL</c> (RFC 2308 §4), TTL units as BIND has them, and unknown types (RFC 3597).</summary>
public static class ZoneFile
{
    /// <summary>Reads and checks a whole zone.</summary>
    /// <param name="text">The file.</param>
    /// <param name="fileName">For the error.</param>
    /// <param name="origin">The zone's name, if it is known from elsewhere; otherwise the file starts with <c>$ORIGIN</c> or with absolute names.</param>
    /// <param name="zone">The zone, ready to be served.</param>
    /// <param name="error">The first thing that is wrong.</param>
    public static bool TryParse(string text, string fileName, DomainName? origin, [NotNullWhen(true)] out Zone? zone, out TextError error)
    {
        zone = null;
        return TryReadRecords(text, fileName, origin, out List<PlacedRecord> records, out error)
            && ZoneChecks.TryBuild(records, fileName, origin, out zone, out error);
    }

    /// <summary>Reads and checks a zone that is part of a program.</summary>
    /// <exception cref="FormatException">It is wrong; the message has place and reason.</exception>
    public static Zone Parse(string text, string fileName, DomainName? origin = null) =>
        TryParse(text, fileName, origin, out Zone? zone, out TextError error) ? zone : throw new FormatException(error.ToString());

    /// <summary>Reads records without asking whether they make up a zone: for root hints and local records.</summary>
    internal static bool TryReadRecords(string text, string fileName, DomainName? origin, out List<PlacedRecord> records, out TextError error)
    {
        ArgumentNullException.ThrowIfNull(text);
        records = [];
        error = default;
        var lexer = new ZoneLexer(text, fileName);
        var state = new State(fileName, origin ?? DomainName.Root);
        while (lexer.ReadEntry() is { } entry)
        {
            if (entry.Tokens.Count == 0)
                continue;
            if (state.Read(entry, records) is not { } wrong)
                continue;
            error = wrong;
            return false;
        }

        if (lexer.Error is not { } broken)
            return true;
        error = broken;
        return false;
    }

    /// <summary>What an entry inherits from those before it.</summary>
    private sealed class State(string fileName, DomainName origin)
    {
        private DomainName _origin = origin;
        private DomainName? _owner;
        private uint? _defaultTtl;
        private uint? _lastTtl;

        public TextError? Read(ZoneEntry entry, List<PlacedRecord> records)
        {
            var reader = new EntryReader(entry, fileName, _origin);
            ZoneToken first = entry.Tokens[0];
            if (!entry.StartsWithBlank && !first.IsQuoted && first.Text.StartsWith('$'))
                ReadDirective(reader);
            else
                ReadRecord(entry, reader, records);
            return reader.Error;
        }

        private void ReadDirective(EntryReader reader)
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
                    reader.Fail(directive, "$INCLUDE is not supported: put the records of the other file here.");
                    break;
                default:
                    reader.Fail(directive, $"'{directive.Text}' is not a directive; $ORIGIN or $TTL is expected.");
                    break;
            }
        }

        private void ReadRecord(ZoneEntry entry, EntryReader reader, List<PlacedRecord> records)
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
                effective = _lastTtl = soa.Minimum;
            if (effective is null)
            {
                reader.Fail(place, "this record has no TTL: give it one, or set $TTL before it.");
                return;
            }

            records.Add(new PlacedRecord(new DnsRecord(_owner!.Value, type, DnsClass.IN, effective.Value, data), place.Line, place.Column));
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
}

/// <summary>A record and where it starts in its file.</summary>
internal readonly record struct PlacedRecord(DnsRecord Record, int Line, int Column);
