using System.Globalization;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// Takes an entry's fields one after the other. The first one that is wrong or missing sets <see cref="Error"/>;
/// from then on everything reads as empty, so that callers ask once, at the end.
/// </summary>
internal sealed class EntryReader(ZoneEntry entry, string fileName, DomainName origin)
{
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

    /// <summary>Seconds, or numbers with units as BIND has them: <c>1h30m</c>.</summary>
    public uint Duration(string what)
    {
        ZoneToken token = Take(what);
        if (Error is not null || TryParseDuration(token.Text, out uint seconds))
            return Error is null && TryParseDuration(token.Text, out seconds) ? seconds : 0;
        Fail(token, $"'{token.Text}' is not a time; {what} is expected, in seconds or as in 1h30m.");
        return 0;
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

    public static bool TryParseDuration(string text, out uint seconds)
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
        // RFC 2181 §8: TTLs have 31 bits.
        if (total > int.MaxValue)
            return false;
        seconds = (uint)total;
        return true;
    }
}
