using System.Text;

namespace Wirepath.Url;

/// <summary>The states up to the authority: scheme, and what a relative input takes from its base.</summary>
internal ref partial struct UrlParser
{
    private Step SchemeStart(int c)
    {
        if (c >= 0 && char.IsAsciiLetter((char)c))
        {
            _buffer.Append(char.ToLowerInvariant((char)c));
            _state = State.Scheme;
        }
        else
        {
            _state = State.NoScheme;
            _p--;
        }

        return Step.Next;
    }

    private Step Scheme(int c)
    {
        if (c >= 0 && (char.IsAsciiLetterOrDigit((char)c) || c is '+' or '-' or '.'))
        {
            _buffer.Append(char.ToLowerInvariant((char)c));
        }
        else if (c == ':')
        {
            _scheme = _buffer.ToString();
            _special = SpecialScheme.IsSpecial(_scheme);
            _buffer.Clear();
            if (_scheme == "file")
            {
                if (!Remaining.StartsWith("//"))
                {
                    Tolerate("special-scheme-missing-following-solidus", "After \"file:\" there should be \"//\".");
                }

                _state = State.File;
            }
            else if (_special && _base is not null && _base.Scheme == _scheme)
            {
                _state = State.SpecialRelativeOrAuthority;
            }
            else if (_special)
            {
                _state = State.SpecialAuthoritySlashes;
            }
            else if (Remaining.StartsWith("/"))
            {
                _state = State.PathOrAuthority;
                _p++;
            }
            else
            {
                _opaquePath = true;
                _state = State.OpaquePath;
            }
        }
        else
        {
            _buffer.Clear();
            _state = State.NoScheme;
            _p = -1;
        }

        return Step.Next;
    }

    private Step NoScheme(int c)
    {
        if (_base is null || (_base.HasOpaquePath && c != '#'))
        {
            return Fail("missing-scheme-non-relative-URL", 0, "", "There is no scheme: a URL begins with one, such as \"http://\".");
        }

        if (_base.HasOpaquePath)
        {
            TakeScheme(_base);
            _path.Append(_base.Pathname);
            _opaquePath = true;
            TakeQuery(_base);
            _fragment = new StringBuilder();
            _state = State.Fragment;
            return Step.Next;
        }

        _state = _base.Scheme == "file" ? State.File : State.Relative;
        _p--;
        return Step.Next;
    }

    private Step SpecialRelativeOrAuthority(int c)
    {
        if (c == '/' && Remaining.StartsWith("/"))
        {
            _state = State.SpecialAuthorityIgnoreSlashes;
            _p++;
        }
        else
        {
            Tolerate("special-scheme-missing-following-solidus", $"After \"{_scheme}:\" there should be \"//\".");
            _state = State.Relative;
            _p--;
        }

        return Step.Next;
    }

    private Step PathOrAuthority(int c)
    {
        _state = c == '/' ? State.Authority : State.Path;
        if (c != '/')
        {
            // The slash that led here belongs to the path.
            _p--;
        }

        return Step.Next;
    }

    private Step Relative(int c)
    {
        UrlRecord from = _base!;
        TakeScheme(from);
        if (c == '/')
        {
            _state = State.RelativeSlash;
        }
        else if (_special && c == '\\')
        {
            Tolerate("invalid-reverse-solidus", "A backslash stands where a slash should be.");
            _state = State.RelativeSlash;
        }
        else
        {
            TakeAuthority(from);
            _path.Append(from.Pathname);
            TakeQuery(from);
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
            else if (c != EndOfInput)
            {
                _query = null;
                ShortenPath();
                _state = State.Path;
                _p--;
            }
        }

        return Step.Next;
    }

    private Step RelativeSlash(int c)
    {
        if (_special && c is '/' or '\\')
        {
            if (c == '\\')
            {
                Tolerate("invalid-reverse-solidus", "A backslash stands where a slash should be.");
            }

            _state = State.SpecialAuthorityIgnoreSlashes;
        }
        else if (c == '/')
        {
            _state = State.Authority;
        }
        else
        {
            TakeAuthority(_base!);
            _state = State.Path;
            _p--;
        }

        return Step.Next;
    }

    private Step SpecialAuthoritySlashes(int c)
    {
        _state = State.SpecialAuthorityIgnoreSlashes;
        if (c == '/' && Remaining.StartsWith("/"))
        {
            _p++;
        }
        else
        {
            Tolerate("special-scheme-missing-following-solidus", $"After \"{_scheme}:\" there should be \"//\".");
            _p--;
        }

        return Step.Next;
    }

    private Step SpecialAuthorityIgnoreSlashes(int c)
    {
        if (c is '/' or '\\')
        {
            Tolerate("special-scheme-missing-following-solidus", $"After \"{_scheme}:\" there should be exactly two slashes.");
        }
        else
        {
            _state = State.Authority;
            _p--;
        }

        return Step.Next;
    }

    private void TakeScheme(UrlRecord from)
    {
        _scheme = from.Scheme;
        _special = from.IsSpecial;
    }

    private void TakeAuthority(UrlRecord from)
    {
        _username.Append(from.Username);
        _password.Append(from.Password);
        _host = from.Host ?? "";
        _hostKind = from.HostKind;
        _port = from.Port;
    }

    private void TakeQuery(UrlRecord from) => _query = from.Query is null ? null : new StringBuilder(from.Query);
}
