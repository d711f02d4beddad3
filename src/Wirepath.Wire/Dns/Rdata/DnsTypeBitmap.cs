namespace Wirepath.Wire;

/// <summary>The set of types in NSEC and NSEC3: windows of up to 32 bytes of bits (RFC 4034 §4.1.2).</summary>
public readonly record struct DnsTypeBitmap
{
    private DnsTypeBitmap(ReadOnlyMemory<byte> wire) => Wire = wire;

    public ReadOnlyMemory<byte> Wire { get; }

    /// <returns>False when windows are not in ascending order, a length is not 1 to 32, or bytes are missing.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> wire, out DnsTypeBitmap bitmap)
    {
        bitmap = default;
        ReadOnlySpan<byte> rest = wire.Span;
        int lastWindow = -1;
        while (rest.Length > 0)
        {
            if (rest.Length < 2 || rest[0] <= lastWindow || rest[1] is 0 or > 32 || rest[1] > rest.Length - 2)
                return false;
            lastWindow = rest[0];
            rest = rest[(2 + rest[1])..];
        }

        bitmap = new DnsTypeBitmap(wire);
        return true;
    }

    public static DnsTypeBitmap Of(params IEnumerable<DnsType> types)
    {
        ArgumentNullException.ThrowIfNull(types);
        var builder = new RdataBuilder();
        foreach (IGrouping<int, DnsType> window in types.Distinct().OrderBy(type => type).GroupBy(type => (ushort)type >> 8))
        {
            byte[] bits = new byte[((byte)window.Last() >> 3) + 1];
            foreach (DnsType type in window)
                bits[(byte)type >> 3] |= (byte)(0x80 >> ((byte)type & 7));
            builder.Byte((byte)window.Key).CharacterString(bits);
        }

        return new DnsTypeBitmap(builder.ToArray());
    }

    public bool Contains(DnsType type)
    {
        int number = (ushort)type;
        for (ReadOnlySpan<byte> rest = Wire.Span; rest.Length > 0; rest = rest[(2 + rest[1])..])
        {
            if (rest[0] == number >> 8)
                return (number & 0xFF) >> 3 < rest[1] && (rest[2 + ((number & 0xFF) >> 3)] & (0x80 >> (number & 7))) != 0;
        }

        return false;
    }

    public IEnumerable<DnsType> Types()
    {
        ReadOnlyMemory<byte> rest = Wire;
        while (rest.Length > 0)
        {
            int window = rest.Span[0];
            int length = rest.Span[1];
            for (int bit = 0; bit < length * 8; bit++)
            {
                if ((rest.Span[2 + (bit >> 3)] & (0x80 >> (bit & 7))) != 0)
                    yield return (DnsType)((window << 8) | bit);
            }

            rest = rest[(2 + length)..];
        }
    }

    public bool Equals(DnsTypeBitmap other) => Wire.Span.SequenceEqual(other.Wire.Span);

    public override int GetHashCode() => Wire.Length;

    /// <summary><c>A NS SOA</c></summary>
    public override string ToString() => string.Join(' ', Types().Select(DnsMnemonic.Of));
}
