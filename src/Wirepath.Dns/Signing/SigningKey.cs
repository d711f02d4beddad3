using System.Security.Cryptography;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Algorithms that zones are signed with here (IANA "DNS Security Algorithm Numbers"); RFC 8624 §3.1 recommends them.</summary>
public enum SigningAlgorithm : byte
{
    RsaSha256 = 8,
    EcdsaP256Sha256 = 13,
    EcdsaP384Sha384 = 14,
}

/// <summary>A zone's private key with its DNSKEY.</summary>
public sealed class SigningKey : IDisposable
{
    private const ushort ZoneKeyFlag = 0x0100;
    private const ushort SecureEntryPointFlag = 0x0001;
    private const int RsaBits = 2048;

    private readonly RSA? _rsa;
    private readonly DeterministicEcdsa? _ecdsa;

    private SigningKey(SigningAlgorithm algorithm, bool isSecureEntryPoint, RSA? rsa, DeterministicEcdsa? ecdsa)
    {
        Algorithm = algorithm;
        (_rsa, _ecdsa) = (rsa, ecdsa);
        byte[] publicKey = rsa is null ? ecdsa!.PublicKey : RsaPublicKey(rsa);
        Public = new DnsKeyData((ushort)(ZoneKeyFlag | (isSecureEntryPoint ? SecureEntryPointFlag : 0)), 3, (byte)algorithm, publicKey);
        KeyTag = Public.KeyTag;
    }

    public SigningAlgorithm Algorithm { get; }

    /// <summary>The DNSKEY record's data.</summary>
    public DnsKeyData Public { get; }

    public ushort KeyTag { get; }

    /// <summary>SEP: the parent's DS means this key, and it signs the DNSKEY set. Alone, without others, it signs everything.</summary>
    public bool IsSecureEntryPoint => Public.IsSecureEntryPoint;

    /// <summary>A new key from the operating system's generator.</summary>
    public static SigningKey Generate(SigningAlgorithm algorithm, bool isSecureEntryPoint)
    {
        if (algorithm == SigningAlgorithm.RsaSha256)
            return new SigningKey(algorithm, isSecureEntryPoint, RSA.Create(RsaBits), null);
        using var key = ECDsa.Create(DeterministicEcdsa.CurveOf(algorithm));
        return new SigningKey(algorithm, isSecureEntryPoint, null, new DeterministicEcdsa(algorithm, key.ExportParameters(true).D!));
    }

    /// <summary>
    /// The same key for the same seed, for simulations and tests. With it signatures are the same too (RFC 6979).
    /// Never for a zone on the Internet: the seed has 64 bits.
    /// </summary>
    /// <exception cref="ArgumentException">An RSA key cannot be had from a seed.</exception>
    public static SigningKey FromSeed(SigningAlgorithm algorithm, bool isSecureEntryPoint, RandomSource seed)
    {
        ArgumentNullException.ThrowIfNull(seed);
        if (algorithm == SigningAlgorithm.RsaSha256)
            throw new ArgumentException("An RSA key cannot be had from a seed.", nameof(algorithm));
        byte[] secret = new byte[DeterministicEcdsa.SizeOf(algorithm)];
        do
            seed.Fill(secret);
        while (!DeterministicEcdsa.IsSecret(algorithm, secret));
        return new SigningKey(algorithm, isSecureEntryPoint, null, new DeterministicEcdsa(algorithm, secret));
    }

    /// <summary>Reads a PKCS #8 private key in PEM; the algorithm follows from it.</summary>
    /// <returns>False when it is none, or not RSA of 2048 to 4096 bits, P-256 or P-384.</returns>
    public static bool TryFromPem(string pem, bool isSecureEntryPoint, out SigningKey? key)
    {
        key = null;
        try
        {
            var ecdsa = ECDsa.Create();
            try
            {
                ecdsa.ImportFromPem(pem);
                ECParameters parameters = ecdsa.ExportParameters(true);
                SigningAlgorithm? algorithm = parameters.D?.Length switch
                {
                    32 => SigningAlgorithm.EcdsaP256Sha256,
                    48 => SigningAlgorithm.EcdsaP384Sha384,
                    _ => null,
                };
                if (algorithm is { } known && parameters.Curve.Oid.Value == DeterministicEcdsa.CurveOf(known).Oid.Value)
                    key = new SigningKey(known, isSecureEntryPoint, null, new DeterministicEcdsa(known, parameters.D!));
                return key is not null;
            }
            catch (CryptographicException)
            {
                // Not an EC key.
            }
            finally
            {
                ecdsa.Dispose();
            }

            var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            if (rsa.KeySize is >= 2048 and <= 4096)
                key = new SigningKey(SigningAlgorithm.RsaSha256, isSecureEntryPoint, rsa, null);
            return key is not null;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            return false;
        }
    }

    /// <summary>The private key as PKCS #8 in PEM. Keep it where others cannot read it.</summary>
    public string ToPem()
    {
        if (_rsa is not null)
            return _rsa.ExportPkcs8PrivateKeyPem();
        using ECDsa key = _ecdsa!.ToKey();
        return key.ExportPkcs8PrivateKeyPem();
    }

    /// <summary>The DNSKEY record.</summary>
    public DnsRecord ToDnskey(DomainName zone, uint ttl) => new(zone, DnsType.DNSKEY, DnsClass.IN, ttl, Public.ToArray());

    /// <summary>The DS record that the parent gets: the SHA-256 digest (RFC 4509).</summary>
    public DnsRecord ToDs(DomainName zone, uint ttl) =>
        new(zone, DnsType.DS, DnsClass.IN, ttl, new DsData(KeyTag, (byte)Algorithm, (byte)DigestType.Sha256, KeyDigest.Of(zone, Public, DigestType.Sha256)).ToArray());

    public void Dispose() => _rsa?.Dispose();

    internal byte[] Sign(ReadOnlySpan<byte> data) => _rsa is null
        ? _ecdsa!.Sign(data)
        : _rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    // RFC 3110 §2: the exponent's length, the exponent, the modulus.
    private static byte[] RsaPublicKey(RSA rsa)
    {
        RSAParameters parameters = rsa.ExportParameters(false);
        byte[] exponent = parameters.Exponent!;
        return [(byte)exponent.Length, .. exponent, .. parameters.Modulus!];
    }
}
