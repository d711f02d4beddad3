using System.Buffers.Binary;
using System.Globalization;

namespace Wirepath.Dns;

/// <summary>Data of LOC records as text: <c>d1 [m1 [s1]] N|S d2 [m2 [s2]] E|W alt[m] [size[m] [hp[m] [vp[m]]]]</c> (RFC 1876 §3).</summary>
internal static class LocationText
{
    private const uint Equator = 1U << 31;

    // RFC 1876 §2: 1 m, 10 km and 10 m, in centimetres, where they are left out.
    private const long DefaultSize = 100;
    private const long DefaultHorizontal = 1_000_000;
    private const long DefaultVertical = 1_000;

    // Altitude counts centimetres from 100 km below the reference spheroid.
    private const long Base = 10_000_000;

    public static byte[] Read(EntryReader reader)
    {
        byte[] data = new byte[16];
        uint latitude = Angle(reader, "the latitude", 90, "N", "S");
        uint longitude = Angle(reader, "the longitude", 180, "E", "W");
        long altitude = Metres(reader, "the altitude in metres", -Base, uint.MaxValue - Base);
        long size = reader.HasMore ? Metres(reader, "the size in metres", 0, 9_000_000_000) : DefaultSize;
        long horizontal = reader.HasMore ? Metres(reader, "the horizontal precision in metres", 0, 9_000_000_000) : DefaultHorizontal;
        long vertical = reader.HasMore ? Metres(reader, "the vertical precision in metres", 0, 9_000_000_000) : DefaultVertical;
        if (reader.Error is not null)
            return [];
        data[1] = Power(size);
        data[2] = Power(horizontal);
        data[3] = Power(vertical);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(4), latitude);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(8), longitude);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(12), (uint)(altitude + Base));
        return data;
    }

    /// <summary>Thousandths of an arc second, 2^31 at the equator and the prime meridian.</summary>
    private static uint Angle(EntryReader reader, string what, int most, string positive, string negative)
    {
        ZoneToken first = default;
        Span<decimal> parts = stackalloc decimal[3];
        for (int i = 0; ; i++)
        {
            ZoneToken token = reader.Take(i == 0 ? what : $"{positive} or {negative}");
            if (reader.Error is not null)
                return 0;
            if (i == 0)
                first = token;
            bool isPositive = token.Text.Equals(positive, StringComparison.OrdinalIgnoreCase);
            if (i > 0 && (isPositive || token.Text.Equals(negative, StringComparison.OrdinalIgnoreCase)))
            {
                decimal thousandths = ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 1000;
                if (thousandths > most * 3_600_000L)
                    reader.Fail(first, string.Create(CultureInfo.InvariantCulture, $"{what} is at most {most} degrees."));
                return isPositive ? Equator + (uint)thousandths : Equator - (uint)thousandths;
            }

            NumberStyles style = i == 2 ? NumberStyles.AllowDecimalPoint : NumberStyles.None;
            if (i == 3 || !decimal.TryParse(token.Text, style, CultureInfo.InvariantCulture, out decimal value) || value >= (i == 0 ? most + 1 : 60) || decimal.Round(value, 3) != value)
            {
                reader.Fail(token, $"'{token.Text}' is neither degrees, minutes or seconds nor {positive} or {negative}.");
                return 0;
            }

            parts[i] = value;
        }
    }

    private static long Metres(EntryReader reader, string what, long least, long most)
    {
        ZoneToken token = reader.Take(what);
        if (reader.Error is not null)
            return 0;
        string number = token.Text.EndsWith('m') || token.Text.EndsWith('M') ? token.Text[..^1] : token.Text;
        if (decimal.TryParse(number, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimal metres)
            && metres * 100 >= least && metres * 100 <= most)
            return (long)(metres * 100);
        reader.Fail(token, $"'{token.Text}' is not {what}, such as 12.50m.");
        return 0;
    }

    // One digit and a power of ten: what the format has room for.
    private static byte Power(long centimetres)
    {
        int exponent = 0;
        for (; centimetres > 9; centimetres /= 10)
            exponent++;
        return (byte)((int)centimetres << 4 | (centimetres == 0 ? 0 : exponent));
    }
}
