using System.Security.Cryptography;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Hashed names (RFC 5155 §5), each computed once per question and paid for from its ledger.</summary>
internal sealed class Nsec3Hashes(QueryBudget? ledger)
{
    private readonly Dictionary<(DomainName Name, string Salt, ushort Iterations), byte[]> _known = [];

    /// <returns>False when the ledger is empty.</returns>
    public bool TryHash(DomainName name, ReadOnlySpan<byte> salt, ushort iterations, out byte[] hash)
    {
        (DomainName, string, ushort) key = (name, Convert.ToHexString(salt), iterations);
        if (_known.TryGetValue(key, out hash!))
            return true;
        if (ledger is not null && !ledger.TrySpendHashes(iterations + 1))
        {
            hash = [];
            return false;
        }

        _known[key] = hash = Of(name, salt, iterations);
        return true;
    }

    /// <summary>IH(salt, x, k) = H(IH(salt, x, k − 1) ‖ salt), over the name in canonical form.</summary>
    public static byte[] Of(DomainName name, ReadOnlySpan<byte> salt, ushort iterations)
    {
        Span<byte> text = stackalloc byte[DomainName.MaxSize + byte.MaxValue];
        DomainName lower = name.ToLower();
        lower.Wire.CopyTo(text);
        salt.CopyTo(text[lower.Size..]);
        byte[] hash = new byte[SHA1.HashSizeInBytes];
        SHA1.HashData(text[..(lower.Size + salt.Length)], hash);
        salt.CopyTo(text[SHA1.HashSizeInBytes..]);
        for (int i = 0; i < iterations; i++)
        {
            hash.CopyTo(text);
            SHA1.HashData(text[..(SHA1.HashSizeInBytes + salt.Length)], hash);
        }

        return hash;
    }
}
