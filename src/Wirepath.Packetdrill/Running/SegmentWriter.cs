using System.Buffers.Binary;
using Wirepath.Wire;

namespace Wirepath.Packetdrill;

/// <summary>Makes IP packets out of what a script says arrives.</summary>
internal static class SegmentWriter
{
    /// <summary>What the peer offers when the script does not say.</summary>
    private const ushort DefaultWindow = 65535;

    public static byte[] Write(SegmentPattern segment, Conversation conversation)
    {
        byte[] options = WriteOptions(segment.Options ?? [], conversation);
        int headerLength = TcpHeader.Size + options.Length;
        byte[] packet = new byte[Ipv4Header.Size + headerLength + segment.Length];
        byte ecn = segment.Ip.Ecn switch { EcnPattern.Ect0 or EcnPattern.EitherEct => 2, EcnPattern.Ect1 => 1, EcnPattern.Ce => 3, _ => 0 };
        WriteIp(packet, ecn, IpProtocol.Tcp, conversation.Remote.Address, conversation.Local.Address);
        uint acknowledgment = (segment.Flags & TcpFlags.Ack) == 0 ? segment.Acknowledgment ?? 0 : conversation.ToHost(segment.Acknowledgment ?? 0);
        Span<byte> tcp = packet.AsSpan(Ipv4Header.Size);
        new TcpHeader(
            conversation.Remote.Port, conversation.Local.Port, new SequenceNumber(segment.Sequence), new SequenceNumber(acknowledgment),
            headerLength, segment.Flags, segment.Window ?? DefaultWindow, 0, segment.UrgentPointer ?? 0).Write(tcp);
        options.CopyTo(tcp[TcpHeader.Size..]);
        long first = (segment.Flags & TcpFlags.Syn) != 0 ? 0 : unchecked((int)(segment.Sequence - conversation.RemoteIss - 1));
        Stuffing.Fill(first, tcp[headerLength..]);
        ushort checksum = Checksum.Compute(tcp, Checksum.PseudoHeader(conversation.Remote.Address, conversation.Local.Address, IpProtocol.Tcp, tcp.Length));
        BinaryPrimitives.WriteUInt16BigEndian(tcp[TcpHeader.ChecksumOffset..], checksum);
        return packet;
    }

    /// <summary>An error from a router, quoting the header and first 8 bytes of a segment of ours (RFC 792).</summary>
    public static byte[] Write(IcmpPattern message, Conversation conversation, IpAddress router)
    {
        const int QuotedTcp = 8;
        byte[] packet = new byte[Ipv4Header.Size + IcmpHeader.Size + Ipv4Header.Size + QuotedTcp];
        WriteIp(packet, 0, IpProtocol.Icmp, router, conversation.Local.Address);
        Span<byte> icmp = packet.AsSpan(Ipv4Header.Size);
        new IcmpHeader((IcmpType)message.Type, message.Code, 0, message.Mtu).Write(icmp);
        Span<byte> quoted = icmp[IcmpHeader.Size..];
        new Ipv4Header(0, (ushort)(Ipv4Header.Size + TcpHeader.Size + message.Length), 1, true, false, 0, 60, IpProtocol.Tcp, 0,
            conversation.Local.Address, conversation.Remote.Address, Ipv4Header.Size).Write(quoted);
        Span<byte> tcp = quoted[Ipv4Header.Size..];
        BinaryPrimitives.WriteUInt16BigEndian(tcp, conversation.Local.Port);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], conversation.Remote.Port);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], conversation.ToHost(message.Sequence ?? 0));
        IcmpHeader.FillChecksum(icmp);
        return packet;
    }

    private static void WriteIp(Span<byte> packet, byte ecn, IpProtocol protocol, IpAddress source, IpAddress destination) =>
        new Ipv4Header(ecn, (ushort)packet.Length, 0, true, false, 0, 64, protocol, 0, source, destination, Ipv4Header.Size).Write(packet);

    // As written, so that scripts can send what no stack would.
    private static byte[] WriteOptions(IReadOnlyList<OptionPattern> options, Conversation conversation)
    {
        var bytes = new List<byte>();
        foreach (OptionPattern option in options)
            Write(bytes, option, conversation);
        while (bytes.Count % 4 != 0)
            bytes.Add((byte)TcpOptionKind.EndOfOptions);
        return [.. bytes];
    }

    private static void Write(List<byte> bytes, OptionPattern option, Conversation conversation)
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
                    Add(bytes, conversation.ToHost(left));
                    Add(bytes, conversation.ToHost(right));
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
