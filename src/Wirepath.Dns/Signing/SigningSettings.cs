namespace Wirepath.Dns;

/// <summary>How a zone proves what it does not have.</summary>
public enum DenialKind
{
    /// <summary>RFC 4034 §4: whoever asks often enough has the list of all names.</summary>
    Nsec,
    /// <summary>RFC 5155, with RFC 9276 §3.1: no iterations, no salt.</summary>
    Nsec3,
}

/// <summary>How a <see cref="ZoneSigner"/> signs.</summary>
public sealed record SigningSettings
{
    public DenialKind Denial { get; init; }

    /// <summary>With <see cref="DenialKind.Nsec3"/>: delegations without DS have no record (RFC 5155 §6). Only for zones that are mostly such delegations.</summary>
    public bool OptOut { get; init; }

    /// <summary>From signing to expiry. 14 days: a weekend and a week to notice that signing stopped (RFC 6781 §4.4.2).</summary>
    public TimeSpan Validity { get; init; } = TimeSpan.FromDays(14);

    /// <summary>How far inception lies back. 1 h: validators' clocks that are slow (RFC 6781 §4.4.2).</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Seconds; of the DNSKEY set when the file has none. 3,600.</summary>
    public uint DnskeyTtl { get; init; } = 3600;

    /// <summary>CDS and CDNSKEY for the keys that the parent should know (RFC 7344, RFC 8078).</summary>
    public bool PublishCds { get; init; }
}
