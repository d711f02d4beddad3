using Wirepath.Events;
using Wirepath.Wire;
using static Wirepath.Stack.Tests.TestWorld;

namespace Wirepath.Stack.Tests;

public sealed class Ipv6Tests
{
    private static readonly IpAddress s_pc = Ip("2001:db8:0::1"), s_server = Ip("2001:db8:2::2"), s_stranger = Ip("2001:db8:0::99");

    /// <summary>pc – r1 – r2 – server, each cable a network of its own.</summary>
    private static (TestWorld World, Host Pc, Host[] Routers, Host Server, TestCable[] Cables) Chain(int[]? mtus = null, HostSettings? ends = null)
    {
        var world = new TestWorld();
        HostSettings router = HostSettings.Default with { Ipv6 = new Ipv6Settings { Forwarding = true } };
        Host pc = world.AddHost("pc", ends), server = world.AddHost("server", ends);
        Host[] routers = [world.AddHost("r1", router), world.AddHost("r2", router)];
        Host[] all = [pc, .. routers, server];
        var cables = new TestCable[3];
        for (int i = 0; i < 3; i++)
            cables[i] = world.Connect(all[i], $"2001:db8:{i}::1/64", all[i + 1], $"2001:db8:{i}::2/64", mtus?[i] ?? 1500);
        pc.Routes.AddDefault(Ip("2001:db8:0::2"), cables[0].LeftInterface);
        server.Routes.AddDefault(Ip("2001:db8:2::1"), cables[2].RightInterface);
        routers[0].Routes.AddDefault(Ip("2001:db8:1::2"), cables[1].LeftInterface);
        routers[1].Routes.Add(new Route(IpPrefix.Parse("2001:db8:0::/64"), Ip("2001:db8:1::1"), cables[1].RightInterface));
        world.RunFor(TimeSpan.FromSeconds(5));
        return (world, pc, routers, server, cables);
    }

    [Fact]
    public void Traceroute_names_each_router_and_routers_take_a_hop_off()
    {
        (TestWorld world, Host pc, Host[] _, Host __, TestCable[] ___) = Chain();
        using TestWorld ____ = world;
        foreach (bool icmp in (bool[])[false, true])
        {
            IpAddress[] path = world.Run(async () =>
            {
                var seen = new List<IpAddress>();
                await foreach (TracerouteHop hop in pc.TracerouteAsync(s_server, new TracerouteSettings { UseIcmp = icmp }))
                    seen.Add(hop.Probes[0].From);
                return seen.ToArray();
            });
            path.ShouldBe([Ip("2001:db8:0::2"), Ip("2001:db8:1::2"), s_server]);
        }

        world.Run(() => pc.PingAsync(s_server, 56, 64, TimeSpan.FromSeconds(1)).AsTask()).TimeToLive.ShouldBe(62);
    }

    [Fact]
    public void A_router_that_cannot_pass_on_says_how_much_would_fit_and_the_sender_cuts()
    {
        (TestWorld world, Host pc, Host[] routers, Host server, TestCable[] _) = Chain([1500, 1300, 1500]);
        using TestWorld __ = world;
        PingReply tooBig = world.Run(() => pc.PingAsync(s_server, 1400, 64, TimeSpan.FromSeconds(1)).AsTask());
        (tooBig.Failure, tooBig.From).ShouldBe((ProbeOutcome.TooBig, Ip("2001:db8:0::2")));
        world.Happened<PathMtuChanged>("pc").Single().ShouldBe(new PathMtuChanged(s_server, 1300));
        // From now on in fragments, that the server puts together; its answer learns the same of the way back.
        world.Run(() => pc.PingAsync(s_server, 1400, 64, TimeSpan.FromSeconds(1)).AsTask());
        world.Run(() => pc.PingAsync(s_server, 1400, 64, TimeSpan.FromSeconds(1)).AsTask()).Bytes.ShouldBe(1400);
        pc.Statistics.Ip6FragCreates.ShouldBe(4);
        server.Statistics.Ip6ReasmOKs.ShouldBe(2);
        routers[0].Statistics.Ip6FragCreates.ShouldBe(0);

        byte[] up = TcpTests.Bytes(world.Random, 100_000), down = TcpTests.Bytes(world.Random, 100_000);
        (byte[] atClient, byte[] atServer) = world.Run(() => TcpTests.Transfer(pc, server, new IpEndpoint(s_server, 80), up, down));
        (atClient.SequenceEqual(down), atServer.SequenceEqual(up)).ShouldBe((true, true));
        pc.Statistics.Ip6FragCreates.ShouldBe(4); // TCP makes its segments fit.
    }

    [Fact]
    public void TCP_learns_the_path_MTU_and_a_forger_cannot_make_it_tiny()
    {
        (TestWorld world, Host pc, Host[] _, Host server, TestCable[] cables) = Chain([1500, 1280, 1500]);
        using TestWorld __ = world;
        byte[] up = TcpTests.Bytes(world.Random, 300_000);
        world.Run(() => TcpTests.Transfer(pc, server, new IpEndpoint(s_server, 80), up, [])).AtServer.ShouldBe(up);
        world.Happened<PathMtuChanged>("pc").Single().Mtu.ShouldBe(1280);

        // RFC 8201 §4: less than 1,280 is a lie, even when it quotes what we have sent.
        byte[] sent = world.Happened<FrameSent>("pc").Select(f => f.Frame.ToArray()).Last(f => f.Length > 500)[EthernetHeader.Size..];
        byte[] message = new byte[Icmpv6Header.Size + 100];
        Icmpv6Header.ForPacketTooBig(600).Write(message);
        sent.AsSpan(0, 100).CopyTo(message.AsSpan(Icmpv6Header.Size));
        long before = pc.Statistics.Icmp6InErrors;
        cables[0].Left.Arrive(Frames6.Icmp(cables[0].Left, Ip("2001:db8:0::2"), s_pc, message));
        world.RunFor(TimeSpan.FromSeconds(1));
        pc.Statistics.Icmp6InErrors.ShouldBe(before + 1);
        world.Happened<PathMtuChanged>("pc").Count().ShouldBe(1);
    }

    [Fact]
    public void Datagrams_of_all_sizes_arrive_whole_and_a_closed_port_answers()
    {
        (TestWorld world, Host pc, Host[] _, Host server, TestCable[] __) = Chain();
        using TestWorld ___ = world;
        using UdpSocket one = pc.OpenUdp(Endpoint("[::]:0")), two = server.OpenUdp(Endpoint("[::]:7"));
        byte[] buffer = new byte[65535];
        foreach (int size in (int[])[0, 1, 1452, 1453, 9000, 65507])
        {
            byte[] payload = TcpTests.Bytes(world.Random, size);
            UdpReceiveResult got = world.Run(async () =>
            {
                await one.SendToAsync(payload, new IpEndpoint(s_server, 7));
                return await two.ReceiveFromAsync(buffer);
            });
            buffer.AsSpan(0, got.Length).SequenceEqual(payload).ShouldBeTrue();
            got.From.Address.ShouldBe(s_pc);
        }

        NetworkException error = world.Run(async () =>
        {
            await one.SendToAsync(new byte[9], new IpEndpoint(s_server, 8));
            return await TcpTests.Catch<NetworkException>(() => one.ReceiveFromAsync(buffer).AsTask());
        });
        error.End.ShouldBe(ConnectionEnd.Refused);
        error.Detail.ShouldBe("2001:db8:2::2 says: nobody listens on this port (ICMPv6 type 1, code 4)");
    }

    [Fact]
    public void Fragments_are_put_together_unless_they_overlap_and_one_alone_needs_no_others()
    {
        (TestWorld world, Host pc, Host[] _, Host __, TestCable[] cables) = Chain();
        using TestWorld ___ = world;
        TestDevice left = cables[0].Left;
        using UdpSocket socket = pc.OpenUdp(Endpoint("[::]:7"));
        byte[] payload = TcpTests.Bytes(world.Random, 2000);
        byte[] datagram = Frames.Udp(s_stranger, s_pc, 9, 7, payload);
        Packet Piece(int from, int to, uint id, bool? more = null) =>
            Frames6.Fragment(left, s_stranger, s_pc, IpProtocol.Udp, datagram.AsSpan(from, to - from), from, more ?? to < datagram.Length, id);
        long Received() => pc.Statistics.UdpInDatagrams;

        foreach (Packet piece in (Packet[])[Piece(1600, 2008, 1), Piece(0, 800, 1), Piece(0, 800, 1), Piece(800, 1600, 1)])
            left.Arrive(piece);
        world.RunFor(TimeSpan.FromMilliseconds(1));
        Received().ShouldBe(1);
        byte[] buffer = new byte[3000];
        world.Run(() => socket.ReceiveFromAsync(buffer).AsTask()).Length.ShouldBe(2000);
        buffer.AsSpan(0, 2000).SequenceEqual(payload).ShouldBeTrue();

        // RFC 5722: an overlap condemns the datagram, and whatever still comes of it.
        foreach (Packet piece in (Packet[])[Piece(0, 800, 2), Piece(792, 1600, 2), Piece(800, 1600, 2), Piece(1600, 2008, 2)])
            left.Arrive(piece);
        // RFC 6946: an atomic fragment is whole, and does not touch the incomplete datagram with its identification.
        byte[] small = Frames.Udp(s_stranger, s_pc, 9, 7, [1, 2, 3]);
        left.Arrive(Piece(0, 800, 3));
        left.Arrive(Frames6.Fragment(left, s_stranger, s_pc, IpProtocol.Udp, small, 0, more: false, 3));
        world.RunFor(TimeSpan.FromMilliseconds(1));
        Received().ShouldBe(2);
        world.Run(() => socket.ReceiveFromAsync(buffer).AsTask()).Length.ShouldBe(3);

        // A middle piece of an odd size, an end behind 65,535 bytes, a first piece without all headers.
        left.Arrive(Piece(0, 801, 4, more: true));
        left.Arrive(Frames6.Fragment(left, s_stranger, s_pc, IpProtocol.Udp, datagram.AsSpan(0, 800), 65528, false, 5));
        left.Arrive(Frames6.Fragment(left, s_stranger, s_pc, IpProtocol.Udp, datagram.AsSpan(0, 0), 0, true, 6));
        world.RunFor(TimeSpan.FromMilliseconds(1));
        world.Happened<Icmpv6Sent>("pc").Where(s => s.Type == Icmpv6Type.ParameterProblem).Select(s => s.Code).ShouldBe([(byte)0, (byte)0, (byte)3]);

        // The rest never comes: only the one whose first piece is there is reported, after 60 s.
        world.RunFor(TimeSpan.FromSeconds(65)); // And until nobody answers who would take the report.
        world.Happened<Icmpv6Sent>("pc").Count(s => s is { Type: Icmpv6Type.TimeExceeded, Code: 1 }).ShouldBe(1);
        pc.MemoryUsed.ShouldBe(0);
    }

    [Theory]
    [InlineData("00", true, -1)] // Nothing in front.
    [InlineData("3C:1100010400000000", true, -1)] // Destination options with padding.
    [InlineData("00:1100050200000100", true, -1)] // Hop-by-hop with a router alert.
    [InlineData("3C:1100C20400000000", false, 2)] // An option that must be understood (RFC 8200 §4.2, 11).
    [InlineData("3C:1100420400000000", false, -1)] // One that costs the packet without a word (01).
    [InlineData("3C:0000010400000000", false, 1)] // Hop-by-hop where it must not be.
    [InlineData("2B:1100000100000000", false, 0)] // A routing header with a way to go (RFC 5095).
    [InlineData("2B:1100040000000000", true, -1)] // One that has been followed to its end.
    [InlineData("3C:11FF010400000000", false, -1)] // Longer than the packet.
    [InlineData("FD:0000000000000000", false, 1)] // A header that nobody knows.
    public void Extension_headers_are_skipped_obeyed_or_refused(string header, bool isDelivered, int problem)
    {
        (TestWorld world, Host pc, Host[] _, Host __, TestCable[] cables) = Chain();
        using TestWorld ___ = world;
        using UdpSocket socket = pc.OpenUdp(Endpoint("[::]:7"));
        byte[] datagram = Frames.Udp(s_stranger, s_pc, 9, 7, [1]);
        string[] parts = header.Split(':');
        IpProtocol next = parts.Length == 1 ? IpProtocol.Udp : (IpProtocol)Convert.ToByte(parts[0], 16);
        byte[] payload = parts.Length == 1 ? datagram : [.. Convert.FromHexString(parts[1]), .. datagram];
        cables[0].Left.Arrive(Frames6.Ip(cables[0].Left, s_stranger, s_pc, next, payload));
        world.RunFor(TimeSpan.FromMilliseconds(1));
        pc.Statistics.UdpInDatagrams.ShouldBe(isDelivered ? 1 : 0);
        int[] problems = [.. world.Happened<Icmpv6Sent>("pc").Where(s => s.Type == Icmpv6Type.ParameterProblem).Select(s => (int)s.Code)];
        problems.ShouldBe(problem < 0 ? [] : [problem]);
    }

    [Fact]
    public void A_datagram_without_a_checksum_and_senders_that_cannot_be_are_dropped()
    {
        (TestWorld world, Host pc, Host[] _, Host __, TestCable[] cables) = Chain();
        using TestWorld ___ = world;
        using UdpSocket socket = pc.OpenUdp(Endpoint("[::]:7"));
        TestDevice left = cables[0].Left;
        long before = pc.Statistics.Ip6InAddrErrors;
        left.Arrive(Frames6.Ip(left, s_stranger, s_pc, IpProtocol.Udp, Frames.Udp(s_stranger, s_pc, 9, 7, [1], withChecksum: false)));
        foreach (string source in (string[])["::", "::1", "ff02::1", "::ffff:10.0.0.1", "2001:db8::1"])
            left.Arrive(Frames6.Ip(left, Ip(source), s_pc, IpProtocol.Udp, Frames.Udp(Ip(source), s_pc, 9, 7, [1])));
        foreach (string to in (string[])["::", "::1", "ff01::1", "::ffff:10.0.0.1", "2001:db8::77"])
            left.Arrive(Frames6.Ip(left, s_stranger, Ip(to), IpProtocol.Udp, Frames.Udp(s_stranger, Ip(to), 9, 7, [1])));
        world.RunFor(TimeSpan.FromMilliseconds(1));
        pc.Statistics.UdpInDatagrams.ShouldBe(0);
        pc.Statistics.UdpInCsumErrors.ShouldBe(1);
        (pc.Statistics.Ip6InAddrErrors - before).ShouldBe(10);
    }

    [Fact]
    public void The_source_address_has_the_destinations_scope_and_network()
    {
        using var world = new TestWorld();
        Host pc = world.AddHost("pc"), other = world.AddHost("other");
        TestCable cable = world.Connect(pc, "2001:db8:1::1/64", other, "2001:db8:1::2/64");
        cable.LeftInterface.AddAddress(Address("fd00::1/64"));
        pc.Routes.AddDefault(Ip("fe80::2"), cable.LeftInterface);
        foreach ((string to, string from) in ((string, string)[])[("2001:db8:1::9", "2001:db8:1::1"), ("fd00::9", "fd00::1"), ("2001:db8:2::9", "2001:db8:1::1"),
            ("fe80::9", "fe80::ff:fe00:0"), ("ff02::1", "fe80::ff:fe00:0"), ("fd00:0:0:1::1", "fd00::1"), ("::1", "::1")])
        {
            pc.IpOut.TryRoute(Ip(to), out RouteDecision route).ShouldBeTrue();
            route.Source.ShouldBe(Ip(from), to);
        }
    }

    [Fact]
    public void Traffic_class_and_congestion_experienced_reach_the_layer_above()
    {
        (TestWorld world, Host pc, Host[] _, Host __, TestCable[] cables) = Chain();
        using TestWorld ___ = world;
        byte[] echo = new byte[16];
        Icmpv6Header.ForEcho(Icmpv6Type.EchoRequest, 1, 1).Write(echo);
        Icmpv6Header.FillChecksum(echo, s_stranger, s_pc);
        byte answered = 0;
        cables[0].LeftInterface.Neighbors.AddPermanent(s_stranger, new MacAddress(0x02_AA));
        cables[0].Decide = (_, frame) =>
        {
            Ipv6Header.TryRead(frame.ToArray().AsSpan(EthernetHeader.Size), out Ipv6Header header);
            answered = header.TrafficClass;
            return Fate.Deliver;
        };
        cables[0].Left.Arrive(Frames6.Ip(cables[0].Left, s_stranger, s_pc, IpProtocol.IcmpV6, echo, trafficClass: 0xBB));
        world.RunFor(TimeSpan.FromMilliseconds(1));
        answered.ShouldBe((byte)0xBB); // Both ways through the same byte as IPv4's TOS.
    }
}
