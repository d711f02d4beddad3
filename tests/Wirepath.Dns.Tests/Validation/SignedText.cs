using System.Globalization;
using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

/// <summary>DNSSEC records as RFCs print them, for tests: <c>example. 3600 IN NSEC a.example. NS SOA</c>, continued lines joined by blanks.</summary>
internal static class SignedText
{
    public static DnsRecord Record(string line)
    {
        string[] fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        DomainName name = DomainName.Parse(fields[0]);
        int at = 1;
        uint ttl = 3600;
        if (uint.TryParse(fields[at], out uint given))
        {
            ttl = given;
            at++;
        }

        if (fields[at] == "IN")
            at++;
        DnsMnemonic.TryParseType(fields[at], out DnsType type).ShouldBeTrue(line);
        string[] data = fields[(at + 1)..];
        byte[] bytes = type switch
        {
            DnsType.DNSKEY => new DnsKeyData(U16(data[0]), byte.Parse(data[1]), byte.Parse(data[2]), Convert.FromBase64String(string.Concat(data[3..]))).ToArray(),
            DnsType.RRSIG => Rrsig(string.Join(' ', data)).ToArray(),
            DnsType.NSEC => new NsecData(DomainName.Parse(data[0]), Types(data[1..])).ToArray(),
            DnsType.NSEC3 => new Nsec3Data(byte.Parse(data[0]), byte.Parse(data[1]), U16(data[2]),
                data[3] == "-" ? default : Convert.FromHexString(data[3]), Base32Hex.Decode(data[4]), Types(data[5..])).ToArray(),
            _ => ZoneFile.TryReadRecords($"{name} {ttl} IN {string.Join(' ', fields[at..])}", "test", null, out List<PlacedRecord> records, out TextError error)
                ? records[0].Record.Data.ToArray()
                : throw new FormatException(error.ToString()),
        };
        return new DnsRecord(name, type, DnsClass.IN, ttl, bytes);
    }

    /// <summary>Records line by line, put into sets with their signatures.</summary>
    public static List<Rrset> Sets(string text) => Rrset.Group(
        [.. text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != ';').Select(Record)]);

    public static RrsigData Rrsig(string data)
    {
        string[] fields = data.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        DnsMnemonic.TryParseType(fields[0], out DnsType covered).ShouldBeTrue(data);
        return new RrsigData(covered, byte.Parse(fields[1]), byte.Parse(fields[2]), uint.Parse(fields[3]), Time(fields[4]), Time(fields[5]),
            U16(fields[6]), DomainName.Parse(fields[7]), Convert.FromBase64String(string.Concat(fields[8..])));
    }

    public static DnsTypeBitmap Types(params string[] names) => DnsTypeBitmap.Of(names.Select(name =>
        DnsMnemonic.TryParseType(name, out DnsType type) ? type : throw new FormatException(name)));

    private static ushort U16(string text) => ushort.Parse(text, CultureInfo.InvariantCulture);

    // RFC 4034 §3.2: seconds, or YYYYMMDDHHmmSS.
    private static uint Time(string text) => text.Length == 14
        ? (uint)new DateTimeOffset(DateTime.ParseExact(text, "yyyyMMddHHmmss", CultureInfo.InvariantCulture), TimeSpan.Zero).ToUnixTimeSeconds()
        : uint.Parse(text, CultureInfo.InvariantCulture);
}
