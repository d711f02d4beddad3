namespace Wirepath.Url;

internal ref partial struct UrlParser
{
    private bool PathStart(int p)
    {
        StartPath();
        if (IsSpecial)
        {
            if (p < _input.Length && _input[p] is '/' or '\\')
            {
                RemarkIfBackslash(p);
                p++;
            }

            return Path(p);
        }

        if (p == _input.Length)
            return true;
        return _input[p] switch
        {
            '?' => Query(p + 1),
            '#' => Fragment(p + 1),
            '/' => Path(p + 1),
            _ => Path(p),
        };
    }

    /// <summary>A path without an authority before it.</summary>
    private bool HostlessPath(int p)
    {
        _at.HostKind = HostKind.None;
        StartPath();
        return Path(p);
    }

    private void StartPath() => _at.PathStart = _out.Length;

    /// <summary>"Path state", from behind the slash of its first segment.</summary>
    private bool Path(int p)
    {
        if (_validateOnly)
            return true;
        ReadOnlySpan<char> rest = _input[p..];
        int length = rest.IndexOfAny('?', '#');
        if (length >= 0)
            rest = rest[..length];
        if (_errors is not null)
            RemarkPath(p, rest);
        WriteSegments(rest, _scheme, _at.PathStart, ref _out);
        FinishPath();
        return AfterPath(p + rest.Length);
    }

    /// <summary>Appends segments to a path: dot segments are resolved, the rest is percent-encoded.</summary>
    /// <param name="text">Without the slash before the first one.</param>
    /// <param name="scheme">Of the URL.</param>
    /// <param name="pathStart">In <paramref name="to"/>.</param>
    /// <param name="to">Ends with the segments that there are.</param>
    internal static void WriteSegments(scoped ReadOnlySpan<char> text, SpecialScheme scheme, int pathStart, scoped ref GrowingBuffer<char> to)
    {
        bool backslashes = scheme != SpecialScheme.None;
        // Most paths have neither dot segments nor backslashes and are one run.
        if (scheme != SpecialScheme.File && text is not ['.' or '%', ..]
            && !FastPath.MayHaveDotSegment(text) && !(backslashes && text.Contains('\\')))
        {
            to.Add('/');
            PercentEncoding.Append(ref to, text, PercentEncodeSet.Path);
            return;
        }

        while (true)
        {
            int slash = backslashes ? text.IndexOfAny('/', '\\') : text.IndexOf('/');
            ReadOnlySpan<char> segment = slash < 0 ? text : text[..slash];
            switch (Dots(segment))
            {
                case 2:
                    Shorten(ref to, pathStart, scheme);
                    if (slash < 0)
                        to.Add('/');
                    break;
                case 1:
                    if (slash < 0)
                        to.Add('/');
                    break;
                case var _ when scheme == SpecialScheme.File && to.Length == pathStart && IsDriveLetter(segment):
                    to.Add('/');
                    to.Add(segment[0]);
                    to.Add(':');
                    break;
                default:
                    to.Add('/');
                    PercentEncoding.Append(ref to, segment, PercentEncodeSet.Path);
                    break;
            }

            if (slash < 0)
                return;
            text = text[(slash + 1)..];
        }
    }

    /// <returns>1 for a "single-dot URL path segment", 2 for a "double-dot" one, else 0.</returns>
    private static int Dots(ReadOnlySpan<char> segment)
    {
        const int longest = 6;
        if (segment.Length is 0 or > longest || segment[0] is not ('.' or '%'))
            return 0;
        int dots = 0;
        while (!segment.IsEmpty)
        {
            if (segment[0] == '.')
                segment = segment[1..];
            else if (segment is ['%', '2', 'e' or 'E', ..])
                segment = segment[3..];
            else
                return 0;
            dots++;
        }

        return dots > 2 ? 0 : dots;
    }

    private void Shorten() => Shorten(ref _out, _at.PathStart, _scheme);

    private static void Shorten(scoped ref GrowingBuffer<char> to, int pathStart, SpecialScheme scheme)
    {
        ReadOnlySpan<char> path = to.Written[pathStart..];
        if (scheme == SpecialScheme.File && path is ['/', _, ':'] && char.IsAsciiLetter(path[1]))
            return;
        to.Truncate(pathStart + Math.Max(path.LastIndexOf('/'), 0));
    }

    /// <summary>"URL serializer": without this, <c>web+demo:/.//not-a-host/</c> would come back with a host.</summary>
    private void FinishPath()
    {
        if (_at.HostKind == HostKind.None && !_at.OpaquePath && _out.Written[_at.PathStart..] is ['/', '/', ..])
        {
            _out.Insert(_at.PathStart, "/.");
            _at.PathStart += 2;
        }
    }

    private bool AfterPath(int p)
    {
        if (p == _input.Length)
            return true;
        return _input[p] == '?' ? Query(p + 1) : Fragment(p + 1);
    }

    private bool OpaquePath(int p)
    {
        _at.OpaquePath = true;
        _at.HostKind = HostKind.None;
        StartPath();
        if (_validateOnly)
            return true;
        ReadOnlySpan<char> rest = _input[p..];
        int length = rest.IndexOfAny('?', '#');
        ReadOnlySpan<char> path = length < 0 ? rest : rest[..length];
        if (_errors is not null)
            RemarkUnits(p, path);
        if (length >= 0 && path is [.., ' '])
        {
            PercentEncoding.Append(ref _out, path[..^1], PercentEncodeSet.C0Control);
            _out.Add("%20");
        }
        else
        {
            PercentEncoding.Append(ref _out, path, PercentEncodeSet.C0Control);
        }

        return AfterPath(p + path.Length);
    }

    private bool Query(int p)
    {
        if (_validateOnly)
            return true;
        ReadOnlySpan<char> rest = _input[p..];
        int length = rest.IndexOf('#');
        ReadOnlySpan<char> query = length < 0 ? rest : rest[..length];
        if (_errors is not null)
            RemarkUnits(p, query);
        _at.SearchStart = _out.Length;
        _out.Add('?');
        WriteQuery(query, _scheme, _encoding, ref _out);
        return length < 0 || Fragment(p + length + 1);
    }

    internal static void WriteQuery(scoped ReadOnlySpan<char> query, SpecialScheme scheme, LegacyEncoding? encoding, scoped ref GrowingBuffer<char> to)
    {
        PercentEncodeSet set = scheme == SpecialScheme.None ? PercentEncodeSet.Query : PercentEncodeSet.SpecialQuery;
        if (encoding is not null && scheme is not (SpecialScheme.None or SpecialScheme.Ws or SpecialScheme.Wss))
            encoding.Append(ref to, query, set);
        else
            PercentEncoding.Append(ref to, query, set);
    }

    private bool Fragment(int p)
    {
        if (_validateOnly)
            return true;
        ReadOnlySpan<char> fragment = _input[p..];
        if (_errors is not null)
            RemarkUnits(p, fragment);
        _at.HashStart = _out.Length;
        _out.Add('#');
        PercentEncoding.Append(ref _out, fragment, PercentEncodeSet.Fragment);
        return true;
    }
}
