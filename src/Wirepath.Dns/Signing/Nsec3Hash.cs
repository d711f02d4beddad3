using System.Security.Cryptography;
using System.Text;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>The hash of RFC 5155 §5: SHA-1 of the name in canonical form and the salt, iterated.</summary>
internal static class Nsec3Hash
{
    /// <summary>The only algorithm that there is (RFC 5155 §11).</summary>
    public const byte Sha1 = 1;

    public static byte[] Of(DomainName name, ReadOnlySpan<byte> salt, int iterations)
    {
        Span<byte> input = stackalloc byte[DomainName.MaxSize + 255];
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        DomainName lower = name.ToLower();
        lower.Wire.CopyTo(input);
        salt.CopyTo(input[lower.Size..]);
        SHA1.HashData(input[..(lower.Size + salt.Length)], hash);
        for (; iterations > 0; iterations--)
        {
            hash.CopyTo(input);
            salt.CopyTo(input[hash.Length..]);
            SHA1.HashData(input[..(hash.Length + salt.Length)], hash);
        }

        return hash.ToArray();
    }

    /// <summary>The first label of the owner of an NSEC3 record: base 32 with the extended hex alphabet, in lower case as signers write it.</summary>
    public static byte[] ToLabel(ReadOnlySpan<byte> hash)
    {
        const string Digits = "0123456789abcdefghijklmnopqrstuv";
        var text = new StringBuilder(32);
        int bits = 0;
        int value = 0;
        foreach (byte b in hash)
        {
            value = (value << 8) | b;
            for (bits += 8; bits >= 5; bits -= 5)
                text.Append(Digits[(value >> (bits - 5)) & 31]);
            value &= (1 << bits) - 1;
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <returns>False when it is not 32 digits of base 32.</returns>
    public static bool TryReadLabel(ReadOnlySpan<byte> label, out byte[] hash)
    {
        hash = [];
        if (label.Length != SHA1.HashSizeInBytes * 8 / 5)
            return false;
        byte[] result = new byte[SHA1.HashSizeInBytes];
        int bits = 0;
        int value = 0;
        int at = 0;
        foreach (byte c in label)
        {
            int digit = c switch
            {
                >= (byte)'0' and <= (byte)'9' => c - '0',
                >= (byte)'A' and <= (byte)'V' => c - 'A' + 10,
                >= (byte)'a' and <= (byte)'v' => c - 'a' + 10,
                _ => -1,
            };
            if (digit < 0)
                return false;
            value = (value << 5) | digit;
            bits += 5;
            if (bits < 8)
                continue;
            bits -= 8;
            result[at++] = (byte)(value >> bits);
            value &= (1 << bits) - 1;
        }

        hash = result;
        return true;
    }
}
