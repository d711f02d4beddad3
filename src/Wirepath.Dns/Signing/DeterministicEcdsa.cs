using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace Wirepath.Dns;

/// <summary>
/// ECDSA whose k follows from key and message (RFC 6979 §3.2), so that one zone always has the same signatures. k times the
/// base point comes from the platform: it is the public key that belongs to k taken as a private one.
/// </summary>
internal sealed class DeterministicEcdsa
{
    private static readonly BigInteger s_orderOfP256 =
        BigInteger.Parse("0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static readonly BigInteger s_orderOfP384 =
        BigInteger.Parse("0FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private readonly SigningAlgorithm _algorithm;
    private readonly byte[] _secret;
    private readonly BigInteger _order;

    public DeterministicEcdsa(SigningAlgorithm algorithm, byte[] secret)
    {
        (_algorithm, _secret, _order) = (algorithm, secret, OrderOf(algorithm));
        ECPoint point = Multiply(secret);
        PublicKey = [.. point.X!, .. point.Y!];
    }

    /// <summary>x and y, as DNSKEY has them (RFC 6605 §4).</summary>
    public byte[] PublicKey { get; }

    public static int SizeOf(SigningAlgorithm algorithm) => algorithm == SigningAlgorithm.EcdsaP256Sha256 ? 32 : 48;

    public static ECCurve CurveOf(SigningAlgorithm algorithm) =>
        algorithm == SigningAlgorithm.EcdsaP256Sha256 ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384;

    /// <summary>1 to the curve's order, exclusive.</summary>
    public static bool IsSecret(SigningAlgorithm algorithm, ReadOnlySpan<byte> bytes) =>
        new BigInteger(bytes, isUnsigned: true, isBigEndian: true) is { IsZero: false } number && number < OrderOf(algorithm);

    public ECDsa ToKey() => ECDsa.Create(new ECParameters { Curve = CurveOf(_algorithm), D = _secret });

    /// <summary>r and s, as RRSIG has them (RFC 6605 §4).</summary>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        byte[] hash = _algorithm == SigningAlgorithm.EcdsaP256Sha256 ? SHA256.HashData(data) : SHA384.HashData(data);
        BigInteger z = Number(hash);
        BigInteger d = Number(_secret);
        var nonces = new Nonces(_algorithm, _secret, Bytes(z % _order));
        while (true)
        {
            byte[] k = nonces.Next();
            if (!IsSecret(_algorithm, k))
                continue;
            BigInteger r = Number(Multiply(k).X!) % _order;
            BigInteger s = BigInteger.ModPow(Number(k), _order - 2, _order) * (z + r * d) % _order;
            if (!r.IsZero && !s.IsZero)
                return [.. Bytes(r), .. Bytes(s)];
        }
    }

    private ECPoint Multiply(byte[] scalar)
    {
        using var key = ECDsa.Create(new ECParameters { Curve = CurveOf(_algorithm), D = scalar });
        return key.ExportParameters(false).Q;
    }

    private byte[] Bytes(BigInteger number)
    {
        byte[] bytes = new byte[_secret.Length];
        byte[] shortest = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        shortest.CopyTo(bytes, bytes.Length - shortest.Length);
        return bytes;
    }

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static BigInteger OrderOf(SigningAlgorithm algorithm) => algorithm == SigningAlgorithm.EcdsaP256Sha256 ? s_orderOfP256 : s_orderOfP384;

    /// <summary>RFC 6979 §3.2 b to h, for curves whose order is as long as the hash.</summary>
    private sealed class Nonces
    {
        private readonly HashAlgorithmName _hash;
        private byte[] _key;
        private byte[] _value;
        private bool _isFirst = true;

        public Nonces(SigningAlgorithm algorithm, byte[] secret, byte[] reducedHash)
        {
            _hash = algorithm == SigningAlgorithm.EcdsaP256Sha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384;
            _value = new byte[secret.Length];
            _value.AsSpan().Fill(1);
            _key = new byte[secret.Length];
            for (byte round = 0; round < 2; round++)
            {
                _key = Hmac([.. _value, round, .. secret, .. reducedHash]);
                _value = Hmac(_value);
            }
        }

        public byte[] Next()
        {
            if (!_isFirst)
            {
                _key = Hmac([.. _value, 0]);
                _value = Hmac(_value);
            }

            _isFirst = false;
            _value = Hmac(_value);
            return _value;
        }

        private byte[] Hmac(byte[] data) => _hash == HashAlgorithmName.SHA256 ? HMACSHA256.HashData(_key, data) : HMACSHA384.HashData(_key, data);
    }
}
