using Wirepath.Wire;
using static Wirepath.Stack.Tests.TestWorld;

namespace Wirepath.Stack.Tests;

[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;

[Collection("alone")]
public sealed class AllocationTests
{
    [Theory]
    [InlineData("10.0.0.1/24", "10.0.0.2/24", "10.0.0.2")]
    [InlineData("2001:db8::1/64", "2001:db8::2/64", "[2001:db8::2]")]
    public void A_datagram_there_and_back_allocates_nothing(string left, string right, string to)
    {
        using var world = new TestWorld(logged: false);
        Host pc = world.AddHost("pc"), server = world.AddHost("server");
        world.Connect(pc, left, server, right);
        using UdpSocket one = pc.OpenUdp(Endpoint("[::]:7")), two = server.OpenUdp(Endpoint("[::]:7"));
        byte[] buffer = new byte[1000];
        IpEndpoint destination = Endpoint(to + ":7");
        void Exchange(int times)
        {
            for (int i = 0; i < times; i++)
            {
                ValueTask<UdpReceiveResult> receiving = two.ReceiveFromAsync(buffer);
                one.SendToAsync(buffer, destination).GetAwaiter().GetResult().ShouldBeSent();
                while (!receiving.IsCompleted)
                    world.Step(Instant.Never);
                receiving.GetAwaiter().GetResult().Length.ShouldBeSent();
            }
        }

        Measure(Exchange, 2000).ShouldBeLessThan(2000); // Not one byte for each.
    }

    [Theory]
    [InlineData("10.0.0.1/24", "10.0.0.2/24", "10.0.0.2")]
    [InlineData("2001:db8::1/64", "2001:db8::2/64", "[2001:db8::2]")]
    public void A_segment_and_its_acknowledgment_allocate_nothing(string leftAddress, string rightAddress, string to)
    {
        using var world = new TestWorld(logged: false);
        Host pc = world.AddHost("pc"), server = world.AddHost("server");
        world.Connect(pc, leftAddress, server, rightAddress);
        using TcpAcceptor acceptor = server.Listen(Endpoint("[::]:80"));
        ValueTask<TcpStream> accepting = acceptor.AcceptAsync();
        using TcpStream left = world.Run(() => pc.ConnectAsync(Endpoint(to + ":80")).AsTask());
        using TcpStream right = world.Run(() => accepting.AsTask());
        byte[] buffer = new byte[1460], received = new byte[1460];
        void Exchange(int times)
        {
            for (int i = 0; i < times; i++)
            {
                left.WriteAsync(buffer).GetAwaiter().GetResult();
                for (int got = 0; got < buffer.Length;)
                {
                    ValueTask<int> reading = right.ReadAsync(received);
                    while (!reading.IsCompleted)
                        world.Step(Instant.Never);
                    got += reading.GetAwaiter().GetResult();
                }
            }
        }

        Measure(Exchange, 2000).ShouldBeLessThan(2000);
    }

    private static long Measure(Action<int> exchange, int times)
    {
        exchange(times); // Fills the pools, and lets the tables and queues grow to their size.
        long best = long.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            exchange(times);
            best = Math.Min(best, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return best;
    }
}

internal static class Sent
{
    // Shouldly's own checks allocate.
    public static void ShouldBeSent(this int bytes)
    {
        if (bytes != 1000)
            throw new ShouldAssertException($"{bytes} bytes");
    }
}
