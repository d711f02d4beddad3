using System.Buffers.Binary;

namespace Wirepath.Wire;

/// <summary>UDP header (RFC 768): 8 bytes, big-endian.</summary>
/// <param name="SourcePort">0 when no answer is wanted.</param>
/// <param name="DestinationPort">Receiver.</param>
/// <param name="Length">Bytes of header and payload.</param>
/// <param name="Checksum">Over pseudo-header, header and payload; 0 means none was computed (IPv4 only).</param>
public readonly partial record struct UdpHeader(ushort SourcePort, ushort DestinationPort, ushort Length, ushort Checksum)
{
    public const int Size = 8;

    /// <summary>Offset of the checksum field in bytes.</summary>
    public const int ChecksumOffset = 6;

    /// <summary>Reads the header at the start of <paramref name="datagram"/>.</summary>
    /// <returns>False when fewer than 8 bytes are there, or Length is shorter than the header or longer than the datagram.</returns>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out UdpHeader header, out ReadOnlySpan<byte> payload)
    {
        header = default;
        payload = default;
        if (datagram.Length < Size)
            return false;
        ushort length = BinaryPrimitives.ReadUInt16BigEndian(datagram[4..]);
        if (length < Size || length > datagram.Length)
            return false;
        header = new UdpHeader(BinaryPrimitives.ReadUInt16BigEndian(datagram), BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]),
            length, BinaryPrimitives.ReadUInt16BigEndian(datagram[6..]));
        payload = datagram[Size..length];
        return true;
    }

    /// <summary>Reads the header when the payload is not of interest; the same rules.</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out UdpHeader header) => TryRead(datagram, out header, out _);

    /// <summary>Writes 8 bytes.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination[6..], Checksum);
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], Length);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], DestinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(destination, SourcePort);
    }

    /// <summary>A finished sum as UDP writes it: 0 becomes 0xFFFF, because 0 means "none".</summary>
    public static ushort FinishChecksum(uint sum)
    {
        ushort checksum = Wire.Checksum.Finish(sum);
        return checksum == 0 ? (ushort)0xFFFF : checksum;
    }
}
