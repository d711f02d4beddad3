namespace Wirepath.Url;

// WHATWG URL, "URL class": the setters' steps. Each gives another URL, or this one when the standard leaves the URL unchanged.
public sealed partial class UrlRecord
{
    private bool CannotHaveCredentialsOrPort => HostKind is HostKind.None or HostKind.Empty || _at.Special == SpecialScheme.File;

    /// <summary>With another scheme, with or without its colon. Special schemes change only into special ones, and others only into others.</summary>
    public UrlRecord WithProtocol(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var text = new GrowingBuffer<char>(stackalloc char[64]);
        UrlParser.Strip(value, ref text);
        text.Add(':');
        int length = UrlParser.SchemeLength(text.Written);
        string scheme = text.Written[..Math.Max(length, 0)].ToString().ToLowerInvariant();
        text.Dispose();
        SpecialScheme special = SpecialSchemes.Of(scheme);
        if (length < 0
            || (special == SpecialScheme.None) == IsSpecial
            || (special == SpecialScheme.File && (HasCredentials || Port is not null))
            || (_at.Special == SpecialScheme.File && HostKind == HostKind.Empty))
        {
            return this;
        }

        UrlParts parts = UrlParts.Of(this);
        parts.Scheme = scheme;
        parts.Special = special;
        if (parts.Port == special.DefaultPort())
            parts.Port = null;
        return parts.ToRecord();
    }

    public UrlRecord WithUsername(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (CannotHaveCredentialsOrPort)
            return this;
        UrlParts parts = UrlParts.Of(this);
        parts.Username = PercentEncoding.Encode(value, PercentEncodeSet.Userinfo);
        return parts.ToRecord();
    }

    public UrlRecord WithPassword(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (CannotHaveCredentialsOrPort)
            return this;
        UrlParts parts = UrlParts.Of(this);
        parts.Password = PercentEncoding.Encode(value, PercentEncodeSet.Userinfo);
        return parts.ToRecord();
    }

    /// <summary>With another host; and another port when one is given. What follows a slash, question mark or number sign is ignored.</summary>
    public UrlRecord WithHost(string value) => WithHost(value, portIsTaken: true);

    /// <summary>With another host. A port makes the value invalid.</summary>
    public UrlRecord WithHostname(string value) => WithHost(value, portIsTaken: false);

    /// <summary>With the port that the value begins with; with the empty string, without one.</summary>
    public UrlRecord WithPort(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (CannotHaveCredentialsOrPort)
            return this;
        UrlParts parts = UrlParts.Of(this);
        if (value.Length == 0)
        {
            parts.Port = null;
            return parts.ToRecord();
        }

        var text = new GrowingBuffer<char>(stackalloc char[16]);
        UrlParser.Strip(value, ref text);
        bool read = TryLeadingPort(text.Written, out ushort port);
        text.Dispose();
        if (!read)
            return this;
        parts.Port = port == DefaultPort ? null : port;
        return parts.ToRecord();
    }

    public UrlRecord WithPathname(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (HasOpaquePath)
            return this;
        var text = new GrowingBuffer<char>(stackalloc char[128]);
        UrlParser.Strip(value, ref text);
        var path = new GrowingBuffer<char>(stackalloc char[128]);
        ReadOnlySpan<char> segments = text.Written;
        if (!segments.IsEmpty || IsSpecial)
            UrlParser.WriteSegments(segments is ['/', ..] || (IsSpecial && segments is ['\\', ..]) ? segments[1..] : segments, _at.Special, 0, ref path);
        else if (HostKind == HostKind.None)
            path.Add('/');
        UrlParts parts = UrlParts.Of(this);
        parts.Path = path.Written.ToString();
        UrlRecord url = parts.ToRecord();
        path.Dispose();
        text.Dispose();
        return url;
    }

    /// <summary>With another query, with or without its question mark; with the empty string, without one.</summary>
    public UrlRecord WithSearch(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var text = new GrowingBuffer<char>(stackalloc char[128]);
        UrlParser.Strip(value is ['?', ..] ? value.AsSpan(1) : value, ref text);
        var query = new GrowingBuffer<char>(stackalloc char[128]);
        UrlParser.WriteQuery(text.Written, _at.Special, null, ref query);
        UrlRecord url = value.Length == 0 ? WithQuery(null) : WithQuery(query.Written.ToString());
        query.Dispose();
        text.Dispose();
        return url;
    }

    /// <summary>With another fragment, with or without its number sign; with the empty string, without one.</summary>
    public UrlRecord WithHash(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var text = new GrowingBuffer<char>(stackalloc char[128]);
        UrlParser.Strip(value is ['#', ..] ? value.AsSpan(1) : value, ref text);
        UrlParts parts = UrlParts.Of(this);
        parts.HasFragment = value.Length > 0;
        parts.Fragment = PercentEncoding.Encode(text.Written, PercentEncodeSet.Fragment);
        text.Dispose();
        return parts.ToRecord();
    }

    /// <param name="query">In its serialised form; null for none.</param>
    internal UrlRecord WithQuery(string? query)
    {
        UrlParts parts = UrlParts.Of(this);
        parts.HasQuery = query is not null;
        parts.Query = query;
        return parts.ToRecord();
    }

    private UrlRecord WithHost(string value, bool portIsTaken)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (HasOpaquePath)
            return this;
        var text = new GrowingBuffer<char>(stackalloc char[128]);
        UrlParser.Strip(value, ref text);
        var host = new GrowingBuffer<char>(stackalloc char[128]);
        scoped UrlParts parts = UrlParts.Of(this);
        UrlRecord url = TryHost(text.Written, portIsTaken, ref host, ref parts) ? parts.ToRecord() : this;
        host.Dispose();
        text.Dispose();
        return url;
    }

    /// <summary>"Host state", "file host state" and "port state" with a state override.</summary>
    private bool TryHost(scoped ReadOnlySpan<char> text, bool portIsTaken, scoped ref GrowingBuffer<char> host, ref UrlParts parts)
    {
        bool isFile = _at.Special == SpecialScheme.File;
        int end = IsSpecial ? text.IndexOfAny("/?#\\") : text.IndexOfAny('/', '?', '#');
        if (end >= 0)
            text = text[..end];
        int colon = isFile ? -1 : UrlParser.PortColon(text);
        ReadOnlySpan<char> name = colon < 0 ? text : text[..colon];
        if (name.IsEmpty && !isFile && (colon == 0 || IsSpecial || HasCredentials || Port is not null))
            return false;
        if (colon >= 0 && !portIsTaken)
            return false;

        HostKind kind = HostKind.Empty;
        if (!name.IsEmpty && !HostParser.TryParse(name, !IsSpecial, ref host, null, out kind))
            return false;
        if (isFile && host.Written is "localhost")
        {
            host.Truncate(0);
            kind = HostKind.Empty;
        }

        parts.Host = host.Written.ToString();
        parts.HostKind = kind;
        // The host stays also when the port is wrong.
        if (colon >= 0 && TryLeadingPort(text[(colon + 1)..], out ushort port))
            parts.Port = port == DefaultPort ? null : port;
        return true;
    }

    private static bool TryLeadingPort(ReadOnlySpan<char> text, out ushort port)
    {
        int value = 0, digits = 0;
        for (; digits < text.Length && char.IsAsciiDigit(text[digits]); digits++)
            value = Math.Min((value * 10) + text[digits] - '0', ushort.MaxValue + 1);
        port = (ushort)value;
        return digits > 0 && value <= ushort.MaxValue;
    }
}
