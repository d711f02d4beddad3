using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

/// <summary>RFC 1034 §4.3.2, RFC 4592, RFC 2308, RFC 6604: what a zone says to each question.</summary>
public class AuthoritativeTests
{
    private const string Zone = """
        $ORIGIN example.
        $TTL 3600
        @             SOA ns1 hostmaster 7 1800 900 604800 300
                      NS  ns1
                      MX  10 mail
        ns1           A   192.0.2.1
        mail          A   192.0.2.25
                      AAAA 2001:db8::25
        www           A   192.0.2.80
                      A   192.0.2.81
        alias         CNAME www
        out           CNAME www.elsewhere.test.
        dangling      CNAME nowhere
        a             CNAME b
        b             CNAME a
        into          CNAME host.child
        *.wild        TXT "from a wildcard"
        *.wildalias   CNAME www
        x.*.wild      A   192.0.2.7
        host.deep.ent A   192.0.2.9
        child         NS  ns.child
                      NS  ns.elsewhere.test.
                      DS  12345 8 2 49FD46E6C4B45C55D4AC
        ns.child      A   192.0.2.53
        moved         DNAME target.test.
        big           TXT "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
                      TXT "1123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
                      TXT "2123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
                      TXT "3123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
                      TXT "4123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
        """;

    private static readonly AuthoritativeServer s_server = new(new ZoneSet(ZoneFile.Parse(Zone, "example.zone")), NodeLog.Silent);

    // flags rcode | answer | authority | additional
    [Theory]
    // exact
    [InlineData("www.example. A", "aa NoError | www.example. A 192.0.2.80; www.example. A 192.0.2.81 | |")]
    [InlineData("WWW.Example. A", "aa NoError | www.example. A 192.0.2.80; www.example. A 192.0.2.81 | |")]
    [InlineData("example. NS", "aa NoError | example. NS ns1.example. | | ns1.example. A 192.0.2.1")]
    [InlineData("example. MX", "aa NoError | example. MX 10 mail.example. | | mail.example. A 192.0.2.25; mail.example. AAAA 2001:db8::25")]
    [InlineData("example. SOA", "aa NoError | example. SOA ns1.example. hostmaster.example. 7 1800 900 604800 300 | |")]
    // no such type, no such name, empty non-terminal
    [InlineData("www.example. AAAA", "aa NoError | | SOA 300 |")]
    [InlineData("nothere.example. A", "aa NXDomain | | SOA 300 |")]
    [InlineData("deep.ent.example. A", "aa NoError | | SOA 300 |")]
    [InlineData("ent.example. A", "aa NoError | | SOA 300 |")]
    [InlineData("below.www.example. A", "aa NXDomain | | SOA 300 |")]
    // aliases
    [InlineData("alias.example. A", "aa NoError | alias.example. CNAME www.example.; www.example. A 192.0.2.80; www.example. A 192.0.2.81 | |")]
    [InlineData("alias.example. CNAME", "aa NoError | alias.example. CNAME www.example. | |")]
    [InlineData("out.example. A", "aa NoError | out.example. CNAME www.elsewhere.test. | |")]
    [InlineData("dangling.example. A", "aa NXDomain | dangling.example. CNAME nowhere.example. | SOA 300 |")]
    [InlineData("alias.example. MX", "aa NoError | alias.example. CNAME www.example. | SOA 300 |")]
    [InlineData("a.example. A", "aa NoError | a.example. CNAME b.example.; b.example. CNAME a.example. | |")]
    // delegation
    [InlineData("child.example. A", "- NoError | | child.example. NS ns.child.example.; child.example. NS ns.elsewhere.test. | ns.child.example. A 192.0.2.53")]
    [InlineData("x.y.child.example. A", "- NoError | | child.example. NS ns.child.example.; child.example. NS ns.elsewhere.test. | ns.child.example. A 192.0.2.53")]
    [InlineData("ns.child.example. A", "- NoError | | child.example. NS ns.child.example.; child.example. NS ns.elsewhere.test. | ns.child.example. A 192.0.2.53")]
    [InlineData("child.example. DS", "aa NoError | child.example. DS 12345 8 2 49FD46E6C4B45C55D4AC | |")]
    [InlineData("into.example. A", "aa NoError | into.example. CNAME host.child.example. | child.example. NS ns.child.example.; child.example. NS ns.elsewhere.test. | ns.child.example. A 192.0.2.53")]
    // wildcards: RFC 4592
    [InlineData("any.wild.example. TXT", "aa NoError | any.wild.example. TXT \"from a wildcard\" | |")]
    [InlineData("a.b.wild.example. TXT", "aa NoError | a.b.wild.example. TXT \"from a wildcard\" | |")]
    [InlineData("any.wild.example. A", "aa NoError | | SOA 300 |")]
    [InlineData("*.wild.example. TXT", "aa NoError | *.wild.example. TXT \"from a wildcard\" | |")]
    [InlineData("wild.example. TXT", "aa NoError | | SOA 300 |")]
    [InlineData("y.*.wild.example. TXT", "aa NXDomain | | SOA 300 |")]
    [InlineData("q.wildalias.example. A", "aa NoError | q.wildalias.example. CNAME www.example.; www.example. A 192.0.2.80; www.example. A 192.0.2.81 | |")]
    // DNAME: RFC 6672
    [InlineData("w.moved.example. A", "aa NoError | moved.example. DNAME target.test.; w.moved.example. CNAME w.target.test. | |")]
    [InlineData("moved.example. A", "aa NoError | | SOA 300 |")]
    // not ours, not done
    [InlineData("www.other. A", "- Refused | | |")]
    [InlineData("example. AXFR", "- Refused | | |")]
    // ANY: RFC 8482
    [InlineData("mail.example. ANY", "aa NoError | mail.example. A 192.0.2.25 | |")]
    public void The_zone_says(string question, string expected)
    {
        string[] parts = question.Split(' ');
        DnsMessage reply = s_server.Answer(DnsMessage.Query(1, new DnsQuestion(World.Name(parts[0]), Enum.Parse<DnsType>(parts[1])), false));
        string flags = reply.IsAuthoritative ? "aa" : "-";
        string.Join(" | ", $"{flags} {reply.Rcode}", Section(reply.Answers), Section(reply.Authorities), Section(reply.Additionals))
            .Replace("  ", " ", StringComparison.Ordinal).TrimEnd().ShouldBe(expected.TrimEnd(), StringCompareShould.IgnoreCase);
    }

    private static string Section(List<DnsRecord> records) => string.Join("; ", records.Select(r =>
        r.Type == DnsType.SOA && records.Count == 1 && r.Ttl == 300 ? "SOA 300" : $"{r.Name} {r.Type} {r.DataToString()}"));

    [Fact]
    public void A_server_of_parent_and_child_answers_from_the_child_and_DS_from_the_parent()
    {
        var server = new AuthoritativeServer(new ZoneSet(ZoneFile.Parse(Zone, "example.zone"), ZoneFile.Parse("""
            $ORIGIN child.example.
            $TTL 60
            @ SOA ns hostmaster 1 2 3 4 5
            @ NS ns
            ns A 192.0.2.53
            """, "child.zone")), NodeLog.Silent);
        server.Answer(DnsMessage.Query(1, new DnsQuestion(World.Name("ns.child.example"), DnsType.A), false)).IsAuthoritative.ShouldBeTrue();
        server.Answer(DnsMessage.Query(1, new DnsQuestion(World.Name("child.example"), DnsType.DS), false)).Answers.ShouldHaveSingleItem().Type.ShouldBe(DnsType.DS);
    }

    [Fact]
    public void What_does_not_fit_into_UDP_is_truncated_at_the_size_that_the_client_takes_and_comes_whole_over_TCP()
    {
        var world = new World();
        DnsMessage query = DnsMessage.Query(7, new DnsQuestion(World.Name("big.example"), DnsType.TXT), false);
        DnsMessage small = world.Ask(s_server, query);
        (small.IsTruncated, small.Answers.Count, small.Edns).ShouldBe((true, 0, null));
        query.Edns = new Edns(4096);
        DnsMessage large = world.Ask(s_server, query);
        (large.IsTruncated, large.Answers.Count).ShouldBe((false, 5));
        large.Edns.ShouldNotBeNull();
        query.Edns = null;
        world.Ask(s_server, query, overTcp: true).Answers.Count.ShouldBe(5);
    }

    [Fact]
    public void Queries_that_are_none_are_answered_by_their_kind_or_not_at_all()
    {
        var world = new World();
        var question = new DnsQuestion(World.Name("www.example"), DnsType.A);
        DnsMessage query = DnsMessage.Query(7, question, false);
        query.Opcode = DnsOpcode.Notify;
        world.Ask(s_server, query).Rcode.ShouldBe(DnsRcode.NotImp);
        query = DnsMessage.Query(7, question, false);
        query.Questions.Add(question);
        world.Ask(s_server, query).Rcode.ShouldBe(DnsRcode.FormErr);
        world.Ask(s_server, DnsMessage.Query(7, question with { Class = DnsClass.CH }, false)).Rcode.ShouldBe(DnsRcode.Refused);
        query = DnsMessage.Query(7, question, false);
        query.Edns = new Edns(1232, 3, false, []);
        world.Ask(s_server, query).Rcode.ShouldBe(DnsRcode.BadVers);

        byte[] room = new byte[512];
        byte[] response = query.CreateResponse().ToArray();
        world.Time.Run(s_server.RespondAsync(response, room, default, false, default)).Length.ShouldBe(0);
        world.Time.Run(s_server.RespondAsync(new byte[11], room, default, false, default)).Length.ShouldBe(0);
        byte[] cut = DnsMessage.Query(7, question, false).ToArray()[..^3];
        world.Time.Run(s_server.RespondAsync(cut, room, default, false, default)).Length.ShouldBe(12);
        DnsMessage.TryRead(room.AsSpan(0, 12), out DnsMessage error).ShouldBeTrue();
        (error.Id, error.Rcode).ShouldBe(((ushort)7, DnsRcode.FormErr));
    }
}
