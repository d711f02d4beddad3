using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Wirepath.Wire;

/// <summary>Type of a resource record or a question (IANA "Resource Record (RR) TYPEs").</summary>
public enum DnsType : ushort
{
    None = 0,
    A = 1,
    NS = 2,
    MD = 3,
    MF = 4,
    CNAME = 5,
    SOA = 6,
    MB = 7,
    MG = 8,
    MR = 9,
    NULL = 10,
    WKS = 11,
    PTR = 12,
    HINFO = 13,
    MINFO = 14,
    MX = 15,
    TXT = 16,
    RP = 17,
    AFSDB = 18,
    X25 = 19,
    RT = 21,
    SIG = 24,
    KEY = 25,
    PX = 26,
    AAAA = 28,
    LOC = 29,
    SRV = 33,
    NAPTR = 35,
    KX = 36,
    CERT = 37,
    DNAME = 39,
    OPT = 41,
    DS = 43,
    SSHFP = 44,
    RRSIG = 46,
    NSEC = 47,
    DNSKEY = 48,
    DHCID = 49,
    NSEC3 = 50,
    NSEC3PARAM = 51,
    TLSA = 52,
    SMIMEA = 53,
    CDS = 59,
    CDNSKEY = 60,
    OPENPGPKEY = 61,
    CSYNC = 62,
    ZONEMD = 63,
    SVCB = 64,
    HTTPS = 65,
    SPF = 99,
    L32 = 105,
    LP = 107,
    EUI48 = 108,
    EUI64 = 109,
    TKEY = 249,
    TSIG = 250,
    IXFR = 251,
    AXFR = 252,
    ANY = 255,
    URI = 256,
    CAA = 257,
    TA = 32768,
    DLV = 32769,
}

/// <summary>Class of a resource record or a question.</summary>
public enum DnsClass : ushort
{
    IN = 1,
    CH = 3,
    HS = 4,
    NONE = 254,
    ANY = 255,
}

/// <summary>Names of types and classes as text, unknown ones as <c>TYPE123</c> and <c>CLASS32</c> (RFC 3597 §5).</summary>
public static class DnsMnemonic
{
    public static string Of(DnsType type) => Enum.IsDefined(type) && type != DnsType.None
        ? type.ToString()
        : string.Create(CultureInfo.InvariantCulture, $"TYPE{(ushort)type}");

    public static string Of(DnsClass @class) => Enum.IsDefined(@class)
        ? @class.ToString()
        : string.Create(CultureInfo.InvariantCulture, $"CLASS{(ushort)@class}");

    public static bool TryParseType([NotNullWhen(true)] string? text, out DnsType type) =>
        TryParse(text, "TYPE", out type) && type != DnsType.None;

    public static bool TryParseClass([NotNullWhen(true)] string? text, out DnsClass @class) => TryParse(text, "CLASS", out @class);

    private static bool TryParse<T>(string? text, string prefix, out T value)
        where T : struct, Enum
    {
        value = default;
        if (string.IsNullOrEmpty(text) || !char.IsAsciiLetter(text[0]))
            return false;
        if (text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
            && ushort.TryParse(text.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out ushort number))
        {
            value = (T)Enum.ToObject(typeof(T), number);
            return true;
        }

        return !text.Contains(',', StringComparison.Ordinal) && Enum.TryParse(text, ignoreCase: true, out value) && Enum.IsDefined(value);
    }
}
