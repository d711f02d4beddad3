using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>What is known of a zone's keys: they are good, the zone is provably unsigned, or something is wrong with them.</summary>
internal sealed class ZoneTrust(DomainName name, Security security, Instant expires) : LruEntry<DomainName, ZoneTrust>(name, size: 1)
{
    /// <summary>The apex; of a name at which no zone begins, that name.</summary>
    public DomainName Zone => Key;

    /// <summary>Secure: the keys are good. Insecure: no keys are needed. Bogus: nothing of the zone can be believed.</summary>
    public Security Security { get; } = security;

    public Instant Expires { get; } = expires;

    /// <summary>No zone begins here; the keys of the zone above count. Nothing else is set then.</summary>
    public bool IsNoCut { get; init; }

    /// <summary>With <see cref="IsNoCut"/>: nothing is here nor below, so no zone begins below either.</summary>
    public bool IsNoName { get; init; }

    /// <summary>Keys that may sign the zone's data.</summary>
    public IReadOnlyList<DnsKeyData> Keys { get; init; } = [];

    /// <summary>Algorithms that must all have signed; empty: any one will do.</summary>
    public byte[] DemandedAlgorithms { get; init; } = [];

    /// <summary>Why it is bogus, or which algorithm made it insecure.</summary>
    public ExtendedError? Error { get; init; }

    /// <summary>Bogus so many times in a row.</summary>
    public int Failures { get; init; }

    /// <summary>How the keys came to be trusted; the start of the way up to the anchor.</summary>
    public TrustLink? Link { get; init; }
}

/// <summary>One step of a chain of trust, for people: which DS record vouches for which key of a zone.</summary>
/// <param name="Zone">The zone whose keys are meant.</param>
/// <param name="Security">What became of them.</param>
/// <param name="KeyTag">The key that signed the DNSKEY set; 0 where there is none.</param>
/// <param name="Algorithm">That key's algorithm.</param>
/// <param name="DigestType">Of the DS record that names it; 0 for a key that is itself the anchor.</param>
/// <param name="Explanation">One sentence.</param>
/// <param name="Parent">The zone that signed the DS record; null at the anchor.</param>
internal sealed record TrustLink(DomainName Zone, Security Security, ushort KeyTag, byte Algorithm, byte DigestType, string Explanation, TrustLink? Parent);

/// <summary>One set of an answer and the zone that vouches for it.</summary>
internal sealed record TrustedSet(DomainName Name, DnsType Type, Security Security, ushort KeyTag, byte Algorithm, string Explanation, TrustLink? Link);

/// <summary>Why an answer is believed, set by set: what a trace draws as a tree.</summary>
internal sealed record TrustChain(IReadOnlyList<TrustedSet> Sets);
