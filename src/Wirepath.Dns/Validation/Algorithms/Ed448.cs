using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace Wirepath.Dns;

/// <summary>Ed448 (RFC 8080; RFC 8032 §5.2), the check alone. All that is computed with is public, so time may depend on it.</summary>
internal static class Ed448
{
    private const int Size = 57;

    /// <summary>The order of the base point.</summary>
    private static readonly BigInteger s_order = (BigInteger.One << 446) - Number("13818066809895115352007386748515426880336692474882178609894547503885");

    private static readonly Field448 s_d = Field448.Of(Field448.Modulus - 39081);

    private static readonly Point s_base = new(
        Field448.Of(Number("224580040295924300187604334099896036246789641632564134246125461686950415467406032909029192869357953282578032075146446173674602635247710")),
        Field448.Of(Number("298819210078481492676017930443930673437544040154080242095928241372331506189835876003536878655418784733982303233503462500531545062832660")),
        Field448.One);

    /// <summary>False where the platform has no SHAKE256 (OpenSSL before 1.1.1): then zones with Ed448 alone count as unsigned.</summary>
    public static bool IsSupported => Shake256.IsSupported;

    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> signed)
    {
        if (!IsSupported || publicKey.Length != Size || signature.Length != 2 * Size || !TryDecode(publicKey, out Point key))
            return false;
        var s = new BigInteger(signature[Size..], isUnsigned: true);
        if (s >= s_order)
            return false;
        // dom4(0, "") of RFC 8032 §2 in front.
        byte[] digest = Shake256.HashData([.. "SigEd448"u8, 0, 0, .. signature[..Size], .. publicKey, .. signed], 2 * Size);
        BigInteger k = new BigInteger(digest, isUnsigned: true) % s_order;
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
        for (int bit = 446; bit >= 0; bit -= 2)
        {
            sum = sum.Doubled().Doubled();
            int index = ((first[bit >> 3] >> (bit & 7)) & 3) | (((second[bit >> 3] >> (bit & 7)) & 3) << 2);
            if (index != 0)
                sum = sum.Plus(table[index]);
        }

        return sum;
    }

    // RFC 8032 §5.2.3.
    private static bool TryDecode(ReadOnlySpan<byte> bytes, out Point point)
    {
        point = default;
        if ((bytes[^1] & 0x7F) != 0 || !Field448.TryRead(bytes[..^1], out Field448 y))
            return false;
        bool isOdd = (bytes[^1] & 0x80) != 0;
        Field448 square = y * y;
        Field448 u = square - Field448.One;
        Field448 v = s_d * square - Field448.One;
        Field448 u3v = u * u * u * v;
        Field448 x = u3v * (u3v * u * u * v * v).Power((Field448.Modulus - 3) / 4);
        if (!(v * x * x - u).IsZero || (x.IsZero && isOdd))
            return false;
        if (x.IsOdd != isOdd)
            x = default(Field448) - x;
        point = new Point(x, y, Field448.One);
        return true;
    }

    private static BigInteger Number(string digits) => BigInteger.Parse(digits, CultureInfo.InvariantCulture);

    private static byte[] Bytes(BigInteger value)
    {
        byte[] bytes = new byte[Field448.Size];
        value.TryWriteBytes(bytes, out _, isUnsigned: true);
        return bytes;
    }

    /// <summary>A point on the curve in projective coordinates: x = X/Z, y = Y/Z (RFC 8032 §5.2.4).</summary>
    private readonly struct Point(Field448 x, Field448 y, Field448 z)
    {
        private readonly Field448 _x = x;
        private readonly Field448 _y = y;
        private readonly Field448 _z = z;

        public static Point Neutral => new(default, Field448.One, Field448.One);

        public Point Negated() => new(default(Field448) - _x, _y, _z);

        public Point Plus(in Point other)
        {
            Field448 a = _z * other._z;
            Field448 b = a * a;
            Field448 c = _x * other._x;
            Field448 d = _y * other._y;
            Field448 e = s_d * c * d;
            (Field448 f, Field448 g) = (b - e, b + e);
            Field448 h = (_x + _y) * (other._x + other._y);
            return new Point(a * f * (h - c - d), a * g * (d - c), f * g);
        }

        public Point Doubled()
        {
            Field448 sum = _x + _y;
            Field448 b = sum * sum;
            Field448 c = _x * _x;
            Field448 d = _y * _y;
            Field448 e = c + d;
            Field448 h = _z * _z;
            Field448 j = e - h - h;
            return new Point((b - e) * j, e * (c - d), e * j);
        }

        public void Write(Span<byte> bytes)
        {
            Field448 inverse = _z.Power(Field448.Modulus - 2);
            (_y * inverse).Write(bytes);
            bytes[Size - 1] = (byte)((_x * inverse).IsOdd ? 0x80 : 0);
        }
    }
}
