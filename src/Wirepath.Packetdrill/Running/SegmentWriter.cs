using System.Buffers.Binary;
using Wirepath.Wire;

namespace Wirepath.Packetdrill;

/// <summary>Makes IP packets out of what a script says arrives.</summary>
internal static class SegmentWriter
{
    /// <summary>What the peer offers when the script does not say.</summary>
    private const ushort DefaultWindow = 65535;

    private const byte DefaultTtl = 64;

    public static byte[] Write(SegmentPattern segment, Conversation conversation)
    {
        bool inSyn = (segment.Flags & TcpFlags.Syn) != 0;
        byte[] options = WriteOptions(segment.Options ?? [], conversation, inSyn);
        int headerLength = TcpHeader.Size + options.Length;
        IpAddress source = conversation.Remote.Address, destination = conversation.Local.Address;
        byte[] packet = WithIp(segment.Ip, source, destination, IpProtocol.Tcp, headerLength + segment.Length, out Span<byte> tcp);
        uint acknowledgment = (segment.Flags & TcpFlags.Ack) == 0 ? segment.Acknowledgment ?? 0 : conversation.ToHost(segment.Acknowledgment ?? 0, inSyn);
        (ushort from, ushort to) = segment.Ports ?? (conversation.Remote.Port, conversation.Local.Port);
        new TcpHeader(
            from, to, new SequenceNumber(conversation.PeerToWire(segment.Sequence, inSyn)), new SequenceNumber(acknowledgment),
            headerLength, segment.Flags, segment.Window ?? DefaultWindow, 0, segment.UrgentPointer ?? 0).Write(tcp);
        options.CopyTo(tcp[TcpHeader.Size..]);
        long first = inSyn ? 0 : unchecked((int)(segment.Sequence - 1));
        Stuffing.Fill(first, tcp[headerLength..]);
        ushort checksum = Checksum.Compute(tcp, Checksum.PseudoHeader(source, destination, IpProtocol.Tcp, tcp.Length));
        BinaryPrimitives.WriteUInt16BigEndian(tcp[TcpHeader.ChecksumOffset..], checksum);
        return packet;
    }

    /// <summary>A message from a router: an error quotes the header and first 8 bytes of a segment of ours (RFC 792; RFC 4443 §3).</summary>
    public static byte[] Write(IcmpPattern message, Conversation conversation, IpAddress router)
    {
        const int QuotedTcp = 8;
        bool isV4 = conversation.Local.Address.IsV4;
        int quotedIp = isV4 ? Ipv4Header.Size : Ipv6Header.Size;
        byte[] packet = WithIp(IpPattern.Unnamed, router, conversation.Local.Address, isV4 ? IpProtocol.Icmp : IpProtocol.IcmpV6,
            IcmpHeader.Size + quotedIp + QuotedTcp, out Span<byte> icmp);
        uint rest = message.EchoIdentifier > 0 ? (uint)message.EchoIdentifier << 16 : message.Mtu;
        if (isV4)
            new IcmpHeader((IcmpType)message.Type, message.Code, 0, rest).Write(icmp);
        else
            new Icmpv6Header((Icmpv6Type)message.Type, message.Code, 0, rest).Write(icmp);
        Span<byte> quoted = icmp[IcmpHeader.Size..];
        WriteIp(quoted, IpPattern.Unnamed, conversation.Local.Address, conversation.Remote.Address, IpProtocol.Tcp, TcpHeader.Size + message.Length);
        Span<byte> tcp = quoted[quotedIp..];
        BinaryPrimitives.WriteUInt16BigEndian(tcp, conversation.Local.Port);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], conversation.Remote.Port);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], conversation.ToHost(message.Sequence ?? 0, inSyn: false));
        if (isV4)
            IcmpHeader.FillChecksum(icmp);
        else
            Icmpv6Header.FillChecksum(icmp, router, conversation.Local.Address);
        return packet;
    }

    private static byte[] WithIp(IpPattern ip, IpAddress source, IpAddress destination, IpProtocol protocol, int length, out Span<byte> payload)
    {
        int header = source.IsV4 ? Ipv4Header.Size : Ipv6Header.Size;
        byte[] packet = new byte[header + length];
        WriteIp(packet, ip, source, destination, protocol, length);
        payload = packet.AsSpan(header);
        return packet;
    }

    private static void WriteIp(Span<byte> packet, IpPattern ip, IpAddress source, IpAddress destination, IpProtocol protocol, int length)
    {
        byte ecn = ip.Ecn switch { EcnPattern.Ect0 or EcnPattern.EitherEct => 2, EcnPattern.Ect1 => 1, EcnPattern.Ce => 3, _ => 0 };
        byte tos = (byte)((ip.Tos ?? 0) | ecn);
        if (source.IsV4)
            new Ipv4Header(tos, (ushort)(Ipv4Header.Size + length), 0, true, false, 0, ip.Ttl ?? DefaultTtl, protocol, 0, source, destination, Ipv4Header.Size).Write(packet);
        else
            new Ipv6Header(tos, ip.FlowLabel ?? 0, (ushort)length, protocol, ip.Ttl ?? DefaultTtl, source, destination).Write(packet);
    }

    // As written, so that scripts can send what no stack would.
    private static byte[] WriteOptions(IReadOnlyList<OptionPattern> options, Conversation conversation, bool inSyn)
    {
        var bytes = new List<byte>();
        foreach (OptionPattern option in options)
            Write(bytes, option, conversation, inSyn);
        while (bytes.Count % 4 != 0)
            bytes.Add((byte)TcpOptionKind.EndOfOptions);
        return [.. bytes];
    }

    private static void Write(List<byte> bytes, OptionPattern option, Conversation conversation, bool inSyn)
    {
        bytes.Add((byte)option.Kind);
        switch (option.Kind)
        {
            case TcpOptionKind.NoOperation or TcpOptionKind.EndOfOptions:
                break;
            case TcpOptionKind.MaximumSegmentSize:
                bytes.AddRange([4, (byte)(option.First >> 8), (byte)option.First]);
                break;
            case TcpOptionKind.WindowScale:
                bytes.AddRange([3, (byte)option.First]);
                break;
            case TcpOptionKind.SackPermitted:
                bytes.Add(2);
                break;
            case TcpOptionKind.Timestamps:
                bytes.Add(10);
                Add(bytes, option.First);
                Add(bytes, conversation.TimestampToHost(option.Second));
                break;
            case TcpOptionKind.Sack:
                IReadOnlyList<(uint Left, uint Right)> blocks = option.Blocks ?? [];
                bytes.Add((byte)(2 + 8 * blocks.Count));
                foreach ((uint left, uint right) in blocks)
                {
                    Add(bytes, conversation.ToHost(left, inSyn));
                    Add(bytes, conversation.ToHost(right, inSyn));
                }

                break;
            case TcpOptionKind.FastOpen:
            default:
                byte[] cookie = option.Cookie ?? [];
                bytes.Add((byte)(2 + cookie.Length));
                bytes.AddRange(cookie);
                break;
        }
    }

    private static void Add(List<byte> bytes, uint value)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(four, value);
        bytes.AddRange(four);
    }
}
