using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>What the validator believes, and how much work it does for it.</summary>
public sealed record ValidatorSettings
{
    /// <summary>
    /// Take RSA/SHA-1 signatures and SHA-1 digests for good. On: RFC 9905 §2 wants validators to go on checking them while
    /// zones use them. Off, such zones count as unsigned, as RFC 9905 recommends to operators.
    /// </summary>
    public bool AllowSha1 { get; init; } = true;

    /// <summary>Take DSA signatures (algorithms 3 and 6) for good. Off: RFC 8624 §3.1 forbids it; only old scenarios need it.</summary>
    public bool AllowDsa { get; init; }

    /// <summary>Demand a good signature of every algorithm that the DS set names (RFC 6840 §5.11 leaves it to us). Off: any will do.</summary>
    public bool HardenAlgorithmDowngrade { get; init; }

    /// <summary>The time that signatures are checked against; null for the clock's. For scenarios whose signatures are old.</summary>
    public Instant? OverrideDate { get; init; }

    /// <summary>Leave inception and expiration of signatures alone. For scenarios.</summary>
    public bool IgnoreDates { get; init; }

    /// <summary>Tolerance for clocks that are wrong: a tenth of a signature's life, but at least this. 1 hour: wrong daylight saving.</summary>
    public TimeSpan LeastSkew { get; init; } = TimeSpan.FromHours(1);

    /// <summary>And at most this. 1 day: wrong time zones and dates.</summary>
    public TimeSpan MostSkew { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Keys of one zone that share tag and algorithm and are tried. 4: one collision is chance, more is KeyTrap (CVE-2023-50387).</summary>
    public int MostKeysPerTag { get; init; } = 4;

    /// <summary>Signatures tried for one set, good or bad. 8: two keys in each of two algorithms, old and new, during a roll-over.</summary>
    public int MostSignaturesPerSet { get; init; } = 8;

    /// <summary>DNSKEY records of one zone that are looked at. 48: a roll-over in three algorithms has a dozen.</summary>
    public int MostKeysPerZone { get; init; } = 48;

    /// <summary>DS records of one zone that are looked at. 48: as for keys; each costs a digest.</summary>
    public int MostDigestsPerZone { get; init; } = 48;

    /// <summary>NSEC and NSEC3 sets of one message that are looked at. 16: a proof has three, an alias chain three for each link.</summary>
    public int MostDenialSets { get; init; } = 16;

    /// <summary>Iterations of an NSEC3 chain above which its proofs count as none and the zone as unsigned (RFC 9276 §3.2). 150.</summary>
    public int MostNsec3Iterations { get; init; } = 150;

    /// <summary>Times that DS or DNSKEY are asked for again from other servers when what came was bogus. 5.</summary>
    public int MostChainRetries { get; init; } = 5;

    /// <summary>How long a zone whose keys are bogus stays so before it is tried again. 60 s, doubled with each failure.</summary>
    public TimeSpan BadKeyMemory { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest that doubling gets. 15 minutes: a repaired zone must not stay dark much longer.</summary>
    public TimeSpan MostBadKeyMemory { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The longest that keys are believed without being asked for again, whatever their TTL. 1 day.</summary>
    public TimeSpan MostKeyMemory { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Zones whose keys are remembered; the least recently used is forgotten. 10,000: some 10 MB.</summary>
    public int MostZonesRemembered { get; init; } = 10_000;

    /// <summary>Drop additional records of a secure answer that are not secure themselves.</summary>
    public bool CleanAdditionals { get; init; } = true;
}
