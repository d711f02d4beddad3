using System.Numerics;
using System.Security.Cryptography;

namespace Wirepath.Dns;

/// <summary>
/// Ed25519 (RFC 8080; RFC 8032 §5.1), the check alone. .NET has none. All that is computed with is public, so time may
/// depend on it.
/// </summary>
internal static class Ed25519
{
    private const int Size = 32;

    /// <summary>The order of the base point.</summary>
    private static readonly BigInteger s_order = (BigInteger.One << 252) + BigInteger.Parse("27742317777372353535851937790883648493", System.Globalization.CultureInfo.InvariantCulture);

    // (p − 5) / 8 and p − 2, little end first: 2²⁵² − 3 and 2²⁵⁵ − 21.
    private static readonly byte[] s_rootExponent = Bytes((BigInteger.One << 252) - 3);
    private static readonly byte[] s_inverseExponent = Bytes((BigInteger.One << 255) - 21);
    private static readonly Field25519 s_d = Read((BigInteger.One << 255) - 19, -121665, 121666);
    private static readonly Field25519 s_twiceD = s_d + s_d;
    private static readonly Field25519 s_rootOfMinusOne = Small(2).Power(Bytes(((BigInteger.One << 255) - 20) / 4));
    private static readonly Point s_base = DecodeBase();

    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> signed)
    {
        if (publicKey.Length != Size || signature.Length != 2 * Size || !TryDecode(publicKey, out Point key))
            return false;
        var s = new BigInteger(signature[Size..], isUnsigned: true);
        if (s >= s_order)
            return false;
        using var sha512 = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        sha512.AppendData(signature[..Size]);
        sha512.AppendData(publicKey);
        sha512.AppendData(signed);
        Span<byte> digest = stackalloc byte[SHA512.HashSizeInBytes];
        sha512.GetCurrentHash(digest);
        BigInteger k = new BigInteger(digest, isUnsigned: true) % s_order;

        // [S]B = R + [k]A, written so that R need not be decoded: [S]B + [k](−A) must come out as R's very bytes.
        Span<byte> r = stackalloc byte[Size];
        Combine(s, k, key.Negated()).Write(r);
        return signature[..Size].SequenceEqual(r);
    }

    /// <summary>[a]B + [b]P, two bits of both factors at a time.</summary>
    private static Point Combine(BigInteger a, BigInteger b, Point point)
    {
        var table = new Point[16];
        table[0] = Point.Neutral;
        for (int i = 1; i < 16; i++)
            table[i] = i < 4 ? table[i - 1].Plus(s_base) : table[i - 4].Plus(point);
        byte[] first = Bytes(a);
        byte[] second = Bytes(b);
        Point sum = Point.Neutral;
        for (int bit = 254; bit >= 0; bit -= 2)
        {
            sum = sum.Doubled().Doubled();
            int index = ((first[bit >> 3] >> (bit & 7)) & 3) | (((second[bit >> 3] >> (bit & 7)) & 3) << 2);
            if (index != 0)
                sum = sum.Plus(table[index]);
        }

        return sum;
    }

    // RFC 8032 §5.1.3.
    private static bool TryDecode(ReadOnlySpan<byte> bytes, out Point point)
    {
        point = default;
        if (!Field25519.TryRead(bytes, out Field25519 y))
            return false;
        bool isOdd = (bytes[Size - 1] & 0x80) != 0;
        Field25519 square = y * y;
        Field25519 u = square - Field25519.One;
        Field25519 v = s_d * square + Field25519.One;
        Field25519 cube = v * v * v;
        Field25519 x = u * cube * (u * cube * cube * v).Power(s_rootExponent);
        Field25519 check = v * x * x;
        if (check == -u)
            x *= s_rootOfMinusOne;
        else if (check != u)
            return false;
        if (x.IsZero && isOdd)
            return false;
        if (x.IsOdd != isOdd)
            x = -x;
        point = new Point(x, y, Field25519.One, x * y);
        return true;
    }

    private static Point DecodeBase()
    {
        // RFC 8032 §5.1: y = 4/5, x even.
        byte[] bytes = new byte[Size];
        (Small(4) * Small(5).Power(s_inverseExponent)).Write(bytes);
        return TryDecode(bytes, out Point point) ? point : throw new InvalidOperationException("The base point is a point.");
    }

    private static Field25519 Small(byte value)
    {
        byte[] bytes = new byte[Size];
        bytes[0] = value;
        Field25519.TryRead(bytes, out Field25519 number);
        return number;
    }

    /// <summary>numerator / denominator modulo p.</summary>
    private static Field25519 Read(BigInteger p, BigInteger numerator, BigInteger denominator)
    {
        BigInteger value = (numerator * BigInteger.ModPow(denominator, p - 2, p) % p + p) % p;
        Field25519.TryRead(Bytes(value), out Field25519 number);
        return number;
    }

    private static byte[] Bytes(BigInteger value)
    {
        byte[] bytes = new byte[Size];
        value.TryWriteBytes(bytes, out _, isUnsigned: true);
        return bytes;
    }

    /// <summary>A point on the curve in extended coordinates: x = X/Z, y = Y/Z, xy = T/Z (RFC 8032 §5.1.4).</summary>
    private readonly struct Point(Field25519 x, Field25519 y, Field25519 z, Field25519 t)
    {
        private readonly Field25519 _x = x;
        private readonly Field25519 _y = y;
        private readonly Field25519 _z = z;
        private readonly Field25519 _t = t;

        public static Point Neutral => new(Field25519.Zero, Field25519.One, Field25519.One, Field25519.Zero);

        public Point Negated() => new(-_x, _y, _z, -_t);

        public Point Plus(in Point other)
        {
            Field25519 a = (_y - _x) * (other._y - other._x);
            Field25519 b = (_y + _x) * (other._y + other._x);
            Field25519 c = _t * s_twiceD * other._t;
            Field25519 zz = _z * other._z;
            Field25519 d = zz + zz;
            (Field25519 e, Field25519 f, Field25519 g, Field25519 h) = (b - a, d - c, d + c, b + a);
            return new Point(e * f, g * h, f * g, e * h);
        }

        public Point Doubled()
        {
            Field25519 a = _x * _x;
            Field25519 b = _y * _y;
            Field25519 zz = _z * _z;
            Field25519 h = a + b;
            Field25519 sum = _x + _y;
            Field25519 e = h - sum * sum;
            Field25519 g = a - b;
            Field25519 f = zz + zz + g;
            return new Point(e * f, g * h, f * g, e * h);
        }

        public void Write(Span<byte> bytes)
        {
            Field25519 inverse = _z.Power(s_inverseExponent);
            (_y * inverse).Write(bytes);
            if ((_x * inverse).IsOdd)
                bytes[Size - 1] |= 0x80;
        }
    }
}
