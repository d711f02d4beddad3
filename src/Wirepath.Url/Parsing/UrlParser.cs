using System.Runtime.CompilerServices;

namespace Wirepath.Url;

/// <summary>
/// WHATWG URL, "basic URL parser" without state override: takes the input apart from left to right, state by state, and writes the
/// serialised URL and where its components stand. To validate, it stops as soon as nothing can go wrong any more.
/// </summary>
internal ref partial struct UrlParser
{
    /// <summary>Most URLs fit; longer ones go to pooled memory.</summary>
    public const int OnStack = 512;

    private readonly ReadOnlySpan<char> _typed;
    private readonly ReadOnlySpan<char> _input;
    private readonly int _trimmedStart;
    private readonly UrlRecord? _base;
    private readonly ICollection<UrlValidationError>? _errors;
    private readonly LegacyEncoding? _encoding;
    private readonly bool _validateOnly;

    private GrowingBuffer<char> _out;
    private UrlOffsets _at;
    private SpecialScheme _scheme;

    // The last position that was translated for an error.
    private int _lastIndex;
    private int _lastPosition;

    private UrlParser(scoped in UrlParsing asked, ReadOnlySpan<char> typed, Range trimmed, ReadOnlySpan<char> input, Span<char> room)
    {
        _typed = typed;
        _input = input;
        _trimmedStart = trimmed.Start.Value;
        _base = asked.Base;
        _errors = asked.Errors;
        _encoding = asked.Encoding is { IsUtf8: false } ? asked.Encoding : null;
        _validateOnly = asked.ValidateOnly;
        _out = new GrowingBuffer<char>(room);
        _at.SearchStart = _at.HashStart = -1;
        if (_errors is not null)
            RemarkDropped(trimmed);
    }

    private readonly bool IsSpecial => _scheme != SpecialScheme.None;

    /// <param name="typed">Any UTF-16.</param>
    /// <param name="same">The same as a string, which is kept when it is its own serialisation; null when there is none.</param>
    /// <param name="asked">What else is given.</param>
    public static UrlRecord? Parse(ReadOnlySpan<char> typed, string? same, in UrlParsing asked)
    {
        UrlOffsets at = default;
        if (asked.Errors is null && FastPath.TryRead(typed, ref at, out bool isBare))
            return new UrlRecord(isBare ? string.Concat(typed, "/") : same ?? typed.ToString(), at);
        Run(typed, same, asked, out UrlRecord? url);
        return url;
    }

    public static bool IsValid(ReadOnlySpan<char> typed, UrlRecord? baseUrl) =>
        FastPath.IsValid(typed) || Run(typed, null, new UrlParsing { Base = baseUrl, ValidateOnly = true }, out _);

    private static bool Run(ReadOnlySpan<char> typed, string? same, in UrlParsing asked, out UrlRecord? url)
    {
        int start = 0, end = typed.Length;
        while (start < end && typed[start] <= ' ')
            start++;
        while (end > start && typed[end - 1] <= ' ')
            end--;
        ReadOnlySpan<char> trimmed = typed[start..end];
        return trimmed.IndexOfAny(UrlCodePoints.TabsAndNewlines) < 0
            ? Run(typed, start..end, trimmed, same, asked, out url)
            : RunStripped(typed, start..end, same, asked, out url);
    }

    [SkipLocalsInit]
    private static bool RunStripped(ReadOnlySpan<char> typed, Range trimmed, string? same, in UrlParsing asked, out UrlRecord? url)
    {
        var input = new GrowingBuffer<char>(stackalloc char[OnStack]);
        Strip(typed[trimmed], ref input);
        bool parsed = Run(typed, trimmed, input.Written, same, asked, out url);
        input.Dispose();
        return parsed;
    }

    [SkipLocalsInit]
    private static bool Run(ReadOnlySpan<char> typed, Range trimmed, ReadOnlySpan<char> input, string? same, in UrlParsing asked, out UrlRecord? url)
    {
        var parser = new UrlParser(asked, typed, trimmed, input, stackalloc char[OnStack]);
        bool parsed = parser.Scheme();
        url = !parsed || asked.ValidateOnly ? null
            : new UrlRecord(same is not null && parser._out.Written.SequenceEqual(same) ? same : parser._out.Written.ToString(), parser._at);
        parser._out.Dispose();
        return parsed;
    }

    /// <summary>"Remove all ASCII tab or newline".</summary>
    internal static void Strip(scoped ReadOnlySpan<char> text, ref GrowingBuffer<char> to)
    {
        while (true)
        {
            int at = text.IndexOfAny(UrlCodePoints.TabsAndNewlines);
            if (at < 0)
            {
                to.Add(text);
                return;
            }

            to.Add(text[..at]);
            text = text[(at + 1)..];
        }
    }

    /// <summary>"Scheme start state", "scheme state".</summary>
    private bool Scheme()
    {
        int length = SchemeLength(_input);
        if (length < 0)
            return NoScheme();

        Span<char> scheme = _out.Extend(length);
        System.Text.Ascii.ToLower(_input[..length], scheme, out _);
        _at.SchemeEnd = length;
        _at.Special = _scheme = SpecialSchemes.Of(scheme);
        _out.Add(':');
        int p = length + 1;
        ReadOnlySpan<char> rest = _input[p..];
        if (_scheme == SpecialScheme.File)
        {
            if (!rest.StartsWith("//"))
                RemarkMissingSlashes(p);
            return File(p);
        }

        if (IsSpecial)
        {
            if (_base is not null && _base.Offsets.Special == _scheme && !rest.StartsWith("//"))
            {
                RemarkMissingSlashes(p);
                return Relative(p);
            }

            if (rest.StartsWith("//"))
                p += 2;
            else
                RemarkMissingSlashes(p);
            return AfterSlashes(p);
        }

        return rest switch
        {
            ['/', '/', ..] => Authority(p + 2),
            ['/', ..] => HostlessPath(p + 1),
            _ => OpaquePath(p),
        };
    }

    /// <returns>-1 when the text does not begin with a scheme and a colon.</returns>
    internal static int SchemeLength(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || !char.IsAsciiLetter(text[0]))
            return -1;
        int i = 1;
        while (i < text.Length && (char.IsAsciiLetterOrDigit(text[i]) || text[i] is '+' or '-' or '.'))
            i++;
        return i < text.Length && text[i] == ':' ? i : -1;
    }

    private bool NoScheme()
    {
        if (_base is null || (_base.HasOpaquePath && _input is not ['#', ..]))
        {
            return Fail("missing-scheme-non-relative-URL", 0, 0, "", _base is null
                ? "There is no scheme: a URL begins with one, such as \"http://\"."
                : "There is no scheme, and nothing can be relative to a URL with an opaque path.");
        }

        _scheme = _base.Offsets.Special;
        if (_scheme == SpecialScheme.File && !_base.HasOpaquePath)
        {
            WriteScheme("file");
            return File(0);
        }

        WriteScheme(_base.SchemeSpan);
        if (!_base.HasOpaquePath)
            return Relative(0);
        _at.OpaquePath = true;
        _at.HostKind = HostKind.None;
        CopyPath();
        CopyQuery();
        return Fragment(1);
    }

    private void WriteScheme(scoped ReadOnlySpan<char> scheme)
    {
        _out.Add(scheme);
        _at.SchemeEnd = scheme.Length;
        _at.Special = _scheme;
        _out.Add(':');
    }

    private bool Relative(int p)
    {
        if (p < _input.Length && (_input[p] == '/' || (IsSpecial && _input[p] == '\\')))
        {
            RemarkIfBackslash(p);
            return RelativeSlash(p + 1);
        }

        CopyAuthority();
        return RelativePath(p);
    }

    /// <summary>The rest of "relative state" and "file state": what of the base's path and query stays.</summary>
    private bool RelativePath(int p)
    {
        CopyPath();
        if (p == _input.Length)
        {
            FinishPath();
            CopyQuery();
            return true;
        }

        switch (_input[p])
        {
            case '?':
                FinishPath();
                return Query(p + 1);
            case '#':
                FinishPath();
                CopyQuery();
                return Fragment(p + 1);
            default:
                if (_scheme == SpecialScheme.File && StartsWithDriveLetter(_input[p..]))
                {
                    Remark("file-invalid-Windows-drive-letter", p, 2, "A drive letter stands where a relative path was expected.");
                    _out.Truncate(_at.PathStart);
                }
                else
                {
                    Shorten();
                }

                return Path(p);
        }
    }

    private bool RelativeSlash(int p)
    {
        if (p < _input.Length && (_input[p] == '/' || (IsSpecial && _input[p] == '\\')))
        {
            RemarkIfBackslash(p);
            return IsSpecial ? AfterSlashes(p + 1) : Authority(p + 1);
        }

        CopyAuthority();
        StartPath();
        return Path(p);
    }

    /// <summary>"Special authority ignore slashes state".</summary>
    private bool AfterSlashes(int p)
    {
        for (; p < _input.Length && _input[p] is '/' or '\\'; p++)
            Remark("special-scheme-missing-following-solidus", p, 1, "There should be exactly two slashes after the scheme.");
        return Authority(p);
    }

    private void CopyAuthority()
    {
        ref readonly UrlOffsets from = ref _base!.Offsets;
        _at.HostKind = from.HostKind;
        _at.Port = from.Port;
        _at.HasPort = from.HasPort;
        if (from.HostKind == HostKind.None)
            return;
        int shift = _out.Length - (from.SchemeEnd + 1);
        _at.UsernameEnd = from.UsernameEnd + shift;
        _at.HostStart = from.HostStart + shift;
        _at.HostEnd = from.HostEnd + shift;
        _out.Add(_base.Href.AsSpan(from.SchemeEnd + 1, from.PathStart - from.SchemeEnd - 1));
    }

    private void CopyPath()
    {
        StartPath();
        _out.Add(_base!.PathnameSpan);
    }

    private void CopyQuery()
    {
        ref readonly UrlOffsets from = ref _base!.Offsets;
        if (from.SearchStart < 0)
            return;
        _at.SearchStart = _out.Length;
        _out.Add(_base.Href.AsSpan(from.SearchStart, from.SearchEnd(_base.Href) - from.SearchStart));
    }
}
