using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Wirepath.Url;

/// <summary>
/// WHATWG URL, "URL class": a URL that changes, with the names and the forgiving setters that JavaScript's <c>URL</c> has. A setter
/// whose value is not right leaves the URL as it was.
/// </summary>
public sealed class UrlObject
{
    private UrlSearchParams? _searchParams;

    public UrlObject(UrlRecord url)
    {
        ArgumentNullException.ThrowIfNull(url);
        Record = url;
    }

    /// <exception cref="FormatException">It is no URL.</exception>
    public UrlObject(string url, string? baseUrl = null)
        : this(UrlRecord.Parse(url, baseUrl is null ? null : UrlRecord.Parse(baseUrl)))
    {
    }

    /// <summary>As it is now.</summary>
    public UrlRecord Record { get; private set; }

    /// <exception cref="FormatException">The value is no URL.</exception>
    public string Href
    {
        get => Record.Href;
        set => Replace(UrlRecord.Parse(value));
    }

    public string Origin => Record.Origin;

    /// <summary>The scheme with its colon.</summary>
    public string Protocol
    {
        get => Record.Scheme + ":";
        set => Record = Record.WithProtocol(value);
    }

    public string Username
    {
        get => Record.Username;
        set => Record = Record.WithUsername(value);
    }

    public string Password
    {
        get => Record.Password;
        set => Record = Record.WithPassword(value);
    }

    /// <summary>With the port, unless it is the scheme's default. Setting it without a port keeps the port.</summary>
    public string Host
    {
        get => Record.Authority;
        set => Record = Record.WithHost(value);
    }

    public string Hostname
    {
        get => Record.Host ?? "";
        set => Record = Record.WithHostname(value);
    }

    /// <summary>Empty for none or the scheme's default.</summary>
    public string Port
    {
        get => Record.Port?.ToString(CultureInfo.InvariantCulture) ?? "";
        set => Record = Record.WithPort(value);
    }

    public string Pathname
    {
        get => Record.Pathname;
        set => Record = Record.WithPathname(value);
    }

    /// <summary>With its question mark; empty for no query or an empty one.</summary>
    public string Search
    {
        get => Record.Search;
        set => Replace(Record.WithSearch(value));
    }

    /// <summary>The query's pairs; changing them changes the URL.</summary>
    public UrlSearchParams SearchParams => _searchParams ??= new UrlSearchParams(this);

    /// <summary>With its number sign; empty for no fragment or an empty one.</summary>
    public string Hash
    {
        get => Record.Hash;
        set => Record = Record.WithHash(value);
    }

    public static bool TryParse([NotNullWhen(true)] string? url, string? baseUrl, [NotNullWhen(true)] out UrlObject? parsed)
    {
        UrlRecord? from = null;
        parsed = (baseUrl is null || UrlRecord.TryParse(baseUrl, out from)) && UrlRecord.TryParse(url, from, out UrlRecord? record) ? new UrlObject(record) : null;
        return parsed is not null;
    }

    public override string ToString() => Href;

    /// <summary>WHATWG URL, "update" of a URLSearchParams object.</summary>
    internal void Update(string query) => Record = Record.WithQuery(query.Length == 0 ? null : query);

    private void Replace(UrlRecord url)
    {
        Record = url;
        _searchParams?.Reload();
    }
}
