using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Wirepath.Url;

/// <summary>
/// A parsed URL (WHATWG URL, "URL record"): the serialised string once, and where each component stands in it.
/// </summary>
/// <remarks>
/// <code>
/// https://user:pass@example.com:1234/foo/bar?baz#quux
///      |  |   |     |          |    |       |   |
///      |  |   |     HostStart  |    |       |   HashStart (-1: none)
///      |  |   UsernameEnd      |    |       SearchStart (-1: none)
///      |  UsernameStart        |    PathStart
///      SchemeEnd              HostEnd
/// </code>
/// </remarks>
public sealed class UrlRecord : IEquatable<UrlRecord>
{
    private readonly UrlOffsets _offsets;

    internal UrlRecord(string href, in UrlOffsets offsets)
    {
        Href = href;
        _offsets = offsets;
        IsSpecial = SpecialScheme.TryGet(Scheme, out ushort? defaultPort);
        DefaultPort = defaultPort;
    }

    /// <summary>The whole URL, serialised.</summary>
    public string Href { get; }

    /// <summary>Lower case, without the colon.</summary>
    public string Scheme => Href[.._offsets.SchemeEnd];

    /// <summary>Percent-encoded; empty when there is none.</summary>
    public string Username => _offsets.HasCredentials ? Href[_offsets.UsernameStart.._offsets.UsernameEnd] : "";

    /// <summary>Percent-encoded; empty when there is none.</summary>
    public string Password => _offsets.HasCredentials && _offsets.UsernameEnd + 1 < _offsets.HostStart - 1 ? Href[(_offsets.UsernameEnd + 1)..(_offsets.HostStart - 1)] : "";

    /// <summary>Serialised (IPv6 in square brackets); null when the URL has no host.</summary>
    public string? Host => HostKind == HostKind.None ? null : Href[_offsets.HostStart.._offsets.HostEnd];

    public HostKind HostKind => _offsets.HostKind;

    /// <summary>Null when the URL has no port or names its scheme's default.</summary>
    public ushort? Port => _offsets.Port;

    /// <summary>The scheme's default port; null for file and for schemes that are not special.</summary>
    public ushort? DefaultPort { get; }

    /// <summary>The port to connect to: <see cref="Port"/>, else the scheme's default.</summary>
    public ushort? EffectivePort => Port ?? DefaultPort;

    /// <summary>Percent-encoded; begins with a slash unless <see cref="HasOpaquePath"/> or empty.</summary>
    public string Pathname => Href[_offsets.PathStart.._offsets.PathEnd(Href)];

    /// <summary>True for paths that are one string and no list (<c>mailto:a@b</c>).</summary>
    public bool HasOpaquePath => _offsets.OpaquePath;

    /// <summary>With its <c>?</c>; empty when there is no query or the query is empty, as the standard's <c>search</c> is.</summary>
    public string Search => _offsets.SearchStart < 0 || _offsets.SearchStart + 1 == _offsets.SearchEnd(Href) ? "" : Href[_offsets.SearchStart.._offsets.SearchEnd(Href)];

    /// <summary>Without its <c>?</c>; null when there is none.</summary>
    public string? Query => _offsets.SearchStart < 0 ? null : Href[(_offsets.SearchStart + 1).._offsets.SearchEnd(Href)];

    /// <summary>With its <c>#</c>; empty when there is no fragment or the fragment is empty, as the standard's <c>hash</c> is.</summary>
    public string Hash => _offsets.HashStart < 0 || _offsets.HashStart + 1 == Href.Length ? "" : Href[_offsets.HashStart..];

    /// <summary>Without its <c>#</c>; null when there is none.</summary>
    public string? Fragment => _offsets.HashStart < 0 ? null : Href[(_offsets.HashStart + 1)..];

    /// <summary>True for http, https, ws, wss, ftp and file.</summary>
    public bool IsSpecial { get; }

    /// <summary>Host and port as a <c>Host</c> field carries them (RFC 9112 §3.2): the default port is left out.</summary>
    public string Authority => Port is ushort port ? string.Create(CultureInfo.InvariantCulture, $"{Host}:{port}") : Host ?? "";

    /// <summary>The request target in origin form (RFC 9112 §3.2.1): path and query, never the fragment.</summary>
    public string PathAndQuery
    {
        get
        {
            int end = _offsets.SearchEnd(Href);
            return _offsets.PathStart == end ? "/" : Href[_offsets.PathStart..end];
        }
    }

    /// <summary>WHATWG URL, "origin", serialised; <c>null</c> in letters for an opaque origin.</summary>
    public string Origin
    {
        get
        {
            if (Scheme == "blob")
            {
                return TryParse(Pathname, null, out UrlRecord? inner, out _) && inner.Scheme is "http" or "https" ? inner.Origin : "null";
            }

            return IsSpecial && Scheme != "file" ? $"{Scheme}://{Authority}" : "null";
        }
    }

    internal ref readonly UrlOffsets Offsets => ref _offsets;

    /// <summary>WHATWG URL, "basic URL parser", with <paramref name="baseUrl"/> for relative inputs.</summary>
    public static bool TryParse(string input, UrlRecord? baseUrl, [NotNullWhen(true)] out UrlRecord? url, [NotNullWhen(false)] out UrlFailure? failure) =>
        TryParse(input, baseUrl, null, out url, out failure);

    /// <summary>As above, and adds what the standard calls validation errors to <paramref name="errors"/> in the order they are met.</summary>
    public static bool TryParse(string input, UrlRecord? baseUrl, ICollection<UrlValidationError>? errors, [NotNullWhen(true)] out UrlRecord? url, [NotNullWhen(false)] out UrlFailure? failure)
    {
        ArgumentNullException.ThrowIfNull(input);
        var parser = new UrlParser(input, baseUrl, errors);
        failure = parser.Run() ? null : parser.Failure;
        url = failure is null ? parser.ToRecord() : null;
        return failure is null;
    }

    /// <summary>Whether <see cref="TryParse(string, UrlRecord?, out UrlRecord?, out UrlFailure?)"/> would succeed.</summary>
    public static bool CanParse(ReadOnlySpan<char> input, UrlRecord? baseUrl = null) => new UrlParser(input, baseUrl, null).Run();

    public bool Equals(UrlRecord? other) => other is not null && Href == other.Href;

    public override bool Equals(object? obj) => Equals(obj as UrlRecord);

    public override int GetHashCode() => Href.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Href;
}
