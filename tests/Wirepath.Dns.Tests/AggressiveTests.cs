using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

/// <summary>RFC 8198: one denial answers for all names in its gap.</summary>
public class AggressiveTests
{
    private const string Root = "192.0.2.1";

    private const string ZoneText = """
        $ORIGIN .
        $TTL 3600
        . SOA a.root.test. h.root.test. 1 2 3 4 600
        . NS a.root.test.
        a.root.test. A 192.0.2.1
        alpha.test. A 192.0.2.10
        omega.test. A 192.0.2.20
        *.wild.test. A 192.0.2.30
        """;

    private static (World World, RecursiveResolver Resolver) Signed(bool useNsec3, bool isAggressive = true)
    {
        var world = new World();
        Instant now = Instant.FromDateTimeOffset(world.Time.Now);
        SigningKey key = SigningKey.FromSeed(SigningAlgorithm.EcdsaP256Sha256, true, new RandomSource(5));
        Zone zone = ZoneSigner.Sign(ZoneFile.Parse(ZoneText, "root"), [key], new SigningSettings { Denial = useNsec3 ? DenialKind.Nsec3 : DenialKind.Nsec }, now);
        world.Respond(Root, new AuthoritativeServer(new ZoneSet(zone), NodeLog.Silent));
        var configuration = new ResolverConfiguration
        {
            Settings = new ResolverSettings { PrimeRoot = false, UseMinimisation = false, AggressiveNsec = isAggressive, DiscardTimeout = TimeSpan.Zero },
            LocalZones = LocalZones.None,
            TrustAnchors = [key.ToDnskey(DomainName.Root, 3600)],
        };
        return (world, new RecursiveResolver(
            configuration, RootHints.Of((World.Name("a.root.test"), IpAddress.Parse(Root))), new ResolverCache(), world, NodeLog.Silent, world.Time, new RandomSource(2)));
    }

    private static DnsMessage Ask(World world, RecursiveResolver resolver, string name, DnsType type = DnsType.A)
    {
        var query = DnsMessage.Query(1, new DnsQuestion(World.Name(name), type), recursionDesired: true);
        query.Edns = new Edns(dnssecOk: true);
        byte[] room = new byte[DnsMessage.MaxSize];
        DnsResponse response = world.Time.Run(resolver.RespondAsync(query.ToArray(), room, default, overTcp: true, default));
        DnsMessage.TryRead(room.AsSpan(0, response.Length), out DnsMessage reply).ShouldBeTrue();
        return reply;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_name_in_a_known_gap_is_denied_without_asking_with_the_proof_and_its_signatures(bool useNsec3)
    {
        (World world, RecursiveResolver resolver) = Signed(useNsec3);
        Ask(world, resolver, "beta.test").Rcode.ShouldBe(DnsRcode.NXDomain);
        // Hashes scatter names: a few denials are needed before all gaps are known.
        for (int i = 0; useNsec3 && i < 20; i++)
            Ask(world, resolver, $"learn{i}.test");
        int sent = world.Sent.Count;

        DnsMessage reply = Ask(world, resolver, "gamma.test", DnsType.MX);
        reply.Rcode.ShouldBe(DnsRcode.NXDomain);
        reply.AuthenticData.ShouldBeTrue();
        reply.Authorities.ShouldContain(r => r.Type == DnsType.SOA && r.Ttl <= 600);
        reply.Authorities.ShouldContain(r => r.Type == (useNsec3 ? DnsType.NSEC3 : DnsType.NSEC));
        reply.Authorities.ShouldContain(r => r.Type == DnsType.RRSIG);
        world.Sent.Count.ShouldBe(sent);
    }

    [Fact]
    public void A_name_that_exists_is_denied_only_the_types_that_it_lacks()
    {
        (World world, RecursiveResolver resolver) = Signed(useNsec3: false);
        Ask(world, resolver, "alpha.test", DnsType.TXT).Rcode.ShouldBe(DnsRcode.NoError);
        int sent = world.Sent.Count;
        Ask(world, resolver, "alpha.test", DnsType.MX).Answers.ShouldBeEmpty();
        world.Sent.Count.ShouldBe(sent);
        Ask(world, resolver, "alpha.test").Answers.ShouldNotBeEmpty();
        Ask(world, resolver, "any.wild.test").Answers.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_known_wildcard_answers_for_every_name_in_a_known_gap(bool useNsec3)
    {
        (World world, RecursiveResolver resolver) = Signed(useNsec3);
        for (int i = 0; i < (useNsec3 ? 20 : 1); i++)
            Ask(world, resolver, $"learn{i}.wild.test").Answers.ShouldNotBeEmpty();
        int sent = world.Sent.Count;
        DnsMessage reply = Ask(world, resolver, "other.wild.test");
        reply.Answers.Where(r => r.Type == DnsType.A).ShouldHaveSingleItem().ToString().ShouldStartWith("other.wild.test. ");
        reply.Answers.ShouldContain(r => r.Type == DnsType.RRSIG);
        reply.AuthenticData.ShouldBeTrue();
        reply.Authorities.ShouldContain(r => r.Type == (useNsec3 ? DnsType.NSEC3 : DnsType.NSEC));
        world.Sent.Count.ShouldBe(sent);
    }

    [Fact]
    public void When_it_is_off_every_name_is_asked_for()
    {
        (World world, RecursiveResolver resolver) = Signed(useNsec3: false, isAggressive: false);
        Ask(world, resolver, "beta.test");
        int sent = world.Sent.Count;
        Ask(world, resolver, "gamma.test").Rcode.ShouldBe(DnsRcode.NXDomain);
        world.Sent.Count.ShouldBe(sent + 1);
    }
}
