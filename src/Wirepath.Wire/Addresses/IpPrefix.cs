using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Wirepath.Wire;

/// <summary>An address block, <c>192.168.1.0/24</c>: the unit of the mask test and of routes (RFC 4632, RFC 4291).</summary>
public readonly record struct IpPrefix
{
    /// <param name="address">Any address of the block; its host bits are cleared.</param>
    /// <param name="length">0 to 32 for IPv4, 0 to 128 for IPv6.</param>
    public IpPrefix(IpAddress address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, address.Size * 8);
        Address = Mask(address, length);
        Length = length;
    }

    public IpAddress Address { get; }

    /// <summary>Bits that must match.</summary>
    public int Length { get; }

    public bool Contains(IpAddress address) => address.Size == Address.Size && Mask(address, Length) == Address;

    /// <summary>255.255.255.0 for /24. Only for IPv4.</summary>
    public IpAddress Netmask => IpAddress.V4(Length == 0 ? 0 : uint.MaxValue << (32 - Length));

    /// <summary>The directed broadcast address. Only for IPv4.</summary>
    public IpAddress Broadcast => IpAddress.V4(Address.V4Value | (Length == 32 ? 0 : uint.MaxValue >> Length));

    public static bool TryParse([NotNullWhen(true)] string? text, out IpPrefix prefix)
    {
        prefix = default;
        int slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (slash < 0 || !IpAddress.TryParse(text![..slash], out IpAddress address)
            || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            || length > address.Size * 8)
            return false;
        prefix = new IpPrefix(address, length);
        return true;
    }

    public static IpPrefix Parse(string text) =>
        TryParse(text, out IpPrefix prefix) ? prefix : throw new FormatException($"'{text}' is not an address prefix such as 192.168.1.0/24.");

    private static IpAddress Mask(IpAddress address, int length)
    {
        if (address.IsV4)
            return IpAddress.V4(length == 0 ? 0 : address.V4Value & (uint.MaxValue << (32 - length)));
        ulong high = length >= 64 ? address.High : length == 0 ? 0 : address.High & (ulong.MaxValue << (64 - length));
        ulong low = length <= 64 ? 0 : length == 128 ? address.Low : address.Low & (ulong.MaxValue << (128 - length));
        return address.IsV6 ? IpAddress.V6(high, low) : address;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{Length}");
}

/// <summary>An address that an interface has, together with the block it lies in: <c>192.168.1.10/24</c>.</summary>
public readonly record struct InterfaceAddress(IpAddress Address, int PrefixLength)
{
    public IpPrefix Prefix => new(Address, PrefixLength);

    public static bool TryParse([NotNullWhen(true)] string? text, out InterfaceAddress address)
    {
        address = default;
        if (!IpPrefix.TryParse(text, out IpPrefix prefix))
            return false;
        address = new InterfaceAddress(IpAddress.Parse(text[..text.IndexOf('/', StringComparison.Ordinal)]), prefix.Length);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{PrefixLength}");
}
