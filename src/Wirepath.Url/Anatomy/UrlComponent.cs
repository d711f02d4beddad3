namespace Wirepath.Url;

/// <summary>The parts of a URL that a person is shown one by one.</summary>
public enum UrlPart : byte
{
    Scheme,
    Username,
    Password,
    Host,
    Port,
    PathSegment,
    OpaquePath,
    QueryPair,
    Fragment,
}

/// <summary>One part of a URL.</summary>
/// <param name="Part">Which part it is.</param>
/// <param name="Raw">As it stands in the serialised URL (empty for a default port, which does not stand there).</param>
/// <param name="Decoded">For a person: percent-decoded, a host in Unicode, a query pair as <c>name = value</c>.</param>
/// <param name="Start">UTF-16 index of <paramref name="Raw"/> in <see cref="UrlRecord.Href"/>; -1 for a default port.</param>
/// <param name="Note">What else is worth knowing, by code; Explain has the words.</param>
public sealed record UrlComponent(UrlPart Part, string Raw, string Decoded, int Start, UrlComponentNote Note = UrlComponentNote.None)
{
    /// <summary>A query pair's name, decoded as <c>application/x-www-form-urlencoded</c>; empty for other parts.</summary>
    public string Name { get; init; } = "";

    /// <summary>A query pair's value, decoded likewise; empty for other parts.</summary>
    public string Value { get; init; } = "";
}

public enum UrlComponentNote : byte
{
    None,

    /// <summary>The port is the scheme's default.</summary>
    DefaultPort,

    /// <summary>The host is an internationalised name: Raw is its A-label form, Decoded its U-label form.</summary>
    InternationalisedName,

    /// <summary>The host is an address, nothing is to be resolved.</summary>
    AddressLiteral,

    /// <summary>Raw and Decoded differ by percent-encoding.</summary>
    PercentEncoded,
}
