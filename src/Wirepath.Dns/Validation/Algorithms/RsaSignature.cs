using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Wirepath.Dns;

/// <summary>RSA with PKCS #1 v1.5 padding: RFC 3110 (SHA-1), RFC 5702 (SHA-256, SHA-512).</summary>
internal static class RsaSignature
{
    /// <summary>RFC 3110 §2 and RFC 5702 §2.1 begin at 512 bits; keys that short are weak, not invalid.</summary>
    public const int LeastModulusBits = 512;

    public const int MostModulusBits = 4096;

    /// <summary>
    /// Longest public exponent. RFC 3110 allows 4,096 bits, with which one check takes 100 times as long; in use are 2 to 33 bits.
    /// </summary>
    public const int MostExponentBits = 64;

    /// <summary>
    /// Up to this we compute ourselves: handing a key to the platform costs more than raising to the 65537th power does. Besides, OpenSSL
    /// may refuse short keys by its security level, and SHA-1 by the system's policy.
    /// </summary>
    private const int MostOwnBits = 2048;

    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> signed, HashAlgorithmName hash)
    {
        if (!TryRead(publicKey, out ReadOnlySpan<byte> exponent, out ReadOnlySpan<byte> modulus) || signature.Length != modulus.Length)
            return false;
        return modulus.Length * 8 <= MostOwnBits || hash == HashAlgorithmName.SHA1
            ? VerifyOurselves(exponent, modulus, signature, signed, hash)
            : VerifyWithPlatform(exponent, modulus, signature, signed, hash);
    }

    // RFC 3110 §2: the exponent's length in one byte, or a zero and two; exponent; modulus.
    private static bool TryRead(ReadOnlySpan<byte> publicKey, out ReadOnlySpan<byte> exponent, out ReadOnlySpan<byte> modulus)
    {
        exponent = modulus = default;
        if (publicKey.Length < 3)
            return false;
        int length = publicKey[0];
        int at = 1;
        if (length == 0)
        {
            length = BinaryPrimitives.ReadUInt16BigEndian(publicKey[1..]);
            at = 3;
        }

        if (length == 0 || at + length >= publicKey.Length)
            return false;
        exponent = publicKey.Slice(at, length).TrimStart((byte)0);
        modulus = publicKey[(at + length)..].TrimStart((byte)0);
        if (exponent.Length is 0 or > MostExponentBits / 8 || modulus.Length is < LeastModulusBits / 8 or > MostModulusBits / 8)
            return false;
        // Even numbers are no RSA keys; an exponent of 1 would make every padded text its own signature.
        return (modulus[^1] & 1) == 1 && (exponent[^1] & 1) == 1 && exponent is not [1];
    }

    private static bool VerifyWithPlatform(
        ReadOnlySpan<byte> exponent, ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> signed, HashAlgorithmName hash)
    {
        try
        {
            using var rsa = RSA.Create(new RSAParameters { Exponent = exponent.ToArray(), Modulus = modulus.ToArray() });
            return rsa.VerifyData(signed, signature, hash, RSASignaturePadding.Pkcs1);
        }
        catch (CryptographicException)
        {
            // The platform has limits of its own (on the exponent, on the policy's hashes); the mathematics has not.
            return VerifyOurselves(exponent, modulus, signature, signed, hash);
        }
    }

    /// <summary>RFC 8017 §8.2.2: raise, then compare with the one encoding that is right.</summary>
    private static bool VerifyOurselves(
        ReadOnlySpan<byte> exponent, ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> signed, HashAlgorithmName hash)
    {
        Span<byte> expected = stackalloc byte[MostModulusBits / 8];
        expected = expected[..modulus.Length];
        if (!TryEncode(signed, hash, expected))
            return false;
        var n = new BigInteger(modulus, isUnsigned: true, isBigEndian: true);
        var s = new BigInteger(signature, isUnsigned: true, isBigEndian: true);
        if (s >= n)
            return false;
        var raised = BigInteger.ModPow(s, new BigInteger(exponent, isUnsigned: true, isBigEndian: true), n);
        return raised == new BigInteger(expected, isUnsigned: true, isBigEndian: true);
    }

    // EMSA-PKCS1-v1_5 (RFC 8017 §9.2): 00 01 FF … FF 00, DigestInfo, hash.
    private static bool TryEncode(ReadOnlySpan<byte> signed, HashAlgorithmName hash, Span<byte> encoded)
    {
        ReadOnlySpan<byte> digestInfo = hash == HashAlgorithmName.SHA1 ? [0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2B, 0x0E, 0x03, 0x02, 0x1A, 0x05, 0x00, 0x04, 0x14]
            : hash == HashAlgorithmName.SHA256 ? [0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20]
            : [0x30, 0x51, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40];
        int hashSize = digestInfo[^1];
        int padding = encoded.Length - 3 - digestInfo.Length - hashSize;
        if (padding < 8)
            return false;
        encoded[0] = 0;
        encoded[1] = 1;
        encoded.Slice(2, padding).Fill(0xFF);
        encoded[2 + padding] = 0;
        digestInfo.CopyTo(encoded[(3 + padding)..]);
        CryptographicOperations.HashData(hash, signed, encoded[^hashSize..]);
        return true;
    }
}
