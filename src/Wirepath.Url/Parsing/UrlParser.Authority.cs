using System.Globalization;

namespace Wirepath.Url;

/// <summary>The states of userinfo, host and port, and the file scheme's own way to its host.</summary>
internal ref partial struct UrlParser
{
    private readonly bool EndsAuthority(int c) => c is EndOfInput or '/' or '?' or '#' || (_special && c == '\\');

    private Step Authority(int c)
    {
        if (c == '@')
        {
            Tolerate("invalid-credentials", "The URL carries a user name or password; it will be seen by whoever sees the URL.");
            TakeCredentials(_buffer.ToString());
            _buffer.Clear();
        }
        else if (EndsAuthority(c))
        {
            if (_atSignSeen && _buffer.Length == 0)
            {
                return Fail("host-missing", _p, "", "After \"@\" there is no host; a host name or address belongs there.");
            }

            // Back to where the host begins.
            _p -= _buffer.Length + 1;
            _buffer.Clear();
            _state = State.Host;
        }
        else
        {
            _buffer.Append((char)c);
        }

        return Step.Next;
    }

    /// <summary>All but the last @ belong to the credentials.</summary>
    private void TakeCredentials(string text)
    {
        bool inPassword = false;
        if (_atSignSeen)
        {
            text = "@" + text;
            inPassword = _passwordTokenSeen;
        }

        _atSignSeen = true;
        int colon = inPassword ? -1 : text.IndexOf(':');
        if (inPassword)
        {
            PercentEncoding.Append(_password, text, PercentEncodeSet.Userinfo);
        }
        else if (colon < 0)
        {
            PercentEncoding.Append(_username, text, PercentEncodeSet.Userinfo);
        }
        else
        {
            PercentEncoding.Append(_username, text.AsSpan(0, colon), PercentEncodeSet.Userinfo);
            PercentEncoding.Append(_password, text.AsSpan(colon + 1), PercentEncodeSet.Userinfo);
            _passwordTokenSeen = true;
        }
    }

    private Step Host(int c)
    {
        if (c == ':' && !_insideBrackets)
        {
            if (_buffer.Length == 0)
            {
                return Fail("host-missing", _p, "", "Before the \":\" of the port there is no host; a host name or address belongs there.");
            }

            if (!TakeHost())
            {
                return Step.Failed;
            }

            _state = State.Port;
        }
        else if (EndsAuthority(c))
        {
            if (_special && _buffer.Length == 0)
            {
                return Fail("host-missing", _p, "", $"There is no host; \"{_scheme}://\" is followed by a host name or address.");
            }

            if (!TakeHost())
            {
                return Step.Failed;
            }

            _p--;
            _state = State.PathStart;
        }
        else
        {
            _insideBrackets = c == '[' || (_insideBrackets && c != ']');
            _buffer.Append((char)c);
        }

        return Step.Next;
    }

    /// <summary>Parses the buffer, which is the input just before the pointer, as the host.</summary>
    private bool TakeHost()
    {
        string text = _buffer.ToString();
        int start = _p - text.Length;
        _buffer.Clear();
        if (text.Length == 0)
        {
            _host = "";
            _hostKind = HostKind.Empty;
            return true;
        }

        HostResult result = HostParser.Parse(text, isOpaque: !_special);
        if (result.Failure is { } failure)
        {
            Fail(failure.Name, start + failure.Index, failure.Detail, failure.Message);
            return false;
        }

        if (_errors is not null)
        {
            foreach (HostProblem problem in result.Tolerated)
            {
                AddError(problem.Name, PositionOf(start + problem.Index), problem.Message);
            }
        }

        _host = result.Host;
        _hostKind = result.Kind;
        return true;
    }

    private Step Port(int c)
    {
        if (c >= 0 && char.IsAsciiDigit((char)c))
        {
            _buffer.Append((char)c);
            return Step.Next;
        }

        if (!EndsAuthority(c))
        {
            string what = UrlCodePoints.Describe(_input[_p..]);
            return Fail("port-invalid", _p, what, $"The port contains {what}; a port is a number from 0 to 65535.");
        }

        if (_buffer.Length > 0)
        {
            string text = _buffer.ToString();
            if (!ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
            {
                return Fail("port-out-of-range", _p - text.Length, text, $"Port {text} is too large; a port is a number from 0 to 65535.");
            }

            _port = SpecialScheme.DefaultPort(_scheme) == port ? null : port;
            _buffer.Clear();
        }

        _state = State.PathStart;
        _p--;
        return Step.Next;
    }

    private Step File(int c)
    {
        _scheme = "file";
        _special = true;
        _host = "";
        _hostKind = HostKind.Empty;
        if (c is '/' or '\\')
        {
            if (c == '\\')
            {
                Tolerate("invalid-reverse-solidus", "A backslash stands where a slash should be.");
            }

            _state = State.FileSlash;
        }
        else if (_base is { Scheme: "file" })
        {
            _host = _base.Host ?? "";
            _hostKind = _base.HostKind;
            _path.Append(_base.Pathname);
            TakeQuery(_base);
            if (c == '?')
            {
                _query = new();
                _state = State.Query;
            }
            else if (c == '#')
            {
                _fragment = new();
                _state = State.Fragment;
            }
            else if (c != EndOfInput)
            {
                _query = null;
                if (StartsWithWindowsDriveLetter(_input[_p..]))
                {
                    Tolerate("file-invalid-Windows-drive-letter", "A drive letter stands where a relative path was expected.");
                    _path.Clear();
                }
                else
                {
                    ShortenPath();
                }

                _state = State.Path;
                _p--;
            }
        }
        else
        {
            _state = State.Path;
            _p--;
        }

        return Step.Next;
    }

    private Step FileSlash(int c)
    {
        if (c is '/' or '\\')
        {
            if (c == '\\')
            {
                Tolerate("invalid-reverse-solidus", "A backslash stands where a slash should be.");
            }

            _state = State.FileHost;
            return Step.Next;
        }

        if (_base is { Scheme: "file" })
        {
            _host = _base.Host ?? "";
            _hostKind = _base.HostKind;
            string path = _base.Pathname;
            if ((_p >= _input.Length || !StartsWithWindowsDriveLetter(_input[_p..])) && path.Length >= 3 && IsNormalizedWindowsDriveLetter(path.AsSpan(1, 2)) && (path.Length == 3 || path[3] == '/'))
            {
                // A drive letter of the base stays, as it does on that system.
                _path.Append(path, 0, 3);
            }
        }

        _state = State.Path;
        _p--;
        return Step.Next;
    }

    private Step FileHost(int c)
    {
        if (c is not (EndOfInput or '/' or '\\' or '?' or '#'))
        {
            _buffer.Append((char)c);
            return Step.Next;
        }

        if (_buffer.Length == 2 && IsWindowsDriveLetter(_buffer.ToString()))
        {
            Tolerate("file-invalid-Windows-drive-letter-host", "A drive letter stands where a host was expected; it is taken as the path.");

            // The buffer stays: it is the beginning of the path.
            _p--;
            _state = State.Path;
            return Step.Next;
        }

        if (!TakeHost())
        {
            return Step.Failed;
        }

        if (_host == "localhost")
        {
            _host = "";
            _hostKind = HostKind.Empty;
        }

        _p--;
        _state = State.PathStart;
        return Step.Next;
    }
}
