using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

/// <summary>Random and mutated bytes, as queries and as replies: counted, answered or dropped, never thrown.</summary>
public class HostileTests
{
    private static byte[] Mutate(byte[] bytes, RandomSource random)
    {
        bytes = (byte[])bytes.Clone();
        for (int changes = random.Next(5); changes >= 0; changes--)
            bytes[random.Next(bytes.Length)] = (byte)random.NextUInt32();
        return random.Chance(0.3) ? bytes[..random.Next(bytes.Length + 1)] : bytes;
    }

    private static DnsMessage Seed(RandomSource random)
    {
        DnsMessage query = DnsMessage.Query(random.NextUInt16(), new DnsQuestion(World.Name("a.b.example.com"), DnsType.A), random.Chance(0.8));
        if (random.Chance(0.5))
            query.Edns = new Edns(1232, 0, false, [EdnsOption.ForExtendedError(1, "x")]);
        return query;
    }

    [Fact]
    public void Mutated_queries_never_throw_through_any_responder()
    {
        var world = new World();
        world.Serve("198.51.100.1", ". 60 SOA a. b. 1 2 3 4 5\n. 60 NS a.\na. 60 A 198.51.100.1\n*.com. 60 A 192.0.2.1\n*.loop. 60 CNAME x.loop.");
        world.Script("100.64.0.53", q => q.CreateResponse(DnsRcode.ServFail));
        var authority = new AuthoritativeServer(new ZoneSet(ZoneFile.Parse(
            ". 60 SOA a. b. 1 2 3 4 5\n. 60 NS a.\na. 60 A 198.51.100.1\n*.com. 60 A 192.0.2.1\nb. 60 DNAME c.b.", "z")), NodeLog.Silent);
        IDnsResponder[] responders =
        [
            authority,
            world.Resolver(),
            new ForwardingResolver(new ForwarderSettings { Upstreams = [World.IpEndpointOf("100.64.0.53")] }, new ResolverCache(), world, world.Log, world.Time, new RandomSource(1)),
        ];
        var random = new RandomSource(11);
        byte[] room = new byte[1232];
        for (int i = 0; i < 9000; i++)
        {
            byte[] query = Mutate(Seed(random).ToArray(), random);
            DnsResponse response = world.Time.Run(responders[i % 3].RespondAsync(query, room, default, random.Chance(0.1), default));
            response.Length.ShouldBeInRange(0, room.Length);
            if (response.Length > 0)
                DnsMessage.TryRead(room.AsSpan(0, response.Length), out _).ShouldBeTrue();
        }
    }

    [Fact]
    public void Mutated_and_lying_replies_never_throw_through_the_iterator()
    {
        var random = new RandomSource(12);
        string[] names = [".", "com.", "example.com.", "a.b.example.com.", "b.example.com.", "ns.evil.test.", "test."];
        string Pick() => names[random.Next(names.Length)];
        string Line() => random.Next(6) switch
        {
            0 => $"{Pick()} {random.Next(3)} NS {Pick()}",
            1 => $"{Pick()} 60 CNAME {Pick()}",
            2 => $"{Pick()} 60 A 198.51.100.{random.Next(4)}",
            3 => $"{Pick()} 60 SOA {Pick()} {Pick()} 1 2 3 4 5",
            4 => $"{Pick()} 60 DNAME {Pick()}",
            _ => $"{Pick()} 60 TXT x",
        };
        for (int round = 0; round < 1500; round++)
        {
            var world = new World();
            for (int s = 0; s < 4; s++)
            {
                world.Script($"198.51.100.{s}", query =>
                {
                    DnsMessage reply = query.CreateResponse((DnsRcode)(random.Chance(0.8) ? random.Next(2) * 3 : random.Next(12)));
                    reply.IsAuthoritative = random.Chance(0.5);
                    reply.IsTruncated = random.Chance(0.1);
                    for (int i = random.Next(4); i > 0; i--)
                        reply.Answers.Add(World.Record(Line()));
                    for (int i = random.Next(4); i > 0; i--)
                        reply.Authorities.Add(World.Record(Line()));
                    for (int i = random.Next(4); i > 0; i--)
                        reply.Additionals.Add(World.Record(Line()));
                    if (!random.Chance(0.2))
                        return reply;
                    return DnsMessage.TryRead(Mutate(reply.ToArray(), random), out DnsMessage mutated) ? mutated : null;
                });
            }

            var settings = new ResolverSettings();
            NameAnswer answer = world.Resolve(world.Resolver(settings), "a.b.example.com");
            world.Sent.Count.ShouldBeLessThanOrEqualTo(settings.MostQueries);
            if (!answer.Succeeded)
                answer.Explanation.ShouldNotBeEmpty();
            foreach (DnsRecord record in answer.Records)
                record.Name.ToString().ShouldNotBeEmpty();
        }
    }
}
