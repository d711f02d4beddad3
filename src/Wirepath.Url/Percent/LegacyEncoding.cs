using System.Globalization;
using System.Text;

namespace Wirepath.Url;

/// <summary>
/// An encoding for the query of a special URL, as documents that are not in UTF-8 have it (WHATWG URL, "percent-encode after
/// encoding"; WHATWG Encoding). Bytes are those of .NET's code pages; where the Encoding standard's index differs, its rules
/// for encoders are applied on top.
/// </summary>
public sealed class LegacyEncoding
{
    // Labels of the Encoding standard that documents use beside its names.
    private static readonly Dictionary<string, string> s_names = new(StringComparer.Ordinal)
    {
        ["utf8"] = "utf-8", ["unicode-1-1-utf-8"] = "utf-8", ["utf-16"] = "utf-8", ["utf-16le"] = "utf-8", ["utf-16be"] = "utf-8", ["replacement"] = "utf-8",
        ["ascii"] = "windows-1252", ["us-ascii"] = "windows-1252", ["iso-8859-1"] = "windows-1252", ["latin1"] = "windows-1252", ["cp1252"] = "windows-1252",
        ["latin2"] = "iso-8859-2", ["iso-8859-9"] = "windows-1254", ["latin5"] = "windows-1254", ["iso-8859-11"] = "windows-874", ["tis-620"] = "windows-874",
        ["cp1251"] = "windows-1251", ["cp1250"] = "windows-1250", ["koi8"] = "koi8-r", ["mac"] = "macintosh",
        ["gb2312"] = "gbk", ["chinese"] = "gbk", ["x-gbk"] = "gbk", ["big5-hkscs"] = "big5", ["x-x-big5"] = "big5",
        ["sjis"] = "shift_jis", ["shift-jis"] = "shift_jis", ["x-sjis"] = "shift_jis", ["ms_kanji"] = "shift_jis", ["windows-31j"] = "shift_jis", ["x-euc-jp"] = "euc-jp",
        ["ks_c_5601-1987"] = "euc-kr", ["korean"] = "euc-kr", ["windows-949"] = "euc-kr",
    };

    // Name in the Encoding standard → .NET's name, where it is another one.
    private static readonly Dictionary<string, string> s_netNames = new(StringComparer.Ordinal)
    {
        ["euc-kr"] = "ks_c_5601-1987", // with the Unified Hangul Code, as the standard has it
        ["gbk"] = "gb18030",
        ["iso-2022-jp"] = "euc-jp",
        ["iso-8859-8-i"] = "iso-8859-8",
    };

    private readonly Encoding _encoding;

    private LegacyEncoding(string name, Encoding encoding)
    {
        Name = name;
        _encoding = encoding;
    }

    /// <summary>In lower case, as the Encoding standard names it.</summary>
    public string Name { get; }

    /// <summary>UTF-8 too: then a query is encoded as everywhere.</summary>
    public bool IsUtf8 => Name == "utf-8";

    /// <summary>By its name in the Encoding standard (utf-8, big5, euc-kr, shift_jis, windows-1252 …) or a usual label of it; null when there is none.</summary>
    /// <remarks>UTF-16 and "replacement" give UTF-8, which is their output encoding.</remarks>
    public static LegacyEncoding? Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string label = name.Trim().ToLowerInvariant();
        string found = s_names.GetValueOrDefault(label, label);
        if (found == "utf-8")
            return new LegacyEncoding(found, Encoding.UTF8);
        // What it has no bytes for gives none: an exception for each would make a long query expensive.
        Encoding? encoding = CodePagesEncodingProvider.Instance.GetEncoding(s_netNames.GetValueOrDefault(found, found), new EncoderReplacementFallback(""), DecoderFallback.ReplacementFallback);
        return encoding is null ? null : new LegacyEncoding(found, encoding);
    }

    internal void Append(ref GrowingBuffer<char> to, scoped ReadOnlySpan<char> text, PercentEncodeSet set)
    {
        if (IsUtf8)
        {
            PercentEncoding.Append(ref to, text, set);
            return;
        }

        if (Name == "iso-2022-jp")
        {
            AppendIso2022Jp(ref to, text, set);
            return;
        }

        Span<byte> bytes = stackalloc byte[8];
        foreach (Rune rune in text.EnumerateRunes())
        {
            int length = GetBytes(rune, bytes);
            if (length < 0)
                AppendReference(ref to, rune.Value);
            else
                Append(ref to, bytes[..length], set);
        }
    }

    /// <returns>-1 when the encoding has none.</returns>
    private int GetBytes(Rune rune, Span<byte> bytes)
    {
        int c = rune.Value;
        if (c < 0x80)
        {
            bytes[0] = (byte)c;
            return 1;
        }

        switch (Name)
        {
            // WHATWG Encoding, gb18030 encoder: this one is in no index, as it was never anybody's character.
            case "gb18030" or "gbk" when c == 0xE5E5:
                return -1;
            case "gbk" when c == 0x20AC:
                bytes[0] = 0x80;
                return 1;
            // WHATWG Encoding, Shift_JIS and EUC-JP encoders.
            case "shift_jis" or "euc-jp" when c == 0xA5:
                bytes[0] = (byte)'\\';
                return 1;
            case "shift_jis" or "euc-jp" when c == 0x203E:
                bytes[0] = (byte)'~';
                return 1;
            case "shift_jis" or "euc-jp" or "iso-2022-jp" when c == 0x2212:
                rune = new Rune(0xFF0D);
                break;
        }

        Span<char> utf16 = stackalloc char[2];
        int length = _encoding.GetBytes(utf16[..rune.EncodeToUtf16(utf16)], bytes);
        // GBK is what of GB 18030 takes two bytes; the rest has no place in it.
        return length == 0 || (Name == "gbk" && length == 4) ? -1 : length;
    }

    // WHATWG Encoding, ISO-2022-JP encoder: ASCII, JIS X 0201 Roman and JIS X 0208, changed by escapes. The latter's bytes are
    // those of EUC-JP without their high bits.
    private void AppendIso2022Jp(ref GrowingBuffer<char> to, scoped ReadOnlySpan<char> text, PercentEncodeSet set)
    {
        const byte ascii = (byte)'B', roman = (byte)'J', jis0208 = 0;
        byte state = ascii;
        Span<byte> bytes = stackalloc byte[8];
        foreach (Rune rune in text.EnumerateRunes())
        {
            int c = rune.Value;
            if (state is ascii or roman && c is 0x0E or 0x0F or 0x1B)
            {
                AppendReference(ref to, 0xFFFD);
                continue;
            }

            if (c < 0x80 && !(state == roman && c is '\\' or '~') && state != jis0208)
            {
                bytes[0] = (byte)c;
                Append(ref to, bytes[..1], set);
            }
            else if (c < 0x80)
            {
                Escape(ref to, state = ascii, set);
                bytes[0] = (byte)c;
                if (c is 0x0E or 0x0F or 0x1B)
                    AppendReference(ref to, 0xFFFD);
                else
                    Append(ref to, bytes[..1], set);
            }
            else if (c is 0xA5 or 0x203E)
            {
                if (state != roman)
                    Escape(ref to, state = roman, set);
                bytes[0] = (byte)(c == 0xA5 ? '\\' : '~');
                Append(ref to, bytes[..1], set);
            }
            else if (GetBytes(FullWidthKatakana(rune), bytes) == 2 && bytes[0] >= 0xA1 && bytes[1] >= 0xA1)
            {
                if (state != jis0208)
                    Escape(ref to, state = jis0208, set);
                bytes[0] &= 0x7F;
                bytes[1] &= 0x7F;
                Append(ref to, bytes[..2], set);
            }
            else
            {
                if (state == jis0208)
                    Escape(ref to, state = ascii, set);
                AppendReference(ref to, c);
            }
        }

        if (state != ascii)
            Escape(ref to, ascii, set);
    }

    private static void Escape(ref GrowingBuffer<char> to, byte state, PercentEncodeSet set) =>
        Append(ref to, state == 0 ? [0x1B, (byte)'$', (byte)'B'] : [0x1B, (byte)'(', state], set);

    // WHATWG Encoding, "index ISO-2022-JP katakana": the encoding has no half-width ones.
    private static Rune FullWidthKatakana(Rune rune)
    {
        const string fullWidth = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜";
        int index = rune.Value - 0xFF61;
        return (uint)index < (uint)fullWidth.Length ? new Rune(fullWidth[index]) : rune;
    }

    private static void Append(ref GrowingBuffer<char> to, scoped ReadOnlySpan<byte> bytes, PercentEncodeSet set)
    {
        foreach (byte b in bytes)
        {
            if (b == ' ' && ReferenceEquals(set, PercentEncodeSet.FormUrlEncoded))
                to.Add('+');
            else if (set.Contains((char)b))
                PercentEncoding.AppendByte(ref to, b);
            else
                to.Add((char)b);
        }
    }

    private static void AppendReference(ref GrowingBuffer<char> to, int codePoint) =>
        to.Add(string.Create(CultureInfo.InvariantCulture, $"%26%23{codePoint}%3B"));
}
