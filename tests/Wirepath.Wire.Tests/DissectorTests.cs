namespace Wirepath.Wire.Tests;

public class DissectorTests
{
    [Fact]
    public void The_figures_have_no_gaps_and_end_where_the_header_ends()
    {
        foreach ((IReadOnlyList<FieldDescription> figure, int size) in new (IReadOnlyList<FieldDescription>, int)[]
        {
            (EthernetHeader.Fields, EthernetHeader.Size), (ArpPacket.Fields, ArpPacket.Size), (Ipv4Header.Fields, Ipv4Header.Size), (Ipv6Header.Fields, Ipv6Header.Size),
            (IcmpHeader.Fields, IcmpHeader.Size), (IcmpHeader.EchoFields, IcmpHeader.Size), (IcmpHeader.FragmentationNeededFields, IcmpHeader.Size),
            (UdpHeader.Fields, UdpHeader.Size), (TcpHeader.Fields, TcpHeader.Size), (DnsHeader.Fields, DnsHeader.Size), (DhcpMessage.Fields, DhcpMessage.OptionsOffset),
        })
        {
            int at = 0;
            foreach (FieldDescription field in figure)
            {
                field.BitOffset.ShouldBe(at, field.Name);
                at += field.BitWidth;
            }

            at.ShouldBe(size * 8);
        }
    }

    [Fact]
    public void Every_bit_of_every_kind_of_frame_has_exactly_one_field()
    {
        foreach ((string what, byte[] frame) in TestFrames.OneOfEach())
        {
            IReadOnlyList<DissectedLayer> layers = Dissector.Dissect(frame);
            ShouldCover(layers, frame.Length);
            layers.SelectMany(layer => layer.Fields).ShouldNotContain(field => field.Value.Contains("wrong") || field.Meaning == "Not part of any field", what);
        }
    }

    [Fact]
    public void Neighbour_discovery_shows_who_is_asked_for()
    {
        IReadOnlyList<DissectedLayer> layers = Dissector.Dissect(Frame("neighbour advertisement"));
        layers.Select(layer => layer.Name).ShouldBe(["Ethernet", "IPv6", "ICMPv6"]);
        Value(layers[2], "Target").ShouldBe("2001:db8:1::80");
        Value(layers[2], "S").ShouldBe("1");
        Value(layers[2], "Checksum").ShouldEndWith("correct");
        Value(Dissector.Dissect(Frame("router advertisement"))[2], "Router lifetime").ShouldBe("1800");
    }

    [Fact]
    public void A_SYN_reads_like_the_figure_of_RFC_9293()
    {
        IReadOnlyList<DissectedLayer> layers = Dissector.Dissect(Frame("SYN"));
        layers.Select(layer => layer.Name).ShouldBe(["Ethernet", "IPv4", "TCP"]);
        (layers[2].Offset, layers[2].Length).ShouldBe((34, 40));
        Value(layers[0], "EtherType").ShouldBe("IPv4 (0x0800)");
        Value(layers[1], "Protocol").ShouldBe("TCP (6)");
        Value(layers[1], "Destination").ShouldBe("203.0.113.80");
        Value(layers[1], "Header checksum").ShouldEndWith("correct");
        Value(layers[2], "Sequence number").ShouldBe("1000");
        Value(layers[2], "SYN").ShouldBe("1");
        Value(layers[2], "ACK").ShouldBe("0");
        Value(layers[2], "Data offset").ShouldBe("10 (40 bytes)");
        Value(layers[2], "Checksum").ShouldEndWith("correct");
        DissectedField mss = layers[2].Fields.Single(field => field.Name == "Option MSS");
        (mss.BitOffset, mss.BitWidth, mss.Value).ShouldBe((160, 32, "1460"));
        Value(layers[2], "Option Window scale").ShouldBe("7 (×128)");
    }

    [Fact]
    public void Names_errors_leases_and_padding_are_said_in_words()
    {
        DissectedLayer dns = Layer("DNS response", "DNS");
        Value(dns, "QR").ShouldBe("1 (response)");
        Value(dns, "Answer 1 name").ShouldBe("www.example.com.");
        dns.Fields.Single(field => field.Name == "Answer 1 name").Meaning.ShouldBe("Compressed: goes on at byte 12 of the message");
        Value(dns, "Answer 1 data").ShouldBe("web.example.com.");
        Value(dns, "Answer 2 data").ShouldBe("203.0.113.80");
        Value(dns, "Additional 6 UDP payload size").ShouldBe("1232");

        Dissector.Dissect(Frame("fragmentation needed")).Select(layer => layer.Name).ShouldBe(["Ethernet", "IPv4", "ICMP", "Quoted IPv4", "Quoted UDP"]);
        Value(Layer("fragmentation needed", "ICMP"), "Next-hop MTU").ShouldBe("1400");
        Value(Layer("fragmentation needed", "ICMP"), "Code").ShouldBe("FragmentationNeeded (4)");
        Value(Layer("fragmentation needed", "Quoted UDP"), "Destination port").ShouldBe("33435");

        Value(Layer("DHCP ack", "DHCP"), "Option MessageType").ShouldBe("Ack (5)");
        Value(Layer("DHCP ack", "DHCP"), "Option DnsServers").ShouldBe("192.168.1.1 9.9.9.9");
        Layer("ARP request", "Padding").Length.ShouldBe(18);
        Value(Layer("router alert and record route", "IPv4"), "Option RecordRoute").ShouldBe("▸0.0.0.0");
        Value(Layer("SACK", "TCP"), "Option SACK").ShouldBe("3000–4000 5000–6000");
    }

    [Fact]
    public void Requests_and_records_on_TCP_are_recognised()
    {
        byte[] get = TestFrames.Tcp(IpAddress.V4(1), IpAddress.V4(2), TcpFlags.Ack, 1, 1, default, "GET / HTTP/1.1\r\nHost: a\r\n\r\nbody"u8);
        IReadOnlyList<DissectedLayer> layers = Dissector.Dissect(get);
        ShouldCover(layers, get.Length);
        layers[^1].Name.ShouldBe("HTTP");
        layers[^1].Fields.Select(field => field.Value).Take(2).ShouldBe(["GET / HTTP/1.1", "Host: a"]);

        byte[] tls = TestFrames.Tcp(IpAddress.V4(1), IpAddress.V4(2), TcpFlags.Ack, 1, 1, default, [22, 3, 1, 0, 2, 9, 9, 23, 3, 3, 0, 200, 1]);
        layers = Dissector.Dissect(tls);
        ShouldCover(layers, tls.Length);
        layers[^1].Name.ShouldBe("TLS");
        layers[^1].Fields[0].Value.ShouldBe("handshake (22)");
    }

    [Fact]
    public void A_wrong_checksum_is_called_wrong()
    {
        byte[] frame = [.. Frame("data")];
        frame[^1] ^= 1;
        Value(Dissector.Dissect(frame)[2], "Checksum").ShouldEndWith("wrong");
    }

    [Fact]
    public void Cut_or_changed_anywhere_a_frame_is_still_covered_without_gap()
    {
        var random = new RandomSource(6);
        (string What, byte[] Frame)[] frames = [.. TestFrames.OneOfEach()];
        LinkType[] linkTypes = [LinkType.Ethernet, LinkType.Ethernet, LinkType.Ethernet, LinkType.Raw, LinkType.Null, LinkType.LinuxSll, LinkType.LinuxSll2, (LinkType)999];
        for (int round = 0; round < 20_000; round++)
        {
            byte[] frame = frames[random.Next(frames.Length)].Frame;
            byte[] damaged = frame[..random.Next(frame.Length + 1)];
            for (int changes = random.Next(4); changes > 0 && damaged.Length > 0; changes--)
                damaged[random.Next(damaged.Length)] = (byte)random.NextUInt16();
            ShouldCover(Dissector.Dissect(damaged, linkTypes[random.Next(linkTypes.Length)]), damaged.Length);
        }
    }

    // Plain comparisons: this runs over millions of fields.
    private static void ShouldCover(IReadOnlyList<DissectedLayer> layers, int length)
    {
        int at = 0;
        foreach (DissectedLayer layer in layers)
        {
            if (layer.Offset != at || layer.Length == 0)
                layer.Offset.ShouldBe(at, layer.Name);
            int bits = 0;
            foreach (DissectedField field in layer.Fields)
            {
                if (field.BitOffset != bits || field.BitWidth <= 0)
                    field.BitOffset.ShouldBe(bits, $"{layer.Name} {field.Name}");
                bits += field.BitWidth;
            }

            if (bits != layer.Length * 8)
                bits.ShouldBe(layer.Length * 8, layer.Name);
            at += layer.Length;
        }

        at.ShouldBe(length);
    }

    private static byte[] Frame(string what) => TestFrames.OneOfEach().Single(frame => frame.What == what).Frame;

    private static DissectedLayer Layer(string what, string name) => Dissector.Dissect(Frame(what)).Single(layer => layer.Name == name);

    private static string Value(DissectedLayer layer, string field) => layer.Fields.Single(candidate => candidate.Name == field).Value;
}
