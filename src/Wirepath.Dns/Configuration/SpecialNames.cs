namespace Wirepath.Dns;

/// <summary>Names that never leave a resolver unless it is told otherwise.</summary>
internal static class SpecialNames
{
    /// <summary>A resolver answers these from the addresses of loopback (RFC 6761 §6.3).</summary>
    public static readonly string[] LoopbackRecords =
    [
        "localhost. 10800 IN NS localhost.",
        "localhost. 10800 IN SOA localhost. nobody.invalid. 1 3600 1200 604800 10800",
        "localhost. 10800 IN A 127.0.0.1",
        "localhost. 10800 IN AAAA ::1",
        "127.in-addr.arpa. 10800 IN NS localhost.",
        "127.in-addr.arpa. 10800 IN SOA localhost. nobody.invalid. 1 3600 1200 604800 10800",
        "1.0.0.127.in-addr.arpa. 10800 IN PTR localhost.",
        "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa. 10800 IN NS localhost.",
        "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa. 10800 IN SOA localhost. nobody.invalid. 1 3600 1200 604800 10800",
        "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa. 10800 IN PTR localhost.",
    ];

    /// <summary>Zones of loopback: those that <see cref="LoopbackRecords"/> fill.</summary>
    public static readonly string[] LoopbackZones =
        ["localhost.", "127.in-addr.arpa.", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa."];

    /// <summary>
    /// Empty zones: special-use names (RFC 6761 §6.2 and 6.4, RFC 7686, RFC 8375 §7, RFC 9462 §6, RFC 9665 §10), and addresses that mean
    /// nothing in the Internet but are not the site's own (RFC 6303 §4.2 to 4.6).
    /// </summary>
    public static readonly string[] EmptyZones =
    [
        "onion.", "test.", "invalid.", "home.arpa.", "resolver.arpa.", "service.arpa.",
        "0.in-addr.arpa.", "254.169.in-addr.arpa.", "2.0.192.in-addr.arpa.", "100.51.198.in-addr.arpa.", "113.0.203.in-addr.arpa.",
        "255.255.255.255.in-addr.arpa.",
        "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa.", "8.b.d.0.1.0.0.2.ip6.arpa.",
    ];

    /// <summary>Reverse names of private address space (RFC 6303 §4.1 and 4.4, RFC 7793): empty unless the site's own zones are to be asked.</summary>
    public static readonly string[] PrivateZones =
    [
        "10.in-addr.arpa.", "168.192.in-addr.arpa.",
        .. Enumerable.Range(16, 16).Select(n => FormattableString.Invariant($"{n}.172.in-addr.arpa.")),
        .. Enumerable.Range(64, 64).Select(n => FormattableString.Invariant($"{n}.100.in-addr.arpa.")),
        "d.f.ip6.arpa.", "8.e.f.ip6.arpa.", "9.e.f.ip6.arpa.", "a.e.f.ip6.arpa.", "b.e.f.ip6.arpa.",
    ];

    /// <summary>What an empty zone has at its top.</summary>
    public static string[] EmptyZone(string name) =>
        [$"{name} 10800 IN NS localhost.", $"{name} 10800 IN SOA localhost. nobody.invalid. 1 3600 1200 604800 10800"];
}
