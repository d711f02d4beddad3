using System.Globalization;
using System.Text;

namespace Wirepath.Url;

/// <summary>
/// The "basic URL parser" (WHATWG URL §4.4), state for state. One instance parses one input and fills the components in
/// beside itself; <see cref="ToRecord"/> then writes them into the one string.
/// </summary>
internal ref partial struct UrlParser
{
    private const int EndOfInput = -1;

    private readonly ReadOnlySpan<char> _typed;
    private readonly ReadOnlySpan<char> _input;
    private readonly int _trimmedStart;
    private readonly UrlRecord? _base;
    private readonly ICollection<UrlValidationError>? _errors;

    // The pointer and the flags of the standard.
    private int _p;
    private State _state;
    private readonly StringBuilder _buffer = new();
    private bool _insideBrackets;
    private bool _atSignSeen;
    private bool _passwordTokenSeen;

    // The URL record that is being filled.
    private string _scheme = "";
    private bool _special;
    private readonly StringBuilder _username = new();
    private readonly StringBuilder _password = new();
    private string _host = "";
    private HostKind _hostKind = HostKind.None;
    private ushort? _port;
    private readonly StringBuilder _path = new();
    private bool _opaquePath;
    private StringBuilder? _query;
    private StringBuilder? _fragment;

    public UrlParser(ReadOnlySpan<char> typed, UrlRecord? baseUrl, ICollection<UrlValidationError>? errors)
    {
        _typed = typed;
        _base = baseUrl;
        _errors = errors;
        int end = typed.Length;
        while (_trimmedStart < end && typed[_trimmedStart] <= ' ')
        {
            _trimmedStart++;
        }

        while (end > _trimmedStart && typed[end - 1] <= ' ')
        {
            end--;
        }

        _input = typed[_trimmedStart..end];
        if (_input.Length != typed.Length)
        {
            AddError("invalid-URL-unit", _trimmedStart > 0 ? 0 : end, "Blanks before or after a URL are dropped.");
        }

        if (_input.IndexOfAny('\t', '\n', '\r') is >= 0 and int at)
        {
            AddError("invalid-URL-unit", _trimmedStart + at, "Tabs and line breaks inside a URL are dropped.");
            var kept = new StringBuilder(_input.Length);
            foreach (char c in _input)
            {
                if (c is not ('\t' or '\n' or '\r'))
                {
                    kept.Append(c);
                }
            }

            _input = kept.ToString();
        }
    }

    private enum State : byte
    {
        SchemeStart,
        Scheme,
        NoScheme,
        SpecialRelativeOrAuthority,
        PathOrAuthority,
        Relative,
        RelativeSlash,
        SpecialAuthoritySlashes,
        SpecialAuthorityIgnoreSlashes,
        Authority,
        Host,
        Port,
        File,
        FileSlash,
        FileHost,
        PathStart,
        Path,
        OpaquePath,
        Query,
        Fragment,
    }

    private enum Step : byte
    {
        Next,
        Finished,
        Failed,
    }

    public UrlFailure? Failure { get; private set; }

    private readonly ReadOnlySpan<char> Remaining => _p + 1 < _input.Length ? _input[(_p + 1)..] : default;

    public bool Run()
    {
        for (_p = 0; ; _p++)
        {
            int c = _p < _input.Length ? _input[_p] : EndOfInput;
            Step step = _state switch
            {
                State.SchemeStart => SchemeStart(c),
                State.Scheme => Scheme(c),
                State.NoScheme => NoScheme(c),
                State.SpecialRelativeOrAuthority => SpecialRelativeOrAuthority(c),
                State.PathOrAuthority => PathOrAuthority(c),
                State.Relative => Relative(c),
                State.RelativeSlash => RelativeSlash(c),
                State.SpecialAuthoritySlashes => SpecialAuthoritySlashes(c),
                State.SpecialAuthorityIgnoreSlashes => SpecialAuthorityIgnoreSlashes(c),
                State.Authority => Authority(c),
                State.Host => Host(c),
                State.Port => Port(c),
                State.File => File(c),
                State.FileSlash => FileSlash(c),
                State.FileHost => FileHost(c),
                State.PathStart => PathStart(c),
                State.Path => Path(c),
                State.OpaquePath => OpaquePath(c),
                State.Query => Query(c),
                State.Fragment => Fragment(c),
                _ => throw new InvalidOperationException($"No such state: {_state}."),
            };
            if (step == Step.Failed)
            {
                return false;
            }

            // The pointer may have been moved back, so the end is where it stands now.
            if (step == Step.Finished || _p >= _input.Length)
            {
                return true;
            }
        }
    }

    /// <summary>WHATWG URL §4.5, "URL serializer".</summary>
    public readonly UrlRecord ToRecord()
    {
        var href = new StringBuilder(_typed.Length + 16);
        href.Append(_scheme).Append(':');
        int usernameStart = href.Length, usernameEnd = href.Length, hostStart = href.Length, hostEnd = href.Length;
        bool credentials = _username.Length + _password.Length > 0;
        if (_hostKind != HostKind.None)
        {
            href.Append("//");
            usernameStart = href.Length;
            usernameEnd = usernameStart;
            if (credentials)
            {
                href.Append(_username);
                usernameEnd = href.Length;
                if (_password.Length > 0)
                {
                    href.Append(':').Append(_password);
                }

                href.Append('@');
            }

            hostStart = href.Length;
            href.Append(_host);
            hostEnd = href.Length;
            if (_port is ushort port)
            {
                href.Append(CultureInfo.InvariantCulture, $":{port}");
            }
        }
        else if (!_opaquePath && _path.Length > 1 && _path[0] == '/' && _path[1] == '/')
        {
            // Without this, web+demo:/.//not-a-host/ would come back with a host.
            href.Append("/.");
        }

        int pathStart = href.Length;
        href.Append(_path);
        int searchStart = _query is null ? -1 : href.Length;
        if (_query is not null)
        {
            href.Append('?').Append(_query);
        }

        int hashStart = _fragment is null ? -1 : href.Length;
        if (_fragment is not null)
        {
            href.Append('#').Append(_fragment);
        }

        return new UrlRecord(href.ToString(), new UrlOffsets
        {
            SchemeEnd = _scheme.Length,
            UsernameStart = usernameStart,
            UsernameEnd = usernameEnd,
            HostStart = hostStart,
            HostEnd = hostEnd,
            PathStart = pathStart,
            SearchStart = searchStart,
            HashStart = hashStart,
            Port = _port,
            HostKind = _hostKind,
            OpaquePath = _opaquePath,
            HasCredentials = credentials,
        });
    }

    /// <summary>Where a position of the cleaned input stands in what was typed.</summary>
    private readonly int PositionOf(int index)
    {
        int at = _trimmedStart;
        for (int kept = 0; at < _typed.Length; at++)
        {
            if (_typed[at] is '\t' or '\n' or '\r')
            {
                continue;
            }

            if (kept++ == index)
            {
                break;
            }
        }

        return Math.Min(at, _trimmedStart + Math.Max(_typed.Length - _trimmedStart, 0));
    }

    private readonly void AddError(string name, int position, string message) => _errors?.Add(new UrlValidationError(name, position, message));

    /// <summary>An error that the parser goes on from, at the pointer.</summary>
    private readonly void Tolerate(string name, string message)
    {
        if (_errors is not null)
        {
            AddError(name, PositionOf(_p), message);
        }
    }

    /// <summary>invalid-URL-unit, when the pointer is on none.</summary>
    private readonly void CheckUrlUnit()
    {
        // The second half of a pair was judged with the first.
        if (_errors is null || (char.IsLowSurrogate(_input[_p]) && _p > 0 && char.IsHighSurrogate(_input[_p - 1])) || UrlCodePoints.StartsWithUrlUnit(_input[_p..]))
        {
            return;
        }

        string what = _input[_p] == '%' ? "A % here must be followed by two hexadecimal digits (a percent sign itself is written %25)." : $"A URL does not contain {UrlCodePoints.Describe(_input[_p..])} as it is; it is percent-encoded.";
        Tolerate("invalid-URL-unit", what);
    }

    private Step Fail(string name, int index, string detail, string message)
    {
        int position = PositionOf(index);
        Failure = new UrlFailure(name, position, message) { Detail = detail };
        AddError(name, position, message);
        return Step.Failed;
    }
}
