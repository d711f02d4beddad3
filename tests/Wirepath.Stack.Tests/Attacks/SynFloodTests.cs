using System.Runtime.CompilerServices;
using Wirepath.Tcp;
using Wirepath.Tests;
using Wirepath.Wire;
using static Wirepath.Stack.Tests.TestWorld;

namespace Wirepath.Stack.Tests;

/// <summary>RFC 4987: SYNs from addresses that nobody has, while others want their page.</summary>
[Collection("heap")]
public sealed class SynFloodTests
{
    private const int Clients = 200;
    private const int SynsPerMillisecond = 20;

    // A page for each connection: one request, one answer.
    private static async Task Serve(TcpAcceptor acceptor)
    {
        try
        {
            while (true)
                _ = Answer(await acceptor.AcceptAsync());
        }
        catch (ObjectDisposedException)
        {
            // the test is over
        }
    }

    private static async Task Answer(TcpStream stream)
    {
        await using (stream)
        {
            byte[] request = new byte[100];
            if (await stream.ReadAsync(request) > 0)
                await stream.WriteAsync(new byte[3000]);
        }
    }

    private static async Task<bool> Fetch(Host client, IpEndpoint server, CancellationToken patience)
    {
        try
        {
            await using TcpStream stream = await client.ConnectAsync(server, patience);
            await stream.WriteAsync(new byte[80], patience);
            int got = 0;
            byte[] buffer = new byte[4000];
            for (int count; (count = await stream.ReadAsync(buffer, patience)) > 0;)
                got += count;
            return got == 3000;
        }
        catch (Exception e) when (e is NetworkException or OperationCanceledException)
        {
            return false;
        }
    }

    private static (int Served, long Peak, long Cookies, long Dropped) Flood(int cookies)
    {
        HostSettings settings = HostSettings.Default with { Tcp = TcpSettings.Default with { SynCookies = cookies } };
        using var world = new TestWorld(7, logged: false);
        Host client = world.AddHost("client"), server = world.AddHost("server", settings);
        TestCable cable = world.Connect(client, "10.0.0.1/24", server, "10.0.0.2/24");
        Host darkness = world.AddHost("darkness");
        TestCable outside = world.Connect(darkness, "10.0.1.1/24", server, "10.0.1.2/24");
        server.Routes.AddDefault(Ip("10.0.1.1"), outside.RightInterface);
        var forger = new Forger(world, cable.Right, Ip("10.0.0.2"));
        using TcpAcceptor acceptor = server.Listen(new IpEndpoint(IpAddress.AnyV4, 80));
        Task serving = Serve(acceptor);
        using var patience = new CancellationTokenSource();
        var fetching = new List<Task<bool>>();
        RandomSource random = world.Random.Fork("flood");
        long peak = 0;
        for (int millisecond = 0; millisecond < 3 * Clients; millisecond++)
        {
            for (int i = 0; i < SynsPerMillisecond; i++)
                forger.Syn(random, 80);
            if (millisecond % 3 == 0)
                fetching.Add(Fetch(client, Endpoint("10.0.0.2:80"), patience.Token));
            world.RunFor(TimeSpan.FromMilliseconds(1));
            peak = Math.Max(peak, server.MemoryUsed);
        }

        // The clients' own SYNs may be repeated once; then whoever has no page will not get it.
        for (int millisecond = 0; millisecond < 1500; millisecond += 10)
        {
            for (int i = 0; i < 10 * SynsPerMillisecond; i++)
                forger.Syn(random, 80);
            world.RunFor(TimeSpan.FromMilliseconds(10));
            peak = Math.Max(peak, server.MemoryUsed);
        }

        patience.Cancel();
        world.RunFor(TimeSpan.FromMilliseconds(10));
        int served = fetching.Count(f => f is { IsCompletedSuccessfully: true, Result: true });
        acceptor.Dispose();
        world.RunFor(TimeSpan.FromMilliseconds(1));
        return (served, peak, server.Statistics.TcpExt.SyncookiesSent, server.Statistics.TcpExt.TCPReqQFullDrop);
    }

    [Fact]
    [Covers("RFC 4987", "flood")]
    public void With_cookies_everybody_gets_the_page_and_the_flood_holds_nothing()
    {
        (int served, long peak, long cookies, long dropped) = Flood(cookies: 1);
        served.ShouldBeGreaterThanOrEqualTo(Clients * 99 / 100);
        cookies.ShouldBeGreaterThan(20_000);
        dropped.ShouldBe(0);
        peak.ShouldBeLessThan(1 << 20, "the SYN queue of 129 rows, and the few connections that are being served");
    }

    [Fact]
    public void Without_cookies_the_flood_shuts_the_others_out()
    {
        (int served, long peak, long cookies, long dropped) = Flood(cookies: 0);
        served.ShouldBeLessThan(Clients / 4, $"the contrast; {dropped} dropped, {peak} bytes");
        (cookies, dropped > 20_000).ShouldBe((0, true));
        peak.ShouldBeLessThan(1 << 20);
    }

    [Fact]
    public void A_cookie_carries_the_options_and_the_data_of_its_ACK()
    {
        HostSettings settings = HostSettings.Default with { Tcp = TcpSettings.Default with { SynCookies = 2 } };
        using var world = new TestWorld(3, logged: false);
        Host client = world.AddHost("client"), server = world.AddHost("server", settings);
        world.Connect(client, "10.0.0.1/24", server, "10.0.0.2/24");
        byte[] up = TcpTests.Bytes(world.Random, 300_000), down = TcpTests.Bytes(world.Random, 400_000);
        (byte[] atClient, byte[] atServer) = world.Run(() => TcpTests.Transfer(client, server, Endpoint("10.0.0.2:80"), up, down));
        (atClient.AsSpan().SequenceEqual(down), atServer.AsSpan().SequenceEqual(up)).ShouldBe((true, true));
        (server.Statistics.TcpExt.SyncookiesSent, server.Statistics.TcpExt.SyncookiesRecv, server.Statistics.TcpExt.SyncookiesFailed).ShouldBe((1, 1, 0));
    }

    [Fact]
    public void Guessed_cookies_are_refused_and_believed_only_while_cookies_are_sent()
    {
        HostSettings settings = HostSettings.Default with { Tcp = TcpSettings.Default with { SynCookies = 2 } };
        using var world = new TestWorld(5, logged: false);
        Host client = world.AddHost("client"), server = world.AddHost("server", settings);
        TestCable cable = world.Connect(client, "10.0.0.1/24", server, "10.0.0.2/24");
        using TcpAcceptor acceptor = server.Listen(new IpEndpoint(IpAddress.AnyV4, 80));
        var forger = new Forger(world, cable.Right, Ip("10.0.0.2"));
        for (int i = 0; i < 5000; i++)
            forger.Segment(Endpoint("10.0.0.1:7777"), 80, TcpFlags.Ack, 1000, world.Random.NextUInt32());
        world.RunFor(TimeSpan.FromMilliseconds(1));
        server.Statistics.TcpExt.SyncookiesFailed.ShouldBe(0, "no cookie was out: it was not even looked at");
        forger.Segment(Endpoint("10.0.0.1:7777"), 80, TcpFlags.Syn, 999, options: Forger.SynOptions);
        for (int i = 0; i < 5000; i++)
            forger.Segment(Endpoint("10.0.0.1:7777"), 80, TcpFlags.Ack, 1000, world.Random.NextUInt32());
        world.RunFor(TimeSpan.FromMilliseconds(1));
        server.Statistics.TcpExt.SyncookiesFailed.ShouldBe(5000);
        (server.Tcp.Count, server.MemoryUsed).ShouldBe((0, 0));
    }

    // GC heap difference: what the rows really cost, tables included.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Heap()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    [Fact]
    public void A_hundred_thousand_half_open_connections_cost_less_than_200_bytes_each()
    {
        const int Count = 100_000;
        var settings = TcpSettings.Default with { MaxSynBacklog = 2 * Count, SoMaxConn = 2 * Count, SynCookies = 0 };
        using var world = new TestWorld(9, logged: false);
        Host client = world.AddHost("client"), server = world.AddHost("server", HostSettings.Default with { Tcp = settings });
        TestCable cable = world.Connect(client, "10.0.0.1/24", server, "10.0.0.2/24");
        server.Routes.AddDefault(Ip("10.0.0.1"), cable.RightInterface);
        using TcpAcceptor acceptor = server.Listen(new IpEndpoint(IpAddress.AnyV4, 80), backlog: 2 * Count);
        var forger = new Forger(world, cable.Right, Ip("10.0.0.2"));
        RandomSource random = world.Random.Fork("flood");
        for (int i = 0; i < 100; i++)
            forger.Syn(random, 80);
        world.RunFor(TimeSpan.FromMilliseconds(2));
        long before = Heap();
        int rows = acceptor.Listener.SynQueueLength;
        for (int round = 0; round < 100 && acceptor.Listener.SynQueueLength < Count; round++)
        {
            for (int i = 0; i < 2000; i++)
                forger.Syn(random, 80);
            world.RunFor(TimeSpan.FromMilliseconds(1));
        }

        long each = (Heap() - before) / (acceptor.Listener.SynQueueLength - rows);
        TestContext.Current.TestOutputHelper?.WriteLine($"{each} bytes for a half-open connection");
        each.ShouldBeLessThan(200);
        server.MemoryUsed.ShouldBe(acceptor.Listener.MemoryCharged);
        world.RunFor(TimeSpan.FromMinutes(3));
        (acceptor.Listener.SynQueueLength, server.MemoryUsed).ShouldBe((0, 0), "nobody answered: all are gone");
    }
}
