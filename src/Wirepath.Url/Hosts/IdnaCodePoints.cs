using System.Globalization;
using System.Text;

namespace Wirepath.Url;

/// <summary>
/// What can be said of a code point in a domain name (UTS 46, non-transitional; RFC 5892) from its Unicode category
/// alone. Blocks of compatibility forms and composing marks, which need UTS 46's own table, are named here and refused.
/// </summary>
internal static class IdnaCodePoints
{
    // First and last code point of what this build cannot map: compatibility forms (NFKC changes them) and marks that
    // may compose with the letter before them (NFC changes the pair).
    private static readonly (int First, int Last)[] NeedsTable =
    [
        (0xAA, 0xAA), (0xB2, 0xB3), (0xB5, 0xB5), (0xB9, 0xBA), (0xBC, 0xBE), (0x132, 0x133), (0x13F, 0x140), (0x149, 0x149), (0x17F, 0x17F),
        (0x1C4, 0x1CC), (0x1F1, 0x1F3), (0x2B0, 0x2B8), (0x2E0, 0x2E4), (0x300, 0x36F), (0x37A, 0x37A), (0x3D0, 0x3D6), (0x3F0, 0x3F9), (0x587, 0x587),
        (0x653, 0x655), (0x675, 0x678), (0x958, 0x95F), (0x9BE, 0x9BE), (0x9D7, 0x9D7), (0x9DC, 0x9DF), (0xA33, 0xA36), (0xA59, 0xA5E), (0xB3E, 0xB3E), (0xB56, 0xB5D),
        (0xBBE, 0xBBE), (0xBD7, 0xBD7), (0xC56, 0xC56), (0xCC2, 0xCC2), (0xCD5, 0xCD6), (0xD3E, 0xD3E), (0xD57, 0xD57), (0xDCA, 0xDCA), (0xDCF, 0xDCF), (0xDDF, 0xDDF),
        (0xE33, 0xE33), (0xEB3, 0xEB3), (0xEDC, 0xEDD), (0xF0C, 0xF0C), (0xF43, 0xF43), (0xF4D, 0xF4D), (0xF52, 0xF52), (0xF57, 0xF57), (0xF5C, 0xF5C),
        (0xF69, 0xF69), (0xF73, 0xF79), (0xF81, 0xF81), (0xF93, 0xF93), (0xF9D, 0xF9D), (0xFA2, 0xFA2), (0xFA7, 0xFA7), (0xFAC, 0xFAC), (0xFB9, 0xFB9),
        (0x102E, 0x102E), (0x10FC, 0x10FC), (0x1100, 0x11FF), (0x1B35, 0x1B35), (0x1D2C, 0x1D6A), (0x1D78, 0x1D78), (0x1D9B, 0x1DBF), (0x1E9A, 0x1E9B),
        (0x1F71, 0x1F71), (0x1F73, 0x1F73), (0x1F75, 0x1F75), (0x1F77, 0x1F77), (0x1F79, 0x1F79), (0x1F7B, 0x1F7B), (0x1F7D, 0x1F7D), (0x1F80, 0x1FFF),
        (0x2000, 0x218F), (0x222C, 0x2230), (0x2329, 0x232A), (0x2460, 0x24FF), (0x2A0C, 0x2A0C), (0x2A74, 0x2A76), (0x2ADC, 0x2ADC), (0x2C7C, 0x2C7D),
        (0x2D6F, 0x2D6F), (0x2E9F, 0x2E9F), (0x2EF3, 0x2FFF), (0x3000, 0x3001), (0x3036, 0x303A), (0x3099, 0x309C), (0x309F, 0x309F), (0x30FF, 0x30FF),
        (0x3131, 0x33FF), (0xA69C, 0xA69D), (0xA770, 0xA770), (0xA7F2, 0xA7F4), (0xA7F8, 0xA7F9), (0xAB5C, 0xAB5F), (0xAB69, 0xAB69), (0xF900, 0xFAFF),
        (0xFB00, 0xFDFF), (0xFE10, 0xFFFF), (0x10781, 0x107BA), (0x110BA, 0x110BA), (0x11127, 0x11127), (0x1133E, 0x1133E), (0x11357, 0x11357),
        (0x114B0, 0x114BD), (0x115AF, 0x115AF), (0x11930, 0x11930), (0x1D15E, 0x1D164), (0x1D1BB, 0x1D1C0), (0x1D400, 0x1D7FF), (0x1E030, 0x1E06D),
        (0x1EE00, 0x1EEFF), (0x1F100, 0x1F26F), (0x1FBF0, 0x1FBF9), (0x2F800, 0x2FA1F),
    ];

    // Scripts that are written from right to left, by block.
    private static readonly (int First, int Last)[] RightToLeft = [(0x590, 0x5FF), (0x600, 0x8FF), (0xFB1D, 0xFDFF), (0xFE70, 0xFEFF), (0x10800, 0x10FFF), (0x1E800, 0x1EFFF)];

    // Canonical combining class 9 (virama): after one of these a joiner may stand (RFC 5892, appendix A).
    private static ReadOnlySpan<char> Viramas => "\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0BCD\u0C4D\u0CCD\u0D3B\u0D3C\u0D4D\u0E3A\u0EBA\u0F84\u1039\u103A\u1714\u1734\u17D2\u1A60\u1B44\u1BAA\u1BAB\u1BF2\u1BF3\u2D7F";

    /// <summary>Appends what UTS 46 maps the code point to; false when it is disallowed or this build cannot say.</summary>
    public static bool TryMap(Rune rune, StringBuilder to)
    {
        int c = rune.Value;
        switch (c)
        {
            case 0x3002 or 0xFF0E or 0xFF61:
                to.Append('.');
                return true;
            case 0xAD or 0x34F or 0x180B or 0x180C or 0x180D or 0x180F or 0x200B or 0x2060 or 0x2064 or 0xFEFF or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF):
                return true;
            case 0x1E9E:
                to.Append('ß');
                return true;
            case 0x200C or 0x200D:
                to.Append((char)c);
                return true;
            case >= 0xFF01 and <= 0xFF5E:
                to.Append(char.ToLowerInvariant((char)(c - 0xFF01 + 0x21)));
                return true;
            case < 0x80:
                to.Append(char.ToLowerInvariant((char)c));
                return true;
        }

        Rune lower = Rune.ToLowerInvariant(rune);
        if (!IsAllowed(lower.Value))
        {
            return false;
        }

        to.Append(lower.ToString());
        return true;
    }

    /// <summary>UTS 46 §4.1, "validity criteria"; null when the label keeps them all.</summary>
    public static string? WhatIsWrong(List<int> label, bool fromPunycode)
    {
        if (label.Count == 0)
        {
            return "it is empty";
        }

        if (IsMark(CharUnicodeInfo.GetUnicodeCategory(label[0])))
        {
            return "it begins with a combining mark";
        }

        for (int i = 0; i < label.Count; i++)
        {
            int c = label[i];
            if (c is 0x200C or 0x200D)
            {
                if (i == 0 || label[i - 1] > 0xFFFF || !Viramas.Contains((char)label[i - 1]))
                {
                    return "a joiner (U+200C or U+200D) may only follow a virama";
                }
            }
            else if (fromPunycode && (c < 0x80 ? UrlCodePoints.IndexOfForbiddenDomain([(char)c]) >= 0 || char.IsAsciiLetterUpper((char)c) : !IsAllowed(c) || Rune.ToLowerInvariant(new Rune(c)).Value != c))
            {
                return $"it encodes U+{c:X4}, which is not allowed there";
            }
        }

        return WhatIsWrongInDirection(label);
    }

    public static bool IsRightToLeft(int c) =>
        Within(RightToLeft, c) && CharUnicodeInfo.GetUnicodeCategory(c) is var category && !IsMark(category) && category != UnicodeCategory.DecimalDigitNumber;

    /// <summary>RFC 5893 §2 as far as letters and digits go: a label is written in one direction.</summary>
    private static string? WhatIsWrongInDirection(List<int> label)
    {
        if (!label.Exists(IsRightToLeft))
        {
            return null;
        }

        if (!IsRightToLeft(label[0]))
        {
            return "it contains right-to-left letters but does not begin with one";
        }

        return label.Exists(c => Rune.IsLetter(new Rune(c)) && !IsRightToLeft(c)) ? "it mixes right-to-left with left-to-right letters" : null;
    }

    private static bool IsAllowed(int c)
    {
        if (Within(NeedsTable, c))
        {
            return false;
        }

        return CharUnicodeInfo.GetUnicodeCategory(c) switch
        {
            UnicodeCategory.LowercaseLetter or UnicodeCategory.OtherLetter or UnicodeCategory.ModifierLetter => true,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => true,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.OtherNumber or UnicodeCategory.LetterNumber => true,
            UnicodeCategory.OtherSymbol or UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol => c >= 0xA1 && c is not (0xA8 or 0xAF),
            UnicodeCategory.OtherPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.ConnectorPunctuation or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation or UnicodeCategory.OpenPunctuation or UnicodeCategory.ClosePunctuation => true,
            UnicodeCategory.ModifierSymbol => c is >= 0x1F3FB and <= 0x1F3FF,
            UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => false,
            UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => false,
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => false,
            _ => throw new InvalidOperationException($"No such category for U+{c:X4}."),
        };
    }

    private static bool IsMark(UnicodeCategory category) => category is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    private static bool Within((int First, int Last)[] ranges, int c)
    {
        foreach ((int first, int last) in ranges)
        {
            if (c >= first && c <= last)
            {
                return true;
            }
        }

        return false;
    }
}
