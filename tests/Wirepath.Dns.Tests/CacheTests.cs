using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

public class CacheTests
{
    private static readonly Instant s_start = Instant.Epoch + TimeSpan.FromDays(20_000);
    private static readonly DomainName s_name = World.Name("www.example.com");

    private static Instant At(double seconds) => s_start + TimeSpan.FromSeconds(seconds);

    private static Rrset Set(CacheRank rank, params string[] lines)
    {
        Rrset set = Rrset.Group(World.Records(lines)).ShouldHaveSingleItem();
        set.Rank = rank;
        return set;
    }

    private static void Put(ResolverCache cache, double at, CacheRank rank, params string[] lines) => cache.StoreSet(Set(rank, lines), At(at), At(at));

    private static string? Find(ResolverCache cache, double at, DnsType type = DnsType.A) => cache.TryGetSet(s_name, type, At(at), out Rrset? found)
        ? string.Join(", ", found.Records.Select(r => (r with { Ttl = found.Ttl }).ToString()))
        : null;

    [Fact]
    public void Better_trusted_data_replaces_and_is_not_replaced()
    {
        var cache = new ResolverCache();
        Put(cache, 0, CacheRank.Additional, "www.example.com. 100 A 192.0.2.1");
        Find(cache, 0).ShouldBe("www.example.com. 100 IN A 192.0.2.1");
        cache.TryFind(new DnsQuestion(s_name, DnsType.A), At(0), out _).ShouldBeFalse("glue is no answer");
        Put(cache, 0, CacheRank.AuthoritativeAnswer, "www.example.com. 100 A 192.0.2.2");
        Put(cache, 0, CacheRank.Referral, "www.example.com. 900 A 192.0.2.3");
        Find(cache, 50.5).ShouldBe("www.example.com. 50 IN A 192.0.2.2");
        Find(cache, 100).ShouldBeNull();
        Put(cache, 100, CacheRank.Referral, "www.example.com. 900 A 192.0.2.3");
        Find(cache, 101).ShouldNotBeNull("what was better is gone");
    }

    [Fact]
    public void The_same_data_again_do_not_live_longer_and_other_data_of_the_same_rank_take_their_place()
    {
        var cache = new ResolverCache();
        Put(cache, 0, CacheRank.AuthoritativeAnswer, "www.example.com. 100 A 192.0.2.1", "www.example.com. 100 A 192.0.2.2");
        Put(cache, 90, CacheRank.AuthoritativeAnswer, "www.example.com. 100 A 192.0.2.2", "www.example.com. 100 A 192.0.2.1");
        Find(cache, 100).ShouldBeNull();
        Put(cache, 100, CacheRank.AuthoritativeAnswer, "www.example.com. 100 A 192.0.2.1");
        Put(cache, 150, CacheRank.AuthoritativeAnswer, "www.example.com. 100 A 192.0.2.9");
        Find(cache, 249).ShouldBe("www.example.com. 1 IN A 192.0.2.9");
    }

    [Fact]
    public void TTLs_are_the_least_of_the_set_within_limits_and_zero_is_not_kept()
    {
        var limits = new CacheSettings { LeastTtl = TimeSpan.FromSeconds(5), MostTtl = TimeSpan.FromSeconds(1000) };
        foreach ((string[] lines, int life) in ((string[], int)[])[
            (["www.example.com. 300 A 192.0.2.1", "www.example.com. 200 A 192.0.2.2"], 200),
            (["www.example.com. 1 A 192.0.2.1"], 5),
            (["www.example.com. 99999 A 192.0.2.1"], 1000)])
        {
            var cache = new ResolverCache(limits);
            Put(cache, 0, CacheRank.Answer, lines);
            Find(cache, life - 0.1).ShouldNotBeNull();
            Find(cache, life).ShouldBeNull();
        }

        Rrset.Group([World.Record("www.example.com. 1 A 192.0.2.1") with { Ttl = 0x8000_0000 }])[0].Ttl.ShouldBe(0u, "RFC 2181 §8: the top bit means zero");
        var plain = new ResolverCache();
        Put(plain, 0, CacheRank.Answer, "www.example.com. 0 A 192.0.2.1");
        Find(plain, 0).ShouldBeNull();
    }

    [Fact]
    public void A_child_cannot_prolong_its_own_delegation()
    {
        var cache = new ResolverCache();
        Put(cache, 0, CacheRank.Referral, "www.example.com. 100 NS ns.ghost.test.");
        Put(cache, 90, CacheRank.Authority, "www.example.com. 86400 NS ns.ghost.test.", "www.example.com. 86400 NS ns2.ghost.test.");
        Find(cache, 99, DnsType.NS).ShouldNotBeNull();
        Find(cache, 100, DnsType.NS).ShouldBeNull();
    }

    [Fact]
    public void Memory_is_bounded_and_what_was_not_used_longest_leaves_first()
    {
        var cache = new ResolverCache(new CacheSettings { MostBytes = 40_000, MostMessageBytes = 10_000 });
        Put(cache, 0, CacheRank.Answer, "www.example.com. 100 A 192.0.2.1");
        for (int i = 0; i < 1000; i++)
        {
            Put(cache, 0, CacheRank.Answer, $"x{i}.example.com. 100 A 192.0.2.1");
            cache.Bytes.ShouldBeLessThanOrEqualTo(50_000);
            Find(cache, 0).ShouldNotBeNull();
        }

        cache.Evictions.ShouldBeGreaterThan(800);
        cache.TryGetSet(World.Name("x0.example.com"), DnsType.A, s_start, out _).ShouldBeFalse();
        cache.TryGetSet(World.Name("x999.example.com"), DnsType.A, s_start, out _).ShouldBeTrue();
        cache.Clear();
        (cache.Sets, cache.Messages, cache.Bytes).ShouldBe((0, 0, 0));
    }

    [Fact]
    public void A_message_lives_as_long_as_each_of_its_sets_and_ends_when_one_of_them_becomes_another()
    {
        var question = new DnsQuestion(s_name, DnsType.MX);
        var cache = new ResolverCache();
        void Store() => cache.Store(new ResolvedMessage(question, DnsRcode.NoError)
        {
            Answers = [Set(CacheRank.AuthoritativeAnswer, "www.example.com. 300 MX 10 mail.example.com.")],
            Authorities = [Set(CacheRank.Authority, "example.com. 200 NS ns.example.com.")],
        }, s_start, s_start);

        Store();
        cache.TryFind(question, At(199), out ResolvedMessage? found).ShouldBeTrue();
        (found!.Answers[0].Ttl, found.Authorities[0].Ttl).ShouldBe((101u, 1u));
        cache.TryFind(question, At(200), out _).ShouldBeFalse();

        cache.Clear();
        Store();
        Put(cache, 10, CacheRank.AuthoritativeAnswer, "example.com. 200 NS elsewhere.example.com.");
        cache.TryFind(question, At(11), out found).ShouldBeTrue();
        found!.Authorities[0].Records[0].ToString().ShouldContain("elsewhere", Case.Sensitive, "what comes along is given as it is now");
        Put(cache, 12, CacheRank.AuthoritativeAnswer, "www.example.com. 300 MX 20 other.example.com.");
        cache.TryFind(question, At(13), out _).ShouldBeFalse("the answer is another one now");
    }

    [Fact]
    public void What_does_not_exist_is_remembered_for_the_least_of_the_SOAs_TTL_and_minimum_and_shows_nothing_unproven_below()
    {
        var cache = new ResolverCache();
        var question = new DnsQuestion(s_name, DnsType.A);
        Rrset soa = Set(CacheRank.Authority, "example.com. 100 SOA ns.example.com. h.example.com. 1 2 3 4 50");
        cache.Store(new ResolvedMessage(question, DnsRcode.NXDomain) { Authorities = [soa.WithTtl(50)] }, s_start, s_start);
        cache.TryFind(question, At(49), out ResolvedMessage? none).ShouldBeTrue();
        none!.Rcode.ShouldBe(DnsRcode.NXDomain);
        cache.TryFind(question, At(50), out _).ShouldBeFalse();
        var below = new DnsQuestion(World.Name("deep.www.example.com"), DnsType.A);
        cache.TryFind(below, At(1), out _).ShouldBeFalse();

        // RFC 8020, where it is proven.
        cache.Store(new ResolvedMessage(question, DnsRcode.NXDomain) { Authorities = [soa.WithTtl(50)], Security = Security.Secure }, s_start, s_start);
        cache.TryFind(below, At(1), out none).ShouldBeTrue();
        none!.Rcode.ShouldBe(DnsRcode.NXDomain);
    }

    [Fact]
    public void A_snapshot_brings_back_what_has_not_run_out_and_nothing_of_a_broken_one_counts()
    {
        var question = new DnsQuestion(s_name, DnsType.MX);
        var cache = new ResolverCache();
        cache.Store(new ResolvedMessage(question, DnsRcode.NoError)
        {
            Answers = [Set(CacheRank.AuthoritativeAnswer, "www.example.com. 300 MX 10 mail.example.com.")],
            Authorities = [Set(CacheRank.Authority, "example.com. 200 NS ns.example.com.")],
            Security = Security.Secure,
        }, s_start, s_start);
        Put(cache, 0, CacheRank.Additional, "short.example.com. 5 A 192.0.2.1");
        cache.StoreFailure(ResolvedMessage.Failed(question with { Type = DnsType.TXT }, Events.NameFailure.TimedOut, ExtendedErrorCode.Other, "x"), s_start, TimeSpan.FromSeconds(5));
        var file = new StringWriter();
        cache.Save(file, s_start).ShouldBe((3, 1));
        string text = file.ToString();

        var again = new ResolverCache();
        again.TryLoad(new StringReader(text), "cache", At(50), out int messages, out TextError error).ShouldBeTrue(error.ToString());
        messages.ShouldBe(1);
        again.TryFind(question, At(50), out ResolvedMessage? found).ShouldBeTrue();
        (found!.Answers[0].Ttl, found.Authorities[0].Ttl).ShouldBe((250u, 150u));
        found.Security.ShouldBe(Security.Unchecked, "what a file says of signatures is checked again");
        again.Sets.ShouldBe(2, "what has run out stays away");
        again.TryFind(question, At(200), out _).ShouldBeFalse();

        for (int cut = 0; cut < text.Length - 1; cut++)
        {
            var broken = new ResolverCache();
            broken.TryLoad(new StringReader(text[..cut]), "cache", At(50), out _, out error).ShouldBeFalse();
            (broken.Sets, broken.Messages).ShouldBe((0, 0));
            error.Line.ShouldBeGreaterThan(0);
        }

        again.TryLoad(new StringReader(text.Replace("MX 10 mail", "MX ten mail", StringComparison.Ordinal)), "cache", At(50), out _, out error).ShouldBeFalse();
        error.ToString().ShouldStartWith("cache:");
        again.TryFind(question, At(51), out _).ShouldBeTrue("what was there is still there");
    }
}
