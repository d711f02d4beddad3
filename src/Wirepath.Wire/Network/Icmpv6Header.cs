using System.Buffers.Binary;

namespace Wirepath.Wire;

/// <summary>Type of an ICMPv6 message: errors below 128 (RFC 4443), neighbour discovery (RFC 4861), listener discovery (RFC 3810).</summary>
public enum Icmpv6Type : byte
{
    DestinationUnreachable = 1,
    PacketTooBig = 2,
    TimeExceeded = 3,
    ParameterProblem = 4,
    EchoRequest = 128,
    EchoReply = 129,
    MulticastListenerQuery = 130,
    RouterSolicitation = 133,
    RouterAdvertisement = 134,
    NeighborSolicitation = 135,
    NeighborAdvertisement = 136,
    Redirect = 137,
    MulticastListenerReportV2 = 143,
}

/// <summary>Codes of "destination unreachable" (RFC 4443 §3.1).</summary>
public enum Icmpv6UnreachableCode : byte
{
    NoRoute = 0,
    Prohibited = 1,
    BeyondScope = 2,
    Address = 3,
    Port = 4,
    SourcePolicy = 5,
    RejectedRoute = 6,
}

/// <summary>Codes of "parameter problem" (RFC 4443 §3.4, RFC 7112 §5).</summary>
public enum Icmpv6ParameterCode : byte
{
    Header = 0,
    NextHeader = 1,
    Option = 2,
    IncompleteChain = 3,
}

/// <summary>ICMPv6 header (RFC 4443 §2.1): 8 bytes; what follows is echo data, the quoted packet, or a body of its own.</summary>
/// <param name="Type">Kind of message.</param>
/// <param name="Code">Its meaning depends on the type.</param>
/// <param name="Checksum">Over pseudo-header, header and body; written as it stands here.</param>
/// <param name="Rest">The last four bytes: an MTU, a pointer, identifier and sequence.</param>
public readonly partial record struct Icmpv6Header(Icmpv6Type Type, byte Code, ushort Checksum, uint Rest)
{
    public const int Size = 8;

    /// <summary>Offset of the checksum field in bytes.</summary>
    public const int ChecksumOffset = 2;

    public ushort EchoIdentifier => (ushort)(Rest >> 16);

    public ushort EchoSequence => (ushort)Rest;

    /// <summary>True for messages about another packet, which must never be answered by an error (RFC 4443 §2.4 (e.1)).</summary>
    public bool IsError => (byte)Type < 128;

    /// <summary>An echo request or reply, its checksum not yet filled in.</summary>
    public static Icmpv6Header ForEcho(Icmpv6Type type, ushort identifier, ushort sequence) => new(type, 0, 0, ((uint)identifier << 16) | sequence);

    /// <summary>"Destination unreachable", its checksum not yet filled in.</summary>
    public static Icmpv6Header ForUnreachable(Icmpv6UnreachableCode code) => new(Icmpv6Type.DestinationUnreachable, (byte)code, 0, 0);

    /// <summary>"Packet too big", its checksum not yet filled in.</summary>
    public static Icmpv6Header ForPacketTooBig(int mtu) => new(Icmpv6Type.PacketTooBig, 0, 0, (uint)mtu);

    /// <summary>"Parameter problem" at that byte of the packet, its checksum not yet filled in.</summary>
    public static Icmpv6Header ForParameterProblem(Icmpv6ParameterCode code, int pointer) => new(Icmpv6Type.ParameterProblem, (byte)code, 0, (uint)pointer);

    /// <summary>Reads the header at the start of <paramref name="message"/>.</summary>
    /// <returns>False when fewer than 8 bytes are there.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out Icmpv6Header header)
    {
        header = default;
        if (message.Length < Size)
            return false;
        header = new Icmpv6Header((Icmpv6Type)message[0], message[1],
            BinaryPrimitives.ReadUInt16BigEndian(message[ChecksumOffset..]), BinaryPrimitives.ReadUInt32BigEndian(message[4..]));
        return true;
    }

    /// <summary>True when the checksum over pseudo-header and the whole message is right.</summary>
    public static bool HasValidChecksum(ReadOnlySpan<byte> message, IpAddress source, IpAddress destination) =>
        message.Length >= Size && Wire.Checksum.Compute(message, Wire.Checksum.PseudoHeader(source, destination, IpProtocol.IcmpV6, message.Length)) == 0;

    /// <summary>Writes 8 bytes.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], Rest);
        BinaryPrimitives.WriteUInt16BigEndian(destination[ChecksumOffset..], Checksum);
        destination[0] = (byte)Type;
        destination[1] = Code;
    }

    /// <summary>Computes the checksum of a message whose header and body are in place, and writes it.</summary>
    public static void FillChecksum(Span<byte> message, IpAddress source, IpAddress destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message[ChecksumOffset..], 0);
        uint pseudo = Wire.Checksum.PseudoHeader(source, destination, IpProtocol.IcmpV6, message.Length);
        BinaryPrimitives.WriteUInt16BigEndian(message[ChecksumOffset..], Wire.Checksum.Compute(message, pseudo));
    }
}
