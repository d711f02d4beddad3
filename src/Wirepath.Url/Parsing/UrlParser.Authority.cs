using System.Globalization;

namespace Wirepath.Url;

internal ref partial struct UrlParser
{
    /// <summary>"Authority state", "host state", "port state": from behind the two slashes to the path.</summary>
    private bool Authority(int p)
    {
        ReadOnlySpan<char> rest = _input[p..];
        int length = IsSpecial ? rest.IndexOfAny("/?#\\") : rest.IndexOfAny('/', '?', '#');
        ReadOnlySpan<char> authority = length < 0 ? rest : rest[..length];
        int end = p + authority.Length;
        _out.Add("//");
        _at.UsernameEnd = _at.HostStart = _out.Length;

        int sign = authority.LastIndexOf('@');
        if (sign >= 0)
        {
            if (_errors is not null)
                RemarkCredentials(p, authority[..(sign + 1)]);
            if (sign + 1 == authority.Length)
                return Fail("host-missing", end, 0, "", "After \"@\" there is no host; a host name or address belongs there.");
            Credentials(authority[..sign]);
            authority = authority[(sign + 1)..];
        }

        _at.HostStart = _out.Length;
        int start = end - authority.Length;
        int colon = PortColon(authority);
        ReadOnlySpan<char> host = colon < 0 ? authority : authority[..colon];
        if (host.IsEmpty && (colon == 0 || IsSpecial))
        {
            return Fail("host-missing", start, 0, "", colon == 0
                ? "Before the \":\" of the port there is no host; a host name or address belongs there."
                : $"There is no host; \"{_scheme.Name()}://\" is followed by a host name or address.");
        }

        if (!Host(host, start))
            return false;
        if (colon >= 0 && !Port(authority[(colon + 1)..], start + colon + 1))
            return false;
        return _validateOnly || PathStart(end);
    }

    /// <summary>Of the colon before the port: the first one outside of square brackets; -1 for none.</summary>
    internal static int PortColon(ReadOnlySpan<char> authority)
    {
        int colon = authority.IndexOf(':');
        if (colon < 0 || !authority[..colon].Contains('['))
            return colon;
        bool inside = false;
        for (int i = 0; i < authority.Length; i++)
        {
            switch (authority[i])
            {
                case ':' when !inside:
                    return i;
                case '[':
                    inside = true;
                    break;
                case ']':
                    inside = false;
                    break;
            }
        }

        return -1;
    }

    private void Credentials(ReadOnlySpan<char> text)
    {
        int colon = text.IndexOf(':');
        int start = _out.Length;
        PercentEncoding.Append(ref _out, colon < 0 ? text : text[..colon], PercentEncodeSet.Userinfo);
        _at.UsernameEnd = _out.Length;
        if (colon >= 0 && colon + 1 < text.Length)
        {
            _out.Add(':');
            PercentEncoding.Append(ref _out, text[(colon + 1)..], PercentEncodeSet.Userinfo);
        }

        if (_out.Length > start)
            _out.Add('@');
    }

    private bool Host(ReadOnlySpan<char> host, int start)
    {
        List<HostProblem>? problems = _errors is null ? null : [];
        bool right = HostParser.TryParse(host, !IsSpecial, ref _out, problems, out _at.HostKind);
        _at.HostEnd = _out.Length;
        if (problems is not null)
            RemarkHost(problems, start);
        return right;
    }

    private bool Port(ReadOnlySpan<char> text, int start)
    {
        int port = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsAsciiDigit(text[i]))
            {
                if (_errors is null)
                    return false;
                string what = UrlCodePoints.Describe(text[i..]);
                return Fail("port-invalid", start + i, UrlCodePoints.UnitLength(text[i..]), what, $"The port contains {what}; a port is a number from 0 to 65535.");
            }

            port = Math.Min((port * 10) + text[i] - '0', ushort.MaxValue + 1);
        }

        if (port > ushort.MaxValue)
            return _errors is not null && Fail("port-out-of-range", start, text.Length, text.ToString(), $"Port {text} is too large; a port is a number from 0 to 65535.");
        if (!text.IsEmpty && port != _scheme.DefaultPort())
            WritePort((ushort)port);
        return true;
    }

    private void WritePort(ushort port)
    {
        _at.Port = port;
        _at.HasPort = true;
        _out.Add(':');
        Span<char> digits = stackalloc char[5];
        port.TryFormat(digits, out int length, default, CultureInfo.InvariantCulture);
        _out.Add(digits[..length]);
    }

    private bool File(int p)
    {
        if (p < _input.Length && _input[p] is '/' or '\\')
        {
            RemarkIfBackslash(p);
            return FileSlash(p + 1);
        }

        if (_base?.Offsets.Special == SpecialScheme.File)
        {
            CopyAuthority();
            return RelativePath(p);
        }

        EmptyHost();
        StartPath();
        return Path(p);
    }

    private bool FileSlash(int p)
    {
        if (p < _input.Length && _input[p] is '/' or '\\')
        {
            RemarkIfBackslash(p);
            return FileHost(p + 1);
        }

        if (_base?.Offsets.Special != SpecialScheme.File)
        {
            EmptyHost();
            StartPath();
            return Path(p);
        }

        CopyAuthority();
        StartPath();
        ReadOnlySpan<char> path = _base.PathnameSpan;
        if (!StartsWithDriveLetter(_input[p..]) && path.Length >= 3 && char.IsAsciiLetter(path[1]) && path[2] == ':' && (path.Length == 3 || path[3] == '/'))
            _out.Add(path[..3]);
        return Path(p);
    }

    private bool FileHost(int p)
    {
        ReadOnlySpan<char> rest = _input[p..];
        int length = rest.IndexOfAny("/\\?#");
        ReadOnlySpan<char> host = length < 0 ? rest : rest[..length];
        if (IsDriveLetter(host))
        {
            Remark("file-invalid-Windows-drive-letter-host", p, 2, "A drive letter stands where a host was expected; it is taken as the path.");
            EmptyHost();
            StartPath();
            return Path(p);
        }

        if (host.IsEmpty)
        {
            EmptyHost();
            return PathStart(p);
        }

        _out.Add("//");
        _at.UsernameEnd = _at.HostStart = _out.Length;
        if (!Host(host, p))
            return false;
        if (_out.Written[_at.HostStart..] is "localhost")
        {
            _out.Truncate(_at.HostStart);
            _at.HostEnd = _at.HostStart;
            _at.HostKind = HostKind.Empty;
        }

        return _validateOnly || PathStart(p + host.Length);
    }

    private void EmptyHost()
    {
        _out.Add("//");
        _at.UsernameEnd = _at.HostStart = _at.HostEnd = _out.Length;
        _at.HostKind = HostKind.Empty;
    }

    internal static bool IsDriveLetter(ReadOnlySpan<char> text) => text is [_, ':' or '|'] && char.IsAsciiLetter(text[0]);

    private static bool StartsWithDriveLetter(ReadOnlySpan<char> text) =>
        text.Length >= 2 && IsDriveLetter(text[..2]) && (text.Length == 2 || text[2] is '/' or '\\' or '?' or '#');
}
