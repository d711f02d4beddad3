using System.Buffers.Binary;
using System.Globalization;

namespace Wirepath.Wire;

/// <summary>
/// Takes a frame apart, layer by layer and bit by bit, for people. Whatever the bytes are, the layers cover
/// the frame without gap or overlap; headers that are cut short show what is there of them.
/// </summary>
public static class Dissector
{
    /// <summary>Takes an Ethernet frame apart.</summary>
    public static IReadOnlyList<DissectedLayer> Dissect(ReadOnlyMemory<byte> frame) => Dissect(frame, LinkType.Ethernet);

    /// <summary>Takes a captured packet apart; of a link type that is not known, all bytes are "Data".</summary>
    public static IReadOnlyList<DissectedLayer> Dissect(ReadOnlyMemory<byte> frame, LinkType linkType)
    {
        var walk = new Walk(frame);
        switch (linkType)
        {
            case LinkType.Ethernet:
                walk.Ethernet();
                break;
            case LinkType.Raw or LinkType.IPv4 or LinkType.IPv6 or (LinkType)12 or (LinkType)14:
                walk.Ip();
                break;
            case LinkType.Null or LinkType.Loop:
                walk.Fixed("Null", 4, "Address family of BSD loopback");
                walk.Ip();
                break;
            case LinkType.LinuxSll:
                walk.Cooked(16, 14);
                break;
            case LinkType.LinuxSll2:
                walk.Cooked(20, 0);
                break;
            default:
                break;
        }

        walk.Rest();
        return walk.Layers;
    }

    /// <summary>One way through a frame: where it is, and where the enclosing layer ends.</summary>
    private sealed class Walk(ReadOnlyMemory<byte> frame)
    {
        private int _at;
        private int _end = frame.Length;
        private string _prefix = "";

        public List<DissectedLayer> Layers { get; } = [];

        private ReadOnlySpan<byte> Here => frame.Span[_at.._end];

        public void Fixed(string name, int size, string meaning) => Close(Open(name, Math.Min(size, _end - _at)), meaning);

        public void Ethernet()
        {
            LayerBuilder layer = Open("Ethernet", Math.Min(EthernetHeader.Size, Here.Length));
            EtherType type = EthernetHeader.TryRead(Here, out EthernetHeader header) ? header.Type : 0;
            layer.AddFigure(EthernetHeader.Fields, FieldWords.Ethernet);
            Close(layer);
            // Two tags at the most: QinQ.
            for (int tags = 0; type == EtherType.Vlan && tags < 2 && Here.Length >= 4; tags++)
            {
                type = (EtherType)BinaryPrimitives.ReadUInt16BigEndian(Here[2..]);
                layer = Open("VLAN", 4);
                layer.AddFigure(FieldWords.VlanFields, FieldWords.Ethernet);
                Close(layer);
            }

            Payload(type);
        }

        public void Cooked(int size, int protocolOffset)
        {
            if (Here.Length < size)
                return;
            var type = (EtherType)BinaryPrimitives.ReadUInt16BigEndian(Here[protocolOffset..]);
            Fixed("Linux cooked", size, "Pseudo-header of a capture on any interface");
            Payload(type);
        }

        public void Ip()
        {
            if (Here.Length > 0)
                Payload((Here[0] >> 4) switch { 4 => EtherType.IPv4, 6 => EtherType.IPv6, _ => 0 });
        }

        /// <summary>What no layer has claimed: payload up to the end of the packet, padding behind it.</summary>
        public void Rest()
        {
            Fixed("Data", _end - _at, "Payload");
            _prefix = "";
            _end = frame.Length;
            Fixed("Padding", _end - _at, "Fills the frame up to the minimum of Ethernet");
        }

        private LayerBuilder Open(string name, int length) => new(_prefix + name, _at, frame.Slice(_at, length));

        private void Close(LayerBuilder layer, string meaningOfRest = "Not part of any field")
        {
            DissectedLayer built = layer.Build(meaningOfRest);
            if (built.Length == 0)
                return;
            Layers.Add(built);
            _at += built.Length;
        }

        private void Payload(EtherType type)
        {
            switch (type)
            {
                case EtherType.Arp:
                    LayerBuilder layer = Open("ARP", Math.Min(ArpPacket.Size, Here.Length));
                    layer.AddFigure(ArpPacket.Fields, FieldWords.Arp);
                    Close(layer);
                    _end = _at;
                    break;
                case EtherType.IPv4:
                    Ipv4(isQuoted: false);
                    break;
                case EtherType.IPv6:
                    Ipv6();
                    break;
                case EtherType.Vlan:
                default:
                    break;
            }
        }

        private void Ipv4(bool isQuoted)
        {
            ReadOnlySpan<byte> packet = Here;
            bool readable = isQuoted ? Ipv4Header.TryReadQuoted(packet, out Ipv4Header header) : Ipv4Header.TryRead(packet, out header);
            LayerBuilder layer = Open("IPv4", readable ? header.HeaderLength : Math.Min(Ipv4Header.Size, packet.Length));
            string check = Ipv4Header.HasValidChecksum(packet) ? "correct" : "wrong";
            layer.AddFigure(Ipv4Header.Fields, (name, number) => FieldWords.Ipv4(name, number, check));
            OptionFields.AddIpv4(layer);
            Close(layer);
            if (!readable)
                return;
            if (!isQuoted)
                _end = _at + header.PayloadLength;
            // Behind the first fragment there is no transport header.
            if (header.FragmentOffset == 0)
                Transport(header.Protocol, header.Source, header.Destination, isWhole: !isQuoted && !header.IsFragment, isQuoted);
        }

        private void Ipv6()
        {
            ReadOnlySpan<byte> packet = Here;
            bool readable = Ipv6Header.TryRead(packet, out Ipv6Header header);
            LayerBuilder layer = Open("IPv6", Math.Min(Ipv6Header.Size, packet.Length));
            layer.AddFigure(Ipv6Header.Fields, FieldWords.Ipv6);
            Close(layer);
            if (!readable)
                return;
            _end = _at + header.PayloadLength;
            IpProtocol next = header.NextHeader;
            bool isWhole = true;
            // RFC 8200 §4: each extension header tells what follows it and how long it is.
            while (next is IpProtocol.HopByHopOptions or IpProtocol.Ipv6Route or IpProtocol.Ipv6DestinationOptions or IpProtocol.Ipv6Fragment && Here.Length >= 8)
            {
                int length = next == IpProtocol.Ipv6Fragment ? 8 : (Here[1] + 1) * 8;
                if (length > Here.Length)
                    return;
                bool isFragment = next == IpProtocol.Ipv6Fragment;
                bool isLater = isFragment && (BinaryPrimitives.ReadUInt16BigEndian(Here[2..]) & 0xFFF8) != 0;
                isWhole &= !isFragment;
                layer = Open("IPv6 extension", length);
                next = (IpProtocol)Here[0];
                layer.AddNumber("Next header", 1, "What follows", number => FieldWords.Protocol((byte)number));
                layer.AddNumber("Length", 1, "Units of 8 bytes behind the first");
                Close(layer, "Content of the extension header");
                if (isLater)
                    return;
            }

            Transport(next, header.Source, header.Destination, isWhole, isQuoted: false);
        }

        private void Transport(IpProtocol protocol, IpAddress source, IpAddress destination, bool isWhole, bool isQuoted)
        {
            string Verdict(int length) => !isWhole ? "not checkable"
                : Checksum.Compute(Here[..length], Checksum.PseudoHeader(source, destination, protocol, length)) == 0 ? "correct" : "wrong";

            switch (protocol)
            {
                case IpProtocol.Udp:
                    Udp(isQuoted, isWhole ? Verdict : _ => "not checkable");
                    break;
                case IpProtocol.Tcp:
                    Tcp(isQuoted, Verdict(Here.Length));
                    break;
                case IpProtocol.Icmp:
                    Icmp(isQuoted, isWhole);
                    break;
                case IpProtocol.IcmpV6:
                    LayerBuilder layer = Open("ICMPv6", Here.Length);
                    string verdict = Verdict(Here.Length);
                    layer.AddFigure(Icmpv6Header.FieldsOf(Here), (name, number) => FieldWords.Checksum(name, number, verdict));
                    Close(layer, "Message body");
                    break;
                default: // Whatever else IP may carry is data here.
                    break;
            }
        }

        private void Udp(bool isQuoted, Func<int, string> verdict)
        {
            bool readable = UdpHeader.TryRead(Here, out UdpHeader header);
            string check = readable && header.Checksum != 0 ? verdict(header.Length) : header.Checksum == 0 && readable ? "none" : "not checkable";
            LayerBuilder layer = Open("UDP", Math.Min(UdpHeader.Size, Here.Length));
            layer.AddFigure(UdpHeader.Fields, (name, number) => FieldWords.Checksum(name, number, check));
            Close(layer);
            if (!readable || isQuoted)
                return;
            int end = _at + header.Length - UdpHeader.Size;
            ReadOnlyMemory<byte> payload = frame[_at..end];
            if (IsPort(header.SourcePort, header.DestinationPort, 53) || IsPort(header.SourcePort, header.DestinationPort, 5353))
                Application("DNS", end, layer => DnsFields.Add(layer, payload.Span));
            else if (IsPort(header.SourcePort, header.DestinationPort, DhcpMessage.ServerPort) && IsPort(header.SourcePort, header.DestinationPort, DhcpMessage.ClientPort))
                Application("DHCP", end, OptionFields.AddDhcp);
        }

        private void Tcp(bool isQuoted, string check)
        {
            bool readable = TcpHeader.TryRead(Here, out TcpHeader header);
            LayerBuilder layer = Open("TCP", readable ? header.HeaderLength : Math.Min(TcpHeader.Size, Here.Length));
            layer.AddFigure(TcpHeader.Fields, (name, number) => FieldWords.Checksum(name, number, check));
            if (readable)
                OptionFields.AddTcp(layer);
            Close(layer);
            if (!readable || isQuoted || Here.IsEmpty)
                return;
            ReadOnlyMemory<byte> payload = frame[_at.._end];
            if (IsPort(header.SourcePort, header.DestinationPort, 53) && payload.Length > 2 && BinaryPrimitives.ReadUInt16BigEndian(payload.Span) == payload.Length - 2)
            {
                Application("DNS", _end, layer =>
                {
                    layer.AddNumber("Length", 2, "Bytes of the message, because TCP has no boundaries");
                    DnsFields.Add(layer, payload.Span[2..]);
                });
            }
            else if (HttpFields.LooksLikeHttp(payload.Span))
            {
                Application("HTTP", _end, HttpFields.AddHttp);
            }
            else if (HttpFields.LooksLikeTls(payload.Span))
            {
                Application("TLS", _end, HttpFields.AddTls);
            }
        }

        private void Icmp(bool isQuoted, bool isWhole)
        {
            ReadOnlySpan<byte> message = Here;
            bool readable = IcmpHeader.TryRead(message, out IcmpHeader header);
            string check = !isWhole ? "not checkable" : IcmpHeader.HasValidChecksum(message) ? "correct" : "wrong";
            LayerBuilder layer = Open("ICMP", Math.Min(IcmpHeader.Size, message.Length));
            IReadOnlyList<FieldDescription> figure = header switch
            {
                { Type: IcmpType.Echo or IcmpType.EchoReply } => IcmpHeader.EchoFields,
                { Type: IcmpType.DestinationUnreachable, UnreachableCode: IcmpUnreachableCode.FragmentationNeeded } => IcmpHeader.FragmentationNeededFields,
                _ => IcmpHeader.Fields,
            };
            layer.AddFigure(figure, (name, number) => FieldWords.Icmp(name, number, header, check));
            Close(layer);
            // One level of quotation: an error is never sent about an error.
            if (readable && header.IsError && !isQuoted && Here.Length > 0)
            {
                _prefix = "Quoted ";
                Ipv4(isQuoted: true);
            }
        }

        private void Application(string name, int end, Action<LayerBuilder> add)
        {
            LayerBuilder layer = Open(name, end - _at);
            add(layer);
            Close(layer);
        }

        private static bool IsPort(ushort source, ushort destination, ushort port) => source == port || destination == port;
    }
}

/// <summary>Numbers of header fields in words.</summary>
internal static class FieldWords
{
    public static readonly FieldDescription[] VlanFields =
    [
        new("PCP", 0, 3, "Priority on the link"),
        new("DEI", 3, 1, "May be dropped first"),
        new("VLAN ID", 4, 12, "Which virtual network"),
        new("EtherType", 16, 16, "What the payload is") { Notation = FieldNotation.Hexadecimal },
    ];

    public static string? Ethernet(string name, ulong number) => name switch
    {
        "EtherType" when Enum.IsDefined((EtherType)number) => Invariant($"{Of((EtherType)number)} (0x{number:x4})"),
        "EtherType" when number < 0x0600 => Invariant($"length {number} (IEEE 802.3)"),
        _ => null,
    };

    public static string? Arp(string name, ulong number) => (name, number) switch
    {
        ("Operation", 1) => "request (1)",
        ("Operation", 2) => "reply (2)",
        ("Protocol type", _) => Ethernet("EtherType", number),
        _ => null,
    };

    public static string? Ipv4(string name, ulong number, string check) => name switch
    {
        "IHL" => Invariant($"{number} ({number * 4} bytes)"),
        "Fragment offset" => Invariant($"{number * 8} bytes"),
        "Protocol" => Protocol((byte)number),
        "ECN" => Ecn(number),
        "Header checksum" => Invariant($"0x{number:x4} {check}"),
        _ => null,
    };

    public static string? Ipv6(string name, ulong number) => name switch
    {
        "Next header" => Protocol((byte)number),
        "ECN" => Ecn(number),
        _ => null,
    };

    public static string? Checksum(string name, ulong number, string check) => name switch
    {
        "Checksum" => Invariant($"0x{number:x4} {check}"),
        "Data offset" => Invariant($"{number} ({number * 4} bytes)"),
        _ => null,
    };

    public static string? Icmp(string name, ulong number, IcmpHeader header, string check) => name switch
    {
        "Type" when Enum.IsDefined((IcmpType)number) => Invariant($"{(IcmpType)number} ({number})"),
        "Code" when header.Type == IcmpType.DestinationUnreachable && Enum.IsDefined((IcmpUnreachableCode)number) =>
            Invariant($"{(IcmpUnreachableCode)number} ({number})"),
        "Code" when header.Type == IcmpType.TimeExceeded && Enum.IsDefined((IcmpTimeExceededCode)number) =>
            Invariant($"{(IcmpTimeExceededCode)number} ({number})"),
        _ => Checksum(name, number, check),
    };

    public static string Protocol(byte number) => Enum.IsDefined((IpProtocol)number)
        ? Invariant($"{((IpProtocol)number).ToString().ToUpperInvariant()} ({number})")
        : number.ToString(CultureInfo.InvariantCulture);

    private static string Ecn(ulong number) => number switch
    {
        0 => "0 (not capable)",
        1 => "1 (ECT(1))",
        2 => "2 (ECT(0))",
        _ => "3 (congestion experienced)",
    };

    private static string Of(EtherType type) => type switch
    {
        EtherType.Arp => "ARP",
        EtherType.Vlan => "VLAN",
        EtherType.IPv4 or EtherType.IPv6 => type.ToString(),
        _ => "",
    };

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
