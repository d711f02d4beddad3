using Wirepath.Events;
using Wirepath.Tests;
using Wirepath.Wire;
using static Wirepath.Stack.Tests.TestWorld;

namespace Wirepath.Stack.Tests;

public sealed class TcpTests
{
    private static (TestWorld World, Host Client, Host Server, TestCable Cable) Pair(ulong seed = 1, HostSettings? settings = null, bool logged = true)
    {
        var world = new TestWorld(seed, logged);
        Host client = world.AddHost("client", settings), server = world.AddHost("server", settings);
        return (world, client, server, world.Connect(client, "10.0.0.1/24", server, "10.0.0.2/24"));
    }

    /// <summary>Sends both ways at once, each side half-closing when it is done.</summary>
    private static async Task<byte[]> Exchange(Stream stream, byte[] send)
    {
        async Task Write()
        {
            await stream.WriteAsync(send);
            ((TcpStream)stream).CloseSend();
        }

        Task writing = Write();
        var received = new MemoryStream();
        byte[] buffer = new byte[3000];
        for (int count; (count = await stream.ReadAsync(buffer)) > 0;)
            received.Write(buffer, 0, count);
        await writing;
        return received.ToArray();
    }

    internal static async Task<(byte[] AtClient, byte[] AtServer)> Transfer(Host client, Host server, IpEndpoint to, byte[] fromClient, byte[] fromServer)
    {
        using TcpAcceptor acceptor = server.Listen(new IpEndpoint(IpAddress.AnyV6, to.Port));
        async Task<byte[]> Serve()
        {
            await using TcpStream accepted = await acceptor.AcceptAsync();
            return await Exchange(accepted, fromServer);
        }

        Task<byte[]> serving = Serve();
        await using TcpStream stream = await client.ConnectAsync(to);
        byte[] atClient = await Exchange(stream, fromClient);
        return (atClient, await serving);
    }

    // Shouldly's own continues on the thread pool, which virtual time does not know.
    internal static async Task<T> Catch<T>(Func<Task> work)
        where T : Exception
    {
        try
        {
            await work();
        }
        catch (T expected)
        {
            return expected;
        }

        throw new ShouldAssertException($"{typeof(T).Name} was expected.");
    }

    internal static byte[] Bytes(RandomSource random, int count)
    {
        byte[] bytes = new byte[count];
        random.Fill(bytes);
        return bytes;
    }

    [Theory]
    [InlineData(1, 0.0)]
    [InlineData(2, 0.02)]
    [InlineData(3, 0.05)]
    [InlineData(4, 0.1)]
    public void Bytes_arrive_once_and_in_order_in_both_directions_whatever_the_cable_loses_and_repeats(ulong seed, double loss)
    {
        (TestWorld world, Host client, Host server, TestCable cable) = Pair(seed);
        using TestWorld _ = world;
        cable.Decide = (_, _) => world.Random.Chance(loss) ? Fate.Drop : world.Random.Chance(loss / 2) ? Fate.Duplicate : Fate.Deliver;
        byte[] up = Bytes(world.Random, 200_000), down = Bytes(world.Random, 300_000);

        (byte[] atClient, byte[] atServer) = world.Run(() => Transfer(client, server, Endpoint("10.0.0.2:80"), up, down));

        atServer.ShouldBe(up);
        atClient.ShouldBe(down);
        world.RunFor(TimeSpan.FromMinutes(10));
        client.Tcp.Count.ShouldBe(0);
        server.Tcp.Count.ShouldBe(0);
        client.MemoryUsed.ShouldBe(0);
        server.MemoryUsed.ShouldBe(0);
        client.Statistics.TcpCurrEstab.ShouldBe(0);
        if (loss > 0)
            (client.Statistics.TcpRetransSegs + server.Statistics.TcpRetransSegs).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void The_application_step_is_the_cause_of_the_SYN_and_the_SYN_of_the_answer()
    {
        (TestWorld world, Host client, Host server, _) = Pair();
        using TestWorld _1 = world;
        world.Run(() => Transfer(client, server, Endpoint("10.0.0.2:80"), [1], [2]));
        List<Event> Chain(Event e)
        {
            var chain = new List<Event> { e };
            while (!chain[^1].Cause.IsNone)
                chain.Add(world.Find(chain[^1].Cause)!);
            return chain;
        }

        Event synAck = world.Events.First(e => e.Node == "server" && e.What is SegmentSent { Why: SendCause.SynAnswer });
        List<Event> chain = Chain(synAck);
        chain.ShouldContain(e => e.Node == "client" && e.What is SegmentSent && ((SegmentSent)e.What).Why == SendCause.Open);
        chain[^1].What.ShouldBeOfType<SocketCalled>().Call.ShouldBe("connect");
        world.Happened<RouteChosen>("client").Single().NextHop.ShouldBe(Ip("10.0.0.2"));
        world.Happened<SocketCalled>().Select(s => s.Call).ShouldBe(["listen", "connect", "accept", "write", "shutdown", "write", "shutdown", "close", "close"], ignoreOrder: true);
    }

    [Fact]
    [Covers("RFC 9293", "MUST-47")]
    public void Refused_timed_out_and_no_route_are_told_apart()
    {
        (TestWorld world, Host client, Host server, TestCable cable) = Pair();
        using TestWorld _ = world;
        ConnectionEnd Try(string to) => Should.Throw<NetworkException>(() => world.Run(() => client.ConnectAsync(Endpoint(to)).AsTask())).End;

        Try("10.0.0.2:81").ShouldBe(ConnectionEnd.Refused);
        server.Statistics.TcpOutRsts.ShouldBe(1);
        Try("192.0.2.1:80").ShouldBe(ConnectionEnd.NotSent);
        cable.Decide = (_, frame) => frame.Length > 60 ? Fate.Drop : Fate.Deliver; // ARP still answers; SYNs with options do not.
        Instant start = world.Now;
        Try("10.0.0.2:80").ShouldBe(ConnectionEnd.TimedOut);
        (world.Now - start).TotalSeconds.ShouldBe(127, 1);
        client.Statistics.TcpAttemptFails.ShouldBe(2);
        client.Statistics.TcpActiveOpens.ShouldBe(2);
    }

    [Fact]
    public void A_cancelled_connect_ends_at_once_and_leaves_nothing_behind()
    {
        (TestWorld world, Host client, Host _, TestCable cable) = Pair();
        using TestWorld using1 = world;
        cable.Decide = (_, frame) => frame.Length > 60 ? Fate.Drop : Fate.Deliver;
        using var cancel = new CancellationTokenSource();
        ValueTask<TcpStream> connecting = client.ConnectAsync(Endpoint("10.0.0.2:80"), cancel.Token);
        world.RunFor(TimeSpan.FromSeconds(2));
        cancel.Cancel();
        Should.Throw<OperationCanceledException>(() => world.Run(() => connecting.AsTask()));
        world.RunFor(TimeSpan.FromSeconds(1));
        client.Tcp.Count.ShouldBe(0);
        using var already = new CancellationTokenSource();
        already.Cancel();
        Should.Throw<OperationCanceledException>(() => world.Run(() => client.ConnectAsync(Endpoint("10.0.0.2:80"), already.Token).AsTask()));
    }

    [Fact]
    public void A_cancelled_read_takes_no_bytes_and_an_abort_is_a_reset_for_the_other_side()
    {
        (TestWorld world, Host client, Host server, _) = Pair();
        using TestWorld _1 = world;
        world.Run(async () =>
        {
            using TcpAcceptor acceptor = server.Listen(new IpEndpoint(IpAddress.AnyV4, 80));
            ValueTask<TcpStream> accepting = acceptor.AcceptAsync();
            TcpStream left = await client.ConnectAsync(Endpoint("10.0.0.2:80"));
            TcpStream right = await accepting;
            using var cancel = new CancellationTokenSource();
            byte[] buffer = new byte[10];
            ValueTask<int> reading = right.ReadAsync(buffer, cancel.Token);
            cancel.Cancel();
            await Catch<OperationCanceledException>(() => reading.AsTask());
            await left.WriteAsync(new byte[] { 7, 8 });
            (await right.ReadAsync(buffer)).ShouldBe(2);
            buffer[..2].ShouldBe([7, 8]);
            Should.Throw<NotSupportedException>(() => right.Read(buffer, 0, 1)).Message.ShouldContain("ReadAsync");

            ValueTask<int> waiting = right.ReadAsync(buffer);
            await Catch<InvalidOperationException>(() => right.ReadAsync(buffer).AsTask());
            left.Abort();
            NetworkException error = await Catch<NetworkException>(() => waiting.AsTask());
            error.End.ShouldBe(ConnectionEnd.ResetByPeer);
            await Catch<ObjectDisposedException>(() => left.ReadAsync(buffer).AsTask());
            right.Dispose();
        });
        world.RunFor(TimeSpan.FromMinutes(3));
        client.Tcp.Count.ShouldBe(0);
        server.Tcp.Count.ShouldBe(0);
    }

    [Fact]
    public void A_host_talks_to_itself_over_loopback_and_by_its_own_address()
    {
        (TestWorld world, Host client, _, TestCable cable) = Pair();
        using TestWorld _1 = world;
        byte[] bytes = Bytes(world.Random, 500_000);
        foreach (string to in new[] { "127.0.0.1:80", "10.0.0.1:80" })
        {
            (byte[] atClient, byte[] atServer) = world.Run(() => Transfer(client, client, Endpoint(to), bytes, bytes));
            atClient.ShouldBe(bytes);
            atServer.ShouldBe(bytes);
        }

        cable.Frames.ShouldBe(0);
    }

    [Fact]
    public void Super_segments_are_cut_in_software_when_the_device_does_not()
    {
        HostSettings settings = HostSettings.Default with { Tcp = HostSettings.Default.Tcp with { MaxSuperSegmentBytes = 60_000 } };
        (TestWorld world, Host client, Host server, TestCable cable) = Pair(settings: settings);
        using TestWorld _ = world;
        int longest = 0, bad = 0;
        cable.Decide = (_, frame) =>
        {
            longest = Math.Max(longest, frame.Length);
            bad += frame.Checksum == ChecksumState.Complete ? 0 : 1;
            return Fate.Deliver;
        };
        byte[] bytes = Bytes(world.Random, 1_000_000);
        world.Run(() => Transfer(client, server, Endpoint("10.0.0.2:80"), bytes, [])).AtServer.ShouldBe(bytes);
        longest.ShouldBe(1514);
        bad.ShouldBe(0);
        server.Statistics.TcpInCsumErrors.ShouldBe(0);
    }

    [Fact]
    public void A_super_segment_and_a_partial_checksum_go_to_a_device_that_can_complete_them()
    {
        HostSettings settings = HostSettings.Default with { Tcp = HostSettings.Default.Tcp with { MaxSuperSegmentBytes = 60_000 } };
        (TestWorld world, Host client, Host server, TestCable cable) = Pair(settings: settings);
        using TestWorld _ = world;
        cable.Left.Offloads = cable.Right.Offloads = DeviceOffloads.TransmitChecksum | DeviceOffloads.Tso4 | DeviceOffloads.ReceiveLarge;
        int longest = 0;
        cable.Decide = (_, frame) =>
        {
            longest = Math.Max(longest, frame.Length);
            return Fate.Deliver;
        };
        byte[] bytes = Bytes(world.Random, 1_000_000);
        world.Run(() => Transfer(client, server, Endpoint("10.0.0.2:80"), bytes, [])).AtServer.ShouldBe(bytes);
        longest.ShouldBeGreaterThan(20_000);
    }

    [Fact]
    public void Ports_in_TIME_WAIT_run_out_unless_they_may_be_reused()
    {
        HostSettings Settings(int reuse) => HostSettings.Default with { Sockets = new SocketSettings { LocalPorts = new PortRange(40000, 40002), TimeWaitReuse = reuse } };
        async Task OpenAndClose(Host client, TcpAcceptor acceptor)
        {
            ValueTask<TcpStream> accepting = acceptor.AcceptAsync();
            TcpStream stream = await client.ConnectAsync(Endpoint("10.0.0.2:80"));
            TcpStream accepted = await accepting;
            stream.Dispose();
            (await accepted.ReadAsync(new byte[1])).ShouldBe(0);
            accepted.Dispose();
        }

        foreach (int reuse in new[] { 0, 1 })
        {
            (TestWorld world, Host client, Host server, _) = Pair(settings: Settings(reuse));
            using TestWorld _1 = world;
            using TcpAcceptor acceptor = server.Listen(Endpoint("0.0.0.0:80"));
            for (int i = 0; i < 3; i++)
                world.Run(() => OpenAndClose(client, acceptor));
            world.RunFor(TimeSpan.FromSeconds(2));
            client.Tcp.Count.ShouldBe(3);
            if (reuse == 1)
            {
                world.Run(() => OpenAndClose(client, acceptor));
                client.Statistics.TcpExtTWRecycled.ShouldBe(1);
                continue;
            }

            Should.Throw<NetworkException>(() => world.Run(() => client.ConnectAsync(Endpoint("10.0.0.2:80")).AsTask())).Detail.ShouldContain("3 local ports");
            world.RunFor(TimeSpan.FromSeconds(60));
            world.Run(() => OpenAndClose(client, acceptor));
        }
    }

    [Fact]
    public void A_SYN_with_newer_timestamps_reopens_what_the_server_keeps_in_TIME_WAIT()
    {
        HostSettings settings = HostSettings.Default with { Sockets = new SocketSettings { LocalPorts = new PortRange(40000, 40000) } };
        (TestWorld world, Host client, Host server, _) = Pair(settings: settings);
        using TestWorld _1 = world;
        using TcpAcceptor acceptor = server.Listen(Endpoint("0.0.0.0:80"));
        for (int i = 0; i < 3; i++)
        {
            world.Run(async () =>
            {
                ValueTask<TcpStream> accepting = acceptor.AcceptAsync();
                TcpStream stream = await client.ConnectAsync(Endpoint("10.0.0.2:80"));
                TcpStream accepted = await accepting;
                accepted.Dispose(); // The server closes first, so TIME-WAIT is the server's.
                (await stream.ReadAsync(new byte[1])).ShouldBe(0);
                stream.Dispose();
            });
            world.RunFor(TimeSpan.FromSeconds(2));
            client.Tcp.Count.ShouldBe(0);
            server.Tcp.Count.ShouldBe(1);
        }
    }

    [Fact]
    public async Task Calls_from_many_threads_reach_a_loop_that_runs_on_its_own()
    {
        using var host = new Host("pc", HostSettings.Default, TimeProvider.System, new RandomSource(1), EventLog.Silent);
        using var wake = new SemaphoreSlim(0);
        host.WorkArrived = () => wake.Release();
        bool stop = false;
        Task loop = Task.Factory.StartNew(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                Instant now = Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow());
                Instant next = host.Poll(now);
                if (next > now)
                    wake.Wait(next.IsNever || next - now > TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : next - now + TimeSpan.FromMilliseconds(1));
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Parallel.ForEachAsync(Enumerable.Range(1, 8), async (i, _) =>
        {
            var random = new RandomSource((ulong)i);
            byte[] up = Bytes(random, 100_000), down = Bytes(random, 100_000);
            (byte[] atClient, byte[] atServer) = await Transfer(host, host, new IpEndpoint(IpAddress.LoopbackV4, (ushort)(8000 + i)), up, down);
            atServer.ShouldBe(up);
            atClient.ShouldBe(down);
            using var cancel = new CancellationTokenSource();
            using UdpSocket socket = host.OpenUdp(default);
            Task waiting = socket.ReceiveFromAsync(new byte[1], cancel.Token).AsTask();
            cancel.Cancel();
            await Catch<OperationCanceledException>(() => waiting);
        });
        Volatile.Write(ref stop, true);
        wake.Release();
        await loop;
    }

    [Fact]
    public void A_host_without_memory_left_refuses_connections_and_sheds_bytes_instead_of_growing()
    {
        HostSettings settings = HostSettings.Default with { MemoryBudgetBytes = 300_000 };
        using var world = new TestWorld();
        Host client = world.AddHost("client"), server = world.AddHost("server", settings);
        world.Connect(client, "10.0.0.1/24", server, "10.0.0.2/24");
        using TcpAcceptor acceptor = server.Listen(new IpEndpoint(IpAddress.AnyV4, 80));
        var streams = new List<TcpStream>();
        async Task Connect() => streams.Add(await client.ConnectAsync(Endpoint("10.0.0.2:80")));
        // Nobody reads at the server.
        for (int i = 0; i < 8; i++)
        {
            Task connecting = Connect();
            world.RunFor(TimeSpan.FromMilliseconds(50));
            if (!connecting.IsCompletedSuccessfully)
                break;
            Task writing = streams[i].WriteAsync(new byte[100_000]).AsTask();
            writing.IsFaulted.ShouldBeFalse();
            world.RunFor(TimeSpan.FromSeconds(1));
        }

        streams.Count.ShouldBeInRange(2, 6);
        server.Statistics.TcpExtListenDrops.ShouldBeGreaterThan(0);
        server.Budget.Peak.ShouldBeLessThan(300_000 + 10 * BlockPool.LargeSize);
    }
}
