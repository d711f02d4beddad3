using System.Buffers.Binary;

namespace Wirepath.Wire.Tests;

/// <summary>Whole frames with right checksums, put together by the formats under test.</summary>
internal static class TestFrames
{
    public static readonly MacAddress Client = new(0x020000000001);
    public static readonly MacAddress Server = new(0x020000000002);

    public static byte[] Ethernet(EtherType type, ReadOnlySpan<byte> payload)
    {
        byte[] frame = new byte[Math.Max(EthernetHeader.MinimumFrameSize, EthernetHeader.Size + payload.Length)];
        new EthernetHeader(Server, Client, type).Write(frame);
        payload.CopyTo(frame.AsSpan(EthernetHeader.Size));
        return frame;
    }

    public static byte[] Ip(IpAddress source, IpAddress destination, IpProtocol protocol, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> options = default, byte hops = 64)
    {
        if (source.IsV6)
        {
            byte[] v6 = new byte[Ipv6Header.Size + payload.Length];
            new Ipv6Header(0, 0x12345, (ushort)payload.Length, protocol, hops, source, destination).Write(v6);
            payload.CopyTo(v6.AsSpan(Ipv6Header.Size));
            return Ethernet(EtherType.IPv6, v6);
        }

        int headerLength = Ipv4Header.Size + (options.Length + 3) / 4 * 4;
        byte[] v4 = new byte[headerLength + payload.Length];
        new Ipv4Header(0, (ushort)v4.Length, 7, true, false, 0, 64, protocol, 0, source, destination, headerLength).Write(v4, options);
        payload.CopyTo(v4.AsSpan(headerLength));
        return Ethernet(EtherType.IPv4, v4);
    }

    public static byte[] Udp(IpAddress source, IpAddress destination, ushort sourcePort, ushort destinationPort, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> ipOptions = default)
    {
        byte[] datagram = new byte[UdpHeader.Size + payload.Length];
        new UdpHeader(sourcePort, destinationPort, (ushort)datagram.Length, 0).Write(datagram);
        payload.CopyTo(datagram.AsSpan(UdpHeader.Size));
        uint sum = Checksum.Sum(datagram, Checksum.PseudoHeader(source, destination, IpProtocol.Udp, datagram.Length));
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(UdpHeader.ChecksumOffset), UdpHeader.FinishChecksum(sum));
        return Ip(source, destination, IpProtocol.Udp, datagram, ipOptions);
    }

    public static byte[] Tcp(IpAddress source, IpAddress destination, TcpFlags flags, uint sequence, uint acknowledgment, TcpOptions options, ReadOnlySpan<byte> payload,
        ushort sourcePort = 49152, ushort destinationPort = 8080)
    {
        int headerLength = TcpHeader.Size + options.Size;
        byte[] segment = new byte[headerLength + payload.Length];
        new TcpHeader(sourcePort, destinationPort, new SequenceNumber(sequence), new SequenceNumber(acknowledgment), headerLength, flags, 65535, 0, 0).Write(segment);
        options.Write(segment.AsSpan(TcpHeader.Size));
        payload.CopyTo(segment.AsSpan(headerLength));
        uint pseudo = Checksum.PseudoHeader(source, destination, IpProtocol.Tcp, segment.Length);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(TcpHeader.ChecksumOffset), Checksum.Compute(segment, pseudo));
        return Ip(source, destination, IpProtocol.Tcp, segment);
    }

    public static byte[] Icmp(IpAddress source, IpAddress destination, IcmpHeader header, ReadOnlySpan<byte> body)
    {
        byte[] message = new byte[IcmpHeader.Size + body.Length];
        header.Write(message);
        body.CopyTo(message.AsSpan(IcmpHeader.Size));
        IcmpHeader.FillChecksum(message);
        return Ip(source, destination, IpProtocol.Icmp, message);
    }

    public delegate void Writer(Span<byte> message);

    public static RouterAdvertisement Advertisement { get; } = new()
    {
        HopLimit = 64, HasOtherConfiguration = true, LifetimeSeconds = 1800, ReachableMilliseconds = 30000, RetransMilliseconds = 1000, SourceMac = Server, Mtu = 1500,
        Prefixes = [new PrefixInformation(IpPrefix.Parse("2001:db8::/64"), true, true, 86400, 14400), new PrefixInformation(IpPrefix.Parse("fd00::/48"), true, false, PrefixInformation.Forever, 0)],
        DnsServers = [IpAddress.Parse("2001:db8::53"), IpAddress.Parse("2001:db8::54")], DnsSeconds = 1800,
    };

    public static byte[] Icmpv6(IpAddress source, IpAddress destination, int length, Writer write, byte hops = 64) =>
        Ip(source, destination, IpProtocol.IcmpV6, Message(source, destination, length, write), hops: hops);

    private static byte[] Message(IpAddress source, IpAddress destination, int length, Writer write)
    {
        byte[] message = new byte[length];
        write(message);
        Icmpv6Header.FillChecksum(message, source, destination);
        return message;
    }

    private static byte[] Fragment(Ipv6FragmentHeader header, ReadOnlySpan<byte> payload)
    {
        byte[] bytes = new byte[Ipv6FragmentHeader.Size + payload.Length];
        header.Write(bytes);
        payload.CopyTo(bytes.AsSpan(Ipv6FragmentHeader.Size));
        return bytes;
    }

    public static byte[] Arp(ArpPacket packet)
    {
        byte[] bytes = new byte[ArpPacket.Size];
        packet.Write(bytes);
        return Ethernet(EtherType.Arp, bytes);
    }

    /// <summary>One frame of each kind that Wirepath sends, by what it is.</summary>
    public static IReadOnlyList<(string What, byte[] Frame)> OneOfEach()
    {
        IpAddress client = IpAddress.V4(192, 168, 1, 10);
        IpAddress server = IpAddress.V4(203, 0, 113, 80);
        IpAddress client6 = IpAddress.Parse("2001:db8::10");
        IpAddress server6 = IpAddress.Parse("2001:db8:1::80");

        var syn = new TcpOptions { HasMss = true, Mss = 1460, SackPermitted = true, HasTimestamps = true, TimestampValue = 1, HasWindowScale = true, WindowScale = 7 };
        var fastOpen = syn;
        fastOpen.SetFastOpen([1, 2, 3, 4, 5, 6, 7, 8]);
        var synAck = syn;
        (synAck.TimestampValue, synAck.TimestampEcho) = (5, 1);
        var established = new TcpOptions { HasTimestamps = true, TimestampValue = 9, TimestampEcho = 5 };
        TcpOptions sack = established;
        sack.AddSack(new SackBlock(new SequenceNumber(3000), new SequenceNumber(4000)));
        sack.AddSack(new SackBlock(new SequenceNumber(5000), new SequenceNumber(6000)));

        DomainName name = DomainName.Parse("www.example.com");
        DnsMessage query = DnsMessage.Query(0x1234, new DnsQuestion(name, DnsType.A), recursionDesired: true);
        query.Edns = new Edns(dnssecOk: true);
        DnsMessage response = query.CreateResponse();
        DomainName zone = DomainName.Parse("example.com");
        response.Answers.Add(DnsRecord.ForName(name, DnsType.CNAME, 300, DomainName.Parse("web.example.com")));
        response.Answers.Add(DnsRecord.ForAddress(DomainName.Parse("web.example.com"), 300, server));
        response.Answers.Add(DnsRecord.ForAddress(DomainName.Parse("web.example.com"), 300, server6));
        response.Authorities.Add(DnsRecord.ForName(zone, DnsType.NS, 3600, DomainName.Parse("ns1.example.com")));
        response.Authorities.Add(DnsRecord.ForSoa(zone, 3600, new SoaData(DomainName.Parse("ns1.example.com"), DomainName.Parse("admin.example.com"), 1, 2, 3, 4, 5)));
        response.Additionals.Add(DnsRecord.ForMx(zone, 3600, new MxData(10, DomainName.Parse("mail.example.com"))));
        response.Additionals.Add(DnsRecord.ForTxt(zone, 3600, "v=spf1 -all", "two"));
        response.Additionals.Add(new DnsRecord(zone, DnsType.SRV, DnsClass.IN, 60, new SrvData(1, 2, 443, name).ToArray()));
        response.Additionals.Add(new DnsRecord(zone, DnsType.CAA, DnsClass.IN, 60, new CaaData(0, "issue"u8.ToArray(), "ca.example"u8.ToArray()).ToArray()));
        response.Additionals.Add(new DnsRecord(name, DnsType.HTTPS, DnsClass.IN, 60,
            new SvcbData(1, DomainName.Root, [new SvcParam(SvcParamKey.Alpn, "\u0002h2\u0008http/1.1"u8.ToArray()), new SvcParam(SvcParamKey.Ipv4Hint, new byte[] { 203, 0, 113, 80 })]).ToArray()));
        response.Edns = new Edns();

        var discover = new DhcpMessage
        {
            TransactionId = 0xABCD, ClientMac = Client, Broadcast = true, MessageType = DhcpMessageType.Discover, HostName = "pc",
            ClientId = new byte[] { 1, 2, 0, 0, 0, 0, 1 },
            ParameterList = [DhcpOptionCode.SubnetMask, DhcpOptionCode.Router, DhcpOptionCode.DnsServers, DhcpOptionCode.DomainName],
        };
        var ack = new DhcpMessage
        {
            Operation = DhcpOperation.BootReply, TransactionId = 0xABCD, ClientMac = Client, YourIp = client, MessageType = DhcpMessageType.Ack,
            ServerId = IpAddress.V4(192, 168, 1, 1), LeaseTime = 86400, RenewalTime = 43200, RebindingTime = 75600, SubnetMask = IpAddress.V4(255, 255, 255, 0),
            Routers = [IpAddress.V4(192, 168, 1, 1)], DnsServers = [IpAddress.V4(192, 168, 1, 1), IpAddress.V4(9, 9, 9, 9)], DomainName = "home.example", Mtu = 1500,
        };
        byte[] quoted = Udp(client, server, 33434, 33435, "traceroute"u8)[EthernetHeader.Size..(EthernetHeader.Size + 28)];

        return
        [
            ("ARP request", Arp(new ArpPacket(ArpOperation.Request, Client, client, MacAddress.Zero, IpAddress.V4(192, 168, 1, 1)))),
            ("ARP reply", Arp(new ArpPacket(ArpOperation.Reply, Server, IpAddress.V4(192, 168, 1, 1), Client, client))),
            ("DHCP discover", Udp(IpAddress.AnyV4, IpAddress.BroadcastV4, 68, 67, discover.ToArray())),
            ("DHCP ack", Udp(IpAddress.V4(192, 168, 1, 1), client, 67, 68, ack.ToArray())),
            ("DNS query", Udp(client, IpAddress.V4(192, 168, 1, 1), 40000, 53, query.ToArray())),
            ("DNS response", Udp(IpAddress.V4(192, 168, 1, 1), client, 53, 40000, response.ToArray())),
            ("SYN", Tcp(client, server, TcpFlags.Syn, 1000, 0, syn, [])),
            ("SYN with cookie", Tcp(client, server, TcpFlags.Syn, 1000, 0, fastOpen, "early"u8, 49153)),
            ("SYN,ACK", Tcp(server, client, TcpFlags.Syn | TcpFlags.Ack, 2000, 1001, synAck, [], 8080, 49152)),
            ("data", Tcp(client, server, TcpFlags.Ack | TcpFlags.Psh, 1001, 2001, established, "hello, wire"u8)),
            ("SACK", Tcp(server, client, TcpFlags.Ack, 2001, 1012, sack, [], 8080, 49152)),
            ("FIN", Tcp(client, server, TcpFlags.Fin | TcpFlags.Ack, 1012, 2001, default, [])),
            ("TCP over IPv6", Tcp(client6, server6, TcpFlags.Syn, 1, 0, syn, [])),
            ("UDP over IPv6", Udp(client6, server6, 40001, 40002, "six"u8)),
            ("echo", Icmp(client, server, IcmpHeader.ForEcho(IcmpType.Echo, 1, 1), "0123456789abcdef"u8)),
            ("echo reply", Icmp(server, client, IcmpHeader.ForEcho(IcmpType.EchoReply, 1, 1), "0123456789abcdef"u8)),
            ("port unreachable", Icmp(server, client, IcmpHeader.ForUnreachable(IcmpUnreachableCode.Port), quoted)),
            ("fragmentation needed", Icmp(server, client, IcmpHeader.ForUnreachable(IcmpUnreachableCode.FragmentationNeeded, 1400), quoted)),
            ("time exceeded", Icmp(server, client, new IcmpHeader(IcmpType.TimeExceeded, 0, 0, 0), quoted)),
            ("echo over IPv6", Icmpv6(client6, server6, 24, Icmpv6Header.ForEcho(Icmpv6Type.EchoRequest, 1, 1).Write)),
            ("packet too big", Icmpv6(server6, client6, 8 + 48, message =>
            {
                Icmpv6Header.ForPacketTooBig(1400).Write(message);
                Udp(client6, server6, 40001, 40002, "six"u8).AsSpan(EthernetHeader.Size, 48).CopyTo(message[8..]);
            })),
            ("neighbour solicitation", Icmpv6(client6, server6.SolicitedNode, 32, new NeighborSolicitation(server6, Client).Write, hops: 255)),
            ("neighbour advertisement", Icmpv6(server6, client6, 32, new NeighborAdvertisement(server6, true, true, true, Server).Write, hops: 255)),
            ("router solicitation", Icmpv6(IpAddress.AnyV6, IpAddress.AllRouters, 8, new RouterSolicitation(null).Write, hops: 255)),
            ("router advertisement", Icmpv6(IpAddress.Parse("fe80::1"), IpAddress.AllNodes, Advertisement.Length, Advertisement.Write, hops: 255)),
            ("listener report", Ip(IpAddress.Parse("fe80::10"), MulticastReport.Routers, IpProtocol.HopByHopOptions,
                [.. MulticastReport.RouterAlert, .. Message(IpAddress.Parse("fe80::10"), MulticastReport.Routers, MulticastReport.LengthFor(2),
                    message => MulticastReport.Write(message, MulticastRecordType.ToExclude, [client6.SolicitedNode, server6.SolicitedNode]))], hops: 1)),
            ("fragment over IPv6", Ip(client6, server6, IpProtocol.Ipv6Fragment, Fragment(new Ipv6FragmentHeader(IpProtocol.Udp, 1232, false, 77), "the rest"u8))),
            ("router alert and record route", Udp(client, server, 1, 40003, "options"u8, [148, 4, 0, 0, 7, 7, 4, 0, 0, 0, 0, 0])),
        ];
    }
}
