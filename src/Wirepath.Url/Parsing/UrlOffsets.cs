namespace Wirepath.Url;

/// <summary>Where each component stands in a serialised URL; the figure is at <see cref="UrlRecord"/>.</summary>
internal readonly record struct UrlOffsets
{
    public int SchemeEnd { get; init; }
    public int UsernameStart { get; init; }
    public int UsernameEnd { get; init; }
    public int HostStart { get; init; }
    public int HostEnd { get; init; }
    public int PathStart { get; init; }

    /// <summary>Of the <c>?</c>; -1 when there is no query.</summary>
    public int SearchStart { get; init; }

    /// <summary>Of the <c>#</c>; -1 when there is no fragment.</summary>
    public int HashStart { get; init; }

    public ushort? Port { get; init; }
    public HostKind HostKind { get; init; }
    public bool OpaquePath { get; init; }
    public bool HasCredentials { get; init; }

    public int PathEnd(string href) => SearchStart >= 0 ? SearchStart : SearchEnd(href);

    public int SearchEnd(string href) => HashStart >= 0 ? HashStart : href.Length;
}
