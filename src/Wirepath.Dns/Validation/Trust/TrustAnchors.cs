using System.Diagnostics.CodeAnalysis;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>A name at which trust begins, or, without records, ends (RFC 7646).</summary>
internal sealed class TrustPoint(DomainName zone)
{
    public DomainName Zone { get; } = zone;

    public List<DsData> Digests { get; } = [];

    public List<DnsKeyData> Keys { get; } = [];

    /// <summary>A negative trust anchor: at and below it nothing is validated, up to the next anchor below.</summary>
    public bool IsNegative { get; init; }
}

/// <summary>Where chains of trust begin: DS and DNSKEY records that are believed because somebody configured them.</summary>
public sealed class TrustAnchors
{
    // https://data.iana.org/root-anchors/root-anchors.xml: KSK-2017 (Klajeyz) and KSK-2024 (Kmyv6jo).
    private const string InternetText = """
        . 172800 IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D
        . 172800 IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16
        """;

    // Replaced as a whole when a point comes or goes: readers take no lock.
    private volatile Dictionary<DomainName, TrustPoint> _points = [];

    /// <summary>The root's keys of 2017 and 2024, as DS records.</summary>
    public static IReadOnlyList<DnsRecord> InternetRecords =>
        ZoneFile.TryReadRecords(InternetText, "root anchors", null, out IReadOnlyList<DnsRecord> records, out TextError error) ? records : throw new FormatException(error.ToString());

    /// <summary>The root's keys of 2017 and 2024.</summary>
    public static TrustAnchors Internet
    {
        get
        {
            var anchors = new TrustAnchors();
            return anchors.TryAdd(InternetText, "root anchors", out TextError error) ? anchors : throw new FormatException(error.ToString());
        }
    }

    /// <summary>Nothing is trusted, so everything is indeterminate.</summary>
    public bool IsEmpty => _points.Count == 0;

    /// <summary>Names at which trust begins.</summary>
    public IEnumerable<DomainName> Zones => _points.Values.Where(point => !point.IsNegative).Select(point => point.Zone);

    /// <summary>All records of a text in the syntax of zone files; other types than DS and DNSKEY are errors.</summary>
    public bool TryAdd(string text, string fileName, out TextError error)
    {
        if (!ZoneFile.TryReadRecords(text, fileName, DomainName.Root, out List<PlacedRecord> records, out error))
            return false;
        foreach (PlacedRecord placed in records)
        {
            if (TryAdd(placed.Record))
                continue;
            error = new TextError(fileName, placed.Line, placed.Column, $"a trust anchor is a DS or a DNSKEY record, not {DnsMnemonic.Of(placed.Record.Type)}.");
            return false;
        }

        return true;
    }

    /// <summary>Adds to what is there already for the name.</summary>
    /// <returns>False when it is neither DS nor DNSKEY, or cannot be read.</returns>
    public bool TryAdd(DnsRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        switch (record.Type)
        {
            case DnsType.DS when DsData.TryRead(record.Data, out DsData ds):
                PointOf(record.Name).Digests.Add(ds);
                return true;
            case DnsType.DNSKEY when DnsKeyData.TryRead(record.Data, out DnsKeyData key):
                PointOf(record.Name).Keys.Add(key);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Validates nothing at and below the name, but what has an anchor of its own further down (RFC 7646).</summary>
    public void AddNegative(DomainName name) => Put(new TrustPoint(name) { IsNegative = true });

    /// <summary>The closest point at or above the name.</summary>
    internal bool TryFind(DomainName name, [NotNullWhen(true)] out TrustPoint? point)
    {
        for (DomainName at = name; ; at = at.Parent)
        {
            if (_points.TryGetValue(at, out point))
                return true;
            if (at.IsRoot)
                return false;
        }
    }

    /// <summary>Keys that took the place of the ones before (RFC 5011).</summary>
    internal void Replace(DomainName zone, IEnumerable<DnsKeyData> keys)
    {
        var point = new TrustPoint(zone);
        point.Keys.AddRange(keys);
        Put(point);
    }

    /// <summary>A zone that is trusted no more; what lies above it counts.</summary>
    internal void Remove(DomainName zone)
    {
        var points = new Dictionary<DomainName, TrustPoint>(_points);
        points.Remove(zone);
        _points = points;
    }

    private TrustPoint PointOf(DomainName zone)
    {
        if (!_points.TryGetValue(zone, out TrustPoint? point) || point.IsNegative)
            Put(point = new TrustPoint(zone));
        return point;
    }

    private void Put(TrustPoint point) => _points = new Dictionary<DomainName, TrustPoint>(_points) { [point.Zone] = point };
}
