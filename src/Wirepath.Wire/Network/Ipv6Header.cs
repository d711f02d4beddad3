using System.Buffers.Binary;

namespace Wirepath.Wire;

/// <summary>IPv6 header (RFC 8200 §3): 40 bytes.</summary>
/// <param name="TrafficClass">DSCP in the upper six bits, ECN in the lower two.</param>
/// <param name="FlowLabel">20 bits.</param>
/// <param name="PayloadLength">Bytes behind this header, extension headers included.</param>
/// <param name="NextHeader">What follows: an extension header or the transport.</param>
/// <param name="HopLimit">Hops left.</param>
/// <param name="Source">Sender.</param>
/// <param name="Destination">Receiver.</param>
public readonly partial record struct Ipv6Header(
    byte TrafficClass,
    uint FlowLabel,
    ushort PayloadLength,
    IpProtocol NextHeader,
    byte HopLimit,
    IpAddress Source,
    IpAddress Destination)
{
    public const int Size = 40;

    /// <summary>Bytes that every link must carry (RFC 8200 §5).</summary>
    public const int MinimumMtu = 1280;

    /// <summary>Bytes behind the header of the largest packet without a jumbo payload option.</summary>
    public const int MaxPayloadLength = 65535;

    /// <summary>Offset of the payload length in bytes.</summary>
    public const int PayloadLengthOffset = 4;

    /// <summary>Offset of the next header in bytes.</summary>
    public const int NextHeaderOffset = 6;

    /// <summary>Offset of the hop limit in bytes.</summary>
    public const int HopLimitOffset = 7;

    /// <summary>Differentiated services code point, 0 to 63.</summary>
    public byte Dscp => (byte)(TrafficClass >> 2);

    /// <summary>0 not capable, 1 ECT(1), 2 ECT(0), 3 congestion experienced (RFC 3168).</summary>
    public byte Ecn => (byte)(TrafficClass & 3);

    /// <summary>Reads the header at the start of <paramref name="packet"/>, which may be longer than the payload length says.</summary>
    /// <returns>False when the version is not 6 or header and payload are not all there.</returns>
    public static bool TryRead(ReadOnlySpan<byte> packet, out Ipv6Header header)
    {
        if (TryReadQuoted(packet, out header) && header.PayloadLength <= packet.Length - Size)
            return true;
        header = default;
        return false;
    }

    /// <summary>Reads the header out of the packet that an ICMPv6 error quotes: less may be there than the payload length says.</summary>
    public static bool TryReadQuoted(ReadOnlySpan<byte> quotation, out Ipv6Header header)
    {
        header = default;
        if (quotation.Length < Size || quotation[0] >> 4 != 6)
            return false;
        uint first = BinaryPrimitives.ReadUInt32BigEndian(quotation);
        header = new Ipv6Header((byte)(first >> 20), first & 0xF_FFFF, BinaryPrimitives.ReadUInt16BigEndian(quotation[PayloadLengthOffset..]),
            (IpProtocol)quotation[NextHeaderOffset], quotation[HopLimitOffset], IpAddress.Read(quotation.Slice(8, 16)), IpAddress.Read(quotation.Slice(24, 16)));
        return true;
    }

    /// <summary>Writes 40 bytes.</summary>
    public void Write(Span<byte> destination)
    {
        Destination.Write(destination.Slice(24, 16));
        Source.Write(destination.Slice(8, 16));
        BinaryPrimitives.WriteUInt32BigEndian(destination, 0x6000_0000 | ((uint)TrafficClass << 20) | (FlowLabel & 0xF_FFFF));
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], PayloadLength);
        destination[6] = (byte)NextHeader;
        destination[7] = HopLimit;
    }
}
