using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// Which signatures and digests count (RFC 8624 as RFC 9904 to 9906 have it). What does not count makes a zone
/// unsigned, never bogus (RFC 4035 §5.2).
/// </summary>
internal sealed class AlgorithmPolicy(ResolverSettings settings)
{
    public bool Supports(byte algorithm) => (DnssecAlgorithm)algorithm switch
    {
        DnssecAlgorithm.RsaSha256 or DnssecAlgorithm.RsaSha512 => true,
        DnssecAlgorithm.EcdsaP256Sha256 or DnssecAlgorithm.EcdsaP384Sha384 => true,
        DnssecAlgorithm.Ed25519 => true,
        DnssecAlgorithm.Ed448 => Ed448.IsSupported,
        DnssecAlgorithm.RsaSha1 or DnssecAlgorithm.RsaSha1Nsec3Sha1 => settings.AcceptSha1,
        DnssecAlgorithm.Dsa or DnssecAlgorithm.DsaNsec3Sha1 => settings.AcceptDsa,
        _ => false,
    };

    /// <summary>
    /// The strongest digests first; who is strict about downgrades (RFC 4509 §3) looks at no others. Without that any will do,
    /// as any algorithm will (RFC 6840 §5.11): the parent has signed them all.
    /// </summary>
    public List<DsData> WorthTrying(List<DsData> digests)
    {
        byte strongest = digests.Count == 0 ? (byte)0 : digests.Max(ds => ds.DigestType);
        return settings.HardenAlgorithmDowngrade
            ? digests.FindAll(ds => ds.DigestType == strongest)
            : [.. digests.OrderByDescending(ds => ds.DigestType)];
    }

    public bool SupportsDigest(byte digestType) => (DigestType)digestType switch
    {
        DigestType.Sha256 or DigestType.Sha384 => true,
        DigestType.Sha1 => settings.AcceptSha1,
        _ => false,
    };
}
