using System.Buffers.Binary;
using Wirepath.Events;
using Wirepath.Wire;
using static Wirepath.Stack.Tests.TestWorld;

namespace Wirepath.Stack.Tests;

public sealed class IpTests
{
    private static readonly HostSettings s_router = HostSettings.Default with { Ip = new IpSettings { Forwarding = true } };

    /// <summary>pc – r1 – r2 – … – server, each cable a network of its own.</summary>
    internal static (TestWorld World, Host Pc, Host[] Routers, Host Server, TestCable[] Cables) Chain(int routers, int[]? mtus = null)
    {
        var world = new TestWorld();
        Host pc = world.AddHost("pc"), server = world.AddHost("server");
        Host[] middle = [.. Enumerable.Range(1, routers).Select(i => world.AddHost("r" + i, s_router))];
        Host[] all = [pc, .. middle, server];
        var cables = new TestCable[routers + 1];
        for (int i = 0; i <= routers; i++)
            cables[i] = world.Connect(all[i], $"10.0.{i}.1/24", all[i + 1], $"10.0.{i}.2/24", mtus?[i] ?? 1500);
        pc.Routes.AddDefault(Ip("10.0.0.2"), cables[0].LeftInterface);
        server.Routes.AddDefault(Ip($"10.0.{routers}.1"), cables[^1].RightInterface);
        for (int i = 0; i < routers; i++)
        {
            middle[i].Routes.AddDefault(Ip($"10.0.{i + 1}.2"), cables[i + 1].LeftInterface);
            for (int j = 0; j < i; j++)
                middle[i].Routes.Add(new Route(IpPrefix.Parse($"10.0.{j}.0/24"), Ip($"10.0.{i}.1"), cables[i].RightInterface));
        }

        return (world, pc, middle, server, cables);
    }

    [Fact]
    public void The_longest_prefix_wins_then_the_lowest_metric()
    {
        using var world = new TestWorld();
        Host host = world.AddHost("host"), other = world.AddHost("other");
        Interface a = world.Connect(host, "10.0.0.1/24", other, "10.0.0.2/24").LeftInterface;
        Interface b = world.Connect(host, "10.1.0.1/24", other, "10.1.0.2/24").LeftInterface;
        host.Routes.AddDefault(Ip("10.0.0.2"), a, metric: 100);
        host.Routes.AddDefault(Ip("10.1.0.2"), b, metric: 50);
        host.Routes.Add(new Route(IpPrefix.Parse("192.168.0.0/16"), Ip("10.0.0.2"), a));
        host.Routes.Add(new Route(IpPrefix.Parse("192.168.7.0/24"), Ip("10.1.0.2"), b));
        host.Routes.Add(new Route(IpPrefix.Parse("192.168.7.9/32"), Ip("10.0.0.3"), a));

        (string To, string NextHop, string Source, bool OnLink)[] expected =
        [
            ("10.0.0.77", "10.0.0.77", "10.0.0.1", true),
            ("10.1.0.77", "10.1.0.77", "10.1.0.1", true),
            ("192.168.1.1", "10.0.0.2", "10.0.0.1", false),
            ("192.168.7.1", "10.1.0.2", "10.1.0.1", false),
            ("192.168.7.9", "10.0.0.3", "10.0.0.1", false),
            ("8.8.8.8", "10.1.0.2", "10.1.0.1", false),
        ];
        foreach ((string to, string nextHop, string source, bool onLink) in expected)
        {
            host.Routes.TryLookup(Ip(to), out RouteDecision route).ShouldBeTrue();
            (route.NextHop, route.Source, route.OnLink).ShouldBe((Ip(nextHop), Ip(source), onLink));
        }

        host.Routes.TryLookup(Ip("2001:db8::1"), out _).ShouldBeFalse();
    }

    [Fact]
    public void Routers_take_one_hop_each_and_addresses_stay_while_MACs_change()
    {
        (TestWorld world, Host pc, Host[] _, Host _, TestCable[] cables) = Chain(3);
        using TestWorld _1 = world;
        PingReply reply = world.Run(() => pc.PingAsync(Ip("10.0.3.2"), 100, 64, TimeSpan.FromSeconds(1)).AsTask());
        (reply.IsReply, reply.TimeToLive, reply.From).ShouldBe((true, 61, Ip("10.0.3.2")));
        world.Happened<PacketForwarded>().Where(f => f.Destination == Ip("10.0.3.2")).Select(f => f.TimeToLive).ShouldBe([63, 62, 61]);
        world.Happened<PacketForwarded>().Count().ShouldBe(6);
        cables.Length.ShouldBe(4);
        // With a forwarded checksum that is still right: the server took the echo.
        world.Happened<PacketDropped>().ShouldBeEmpty();

        PingReply expired = world.Run(() => pc.PingAsync(Ip("10.0.3.2"), 100, 2, TimeSpan.FromSeconds(1)).AsTask());
        (expired.Failure, expired.From).ShouldBe((ProbeOutcome.TimeExceeded, Ip("10.0.1.2")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Traceroute_names_the_routers_in_order(bool icmp)
    {
        (TestWorld world, Host pc, Host[] _, Host _, TestCable[] _) = Chain(3);
        using TestWorld _1 = world;
        List<TracerouteHop> hops = world.Run(async () =>
        {
            var found = new List<TracerouteHop>();
            await foreach (TracerouteHop hop in pc.TracerouteAsync(Ip("10.0.3.2"), new TracerouteSettings { Probes = 3, UseIcmp = icmp }))
                found.Add(hop);
            return found;
        });
        hops.Select(h => h.Probes[0].From).ShouldBe([Ip("10.0.0.2"), Ip("10.0.1.2"), Ip("10.0.2.2"), Ip("10.0.3.2")]);
        hops.Select(h => h.Reached).ShouldBe([false, false, false, true]);
        hops[0].Probes.Count.ShouldBe(3);
        hops[0].Probes.ShouldAllBe(p => p.Kind == ProbeOutcome.TimeExceeded);
        hops[^1].Probes.ShouldAllBe(p => p.Kind == (icmp ? ProbeOutcome.EchoReply : ProbeOutcome.PortUnreachable));
        hops[1].Probes[1].RoundTrip.ShouldBe(TimeSpan.FromMilliseconds(4));
        world.Happened<ProbeAnswered>().Count().ShouldBe(12);
    }

    [Fact]
    public void A_silent_router_is_a_lost_probe_and_the_trace_goes_on()
    {
        (TestWorld world, Host pc, Host[] routers, Host _, TestCable[] cables) = Chain(2);
        using TestWorld _1 = world;
        // r1 never speaks for itself.
        cables[0].Decide = (from, frame) => from == cables[0].Right && Ipv4Header.TryRead(frame.Head[14..], out Ipv4Header ip)
            && ip.Source == Ip("10.0.0.2") ? Fate.Drop : Fate.Deliver;
        List<TracerouteHop> hops = world.Run(async () =>
        {
            var found = new List<TracerouteHop>();
            await foreach (TracerouteHop hop in pc.TracerouteAsync(Ip("10.0.2.2")))
                found.Add(hop);
            return found;
        });
        hops.Select(h => h.Probes[0].Kind).ShouldBe([ProbeOutcome.TimedOut, ProbeOutcome.TimeExceeded, ProbeOutcome.PortUnreachable]);
        world.Happened<ProbeLost>().Single().TimeToLive.ShouldBe(1);
        routers.Length.ShouldBe(2);
    }

    [Fact]
    public void A_big_datagram_goes_in_fragments_that_a_router_cuts_again()
    {
        (TestWorld world, Host pc, Host[] routers, Host server, TestCable[] _) = Chain(1, [1500, 600]);
        using TestWorld _1 = world;
        PingReply reply = world.Run(() => pc.PingAsync(Ip("10.0.1.2"), 8000, 64, TimeSpan.FromSeconds(5)).AsTask());
        (reply.IsReply, reply.Bytes).ShouldBe((true, 8000));
        pc.Statistics.IpFragCreates.ShouldBe(6);
        routers[0].Statistics.IpFragCreates.ShouldBeGreaterThan(10);
        server.Statistics.IpReasmOKs.ShouldBe(1);
        pc.Statistics.IpReasmOKs.ShouldBe(1);
        world.Happened<PacketReassembled>("server").Single().Length.ShouldBe(8028);
        server.MemoryUsed.ShouldBe(0);

        reply = world.Run(() => pc.PingAsync(Ip("10.0.1.2"), 65_507, 64, TimeSpan.FromSeconds(5)).AsTask());
        (reply.IsReply, reply.Bytes).ShouldBe((true, 65_507));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Fragments_come_together_in_any_order_and_repeated(ulong seed)
    {
        (TestWorld world, Host pc, Host[] _, Host server, TestCable[] cables) = Chain(0);
        using TestWorld _1 = world;
        var random = new RandomSource(seed);
        byte[] payload = TcpTests.Bytes(random, 5000);
        byte[] datagram = Frames.Udp(Ip("10.0.0.9"), Ip("10.0.0.1"), 7, 9, payload);
        using UdpSocket socket = pc.OpenUdp(Endpoint("0.0.0.0:9"));
        var cuts = new List<(int Start, int End)>();
        for (int at = 0; at < datagram.Length;)
        {
            int size = Math.Min(8 * (1 + random.Next(100)), datagram.Length - at);
            cuts.Add((at, at + size));
            at += size;
        }

        cuts.AddRange(cuts.Take(2).ToArray());
        foreach ((int start, int end) in cuts.OrderBy(_ => random.NextUInt32()).ToArray())
        {
            cables[0].Left.Arrive(Frames.Ip(cables[0].Left, Ip("10.0.0.9"), Ip("10.0.0.1"), IpProtocol.Udp, datagram.AsSpan(start, end - start),
                id: 77, offset: start, more: end < datagram.Length));
        }

        byte[] buffer = new byte[6000];
        UdpReceiveResult got = world.Run(() => socket.ReceiveFromAsync(buffer).AsTask());
        (got.Length, got.From).ShouldBe((5000, Endpoint("10.0.0.9:7")));
        buffer[..5000].ShouldBe(payload);
        server.Name.ShouldBe("server");
    }

    [Fact]
    public void An_overlap_condemns_the_datagram_and_a_ping_of_death_is_no_datagram_at_all()
    {
        (TestWorld world, Host pc, Host[] _, Host _, TestCable[] cables) = Chain(0);
        using TestWorld _1 = world;
        TestDevice device = cables[0].Left;
        void Arrive(ushort id, int offset, int size, bool more)
        {
            device.Arrive(Frames.Ip(device, Ip("10.0.0.9"), Ip("10.0.0.1"), IpProtocol.Udp, new byte[size], id: id, offset: offset, more: more));
            world.RunFor(TimeSpan.FromMilliseconds(1));
        }

        Arrive(1, 0, 800, more: true);
        Arrive(1, 792, 800, more: false); // 8 bytes twice.
        pc.Statistics.IpReasmFails.ShouldBe(1);
        Arrive(1, 800, 792, more: false); // What would have fitted comes too late.
        pc.Statistics.IpReasmOKs.ShouldBe(0);
        pc.MemoryUsed.ShouldBe(0);

        Arrive(2, 65_528, 1000, more: false);
        Arrive(3, 8, 0, more: true);
        Arrive(4, 8, 13, more: true);
        pc.Statistics.IpReasmFails.ShouldBe(4);

        // Two different ends.
        Arrive(5, 800, 80, more: false);
        Arrive(5, 1600, 80, more: false);
        pc.Statistics.IpReasmFails.ShouldBe(5);
        world.RunFor(TimeSpan.FromSeconds(31));
        pc.Ipv4.Reassembly.Count.ShouldBe(0);
    }

    [Fact]
    public void Incomplete_datagrams_are_bounded_in_memory_and_time()
    {
        using var world = new TestWorld();
        HostSettings settings = HostSettings.Default with { Ip = new IpSettings { ReassemblyMemory = 100_000 } };
        Host pc = world.AddHost("pc", settings), other = world.AddHost("other");
        TestCable cable = world.Connect(pc, "10.0.0.1/24", other, "10.0.0.2/24");
        for (ushort id = 0; id < 1000; id++)
        {
            cable.Left.Arrive(Frames.Ip(cable.Left, Ip("10.0.0.2"), Ip("10.0.0.1"), IpProtocol.Udp, new byte[1000], id: id, more: true));
            world.RunFor(TimeSpan.FromMilliseconds(1));
            pc.Ipv4.Reassembly.Bytes.ShouldBeLessThanOrEqualTo(100_000);
        }

        pc.Ipv4.Reassembly.Count.ShouldBe(100_000 / BlockPool.SmallSize);
        world.RunFor(TimeSpan.FromSeconds(30));
        pc.MemoryUsed.ShouldBe(0);
        pc.Statistics.IpReasmTimeout.ShouldBe(100_000 / BlockPool.SmallSize);
        // The sender of first fragments is told that the rest never came, as often as the rate limit allows.
        other.Statistics.IcmpInTimeExcds.ShouldBeGreaterThan(0);
        pc.Statistics.IcmpOutRateLimited.ShouldBeGreaterThan(0);
        world.Happened<ReassemblyTimedOut>().Count().ShouldBe(100_000 / BlockPool.SmallSize);
    }

    [Fact]
    public void TCP_learns_the_path_MTU_and_the_bytes_arrive()
    {
        (TestWorld world, Host pc, Host[] routers, Host server, TestCable[] _) = Chain(2, [1500, 1000, 1500]);
        using TestWorld _1 = world;
        byte[] bytes = TcpTests.Bytes(world.Random, 100_000);
        (byte[] atClient, byte[] atServer) = world.Run(() => TcpTests.Transfer(pc, server, Endpoint("10.0.2.2:80"), bytes, bytes));
        atServer.ShouldBe(bytes);
        atClient.ShouldBe(bytes);
        world.Happened<PathMtuChanged>("pc").Single().Mtu.ShouldBe(1000);
        world.Happened<PathMtuChanged>("server").Single().Mtu.ShouldBe(1000);
        routers[0].Statistics.IpFragCreates.ShouldBe(0);
        // The next connection knows from the start, until the knowledge expires.
        pc.PathMtu.Get(Ip("10.0.2.2"), 1500, world.Now).ShouldBe(1000);
        world.RunFor(TimeSpan.FromSeconds(601));
        pc.PathMtu.Get(Ip("10.0.2.2"), 1500, world.Now).ShouldBe(1500);
    }

    [Fact]
    public void A_forged_fragmentation_needed_changes_nothing()
    {
        (TestWorld world, Host pc, Host[] _, Host server, TestCable[] cables) = Chain(0);
        using TestWorld _1 = world;
        using TcpAcceptor acceptor = server.Listen(Endpoint("0.0.0.0:80"));
        using TcpStream stream = world.Run(() => pc.ConnectAsync(Endpoint("10.0.0.2:80")).AsTask());
        byte[] quote = new byte[28];
        new Ipv4Header(0, 1500, 1, true, false, 0, 64, IpProtocol.Tcp, 0, Ip("10.0.0.1"), Ip("10.0.0.2"), 20).Write(quote);
        BinaryPrimitives.WriteUInt16BigEndian(quote.AsSpan(20), stream.Id.Local.Port);
        BinaryPrimitives.WriteUInt16BigEndian(quote.AsSpan(22), 80);
        BinaryPrimitives.WriteUInt32BigEndian(quote.AsSpan(24), 0x12345678); // Not a sequence number that is under way.
        byte[] message = new byte[IcmpHeader.Size + quote.Length];
        IcmpHeader.ForUnreachable(IcmpUnreachableCode.FragmentationNeeded, 600).Write(message);
        quote.CopyTo(message, IcmpHeader.Size);
        IcmpHeader.FillChecksum(message);
        cables[0].Left.Arrive(Frames.Ip(cables[0].Left, Ip("10.0.0.66"), Ip("10.0.0.1"), IpProtocol.Icmp, message));
        world.RunFor(TimeSpan.FromSeconds(1));
        pc.Statistics.IcmpInDestUnreachs.ShouldBe(1);
        pc.PathMtu.Get(Ip("10.0.0.2"), 1500, world.Now).ShouldBe(1500);
    }

    [Fact]
    public void An_ICMP_error_quotes_a_packet_with_its_checksum_finished()
    {
        (TestWorld world, Host _, Host[] _, Host server, TestCable[] cables) = Chain(0);
        using TestWorld _1 = world;
        (IpAddress from, IpAddress to) = (Ip("10.0.0.1"), Ip("10.0.0.2"));
        byte[] datagram = Frames.Udp(from, to, 4000, 9, "hello"u8);
        byte[] unfinished = [.. datagram];
        // As a device with checksum offload delivers it: the field holds the pseudo-header's sum.
        BinaryPrimitives.WriteUInt16BigEndian(unfinished.AsSpan(UdpHeader.ChecksumOffset),
            (ushort)~Checksum.Finish(Checksum.PseudoHeader(from, to, IpProtocol.Udp, datagram.Length)));
        byte[] quote = [];
        cables[0].Decide = (device, frame) =>
        {
            if (device == cables[0].Right && frame.Head[14 + 9] == (byte)IpProtocol.Icmp)
                quote = frame.Head[(14 + 20 + IcmpHeader.Size + 20)..].ToArray();
            return Fate.Deliver;
        };
        Packet arrived = Frames.Ip(cables[0].Right, from, to, IpProtocol.Udp, unfinished);
        arrived.Checksum = ChecksumState.Partial;
        cables[0].Right.Arrive(arrived);
        world.RunFor(TimeSpan.FromSeconds(1));
        server.Statistics.IcmpOutDestUnreachs.ShouldBe(1);
        quote.ShouldBe(datagram);
    }

    [Fact]
    public void Packets_that_lie_or_cannot_be_are_dropped_and_counted()
    {
        (TestWorld world, Host pc, Host[] _, Host _, TestCable[] cables) = Chain(0);
        using TestWorld _1 = world;
        TestDevice device = cables[0].Left;
        byte[] echo = new byte[16];
        IcmpHeader.ForEcho(IcmpType.Echo, 1, 1).Write(echo);
        IcmpHeader.FillChecksum(echo);
        DropReason? Dropped(Packet frame)
        {
            int before = world.Happened<PacketDropped>().Count();
            device.Arrive(frame);
            world.RunFor(TimeSpan.FromMilliseconds(1));
            return world.Happened<PacketDropped>().Skip(before).FirstOrDefault()?.Reason;
        }

        Packet Echo(string from, string to, byte[]? options = null) => Frames.Ip(device, Ip(from), Ip(to), IpProtocol.Icmp, echo, options: options);
        Packet Broken(int at, byte value)
        {
            Packet frame = Echo("10.0.0.2", "10.0.0.1");
            frame.Head[at] = value;
            return frame;
        }

        Dropped(Echo("10.0.0.2", "10.0.0.1")).ShouldBeNull();
        pc.Statistics.IcmpInEchos.ShouldBe(1);
        Dropped(Broken(14, 0x65)).ShouldBe(DropReason.Malformed);   // version 6
        Dropped(Broken(14, 0x44)).ShouldBe(DropReason.Malformed);   // header of 16 bytes
        Dropped(Broken(16, 0xFF)).ShouldBe(DropReason.Malformed);   // longer than the frame
        Dropped(Broken(22, 3)).ShouldBe(DropReason.BadChecksum);
        Dropped(Broken(14 + 20 + 9, 3)).ShouldBe(DropReason.BadChecksum); // of ICMP
        foreach (string martian in new[] { "127.0.0.1", "224.0.0.1", "255.255.255.255", "10.0.0.255", "0.0.0.5", "240.0.0.1", "10.0.0.1" })
            Dropped(Echo(martian, "10.0.0.1")).ShouldBe(DropReason.Martian, martian);
        Dropped(Echo("10.0.0.2", "127.0.0.1")).ShouldBe(DropReason.Martian);
        Dropped(Echo("10.0.0.2", "10.9.9.9")).ShouldBe(DropReason.NotForUs);
        Dropped(Echo("10.0.0.2", "10.0.0.1", [131, 7, 4, 10, 0, 0, 9, 0])).ShouldBe(DropReason.Malformed); // source route
        Dropped(Echo("10.0.0.2", "10.0.0.255")).ShouldBeNull();
        pc.Statistics.IcmpOutEchoReps.ShouldBe(1); // Only the first was answered; the broadcast was not.
        Dropped(Frames.Ip(device, Ip("10.0.0.2"), Ip("10.0.0.1"), (IpProtocol)132, echo)).ShouldBe(DropReason.UnknownProtocol);
        world.Happened<IcmpSent>("pc").Last().ShouldBe(new IcmpSent(Ip("10.0.0.2"), IcmpType.DestinationUnreachable, 2, Ip("10.0.0.1")));
    }

    [Fact]
    public void Errors_are_rate_limited_and_never_answer_errors_or_broadcasts()
    {
        (TestWorld world, Host pc, Host[] _, Host _, TestCable[] cables) = Chain(0);
        using TestWorld _1 = world;
        TestDevice device = cables[0].Left;
        void Arrive(Packet frame)
        {
            device.Arrive(frame);
            world.RunFor(TimeSpan.FromMilliseconds(1));
        }

        byte[] datagram = Frames.Udp(Ip("10.0.0.2"), Ip("10.0.0.1"), 5, 6, [1]);
        for (int i = 0; i < 100; i++)
            Arrive(Frames.Ip(device, Ip("10.0.0.2"), Ip("10.0.0.1"), IpProtocol.Udp, datagram));
        pc.Statistics.IcmpOutDestUnreachs.ShouldBe(6); // A burst of six, then one a second.
        world.RunFor(TimeSpan.FromSeconds(2.5));
        for (int i = 0; i < 10; i++)
            Arrive(Frames.Ip(device, Ip("10.0.0.2"), Ip("10.0.0.1"), IpProtocol.Udp, datagram));
        pc.Statistics.IcmpOutDestUnreachs.ShouldBe(8);
        pc.Statistics.IcmpOutRateLimited.ShouldBe(102);

        world.RunFor(TimeSpan.FromSeconds(30));
        byte[] toAll = Frames.Udp(Ip("10.0.0.3"), Ip("10.0.0.255"), 5, 6, [1]);
        Arrive(Frames.Ip(device, Ip("10.0.0.3"), Ip("10.0.0.255"), IpProtocol.Udp, toAll));
        Arrive(Frames.Ip(device, Ip("10.0.0.3"), Ip("10.0.0.1"), IpProtocol.Udp, datagram.AsSpan(0, 8), offset: 8, more: false));
        pc.Statistics.IcmpOutDestUnreachs.ShouldBe(8);
    }
}
