using Wirepath.Events;
using Wirepath.Http;

namespace Wirepath.Simulation.Tests;

public sealed class BadLineTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Over_a_line_that_could_hardly_be_worse_the_page_comes_whole(ulong seed)
    {
        byte[] expected = Body(new World(), "http://www.example.com/bytes/100000");
        byte[] came = Body(new World(seed, World.With("transit-a", line => line with
        {
            Loss = 0.2, Reorder = 0.1, Duplicate = 0.05, Corrupt = 0.02, Jitter = TimeSpan.FromMilliseconds(30),
            Bandwidth = 64_000, QueueBytes = 8_000, Mtu = 576,
        })), "http://www.example.com/bytes/100000");
        came.AsSpan().SequenceEqual(expected).ShouldBeTrue();
    }

    [Fact]
    public void A_server_that_fell_silent_in_the_middle_is_noticed_by_keepalive()
    {
        using var world = new World();
        world.Simulator.Schedule(world.Simulator.Now + TimeSpan.FromSeconds(1), () => world.Internet.Links["www"].Configure(line => line with { Loss = 1 }));
        FetchResult result = Get(world, "http://www.example.com/slow", Stream.Null);
        result.ExitCode.ShouldBe(ExitCodes.Tcp);
        result.Summary.ShouldContain("keepalive");
        world.All<KeepAliveSent>().Count().ShouldBe(9, "net.ipv4.tcp_keepalive_probes");
    }

    private static byte[] Body(World world, string url)
    {
        using (world)
        {
            var body = new MemoryStream();
            FetchResult result = Get(world, url, body);
            result.ExitCode.ShouldBe(ExitCodes.Success, result.Summary);
            return body.ToArray();
        }
    }

    private static FetchResult Get(World world, string url, Stream body)
    {
        var fetcher = new Fetcher(world.Pc, world.Internet.Names, new FetchSettings());
        return world.Simulator.Run(() => fetcher.GetAsync(url, body));
    }
}
