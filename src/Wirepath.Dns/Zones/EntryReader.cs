using System.Globalization;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// Takes an entry's fields one after the other. The first one that is wrong or missing sets <see cref="Error"/>;
/// from then on everything reads as empty, so that callers ask once, at the end.
/// </summary>
internal sealed class EntryReader(ZoneEntry entry, string fileName, DomainName origin)
{
    // RFC 4398 §2.1.
    private static readonly Dictionary<string, ushort> s_certificateTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["PKIX"] = 1, ["SPKI"] = 2, ["PGP"] = 3, ["IPKIX"] = 4, ["ISPKI"] = 5, ["IPGP"] = 6, ["ACPKIX"] = 7, ["IACPKIX"] = 8, ["URI"] = 253, ["OID"] = 254,
    };

    private int _next;

    public TextError? Error { get; private set; }

    public bool HasMore => Error is null && _next < entry.Tokens.Count;

    /// <summary>The token that is next; only while <see cref="HasMore"/>.</summary>
    public ZoneToken Next => entry.Tokens[_next];

    public ZoneToken Take(string expected)
    {
        if (Error is not null)
            return default;
        if (_next < entry.Tokens.Count)
            return entry.Tokens[_next++];
        Error = new TextError(fileName, entry.EndLine, entry.EndColumn, $"{expected} is expected here.");
        return default;
    }

    public void Fail(ZoneToken at, string message) => Error ??= new TextError(fileName, at.Line, at.Column, message);

    public void FailAtEnd(string message) => Error ??= new TextError(fileName, entry.EndLine, entry.EndColumn, message);

    public void ExpectEnd(string after)
    {
        if (HasMore)
            Fail(Next, $"'{Next.Text}' is one too many: {after} is complete.");
    }

    public DomainName Name(string what)
    {
        ZoneToken token = Take(what);
        if (Error is not null)
            return default;
        if (token.IsQuoted || !DomainName.TryParse(token.Text, origin, out DomainName name))
        {
            Fail(token, $"'{token.Text}' is not a domain name; {what} is expected.");
            return default;
        }

        return name;
    }

    public uint Number(string what, uint most)
    {
        ZoneToken token = Take(what);
        if (Error is not null)
            return 0;
        if (uint.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number <= most)
            return number;
        Fail(token, string.Create(CultureInfo.InvariantCulture, $"'{token.Text}' is not a number from 0 to {most}; {what} is expected."));
        return 0;
    }

    public ushort UInt16(string what) => (ushort)Number(what, ushort.MaxValue);

    public byte Byte(string what) => (byte)Number(what, byte.MaxValue);

    /// <summary>A TTL: seconds, or numbers with units as BIND has them, <c>1h30m</c>; 31 bits (RFC 2181 §8).</summary>
    public uint Duration(string what) => Duration(what, int.MaxValue);

    /// <summary>Like a TTL, but with all 32 bits.</summary>
    public uint Seconds(string what) => Duration(what, uint.MaxValue);

    private uint Duration(string what, uint most)
    {
        ZoneToken token = Take(what);
        if (Error is not null)
            return 0;
        if (TryParseDuration(token.Text, out uint seconds, most))
            return seconds;
        Fail(token, $"'{token.Text}' is not a time; {what} is expected, in seconds or as in 1h30m.");
        return 0;
    }

    /// <summary>RFC 4034 §3.2: YYYYMMDDHHmmSS in UTC, or seconds since 1970.</summary>
    public uint Time(string what)
    {
        ZoneToken token = Take(what);
        if (Error is not null)
            return 0;
        if (token.Text.Length == 14
            && DateTime.TryParseExact(token.Text, "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime time)
            && time >= DateTime.UnixEpoch)
            return (uint)(long)(time - DateTime.UnixEpoch).TotalSeconds; // serial-number arithmetic: modulo 2^32
        if (token.Text.Length <= 10 && uint.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out uint seconds))
            return seconds;
        Fail(token, $"'{token.Text}' is not a time; {what} is expected as YYYYMMDDHHmmSS or in seconds since 1970.");
        return 0;
    }

    /// <summary>A record type by its mnemonic or as TYPE123.</summary>
    public DnsType Type(string what)
    {
        ZoneToken token = Take(what);
        if (Error is not null)
            return default;
        if (!token.IsQuoted && DnsMnemonic.TryParseType(token.Text, out DnsType type))
            return type;
        Fail(token, $"'{token.Text}' is not a record type; {what} is expected.");
        return default;
    }

    public byte Algorithm(string what)
    {
        if (!HasMore || !DnssecMnemonic.TryParse(Next.Text, out byte algorithm))
            return Byte(what);
        Take(what);
        return algorithm;
    }

    public ushort CertificateType(string what)
    {
        if (!HasMore || !s_certificateTypes.TryGetValue(Next.Text, out ushort number))
            return UInt16(what);
        Take(what);
        return number;
    }

    public IpAddress Address(bool v4)
    {
        string what = v4 ? "an IPv4 address" : "an IPv6 address";
        ZoneToken token = Take(what);
        if (Error is not null)
            return default;
        if (IpAddress.TryParse(token.Text, out IpAddress address) && address.IsV4 == v4)
            return address;
        Fail(token, $"'{token.Text}' is not {what}.");
        return default;
    }

    /// <summary>A character-string, quoted or not, of at most 255 bytes.</summary>
    public byte[] Text(string what, int most = 255)
    {
        ZoneToken token = Take(what);
        if (Error is not null)
            return [];
        if (!ZoneLexer.TryUnescape(token.Text, out byte[] bytes))
            Fail(token, @"an escape is \ and a character, or \ and three digits up to 255.");
        else if (bytes.Length > most)
            Fail(token, string.Create(CultureInfo.InvariantCulture, $"the text has {bytes.Length} bytes, {most} are the most; split it into several strings."));
        return Error is null ? bytes : [];
    }

    /// <summary>Hexadecimal digits up to the end of the entry; blanks may part them.</summary>
    public byte[] Hex(string what)
    {
        string digits = "";
        ZoneToken first = Take(what);
        digits += first.Text;
        while (HasMore)
            digits += Take(what).Text;
        if (Error is not null)
            return [];
        if (digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit))
            return Convert.FromHexString(digits);
        Fail(first, $"{what} is expected as pairs of hexadecimal digits.");
        return [];
    }

    /// <summary>Base 64 up to the end of the entry; blanks may part it.</summary>
    public byte[] Base64(string what)
    {
        ZoneToken first = Take(what);
        var text = new System.Text.StringBuilder(first.Text);
        while (HasMore)
            text.Append(Take(what).Text);
        if (Error is not null)
            return [];
        byte[] bytes = new byte[text.Length];
        if (Convert.TryFromBase64String(text.ToString(), bytes, out int written) && written > 0)
            return bytes[..written];
        Fail(first, $"{what} is expected in base 64.");
        return [];
    }

    /// <summary>Hexadecimal digits, or <c>-</c> for none.</summary>
    public byte[] Salt(string what)
    {
        ZoneToken token = Take(what);
        if (Error is not null || token.Text == "-")
            return [];
        if (token.Text.Length % 2 == 0 && token.Text.Length <= 510 && token.Text.All(char.IsAsciiHexDigit))
            return Convert.FromHexString(token.Text);
        Fail(token, $"{what} is expected as at most 255 pairs of hexadecimal digits, or - for none.");
        return [];
    }

    /// <summary>Base 32 with the extended hex alphabet, without padding (RFC 4648 §7).</summary>
    public byte[] Hash(string what)
    {
        ZoneToken token = Take(what);
        if (Error is not null)
            return [];
        byte[] bytes = new byte[Math.Min(token.Text.Length * 5 / 8, 256)];
        if (Base32Hex.TryDecode(System.Text.Encoding.Latin1.GetBytes(token.Text), bytes, out int written) && written is > 0 and <= 255)
            return bytes[..written];
        Fail(token, $"{what} is expected in base 32 (digits and A to V), 8 digits for 5 bytes.");
        return [];
    }

    /// <summary>Letters and digits, at most 255.</summary>
    public byte[] Tag(string what)
    {
        ZoneToken token = Take(what);
        if (Error is not null)
            return [];
        if (token.Text.Length is > 0 and <= 255 && token.Text.All(char.IsAsciiLetterOrDigit))
            return System.Text.Encoding.ASCII.GetBytes(token.Text);
        Fail(token, $"'{token.Text}' is not {what}: letters and digits are expected.");
        return [];
    }

    /// <summary>Bytes as pairs of hexadecimal digits with dashes: <c>00-00-5e-ef-10-00</c>.</summary>
    public byte[] HardwareAddress(string what, int size)
    {
        ZoneToken token = Take(what);
        if (Error is not null)
            return [];
        string[] parts = token.Text.Split('-');
        if (parts.Length == size && Array.TrueForAll(parts, part => part.Length == 2 && part.All(char.IsAsciiHexDigit)))
            return Convert.FromHexString(string.Concat(parts));
        Fail(token, $"'{token.Text}' is not {what}.");
        return [];
    }

    public static bool TryParseDuration(string text, out uint seconds, uint most = int.MaxValue)
    {
        seconds = 0;
        if (text.Length == 0 || !char.IsAsciiDigit(text[0]))
            return false;
        ulong total = 0;
        ulong number = 0;
        bool hasDigits = false;
        foreach (char c in text)
        {
            if (char.IsAsciiDigit(c))
            {
                number = number * 10 + (ulong)(c - '0');
                hasDigits = true;
                if (number > uint.MaxValue)
                    return false;
                continue;
            }

            ulong unit = char.ToLowerInvariant(c) switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, 'w' => 604800, _ => 0UL };
            if (unit == 0 || !hasDigits)
                return false;
            total += number * unit;
            (number, hasDigits) = (0, false);
        }

        total += number;
        if (total > most)
            return false;
        seconds = (uint)total;
        return true;
    }
}
