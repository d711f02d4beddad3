using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>What reading a zone file may need besides its text.</summary>
public sealed record ZoneFileSettings
{
    public static readonly ZoneFileSettings Default = new();

    /// <summary>
    /// Reads the file that an <c>$INCLUDE</c> names; relative names are taken from the folder of the file they stand in.
    /// Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>, whose message is told. Null: no <c>$INCLUDE</c>.
    /// </summary>
    public Func<string, string>? ReadFile { get; init; }

    /// <summary>Seconds for records that have no TTL before any <c>$TTL</c>; null: that is an error, but for a SOA that comes first.</summary>
    public uint? DefaultTtl { get; init; }

    /// <summary>Files in files. 10: nobody nests deeper on purpose.</summary>
    public int MostIncludeDepth { get; init; } = 10;
}

/// <summary>Master files: RFC 1035 §5, with <c>$TTL</c> (RFC 2308 §4), TTL units as BIND has them, and unknown types (RFC 3597).</summary>
public static class ZoneFile
{
    /// <summary>Reads and checks a whole zone.</summary>
    /// <param name="text">The file.</param>
    /// <param name="fileName">For errors, and where <c>$INCLUDE</c> starts from.</param>
    /// <param name="origin">The zone's name, if it is known from elsewhere; otherwise the file starts with <c>$ORIGIN</c> or with absolute names.</param>
    /// <param name="zone">The zone, ready to be served.</param>
    /// <param name="error">The first thing that is wrong.</param>
    /// <param name="settings">Null: <see cref="ZoneFileSettings.Default"/>.</param>
    public static bool TryParse(
        string text, string fileName, DomainName? origin, [NotNullWhen(true)] out Zone? zone, out TextError error, ZoneFileSettings? settings = null)
    {
        zone = null;
        return TryReadRecords(text, fileName, origin, out List<PlacedRecord> records, out error, settings)
            && ZoneChecks.TryBuild(records, fileName, origin, out zone, out error);
    }

    /// <summary>Reads and checks a zone that is part of a program.</summary>
    /// <exception cref="FormatException">It is wrong; the message has place and reason.</exception>
    public static Zone Parse(string text, string fileName, DomainName? origin = null) =>
        TryParse(text, fileName, origin, out Zone? zone, out TextError error) ? zone : throw new FormatException(error.ToString());

    /// <summary>Writes a zone so that it can be read again: SOA first, then in canonical order, names relative to the origin.</summary>
    public static void Write(Zone zone, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(zone);
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write($"$ORIGIN {zone.Origin}\n");
        DomainName? last = null;
        foreach (DnsRecord record in zone.AllRecords())
        {
            string owner = last == record.Name ? "" : Relative(record.Name, zone.Origin);
            last = record.Name;
            writer.Write(string.Create(CultureInfo.InvariantCulture,
                $"{owner}\t{record.Ttl}\t{DnsMnemonic.Of(record.Class)}\t{DnsMnemonic.Of(record.Type)}\t{record.DataToString()}\n"));
        }
    }

    /// <summary>Reads records without asking whether they make up a zone: trust anchors, local records. They need no TTL.</summary>
    public static bool TryReadRecords(string text, string fileName, DomainName? origin, out IReadOnlyList<DnsRecord> records, out TextError error)
    {
        bool read = TryReadRecords(text, fileName, origin, out List<PlacedRecord> placed, out error, new ZoneFileSettings { DefaultTtl = RecordLine.DefaultTtl });
        records = [.. placed.Select(p => p.Record)];
        return read;
    }

    /// <summary>The same, with the records' places.</summary>
    internal static bool TryReadRecords(
        string text, string fileName, DomainName? origin, out List<PlacedRecord> records, out TextError error, ZoneFileSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var reader = new ZoneFileReader(settings ?? ZoneFileSettings.Default, origin ?? DomainName.Root);
        reader.Read(text, fileName);
        records = reader.Records;
        error = reader.Error.GetValueOrDefault();
        return reader.Error is null;
    }

    private static string Relative(DomainName name, DomainName origin)
    {
        if (name == origin)
            return "@";
        string text = name.ToString();
        return origin.IsRoot || !name.IsSubdomainOf(origin) ? text : text[..^(origin.ToString().Length + 1)];
    }
}

/// <summary>A record and where it starts.</summary>
internal readonly record struct PlacedRecord(DnsRecord Record, int Line, int Column, string File);
