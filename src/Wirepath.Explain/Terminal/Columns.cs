using System.Globalization;
using System.Text;

namespace Wirepath.Explain;

/// <summary>How many columns of a terminal text takes: East Asian wide characters take two (UAX #11), combining marks none.</summary>
public static class Columns
{
    public static int Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int columns = 0;
        foreach (Rune rune in text.EnumerateRunes())
            columns += Of(rune);
        return columns;
    }

    public static int Of(Rune rune)
    {
        int value = rune.Value;
        if (value < 0x300)
            return 1;
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format)
            return 0;
        return IsWide(value) ? 2 : 1;
    }

    /// <summary>W and F of UAX #11; "ambiguous" characters count as narrow, as terminals outside East Asia draw them.</summary>
    internal static bool IsWide(int value) => value is
        (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0x303E) or (>= 0x3041 and <= 0x4DBF) or (>= 0x4E00 and <= 0xA4CF)
        or (>= 0xA960 and <= 0xA97C) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF) or (>= 0xFE30 and <= 0xFE6F)
        or (>= 0xFF01 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6) or (>= 0x1F300 and <= 0x1F64F) or (>= 0x1F680 and <= 0x1F6FF)
        or (>= 0x1F900 and <= 0x1F9FF) or (>= 0x20000 and <= 0x3FFFD);

    /// <summary>Fills up with blanks on the right; longer text stays as it is.</summary>
    public static string PadRight(string text, int columns) => Of(text) is var width && width < columns ? text + new string(' ', columns - width) : text;

    public static string PadLeft(string text, int columns) => Of(text) is var width && width < columns ? new string(' ', columns - width) + text : text;

    /// <summary>Cuts text that is too long and says so with an ellipsis.</summary>
    public static string Fit(string text, int columns, string ellipsis = "…")
    {
        if (Of(text) <= columns)
            return text;
        int room = columns - Of(ellipsis);
        var kept = new StringBuilder();
        foreach (Rune rune in text.EnumerateRunes())
        {
            room -= Of(rune);
            if (room < 0)
                break;
            kept.Append(rune);
        }

        return columns < Of(ellipsis) ? "" : kept.Append(ellipsis).ToString();
    }
}
