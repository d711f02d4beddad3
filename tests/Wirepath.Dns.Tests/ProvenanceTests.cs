using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

/// <summary>Who gave each record, when, and why it is believed.</summary>
public class ProvenanceTests
{
    private static readonly SigningKey s_rootKsk = SigningKey.FromSeed(SigningAlgorithm.EcdsaP256Sha256, true, new RandomSource(1));
    private static readonly SigningKey s_rootZsk = SigningKey.FromSeed(SigningAlgorithm.EcdsaP256Sha256, false, new RandomSource(2));
    private static readonly SigningKey s_exampleKsk = SigningKey.FromSeed(SigningAlgorithm.EcdsaP384Sha384, true, new RandomSource(3));
    private static readonly SigningKey s_exampleZsk = SigningKey.FromSeed(SigningAlgorithm.EcdsaP384Sha384, false, new RandomSource(4));

    /// <summary>A signed root, <c>example.</c> signed below it, <c>plain.</c> unsigned, <c>wrong.</c> with the DS record of somebody else's key.</summary>
    private static World Signed()
    {
        var world = new World();
        Instant now = Instant.FromDateTimeOffset(world.Time.Now);
        DnsRecord ds = s_exampleKsk.ToDs(World.Name("example."), 3600);
        DnsRecord wrong = s_rootKsk.ToDs(World.Name("wrong."), 3600);
        Zone root = ZoneFile.Parse($"""
            $ORIGIN .
            $TTL 86400
            . SOA a.root.test. h.test. 1 2 3 4 300
            . NS a.root.test.
            a.root.test. A 198.51.100.1
            example. NS ns.example.
            ns.example. A 192.0.2.1
            {ds}
            plain. NS ns.plain.
            ns.plain. A 192.0.2.2
            wrong. NS ns.wrong.
            ns.wrong. A 192.0.2.3
            {wrong}
            """, "root");
        Zone example = ZoneFile.Parse("""
            $ORIGIN example.
            $TTL 600
            @ SOA ns h 1 2 3 4 300
            @ NS ns
            ns A 192.0.2.1
            www A 203.0.113.80
            away CNAME www.plain.
            """, "example");
        world.Respond("198.51.100.1", Server(ZoneSigner.Sign(root, [s_rootKsk, s_rootZsk], new SigningSettings(), now)));
        world.Respond("192.0.2.1", Server(ZoneSigner.Sign(example, [s_exampleKsk, s_exampleZsk], new SigningSettings(), now)));
        world.Serve("192.0.2.2", "$ORIGIN plain.\n$TTL 60\n@ SOA ns h 1 2 3 4 300\n@ NS ns\nns A 192.0.2.2\nwww A 203.0.113.81");
        world.Serve("192.0.2.3", "$ORIGIN wrong.\n$TTL 60\n@ SOA ns h 1 2 3 4 300\n@ NS ns\nns A 192.0.2.3\nwww A 203.0.113.82");
        return world;

        static AuthoritativeServer Server(Zone zone) => new(new ZoneSet([zone]), NodeLog.Silent);
    }

    private static RecursiveResolver Validating(World world) => new(
        new ResolverConfiguration
        {
            Settings = new ResolverSettings { Exploration = 0, PrimeRoot = false, UseMinimisation = false },
            LocalZones = LocalZones.None,
            TrustAnchors = [s_rootKsk.ToDs(DomainName.Root, 3600)],
        },
        RootHints.Of((World.Name("a.root.test"), IpAddress.Parse("198.51.100.1"))), new ResolverCache(), world, world.Log, world.Time, new RandomSource(1));

    private static Instant At(World world) => Instant.FromDateTimeOffset(world.Time.Now);

    [Fact]
    public void A_secure_set_says_who_gave_it_and_which_keys_lead_to_it_from_the_root()
    {
        World world = Signed();
        NameAnswer answer = world.Resolve(Validating(world), "www.example.");
        answer.Explanation.ShouldBe("");
        SetProvenance set = answer.Sets.ShouldHaveSingleItem();
        (set.Name, set.Type, set.Ttl, set.Rank).ShouldBe((World.Name("www.example."), DnsType.A, 600, CacheRank.AuthoritativeAnswer));
        (set.Source!.Server, set.Source.Zone).ShouldBe((IpAddress.Parse("192.0.2.1"), World.Name("example.")));
        (set.Security, set.KeyTag, set.Algorithm, set.Explanation).ShouldBe((Security.Secure, s_exampleZsk.KeyTag, "ECDSAP384SHA384", ""));
        set.Chain.Select(step => (step.Zone.ToString(), step.Security, step.KeyTag, step.Algorithm, step.DigestType)).ShouldBe([
            (".", Security.Secure, s_rootKsk.KeyTag, "ECDSAP256SHA256", (byte)2),
            ("example.", Security.Secure, s_exampleKsk.KeyTag, "ECDSAP384SHA384", (byte)2),
        ]);
        (answer.Security, answer.IsAuthenticated).ShouldBe((Security.Secure, true));
        answer.Sets[0].Records.ShouldBe(answer.Records);
    }

    [Fact]
    public void From_the_cache_it_is_still_the_one_who_gave_it_then_with_the_TTL_that_is_left()
    {
        World world = Signed();
        RecursiveResolver resolver = Validating(world);
        SetProvenance first = world.Resolve(resolver, "www.example.").Sets[0];
        Instant then = At(world);
        first.Source!.At.ShouldBeLessThan(then, "keys were fetched after it came");
        world.Time.Advance(TimeSpan.FromSeconds(100));
        int sent = world.Sent.Count;
        NameAnswer cached = world.Resolve(resolver, "WWW.example.");
        (cached.AnsweredBy, world.Sent.Count).ShouldBe((NameLevel.ResolverCache, sent));
        SetProvenance again = cached.Sets.ShouldHaveSingleItem();
        (again.Source, again.Rank, again.Security, again.KeyTag).ShouldBe((first.Source, first.Rank, first.Security, first.KeyTag));
        again.Chain.ShouldBe(first.Chain);
        again.Ttl.ShouldBeInRange(499, 500);
        again.Records.ShouldHaveSingleItem().Ttl.ShouldBe((uint)again.Ttl);
        first.Ttl.ShouldBe(600, "a snapshot does not age");

        resolver.TryRecall(World.Name("www.example."), DnsType.A, out NameAnswer? recalled).ShouldBeTrue();
        recalled!.Sets[0].Source.ShouldBe(first.Source);
        resolver.TryRecall(World.Name("nobody.asked.example."), DnsType.A, out _).ShouldBeFalse();
        world.Sent.Count.ShouldBe(sent, "recalling asks nobody");
    }

    [Fact]
    public void Each_link_of_an_alias_chain_has_its_own_source_and_its_own_trust()
    {
        World world = Signed();
        NameAnswer answer = world.Resolve(Validating(world), "away.example.");
        answer.Sets.Select(s => (s.Type, s.Source!.Server.ToString(), s.Source.Zone.ToString(), s.Security)).ShouldBe([
            (DnsType.CNAME, "192.0.2.1", "example.", Security.Secure), (DnsType.A, "192.0.2.2", "plain.", Security.Insecure),
        ]);
        answer.Security.ShouldBe(Security.Insecure);
        TrustStep unsigned = answer.Sets[1].Chain[^1];
        (unsigned.Zone, unsigned.Security, unsigned.KeyTag, unsigned.Algorithm).ShouldBe((World.Name("plain."), Security.Insecure, (ushort)0, ""));
        unsigned.Explanation.ShouldContain("unsigned");
    }

    [Fact]
    public void Of_what_is_bogus_the_reason_is_told_and_the_records_are_not()
    {
        World world = Signed();
        RecursiveResolver resolver = Validating(world);
        foreach (NameAnswer answer in (NameAnswer[])[world.Resolve(resolver, "www.wrong."), world.Resolve(resolver, "www.wrong.")])
        {
            (answer.Failure, answer.Security, answer.Records.Count).ShouldBe((NameFailure.Bogus, Security.Bogus, 0));
            SetProvenance set = answer.Sets.ShouldHaveSingleItem();
            (set.Security, set.Records.Count, set.Source!.Server).ShouldBe((Security.Bogus, 0, IpAddress.Parse("192.0.2.3")));
            set.Explanation.ShouldNotBeEmpty();
            set.Chain.Select(s => (s.Zone.ToString(), s.Security)).ShouldBe([(".", Security.Secure), ("wrong.", Security.Bogus)]);
        }
    }

    [Fact]
    public void An_absence_comes_with_the_records_that_show_it()
    {
        World world = Signed();
        NameAnswer answer = world.Resolve(Validating(world), "nothere.example.");
        answer.Failure.ShouldBe(NameFailure.NoSuchName);
        answer.Sets.ShouldAllBe(s => s.IsProof && s.Security == Security.Secure && s.Source!.Server == IpAddress.Parse("192.0.2.1"));
        answer.Sets.Select(s => s.Type).Distinct().Order().ShouldBe([DnsType.SOA, DnsType.NSEC]);
    }

    [Fact]
    public void Without_an_anchor_nothing_is_said_of_trust()
    {
        World world = Signed();
        SetProvenance set = world.Resolve(world.Resolver(), "www.example.").Sets.ShouldHaveSingleItem();
        (set.Security, set.Chain.Count, set.KeyTag, set.Rank).ShouldBe((Security.Unchecked, 0, (ushort)0, CacheRank.AuthoritativeAnswer));
    }

    [Fact]
    public void A_stub_knows_whom_it_asked_and_the_browser_cache_remembers_it()
    {
        World world = new World().Script("192.168.1.1", q => Answer(q, "www.example.com. 300 A 203.0.113.80"));
        var browser = new BrowserCache(world.Time);
        var client = new ClientResolver(browser, HostsFile.ParseLeniently("10.0.0.1 here.test", "hosts", out _),
            new StubResolver(new StubSettings { Nameservers = [World.IpEndpointOf("192.168.1.1")] }, world, world.Log, world.Time, new RandomSource(5)), world.Log);
        SetProvenance asked = world.Resolve(client, "www.example.com").Sets.ShouldHaveSingleItem();
        (asked.Source, asked.Rank, asked.Security).ShouldBe((new RecordSource(IpAddress.Parse("192.168.1.1"), DomainName.Root, At(world)), CacheRank.Answer, Security.Unchecked));
        world.Time.Advance(TimeSpan.FromSeconds(20));
        SetProvenance cached = world.Resolve(client, "www.example.com").Sets.ShouldHaveSingleItem();
        (cached.Source, cached.Ttl).ShouldBe((asked.Source, 40));
        world.Resolve(client, "here.test").Sets.ShouldHaveSingleItem().Source.ShouldBeNull();
    }

    internal static DnsMessage Answer(DnsMessage query, params string[] answers)
    {
        DnsMessage reply = query.Authoritative(answers);
        reply.RecursionAvailable = true;
        return reply;
    }
}
