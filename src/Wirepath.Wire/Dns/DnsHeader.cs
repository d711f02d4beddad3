using System.Buffers.Binary;

namespace Wirepath.Wire;

/// <summary>Flag bits of a DNS header, in place (RFC 1035 §4.1.1, RFC 4035 §3).</summary>
[Flags]
public enum DnsFlags : ushort
{
    None = 0,

    /// <summary>Checking disabled.</summary>
    CD = 0x0010,

    /// <summary>Authentic data.</summary>
    AD = 0x0020,

    /// <summary>Recursion available.</summary>
    RA = 0x0080,

    /// <summary>Recursion desired.</summary>
    RD = 0x0100,

    /// <summary>Truncated.</summary>
    TC = 0x0200,

    /// <summary>Authoritative answer.</summary>
    AA = 0x0400,

    /// <summary>A response, not a query.</summary>
    QR = 0x8000,

    All = CD | AD | RA | RD | TC | AA | QR,
}

/// <summary>Kind of a DNS query (IANA "DNS OpCodes").</summary>
public enum DnsOpcode : byte
{
    Query = 0,
    IQuery = 1,
    Status = 2,
    Notify = 4,
    Update = 5,
    Dso = 6,
}

/// <summary>Response code; values above 15 need EDNS (IANA "DNS RCODEs").</summary>
public enum DnsRcode : ushort
{
    NoError = 0,
    FormErr = 1,
    ServFail = 2,
    NXDomain = 3,
    NotImp = 4,
    Refused = 5,
    YXDomain = 6,
    YXRRSet = 7,
    NXRRSet = 8,
    NotAuth = 9,
    NotZone = 10,
    DsoTypeNI = 11,
    BadVers = 16,
    BadKey = 17,
    BadTime = 18,
    BadMode = 19,
    BadName = 20,
    BadAlg = 21,
    BadTrunc = 22,
    BadCookie = 23,
}

/// <summary>DNS header (RFC 1035 §4.1.1): 12 bytes.</summary>
/// <param name="Id">Chosen by the one who asks.</param>
/// <param name="Flags">Flag bits alone, opcode and response code masked out.</param>
/// <param name="Opcode">Kind of query.</param>
/// <param name="Rcode">The lower four bits of the response code.</param>
/// <param name="QuestionCount">QDCOUNT.</param>
/// <param name="AnswerCount">ANCOUNT.</param>
/// <param name="AuthorityCount">NSCOUNT.</param>
/// <param name="AdditionalCount">ARCOUNT.</param>
public readonly partial record struct DnsHeader(
    ushort Id,
    DnsFlags Flags,
    DnsOpcode Opcode,
    DnsRcode Rcode,
    ushort QuestionCount,
    ushort AnswerCount,
    ushort AuthorityCount,
    ushort AdditionalCount)
{
    public const int Size = 12;

    /// <summary>Reads the header alone: enough to answer FORMERR to a message that cannot be read.</summary>
    /// <returns>False when fewer than 12 bytes are there.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out DnsHeader header)
    {
        header = default;
        if (message.Length < Size)
            return false;
        ushort bits = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        header = new DnsHeader(
            BinaryPrimitives.ReadUInt16BigEndian(message), (DnsFlags)bits & DnsFlags.All, (DnsOpcode)((bits >> 11) & 0xF), (DnsRcode)(bits & 0xF),
            BinaryPrimitives.ReadUInt16BigEndian(message[4..]), BinaryPrimitives.ReadUInt16BigEndian(message[6..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[8..]), BinaryPrimitives.ReadUInt16BigEndian(message[10..]));
        return true;
    }

    /// <summary>Writes 12 bytes; of the response code the lower four bits.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination[10..], AdditionalCount);
        BinaryPrimitives.WriteUInt16BigEndian(destination[8..], AuthorityCount);
        BinaryPrimitives.WriteUInt16BigEndian(destination[6..], AnswerCount);
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], QuestionCount);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..],
            (ushort)((int)(Flags & DnsFlags.All) | (((int)Opcode & 0xF) << 11) | ((int)Rcode & 0xF)));
        BinaryPrimitives.WriteUInt16BigEndian(destination, Id);
    }
}
