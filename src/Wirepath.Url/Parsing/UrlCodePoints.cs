using System.Buffers;
using System.Text;

namespace Wirepath.Url;

/// <summary>The standard's named sets of code points.</summary>
internal static class UrlCodePoints
{
    private static readonly SearchValues<char> ForbiddenHost = SearchValues.Create("\0\t\n\r #/:<>?@[\\]^|");

    private static readonly SearchValues<char> ForbiddenDomain = SearchValues.Create(
        "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000A\u000B\u000C\u000D\u000E\u000F" +
        "\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F #/:<>?@[\\]^|%\u007F");

    private static readonly SearchValues<char> UrlAscii = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!$&'()*+,-./:;=?@_~");

    /// <summary>First "forbidden host code point", or -1.</summary>
    public static int IndexOfForbiddenHost(ReadOnlySpan<char> host) => host.IndexOfAny(ForbiddenHost);

    /// <summary>First "forbidden domain code point", or -1.</summary>
    public static int IndexOfForbiddenDomain(ReadOnlySpan<char> host) => host.IndexOfAny(ForbiddenDomain);

    /// <summary>Whether the text at its start is a "URL unit": a URL code point, or % with two hexadecimal digits.</summary>
    public static bool StartsWithUrlUnit(ReadOnlySpan<char> text)
    {
        char c = text[0];
        if (c == '%')
        {
            return text.Length > 2 && char.IsAsciiHexDigit(text[1]) && char.IsAsciiHexDigit(text[2]);
        }

        if (c < 0x80)
        {
            return UrlAscii.Contains(c);
        }

        return Rune.DecodeFromUtf16(text, out Rune rune, out _) == OperationStatus.Done
            && rune.Value >= 0xA0 && rune.Value <= 0x10FFFD && (rune.Value & 0xFFFE) != 0xFFFE && rune.Value is < 0xFDD0 or > 0xFDEF;
    }

    /// <summary>How a person sees the character: itself in quotation marks and its number.</summary>
    public static string Describe(ReadOnlySpan<char> text)
    {
        Rune.DecodeFromUtf16(text, out Rune rune, out _);
        return rune.Value switch
        {
            ' ' => "a blank (U+0020)",
            < 0x20 or 0x7F => $"the control character U+{rune.Value:X4}",
            _ => $"\"{rune}\" (U+{rune.Value:X4})",
        };
    }
}
