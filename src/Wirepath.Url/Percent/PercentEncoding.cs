using System.Runtime.CompilerServices;
using System.Text;

namespace Wirepath.Url;

/// <summary>Percent-encoding and -decoding (WHATWG URL, "percent-encoded bytes").</summary>
public static class PercentEncoding
{
    private const int OnStack = 256;

    private static ReadOnlySpan<byte> HexDigits => "0123456789ABCDEF"u8;

    /// <summary>"UTF-8 percent-encode"; a lone surrogate becomes U+FFFD. With <see cref="PercentEncodeSet.FormUrlEncoded"/> a blank becomes <c>+</c>.</summary>
    [SkipLocalsInit]
    public static string Encode(ReadOnlySpan<char> text, PercentEncodeSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        var to = new GrowingBuffer<char>(stackalloc char[OnStack]);
        Append(ref to, text, set);
        string encoded = to.Written.ToString();
        to.Dispose();
        return encoded;
    }

    /// <summary>
    /// "Percent-encode after encoding". What <paramref name="encoding"/> has no bytes for becomes <c>%26%23</c>, its number in
    /// decimal and <c>%3B</c>. <see cref="LegacyEncoding.Get"/> has the encodings of the standard's labels.
    /// </summary>
    public static string Encode(ReadOnlySpan<char> text, PercentEncodeSet set, LegacyEncoding encoding)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(encoding);
        var to = new GrowingBuffer<char>(stackalloc char[OnStack]);
        encoding.Append(ref to, text, set);
        string encoded = to.Written.ToString();
        to.Dispose();
        return encoded;
    }

    /// <summary>Percent-decodes, then reads the bytes as UTF-8 with U+FFFD for what is none ("UTF-8 decode without BOM").</summary>
    public static string DecodeToText(ReadOnlySpan<char> text)
    {
        if (!text.Contains('%'))
            return new string(text);
        var to = new GrowingBuffer<char>(stackalloc char[OnStack]);
        AppendDecoded(ref to, text);
        string decoded = to.Written.ToString();
        to.Dispose();
        return decoded;
    }

    /// <summary>Percent-decodes; what is not ASCII stands for its UTF-8 bytes.</summary>
    public static byte[] DecodeToBytes(ReadOnlySpan<char> text)
    {
        var bytes = new GrowingBuffer<byte>(stackalloc byte[OnStack]);
        Decode(text, ref bytes);
        byte[] decoded = bytes.Written.ToArray();
        bytes.Dispose();
        return decoded;
    }

    internal static void Append(ref GrowingBuffer<char> to, scoped ReadOnlySpan<char> text, PercentEncodeSet set)
    {
        while (true)
        {
            int literal = text.IndexOfAnyExcept(set.Literal);
            if (literal < 0)
            {
                to.Add(text);
                return;
            }

            to.Add(text[..literal]);
            text = text[literal..];
            char c = text[0];
            if (c < 0x80)
            {
                if (c == ' ' && ReferenceEquals(set, PercentEncodeSet.FormUrlEncoded))
                    to.Add('+');
                else
                    AppendByte(ref to, (byte)c);
                text = text[1..];
                continue;
            }

            Rune.DecodeFromUtf16(text, out Rune rune, out int consumed);
            text = text[consumed..];
            AppendUtf8(ref to, rune.Value);
        }
    }

    /// <summary>The bytes of a code point above U+007F.</summary>
    private static void AppendUtf8(ref GrowingBuffer<char> to, int c)
    {
        if (c < 0x800)
        {
            AppendByte(ref to, (byte)(0xC0 | (c >> 6)));
        }
        else
        {
            if (c < 0x10000)
            {
                AppendByte(ref to, (byte)(0xE0 | (c >> 12)));
            }
            else
            {
                AppendByte(ref to, (byte)(0xF0 | (c >> 18)));
                AppendByte(ref to, (byte)(0x80 | ((c >> 12) & 0x3F)));
            }

            AppendByte(ref to, (byte)(0x80 | ((c >> 6) & 0x3F)));
        }

        AppendByte(ref to, (byte)(0x80 | (c & 0x3F)));
    }

    internal static void AppendByte(ref GrowingBuffer<char> to, byte value)
    {
        Span<char> three = to.Extend(3);
        three[2] = (char)HexDigits[value & 15];
        three[1] = (char)HexDigits[value >> 4];
        three[0] = '%';
    }

    /// <summary>As <see cref="DecodeToText"/>.</summary>
    internal static void AppendDecoded(ref GrowingBuffer<char> to, scoped ReadOnlySpan<char> text)
    {
        var bytes = new GrowingBuffer<byte>(stackalloc byte[OnStack]);
        Decode(text, ref bytes);
        Span<char> room = to.Extend(bytes.Length);
        int length = Encoding.UTF8.GetChars(bytes.Written, room);
        to.Truncate(to.Length - room.Length + length);
        bytes.Dispose();
    }

    internal static bool IsEncodedByte(ReadOnlySpan<char> text) =>
        text.Length > 2 && text[0] == '%' && char.IsAsciiHexDigit(text[1]) && char.IsAsciiHexDigit(text[2]);

    /// <param name="text">Begins with an encoded byte.</param>
    internal static byte EncodedByte(ReadOnlySpan<char> text) => (byte)((UrlCodePoints.HexValue(text[1]) << 4) | UrlCodePoints.HexValue(text[2]));

    private static void Decode(ReadOnlySpan<char> text, scoped ref GrowingBuffer<byte> to)
    {
        Span<byte> utf8 = stackalloc byte[4];
        while (!text.IsEmpty)
        {
            if (IsEncodedByte(text))
            {
                to.Add(EncodedByte(text));
                text = text[3..];
            }
            else if (text[0] < 0x80)
            {
                to.Add((byte)text[0]);
                text = text[1..];
            }
            else
            {
                Rune.DecodeFromUtf16(text, out Rune rune, out int consumed);
                to.Add(utf8[..rune.EncodeToUtf8(utf8)]);
                text = text[consumed..];
            }
        }
    }
}
