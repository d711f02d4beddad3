using Wirepath.Events;
using Wirepath.Wire;
using static Wirepath.Stack.Tests.TestWorld;

namespace Wirepath.Stack.Tests;

public sealed class DhcpTests
{
    private static readonly DhcpServerSettings s_home = new()
    {
        First = Ip("192.168.1.100"), Last = Ip("192.168.1.199"), PrefixLength = 24, DnsServers = [Ip("192.168.1.1")], Domain = "home.arpa",
        LeaseTime = TimeSpan.FromHours(1), Mtu = 1400,
    };

    private static (TestWorld World, Host Pc, Host Router, TestCable Cable, DhcpServer Server) Home(DhcpServerSettings? settings = null)
    {
        var world = new TestWorld();
        Host pc = world.AddHost("pc"), router = world.AddHost("router");
        TestCable cable = world.Connect(pc, "", router, "192.168.1.1/24");
        return (world, pc, router, cable, new DhcpServer(router, cable.RightInterface, settings ?? s_home));
    }

    [Fact]
    public void A_host_without_an_address_gets_one_with_router_names_and_MTU()
    {
        (TestWorld world, Host pc, _, TestCable cable, DhcpServer server) = Home();
        using TestWorld _1 = world;
        DhcpLease lease = world.Run(() => pc.ConfigureByDhcpAsync(cable.LeftInterface).AsTask());
        lease.Address.ShouldBe(Address("192.168.1.100/24"));
        (lease.Gateway, lease.Domain, lease.Mtu, lease.LeaseTime).ShouldBe((Ip("192.168.1.1"), "home.arpa", 1400, TimeSpan.FromHours(1)));
        lease.DnsServers.ShouldBe([Ip("192.168.1.1")]);
        cable.LeftInterface.Mtu.ShouldBe(1400);
        world.Happened<DhcpExchange>("pc").Select(e => (e.Sent, e.MessageType)).ShouldBe([(true, "DISCOVER"), (false, "OFFER"), (true, "REQUEST"), (false, "ACK")]);
        world.Happened<AddressConfigured>("pc").Single().Origin.ShouldBe("dhcp");
        pc.Routes.TryLookup(Ip("8.8.8.8"), out RouteDecision route).ShouldBeTrue();
        (route.NextHop, route.Source).ShouldBe((Ip("192.168.1.1"), Ip("192.168.1.100")));
        world.Run(() => pc.PingAsync(Ip("192.168.1.1"), 10, 64, TimeSpan.FromSeconds(1)).AsTask()).IsReply.ShouldBeTrue();
        server.Count.ShouldBe(1);
    }

    [Fact]
    public void A_lease_is_renewed_at_half_rebound_at_seven_eighths_and_given_up_at_its_end()
    {
        (TestWorld world, Host pc, Host router, TestCable cable, DhcpServer server) = Home();
        using TestWorld _1 = world;
        world.Run(() => pc.ConfigureByDhcpAsync(cable.LeftInterface).AsTask());
        int before = world.Events.Count;
        world.RunFor(TimeSpan.FromMinutes(31));
        string[] Since() => [.. world.Events.Skip(before).Where(e => e.Node == "pc").Select(e => e.What).OfType<DhcpExchange>().Select(e => e.MessageType)];
        Since().ShouldBe(["REQUEST", "ACK"]); // By unicast, T1 = 30 min.
        server.Dispose();
        before = world.Events.Count;
        world.RunFor(TimeSpan.FromMinutes(56)); // Up to T2 and beyond: nobody answers.
        Since().Length.ShouldBeGreaterThan(3);
        Since().ShouldAllBe(m => m == "REQUEST");
        cable.LeftInterface.Addresses.Count.ShouldBe(1);
        world.RunFor(TimeSpan.FromMinutes(10));
        cable.LeftInterface.Addresses.ShouldBeEmpty();
        Since().ShouldContain("DISCOVER");
        // A server comes back, and so does the address, without anybody asking.
        using var again = new DhcpServer(router, cable.RightInterface, s_home);
        world.RunFor(TimeSpan.FromMinutes(3));
        cable.LeftInterface.Addresses.Single().ShouldBe(Address("192.168.1.100/24"));
    }

    [Fact]
    public void Without_a_server_the_client_asks_with_growing_pauses_and_then_fails()
    {
        (TestWorld world, Host pc, _, TestCable cable, DhcpServer server) = Home();
        using TestWorld _1 = world;
        server.Dispose();
        Instant start = world.Now;
        Should.Throw<NetworkException>(() => world.Run(() => pc.ConfigureByDhcpAsync(cable.LeftInterface).AsTask())).End.ShouldBe(ConnectionEnd.TimedOut);
        double[] at = [.. world.Events.Where(e => e.What is DhcpExchange { Sent: true }).Select(e => (e.At - start).TotalSeconds)];
        at.Length.ShouldBe(5);
        at[1].ShouldBe(4, 1);
        (at[2] - at[1]).ShouldBe(8, 1);
        (at[3] - at[2]).ShouldBe(16, 1);
    }

    [Fact]
    public void An_address_that_somebody_uses_is_declined_and_another_one_taken()
    {
        (TestWorld world, Host pc, _, TestCable cable, _) = Home();
        using TestWorld _1 = world;
        bool squatter = true;
        cable.Decide = (from, frame) =>
        {
            if (squatter && from == cable.Left && ArpPacket.TryRead(frame.Head[14..], out ArpPacket arp) && arp.TargetIp == Ip("192.168.1.100"))
            {
                squatter = false;
                Packet answer = Packet.Rent(60);
                new ArpPacket(ArpOperation.Reply, new MacAddress(0x02_99), arp.TargetIp, arp.SenderMac, arp.SenderIp).Write(answer.Append(ArpPacket.Size));
                new EthernetHeader(arp.SenderMac, new MacAddress(0x02_99), EtherType.Arp).Write(answer.Prepend(14));
                cable.Left.Arrive(answer);
            }

            return Fate.Deliver;
        };
        DhcpLease lease = world.Run(() => pc.ConfigureByDhcpAsync(cable.LeftInterface).AsTask());
        lease.Address.Address.ShouldBe(Ip("192.168.1.101"));
        world.Happened<DhcpExchange>("pc").Select(e => e.MessageType).ShouldContain("DECLINE");
    }
}
