using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>A server that the configuration names.</summary>
/// <param name="Endpoint">Address and port.</param>
/// <param name="TlsName">The name in its certificate, for DNS over TLS; empty when none was given.</param>
public readonly record struct ConfiguredServer(IpEndpoint Endpoint, string TlsName);

/// <summary>A zone whose authoritative servers are configured instead of found.</summary>
public sealed record StubZone(DomainName Name)
{
    public IReadOnlyList<ConfiguredServer> Servers { get; init; } = [];

    /// <summary>Servers by name: their addresses are looked up.</summary>
    public IReadOnlyList<DomainName> Hosts { get; init; } = [];

    /// <summary>The configured servers are only asked who the zone's servers are, as root hints are.</summary>
    public bool Prime { get; init; }

    /// <summary>When these servers fail, search as if the stub were not there.</summary>
    public bool FallBack { get; init; }

    /// <summary>Keep none of its answers.</summary>
    public bool NoCache { get; init; }

    public bool OverTcp { get; init; }

    public bool OverTls { get; init; }
}

/// <summary>A part of the name space for which other recursive resolvers are asked.</summary>
public sealed record ForwardZone(DomainName Name)
{
    /// <summary>None, and no <see cref="Hosts"/>: names here are looked up by iteration, although a forward above covers them.</summary>
    public IReadOnlyList<ConfiguredServer> Servers { get; init; } = [];

    /// <summary>Servers by name: their addresses are looked up.</summary>
    public IReadOnlyList<DomainName> Hosts { get; init; } = [];

    /// <summary>When these servers fail, search by iteration.</summary>
    public bool FallBack { get; init; }

    /// <summary>Keep none of its answers.</summary>
    public bool NoCache { get; init; }

    public bool OverTcp { get; init; }

    public bool OverTls { get; init; }
}

/// <summary>A zone of which this resolver has a copy.</summary>
public sealed record AuthorityZone(DomainName Name)
{
    /// <summary>Where to transfer it from.</summary>
    public IReadOnlyList<ConfiguredServer> Primaries { get; init; } = [];

    /// <summary>Where it is kept; null: in memory alone.</summary>
    public string? File { get; init; }

    /// <summary>Answer clients from it, with AA.</summary>
    public bool ForClients { get; init; } = true;

    /// <summary>Use it in place of the zone's servers when iterating.</summary>
    public bool ForIteration { get; init; } = true;

    /// <summary>When it cannot answer, ask the zone's servers.</summary>
    public bool FallBack { get; init; }
}

/// <summary>What a client of some addresses may do.</summary>
public enum AccessAction
{
    /// <summary>Ask for recursion.</summary>
    Allow,
    /// <summary>And without RD: look into the cache.</summary>
    AllowSnoop,
    /// <summary>As <see cref="Allow"/>, whether RD is set or not.</summary>
    AllowSetRd,
    /// <summary>Over UDP only with a valid cookie (RFC 7873).</summary>
    AllowCookie,
    /// <summary>Gets no answer.</summary>
    Deny,
    /// <summary>Gets REFUSED.</summary>
    Refuse,
    /// <summary>Gets answers from local zones only; else none.</summary>
    DenyNonLocal,
    /// <summary>Gets answers from local zones only; else REFUSED.</summary>
    RefuseNonLocal,
}

public readonly record struct AccessRule(IpPrefix Clients, AccessAction Action);

/// <summary>What becomes of an answer that has an address of the prefix.</summary>
/// <param name="Addresses">Addresses in A and AAAA records of the answer.</param>
/// <param name="Action">As with local zones.</param>
/// <param name="Replacement">With <see cref="LocalZoneType.Redirect"/>: the records given instead; their owner is of no meaning.</param>
public sealed record ResponseRule(IpPrefix Addresses, LocalZoneType Action, IReadOnlyList<DnsRecord> Replacement);
