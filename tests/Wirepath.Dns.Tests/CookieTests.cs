using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

/// <summary>RFC 7873, the side of the one who asks.</summary>
public class CookieTests
{
    private static readonly byte[] s_serverCookie = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

    private static ReadOnlyMemory<byte> CookieOf(DnsMessage query) =>
        query.Edns.ShouldNotBeNull().TryGetOption(EdnsOptionCode.Cookie, out EdnsOption option) ? option.Data : default;

    private static DnsMessage Reply(DnsMessage query, ReadOnlySpan<byte> clientCookie, DnsRcode rcode = DnsRcode.NoError)
    {
        DnsMessage reply = rcode == DnsRcode.NoError ? query.Authoritative($"{query.Questions[0].Name} 60 A 192.0.2.80") : query.CreateResponse(rcode);
        reply.Edns = new Edns(1232, 0, false, [new EdnsOption(EdnsOptionCode.Cookie, (byte[])[.. clientCookie, .. s_serverCookie])]);
        return reply;
    }

    [Fact]
    public void The_servers_cookie_comes_back_to_it_and_to_nobody_else()
    {
        var world = new World();
        var seen = new List<int>();
        world.Script("198.51.100.1", query =>
        {
            seen.Add(CookieOf(query).Length);
            return Reply(query, CookieOf(query).Span[..8]);
        });
        RecursiveResolver resolver = world.Resolver();
        world.Resolve(resolver, "a.test").Addresses.Count.ShouldBe(1);
        world.Resolve(resolver, "b.test").Addresses.Count.ShouldBe(1);
        seen.ShouldBe([8, 24]);
    }

    [Fact]
    public void A_reply_with_another_cookie_is_asked_for_again_over_TCP()
    {
        var world = new World();
        world.Script("198.51.100.1", (query, overTcp) => overTcp
            ? Reply(query, CookieOf(query).Span[..8])
            : Reply(query, "forged!!"u8));
        world.Resolve(world.Resolver(), "a.test").Addresses.Count.ShouldBe(1);
        world.Asked.ShouldBe(["198.51.100.1 a.test. A", "198.51.100.1 a.test. A tcp"]);
        world.Written<ResponseReceived>().First().Kind.ShouldBe(ResponseKind.Mismatched);
    }

    [Fact]
    public void BADCOOKIE_is_answered_with_the_cookie_that_came_with_it()
    {
        var world = new World();
        world.Script("198.51.100.1", query => CookieOf(query).Length == 24
            ? Reply(query, CookieOf(query).Span[..8])
            : Reply(query, CookieOf(query).Span, DnsRcode.BadCookie));
        world.Resolve(world.Resolver(), "a.test").Addresses.Count.ShouldBe(1);
        world.Asked.ShouldBe(["198.51.100.1 a.test. A", "198.51.100.1 a.test. A"]);
    }

    [Fact]
    public void A_server_that_knows_nothing_of_cookies_is_believed()
    {
        var world = new World();
        world.Script("198.51.100.1", query => query.Authoritative("a.test. 60 A 192.0.2.80"));
        world.Resolve(world.Resolver(), "a.test").Addresses.Count.ShouldBe(1);
        world.Sent.Count.ShouldBe(1);
    }
}
