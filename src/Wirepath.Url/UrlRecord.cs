namespace Wirepath.Url;

/// <summary>
/// A parsed URL (WHATWG URL, "URL record"): the serialised string once, and where each component stands in it. It does not
/// change; <see cref="UrlObject"/> has the setters.
/// </summary>
/// <remarks>
/// <code>
/// https://user:pass@example.com:1234/foo/bar?baz#quux
///      |      |     |          |    |       |   |
///      |      |     HostStart  |    |       |   HashStart (-1: none)
///      |      UsernameEnd      |    |       SearchStart (-1: none)
///      SchemeEnd               HostEnd      |
///                                   PathStart
/// </code>
/// The components with <c>Span</c> in their names are slices and cost nothing; those that are strings are made at each call.
/// </remarks>
public sealed partial class UrlRecord : IEquatable<UrlRecord>
{
    private readonly UrlOffsets _at;

    internal UrlRecord(string href, in UrlOffsets at)
    {
        Href = href;
        _at = at;
    }

    /// <summary>The whole URL, serialised.</summary>
    public string Href { get; }

    /// <summary>Lower case, without the colon.</summary>
    public string Scheme => _at.Special.Name() ?? SchemeSpan.ToString();

    public ReadOnlySpan<char> SchemeSpan => Href.AsSpan(0, _at.SchemeEnd);

    /// <summary>Percent-encoded; empty when there is none.</summary>
    public string Username => UsernameSpan.ToString();

    public ReadOnlySpan<char> UsernameSpan => _at.HasCredentials ? Href.AsSpan(_at.UsernameStart, _at.UsernameEnd - _at.UsernameStart) : default;

    /// <summary>Percent-encoded; empty when there is none.</summary>
    public string Password => PasswordSpan.ToString();

    public ReadOnlySpan<char> PasswordSpan => _at.HasCredentials && _at.UsernameEnd < _at.HostStart - 1 ? Href.AsSpan(_at.UsernameEnd + 1, _at.HostStart - _at.UsernameEnd - 2) : default;

    /// <summary>Serialised (IPv6 in square brackets); null when the URL has no host.</summary>
    public string? Host => HostKind == HostKind.None ? null : HostSpan.ToString();

    /// <summary>As <see cref="Host"/>; empty when there is none, too.</summary>
    public ReadOnlySpan<char> HostSpan => Href.AsSpan(_at.HostStart, _at.HostEnd - _at.HostStart);

    public HostKind HostKind => _at.HostKind;

    /// <summary>Null when the URL has no port or names its scheme's default.</summary>
    public ushort? Port => _at.HasPort ? _at.Port : null;

    /// <summary>The scheme's default port; null for file and for schemes that are not special.</summary>
    public ushort? DefaultPort => _at.Special.DefaultPort();

    /// <summary>The port to connect to: <see cref="Port"/>, else the scheme's default.</summary>
    public ushort? EffectivePort => Port ?? DefaultPort;

    /// <summary>Percent-encoded; begins with a slash unless <see cref="HasOpaquePath"/> or empty.</summary>
    public string Pathname => PathnameSpan.ToString();

    public ReadOnlySpan<char> PathnameSpan => Href.AsSpan(_at.PathStart, _at.PathEnd(Href) - _at.PathStart);

    /// <summary>True for paths that are one string and no list (<c>mailto:a@b</c>).</summary>
    public bool HasOpaquePath => _at.OpaquePath;

    /// <summary>With its <c>?</c>; empty when there is no query or the query is empty, as the standard's <c>search</c> is.</summary>
    public string Search => SearchSpan.ToString();

    public ReadOnlySpan<char> SearchSpan => QuerySpan.IsEmpty ? default : Href.AsSpan(_at.SearchStart, QuerySpan.Length + 1);

    /// <summary>Without its <c>?</c>; null when there is none.</summary>
    public string? Query => _at.SearchStart < 0 ? null : QuerySpan.ToString();

    /// <summary>As <see cref="Query"/>; empty when there is none, too.</summary>
    public ReadOnlySpan<char> QuerySpan => _at.SearchStart < 0 ? default : Href.AsSpan(_at.SearchStart + 1, _at.SearchEnd(Href) - _at.SearchStart - 1);

    /// <summary>With its <c>#</c>; empty when there is no fragment or the fragment is empty, as the standard's <c>hash</c> is.</summary>
    public string Hash => FragmentSpan.IsEmpty ? "" : Href[_at.HashStart..];

    /// <summary>Without its <c>#</c>; null when there is none.</summary>
    public string? Fragment => _at.HashStart < 0 ? null : FragmentSpan.ToString();

    /// <summary>As <see cref="Fragment"/>; empty when there is none, too.</summary>
    public ReadOnlySpan<char> FragmentSpan => _at.HashStart < 0 ? default : Href.AsSpan(_at.HashStart + 1);

    /// <summary>True for http, https, ws, wss, ftp and file.</summary>
    public bool IsSpecial => _at.Special != SpecialScheme.None;

    /// <summary>A user name or password, or both.</summary>
    public bool HasCredentials => _at.HasCredentials;

    /// <summary>Host and port as a <c>Host</c> field carries them (RFC 9112 §3.2): the default port is left out.</summary>
    public string Authority => _at.HostKind == HostKind.None ? "" : Href[_at.HostStart.._at.PathStart];

    /// <summary>The request target in origin form (RFC 9112 §3.2.1): path and query, never the fragment.</summary>
    public string PathAndQuery
    {
        get
        {
            int end = _at.SearchEnd(Href);
            if (_at.PathStart == _at.PathEnd(Href))
                return "/" + Href[_at.PathStart..end];
            return Href[_at.PathStart..end];
        }
    }

    /// <summary>
    /// WHATWG URL, "origin", serialised; <c>null</c> in letters for an opaque origin. That of a blob URL is that of the URL which is
    /// its path; there is no blob store here.
    /// </summary>
    public string Origin
    {
        get
        {
            if (SchemeSpan is "blob")
                return TryParse(Pathname, out UrlRecord? inner) && inner._at.Special is SpecialScheme.Http or SpecialScheme.Https ? inner.Origin : "null";
            return IsSpecial && _at.Special != SpecialScheme.File ? string.Concat(SchemeSpan, "://", Href.AsSpan(_at.HostStart, _at.PathStart - _at.HostStart)) : "null";
        }
    }

    /// <summary>The URL without its fragment.</summary>
    public ReadOnlySpan<char> HrefWithoutFragment => Href.AsSpan(0, _at.SearchEnd(Href));

    /// <summary>The host for a person: A-labels in Unicode unless they are wrong ("domain to Unicode"); null when there is none.</summary>
    public string? UnicodeHost => HostKind == HostKind.Domain && Idna.TryToUnicode(HostSpan, IdnaOptions.Url, out string unicode, out _) ? unicode : Host;

    internal ref readonly UrlOffsets Offsets => ref _at;

    public bool Equals(UrlRecord? other) => other is not null && Href == other.Href;

    /// <summary>WHATWG URL, "equals" with exclude fragments.</summary>
    public bool EqualsWithoutFragment(UrlRecord? other) => other is not null && HrefWithoutFragment.SequenceEqual(other.HrefWithoutFragment);

    public override bool Equals(object? obj) => Equals(obj as UrlRecord);

    public override int GetHashCode() => Href.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Href;
}
