using System.Buffers.Binary;

namespace Wirepath.Wire;

/// <summary>IPv4 header (RFC 791 §3.1): 20 bytes, up to 60 with options.</summary>
/// <param name="TypeOfService">DSCP in the upper six bits (RFC 2474), ECN in the lower two (RFC 3168).</param>
/// <param name="TotalLength">Bytes of header and payload.</param>
/// <param name="Identification">Says which fragments belong together.</param>
/// <param name="DontFragment">A router must answer "fragmentation needed" instead.</param>
/// <param name="MoreFragments">Not the last fragment.</param>
/// <param name="FragmentOffset">Bytes, a multiple of 8.</param>
/// <param name="TimeToLive">Hops left.</param>
/// <param name="Protocol">What the payload is.</param>
/// <param name="HeaderChecksum">As read; writing computes it anew.</param>
/// <param name="Source">Sender.</param>
/// <param name="Destination">Receiver.</param>
/// <param name="HeaderLength">Bytes, options included; as read. Writing takes it from the options given.</param>
public readonly partial record struct Ipv4Header(
    byte TypeOfService,
    ushort TotalLength,
    ushort Identification,
    bool DontFragment,
    bool MoreFragments,
    int FragmentOffset,
    byte TimeToLive,
    IpProtocol Protocol,
    ushort HeaderChecksum,
    IpAddress Source,
    IpAddress Destination,
    int HeaderLength)
{
    /// <summary>Bytes without options.</summary>
    public const int Size = 20;

    /// <summary>Bytes that the four-bit header length can express.</summary>
    public const int MaxSize = 60;

    /// <summary>Bytes of the largest packet.</summary>
    public const int MaxTotalLength = 65535;

    /// <summary>Every host takes packets of this size (RFC 791 §3.2); every link carries 68.</summary>
    public const int MinimumReassembly = 576;

    /// <summary>Offset of the total length, bytes.</summary>
    public const int TotalLengthOffset = 2;

    /// <summary>Offset of the identification, bytes.</summary>
    public const int IdentificationOffset = 4;

    /// <summary>Offset of the header checksum, bytes.</summary>
    public const int ChecksumOffset = 10;

    private const ushort DontFragmentBit = 0x4000;
    private const ushort MoreFragmentsBit = 0x2000;
    private const ushort OffsetMask = 0x1FFF;

    public int PayloadLength => TotalLength - HeaderLength;

    public bool IsFragment => MoreFragments || FragmentOffset != 0;

    /// <summary>Differentiated services code point, 0 to 63.</summary>
    public byte Dscp => (byte)(TypeOfService >> 2);

    /// <summary>0 not capable, 1 ECT(1), 2 ECT(0), 3 congestion experienced (RFC 3168).</summary>
    public byte Ecn => (byte)(TypeOfService & 3);

    /// <summary>Reads the header at the start of <paramref name="packet"/>, which may be longer than the total length (link padding).</summary>
    /// <returns>
    /// False when the version is not 4, or header length and total length do not fit the bytes there.
    /// The checksum is a question of its own: <see cref="HasValidChecksum"/>.
    /// </returns>
    public static bool TryRead(ReadOnlySpan<byte> packet, out Ipv4Header header)
    {
        header = default;
        if (packet.Length < Size || packet[0] >> 4 != 4)
            return false;
        int headerLength = (packet[0] & 0x0F) * 4;
        ushort totalLength = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if (headerLength < Size || totalLength < headerLength || totalLength > packet.Length)
            return false;
        header = ReadFields(packet, headerLength, totalLength);
        return true;
    }

    /// <summary>
    /// Reads the header out of the packet that an ICMP error quotes, of which often only header and 8 bytes are there
    /// (RFC 792): the total length may be larger than what follows.
    /// </summary>
    public static bool TryReadQuoted(ReadOnlySpan<byte> quotation, out Ipv4Header header)
    {
        header = default;
        if (quotation.Length < Size || quotation[0] >> 4 != 4)
            return false;
        int headerLength = (quotation[0] & 0x0F) * 4;
        ushort totalLength = BinaryPrimitives.ReadUInt16BigEndian(quotation[2..]);
        if (headerLength < Size || headerLength > quotation.Length || totalLength < headerLength)
            return false;
        header = ReadFields(quotation, headerLength, totalLength);
        return true;
    }

    /// <summary>True when a whole header is there and its checksum is right.</summary>
    public static bool HasValidChecksum(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < Size)
            return false;
        int headerLength = (packet[0] & 0x0F) * 4;
        return headerLength >= Size && headerLength <= packet.Length && Checksum.Compute(packet[..headerLength]) == 0;
    }

    /// <summary>Writes 20 bytes, checksum computed.</summary>
    public void Write(Span<byte> destination) => Write(destination, []);

    /// <summary>Writes 20 bytes and the options, padded with end-of-options to a multiple of 4; checksum computed.</summary>
    /// <param name="destination">At least <see cref="Size"/> plus the padded options.</param>
    /// <param name="options">At most 40 bytes.</param>
    public void Write(Span<byte> destination, ReadOnlySpan<byte> options)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Length, MaxSize - Size);
        int headerLength = Size + (options.Length + 3) / 4 * 4;
        destination = destination[..headerLength];
        destination[0] = (byte)(0x40 | (headerLength / 4));
        destination[1] = TypeOfService;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], TotalLength);
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], Identification);
        int fragment = (DontFragment ? DontFragmentBit : 0) | (MoreFragments ? MoreFragmentsBit : 0) | ((FragmentOffset / 8) & OffsetMask);
        BinaryPrimitives.WriteUInt16BigEndian(destination[6..], (ushort)fragment);
        destination[8] = TimeToLive;
        destination[9] = (byte)Protocol;
        BinaryPrimitives.WriteUInt16BigEndian(destination[ChecksumOffset..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(destination[12..], Source.V4Value);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], Destination.V4Value);
        options.CopyTo(destination[Size..]);
        destination[(Size + options.Length)..].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(destination[ChecksumOffset..], Checksum.Compute(destination));
    }

    /// <summary>Takes one hop off the time to live in place and mends the checksum (RFC 1624): what a router does.</summary>
    /// <param name="packet">A header that <see cref="TryRead"/> accepted, with a time to live above 0.</param>
    public static void DecrementTimeToLive(Span<byte> packet)
    {
        ushort before = BinaryPrimitives.ReadUInt16BigEndian(packet[8..]);
        packet[8]--;
        ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(packet[ChecksumOffset..]);
        BinaryPrimitives.WriteUInt16BigEndian(packet[ChecksumOffset..],
            Checksum.Update(checksum, before, BinaryPrimitives.ReadUInt16BigEndian(packet[8..])));
    }

    private static Ipv4Header ReadFields(ReadOnlySpan<byte> packet, int headerLength, ushort totalLength)
    {
        ushort fragment = BinaryPrimitives.ReadUInt16BigEndian(packet[6..]);
        return new Ipv4Header(
            packet[1], totalLength,
            BinaryPrimitives.ReadUInt16BigEndian(packet[4..]),
            (fragment & DontFragmentBit) != 0, (fragment & MoreFragmentsBit) != 0, (fragment & OffsetMask) * 8,
            packet[8], (IpProtocol)packet[9],
            BinaryPrimitives.ReadUInt16BigEndian(packet[ChecksumOffset..]),
            IpAddress.Read(packet.Slice(12, 4)), IpAddress.Read(packet.Slice(16, 4)),
            headerLength);
    }
}
