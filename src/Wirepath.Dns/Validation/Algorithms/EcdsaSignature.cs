using System.Security.Cryptography;

namespace Wirepath.Dns;

/// <summary>ECDSA on the curves P-256 and P-384 (RFC 6605): the key is the point x ‖ y, the signature r ‖ s.</summary>
internal static class EcdsaSignature
{
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> signed, ECCurve curve, HashAlgorithmName hash)
    {
        int size = hash == HashAlgorithmName.SHA256 ? 32 : 48;
        if (publicKey.Length != 2 * size || signature.Length != 2 * size)
            return false;
        try
        {
            using var ecdsa = ECDsa.Create(new ECParameters
            {
                Curve = curve,
                Q = new ECPoint { X = publicKey[..size].ToArray(), Y = publicKey[size..].ToArray() },
            });
            return ecdsa.VerifyData(signed, signature, hash);
        }
        catch (CryptographicException)
        {
            // The point does not lie on the curve.
            return false;
        }
    }
}
