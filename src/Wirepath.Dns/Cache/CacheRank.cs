namespace Wirepath.Dns;

/// <summary>How far data are believed, least first (RFC 2181 §5.4.1): the section that they came in and who said it.</summary>
public enum CacheRank
{
    /// <summary>Additional data of a reply that is not authoritative: glue.</summary>
    Additional,
    /// <summary>NS records of a referral.</summary>
    Referral,
    /// <summary>Additional data of an authoritative reply.</summary>
    AuthoritativeAdditional,
    /// <summary>Answer of a reply that is not authoritative: a forwarder's.</summary>
    Answer,
    /// <summary>Authority section of an authoritative reply.</summary>
    Authority,
    /// <summary>Answer section of an authoritative reply.</summary>
    AuthoritativeAnswer,
    /// <summary>Verified by signatures, wherever it came from.</summary>
    Validated,
}
