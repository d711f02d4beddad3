using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Wirepath.Dns;

/// <summary>A number modulo 2⁴⁴⁸ − 2²²⁴ − 1 in eight limbs of 56 bits, little end first. For public values only: not constant in time.</summary>
internal readonly struct Field448
{
    public const int Size = 56;

    private const int Limbs = 8;
    private const int LimbBits = 56;
    private const ulong Mask = (1UL << LimbBits) - 1;

    public static readonly BigInteger Modulus = (BigInteger.One << 448) - (BigInteger.One << 224) - 1;
    public static readonly Field448 One = Of(BigInteger.One);

    private readonly LimbArray _limbs;

    private Field448(in LimbArray limbs) => _limbs = limbs;

    /// <param name="value">0 up to the modulus.</param>
    public static Field448 Of(BigInteger value)
    {
        Span<byte> bytes = stackalloc byte[Size];
        bytes.Clear();
        value.TryWriteBytes(bytes, out _, isUnsigned: true);
        return Read(bytes);
    }

    /// <summary>Reads 56 bytes, little end first.</summary>
    /// <returns>False when the number is not below the modulus (RFC 8032 §5.2.3).</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Field448 value)
    {
        value = Read(bytes);
        return new BigInteger(bytes, isUnsigned: true) < Modulus;
    }

    public void Write(Span<byte> bytes)
    {
        bytes[..Size].Clear();
        (Whole() % Modulus).TryWriteBytes(bytes, out _, isUnsigned: true);
    }

    public bool IsZero => (Whole() % Modulus).IsZero;

    public bool IsOdd => !(Whole() % Modulus).IsEven;

    public static Field448 operator +(in Field448 a, in Field448 b)
    {
        LimbArray sum = default;
        for (int i = 0; i < Limbs; i++)
            sum[i] = a._limbs[i] + b._limbs[i];
        return Carried(ref sum);
    }

    // Twice the modulus in front keeps every limb from going below zero.
    public static Field448 operator -(in Field448 a, in Field448 b)
    {
        LimbArray difference = default;
        for (int i = 0; i < Limbs; i++)
            difference[i] = a._limbs[i] + 2 * (i == 4 ? Mask - 1 : Mask) - b._limbs[i];
        return Carried(ref difference);
    }

    public static Field448 operator *(in Field448 a, in Field448 b)
    {
        Span<UInt128> columns = stackalloc UInt128[2 * Limbs - 1];
        columns.Clear();
        for (int i = 0; i < Limbs; i++)
        {
            for (int j = 0; j < Limbs; j++)
                columns[i + j] += Math.BigMul(a._limbs[i], b._limbs[j]);
        }

        // 2⁴⁴⁸ = 2²²⁴ + 1: what overflows comes back twice, at the little end and in the middle.
        for (int i = 2 * Limbs - 2; i >= Limbs; i--)
        {
            columns[i - 8] += columns[i];
            columns[i - 4] += columns[i];
        }

        LimbArray product = default;
        UInt128 carry = 0;
        for (int i = 0; i < Limbs; i++)
        {
            carry += columns[i];
            product[i] = (ulong)carry & Mask;
            carry >>= LimbBits;
        }

        product[0] += (ulong)carry;
        product[4] += (ulong)carry;
        return Carried(ref product);
    }

    /// <param name="exponent">Not negative.</param>
    public Field448 Power(BigInteger exponent)
    {
        byte[] bits = exponent.ToByteArray(isUnsigned: true);
        Field448 result = One;
        for (int bit = bits.Length * 8 - 1; bit >= 0; bit--)
        {
            result *= result;
            if ((bits[bit >> 3] & (1 << (bit & 7))) != 0)
                result *= this;
        }

        return result;
    }

    private static Field448 Read(ReadOnlySpan<byte> bytes)
    {
        LimbArray limbs = default;
        Span<byte> word = stackalloc byte[8];
        for (int i = 0; i < Limbs; i++)
        {
            word.Clear();
            bytes.Slice(7 * i, 7).CopyTo(word);
            limbs[i] = BinaryPrimitives.ReadUInt64LittleEndian(word);
        }

        return new Field448(limbs);
    }

    private BigInteger Whole()
    {
        BigInteger value = BigInteger.Zero;
        for (int i = Limbs - 1; i >= 0; i--)
            value = (value << LimbBits) + _limbs[i];
        return value;
    }

    private static Field448 Carried(ref LimbArray limbs)
    {
        ulong carry = 0;
        for (int i = 0; i < Limbs; i++)
        {
            limbs[i] += carry;
            carry = limbs[i] >> LimbBits;
            limbs[i] &= Mask;
        }

        limbs[0] += carry;
        limbs[4] += carry;
        return new Field448(limbs);
    }

    [InlineArray(Limbs)]
    private struct LimbArray
    {
        private ulong _first;
    }
}
