using System.Globalization;
using System.Text;

namespace Wirepath.Packetdrill;

/// <summary>One program with its arguments, quotes resolved.</summary>
/// <param name="Words">The program first.</param>
/// <param name="Output">Where <c>&gt;</c> sends what it prints; null for nowhere else.</param>
/// <param name="Otherwise">It stands behind <c>||</c>: for the case that the one before fails.</param>
/// <param name="Piped">What it prints is read by the next: <c>|</c>.</param>
internal sealed record ShellCommand(IReadOnlyList<string> Words, string? Output, bool Otherwise, bool Piped)
{
    public string Program => Words[0][(Words[0].LastIndexOf('/') + 1)..];

    public override string ToString() => string.Join(' ', Words);
}

/// <summary>As much of a shell's language as set-up commands are written in: one command after the other.</summary>
internal sealed class ShellText
{
    private readonly string _text;
    private readonly List<ShellCommand> _commands = [];
    private readonly StringBuilder _word = new();
    private List<string> _words = [];
    private bool _hasWord;
    private bool _otherwise;
    private string? _output;
    private int _at;

    private ShellText(string text) => _text = text;

    public static IReadOnlyList<ShellCommand> Read(string text)
    {
        var shell = new ShellText(text.Replace("\\\n", " ", StringComparison.Ordinal).Replace("\\\r\n", " ", StringComparison.Ordinal));
        shell.Read();
        return shell._commands;
    }

    private char Peek(int ahead = 0) => _at + ahead < _text.Length ? _text[_at + ahead] : '\0';

    private void Read()
    {
        while (_at < _text.Length)
        {
            char c = _text[_at];
            if (c is '\n' or ';')
                EndCommand(1);
            else if (c == '&' && Peek(1) == '&')
                EndCommand(2);
            else if (c == '|' && Peek(1) == '|')
                EndCommand(2, otherwise: true);
            else if (c == '|')
                EndCommand(1, piped: true);
            else if (c == '>' || (c == '&' && Peek(1) == '>'))
                ReadRedirection();
            else if (c == '&')
                EndCommand(1);
            else if (c == '<')
                SkipRedirection(1);
            else if (char.IsWhiteSpace(c))
                EndWord(1);
            else if (c == '#' && !_hasWord)
                SkipLine();
            else
                ReadPart();
        }

        EndCommand(0);
    }

    private void EndWord(int skip)
    {
        _at += skip;
        if (_hasWord)
            _words.Add(_word.ToString());
        _word.Clear();
        _hasWord = false;
    }

    private void EndCommand(int skip, bool otherwise = false, bool piped = false)
    {
        EndWord(skip);
        if (_words.Count > 0)
            _commands.Add(new ShellCommand(_words, _output, _otherwise, piped));
        (_words, _output, _otherwise) = ([], null, otherwise && (_words.Count > 0 || _otherwise));
    }

    private void SkipLine()
    {
        while (_at < _text.Length && _text[_at] != '\n')
            _at++;
    }

    // > file, >> file, 2> file, &> file, 2>&1
    private void ReadRedirection()
    {
        bool ofErrors = _hasWord && _word is ['2'];
        if (_hasWord && _word is ['1'] or ['2'])
        {
            _word.Clear();
            _hasWord = false;
        }

        EndWord(0);
        _at += _text[_at] == '&' ? 2 : 1;
        if (Peek() == '>')
            _at++;
        if (Peek() == '&')
        {
            _at++;
            ReadTarget();
            return;
        }

        string target = ReadTarget();
        if (!ofErrors)
            _output = target;
    }

    private void SkipRedirection(int length)
    {
        EndWord(length);
        ReadTarget();
    }

    private string ReadTarget()
    {
        while (Peek() is ' ' or '\t')
            _at++;
        while (_at < _text.Length && !char.IsWhiteSpace(_text[_at]) && _text[_at] is not (';' or '|' or '&'))
            ReadPart();
        string target = _word.ToString();
        _word.Clear();
        _hasWord = false;
        return target;
    }

    // Part of a word: quoted, computed, or one character.
    private void ReadPart()
    {
        _hasWord = true;
        char c = _text[_at++];
        switch (c)
        {
            case '\'':
                while (_at < _text.Length && _text[_at] != '\'')
                    _word.Append(_text[_at++]);
                _at++;
                break;
            case '"':
                while (_at < _text.Length && _text[_at] != '"')
                    ReadCharacter(_text[_at++]);
                _at++;
                break;
            default:
                ReadCharacter(c);
                break;
        }
    }

    private void ReadCharacter(char c)
    {
        if (c == '\\' && _at < _text.Length)
            _word.Append(_text[_at++]);
        else if (c == '$' && Peek() == '(' && Peek(1) == '(')
            ReadArithmetic();
        else
            _word.Append(c);
    }

    // $((15*1024*1024)) is one of the few things that set-up scripts compute.
    private void ReadArithmetic()
    {
        int end = _text.IndexOf("))", _at, StringComparison.Ordinal);
        string formula = end < 0 ? "" : _text[(_at + 2)..end];
        if (end >= 0 && PythonExpression.TryEvaluate(formula, _ => null, out double value, out _))
        {
            _word.Append(((long)value).ToString(CultureInfo.InvariantCulture));
            _at = end + 2;
        }
        else
        {
            _word.Append('$');
        }
    }
}
