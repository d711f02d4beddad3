using System.Buffers.Binary;

namespace Wirepath.Wire;

/// <summary>Type of an ICMPv4 message (RFC 792).</summary>
public enum IcmpType : byte
{
    EchoReply = 0,
    DestinationUnreachable = 3,
    Redirect = 5,
    Echo = 8,
    TimeExceeded = 11,
    ParameterProblem = 12,
}

/// <summary>Codes of "destination unreachable": RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1.</summary>
public enum IcmpUnreachableCode : byte
{
    Network = 0,
    Host = 1,
    Protocol = 2,
    Port = 3,
    FragmentationNeeded = 4,
    SourceRouteFailed = 5,
    NetworkUnknown = 6,
    HostUnknown = 7,
    SourceHostIsolated = 8,
    NetworkProhibited = 9,
    HostProhibited = 10,
    NetworkUnreachableForTos = 11,
    HostUnreachableForTos = 12,
    AdministrativelyProhibited = 13,
    HostPrecedenceViolation = 14,
    PrecedenceCutoff = 15,
}

/// <summary>Codes of "time exceeded" (RFC 792).</summary>
public enum IcmpTimeExceededCode : byte
{
    TimeToLive = 0,
    Reassembly = 1,
}

/// <summary>ICMPv4 header (RFC 792): 8 bytes; what follows is echo data or the quoted packet.</summary>
/// <param name="Type">Kind of message.</param>
/// <param name="Code">Its meaning depends on the type.</param>
/// <param name="Checksum">Over header and body; written as it stands here.</param>
/// <param name="Rest">The last four bytes, whose meaning depends on the type.</param>
public readonly partial record struct IcmpHeader(IcmpType Type, byte Code, ushort Checksum, uint Rest)
{
    public const int Size = 8;

    /// <summary>Offset of the checksum field in bytes.</summary>
    public const int ChecksumOffset = 2;

    public ushort EchoIdentifier => (ushort)(Rest >> 16);

    public ushort EchoSequence => (ushort)Rest;

    /// <summary>"Fragmentation needed" (RFC 1191 §4): bytes that the next hop carries, or 0 from a router that does not tell.</summary>
    public ushort NextHopMtu => (ushort)Rest;

    public IcmpUnreachableCode UnreachableCode => (IcmpUnreachableCode)Code;

    /// <summary>True for messages about another packet, which must never be answered by an error (RFC 1122 §3.2.2).</summary>
    public bool IsError => Type is IcmpType.DestinationUnreachable or IcmpType.Redirect or IcmpType.TimeExceeded
        or IcmpType.ParameterProblem || (byte)Type == 4;

    /// <summary>An echo request or reply, its checksum not yet filled in.</summary>
    public static IcmpHeader ForEcho(IcmpType type, ushort identifier, ushort sequence) => new(type, 0, 0, ((uint)identifier << 16) | sequence);

    /// <summary>"Destination unreachable", its checksum not yet filled in.</summary>
    public static IcmpHeader ForUnreachable(IcmpUnreachableCode code, ushort nextHopMtu = 0) =>
        new(IcmpType.DestinationUnreachable, (byte)code, 0, nextHopMtu);

    /// <summary>Reads the header at the start of <paramref name="message"/>.</summary>
    /// <returns>False when fewer than 8 bytes are there.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out IcmpHeader header)
    {
        header = default;
        if (message.Length < Size)
            return false;
        header = new IcmpHeader((IcmpType)message[0], message[1],
            BinaryPrimitives.ReadUInt16BigEndian(message[2..]), BinaryPrimitives.ReadUInt32BigEndian(message[4..]));
        return true;
    }

    /// <summary>True when the checksum over the whole message is right.</summary>
    public static bool HasValidChecksum(ReadOnlySpan<byte> message) => message.Length >= Size && Wire.Checksum.Compute(message) == 0;

    /// <summary>Writes 8 bytes.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], Rest);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], Checksum);
        destination[0] = (byte)Type;
        destination[1] = Code;
    }

    /// <summary>Computes the checksum of a message whose header and body are in place, and writes it.</summary>
    public static void FillChecksum(Span<byte> message)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message[ChecksumOffset..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(message[ChecksumOffset..], Wire.Checksum.Compute(message));
    }
}
