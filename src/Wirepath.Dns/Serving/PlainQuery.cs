using System.Buffers.Binary;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// A query of the common kind, read in place: one question of class IN with RD, nothing else but an OPT record without
/// options. Whatever is odd about a message makes it not plain, and takes the long way.
/// </summary>
internal readonly ref struct PlainQuery
{
    /// <summary>Bytes of the longest key: name, type, variant.</summary>
    public const int MaxKeySize = DomainName.MaxSize + 3;

    private const int OptSize = 11;

    private readonly ReadOnlySpan<byte> _message;
    private readonly int _nameSize;

    private PlainQuery(ReadOnlySpan<byte> message, int nameSize, int udpSize, AnswerVariant variant)
    {
        _message = message;
        _nameSize = nameSize;
        UdpSize = udpSize;
        Variant = variant;
    }

    /// <summary>The question as it came, letters' case included.</summary>
    public ReadOnlySpan<byte> Question => _message.Slice(DnsHeader.Size, _nameSize + 4);

    public ushort Id => BinaryPrimitives.ReadUInt16BigEndian(_message);

    /// <summary>Bytes of the largest reply over UDP that the client takes.</summary>
    public int UdpSize { get; }

    public AnswerVariant Variant { get; }

    public static bool TryRead(ReadOnlySpan<byte> message, out PlainQuery query)
    {
        query = default;
        if (message.Length < DnsHeader.Size + 5)
            return false;
        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        const ushort allowed = (ushort)(DnsFlags.RD | DnsFlags.AD | DnsFlags.CD);
        if ((flags & ~allowed) != 0 || (flags & (ushort)DnsFlags.RD) == 0
            || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1 || BinaryPrimitives.ReadUInt32BigEndian(message[6..]) != 0)
            return false;
        int at = DnsHeader.Size;
        while (message[at] != 0)
        {
            if (message[at] > DomainName.MaxLabelSize)
                return false;
            at += message[at] + 1;
            if (at - DnsHeader.Size >= DomainName.MaxSize || at + 5 > message.Length)
                return false;
        }

        int nameSize = at + 1 - DnsHeader.Size;
        if (BinaryPrimitives.ReadUInt16BigEndian(message[(at + 3)..]) != (ushort)DnsClass.IN)
            return false;
        ReadOnlySpan<byte> rest = message[(at + 5)..];
        AnswerVariant variant = ((flags & (ushort)DnsFlags.AD) != 0 ? AnswerVariant.AuthenticData : 0)
            | ((flags & (ushort)DnsFlags.CD) != 0 ? AnswerVariant.CheckingDisabled : 0);
        int udpSize = DnsMessage.MaxUdpSizeWithoutEdns;
        switch (BinaryPrimitives.ReadUInt16BigEndian(message[10..]))
        {
            case 0 when rest.IsEmpty:
                break;
            // Root, type OPT, size, extended rcode 0, version 0, flags, no options.
            case 1 when rest.Length == OptSize && rest[0] == 0 && BinaryPrimitives.ReadUInt16BigEndian(rest[1..]) == (ushort)DnsType.OPT
                && rest[5] == 0 && rest[6] == 0 && BinaryPrimitives.ReadUInt16BigEndian(rest[9..]) == 0:
                udpSize = Math.Max((int)BinaryPrimitives.ReadUInt16BigEndian(rest[3..]), DnsMessage.MaxUdpSizeWithoutEdns);
                variant |= AnswerVariant.Edns | ((rest[7] & 0x80) != 0 ? AnswerVariant.DnssecOk : 0);
                break;
            default:
                return false;
        }

        query = new PlainQuery(message, nameSize, udpSize, variant);
        return true;
    }

    /// <summary>What the answer is found by: the name in lower case, the type, the variant.</summary>
    /// <param name="room">At least <see cref="MaxKeySize"/> bytes.</param>
    public ReadOnlySpan<byte> Key(Span<byte> room)
    {
        ReadOnlySpan<byte> name = _message.Slice(DnsHeader.Size, _nameSize + 2);
        for (int i = 0; i < _nameSize; i++)
            room[i] = name[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(name[i] | 0x20) : name[i];
        room[_nameSize] = name[_nameSize];
        room[_nameSize + 1] = name[_nameSize + 1];
        room[_nameSize + 2] = (byte)Variant;
        return room[..(_nameSize + 3)];
    }
}

/// <summary>What makes one client's answer to a question another's: bits of its query.</summary>
[Flags]
internal enum AnswerVariant : byte
{
    None = 0,
    Edns = 1,
    DnssecOk = 2,
    AuthenticData = 4,
    CheckingDisabled = 8,
}
