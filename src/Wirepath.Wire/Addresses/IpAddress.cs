using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Wirepath.Wire;

/// <summary>
/// An IPv4 or IPv6 address as a value: 16 bytes and a family, no allocation. The default value is
/// <see cref="None"/>, which belongs to neither family.
/// </summary>
public readonly record struct IpAddress : IComparable<IpAddress>
{
    private readonly ulong _high;
    private readonly ulong _low;
    private readonly byte _size; // 0 none, 4, 16

    private IpAddress(ulong high, ulong low, byte size) => (_high, _low, _size) = (high, low, size);

    public static readonly IpAddress None;
    public static readonly IpAddress AnyV4 = V4(0);
    public static readonly IpAddress BroadcastV4 = V4(0xFFFF_FFFF);
    public static readonly IpAddress LoopbackV4 = V4(0x7F00_0001);
    public static readonly IpAddress AnyV6 = V6(0, 0);
    public static readonly IpAddress LoopbackV6 = V6(0, 1);

    /// <summary>ff02::1, everybody on the link (RFC 4291 §2.7.1).</summary>
    public static readonly IpAddress AllNodes = V6(0xFF02_0000_0000_0000, 1);

    /// <summary>ff02::2, the routers on the link.</summary>
    public static readonly IpAddress AllRouters = V6(0xFF02_0000_0000_0000, 2);

    public static IpAddress V4(uint value) => new(0, value, 4);

    public static IpAddress V4(byte a, byte b, byte c, byte d) => V4(((uint)a << 24) | ((uint)b << 16) | ((uint)c << 8) | d);

    public static IpAddress V6(ulong high, ulong low) => new(high, low, 16);

    public bool IsNone => _size == 0;

    public bool IsV4 => _size == 4;

    public bool IsV6 => _size == 16;

    /// <summary>4, 16, or 0 for <see cref="None"/>: bytes on the wire.</summary>
    public int Size => _size;

    /// <summary>0.0.0.0 or ::.</summary>
    public bool IsUnspecified => _size != 0 && _high == 0 && _low == 0;

    public bool IsLoopback => IsV4 ? (uint)_low >> 24 == 127 : IsV6 && _high == 0 && _low == 1;

    public bool IsMulticast => IsV4 ? (uint)_low >> 28 == 0xE : IsV6 && _high >> 56 == 0xFF;

    public bool IsLinkLocal => IsV4 ? (uint)_low >> 16 == 0xA9FE : IsV6 && _high >> 54 == 0x3FA;

    /// <summary>::ffff:0:0/96, an IPv4 address in IPv6 clothes: never seen on a wire (RFC 4291 §2.5.5.2).</summary>
    public bool IsV4Mapped => IsV6 && _high == 0 && _low >> 32 == 0xFFFF;

    /// <summary>ff02::1:ffXX:XXXX, where the owner of this IPv6 address can be asked for without its link-layer address (RFC 4291 §2.7.1).</summary>
    public IpAddress SolicitedNode => V6(0xFF02_0000_0000_0000, 0x1_FF00_0000 | (_low & 0xFF_FFFF));

    /// <summary>The limited broadcast address 255.255.255.255.</summary>
    public bool IsBroadcast => IsV4 && (uint)_low == 0xFFFF_FFFF;

    /// <summary>The address as a big-endian number. Only for IPv4.</summary>
    public uint V4Value => (uint)_low;

    public ulong High => _high;

    public ulong Low => _low;

    /// <summary>Reads 4 or 16 bytes; the length of <paramref name="source"/> says which.</summary>
    /// <exception cref="ArgumentException">Neither 4 nor 16 bytes.</exception>
    public static IpAddress Read(ReadOnlySpan<byte> source) => source.Length switch
    {
        4 => V4(BinaryPrimitives.ReadUInt32BigEndian(source)),
        16 => V6(BinaryPrimitives.ReadUInt64BigEndian(source), BinaryPrimitives.ReadUInt64BigEndian(source[8..])),
        _ => throw new ArgumentException("An IP address has 4 or 16 bytes.", nameof(source)),
    };

    /// <summary>Writes <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> destination)
    {
        if (_size == 4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_low);
        }
        else if (_size == 16)
        {
            BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
            BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        }
    }

    /// <summary>Reads dotted decimal of four parts, or RFC 4291 text without a zone.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out IpAddress address)
    {
        address = default;
        if (text is null || !IPAddress.TryParse(text, out IPAddress? parsed) || text.Contains('%', StringComparison.Ordinal))
            return false;
        // IPAddress also takes "1" and "0x7f.1": here only what people mean by an address.
        if (parsed.AddressFamily == AddressFamily.InterNetwork && text.AsSpan().Count('.') != 3)
            return false;
        address = From(parsed);
        return true;
    }

    public static IpAddress Parse(string text) =>
        TryParse(text, out IpAddress address) ? address : throw new FormatException($"'{text}' is not an IP address.");

    public static IpAddress From(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int written);
        return Read(bytes[..written]);
    }

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        Write(bytes);
        return _size == 0 ? IPAddress.Any : new IPAddress(bytes[.._size]);
    }

    public int CompareTo(IpAddress other) =>
        _size != other._size ? _size.CompareTo(other._size) : _high != other._high ? _high.CompareTo(other._high) : _low.CompareTo(other._low);

    public override string ToString() => IsV4
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(byte)(_low >> 24)}.{(byte)(_low >> 16)}.{(byte)(_low >> 8)}.{(byte)_low}")
        : IsNone ? "none" : ToIPAddress().ToString();
}
