using System.Text;

namespace Wirepath.Url;

/// <summary>The states of path, query and fragment.</summary>
internal ref partial struct UrlParser
{
    private Step PathStart(int c)
    {
        if (_special)
        {
            if (c == '\\')
            {
                Tolerate("invalid-reverse-solidus", "A backslash stands where a slash should be.");
            }

            _state = State.Path;
            if (c is not ('/' or '\\'))
            {
                _p--;
            }
        }
        else if (c == '?')
        {
            _query = new StringBuilder();
            _state = State.Query;
        }
        else if (c == '#')
        {
            _fragment = new StringBuilder();
            _state = State.Fragment;
        }
        else if (c != EndOfInput)
        {
            _state = State.Path;
            if (c != '/')
            {
                _p--;
            }
        }

        return Step.Next;
    }

    private Step Path(int c)
    {
        bool slash = c == '/' || (_special && c == '\\');
        if (!slash && c is not (EndOfInput or '?' or '#'))
        {
            CheckUrlUnit();
            _p += AppendEncoded(_buffer, PercentEncodeSet.Path) - 1;
            return Step.Next;
        }

        if (_special && c == '\\')
        {
            Tolerate("invalid-reverse-solidus", "A backslash stands where a slash should be.");
        }

        string segment = _buffer.ToString();
        _buffer.Clear();
        if (IsDoubleDot(segment))
        {
            ShortenPath();
            if (!slash)
            {
                _path.Append('/');
            }
        }
        else if (IsSingleDot(segment))
        {
            if (!slash)
            {
                _path.Append('/');
            }
        }
        else
        {
            if (_scheme == "file" && _path.Length == 0 && IsWindowsDriveLetter(segment))
            {
                segment = $"{segment[0]}:";
            }

            _path.Append('/').Append(segment);
        }

        if (c == '?')
        {
            _query = new StringBuilder();
            _state = State.Query;
        }
        else if (c == '#')
        {
            _fragment = new StringBuilder();
            _state = State.Fragment;
        }

        return Step.Next;
    }

    private Step OpaquePath(int c)
    {
        if (c == '?')
        {
            _query = new StringBuilder();
            _state = State.Query;
        }
        else if (c == '#')
        {
            _fragment = new StringBuilder();
            _state = State.Fragment;
        }
        else if (c == ' ')
        {
            // Only the blank before ? or # would be lost when the query or fragment is taken off later.
            _path.Append(Remaining.StartsWith("?") || Remaining.StartsWith("#") ? "%20" : " ");
        }
        else if (c != EndOfInput)
        {
            CheckUrlUnit();
            _p += AppendEncoded(_path, PercentEncodeSet.C0Control) - 1;
        }

        return Step.Next;
    }

    private Step Query(int c)
    {
        if (c == '#')
        {
            _fragment = new StringBuilder();
            _state = State.Fragment;
        }
        else if (c != EndOfInput)
        {
            CheckUrlUnit();
            _p += AppendEncoded(_query!, _special ? PercentEncodeSet.SpecialQuery : PercentEncodeSet.Query) - 1;
        }

        return Step.Next;
    }

    private Step Fragment(int c)
    {
        if (c != EndOfInput)
        {
            CheckUrlUnit();
            _p += AppendEncoded(_fragment!, PercentEncodeSet.Fragment) - 1;
        }

        return Step.Next;
    }

    /// <summary>Encodes the code point at the pointer and says how many UTF-16 units it was.</summary>
    private readonly int AppendEncoded(StringBuilder to, PercentEncodeSet set)
    {
        int units = _p + 1 < _input.Length && char.IsSurrogatePair(_input[_p], _input[_p + 1]) ? 2 : 1;
        PercentEncoding.Append(to, _input.Slice(_p, units), set);
        return units;
    }

    /// <summary>"Shorten a URL's path": takes the last segment off, but never a file URL's drive letter.</summary>
    private readonly void ShortenPath()
    {
        if (_scheme == "file" && _path.Length == 3 && _path[0] == '/' && char.IsAsciiLetter(_path[1]) && _path[2] == ':')
        {
            return;
        }

        int at = _path.Length - 1;
        while (at >= 0 && _path[at] != '/')
        {
            at--;
        }

        _path.Length = Math.Max(at, 0);
    }

    private static bool IsSingleDot(string segment) => segment == "." || segment.Equals("%2e", StringComparison.OrdinalIgnoreCase);

    private static bool IsDoubleDot(string segment) =>
        segment == ".." || segment.Equals(".%2e", StringComparison.OrdinalIgnoreCase) ||
        segment.Equals("%2e.", StringComparison.OrdinalIgnoreCase) || segment.Equals("%2e%2e", StringComparison.OrdinalIgnoreCase);

    private static bool IsWindowsDriveLetter(ReadOnlySpan<char> text) => text.Length == 2 && char.IsAsciiLetter(text[0]) && (text[1] is ':' or '|');

    private static bool IsNormalizedWindowsDriveLetter(ReadOnlySpan<char> text) => text.Length == 2 && char.IsAsciiLetter(text[0]) && text[1] == ':';

    private static bool StartsWithWindowsDriveLetter(ReadOnlySpan<char> text) =>
        text.Length >= 2 && IsWindowsDriveLetter(text[..2]) && (text.Length == 2 || text[2] is '/' or '\\' or '?' or '#');
}
