using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

/// <summary>Answers that are sent again as bytes: what changes between two clients changes, and nothing is allocated.</summary>
public class WireAnswerTests
{
    private const string Zone = """
        $ORIGIN .
        $TTL 300
        . SOA a.root.test. h.root.test. 1 2 3 4 60
        . NS a.root.test.
        a.root.test. A 198.51.100.1
        www A 192.0.2.1
        www A 192.0.2.2
        www A 192.0.2.3
        other MX 10 www
        other A 192.0.2.9
        """;

    private static readonly IpEndpoint s_client = World.IpEndpointOf("192.168.1.10");

    private static (World World, RecursiveResolver Resolver) Internet(ResolverSettings? settings = null)
    {
        var world = new World();
        world.Serve("198.51.100.1", Zone);
        var resolver = new RecursiveResolver(
            RootHints.Of((World.Name("a.root.test"), IpAddress.Parse("198.51.100.1"))), (settings ?? new ResolverSettings()) with { PrimeRoot = false },
            new ResolverCache(), world, NodeLog.Silent, world.Time, new RandomSource(1));
        return (world, resolver);
    }

    private static byte[] Query(ushort id, string name, DnsType type = DnsType.A, bool withEdns = true)
    {
        var query = DnsMessage.Query(id, new DnsQuestion(World.Name(name), type), recursionDesired: true);
        query.Edns = withEdns ? new Edns() : null;
        return query.ToArray();
    }

    private static DnsMessage? Again(RecursiveResolver resolver, byte[] query)
    {
        byte[] room = new byte[1232];
        if (!resolver.TryRespond(query, room, s_client, overTcp: false, out int length))
            return null;
        DnsMessage.TryRead(room.AsSpan(0, length), out DnsMessage reply).ShouldBeTrue();
        return reply;
    }

    private static void AskOnce(World world, RecursiveResolver resolver, byte[] query)
    {
        // The first time it is looked up, the second time it comes from the cache, and from then on as bytes.
        for (int i = 0; i < 2; i++)
            world.Time.Run(resolver.RespondAsync(query, new byte[1232], s_client, overTcp: false, default));
    }

    [Fact]
    public void The_next_client_gets_its_own_ID_its_own_letters_and_the_TTL_that_is_left()
    {
        (World world, RecursiveResolver resolver) = Internet();
        Again(resolver, Query(1, "other", DnsType.MX)).ShouldBeNull("nobody has asked yet");
        AskOnce(world, resolver, Query(1, "other", DnsType.MX));
        world.Time.Advance(TimeSpan.FromSeconds(100.5));

        DnsMessage reply = Again(resolver, Query(0xBEEF, "OtheR", DnsType.MX)).ShouldNotBeNull();
        reply.Id.ShouldBe((ushort)0xBEEF);
        reply.Questions[0].Name.ToString().ShouldBe("OtheR.");
        reply.RecursionAvailable.ShouldBeTrue();
        reply.Answers.ShouldHaveSingleItem().ToString().ShouldBe("OtheR. 200 IN MX 10 www.");
        reply.Edns.ShouldNotBeNull();
        Again(resolver, Query(2, "other", DnsType.MX, withEdns: false)).ShouldBeNull("an answer with OPT is not for a client without");
        world.Time.Advance(TimeSpan.FromSeconds(200));
        Again(resolver, Query(3, "other", DnsType.MX)).ShouldBeNull("it has run out");
    }

    [Fact]
    public void Addresses_take_turns()
    {
        (World world, RecursiveResolver resolver) = Internet();
        AskOnce(world, resolver, Query(0, "www"));
        var firsts = new List<string>();
        for (ushort id = 0; id < 3; id++)
        {
            DnsMessage reply = Again(resolver, Query(id, "www")).ShouldNotBeNull();
            reply.Answers.Count.ShouldBe(3);
            reply.Answers.Select(r => r.ToString()).Distinct().Count().ShouldBe(3);
            firsts.Add(reply.Answers[0].ToString());
        }

        firsts.Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public void A_negative_answer_is_kept_as_bytes_as_well()
    {
        (World world, RecursiveResolver resolver) = Internet();
        AskOnce(world, resolver, Query(1, "nothing.here"));
        DnsMessage reply = Again(resolver, Query(2, "nothing.here")).ShouldNotBeNull();
        reply.Rcode.ShouldBe(DnsRcode.NXDomain);
        reply.Authorities.ShouldHaveSingleItem().Ttl.ShouldBe(60u);
    }

    [Fact]
    public void What_is_not_plain_takes_the_long_way()
    {
        (World world, RecursiveResolver resolver) = Internet();
        byte[] plain = Query(1, "www");
        AskOnce(world, resolver, plain);
        Again(resolver, plain).ShouldNotBeNull();
        for (int cut = 0; cut < plain.Length; cut++)
            Again(resolver, plain[..cut]).ShouldBeNull();
        foreach ((int at, byte value) in ((int, byte)[])[(2, 0x80), (2, 0x28), (2, 0), (4, 1), (7, 1), (11, 2)])
        {
            byte[] odd = [.. plain];
            odd[at] = value;
            Again(resolver, odd).ShouldBeNull();
        }

        byte[] room = new byte[1232];
        resolver.TryRespond(plain, room.AsSpan(0, 40), s_client, overTcp: false, out _).ShouldBeFalse("there is no room for it");
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        (World world, RecursiveResolver resolver) = Internet();
        byte[] query = Query(1, "www");
        AskOnce(world, resolver, query);
        byte[] room = new byte[1232];
        resolver.TryRespond(query, room, s_client, overTcp: false, out _).ShouldBeTrue();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            resolver.TryRespond(query, room, s_client, overTcp: false, out _);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }
}
