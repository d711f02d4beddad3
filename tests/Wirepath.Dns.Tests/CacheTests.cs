using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

public class CacheTests
{
    private static readonly Instant s_start = Instant.Epoch + TimeSpan.FromDays(20_000);
    private static readonly DomainName s_name = World.Name("www.example.com");

    private static bool Find(RrsetCache cache, CacheRank least, double after, out CachedRrset? found, DnsType type = DnsType.A) =>
        cache.TryGet(s_name, type, least, s_start + TimeSpan.FromSeconds(after), out found);

    [Fact]
    public void Better_trusted_data_replaces_and_is_not_replaced()
    {
        var cache = new ResolverCache();
        cache.Put(World.Records("www.example.com. 100 A 192.0.2.1"), CacheRank.Additional, s_start);
        Find(cache, CacheRank.Answer, 0, out _).ShouldBeFalse("glue is no answer");
        Find(cache, CacheRank.Additional, 0, out _).ShouldBeTrue();
        cache.Put(World.Records("www.example.com. 100 A 192.0.2.2"), CacheRank.AuthoritativeAnswer, s_start);
        cache.Put(World.Records("www.example.com. 900 A 192.0.2.3"), CacheRank.Referral, s_start);
        Find(cache, CacheRank.Answer, 50.5, out CachedRrset? found).ShouldBeTrue();
        found!.RecordsAt(s_start + TimeSpan.FromSeconds(50.5)).ShouldHaveSingleItem().ToString().ShouldBe("www.example.com. 50 IN A 192.0.2.2");
        Find(cache, CacheRank.Answer, 100, out _).ShouldBeFalse();
        cache.Put(World.Records("www.example.com. 900 A 192.0.2.3"), CacheRank.Referral, s_start + TimeSpan.FromSeconds(100));
        Find(cache, CacheRank.Additional, 101, out _).ShouldBeTrue("what was better is gone");
    }

    [Fact]
    public void TTLs_are_the_least_of_the_set_within_limits_and_zero_is_not_kept()
    {
        var cache = new ResolverCache(new CacheSettings { LeastTtl = TimeSpan.FromSeconds(5), MostTtl = TimeSpan.FromSeconds(1000) });
        cache.Put(World.Records("www.example.com. 300 A 192.0.2.1", "www.example.com. 200 A 192.0.2.2"), CacheRank.Answer, s_start);
        Find(cache, CacheRank.Answer, 0, out CachedRrset? found).ShouldBeTrue();
        found!.TtlLeft(s_start).ShouldBe(200);
        cache.Put(World.Records("www.example.com. 1 A 192.0.2.1"), CacheRank.Answer, s_start);
        Find(cache, CacheRank.Answer, 4.9, out _).ShouldBeTrue();
        cache.Put(World.Records("www.example.com. 99999 A 192.0.2.1"), CacheRank.Answer, s_start);
        Find(cache, CacheRank.Answer, 1000, out _).ShouldBeFalse();
        cache.Put([World.Record("www.example.com. 1 A 192.0.2.1") with { Ttl = 0x8000_0000 }], CacheRank.Answer, s_start);
        Find(cache, CacheRank.Answer, 5, out _).ShouldBeFalse("RFC 2181 §8: the top bit means zero, here raised to the least");

        var plain = new ResolverCache();
        plain.Put(World.Records("www.example.com. 0 A 192.0.2.1"), CacheRank.Answer, s_start);
        plain.Count.ShouldBe(0);
    }

    [Fact]
    public void A_child_cannot_prolong_its_own_delegation()
    {
        var cache = new ResolverCache();
        cache.Put(World.Records("www.example.com. 100 NS ns.ghost.test."), CacheRank.Referral, s_start);
        cache.Put(World.Records("www.example.com. 86400 NS ns.ghost.test."), CacheRank.Authority, s_start + TimeSpan.FromSeconds(90));
        Find(cache, CacheRank.Additional, 99, out _, DnsType.NS).ShouldBeTrue();
        Find(cache, CacheRank.Additional, 100, out _, DnsType.NS).ShouldBeFalse();
    }

    [Fact]
    public void Memory_is_bounded_and_what_was_not_used_longest_leaves_first()
    {
        var cache = new ResolverCache(new CacheSettings { MostBytes = 40_000 });
        cache.Put(World.Records("www.example.com. 100 A 192.0.2.1"), CacheRank.Answer, s_start);
        for (int i = 0; i < 1000; i++)
        {
            cache.Put(World.Records($"x{i}.example.com. 100 A 192.0.2.1"), CacheRank.Answer, s_start);
            cache.Bytes.ShouldBeLessThanOrEqualTo(40_000);
            Find(cache, CacheRank.Answer, 0, out _).ShouldBeTrue();
        }

        cache.Evictions.ShouldBeGreaterThan(800);
        cache.TryGet(World.Name("x0.example.com"), DnsType.A, CacheRank.Answer, s_start, out _).ShouldBeFalse();
        cache.TryGet(World.Name("x999.example.com"), DnsType.A, CacheRank.Answer, s_start, out _).ShouldBeTrue();
        cache.Clear();
        (cache.Count, cache.Bytes).ShouldBe((0, 0));
    }

    [Fact]
    public void A_record_shows_that_the_name_is_there_after_all()
    {
        var cache = new ResolverCache();
        DnsRecord soa = World.Record("example.com. 100 SOA ns.example.com. h.example.com. 1 2 3 4 50");
        cache.PutNegative(s_name, DnsType.A, CachedKind.NoSuchName, soa, CacheRank.AuthoritativeAnswer, s_start);
        Find(cache, CacheRank.Answer, 49, out CachedRrset? none, DnsType.MX).ShouldBeTrue();
        none!.Kind.ShouldBe(CachedKind.NoSuchName);
        cache.Put(World.Records("www.example.com. 100 TXT x"), CacheRank.AuthoritativeAnswer, s_start);
        Find(cache, CacheRank.Answer, 49, out _, DnsType.MX).ShouldBeFalse();
    }
}
