using Wirepath.Events;
using Wirepath.Wire;
using static Wirepath.Stack.Tests.TestWorld;

namespace Wirepath.Stack.Tests;

public sealed class NeighborTests
{
    [Fact]
    public void An_unknown_neighbour_is_asked_for_once_and_the_packet_follows_the_answer()
    {
        using var world = new TestWorld();
        Host pc = world.AddHost("pc"), server = world.AddHost("server");
        TestCable cable = world.Connect(pc, "10.0.0.1/24", server, "10.0.0.2/24");

        PingReply reply = world.Run(() => pc.PingAsync(Ip("10.0.0.2"), 56, 64, TimeSpan.FromSeconds(1)).AsTask());

        reply.IsReply.ShouldBeTrue();
        reply.RoundTrip.ShouldBe(TimeSpan.FromMilliseconds(4)); // ARP there and back, echo there and back.
        reply.Bytes.ShouldBe(56);
        reply.TimeToLive.ShouldBe(64);
        world.Happened<NeighborRequested>("pc").Count().ShouldBe(1);
        world.Happened<NeighborResolved>("pc").Single().Elapsed.ShouldBe(TimeSpan.FromMilliseconds(2));
        // RFC 826: who was asked has learned the asker, and need not ask.
        world.Happened<NeighborRequested>("server").ShouldBeEmpty();
        cable.LeftInterface.Neighbors.List().Single().ShouldBe(new Neighbor(Ip("10.0.0.2"), cable.Right.Address, NeighborState.Reachable));

        world.Run(() => pc.PingAsync(Ip("10.0.0.2"), 56, 64, TimeSpan.FromSeconds(1)).AsTask()).RoundTrip.ShouldBe(TimeSpan.FromMilliseconds(2));
        world.Happened<NeighborLookup>("pc").Select(l => l.Hit).ShouldBe([false, true]);
    }

    [Fact]
    public void Every_frame_names_what_it_was_sent_because_of()
    {
        using var world = new TestWorld();
        Host pc = world.AddHost("pc"), server = world.AddHost("server");
        world.Connect(pc, "10.0.0.1/24", server, "10.0.0.2/24");
        world.Run(() => pc.PingAsync(Ip("10.0.0.2"), 56, 64, TimeSpan.FromSeconds(1)).AsTask());

        Event Cause(Event e) => world.Find(e.Cause)!;
        Event received = world.Events.Last(e => e.What is FrameReceived);
        // Backwards: the echo reply came because server sent it, because it had got the echo, because pc had sent it …
        Cause(received).What.ShouldBeOfType<FrameSent>();
        Event echoAnswered = Cause(Cause(received));
        echoAnswered.What.ShouldBeOfType<IcmpSent>().Type.ShouldBe(IcmpType.EchoReply);
        Event echoReceived = Cause(echoAnswered);
        echoReceived.What.ShouldBeOfType<IcmpReceived>().Type.ShouldBe(IcmpType.Echo);
        Event frame = Cause(Cause(echoReceived));
        frame.What.ShouldBeOfType<FrameSent>();
        Event echoSent = Cause(frame);
        echoSent.What.ShouldBeOfType<IcmpSent>().Type.ShouldBe(IcmpType.Echo);
        Cause(echoSent).What.ShouldBeOfType<RouteChosen>().OnLink.ShouldBeTrue();
        // … and the question for the MAC because of that echo.
        Event asked = world.Events.First(e => e.What is NeighborRequested);
        Cause(asked).What.ShouldBeOfType<NeighborLookup>().Hit.ShouldBeFalse();
        Cause(Cause(asked)).What.ShouldBeOfType<IcmpSent>();
        // Short frames are padded to what Ethernet carries.
        world.Happened<FrameSent>().ShouldAllBe(f => f.Frame.Length >= 60);
    }

    [Fact]
    public void A_silent_neighbour_is_asked_three_times_a_second_apart_and_then_the_host_is_unreachable()
    {
        using var world = new TestWorld();
        Host pc = world.AddHost("pc"), server = world.AddHost("server");
        world.Connect(pc, "10.0.0.1/24", server, "10.0.0.2/24");
        Instant start = world.Now;

        PingReply reply = world.Run(() => pc.PingAsync(Ip("10.0.0.99"), 56, 64, TimeSpan.FromSeconds(10)).AsTask());

        reply.Failure.ShouldBe(ProbeOutcome.Unreachable);
        reply.From.ShouldBe(Ip("10.0.0.1"));
        (world.Now - start).ShouldBe(TimeSpan.FromSeconds(3));
        Event[] asked = [.. world.Events.Where(e => e.What is NeighborRequested)];
        asked.Select(e => (e.At - start).TotalSeconds).ShouldBe([0, 1, 2]);
        world.Happened<NeighborFailed>().Single().Attempts.ShouldBe(3);

        NetworkException error = Should.Throw<NetworkException>(() => world.Run(() => pc.ConnectAsync(Endpoint("10.0.0.99:80")).AsTask()));
        error.End.ShouldBe(ConnectionEnd.Unreachable);
        error.Detail.ShouldContain("does not answer");
    }

    [Fact]
    public void A_request_that_is_lost_is_repeated()
    {
        using var world = new TestWorld();
        Host pc = world.AddHost("pc"), server = world.AddHost("server");
        TestCable cable = world.Connect(pc, "10.0.0.1/24", server, "10.0.0.2/24");
        int lost = 0;
        cable.Decide = (_, _) => lost++ < 2 ? Fate.Drop : Fate.Deliver;
        PingReply reply = world.Run(() => pc.PingAsync(Ip("10.0.0.2"), 0, 64, TimeSpan.FromSeconds(5)).AsTask());
        reply.RoundTrip.ShouldBe(TimeSpan.FromMilliseconds(2004));
    }

    [Fact]
    public void A_stale_neighbour_is_asked_directly_and_forgotten_when_it_is_gone()
    {
        using var world = new TestWorld();
        Host pc = world.AddHost("pc"), server = world.AddHost("server");
        TestCable cable = world.Connect(pc, "10.0.0.1/24", server, "10.0.0.2/24");
        world.Run(() => pc.PingAsync(Ip("10.0.0.2"), 0, 64, TimeSpan.FromSeconds(5)).AsTask());
        NeighborTable table = cable.LeftInterface.Neighbors;
        world.RunFor(TimeSpan.FromSeconds(46)); // Beyond 1.5 × 30 s.
        table.List().Single().State.ShouldBe(NeighborState.Stale);

        world.Run(() => pc.PingAsync(Ip("10.0.0.2"), 0, 64, TimeSpan.FromSeconds(5)).AsTask()).IsReply.ShouldBeTrue();
        table.List().Single().State.ShouldBe(NeighborState.Delay);
        int unicast = 0;
        cable.Decide = (from, frame) =>
        {
            EthernetHeader.TryRead(frame.Head, out EthernetHeader header);
            bool asks = ArpPacket.TryRead(frame.Head[EthernetHeader.Size..], out ArpPacket arp) && arp.Operation == ArpOperation.Request;
            unicast += from == cable.Left && asks && header.Destination == cable.Right.Address ? 1 : 0;
            return Fate.Deliver;
        };
        world.RunFor(TimeSpan.FromSeconds(6));
        unicast.ShouldBe(1);
        table.List().Single().State.ShouldBe(NeighborState.Reachable);

        cable.Decide = (_, _) => Fate.Drop;
        world.RunFor(TimeSpan.FromSeconds(60));
        world.Run(() => pc.PingAsync(Ip("10.0.0.2"), 0, 64, TimeSpan.FromSeconds(1)).AsTask()).Failure.ShouldBe(ProbeOutcome.TimedOut);
        world.RunFor(TimeSpan.FromSeconds(10));
        table.Count.ShouldBe(0);
    }

    [Fact]
    public void Strangers_cannot_fill_the_table_nor_take_our_address()
    {
        using var world = new TestWorld();
        Host pc = world.AddHost("pc", HostSettings.Default with { Neighbor = new NeighborSettings { GcThresh3 = 8 } }), server = world.AddHost("server");
        TestCable cable = world.Connect(pc, "10.0.0.1/24", server, "10.0.0.2/24");
        world.Run(() => pc.PingAsync(Ip("10.0.0.2"), 0, 64, TimeSpan.FromSeconds(5)).AsTask());
        void Hear(ArpPacket arp)
        {
            Packet frame = Packet.Rent(60);
            arp.Write(frame.Append(ArpPacket.Size));
            new EthernetHeader(MacAddress.Broadcast, arp.SenderMac, EtherType.Arp).Write(frame.Prepend(EthernetHeader.Size));
            cable.Left.Arrive(frame);
            world.RunFor(TimeSpan.FromMilliseconds(10));
        }

        NeighborTable table = cable.LeftInterface.Neighbors;
        // Gratuitous, and about nobody we know: RFC 826 lets us ignore it.
        Hear(new ArpPacket(ArpOperation.Request, new MacAddress(0x02_11), Ip("10.0.0.77"), MacAddress.Zero, Ip("10.0.0.77")));
        table.Count.ShouldBe(1);
        // About somebody we know: updated.
        Hear(new ArpPacket(ArpOperation.Request, new MacAddress(0x02_12), Ip("10.0.0.2"), MacAddress.Zero, Ip("10.0.0.2")));
        table.List().Single().Mac.ShouldBe(new MacAddress(0x02_12));
        // A claim to be us changes nothing.
        Hear(new ArpPacket(ArpOperation.Reply, new MacAddress(0x02_13), Ip("10.0.0.1"), cable.Left.Address, Ip("10.0.0.1")));
        table.List().Select(n => n.Address).ShouldBe([Ip("10.0.0.2")]);
        for (uint i = 100; i < 200; i++)
            Hear(new ArpPacket(ArpOperation.Request, new MacAddress(0x02_0000 + i), IpAddress.V4(0x0A000000 + i), MacAddress.Zero, Ip("10.0.0.1")));
        table.Count.ShouldBe(8);
    }
}
