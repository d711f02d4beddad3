using Wirepath.Wire;

namespace Wirepath.Dns;

// What is checked of signatures.
public sealed partial record ResolverSettings
{
    /// <summary>Validate what lies below a trust anchor.</summary>
    public bool Validate { get; init; } = true;

    /// <summary>Give bogus answers too, without AD: to try validation out.</summary>
    public bool ValidationIsPermissive { get; init; }

    /// <summary>The time that signatures are checked against; null: the clock's.</summary>
    public DateTimeOffset? ValidateAt { get; init; }

    /// <summary>Take signatures whenever they were made: for machines that have no clock yet.</summary>
    public bool IgnoreSignatureTimes { get; init; }

    /// <summary>Least time by which clocks may differ. 1 h: a wrong time zone. The least and the most bound 10 % of a signature's life.</summary>
    public TimeSpan LeastClockSkew { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Most time by which clocks may differ. 1 day.</summary>
    public TimeSpan MostClockSkew { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long bogus data are remembered as such. 60 s: long enough not to hammer a broken zone (RFC 4035 §4.7).</summary>
    public TimeSpan BogusTtl { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Drop unsigned records from the additional section of a secure answer.</summary>
    public bool CleanAdditional { get; init; } = true;

    /// <summary>Times that a bogus answer is asked for again from other servers. 5.</summary>
    public int MostValidationRestarts { get; init; } = 5;

    /// <summary>A signed zone without signatures is bogus; off: it counts as unsigned.</summary>
    public bool HardenDnssecStripped { get; init; } = true;

    /// <summary>Every algorithm that the DS set names must have signed; off: one is enough (RFC 6840 §5.11).</summary>
    public bool HardenAlgorithmDowngrade { get; init; }

    /// <summary>Ask another server when one leaves out the signatures of a signed zone.</summary>
    public bool CheckDnssecLame { get; init; } = true;

    /// <summary>Answer out of NSEC and NSEC3 records that are known already (RFC 8198).</summary>
    public bool AggressiveNsec { get; init; } = true;

    /// <summary>Names at and below which nothing is validated (negative trust anchors, RFC 7646).</summary>
    public IReadOnlyList<DomainName> InsecureNames { get; init; } = [];

    /// <summary>Accept RSA/SHA-1 signatures (algorithms 5 and 7) and SHA-1 digests in DS. On: RFC 9905 §2 leaves that to the operator, and zones still use them.</summary>
    public bool AcceptSha1 { get; init; } = true;

    /// <summary>Accept DSA signatures (algorithms 3 and 6). Off: RFC 8624 §3.1 forbids them; scenarios of 2007 have them.</summary>
    public bool AcceptDsa { get; init; }

    /// <summary>Answer questions for root key sentinels (RFC 8509).</summary>
    public bool UseRootKeySentinel { get; init; } = true;

    /// <summary>How long a new trust anchor must be seen before it counts. 30 days: RFC 5011 §2.4.1.</summary>
    public TimeSpan AddHoldDown { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long a revoked trust anchor is remembered. 30 days: RFC 5011 §2.4.2.</summary>
    public TimeSpan RemoveHoldDown { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long a trust anchor that is no longer seen is kept. 366 days; zero: for ever.</summary>
    public TimeSpan KeepMissingAnchor { get; init; } = TimeSpan.FromDays(366);

    // Bounds of the validator's work and memory.

    /// <summary>Keys of one zone with the same tag and algorithm that are tried. 4: one collision is chance, more is KeyTrap (CVE-2023-50387).</summary>
    public int MostKeysPerTag { get; init; } = 4;

    /// <summary>DNSKEY records of one zone that are looked at. 48: a roll-over in three algorithms has a dozen.</summary>
    public int MostKeysPerZone { get; init; } = 48;

    /// <summary>DS records of one zone that are looked at. 48: each costs the digest of a key.</summary>
    public int MostDigestsPerZone { get; init; } = 48;

    /// <summary>NSEC and NSEC3 sets of one message that are looked at. 16: a proof has three, an alias chain three for each of its names.</summary>
    public int MostDenialSets { get; init; } = 16;

    /// <summary>The longest that a zone with bogus keys is left alone: <see cref="BogusTtl"/> doubles with each failure up to this. 15 minutes.</summary>
    public TimeSpan MostBadKeyMemory { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The longest that keys are believed without being asked for again, whatever their TTL. 1 day.</summary>
    public TimeSpan MostKeyMemory { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Zones whose keys are remembered; the least recently used is forgotten. 10,000: some 10 MB.</summary>
    public int MostZonesRemembered { get; init; } = 10_000;
}
