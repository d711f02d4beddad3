using System.Buffers.Binary;

namespace Wirepath.Wire;

/// <summary>IPv6 fragment header (RFC 8200 §4.5): 8 bytes, written by the sender alone.</summary>
/// <param name="NextHeader">What the datagram's fragmentable part begins with.</param>
/// <param name="Offset">Bytes, a multiple of 8.</param>
/// <param name="MoreFragments">Not the last one.</param>
/// <param name="Identification">Says which fragments belong together.</param>
public readonly record struct Ipv6FragmentHeader(IpProtocol NextHeader, int Offset, bool MoreFragments, uint Identification)
{
    public const int Size = 8;

    private const ushort OffsetMask = 0xFFF8;

    /// <summary>A datagram in one piece that carries the header all the same (RFC 6946).</summary>
    public bool IsAtomic => Offset == 0 && !MoreFragments;

    /// <summary>Reads the header at the start of <paramref name="source"/>.</summary>
    /// <returns>False when fewer than 8 bytes are there.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, out Ipv6FragmentHeader header)
    {
        header = default;
        if (source.Length < Size)
            return false;
        ushort field = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
        header = new Ipv6FragmentHeader((IpProtocol)source[0], field & OffsetMask, (field & 1) != 0, BinaryPrimitives.ReadUInt32BigEndian(source[4..]));
        return true;
    }

    /// <summary>Writes 8 bytes.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], Identification);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)((Offset & OffsetMask) | (MoreFragments ? 1 : 0)));
        destination[0] = (byte)NextHeader;
        destination[1] = 0;
    }
}
