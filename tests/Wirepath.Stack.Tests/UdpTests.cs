using Wirepath.Events;
using Wirepath.Wire;
using static Wirepath.Stack.Tests.TestWorld;

namespace Wirepath.Stack.Tests;

public sealed class UdpTests
{
    [Fact]
    public void Datagrams_keep_their_borders_and_their_sender()
    {
        (TestWorld world, Host pc, Host[] _, Host server, TestCable[] _) = IpTests.Chain(1);
        using TestWorld _1 = world;
        using UdpSocket service = server.OpenUdp(Endpoint("0.0.0.0:53"));
        using UdpSocket client = pc.OpenUdp(Endpoint("0.0.0.0:0"));
        client.Local.Port.ShouldBeInRange((ushort)32768, (ushort)60999);
        world.Run(async () =>
        {
            byte[] buffer = new byte[4000];
            (await client.SendToAsync(new byte[] { 1, 2, 3 }, Endpoint("10.0.1.2:53"))).ShouldBe(3);
            await client.SendToAsync(new byte[3000], Endpoint("10.0.1.2:53"));
            await client.SendToAsync(Array.Empty<byte>(), Endpoint("10.0.1.2:53"));
            UdpReceiveResult first = await service.ReceiveFromAsync(buffer);
            (first.Length, first.From, first.IsTruncated).ShouldBe((3, new IpEndpoint(Ip("10.0.0.1"), client.Local.Port), false));
            world.Find(first.Cause)!.What.ShouldBeOfType<DatagramReceived>();
            UdpReceiveResult second = await service.ReceiveFromAsync(buffer.AsMemory(0, 100));
            (second.Length, second.IsTruncated).ShouldBe((100, true));
            (await service.ReceiveFromAsync(buffer)).Length.ShouldBe(0);
            await service.SendToAsync(new byte[] { 9 }, first.From);
            (await client.ReceiveFromAsync(buffer)).From.ShouldBe(Endpoint("10.0.1.2:53"));
        });
        world.Happened<RouteChosen>("pc").Count().ShouldBe(1); // One conversation.
        Should.Throw<NetworkException>(() => server.OpenUdp(Endpoint("0.0.0.0:53"))).Detail.ShouldContain("in use");
    }

    [Fact]
    public void A_closed_port_is_told_to_the_socket_that_asked_and_to_nobody_else()
    {
        (TestWorld world, Host pc, Host[] _, Host server, TestCable[] _) = IpTests.Chain(0);
        using TestWorld _1 = world;
        using UdpSocket asker = pc.OpenUdp(Endpoint("0.0.0.0:0")), bystander = pc.OpenUdp(Endpoint("0.0.0.0:0"));
        NetworkException error = world.Run(async () =>
        {
            ValueTask<UdpReceiveResult> waiting = asker.ReceiveFromAsync(new byte[10]);
            await asker.SendToAsync(new byte[] { 1 }, Endpoint("10.0.0.2:9"));
            return await TcpTests.Catch<NetworkException>(() => waiting.AsTask());
        });
        error.End.ShouldBe(ConnectionEnd.Refused);
        error.Detail.ShouldContain("10.0.0.2");
        server.Statistics.UdpNoPorts.ShouldBe(1);
        pc.Routes.Remove(pc.Routes.Routes.Single(r => r.Prefix.Length == 0)).ShouldBeTrue();
        error = world.Run(() => TcpTests.Catch<NetworkException>(() => bystander.SendToAsync(new byte[1], Endpoint("203.0.113.1:9")).AsTask()));
        error.End.ShouldBe(ConnectionEnd.NotSent);
        world.Happened<RouteMissing>().Single().Destination.ShouldBe(Ip("203.0.113.1"));
    }

    [Fact]
    public void A_checksum_of_zero_is_none_and_a_wrong_one_is_dropped()
    {
        (TestWorld world, Host pc, Host[] _, Host _, TestCable[] cables) = IpTests.Chain(0);
        using TestWorld _1 = world;
        using UdpSocket socket = pc.OpenUdp(Endpoint("10.0.0.1:9"));
        IpAddress from = Ip("10.0.0.2"), to = Ip("10.0.0.1");
        byte[] without = Frames.Udp(from, to, 7, 9, [1], withChecksum: false);
        byte[] wrong = Frames.Udp(from, to, 7, 9, [2]);
        wrong[^1] ^= 1;
        foreach (byte[] datagram in new[] { wrong, without })
            cables[0].Left.Arrive(Frames.Ip(cables[0].Left, from, to, IpProtocol.Udp, datagram));
        byte[] buffer = new byte[10];
        world.Run(() => socket.ReceiveFromAsync(buffer).AsTask()).Length.ShouldBe(1);
        buffer[0].ShouldBe((byte)1);
        pc.Statistics.UdpInCsumErrors.ShouldBe(1);
    }

    [Fact]
    public void A_socket_that_nobody_reads_holds_no_more_than_its_buffer()
    {
        (TestWorld world, Host pc, Host[] _, Host server, TestCable[] _) = IpTests.Chain(0);
        using TestWorld _1 = world;
        using UdpSocket sink = server.OpenUdp(Endpoint("0.0.0.0:9")), source = pc.OpenUdp(Endpoint("0.0.0.0:0"));
        world.Run(async () =>
        {
            for (int i = 0; i < 500; i++)
                await source.SendToAsync(new byte[100], Endpoint("10.0.0.2:9"));
        });
        world.RunFor(TimeSpan.FromSeconds(1));
        server.MemoryUsed.ShouldBe(212_992 / BlockPool.SmallSize * BlockPool.SmallSize);
        server.Statistics.UdpRcvbufErrors.ShouldBe(500 - 212_992 / BlockPool.SmallSize);
        ValueTask<UdpReceiveResult> cancelled;
        using var cancel = new CancellationTokenSource();
        using (UdpSocket quiet = server.OpenUdp(Endpoint("0.0.0.0:10")))
        {
            cancelled = quiet.ReceiveFromAsync(new byte[1], cancel.Token);
            cancel.Cancel();
            Should.Throw<OperationCanceledException>(() => world.Run(() => cancelled.AsTask()));
            cancelled = quiet.ReceiveFromAsync(new byte[1]);
        }

        Should.Throw<ObjectDisposedException>(() => world.Run(() => cancelled.AsTask()));
        sink.Dispose();
        world.RunFor(TimeSpan.FromSeconds(1));
        server.MemoryUsed.ShouldBe(0);
    }
}
