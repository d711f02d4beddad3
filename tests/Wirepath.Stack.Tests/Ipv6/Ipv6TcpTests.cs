using Wirepath.Events;
using Wirepath.Tcp;
using Wirepath.Wire;
using static Wirepath.Stack.Tests.TestWorld;

namespace Wirepath.Stack.Tests;

public sealed class Ipv6TcpTests
{
    private static readonly IpEndpoint s_server = Endpoint("[2001:db8::2]:80");

    /// <summary>Two hosts that know each other's MAC addresses.</summary>
    private static (TestWorld World, Host Client, Host Server, TestCable Cable) Pair(ulong seed = 1, HostSettings? settings = null, bool logged = true)
    {
        var world = new TestWorld(seed, logged);
        Host client = world.AddHost("client", settings), server = world.AddHost("server", settings);
        TestCable cable = world.Connect(client, "2001:db8::1/64", server, "2001:db8::2/64");
        cable.LeftInterface.Neighbors.AddPermanent(s_server.Address, cable.Right.Address);
        cable.RightInterface.Neighbors.AddPermanent(Ip("2001:db8::1"), cable.Left.Address);
        return (world, client, server, cable);
    }

    [Theory]
    [InlineData(1, 0.0)]
    [InlineData(2, 0.03)]
    public void Bytes_arrive_once_and_in_order_in_both_directions_whatever_the_cable_loses_and_repeats(ulong seed, double loss)
    {
        (TestWorld world, Host client, Host server, TestCable cable) = Pair(seed);
        using TestWorld _ = world;
        cable.Decide = (_, _) => world.Random.Chance(loss) ? Fate.Drop : world.Random.Chance(loss / 2) ? Fate.Duplicate : Fate.Deliver;
        byte[] up = TcpTests.Bytes(world.Random, 200_000), down = TcpTests.Bytes(world.Random, 300_000);

        (byte[] atClient, byte[] atServer) = world.Run(() => TcpTests.Transfer(client, server, s_server, up, down));

        atServer.ShouldBe(up);
        atClient.ShouldBe(down);
        // 1,500 bytes less 40 for IPv6, 20 for TCP and 12 for timestamps.
        FrameSizes(world).Max().ShouldBe(1500 + EthernetHeader.Size);
        world.RunFor(TimeSpan.FromMinutes(10));
        client.Tcp.Count.ShouldBe(0);
        (client.MemoryUsed, server.MemoryUsed).ShouldBe((0, 0));
    }

    [Fact]
    public void A_super_segment_is_cut_where_the_device_does_not_and_each_piece_is_a_right_packet()
    {
        HostSettings super = HostSettings.Default with { Tcp = TcpSettings.Default with { MaxSuperSegmentBytes = 60_000 } };
        (TestWorld world, Host client, Host server, TestCable cable) = Pair(settings: super);
        using TestWorld _ = world;
        byte[] up = TcpTests.Bytes(world.Random, 400_000);
        var labels = new HashSet<uint>();
        cable.Decide = (from, frame) =>
        {
            byte[] packet = frame.ToArray()[EthernetHeader.Size..];
            if (from != cable.Left || !Ipv6Header.TryRead(packet, out Ipv6Header header) || header.NextHeader != IpProtocol.Tcp)
                return Fate.Deliver;
            labels.Add(header.FlowLabel);
            Checksum.Compute(packet.AsSpan(Ipv6Header.Size, header.PayloadLength),
                Checksum.PseudoHeader(header.Source, header.Destination, IpProtocol.Tcp, header.PayloadLength)).ShouldBe((ushort)0);
            return Fate.Deliver;
        };
        world.Run(() => TcpTests.Transfer(client, server, s_server, up, [])).AtServer.ShouldBe(up);
        FrameSizes(world).Max().ShouldBe(1500 + EthernetHeader.Size);
        labels.Single().ShouldNotBe(0u); // RFC 6437: one flow, one label.
    }

    [Fact]
    public void A_listener_on_all_addresses_takes_both_families_unless_it_says_otherwise()
    {
        (TestWorld world, Host client, Host server, TestCable cable) = Pair();
        using TestWorld _ = world;
        cable.LeftInterface.AddAddress(Address("10.0.0.1/24"));
        cable.RightInterface.AddAddress(Address("10.0.0.2/24"));
        foreach (string to in (string[])["10.0.0.2", "2001:db8::2"])
            world.Run(() => TcpTests.Transfer(client, server, new IpEndpoint(Ip(to), 80), [1], [2])).AtServer.ShouldBe([1]);

        using TcpAcceptor both = server.Listen(Endpoint("[::]:81"));
        Should.Throw<NetworkException>(() => server.Listen(Endpoint("0.0.0.0:81")));
        using TcpAcceptor six = server.Listen(Endpoint("[::]:82"), v6Only: true);
        Should.Throw<NetworkException>(() => world.Run(() => client.ConnectAsync(Endpoint("10.0.0.2:82")).AsTask())).End.ShouldBe(ConnectionEnd.Refused);
        using TcpAcceptor four = server.Listen(Endpoint("0.0.0.0:82"));
        world.Run(() => client.ConnectAsync(Endpoint("10.0.0.2:82")).AsTask()).Id.Remote.ShouldBe(Endpoint("10.0.0.2:82"));
        world.Run(() => client.ConnectAsync(Endpoint("[2001:db8::2]:82")).AsTask()).Id.Remote.ShouldBe(Endpoint("[2001:db8::2]:82"));
    }

    [Fact]
    public void The_loopback_address_and_own_addresses_answer_without_a_cable()
    {
        (TestWorld world, Host client, Host _, TestCable cable) = Pair();
        using TestWorld __ = world;
        world.RunFor(TimeSpan.FromSeconds(5)); // Duplicate address detection and group reports are over.
        long before = cable.Frames;
        foreach (string own in (string[])["::1", "2001:db8::1"])
        {
            byte[] up = TcpTests.Bytes(world.Random, 100_000);
            world.Run(() => TcpTests.Transfer(client, client, new IpEndpoint(Ip(own), 80), up, [])).AtServer.ShouldBe(up);
            world.Run(() => client.PingAsync(Ip(own), 60_000, 64, TimeSpan.FromSeconds(1)).AsTask()).IsReply.ShouldBeTrue();
        }

        cable.Frames.ShouldBe(before);
    }

    [Fact]
    public void Nobody_listening_is_a_refusal()
    {
        (TestWorld world, Host client, Host _, TestCable __) = Pair();
        using TestWorld ___ = world;
        Should.Throw<NetworkException>(() => world.Run(() => client.ConnectAsync(s_server).AsTask())).End.ShouldBe(ConnectionEnd.Refused);
    }

    private static IEnumerable<int> FrameSizes(TestWorld world) => world.Happened<FrameSent>().Select(f => f.Frame.Length);
}
