namespace Wirepath.Url;

/// <summary>What a URL's host is (WHATWG URL, "host representation").</summary>
public enum HostKind : byte
{
    /// <summary>There is no host at all (<c>mailto:x</c>).</summary>
    None,

    /// <summary>The host is the empty string (<c>file:///x</c>).</summary>
    Empty,

    /// <summary>A domain in its ASCII form.</summary>
    Domain,

    /// <summary>Dotted decimal, whatever form was typed.</summary>
    Ipv4,

    /// <summary>RFC 5952 text in square brackets.</summary>
    Ipv6,

    /// <summary>The host of a scheme that is not special: kept as it is, percent-encoded where needed.</summary>
    Opaque,
}
