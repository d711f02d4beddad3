using System.Security.Cryptography;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Checks one signature with one key. Whatever the key's bytes are, the work is bounded and nothing is thrown.</summary>
internal static class DnssecSignature
{
    /// <param name="key">Its algorithm decides; whether that is allowed, <see cref="AlgorithmPolicy"/> has said before.</param>
    /// <param name="signature">As in the RRSIG record.</param>
    /// <param name="signed">What <see cref="SignedSet.Bytes"/> gives.</param>
    /// <returns>False for a signature that is wrong, a key that is none, and an algorithm that is not known.</returns>
    public static bool Verify(DnsKeyData key, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> signed)
    {
        ReadOnlySpan<byte> publicKey = key.PublicKey.Span;
        return (DnssecAlgorithm)key.Algorithm switch
        {
            DnssecAlgorithm.RsaSha1 or DnssecAlgorithm.RsaSha1Nsec3Sha1 => RsaSignature.Verify(publicKey, signature, signed, HashAlgorithmName.SHA1),
            DnssecAlgorithm.RsaSha256 => RsaSignature.Verify(publicKey, signature, signed, HashAlgorithmName.SHA256),
            DnssecAlgorithm.RsaSha512 => RsaSignature.Verify(publicKey, signature, signed, HashAlgorithmName.SHA512),
            DnssecAlgorithm.Dsa or DnssecAlgorithm.DsaNsec3Sha1 => DsaSignature.Verify(publicKey, signature, signed),
            DnssecAlgorithm.EcdsaP256Sha256 => EcdsaSignature.Verify(publicKey, signature, signed, ECCurve.NamedCurves.nistP256, HashAlgorithmName.SHA256),
            DnssecAlgorithm.EcdsaP384Sha384 => EcdsaSignature.Verify(publicKey, signature, signed, ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384),
            DnssecAlgorithm.Ed25519 => Ed25519.Verify(publicKey, signature, signed),
            DnssecAlgorithm.Ed448 => Ed448.Verify(publicKey, signature, signed),
            _ => false,
        };
    }
}
