using System.Buffers;
using System.Text;

namespace Wirepath.Url;

/// <summary>The standard's named sets of code points.</summary>
internal static class UrlCodePoints
{
    public static readonly SearchValues<char> ForbiddenHost = SearchValues.Create("\0\t\n\r #/:<>?@[\\]^|");

    public static readonly SearchValues<char> ForbiddenDomain = SearchValues.Create(
        "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000A\u000B\u000C\u000D\u000E\u000F" +
        "\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F #/:<>?@[\\]^|%\u007F");

    /// <summary>What a domain in lower case may be made of.</summary>
    public static readonly SearchValues<char> LowerDomain = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=\"`{}");

    public static readonly SearchValues<char> TabsAndNewlines = SearchValues.Create("\t\n\r");

    private static readonly SearchValues<char> UrlAscii = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!$&'()*+,-./:;=?@_~");

    /// <summary>Whether the text at its start is a "URL unit": a URL code point, or % with two hexadecimal digits.</summary>
    public static bool StartsWithUrlUnit(ReadOnlySpan<char> text)
    {
        char c = text[0];
        if (c == '%')
            return PercentEncoding.IsEncodedByte(text);
        if (c < 0x80)
            return UrlAscii.Contains(c);
        return Rune.DecodeFromUtf16(text, out Rune rune, out _) == OperationStatus.Done
            && rune.Value >= 0xA0 && rune.Value <= 0x10FFFD && (rune.Value & 0xFFFE) != 0xFFFE && rune.Value is < 0xFDD0 or > 0xFDEF;
    }

    /// <summary>Finds the first unit that is none.</summary>
    /// <returns>Its index, with its length in UTF-16; -1 when all are.</returns>
    public static int IndexOfNoUrlUnit(ReadOnlySpan<char> text, out int length)
    {
        length = 0;
        for (int i = 0; i < text.Length;)
        {
            int plain = text[i..].IndexOfAnyExcept(UrlAscii);
            if (plain < 0)
                return -1;
            i += plain;
            length = text[i] == '%' ? 1 : UnitLength(text[i..]);
            if (!StartsWithUrlUnit(text[i..]))
                return i;
            i += length;
        }

        return -1;
    }

    /// <summary>How a person sees the character: itself in quotation marks and its number.</summary>
    public static string Describe(ReadOnlySpan<char> text)
    {
        Rune.DecodeFromUtf16(text, out Rune rune, out _);
        return Describe(rune.Value);
    }

    public static string Describe(int c) => c switch
    {
        ' ' => "a blank (U+0020)",
        < 0x20 or 0x7F => $"the control character U+{c:X4}",
        _ when Rune.GetUnicodeCategory(new Rune(c)) is System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.OtherNotAssigned
            or System.Globalization.UnicodeCategory.PrivateUse or System.Globalization.UnicodeCategory.Control => $"the invisible character U+{c:X4}",
        _ => $"\"{new Rune(c)}\" (U+{c:X4})",
    };

    /// <param name="digit">A hexadecimal one.</param>
    public static int HexValue(char digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    public static int UnitLength(ReadOnlySpan<char> text) => text.Length > 1 && char.IsSurrogatePair(text[0], text[1]) ? 2 : 1;
}
