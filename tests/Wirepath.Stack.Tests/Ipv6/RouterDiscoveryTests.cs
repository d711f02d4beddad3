using Wirepath.Events;
using Wirepath.Wire;
using static Wirepath.Stack.Tests.TestWorld;

namespace Wirepath.Stack.Tests;

public sealed class RouterDiscoveryTests
{
    private static readonly HostSettings s_router = HostSettings.Default with { Ipv6 = new Ipv6Settings { Forwarding = true } };
    private static readonly IpPrefix s_network = IpPrefix.Parse("2001:db8:7::/64");

    // The interface identifier out of the MAC address 02:00:00:00:00:00.
    private static readonly InterfaceAddress s_own = Address("2001:db8:7:0:0:ff:fe00:0/64");

    private static (TestWorld World, Host Pc, Host Router, TestCable Cable) Pair(Ipv6Settings? settings = null)
    {
        var world = new TestWorld();
        Host pc = world.AddHost("pc", HostSettings.Default with { Ipv6 = settings ?? new Ipv6Settings() }), router = world.AddHost("router", s_router);
        return (world, pc, router, world.Connect(pc, "", router, "2001:db8:7::1/64"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_host_makes_itself_an_address_and_takes_the_rest_from_the_router(bool optimistic)
    {
        (TestWorld world, Host pc, Host router, TestCable cable) = Pair(new Ipv6Settings { OptimisticDad = optimistic });
        using TestWorld _ = world;
        Host server = world.AddHost("server");
        TestCable far = world.Connect(router, "2001:db8:8::1/64", server, "2001:db8:8::2/64");
        server.Routes.AddDefault(Ip("2001:db8:8::1"), far.RightInterface);
        using var advertiser = new RouterAdvertiser(router, cable.RightInterface,
            new RouterAdvertiserSettings { Networks = [s_network], DnsServers = [Ip("2001:db8:7::53")], Mtu = 1400 });
        world.RunFor(TimeSpan.FromSeconds(2));

        RouterConfiguration told = world.Run(() => pc.ConfigureByRouterAsync(cable.LeftInterface).AsTask());

        told.Addresses.ShouldBe([s_own]);
        told.Router.IsLinkLocal.ShouldBeTrue();
        told.DnsServers.ShouldBe([Ip("2001:db8:7::53")]);
        told.Mtu.ShouldBe(1400);
        world.Happened<AddressTested>("pc").Select(t => t.Address).ShouldContain(s_own.Address); // Checked, whether before or after.
        world.Happened<RouterHeard>("pc").First().Prefixes.ShouldBe(1);
        world.Happened<AddressConfigured>("pc").Single(c => c.Origin == "router").ShouldBe(new AddressConfigured("eth0", s_own, told.Router, "router", TimeSpan.FromDays(30)));

        // Through the router to another network, in packets of 1,400 bytes at the most.
        byte[] up = TcpTests.Bytes(world.Random, 50_000);
        world.Run(() => TcpTests.Transfer(pc, server, Endpoint("[2001:db8:8::2]:80"), up, [])).AtServer.ShouldBe(up);
        world.Happened<FrameSent>("pc").Max(f => f.Frame.Length).ShouldBe(1400 + EthernetHeader.Size);
    }

    [Fact]
    public void Nobody_advertising_is_told_after_three_questions()
    {
        (TestWorld world, Host pc, Host _, TestCable cable) = Pair();
        using TestWorld __ = world;
        Instant start = world.Now;
        NetworkException error = Should.Throw<NetworkException>(() => world.Run(() => pc.ConfigureByRouterAsync(cable.LeftInterface).AsTask()));
        error.Detail.ShouldBe("No router answered on eth0 after 3 solicitations.");
        (world.Now - start).ShouldBe(TimeSpan.FromSeconds(12));
    }

    [Fact]
    public void What_a_router_has_told_ends_with_its_lifetime_and_no_forger_ends_it_sooner()
    {
        (TestWorld world, Host pc, Host _, TestCable cable) = Pair();
        using TestWorld __ = world;
        IpAddress router = Ip("fe80::1");
        void Hear(uint valid, uint preferred, ushort lifetime, string from = "fe80::1", byte hops = 255)
        {
            var told = new RouterAdvertisement { LifetimeSeconds = lifetime, Prefixes = [new PrefixInformation(s_network, true, true, valid, preferred)] };
            cable.Left.Arrive(Frames6.Discovery(cable.Left, Ip(from), IpAddress.AllNodes, told.Length, told.Write, hops));
            world.RunFor(TimeSpan.FromMilliseconds(10));
        }

        Task<RouterConfiguration> asking = null!;
        world.Run(() =>
        {
            asking = pc.ConfigureByRouterAsync(cable.LeftInterface).AsTask();
            return Task.CompletedTask;
        });
        Hear(20_000, 10_000, 1800, hops: 254);
        Hear(20_000, 10_000, 1800, from: "2001:db8:7::1");
        asking.IsCompleted.ShouldBeFalse(); // Neither came from a router of this link.
        Hear(20_000, 10_000, 1800);
        world.Run(() => asking).Router.ShouldBe(router);
        cable.LeftInterface.Has(s_own.Address).ShouldBeTrue();
        pc.Routes.TryLookup(Ip("2001:db8:99::1"), out RouteDecision way).ShouldBeTrue();
        way.NextHop.ShouldBe(router);

        Hear(1, 1, 1800); // RFC 4862 §5.5.3 (e): two hours remain.
        world.RunFor(TimeSpan.FromHours(1));
        cable.LeftInterface.Has(s_own.Address).ShouldBeTrue();
        cable.LeftInterface.IsDeprecated(s_own.Address).ShouldBeTrue();
        pc.Routes.TryLookup(Ip("2001:db8:99::1"), out _).ShouldBeFalse(); // The router's half hour is over.
        world.RunFor(TimeSpan.FromHours(1.1));
        cable.LeftInterface.Has(s_own.Address).ShouldBeFalse();
        pc.Routes.Routes.ShouldNotContain(r => r.Prefix == s_network);
    }

    [Fact]
    public void A_router_that_is_gone_gives_way_to_another()
    {
        (TestWorld world, Host pc, Host _, TestCable cable) = Pair();
        using TestWorld __ = world;
        Task asking = null!;
        world.Run(() =>
        {
            asking = pc.ConfigureByRouterAsync(cable.LeftInterface).AsTask();
            return Task.CompletedTask;
        });
        foreach (string from in (string[])["fe80::1", "fe80::2"])
        {
            var told = new RouterAdvertisement { LifetimeSeconds = 1800, SourceMac = new MacAddress(0x02_77), Prefixes = [new PrefixInformation(s_network, true, true, 9000, 9000)] };
            cable.Left.Arrive(Frames6.Discovery(cable.Left, Ip(from), IpAddress.AllNodes, told.Length, told.Write));
        }

        world.Run(() => asking);
        IpAddress NextHop() => pc.Routes.TryLookup(Ip("2001:db8:99::1"), out RouteDecision way) ? way.NextHop : IpAddress.None;
        NextHop().ShouldBe(Ip("fe80::1"));
        // Used, doubted after five seconds, asked three times, given up (RFC 4861 §7.3.3).
        world.Run(() => pc.PingAsync(Ip("2001:db8:99::1"), 56, 64, TimeSpan.FromSeconds(12)).AsTask()).IsReply.ShouldBeFalse();
        NextHop().ShouldBe(Ip("fe80::2"));
    }

    [Fact]
    public void A_flood_of_advertisements_fills_no_table()
    {
        (TestWorld world, Host pc, Host _, TestCable cable) = Pair();
        using TestWorld __ = world;
        world.Run(() =>
        {
            _ = pc.ConfigureByRouterAsync(cable.LeftInterface).AsTask();
            return Task.CompletedTask;
        });
        for (ulong i = 1; i <= 200; i++)
        {
            var told = new RouterAdvertisement
            {
                LifetimeSeconds = 1800, SourceMac = new MacAddress(0x0200_0000_0000 + i), DnsServers = [IpAddress.V6(1UL << 61, i)], DnsSeconds = 100,
                Prefixes = [new PrefixInformation(new IpPrefix(IpAddress.V6((1UL << 61) + i, 0), 64), true, true, 9000, 9000)],
            };
            cable.Left.Arrive(Frames6.Discovery(cable.Left, IpAddress.V6(0xFE80_0000_0000_0000, i), IpAddress.AllNodes, told.Length, told.Write));
            world.RunFor(TimeSpan.FromMilliseconds(1));
        }

        RouterConfiguration told2 = cable.LeftInterface.Advertised!;
        told2.Addresses.Count.ShouldBe(16);
        told2.DnsServers.Count.ShouldBe(8);
        pc.Routes.Routes.Count.ShouldBeLessThan(60);
    }
}
