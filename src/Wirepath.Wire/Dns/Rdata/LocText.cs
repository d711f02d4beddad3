using System.Buffers.Binary;
using System.Globalization;

namespace Wirepath.Wire;

/// <summary>LOC in presentation format (RFC 1876 §3): degrees, minutes and seconds, altitude, size and precisions in metres.</summary>
internal static class LocText
{
    public const int Size = 16;

    private const long Equator = 1L << 31;

    // Altitude counts centimetres from 100 km below the reference spheroid.
    private const long Base = 10_000_000;

    public static string? TryFormat(ReadOnlySpan<byte> data)
    {
        if (data.Length != Size || data[0] != 0 || !IsPower(data[1]) || !IsPower(data[2]) || !IsPower(data[3]))
            return null;
        long latitude = BinaryPrimitives.ReadUInt32BigEndian(data[4..]) - Equator;
        long longitude = BinaryPrimitives.ReadUInt32BigEndian(data[8..]) - Equator;
        if (Math.Abs(latitude) > 90 * 3_600_000L || Math.Abs(longitude) > 180 * 3_600_000L)
            return null;
        long altitude = BinaryPrimitives.ReadUInt32BigEndian(data[12..]) - Base;
        return string.Create(CultureInfo.InvariantCulture,
            $"{Angle(latitude)} {(latitude < 0 ? 'S' : 'N')} {Angle(longitude)} {(longitude < 0 ? 'W' : 'E')} {Metres(altitude)} {Metres(Power(data[1]))} {Metres(Power(data[2]))} {Metres(Power(data[3]))}");
    }

    // One digit times a power of ten, in centimetres; what has a shorter spelling is not what a reader would write.
    private static bool IsPower(byte value) => value >> 4 <= 9 && (value & 15) <= 9 && (value >> 4 != 0 || value == 0);

    private static long Power(byte value)
    {
        long power = value >> 4;
        for (int i = value & 15; i > 0; i--)
            power *= 10;
        return power;
    }

    private static string Angle(long thousandths)
    {
        long all = Math.Abs(thousandths);
        return string.Create(CultureInfo.InvariantCulture, $"{all / 3_600_000} {all / 60_000 % 60} {all / 1000 % 60}.{all % 1000:D3}");
    }

    private static string Metres(long centimetres) =>
        string.Create(CultureInfo.InvariantCulture, $"{(centimetres < 0 ? "-" : "")}{Math.Abs(centimetres) / 100}.{Math.Abs(centimetres) % 100:D2}m");
}
