using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Wirepath.Wire;

/// <summary>An EUI-48 link-layer address (IEEE 802), kept in the low 48 bits.</summary>
public readonly record struct MacAddress
{
    public const int Size = 6;

    public static readonly MacAddress Broadcast = new(0xFFFF_FFFF_FFFF);
    public static readonly MacAddress Zero;

    private readonly ulong _value;

    public MacAddress(ulong value) => _value = value & 0xFFFF_FFFF_FFFF;

    public ulong Value => _value;

    public bool IsBroadcast => _value == 0xFFFF_FFFF_FFFF;

    /// <summary>The group bit: broadcast and multicast addresses.</summary>
    public bool IsMulticast => (_value & 0x0100_0000_0000) != 0;

    /// <summary>The interface identifier of this address: the modified EUI-64 of RFC 4291, appendix A.</summary>
    public ulong InterfaceIdentifier =>
        ((_value >> 24 << 40) | 0xFF_FE00_0000 | (_value & 0xFF_FFFF)) ^ 0x0200_0000_0000_0000;

    /// <summary>Where Ethernet carries packets to an IP group: 01:00:5e and 23 bits (RFC 1112 §6.4), 33:33 and 32 bits (RFC 2464 §7).</summary>
    public static MacAddress ForGroup(IpAddress group) =>
        new(group.IsV4 ? 0x0100_5E00_0000UL | (group.V4Value & 0x7F_FFFF) : 0x3333_0000_0000UL | (uint)group.Low);

    /// <summary>Reads the first six bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than six bytes are there.</exception>
    public static MacAddress Read(ReadOnlySpan<byte> source) =>
        new(((ulong)BinaryPrimitives.ReadUInt16BigEndian(source) << 32) | BinaryPrimitives.ReadUInt32BigEndian(source[2..]));

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination[2..], (uint)_value);
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)(_value >> 32));
    }

    /// <summary>Reads <c>02:00:00:00:00:01</c> (or with dashes).</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out MacAddress address)
    {
        address = default;
        if (text is null || text.Length != 17)
            return false;
        ulong value = 0;
        for (int i = 0; i < 6; i++)
        {
            if (!byte.TryParse(text.AsSpan(i * 3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte b))
                return false;
            if (i < 5 && text[i * 3 + 2] is not (':' or '-'))
                return false;
            value = (value << 8) | b;
        }

        address = new MacAddress(value);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{(byte)(_value >> 40):x2}:{(byte)(_value >> 32):x2}:{(byte)(_value >> 24):x2}:{(byte)(_value >> 16):x2}:{(byte)(_value >> 8):x2}:{(byte)_value:x2}");
}
