using System.Globalization;

namespace Wirepath.Dns;

/// <summary>Signature algorithms (IANA "DNS Security Algorithm Numbers").</summary>
internal enum DnssecAlgorithm : byte
{
    RsaMd5 = 1,
    Dsa = 3,
    RsaSha1 = 5,
    /// <summary>DSA once more, in a zone that may use NSEC3 (RFC 5155 §2).</summary>
    DsaNsec3Sha1 = 6,
    /// <summary>RSA/SHA-1 once more, in a zone that may use NSEC3.</summary>
    RsaSha1Nsec3Sha1 = 7,
    RsaSha256 = 8,
    RsaSha512 = 10,
    EccGost = 12,
    EcdsaP256Sha256 = 13,
    EcdsaP384Sha384 = 14,
    Ed25519 = 15,
    Ed448 = 16,
}

/// <summary>Digests of keys in DS records (IANA "DS RR Type Digest Algorithms").</summary>
internal enum DigestType : byte
{
    Sha1 = 1,
    Sha256 = 2,
    Gost = 3,
    Sha384 = 4,
}

/// <summary>The algorithms' mnemonics, as zone files and people write them.</summary>
internal static class DnssecMnemonic
{
    private static readonly (DnssecAlgorithm Algorithm, string Name)[] s_names =
    [
        (DnssecAlgorithm.RsaMd5, "RSAMD5"),
        (DnssecAlgorithm.Dsa, "DSA"),
        (DnssecAlgorithm.RsaSha1, "RSASHA1"),
        (DnssecAlgorithm.DsaNsec3Sha1, "DSA-NSEC3-SHA1"),
        (DnssecAlgorithm.RsaSha1Nsec3Sha1, "RSASHA1-NSEC3-SHA1"),
        (DnssecAlgorithm.RsaSha256, "RSASHA256"),
        (DnssecAlgorithm.RsaSha512, "RSASHA512"),
        (DnssecAlgorithm.EccGost, "ECC-GOST"),
        (DnssecAlgorithm.EcdsaP256Sha256, "ECDSAP256SHA256"),
        (DnssecAlgorithm.EcdsaP384Sha384, "ECDSAP384SHA384"),
        (DnssecAlgorithm.Ed25519, "ED25519"),
        (DnssecAlgorithm.Ed448, "ED448"),
    ];

    public static string Of(byte algorithm)
    {
        foreach ((DnssecAlgorithm known, string name) in s_names)
        {
            if ((byte)known == algorithm)
                return name;
        }

        return string.Create(CultureInfo.InvariantCulture, $"algorithm {algorithm}");
    }

    /// <summary>A number or a mnemonic: both are allowed in DS, DNSKEY and RRSIG (RFC 4034 §2.2).</summary>
    public static bool TryParse(string text, out byte algorithm)
    {
        if (byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out algorithm))
            return true;
        foreach ((DnssecAlgorithm known, string name) in s_names)
        {
            if (name.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                algorithm = (byte)known;
                return true;
            }
        }

        return false;
    }
}
