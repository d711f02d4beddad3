using System.Numerics;
using System.Security.Cryptography;

namespace Wirepath.Dns;

/// <summary>DSA with SHA-1 (RFC 2536), for what was signed before 2010. No platform is asked: the key sizes are those of the last century.</summary>
internal static class DsaSignature
{
    private const int SubgroupSize = 20;

    /// <summary>RFC 2536 §2: T, the size of the group: 512 + 64 T bits.</summary>
    private const int MostT = 8;

    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> signed)
    {
        if (publicKey.IsEmpty || publicKey[0] > MostT)
            return false;
        int size = 64 + 8 * publicKey[0];
        if (publicKey.Length != 1 + SubgroupSize + 3 * size || !TryReadSignature(signature, out BigInteger r, out BigInteger s))
            return false;
        BigInteger q = Number(publicKey.Slice(1, SubgroupSize));
        BigInteger p = Number(publicKey.Slice(1 + SubgroupSize, size));
        BigInteger g = Number(publicKey.Slice(1 + SubgroupSize + size, size));
        BigInteger y = Number(publicKey.Slice(1 + SubgroupSize + 2 * size, size));
        // Even moduli, and generators that generate nothing, are no keys.
        if (p.IsEven || q.IsEven || q <= BigInteger.One || q >= p || g <= BigInteger.One || g >= p || y <= BigInteger.One || y >= p)
            return false;
        if (r.IsZero || s.IsZero || r >= q || s >= q)
            return false;

        // FIPS 186 §4.7. Where q is not prime as it should be, the inverse is wrong and so is the result.
        Span<byte> digest = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(signed, digest);
        BigInteger w = BigInteger.ModPow(s, q - 2, q);
        BigInteger u1 = Number(digest) * w % q;
        BigInteger u2 = r * w % q;
        return BigInteger.ModPow(g, u1, p) * BigInteger.ModPow(y, u2, p) % p % q == r;
    }

    /// <summary>T, R, S as RFC 2536 §3 has them; or the DER sequence of two integers that some signers of its time wrote.</summary>
    private static bool TryReadSignature(ReadOnlySpan<byte> signature, out BigInteger r, out BigInteger s)
    {
        r = s = default;
        if (signature.Length == 1 + 2 * SubgroupSize)
        {
            r = Number(signature.Slice(1, SubgroupSize));
            s = Number(signature[(1 + SubgroupSize)..]);
            return true;
        }

        return signature is [0x30, _, ..] && signature[1] == signature.Length - 2
            && TryReadInteger(signature[2..], out r, out ReadOnlySpan<byte> rest) && TryReadInteger(rest, out s, out rest) && rest.IsEmpty;
    }

    private static bool TryReadInteger(ReadOnlySpan<byte> der, out BigInteger number, out ReadOnlySpan<byte> rest)
    {
        number = default;
        rest = default;
        if (der.Length < 2 || der[0] != 0x02 || der[1] is 0 or > SubgroupSize + 1 || der[1] > der.Length - 2)
            return false;
        number = Number(der.Slice(2, der[1]));
        rest = der[(2 + der[1])..];
        return true;
    }

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);
}
