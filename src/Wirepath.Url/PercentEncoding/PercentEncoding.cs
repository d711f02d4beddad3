using System.Text;

namespace Wirepath.Url;

/// <summary>Percent-encoding and -decoding in UTF-8 (WHATWG URL §1.3).</summary>
public static class PercentEncoding
{
    /// <summary>UTF-8 percent-encodes <paramref name="text"/>; a lone surrogate becomes U+FFFD.</summary>
    internal static void Append(StringBuilder to, ReadOnlySpan<char> text, PercentEncodeSet set)
    {
        Span<byte> utf8 = stackalloc byte[4];
        while (!text.IsEmpty)
        {
            char c = text[0];
            if (c < 0x80)
            {
                if (set.Contains(c))
                {
                    AppendByte(to, (byte)c);
                }
                else
                {
                    to.Append(c);
                }

                text = text[1..];
                continue;
            }

            Rune.DecodeFromUtf16(text, out Rune rune, out int consumed);
            text = text[consumed..];
            int written = rune.EncodeToUtf8(utf8);
            foreach (byte b in utf8[..written])
            {
                AppendByte(to, b);
            }
        }
    }

    /// <summary>Percent-decodes, then reads the bytes as UTF-8 with U+FFFD for what is none ("UTF-8 decode without BOM").</summary>
    public static string DecodeToText(ReadOnlySpan<char> text)
    {
        if (!text.Contains('%'))
        {
            return new string(text);
        }

        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        int length = Encoding.UTF8.GetBytes(text, bytes);
        int to = 0;
        for (int from = 0; from < length; from++, to++)
        {
            if (bytes[from] == '%' && from + 2 < length && char.IsAsciiHexDigit((char)bytes[from + 1]) && char.IsAsciiHexDigit((char)bytes[from + 2]))
            {
                bytes[to] = (byte)((HexValue(bytes[from + 1]) << 4) | HexValue(bytes[from + 2]));
                from += 2;
            }
            else
            {
                bytes[to] = bytes[from];
            }
        }

        return Encoding.UTF8.GetString(bytes, 0, to);
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static void AppendByte(StringBuilder to, byte value) =>
        to.Append('%').Append("0123456789ABCDEF"[value >> 4]).Append("0123456789ABCDEF"[value & 15]);
}
