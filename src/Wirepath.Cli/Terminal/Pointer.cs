using System.Text;
using Wirepath.Explain;

namespace Wirepath.Cli;

/// <summary>A text with a caret below what is meant.</summary>
internal static class Pointer
{
    /// <summary>So much of what stands before stays in sight when the text is cut.</summary>
    private const int Before = 20;

    /// <summary>Two lines: as much of the text as there is room for, and <c>^</c> or <c>^~~</c> below the part.</summary>
    /// <param name="position">UTF-16 index.</param>
    /// <param name="length">UTF-16 units; 0 points between two characters, at what is missing.</param>
    /// <param name="room">Columns.</param>
    public static IReadOnlyList<string> Lines(string text, int position, int length, int room)
    {
        position = Math.Clamp(position, 0, text.Length);
        int from = 0;
        if (Columns.Of(text) > room && Columns.Of(text[..position]) > room / 2)
            from = Math.Max(0, position - Before);
        if (from > 0 && char.IsLowSurrogate(text[from]))
            from--;
        string ellipsis = from > 0 ? "…" : "";
        string before = ellipsis + Visible(text[from..position]), part = Visible(text.Substring(position, Math.Clamp(length, 0, text.Length - position)));
        string shown = Columns.Fit(before + part + Visible(text[Math.Min(position + Math.Max(length, 0), text.Length)..]), room);
        int width = Math.Clamp(Columns.Of(part), 1, Math.Max(1, room - Columns.Of(before)));
        return [shown, new string(' ', Columns.Of(before)) + "^" + new string('~', width - 1)];
    }

    // What cannot be seen would move the caret: each takes one column.
    private static string Visible(string text)
    {
        var visible = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || Columns.Of(rune) == 0)
                visible.Append(rune.Value is > 0 and < ' ' ? (char)(0x2400 + rune.Value) : '\uFFFD');
            else
                visible.Append(rune);
        }

        return visible.ToString();
    }
}
