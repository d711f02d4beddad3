using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>IPv4 addresses inside IPv6 ones (RFC 6052 §2.2).</summary>
internal static class Nat64
{
    // Bits 64 to 71 are always zero; the four bytes go around them.
    private const int ReservedByte = 8;

    /// <param name="v4">The address.</param>
    /// <param name="prefix">Length 32, 40, 48, 56, 64 or 96.</param>
    public static IpAddress Embed(IpAddress v4, IpPrefix prefix)
    {
        Span<byte> from = stackalloc byte[4];
        v4.Write(from);
        Span<byte> bytes = stackalloc byte[16];
        prefix.Address.Write(bytes);
        int at = prefix.Length / 8;
        bytes[at..].Clear();
        foreach (byte part in from)
        {
            if (at == ReservedByte)
                at++;
            bytes[at++] = part;
        }

        return IpAddress.Read(bytes);
    }

    /// <summary>The IPv4 address in one that lies in the prefix.</summary>
    public static IpAddress Extract(IpAddress v6, IpPrefix prefix)
    {
        Span<byte> bytes = stackalloc byte[16];
        v6.Write(bytes);
        Span<byte> to = stackalloc byte[4];
        int at = prefix.Length / 8;
        foreach (ref byte part in to)
        {
            if (at == ReservedByte)
                at++;
            part = bytes[at++];
        }

        return IpAddress.Read(to);
    }
}
