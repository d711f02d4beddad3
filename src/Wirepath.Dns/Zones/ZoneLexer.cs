using System.Text;

namespace Wirepath.Dns;

/// <param name="Text">As written, escapes and all; of a quoted string what is between the quotes.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
internal readonly record struct ZoneToken(string Text, bool IsQuoted, int Line, int Column)
{
    public int EndColumn => Column + Text.Length + (IsQuoted ? 2 : 0);
}

/// <summary>One entry of a zone file: a line, or several joined by parentheses (RFC 1035 §5.1).</summary>
internal sealed class ZoneEntry
{
    public List<ZoneToken> Tokens { get; } = [];

    /// <summary>The owner is that of the entry before.</summary>
    public bool StartsWithBlank { get; set; }

    public int EndLine { get; set; }

    public int EndColumn { get; set; }
}

/// <summary>Cuts a zone file into entries.</summary>
internal sealed class ZoneLexer(string text, string fileName)
{
    private int _at = text.StartsWith('\uFEFF') ? 1 : 0;
    private int _line = 1;
    private int _column = 1;

    public TextError? Error { get; private set; }

    /// <returns>Null at the end of the file, or at an <see cref="Error"/>.</returns>
    public ZoneEntry? ReadEntry()
    {
        if (_at >= text.Length)
            return null;
        var entry = new ZoneEntry { StartsWithBlank = text[_at] is ' ' or '\t' };
        (int Line, int Column)? open = null;
        while (_at < text.Length)
        {
            char c = text[_at];
            switch (c)
            {
                case '\n':
                    if (open is null)
                    {
                        End(entry);
                        Advance();
                        return entry;
                    }

                    Advance();
                    break;
                case ' ' or '\t' or '\r':
                    Advance();
                    break;
                case ';':
                    while (_at < text.Length && text[_at] != '\n')
                        Advance();
                    break;
                case '(':
                    if (open is not null)
                        return Fail("parentheses do not nest; ')' is expected first.");
                    open = (_line, _column);
                    Advance();
                    break;
                case ')':
                    if (open is null)
                        return Fail("there is no '(' that this ')' would close.");
                    open = null;
                    Advance();
                    break;
                case '"':
                    if (!ReadQuoted(entry))
                        return null;
                    break;
                default:
                    ReadWord(entry);
                    break;
            }
        }

        if (open is { } where)
        {
            Error = new TextError(fileName, where.Line, where.Column, "this '(' is never closed.");
            return null;
        }

        End(entry);
        return entry;
    }

    private void ReadWord(ZoneEntry entry)
    {
        (int start, int line, int column) = (_at, _line, _column);
        while (_at < text.Length && text[_at] is not (' ' or '\t' or '\r' or '\n' or ';' or '(' or ')' or '"'))
        {
            if (text[_at] == '\\' && _at + 1 < text.Length && text[_at + 1] != '\n')
                Advance();
            Advance();
        }

        entry.Tokens.Add(new ZoneToken(text[start.._at], false, line, column));
    }

    private bool ReadQuoted(ZoneEntry entry)
    {
        (int line, int column) = (_line, _column);
        Advance();
        int start = _at;
        while (_at < text.Length && text[_at] is not ('"' or '\n'))
        {
            if (text[_at] == '\\' && _at + 1 < text.Length && text[_at + 1] != '\n')
                Advance();
            Advance();
        }

        if (_at >= text.Length || text[_at] == '\n')
        {
            Error = new TextError(fileName, line, column, "this '\"' is not closed on its line.");
            return false;
        }

        entry.Tokens.Add(new ZoneToken(text[start.._at], true, line, column));
        Advance();
        return true;
    }

    private void End(ZoneEntry entry)
    {
        entry.EndLine = _line;
        entry.EndColumn = entry.Tokens.Count > 0 && entry.Tokens[^1].Line == _line ? entry.Tokens[^1].EndColumn : _column;
    }

    private ZoneEntry? Fail(string message)
    {
        Error = new TextError(fileName, _line, _column, message);
        return null;
    }

    private void Advance()
    {
        if (text[_at++] == '\n')
        {
            _line++;
            _column = 1;
        }
        else
        {
            _column++;
        }
    }

    /// <summary>Undoes <c>\DDD</c> and <c>\X</c>; other characters become UTF-8.</summary>
    /// <returns>False when an escape is cut short or above 255.</returns>
    public static bool TryUnescape(string written, out byte[] bytes)
    {
        bytes = [];
        var result = new List<byte>(written.Length);
        Span<byte> utf8 = stackalloc byte[4];
        for (int i = 0; i < written.Length;)
        {
            if (written[i] != '\\')
            {
                Rune.DecodeFromUtf16(written.AsSpan(i), out Rune rune, out int consumed);
                int size = rune.EncodeToUtf8(utf8);
                foreach (byte b in utf8[..size])
                    result.Add(b);
                i += consumed;
                continue;
            }

            if (i + 1 >= written.Length)
                return false;
            if (!char.IsAsciiDigit(written[i + 1]))
            {
                if (written[i + 1] > 126)
                    return false;
                result.Add((byte)written[i + 1]);
                i += 2;
                continue;
            }

            if (i + 3 >= written.Length || !char.IsAsciiDigit(written[i + 2]) || !char.IsAsciiDigit(written[i + 3]))
                return false;
            int value = (written[i + 1] - '0') * 100 + (written[i + 2] - '0') * 10 + (written[i + 3] - '0');
            if (value > 255)
                return false;
            result.Add((byte)value);
            i += 4;
        }

        bytes = [.. result];
        return true;
    }
}
