using Wirepath.Events;
using Wirepath.Wire;
using static Wirepath.Stack.Tests.TestWorld;

namespace Wirepath.Stack.Tests;

public sealed class NeighborDiscoveryTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly HostSettings s_patient = HostSettings.Default with { Ipv6 = new Ipv6Settings { OptimisticDad = false } };

    /// <summary>Two hosts on a cable, both through with duplicate address detection.</summary>
    private static (TestWorld World, Host Pc, Host Server, TestCable Cable) Pair(HostSettings? settings = null)
    {
        var world = new TestWorld();
        Host pc = world.AddHost("pc", settings), server = world.AddHost("server", settings);
        TestCable cable = world.Connect(pc, "2001:db8::1/64", server, "2001:db8::2/64");
        world.RunFor(TimeSpan.FromSeconds(5));
        return (world, pc, server, cable);
    }

    private static PingReply Ping(TestWorld world, Host from, string to, int size = 56, int seconds = 10) =>
        world.Run(() => from.PingAsync(Ip(to), size, 64, TimeSpan.FromSeconds(seconds)).AsTask());

    [Fact]
    public void An_unknown_neighbour_is_asked_for_once_at_its_own_group_and_the_packet_follows_the_answer()
    {
        (TestWorld world, Host pc, Host _, TestCable cable) = Pair();
        using TestWorld __ = world;
        var groups = new List<MacAddress>();
        cable.Decide = (from, frame) =>
        {
            if (from == cable.Left && EthernetHeader.TryRead(frame.Head, out EthernetHeader header) && header.Destination.IsMulticast)
                groups.Add(header.Destination);
            return Fate.Deliver;
        };

        PingReply reply = Ping(world, pc, "2001:db8::2");

        reply.IsReply.ShouldBeTrue();
        reply.RoundTrip.ShouldBe(TimeSpan.FromMilliseconds(4)); // The question there and back, echo there and back.
        groups.ShouldBe([new MacAddress(0x3333_FF00_0002)]); // RFC 2464 §7: not everybody is disturbed.
        world.Happened<NeighborResolved>("pc").Single().Elapsed.ShouldBe(TimeSpan.FromMilliseconds(2));
        // Who was asked has learned the asker, and need not ask.
        world.Happened<NeighborRequested>("server").ShouldBeEmpty();
        cable.LeftInterface.Neighbors.List().Single().ShouldBe(new Neighbor(Ip("2001:db8::2"), cable.Right.Address, NeighborState.Reachable));
        Ping(world, pc, "2001:db8::2").RoundTrip.ShouldBe(TimeSpan.FromMilliseconds(2));
        // The link-local addresses came along, and answer too.
        string neighbour = cable.RightInterface.Addresses.Single(a => a.Address.IsLinkLocal).Address.ToString();
        neighbour.ShouldBe("fe80::ff:fe00:1"); // 02:00:00:00:00:01 with its universal bit turned.
        Ping(world, pc, neighbour).IsReply.ShouldBeTrue();
    }

    [Fact]
    public void The_question_is_because_of_the_packet_and_the_answer_because_of_the_question()
    {
        (TestWorld world, Host pc, Host _, TestCable __) = Pair();
        using TestWorld ___ = world;
        Ping(world, pc, "2001:db8::2");
        Event Cause(Event e) => world.Find(e.Cause)!;
        Event asked = world.Events.First(e => e.What is NeighborRequested);
        Cause(asked).What.ShouldBeOfType<NeighborLookup>().Hit.ShouldBeFalse();
        Cause(Cause(asked)).What.ShouldBeOfType<Icmpv6Sent>().Type.ShouldBe(Icmpv6Type.EchoRequest);
        Event solicited = world.Events.Single(e => e.What is Icmpv6Sent { Type: Icmpv6Type.NeighborSolicitation } && e.Cause == asked.Id);
        Event advertised = world.Events.Last(e => e is { Node: "server", What: Icmpv6Sent { Type: Icmpv6Type.NeighborAdvertisement } });
        Cause(advertised).What.ShouldBeOfType<NeighborResolved>().Elapsed.ShouldBe(TimeSpan.Zero); // Learned in passing.
        Event heard = Cause(Cause(advertised));
        heard.What.ShouldBeOfType<Icmpv6Received>().Type.ShouldBe(Icmpv6Type.NeighborSolicitation);
        Cause(Cause(Cause(heard))).ShouldBe(solicited);
    }

    [Fact]
    public void A_lost_question_is_repeated_and_after_three_the_host_is_unreachable()
    {
        (TestWorld world, Host pc, Host _, TestCable cable) = Pair();
        using TestWorld __ = world;
        int lost = 0;
        cable.Decide = (_, _) => lost++ < 2 ? Fate.Drop : Fate.Deliver;
        Ping(world, pc, "2001:db8::2").RoundTrip.ShouldBe(TimeSpan.FromMilliseconds(2004));

        Instant start = world.Now;
        PingReply reply = Ping(world, pc, "2001:db8::99");
        (reply.Failure, reply.From).ShouldBe((ProbeOutcome.Unreachable, Ip("2001:db8::1")));
        (world.Now - start).ShouldBe(TimeSpan.FromSeconds(3));
        NetworkException error = Should.Throw<NetworkException>(() => world.Run(() => pc.ConnectAsync(Endpoint("[2001:db8::99]:80")).AsTask()));
        error.End.ShouldBe(ConnectionEnd.Unreachable);
        error.Detail.ShouldContain("ICMPv6 type 1, code 3");
    }

    [Fact]
    public void A_stale_neighbour_is_asked_directly_and_forgotten_when_it_is_gone()
    {
        (TestWorld world, Host pc, Host _, TestCable cable) = Pair();
        using TestWorld __ = world;
        Ping(world, pc, "2001:db8::2");
        NeighborTable table = cable.LeftInterface.Neighbors;
        world.RunFor(TimeSpan.FromSeconds(60));
        table.List().Single().State.ShouldBe(NeighborState.Stale);
        Ping(world, pc, "2001:db8::2").IsReply.ShouldBeTrue();
        int unicast = 0;
        cable.Decide = (from, frame) =>
        {
            EthernetHeader.TryRead(frame.Head, out EthernetHeader header);
            unicast += from == cable.Left && header.Destination == cable.Right.Address && frame.Head[EthernetHeader.Size + 40] == 135 ? 1 : 0;
            return Fate.Deliver;
        };
        world.RunFor(TimeSpan.FromSeconds(6));
        unicast.ShouldBe(1);
        table.List().Single().State.ShouldBe(NeighborState.Reachable);
        cable.Decide = (_, _) => Fate.Drop;
        world.RunFor(TimeSpan.FromSeconds(60));
        Ping(world, pc, "2001:db8::2", seconds: 1).Failure.ShouldBe(ProbeOutcome.TimedOut);
        world.RunFor(TimeSpan.FromSeconds(10));
        table.Count.ShouldBe(0);
    }

    [Fact]
    public void Strangers_cannot_take_our_address_nor_a_neighbours_unless_they_say_that_they_override()
    {
        (TestWorld world, Host pc, Host _, TestCable cable) = Pair();
        using TestWorld __ = world;
        Ping(world, pc, "2001:db8::2");
        NeighborTable table = cable.LeftInterface.Neighbors;
        void Hear(NeighborAdvertisement told, byte hops = 255)
        {
            cable.Left.Arrive(Frames6.Discovery(cable.Left, Ip("2001:db8::2"), IpAddress.AllNodes, told.Length, told.Write, hops));
            world.RunFor(TimeSpan.FromMilliseconds(10));
        }

        var liar = new MacAddress(0x02_66);
        Hear(new NeighborAdvertisement(Ip("2001:db8::2"), false, false, Overrides: true, liar), hops: 254); // Came over a router.
        table.List().Single().Mac.ShouldBe(cable.Right.Address);
        Hear(new NeighborAdvertisement(Ip("2001:db8::2"), false, IsSolicited: true, Overrides: true, liar)); // Solicited, but to everybody.
        table.List().Single().Mac.ShouldBe(cable.Right.Address);
        Hear(new NeighborAdvertisement(Ip("2001:db8::2"), false, false, Overrides: false, liar));
        table.List().Single().ShouldBe(new Neighbor(Ip("2001:db8::2"), cable.Right.Address, NeighborState.Stale)); // RFC 4861 §7.2.5: doubted.
        Hear(new NeighborAdvertisement(Ip("2001:db8::2"), false, false, Overrides: true, liar));
        table.List().Single().ShouldBe(new Neighbor(Ip("2001:db8::2"), liar, NeighborState.Stale));
        Hear(new NeighborAdvertisement(Ip("2001:db8::1"), false, false, Overrides: true, liar)); // Us.
        Hear(new NeighborAdvertisement(Ip("2001:db8::77"), false, false, Overrides: true, liar)); // Nobody we know.
        table.Count.ShouldBe(1);
        pc.IsLocal(Ip("2001:db8::1")).ShouldBeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_address_that_somebody_has_is_not_taken(bool optimistic)
    {
        using var world = new TestWorld();
        HostSettings settings = HostSettings.Default with { Ipv6 = new Ipv6Settings { OptimisticDad = optimistic } };
        Host pc = world.AddHost("pc", settings), server = world.AddHost("server");
        TestCable cable = world.Connect(pc, "", server, "2001:db8::7/64");
        world.RunFor(TimeSpan.FromSeconds(3));

        cable.LeftInterface.AddAddress(Address("2001:db8::7/64"));
        cable.LeftInterface.AddAddress(Address("2001:db8::8/64"));
        pc.IsLocal(Ip("2001:db8::8")).ShouldBe(optimistic);
        world.RunFor(TimeSpan.FromSeconds(3));

        world.Happened<AddressRefused>("pc").Single().ShouldBe(new AddressRefused("eth0", Ip("2001:db8::7"), cable.Right.Address));
        cable.LeftInterface.Addresses.Where(a => !a.Address.IsLinkLocal).ShouldBe([Address("2001:db8::8/64")]);
        server.IsLocal(Ip("2001:db8::7")).ShouldBeTrue();
        Ping(world, server, "2001:db8::8").IsReply.ShouldBeTrue();
        // The refusal's cause is the answer that was heard; the test's is what made it necessary.
        Event refused = world.Events.Single(e => e.What is AddressRefused);
        world.Find(refused.Cause)!.What.ShouldBeOfType<Icmpv6Received>().Type.ShouldBe(Icmpv6Type.NeighborAdvertisement);
    }

    [Fact]
    public void Two_that_want_the_same_address_at_the_same_time_both_go_without()
    {
        using var world = new TestWorld();
        Host a = world.AddHost("a", s_patient), b = world.AddHost("b", s_patient);
        TestCable cable = world.Connect(a, "2001:db8::7/64", b, "2001:db8::7/64");
        world.RunFor(TimeSpan.FromSeconds(3));
        world.Happened<AddressRefused>().Count().ShouldBe(2);
        cable.LeftInterface.Addresses.ShouldAllBe(x => x.Address.IsLinkLocal);
        cable.RightInterface.Addresses.ShouldAllBe(x => x.Address.IsLinkLocal);
    }

    [Fact]
    public void An_address_is_asked_for_before_it_is_used_and_its_group_reported()
    {
        using var world = new TestWorld();
        Host pc = world.AddHost("pc", s_patient), server = world.AddHost("server");
        world.Connect(pc, "2001:db8::1/64", server, "");
        pc.IsLocal(Ip("2001:db8::1")).ShouldBeFalse();
        world.RunFor(TimeSpan.FromMilliseconds(1001));
        pc.IsLocal(Ip("2001:db8::1")).ShouldBeTrue();
        world.Happened<AddressTested>("pc").Select(t => (t.Address.IsLinkLocal, t.Attempt)).ShouldBe([(true, 1), (false, 1)]);
        // The groups of the link-local and of the global address; each said twice, the repetitions together.
        world.RunFor(TimeSpan.FromSeconds(3));
        pc.Statistics.Icmp6OutMLDv2Reports.ShouldBeInRange(3, 4);
        byte[][] reports = [.. world.Happened<FrameSent>("pc").Select(f => f.Frame.ToArray()).Where(f => f[14 + 6] == 0)];
        reports.Length.ShouldBeInRange(3, 4);
        reports.ShouldAllBe(f => f[14 + 7] == 1 && f[14 + 40] == 58); // One hop, behind a router alert.
    }

    [Fact]
    public void A_querier_is_told_which_groups_are_listened_to()
    {
        (TestWorld world, Host pc, Host _, TestCable cable) = Pair();
        using TestWorld __ = world;
        long before = pc.Statistics.Icmp6OutMLDv2Reports;
        Packet Query(string from)
        {
            byte[] query = new byte[28];
            query[0] = (byte)Icmpv6Type.MulticastListenerQuery;
            query[4] = 0x03; // About 0.8 s.
            return Frames6.Icmp(cable.Left, Ip(from), IpAddress.AllNodes, query, hops: 1);
        }

        cable.Left.Arrive(Query("2001:db8::2"));
        world.RunFor(s_second);
        pc.Statistics.Icmp6OutMLDv2Reports.ShouldBe(before); // Not from the link.
        cable.Left.Arrive(Query("fe80::5"));
        world.RunFor(s_second);
        pc.Statistics.Icmp6OutMLDv2Reports.ShouldBe(before + 1);
        ReadOnlyMemory<byte> report = world.Happened<FrameSent>("pc").Last().Frame;
        report.Span[14 + 40 + 8].ShouldBe((byte)143);
        report.Span[14 + 40 + 8 + 7].ShouldBe((byte)2); // Both groups.
    }
}
