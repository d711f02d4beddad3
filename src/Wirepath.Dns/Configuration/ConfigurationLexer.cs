namespace Wirepath.Dns;

/// <param name="Text">Without quotes.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
internal readonly record struct ConfigurationToken(string Text, bool IsQuoted, string File, int Line, int Column)
{
    public TextError Error(string message) => new(File, Line, Column, message);
}

/// <summary>Cuts a configuration into words: blanks and line ends part them, quotes hold them together, # starts a comment.</summary>
internal sealed class ConfigurationLexer(string text, string fileName)
{
    private int _at = text.StartsWith('\uFEFF') ? 1 : 0;
    private int _line = 1;
    private int _lineStart;

    public TextError? Error { get; private set; }

    /// <returns>False at the end, or at an <see cref="Error"/>.</returns>
    public bool TryRead(out ConfigurationToken token)
    {
        token = default;
        SkipBlanks();
        if (_at >= text.Length)
            return false;
        (int start, int line, int column) = (_at, _line, _at - _lineStart + 1);
        if (text[_at] is '"' or '\'')
        {
            char quote = text[_at++];
            while (_at < text.Length && text[_at] != quote && text[_at] != '\n')
                _at++;
            if (_at >= text.Length || text[_at] != quote)
            {
                Error = new TextError(fileName, line, column, $"this {quote} is not closed on its line.");
                return false;
            }

            token = new ConfigurationToken(text[(start + 1).._at++], true, fileName, line, column);
            return true;
        }

        while (_at < text.Length && !char.IsWhiteSpace(text[_at]) && text[_at] is not ('"' or '\''))
            _at++;
        token = new ConfigurationToken(text[start.._at], false, fileName, line, column);
        return true;
    }

    private void SkipBlanks()
    {
        for (; _at < text.Length; _at++)
        {
            if (text[_at] == '#')
            {
                while (_at < text.Length && text[_at] != '\n')
                    _at++;
                if (_at >= text.Length)
                    return;
            }

            if (!char.IsWhiteSpace(text[_at]))
                return;
            if (text[_at] == '\n')
            {
                _line++;
                _lineStart = _at + 1;
            }
        }
    }
}
