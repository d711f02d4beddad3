using System.Runtime.CompilerServices;
using Wirepath.Wire;
using static Wirepath.Stack.Tests.TestWorld;

namespace Wirepath.Stack.Tests;

/// <summary>Tests that measure the heap have it to themselves.</summary>
[CollectionDefinition("heap", DisableParallelization = true)]
public sealed class HeapCollection;

/// <summary>What connections cost that only sit there: idle, read by nobody, facing a closed window, or over.</summary>
[Collection("heap")]
public sealed class ManyConnectionsTests
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Heap()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static (TestWorld World, Host Client, Host Server) Pair(HostSettings? settings = null)
    {
        var world = new TestWorld(13, logged: false);
        Host client = world.AddHost("client", settings), server = world.AddHost("server", settings);
        world.Connect(client, "10.0.0.1/24", server, "10.0.0.2/24").Delay = TimeSpan.FromTicks(1000);
        return (world, client, server);
    }

    private static async Task<List<TcpStream>> Open(Host client, TcpAcceptor acceptor, IpEndpoint to, int count)
    {
        var streams = new List<TcpStream>(2 * count);
        for (int i = 0; i < count; i++)
        {
            ValueTask<TcpStream> accepting = acceptor.AcceptAsync();
            streams.Add(await client.ConnectAsync(to));
            streams.Add(await accepting);
        }

        return streams;
    }

    [Fact]
    public void An_idle_connection_costs_little_besides_its_buffers()
    {
        const int Count = 20_000; // 40,000 ends
        (TestWorld world, Host client, Host server) = Pair(HostSettings.Default with { Sockets = new SocketSettings { LocalPorts = new PortRange(1024, 65535) } });
        using TestWorld _ = world;
        using TcpAcceptor acceptor = server.Listen(new IpEndpoint(IpAddress.AnyV4, 80));
        List<TcpStream> first = world.Run(() => Open(client, acceptor, Endpoint("10.0.0.2:80"), 100));
        world.RunFor(TimeSpan.FromSeconds(1));
        long before = Heap();
        List<TcpStream> streams = world.Run(() => Open(client, acceptor, Endpoint("10.0.0.2:80"), Count));
        world.RunFor(TimeSpan.FromSeconds(1));
        long each = (Heap() - before) / (2 * Count);
        TestContext.Current.TestOutputHelper?.WriteLine($"{each} bytes for an idle connection with its stream and its row");
        each.ShouldBeLessThan(1408, "connection, congestion control, row and timer, stream");
        server.MemoryUsed.ShouldBe(0, "no buffers are held");
        GC.KeepAlive(first);
        GC.KeepAlive(streams);
    }

    [Fact]
    public void TIME_WAIT_costs_less_than_200_bytes_and_leaves_the_four_tuple_to_a_new_connection()
    {
        const int Count = 3_000;
        var settings = HostSettings.Default with { Sockets = new SocketSettings { LocalPorts = new PortRange(1024, 65535), TimeWaitReuse = 1 } };
        (TestWorld world, Host client, Host server) = Pair(settings);
        using TestWorld _ = world;
        using TcpAcceptor acceptor = server.Listen(new IpEndpoint(IpAddress.AnyV4, 80));
        async Task Converse(int count)
        {
            for (int i = 0; i < count; i++)
            {
                ValueTask<TcpStream> accepting = acceptor.AcceptAsync();
                TcpStream stream = await client.ConnectAsync(Endpoint("10.0.0.2:80"));
                TcpStream accepted = await accepting;
                stream.Dispose();
                (await accepted.ReadAsync(new byte[1])).ShouldBe(0);
                accepted.Dispose();
            }
        }

        world.Run(() => Converse(200));
        long before = Heap();
        int records = client.Tcp.TimeWaits.Count;
        world.Run(() => Converse(Count));
        world.RunFor(TimeSpan.FromMilliseconds(10));
        client.Tcp.TimeWaits.Count.ShouldBe(Count + 200);
        long each = (Heap() - before) / (client.Tcp.TimeWaits.Count - records);
        TestContext.Current.TestOutputHelper?.WriteLine($"{each} bytes for a connection in TIME-WAIT");
        each.ShouldBeLessThan(200);
        client.MemoryUsed.ShouldBe(client.Tcp.TimeWaits.MemoryCharged);
        world.RunFor(TimeSpan.FromSeconds(61));
        (client.Tcp.Count, client.MemoryUsed, client.Statistics.TcpExtTW).ShouldBe((0, 0, Count + 200L));
    }

    [Fact]
    public void Nobody_reads_and_the_window_closes_before_the_memory_is_gone()
    {
        const int Count = 50;
        var settings = HostSettings.Default with { MemoryBudgetBytes = 32 << 20 };
        (TestWorld world, Host client, Host server) = Pair(settings);
        using TestWorld _ = world;
        using TcpAcceptor acceptor = server.Listen(new IpEndpoint(IpAddress.AnyV4, 80));
        List<TcpStream> streams = world.Run(() => Open(client, acceptor, Endpoint("10.0.0.2:80"), Count));
        var writing = new List<Task>();
        for (int i = 0; i < streams.Count; i += 2)
            writing.Add(streams[i].WriteAsync(new byte[2 << 20]).AsTask());
        long peak = 0;
        for (int i = 0; i < 100; i++)
        {
            world.RunFor(TimeSpan.FromSeconds(1));
            peak = Math.Max(peak, server.MemoryUsed);
        }

        int buffer = settings.Tcp.ReceiveBuffer.Default;
        (peak / Count).ShouldBeLessThanOrEqualTo(buffer + 4L * BlockPool.SmallSize, "what SO_RCVBUF says is memory, blocks counted whole");
        // A minute and longer: probes go on and get their answers, nobody is given up (RFC 9293 §3.8.6.1).
        streams.ShouldAllBe(s => s.Statistics.State == Events.TcpState.Established);
        foreach (TcpStream stream in streams)
            stream.Abort();
        world.RunFor(TimeSpan.FromSeconds(1));
        writing.ShouldAllBe(w => w.IsFaulted || w.IsCompleted);
        (server.MemoryUsed, client.MemoryUsed).ShouldBe((0, 0));
    }
}
