using System.Globalization;
using System.Text;

namespace Wirepath.Explain;

/// <summary>
/// Lays spans out in lines that never exceed the width: a label column on the left, text that wraps, figures on the
/// right. What comes from the network is stripped of control characters here, so that no server writes to the terminal.
/// </summary>
public sealed class Page(int width, bool ascii)
{
    public const int LabelColumns = 7;

    /// <summary>A blank at which no line ends.</summary>
    public const char NoBreak = '\u00A0';

    private readonly List<StyledLine> _lines = [];

    public int Width { get; } = Math.Max(width, TextOptions.LeastWidth);

    /// <summary>Columns behind the label.</summary>
    public int Room => Width - LabelColumns;

    public bool IsNarrow => Width < 72;

    public bool Ascii => ascii;

    public IReadOnlyList<StyledLine> Lines => _lines;

    public void Blank()
    {
        if (_lines.Count > 0 && _lines[^1].Spans.Count > 0)
            _lines.Add(StyledLine.Empty);
    }

    /// <summary>A paragraph from edge to edge.</summary>
    public void Paragraph(params ReadOnlySpan<StyledSpan> spans) => Layout([], 0, spans, null);

    /// <summary>A section's first line.</summary>
    public void Row(string label, ReadOnlySpan<StyledSpan> left, StyledSpan? right = null) =>
        Layout([new StyledSpan(Columns.PadRight(Clean(label), LabelColumns), TextRole.Label)], LabelColumns, left, right);

    /// <summary>A further line of a section.</summary>
    /// <param name="indent">Columns for continuation lines, counted from the label column's end.</param>
    public void More(ReadOnlySpan<StyledSpan> left, StyledSpan? right = null, int indent = 0) =>
        Layout([new StyledSpan(new string(' ', LabelColumns), TextRole.Plain)], LabelColumns + indent, left, right);

    /// <summary>A line that was laid out by the caller; it is cut when it is too long.</summary>
    public void Exact(params ReadOnlySpan<StyledSpan> spans)
    {
        var kept = new List<StyledSpan>();
        int room = Width;
        foreach (StyledSpan span in spans)
        {
            string text = Columns.Fit(Clean(span.Text), room, Clean("…"));
            room -= Columns.Of(text);
            if (text.Length > 0)
                kept.Add(span with { Text = text });
        }

        Add(kept);
    }

    /// <summary>The text as it will be shown: without control characters and, when asked for, in ASCII signs.</summary>
    public string Clean(string text)
    {
        bool clean = true;
        foreach (char c in text)
            clean &= c is >= ' ' and < '\x7f' || (!ascii && c >= 0xA0 && !IsDangerous(c));
        if (clean)
            return text;
        var result = new StringBuilder(text.Length + 8);
        foreach (char c in text)
        {
            if (IsDangerous(c))
                result.Append('?');
            else if (ascii && Transliterate(c) is { } sign)
                result.Append(sign);
            else
                result.Append(c);
        }

        return result.ToString();
    }

    /// <summary>Control characters, and those that turn the direction of writing.</summary>
    private static bool IsDangerous(char c) => char.IsControl(c) || c is '\u2028' or '\u2029' || (c is >= '\u202A' and <= '\u202E') || (c is >= '\u2066' and <= '\u2069') || c == '\uFEFF';

    private static string? Transliterate(char c) => c switch
    {
        '→' or '▶' => "->",
        '←' or '◀' => "<-",
        '↪' => "=>",
        '│' or '▏' or '║' => "|",
        '├' => "|",
        '└' or '┌' => "`",
        '─' or '╌' or '–' or '—' => "-",
        '✕' or '×' => "x",
        '↻' => "~",
        '·' => "|",
        '…' => "...",
        '∞' => "inf",
        '±' => "+/-",
        '“' or '”' => "\"",
        '‘' or '’' => "'",
        'µ' => "u",
        '█' => "#",
        '▓' => "%",
        '▒' => "=",
        '░' => ".",
        '▚' => "+",
        '▤' => ":",
        '▞' => "/",
        '▁' => "_",
        _ => null,
    };

    private void Add(List<StyledSpan> spans)
    {
        while (spans.Count > 0 && spans[^1].Text.TrimEnd(' ') is var text && text.Length < spans[^1].Text.Length)
        {
            spans[^1] = spans[^1] with { Text = text };
            if (text.Length > 0)
                break;
            spans.RemoveAt(spans.Count - 1);
        }

        // No-break blanks have done their work.
        for (int i = 0; i < spans.Count; i++)
            spans[i] = spans[i] with { Text = spans[i].Text.Replace(NoBreak, ' ') };
        _lines.Add(new StyledLine(spans));
    }

    private void Layout(List<StyledSpan> head, int hang, ReadOnlySpan<StyledSpan> left, StyledSpan? right)
    {
        hang = Math.Min(hang, Width / 2);
        StyledSpan? figure = right is { } r ? r with { Text = Clean(r.Text) } : null;
        int headColumns = head.Sum(s => Columns.Of(s.Text));
        int taken = figure is { } f ? Columns.Of(f.Text) + 2 : 0;
        var cells = new List<(string Text, int Columns, TextRole Role)>();
        foreach (StyledSpan span in left)
        {
            // Text elements stay whole, so that a combining mark never begins a line.
            foreach (string element in Elements(Clean(span.Text)))
                cells.Add((element, Columns.Of(element), span.Role));
        }

        int at = 0;
        bool first = true;
        do
        {
            int begin = first ? headColumns : hang;
            int end = Break(cells, at, Width - begin - (first ? taken : 0));
            var line = new List<StyledSpan>(first ? head : [new StyledSpan(new string(' ', hang), TextRole.Plain)]);
            int used = begin;
            for (int i = at; i < end; i++)
            {
                Append(line, cells[i].Text, cells[i].Role);
                used += cells[i].Columns;
            }

            if (first && figure is { } time)
            {
                line.Add(new StyledSpan(new string(' ', Math.Max(1, Width - used - Columns.Of(time.Text))), TextRole.Plain));
                line.Add(time);
            }

            Add(line);
            first = false;
            at = end;
            while (at < cells.Count && cells[at].Text == " ")
                at++;
        }
        while (at < cells.Count);
    }

    private static IEnumerable<string> Elements(string text)
    {
        TextElementEnumerator elements = StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext())
            yield return elements.GetTextElement();
    }

    private static void Append(List<StyledSpan> line, string text, TextRole role)
    {
        if (line.Count > 1 && line[^1].Role == role)
            line[^1] = line[^1] with { Text = line[^1].Text + text };
        else
            line.Add(new StyledSpan(text, role));
    }

    /// <summary>Where the line that begins at a cell ends: at a blank, between two wide characters, or in the middle of a word that is too long.</summary>
    private static int Break(List<(string Text, int Columns, TextRole Role)> cells, int at, int room)
    {
        int used = 0;
        int best = -1;
        for (int i = at; i < cells.Count; i++)
        {
            if (used + cells[i].Columns > room)
                return best > at ? best : Math.Max(i, at + 1);
            used += cells[i].Columns;
            if (i + 1 < cells.Count && (cells[i].Text == " " || cells[i + 1].Text == " " || ((cells[i].Columns == 2 || cells[i + 1].Columns == 2) && !IsClosing(cells[i + 1].Text) && !IsOpening(cells[i].Text))))
                best = i + 1;
        }

        return cells.Count;
    }

    // Rules of East Asian typesetting (kinsoku): no line begins with a closing mark or ends with an opening one.
    private static bool IsClosing(string text) => text is "，" or "。" or "、" or "；" or "：" or "？" or "！" or "）" or "”" or "》" or ")" or "," or "." or ":" or ";";

    private static bool IsOpening(string text) => text is "（" or "“" or "《" or "(";
}
