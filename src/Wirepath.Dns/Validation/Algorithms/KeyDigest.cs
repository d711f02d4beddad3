using System.Security.Cryptography;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>The digest by which a DS record names a key (RFC 4034 §5.1.4): over the owner in canonical form and the DNSKEY data.</summary>
internal static class KeyDigest
{
    /// <returns>Empty for a digest type that is not known.</returns>
    public static byte[] Of(DomainName zone, DnsKeyData key, DigestType type)
    {
        byte[] digested = [.. zone.ToLower().Wire, .. key.ToArray()];
        return type switch
        {
            DigestType.Sha1 => SHA1.HashData(digested),
            DigestType.Sha256 => SHA256.HashData(digested),
            DigestType.Sha384 => SHA384.HashData(digested),
            _ => [],
        };
    }

    /// <summary>True when the DS record means this key: tag, algorithm and digest (RFC 4035 §5.2).</summary>
    public static bool Matches(DsData ds, DomainName zone, DnsKeyData key)
    {
        if (ds.Algorithm != key.Algorithm || ds.KeyTag != key.KeyTag)
            return false;
        byte[] digest = Of(zone, key, (DigestType)ds.DigestType);
        return digest.Length > 0 && ds.Digest.Span.SequenceEqual(digest);
    }
}
