// The figures of the RFCs as lists: what the peel view and the hex view are drawn from.
namespace Wirepath.Wire;

public readonly partial record struct EthernetHeader
{
    /// <summary>The fixed fields, in the order of the wire.</summary>
    public static IReadOnlyList<FieldDescription> Fields { get; } =
    [
        new("Destination", 0, 48, "Who shall take the frame on this link") { Notation = FieldNotation.Mac },
        new("Source", 48, 48, "Who put it on this link") { Notation = FieldNotation.Mac },
        new("EtherType", 96, 16, "What the payload is") { Notation = FieldNotation.Hexadecimal },
    ];
}

public readonly partial record struct ArpPacket
{
    /// <inheritdoc cref="EthernetHeader.Fields"/>
    public static IReadOnlyList<FieldDescription> Fields { get; } =
    [
        new("Hardware type", 0, 16, "Kind of link; 1 is Ethernet"),
        new("Protocol type", 16, 16, "Kind of address asked about") { Notation = FieldNotation.Hexadecimal },
        new("Hardware length", 32, 8, "Bytes of a link address"),
        new("Protocol length", 40, 8, "Bytes of a network address"),
        new("Operation", 48, 16, "1 asks, 2 answers"),
        new("Sender MAC", 64, 48, "Link address of who speaks") { Notation = FieldNotation.Mac },
        new("Sender IP", 112, 32, "Network address of who speaks") { Notation = FieldNotation.Address },
        new("Target MAC", 144, 48, "What a request wants to know") { Notation = FieldNotation.Mac },
        new("Target IP", 192, 32, "Who is asked for") { Notation = FieldNotation.Address },
    ];
}

public readonly partial record struct Ipv4Header
{
    /// <inheritdoc cref="EthernetHeader.Fields"/>
    public static IReadOnlyList<FieldDescription> Fields { get; } =
    [
        new("Version", 0, 4, "4"),
        new("IHL", 4, 4, "Header length in words of 4 bytes"),
        new("DSCP", 8, 6, "How routers may prefer it"),
        new("ECN", 14, 2, "Congestion: 1 and 2 capable, 3 experienced"),
        new("Total length", 16, 16, "Bytes of header and payload"),
        new("Identification", 32, 16, "Which fragments belong together") { Notation = FieldNotation.Hexadecimal },
        new("Reserved", 48, 1, "0"),
        new("DF", 49, 1, "Do not fragment: a router must answer instead"),
        new("MF", 50, 1, "More fragments follow"),
        new("Fragment offset", 51, 13, "Place of this fragment in units of 8 bytes"),
        new("TTL", 64, 8, "Hops left"),
        new("Protocol", 72, 8, "What the payload is"),
        new("Header checksum", 80, 16, "Over the header alone") { Notation = FieldNotation.Hexadecimal },
        new("Source", 96, 32, "Who sent it") { Notation = FieldNotation.Address },
        new("Destination", 128, 32, "Who shall receive it") { Notation = FieldNotation.Address },
    ];
}

public readonly partial record struct Ipv6Header
{
    /// <inheritdoc cref="EthernetHeader.Fields"/>
    public static IReadOnlyList<FieldDescription> Fields { get; } =
    [
        new("Version", 0, 4, "6"),
        new("DSCP", 4, 6, "How routers may prefer it"),
        new("ECN", 10, 2, "Congestion: 1 and 2 capable, 3 experienced"),
        new("Flow label", 12, 20, "The same for all packets of a flow") { Notation = FieldNotation.Hexadecimal },
        new("Payload length", 32, 16, "Bytes behind this header"),
        new("Next header", 48, 8, "What follows"),
        new("Hop limit", 56, 8, "Hops left"),
        new("Source", 64, 128, "Who sent it") { Notation = FieldNotation.Address },
        new("Destination", 192, 128, "Who shall receive it") { Notation = FieldNotation.Address },
    ];
}

public readonly partial record struct IcmpHeader
{
    /// <inheritdoc cref="EthernetHeader.Fields"/>
    public static IReadOnlyList<FieldDescription> Fields { get; } =
    [
        new("Type", 0, 8, "Kind of message"),
        new("Code", 8, 8, "Its meaning depends on the type"),
        new("Checksum", 16, 16, "Over the whole message") { Notation = FieldNotation.Hexadecimal },
        new("Rest", 32, 32, "Its meaning depends on the type") { Notation = FieldNotation.Hexadecimal },
    ];

    /// <summary>The same for echo request and reply.</summary>
    public static IReadOnlyList<FieldDescription> EchoFields { get; } =
    [
        .. Fields.Take(3),
        new("Identifier", 32, 16, "Which ping it belongs to"),
        new("Sequence", 48, 16, "Which echo of that ping"),
    ];

    /// <summary>The same for "fragmentation needed" (RFC 1191).</summary>
    public static IReadOnlyList<FieldDescription> FragmentationNeededFields { get; } =
    [
        .. Fields.Take(3),
        new("Unused", 32, 16, "0"),
        new("Next-hop MTU", 48, 16, "Bytes that the next link carries"),
    ];
}

public readonly partial record struct Icmpv6Header
{
    private static readonly IReadOnlyList<FieldDescription> s_common = [.. IcmpHeader.Fields.Take(3)];

    private static readonly IReadOnlyList<FieldDescription> s_packetTooBig = [.. s_common, new("MTU", 32, 32, "Bytes that the next link carries")];

    private static readonly IReadOnlyList<FieldDescription> s_solicitation =
        [.. s_common, new("Reserved", 32, 32, "0"), new("Target", 64, 128, "Whose link address is asked for") { Notation = FieldNotation.Address }];

    private static readonly IReadOnlyList<FieldDescription> s_advertisement =
    [
        .. s_common,
        new("R", 32, 1, "The owner is a router"),
        new("S", 33, 1, "An answer to a solicitation"),
        new("O", 34, 1, "Shall replace what is remembered"),
        new("Reserved", 35, 29, "0"),
        new("Target", 64, 128, "Whose link address is told") { Notation = FieldNotation.Address },
    ];

    private static readonly IReadOnlyList<FieldDescription> s_routerAdvertisement =
    [
        .. s_common,
        new("Hop limit", 32, 8, "For the hosts' own packets; 0 is not told"),
        new("M", 40, 1, "Addresses by DHCPv6"),
        new("O", 41, 1, "Other settings by DHCPv6"),
        new("Reserved", 42, 6, "0"),
        new("Router lifetime", 48, 16, "Seconds as a default router; 0 is none"),
        new("Reachable time", 64, 32, "Milliseconds a neighbour counts as reachable"),
        new("Retrans timer", 96, 32, "Milliseconds between solicitations"),
    ];

    /// <summary>The fixed fields of a message of this kind, in the order of the wire.</summary>
    public static IReadOnlyList<FieldDescription> FieldsOf(ReadOnlySpan<byte> message) => message.IsEmpty ? s_common : (Icmpv6Type)message[0] switch
    {
        Icmpv6Type.EchoRequest or Icmpv6Type.EchoReply => IcmpHeader.EchoFields,
        Icmpv6Type.PacketTooBig => s_packetTooBig,
        Icmpv6Type.NeighborSolicitation => s_solicitation,
        Icmpv6Type.NeighborAdvertisement => s_advertisement,
        Icmpv6Type.RouterAdvertisement => s_routerAdvertisement,
        _ => s_common,
    };
}

public readonly partial record struct UdpHeader
{
    /// <inheritdoc cref="EthernetHeader.Fields"/>
    public static IReadOnlyList<FieldDescription> Fields { get; } =
    [
        new("Source port", 0, 16, "Where an answer goes"),
        new("Destination port", 16, 16, "Which program shall get it"),
        new("Length", 32, 16, "Bytes of header and payload"),
        new("Checksum", 48, 16, "Over pseudo-header, header and payload; 0 is none") { Notation = FieldNotation.Hexadecimal },
    ];
}

public readonly partial record struct TcpHeader
{
    /// <inheritdoc cref="EthernetHeader.Fields"/>
    public static IReadOnlyList<FieldDescription> Fields { get; } =
    [
        new("Source port", 0, 16, "The sender's end of the connection"),
        new("Destination port", 16, 16, "The receiver's end of the connection"),
        new("Sequence number", 32, 32, "Number of the first byte, or of the SYN"),
        new("Acknowledgment number", 64, 32, "The next byte expected, when ACK is set"),
        new("Data offset", 96, 4, "Header length in words of 4 bytes"),
        new("Reserved", 100, 3, "0"),
        new("AE", 103, 1, "Accurate ECN"),
        new("CWR", 104, 1, "Congestion window reduced"),
        new("ECE", 105, 1, "Congestion was experienced"),
        new("URG", 106, 1, "The urgent pointer counts"),
        new("ACK", 107, 1, "The acknowledgment number counts"),
        new("PSH", 108, 1, "Hand it to the application now"),
        new("RST", 109, 1, "There is no such connection any more"),
        new("SYN", 110, 1, "Synchronise sequence numbers: the connection begins"),
        new("FIN", 111, 1, "The sender has no more to send"),
        new("Window", 112, 16, "Bytes that the sender of this can take, before scaling"),
        new("Checksum", 128, 16, "Over pseudo-header, header and payload") { Notation = FieldNotation.Hexadecimal },
        new("Urgent pointer", 144, 16, "Where urgent data end, when URG is set"),
    ];
}

public readonly partial record struct DnsHeader
{
    /// <inheritdoc cref="EthernetHeader.Fields"/>
    public static IReadOnlyList<FieldDescription> Fields { get; } =
    [
        new("ID", 0, 16, "Chosen by the one who asks") { Notation = FieldNotation.Hexadecimal },
        new("QR", 16, 1, "0 query, 1 response"),
        new("Opcode", 17, 4, "Kind of query"),
        new("AA", 21, 1, "The answer is authoritative"),
        new("TC", 22, 1, "Truncated: ask again over TCP"),
        new("RD", 23, 1, "Recursion desired"),
        new("RA", 24, 1, "Recursion available"),
        new("Z", 25, 1, "0"),
        new("AD", 26, 1, "Data are authentic (DNSSEC)"),
        new("CD", 27, 1, "Checking disabled (DNSSEC)"),
        new("RCODE", 28, 4, "How it went"),
        new("QDCOUNT", 32, 16, "Questions"),
        new("ANCOUNT", 48, 16, "Answer records"),
        new("NSCOUNT", 64, 16, "Authority records"),
        new("ARCOUNT", 80, 16, "Additional records"),
    ];
}

public sealed partial class DhcpMessage
{
    /// <inheritdoc cref="EthernetHeader.Fields"/>
    public static IReadOnlyList<FieldDescription> Fields { get; } =
    [
        new("op", 0, 8, "1 from the client, 2 from the server"),
        new("htype", 8, 8, "Kind of link; 1 is Ethernet"),
        new("hlen", 16, 8, "Bytes of a link address"),
        new("hops", 24, 8, "Relays on the way"),
        new("xid", 32, 32, "Which exchange it belongs to") { Notation = FieldNotation.Hexadecimal },
        new("secs", 64, 16, "Seconds since the client began"),
        new("B", 80, 1, "The client cannot take unicast yet"),
        new("MBZ", 81, 15, "0"),
        new("ciaddr", 96, 32, "Address that the client has") { Notation = FieldNotation.Address },
        new("yiaddr", 128, 32, "Address that the server gives") { Notation = FieldNotation.Address },
        new("siaddr", 160, 32, "Next server of a boot") { Notation = FieldNotation.Address },
        new("giaddr", 192, 32, "Relay") { Notation = FieldNotation.Address },
        new("chaddr", 224, 48, "Link address of the client") { Notation = FieldNotation.Mac },
        new("chaddr padding", 272, 80, "0") { Notation = FieldNotation.Bytes },
        new("sname", 352, 512, "Name of a boot server, or options") { Notation = FieldNotation.Bytes },
        new("file", 864, 1024, "Name of a boot file, or options") { Notation = FieldNotation.Bytes },
        new("Magic cookie", 1888, 32, "63 82 53 63: options follow") { Notation = FieldNotation.Hexadecimal },
    ];
}
