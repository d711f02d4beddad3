using System.Text;

namespace Wirepath.Packetdrill;

/// <summary>Cuts a script into words. Line ends mean nothing except to comments and options.</summary>
internal sealed class Lexer
{
    private readonly string _text;
    private readonly List<Token> _tokens = [];
    private int _at;
    private int _line = 1;
    private int _lineStart;

    private Lexer(string text) => _text = text;

    /// <exception cref="ScriptSyntaxException">Something that was opened is never closed.</exception>
    public static List<Token> Read(string text)
    {
        var lexer = new Lexer(text);
        while (lexer.SkipBlanks())
            lexer._tokens.Add(lexer.Next());
        lexer._tokens.Add(lexer.Make(TokenKind.End, "", lexer._at));
        return lexer._tokens;
    }

    private char Peek(int ahead = 0) => _at + ahead < _text.Length ? _text[_at + ahead] : '\0';

    private Token Make(TokenKind kind, string text, int start) =>
        new(kind, text, _line, start - _lineStart + 1, start, _at);

    private void Step()
    {
        if (_text[_at++] == '\n')
            (_line, _lineStart) = (_line + 1, _at);
    }

    private bool SkipBlanks()
    {
        while (_at < _text.Length)
        {
            if (char.IsWhiteSpace(Peek()))
            {
                Step();
            }
            else if (Peek() == '#' || (Peek() == '/' && Peek(1) == '/'))
            {
                while (_at < _text.Length && Peek() != '\n')
                    _at++;
            }
            else if (Peek() == '/' && Peek(1) == '*')
            {
                SkipUpTo("*/", "A comment that begins with /* ends with */");
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    // The text up to the closing sign, which is skipped too.
    private string SkipUpTo(string close, string rule)
    {
        Token open = new(TokenKind.Sign, _text.Substring(_at, Math.Min(2, _text.Length - _at)), _line, _at - _lineStart + 1, _at, _at + 1);
        int end = _text.IndexOf(close, Math.Min(_at + close.Length, _text.Length), StringComparison.Ordinal);
        if (end < 0)
            throw new ScriptSyntaxException(open, rule);
        string inside = _text[(_at + close.Length)..end];
        while (_at < end + close.Length)
            Step();
        return inside;
    }

    private Token Next()
    {
        (int start, int line, int column) = (_at, _line, _at - _lineStart + 1);
        (TokenKind kind, string text) = Peek() switch
        {
            '`' => (TokenKind.Command, ReadCommand()),
            '%' when Peek(1) == '{' => (TokenKind.Code, SkipUpTo("}%", "Code that begins with %{ ends with }%")),
            '"' => (TokenKind.Text, ReadText()),
            '.' when Peek(1) == '.' && Peek(2) == '.' => Sign(3),
            '-' when Peek(1) == '-' && char.IsAsciiLetter(Peek(2)) => (TokenKind.Option, ReadOption()),
            var c when char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Peek(1))) => ReadNumber(),
            var c when char.IsAsciiLetter(c) || c == '_' => (TokenKind.Word, ReadWhile(IsWordCharacter)),
            _ => Sign(1),
        };
        return new Token(kind, text, line, column, start, _at);
    }

    private (TokenKind Kind, string Text) Sign(int length)
    {
        string text = _text.Substring(_at, length);
        _at += length;
        return (TokenKind.Sign, text);
    }

    private static bool IsWordCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private string ReadWhile(Func<char, bool> belongs)
    {
        int start = _at;
        while (_at < _text.Length && belongs(_text[_at]))
            _at++;
        return _text[start.._at];
    }

    private (TokenKind Kind, string Text) ReadNumber()
    {
        int start = _at;
        string digits = ReadWhile(IsWordCharacter);
        bool isHexadecimal = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (!isHexadecimal && !digits.All(char.IsAsciiDigit))
            return (TokenKind.Word, digits); // a cookie, such as 04ab
        if (!isHexadecimal && Peek() == '.' && char.IsAsciiDigit(Peek(1)))
        {
            _at++;
            ReadWhile(char.IsAsciiDigit);
        }

        return (TokenKind.Number, _text[start.._at]);
    }

    // A value with blanks stands between quotes or back-ticks, which stay: they say what a definition stands for.
    private string ReadOption()
    {
        int start = _at;
        char quote = '\0';
        while (_at < _text.Length && (quote != '\0' || !char.IsWhiteSpace(Peek())))
        {
            if (Peek() == quote)
                quote = '\0';
            else if (quote == '\0' && Peek() is '"' or '`')
                quote = Peek();
            Step();
        }

        return _text[start.._at];
    }

    private string ReadCommand()
    {
        Token open = Make(TokenKind.Sign, "`", _at);
        _at++;
        var text = new StringBuilder();
        while (Peek() != '`')
        {
            if (_at >= _text.Length)
                throw new ScriptSyntaxException(open, "A command that begins with ` ends with `");
            if (Peek() == '\\' && Peek(1) == '`')
                _at++;
            text.Append(Peek());
            Step();
        }

        _at++;
        return text.ToString();
    }

    private string ReadText()
    {
        Token open = Make(TokenKind.Text, "\"", _at);
        _at++;
        var text = new StringBuilder();
        while (Peek() != '"')
        {
            if (_at >= _text.Length)
                throw new ScriptSyntaxException(open, "A text that begins with \" ends with \"");
            if (Peek() != '\\')
            {
                text.Append(Peek());
                Step();
                continue;
            }

            char escape = Peek(1);
            _at += 2;
            text.Append(escape switch { 'n' => '\n', 'r' => '\r', 't' => '\t', '0' => '\0', 'x' => ReadHexadecimal(open), _ => escape });
        }

        _at++;
        return text.ToString();
    }

    private char ReadHexadecimal(Token open)
    {
        if (!char.IsAsciiHexDigit(Peek()) || !char.IsAsciiHexDigit(Peek(1)))
            throw new ScriptSyntaxException(open, "\\x is followed by two hexadecimal digits");
        _at += 2;
        return (char)Convert.ToInt32(_text.Substring(_at - 2, 2), 16);
    }
}
