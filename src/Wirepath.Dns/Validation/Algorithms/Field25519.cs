using System.Buffers.Binary;

namespace Wirepath.Dns;

/// <summary>A number modulo 2²⁵⁵ − 19 in five limbs of 51 bits, little end first. For public values only: not constant in time.</summary>
internal readonly struct Field25519
{
    private const int LimbBits = 51;
    private const ulong Mask = (1UL << LimbBits) - 1;

    public static readonly Field25519 Zero = new(0, 0, 0, 0, 0);
    public static readonly Field25519 One = new(1, 0, 0, 0, 0);

    private readonly ulong _0;
    private readonly ulong _1;
    private readonly ulong _2;
    private readonly ulong _3;
    private readonly ulong _4;

    private Field25519(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4) => (_0, _1, _2, _3, _4) = (l0, l1, l2, l3, l4);

    /// <summary>Reads 32 bytes, little end first; the top bit is not looked at.</summary>
    /// <returns>False when the number is not below the modulus (RFC 8032 §5.1.3).</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Field25519 value)
    {
        ulong a = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        ulong b = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        ulong c = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        ulong d = BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]) & (ulong.MaxValue >> 1);
        value = new Field25519(a & Mask, ((a >> 51) | (b << 13)) & Mask, ((b >> 38) | (c << 26)) & Mask, ((c >> 25) | (d << 39)) & Mask, d >> 12);
        return !(value is { _1: Mask, _2: Mask, _3: Mask, _4: Mask } && value._0 >= Mask - 18);
    }

    public void Write(Span<byte> bytes)
    {
        Field25519 v = Carried();
        // v < 2²⁵⁵ + small: subtract the modulus when v + 19 reaches 2²⁵⁵.
        ulong q = (v._0 + 19) >> LimbBits;
        q = (v._1 + q) >> LimbBits;
        q = (v._2 + q) >> LimbBits;
        q = (v._3 + q) >> LimbBits;
        q = (v._4 + q) >> LimbBits;
        ulong l0 = v._0 + 19 * q;
        ulong l1 = v._1 + (l0 >> LimbBits);
        ulong l2 = v._2 + (l1 >> LimbBits);
        ulong l3 = v._3 + (l2 >> LimbBits);
        ulong l4 = v._4 + (l3 >> LimbBits);
        (l0, l1, l2, l3, l4) = (l0 & Mask, l1 & Mask, l2 & Mask, l3 & Mask, l4 & Mask);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, l0 | (l1 << 51));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], (l1 >> 13) | (l2 << 38));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], (l2 >> 26) | (l3 << 25));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], (l3 >> 39) | (l4 << 12));
    }

    public bool IsZero
    {
        get
        {
            Span<byte> bytes = stackalloc byte[32];
            Write(bytes);
            return !bytes.ContainsAnyExcept((byte)0);
        }
    }

    public bool IsOdd
    {
        get
        {
            Span<byte> bytes = stackalloc byte[32];
            Write(bytes);
            return (bytes[0] & 1) != 0;
        }
    }

    public static Field25519 operator +(Field25519 a, Field25519 b) =>
        new Field25519(a._0 + b._0, a._1 + b._1, a._2 + b._2, a._3 + b._3, a._4 + b._4).Carried();

    // Twice the modulus in front keeps every limb from going below zero.
    public static Field25519 operator -(Field25519 a, Field25519 b) => new Field25519(
        a._0 + 2 * (Mask - 18) - b._0, a._1 + 2 * Mask - b._1, a._2 + 2 * Mask - b._2, a._3 + 2 * Mask - b._3, a._4 + 2 * Mask - b._4).Carried();

    public static Field25519 operator -(Field25519 a) => Zero - a;

    public static Field25519 operator *(Field25519 a, Field25519 b)
    {
        // 2²⁵⁵ = 19: what overflows comes back at the little end, 19-fold.
        ulong b1 = 19 * b._1;
        ulong b2 = 19 * b._2;
        ulong b3 = 19 * b._3;
        ulong b4 = 19 * b._4;
        UInt128 r0 = Math.BigMul(a._0, b._0) + Math.BigMul(a._1, b4) + Math.BigMul(a._2, b3) + Math.BigMul(a._3, b2) + Math.BigMul(a._4, b1);
        UInt128 r1 = Math.BigMul(a._0, b._1) + Math.BigMul(a._1, b._0) + Math.BigMul(a._2, b4) + Math.BigMul(a._3, b3) + Math.BigMul(a._4, b2);
        UInt128 r2 = Math.BigMul(a._0, b._2) + Math.BigMul(a._1, b._1) + Math.BigMul(a._2, b._0) + Math.BigMul(a._3, b4) + Math.BigMul(a._4, b3);
        UInt128 r3 = Math.BigMul(a._0, b._3) + Math.BigMul(a._1, b._2) + Math.BigMul(a._2, b._1) + Math.BigMul(a._3, b._0) + Math.BigMul(a._4, b4);
        UInt128 r4 = Math.BigMul(a._0, b._4) + Math.BigMul(a._1, b._3) + Math.BigMul(a._2, b._2) + Math.BigMul(a._3, b._1) + Math.BigMul(a._4, b._0);
        r1 += (ulong)(r0 >> LimbBits);
        r2 += (ulong)(r1 >> LimbBits);
        r3 += (ulong)(r2 >> LimbBits);
        r4 += (ulong)(r3 >> LimbBits);
        return new Field25519(
            ((ulong)r0 & Mask) + 19 * (ulong)(r4 >> LimbBits), (ulong)r1 & Mask, (ulong)r2 & Mask, (ulong)r3 & Mask, (ulong)r4 & Mask).Carried();
    }

    public static bool operator ==(Field25519 a, Field25519 b) => (a - b).IsZero;

    public static bool operator !=(Field25519 a, Field25519 b) => !(a == b);

    public override bool Equals(object? obj) => obj is Field25519 other && this == other;

    public override int GetHashCode()
    {
        Span<byte> bytes = stackalloc byte[32];
        Write(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    /// <param name="exponent">Little end first.</param>
    public Field25519 Power(ReadOnlySpan<byte> exponent)
    {
        Field25519 result = One;
        for (int bit = exponent.Length * 8 - 1; bit >= 0; bit--)
        {
            result *= result;
            if ((exponent[bit >> 3] & (1 << (bit & 7))) != 0)
                result *= this;
        }

        return result;
    }

    private Field25519 Carried()
    {
        ulong l1 = _1 + (_0 >> LimbBits);
        ulong l2 = _2 + (l1 >> LimbBits);
        ulong l3 = _3 + (l2 >> LimbBits);
        ulong l4 = _4 + (l3 >> LimbBits);
        ulong l0 = (_0 & Mask) + 19 * (l4 >> LimbBits);
        return new Field25519(l0 & Mask, (l1 & Mask) + (l0 >> LimbBits), l2 & Mask, l3 & Mask, l4 & Mask);
    }
}
