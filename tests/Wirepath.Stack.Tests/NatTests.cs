using Wirepath.Events;
using Wirepath.Wire;
using static Wirepath.Stack.Tests.TestWorld;

namespace Wirepath.Stack.Tests;

public sealed class NatTests
{
    private sealed record Home(TestWorld World, Host Pc, Host Laptop, Host Router, Host Server, TestCable Outside, Nat Nat) : IDisposable
    {
        public void Dispose() => World.Dispose();
    }

    /// <summary>Two private networks behind a router with one public address, and a server that knows no way back to them.</summary>
    private static Home Build(NatSettings? nat = null)
    {
        var world = new TestWorld();
        Host pc = world.AddHost("pc"), laptop = world.AddHost("laptop"), server = world.AddHost("server");
        Host router = world.AddHost("router", HostSettings.Default with { Ip = new IpSettings { Forwarding = true }, Nat = nat ?? new NatSettings() });
        TestCable first = world.Connect(pc, "192.168.1.10/24", router, "192.168.1.1/24");
        TestCable second = world.Connect(laptop, "192.168.2.10/24", router, "192.168.2.1/24");
        TestCable outside = world.Connect(router, "203.0.113.7/24", server, "203.0.113.80/24");
        pc.Routes.AddDefault(Ip("192.168.1.1"), first.LeftInterface);
        laptop.Routes.AddDefault(Ip("192.168.2.1"), second.LeftInterface);
        return new Home(world, pc, laptop, router, server, outside, new Nat(router, outside.LeftInterface));
    }

    [Fact]
    public void TCP_UDP_and_echo_go_out_by_one_public_address_and_come_back()
    {
        using Home home = Build();
        byte[] bytes = TcpTests.Bytes(home.World.Random, 50_000);
        (byte[] atClient, byte[] atServer) = home.World.Run(() => TcpTests.Transfer(home.Pc, home.Server, Endpoint("203.0.113.80:80"), bytes, bytes));
        atServer.ShouldBe(bytes);
        atClient.ShouldBe(bytes);

        using UdpSocket service = home.Server.OpenUdp(Endpoint("0.0.0.0:53"));
        // The same port on both inside hosts: the second must get another one outside.
        using UdpSocket one = home.Pc.OpenUdp(Endpoint("0.0.0.0:5000")), two = home.Laptop.OpenUdp(Endpoint("0.0.0.0:5000"));
        home.World.Run(async () =>
        {
            byte[] buffer = new byte[100];
            await one.SendToAsync(new byte[] { 1 }, Endpoint("203.0.113.80:53"));
            IpEndpoint first = (await service.ReceiveFromAsync(buffer)).From;
            first.ShouldBe(Endpoint("203.0.113.7:5000")); // The port is kept where it is free.
            await two.SendToAsync(new byte[] { 2 }, Endpoint("203.0.113.80:53"));
            IpEndpoint second = (await service.ReceiveFromAsync(buffer)).From;
            second.Address.ShouldBe(first.Address);
            second.Port.ShouldNotBe(first.Port);
            await service.SendToAsync(new byte[] { 22, 22 }, second);
            await service.SendToAsync(new byte[] { 11 }, first);
            (await two.ReceiveFromAsync(buffer)).Length.ShouldBe(2);
            (await one.ReceiveFromAsync(buffer)).Length.ShouldBe(1);
        });

        home.World.Run(() => home.Pc.PingAsync(Ip("203.0.113.80"), 3000, 64, TimeSpan.FromSeconds(1)).AsTask()).Bytes.ShouldBe(3000);
        home.World.Run(() => home.Router.PingAsync(Ip("203.0.113.80"), 30, 64, TimeSpan.FromSeconds(1)).AsTask()).IsReply.ShouldBeTrue();
        home.World.Happened<NatTranslated>("router").Count(t => t.NewMapping).ShouldBe(4);
        home.Server.Statistics.IpInHdrErrors.ShouldBe(0);
        home.Server.Statistics.TcpInCsumErrors.ShouldBe(0);
    }

    [Fact]
    public void Errors_from_outside_find_the_inside_host_that_they_are_about()
    {
        using Home home = Build();
        using UdpSocket asker = home.Pc.OpenUdp(Endpoint("0.0.0.0:0"));
        NetworkException error = home.World.Run(async () =>
        {
            ValueTask<UdpReceiveResult> waiting = asker.ReceiveFromAsync(new byte[10]);
            await asker.SendToAsync(new byte[] { 1 }, Endpoint("203.0.113.80:9"));
            return await TcpTests.Catch<NetworkException>(() => waiting.AsTask());
        });
        error.End.ShouldBe(ConnectionEnd.Refused);
        NetworkException refused = Should.Throw<NetworkException>(() => home.World.Run(() => home.Pc.ConnectAsync(Endpoint("203.0.113.80:81")).AsTask()));
        refused.End.ShouldBe(ConnectionEnd.Refused);

        List<TracerouteHop> hops = home.World.Run(async () =>
        {
            var found = new List<TracerouteHop>();
            await foreach (TracerouteHop hop in home.Pc.TracerouteAsync(Ip("203.0.113.80")))
                found.Add(hop);
            return found;
        });
        hops.Select(h => h.Probes[0].From).ShouldBe([Ip("192.168.1.1"), Ip("203.0.113.80")]);

        // And the other way: the inside host says that a port of its own is closed now.
        IpEndpoint outside = home.World.Run(async () =>
        {
            using UdpSocket service = home.Server.OpenUdp(Endpoint("0.0.0.0:53"));
            UdpSocket brief = home.Pc.OpenUdp(Endpoint("0.0.0.0:6000"));
            await brief.SendToAsync(new byte[] { 1 }, Endpoint("203.0.113.80:53"));
            IpEndpoint from = (await service.ReceiveFromAsync(new byte[10])).From;
            brief.Dispose();
            ValueTask<UdpReceiveResult> waiting = service.ReceiveFromAsync(new byte[10]);
            await service.SendToAsync(new byte[] { 2 }, from);
            NetworkException closed = await TcpTests.Catch<NetworkException>(() => waiting.AsTask());
            closed.Detail.ShouldContain("203.0.113.7"); // Not the private address.
            return from;
        });
        outside.Address.ShouldBe(Ip("203.0.113.7"));
    }

    [Fact]
    public void A_stranger_gets_in_by_no_port_and_a_silent_flow_is_forgotten()
    {
        using Home home = Build();
        using UdpSocket one = home.Pc.OpenUdp(Endpoint("0.0.0.0:5000")), service = home.Server.OpenUdp(Endpoint("0.0.0.0:53")), other = home.Server.OpenUdp(Endpoint("0.0.0.0:54"));
        home.World.Run(async () =>
        {
            await one.SendToAsync(new byte[] { 1 }, Endpoint("203.0.113.80:53"));
            IpEndpoint from = (await service.ReceiveFromAsync(new byte[10])).From;
            // From another port of the same server: port-restricted.
            await other.SendToAsync(new byte[] { 2 }, from);
        });
        home.World.RunFor(TimeSpan.FromSeconds(1));
        home.Router.Statistics.UdpNoPorts.ShouldBe(1);
        home.Pc.Statistics.UdpInDatagrams.ShouldBe(0);
        home.Nat.Count.ShouldBe(1);
        home.World.RunFor(TimeSpan.FromSeconds(30));
        home.Nat.Count.ShouldBe(0);
    }

    [Fact]
    public void A_full_table_lets_unanswered_flows_go_first()
    {
        using Home home = Build(new NatSettings { Max = 10 });
        using UdpSocket one = home.Pc.OpenUdp(Endpoint("0.0.0.0:0"));
        byte[] bytes = TcpTests.Bytes(home.World.Random, 1000);
        home.World.Run(async () =>
        {
            using TcpAcceptor acceptor = home.Server.Listen(Endpoint("0.0.0.0:80"));
            ValueTask<TcpStream> accepting = acceptor.AcceptAsync();
            await using TcpStream stream = await home.Pc.ConnectAsync(Endpoint("203.0.113.80:80"));
            await using TcpStream accepted = await accepting;
            for (ushort port = 1000; port < 1100; port++)
                await one.SendToAsync(new byte[] { 1 }, new IpEndpoint(Ip("203.0.113.80"), port));
            await stream.WriteAsync(bytes);
            byte[] buffer = new byte[1000];
            await accepted.ReadExactlyAsync(buffer);
            buffer.ShouldBe(bytes);
            home.Nat.Count.ShouldBe(10);
        });
    }
}
