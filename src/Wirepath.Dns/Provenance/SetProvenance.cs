using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Who gave records, and when.</summary>
/// <param name="Server">The server's address; of a stub, the resolver that it asked.</param>
/// <param name="Zone">The zone as whose server it was asked; the root for a resolver, which is asked for everything.</param>
/// <param name="At">When the reply came.</param>
public sealed record RecordSource(IpAddress Server, DomainName Zone, Instant At);

/// <summary>Where one set of an answer came from. A snapshot: no cache changes it afterwards.</summary>
/// <param name="Name">Owner.</param>
/// <param name="Type">Of its records.</param>
/// <param name="Records">With the TTL that is left; empty when they are withheld, because they are bogus.</param>
public sealed record SetProvenance(DomainName Name, DnsType Type, IReadOnlyList<DnsRecord> Records)
{
    /// <summary>Null for what no server gave: a hosts file, local data, an alias made from a DNAME.</summary>
    public RecordSource? Source { get; init; }

    /// <summary>How far the data are believed (RFC 2181 §5.4.1).</summary>
    public CacheRank Rank { get; init; }

    /// <summary>Seconds that are left.</summary>
    public int Ttl { get; init; }

    public Security Security { get; init; }

    /// <summary>Why it is insecure or bogus, in a clause; empty when there is nothing to say.</summary>
    public string Explanation { get; init; } = "";

    /// <summary>Tag of the key that signed the set; 0 when none did.</summary>
    public ushort KeyTag { get; init; }

    /// <summary>That key's algorithm by its mnemonic; empty when no key signed.</summary>
    public string Algorithm { get; init; } = "";

    /// <summary>From the trust anchor down to the zone that vouches for the set; empty when nothing was validated.</summary>
    public IReadOnlyList<TrustStep> Chain { get; init; } = [];

    /// <summary>The records are there to show that something is not: SOA, NSEC, NSEC3.</summary>
    public bool IsProof { get; init; }
}

/// <summary>One zone of a chain of trust (RFC 4035 §5): which DS record vouches for which of its keys.</summary>
/// <param name="Zone">The zone whose keys are meant.</param>
/// <param name="Security">What became of them.</param>
/// <param name="KeyTag">The key that signed the zone's keys, which the DS record or the anchor names; 0 where there is none.</param>
/// <param name="Algorithm">That key's algorithm by its mnemonic; empty where there is no key.</param>
/// <param name="DigestType">Of the DS record, at the anchor of the one that was configured; 0 when a key itself was, or there is none.</param>
/// <param name="Explanation">One clause: what vouches for the key, or why there is none.</param>
public sealed record TrustStep(DomainName Zone, Security Security, ushort KeyTag, string Algorithm, byte DigestType, string Explanation);
