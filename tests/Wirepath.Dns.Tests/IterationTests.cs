using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

/// <summary>The resolver against an Internet of scripted servers, in virtual time.</summary>
public class IterationTests
{
    private const string RootZone = """
        $TTL 86400
        . SOA a.root.test. hostmaster.root.test. 1 1800 900 604800 900
        . NS a.root.test.
        a.root.test. A 198.51.100.1
        com. NS a.gtld.com.
        a.gtld.com. A 198.51.100.2
        org. NS ns.org.
        ns.org. A 198.51.100.3
        """;

    private const string ComZone = """
        $ORIGIN com.
        $TTL 86400
        @ SOA a.gtld hostmaster 1 1800 900 604800 900
        @ NS a.gtld
        a.gtld A 198.51.100.2
        example NS ns1.example
        example NS ns2.example
        ns1.example A 203.0.113.1
        ns2.example A 203.0.113.2
        glueless NS ns.helper.org.
        """;

    private const string OrgZone = """
        $ORIGIN org.
        $TTL 86400
        @ SOA ns hostmaster 1 1800 900 604800 900
        @ NS ns
        ns A 198.51.100.3
        helper NS ns.helper
        ns.helper A 203.0.113.9
        """;

    private const string ExampleZone = """
        $ORIGIN example.com.
        $TTL 3600
        @ SOA ns1 hostmaster 1 1800 900 604800 300
        @ NS ns1
        @ NS ns2
        ns1 A 203.0.113.1
        ns2 A 203.0.113.2
        www 600 A 203.0.113.80
        alias CNAME www
        far CNAME www.glueless.com.
        one CNAME two
        two CNAME one
        big TXT "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ"
        """;

    private static World Internet() => new World()
        .Serve("198.51.100.1", RootZone)
        .Serve("198.51.100.2", ComZone)
        .Serve("198.51.100.3", OrgZone)
        .Serve("203.0.113.1", ExampleZone)
        .Serve("203.0.113.2", ExampleZone)
        .Serve("203.0.113.9", """
            $ORIGIN helper.org.
            $TTL 3600
            @ SOA ns hostmaster 1 1800 900 604800 300
            @ NS ns
            ns A 203.0.113.9
            """, """
            $ORIGIN glueless.com.
            $TTL 3600
            @ SOA ns.helper.org. hostmaster 1 1800 900 604800 300
            @ NS ns.helper.org.
            www A 203.0.113.90
            """);

    [Fact]
    public void A_cold_resolver_goes_from_the_root_over_com_to_the_authority_with_one_query_each()
    {
        World world = Internet();
        NameAnswer answer = world.Resolve(world.Resolver(), "www.example.com");

        answer.Failure.ShouldBe(NameFailure.None, answer.Explanation);
        answer.Addresses.ShouldBe([IpAddress.Parse("203.0.113.80")]);
        answer.Ttl.ShouldBe(600);
        answer.AnsweredBy.ShouldBe(NameLevel.Iteration);
        world.Sent.Select(s => s.Server).Take(2).ShouldBe(["198.51.100.1", "198.51.100.2"]);
        world.Sent.Count.ShouldBe(3);
        world.Sent[2].Server.ShouldBeOneOf("203.0.113.1", "203.0.113.2");
        world.Written<ResponseReceived>().Select(r => r.Kind).ShouldBe([ResponseKind.Referral, ResponseKind.Referral, ResponseKind.Answer]);
        world.Written<ResponseReceived>().Select(r => r.Zone.ToString()).ShouldBe([".", "com.", "example.com."]);
        world.Written<QuerySent>().ShouldAllBe(q => !q.RecursionDesired && !q.OverTcp && q.Attempt == 1);
        world.Written<ResponseReceived>().ShouldAllBe(r => r.RoundTrip == TimeSpan.FromMilliseconds(20));
    }

    [Fact]
    public void Each_event_names_the_one_it_happened_because_of_back_to_the_look_up()
    {
        World world = Internet();
        world.Resolve(world.Resolver(), "www.example.com");

        List<Event> events = [.. world.Recorder.Events];
        Event last = events.Last(e => e.What is ResponseReceived);
        var path = new List<string>();
        for (Event? at = last; at is not null; at = events.Find(e => e.Id == at.Cause))
            path.Add(at.What.GetType().Name);
        path.ShouldBe([
            "ResponseReceived", "QuerySent", "ResponseReceived", "QuerySent", "ResponseReceived", "QuerySent",
            "LevelConsulted", "LevelConsulted", "LookupStarted",
        ]);
    }

    [Fact]
    public void Glue_that_is_missing_is_looked_up_as_a_question_of_its_own()
    {
        World world = Internet();
        NameAnswer answer = world.Resolve(world.Resolver(), "www.glueless.com");

        answer.Addresses.ShouldBe([IpAddress.Parse("203.0.113.90")]);
        world.Asked.ShouldBe([
            "198.51.100.1 www.glueless.com. A", "198.51.100.2 www.glueless.com. A",
            "198.51.100.1 ns.helper.org. A", "198.51.100.3 ns.helper.org. A", "203.0.113.9 ns.helper.org. A",
            "203.0.113.9 www.glueless.com. A",
        ]);
    }

    [Fact]
    public void A_CNAME_into_another_zone_is_followed_there_and_both_are_in_the_answer()
    {
        World world = Internet();
        NameAnswer answer = world.Resolve(world.Resolver(), "far.example.com");

        answer.Records.Select(r => r.ToString()).ShouldBe([
            "far.example.com. 3600 IN CNAME www.glueless.com.", "www.glueless.com. 3600 IN A 203.0.113.90",
        ]);
        world.Written<ResponseReceived>().ShouldContain(r => r.Kind == ResponseKind.Alias);
    }

    [Theory]
    [InlineData("one.example.com", "the aliases lead in a circle: one.example.com. → two.example.com. → one.example.com.")]
    public void A_CNAME_loop_ends_with_its_names(string name, string words)
    {
        World world = Internet();
        NameAnswer answer = world.Resolve(world.Resolver(), name);

        answer.Failure.ShouldBe(NameFailure.Loop);
        answer.Explanation.ShouldBe(words);
        world.Sent.Count.ShouldBeLessThan(6);
    }

    [Fact]
    public void A_chain_of_aliases_without_end_is_cut_at_the_limit()
    {
        World world = Internet();
        foreach (string server in new[] { "203.0.113.1", "203.0.113.2" })
        {
            world.Script(server, query =>
            {
                DomainName name = query.Questions[0].Name;
                return query.Authoritative($"{name} 60 CNAME x{name}");
            });
        }

        NameAnswer answer = world.Resolve(world.Resolver(), "a.example.com");
        answer.Failure.ShouldBe(NameFailure.Loop);
        answer.Explanation.ShouldStartWith("more than 11 aliases follow one another");
        world.Sent.Count.ShouldBe(2 + 12);
    }

    [Fact]
    public void Answers_age_in_the_cache_and_are_asked_for_again_from_the_closest_zone_when_they_are_gone()
    {
        World world = Internet();
        RecursiveResolver resolver = world.Resolver();
        world.Resolve(resolver, "www.example.com");
        world.Sent.Clear();

        world.Time.Advance(TimeSpan.FromSeconds(100));
        NameAnswer aged = world.Resolve(resolver, "www.example.com");
        aged.AnsweredBy.ShouldBe(NameLevel.ResolverCache);
        aged.Ttl.ShouldBe(500);
        world.Written<LevelConsulted>().Last().TtlLeft.ShouldBe(500);
        world.Sent.ShouldBeEmpty();

        world.Time.Advance(TimeSpan.FromSeconds(501));
        NameAnswer fresh = world.Resolve(resolver, "www.example.com");
        fresh.Ttl.ShouldBe(600);
        world.Sent.ShouldHaveSingleItem().Server.ShouldBeOneOf("203.0.113.1", "203.0.113.2");
    }

    [Theory]
    [InlineData("nothere.example.com", DnsType.A, NameFailure.NoSuchName, "the name nothere.example.com. does not exist")]
    [InlineData("www.example.com", DnsType.AAAA, NameFailure.NoSuchType, "www.example.com. exists but has no AAAA record")]
    public void That_there_is_none_is_kept_for_the_SOA_minimum(string name, DnsType type, NameFailure failure, string words)
    {
        World world = Internet();
        RecursiveResolver resolver = world.Resolver();
        NameAnswer answer = world.Resolve(resolver, name, type);
        answer.Failure.ShouldBe(failure);
        answer.Explanation.ShouldBe(words);
        world.Sent.Clear();

        world.Time.Advance(TimeSpan.FromSeconds(299));
        world.Resolve(resolver, name, type).Failure.ShouldBe(failure);
        world.Sent.ShouldBeEmpty();
        world.Written<LevelConsulted>().Last().Result.ShouldBe(LookupResult.NegativeHit);
        DnsMessage reply = world.Ask(resolver, name, type);
        reply.Rcode.ShouldBe(failure == NameFailure.NoSuchName ? DnsRcode.NXDomain : DnsRcode.NoError);
        reply.Authorities.ShouldHaveSingleItem().ToString().ShouldStartWith("example.com. 1 IN SOA");

        world.Time.Advance(TimeSpan.FromSeconds(2));
        world.Resolve(resolver, name, type).Failure.ShouldBe(failure);
        world.Sent.ShouldHaveSingleItem();
    }

    [Fact]
    public void NXDOMAIN_holds_for_every_type_and_NODATA_for_its_own_only()
    {
        World world = Internet();
        RecursiveResolver resolver = world.Resolver();
        world.Resolve(resolver, "nothere.example.com", DnsType.A);
        world.Resolve(resolver, "www.example.com", DnsType.AAAA);
        world.Sent.Clear();

        world.Resolve(resolver, "nothere.example.com", DnsType.MX).Failure.ShouldBe(NameFailure.NoSuchName);
        world.Sent.ShouldBeEmpty();
        world.Resolve(resolver, "www.example.com", DnsType.A).Failure.ShouldBe(NameFailure.None);
        world.Sent.ShouldHaveSingleItem();
    }

    [Fact]
    public void Poison_from_outside_the_bailiwick_is_not_believed()
    {
        World world = Internet();
        string[] evil = ["203.0.113.1", "203.0.113.2"];
        foreach (string server in evil)
        {
            world.Script(server, query =>
            {
                DnsMessage reply = query.Authoritative("www.example.com. 600 A 203.0.113.80", "www.bank.org. 86400 A 203.0.113.66");
                reply.Authorities.AddRange(World.Records("org. 86400 NS ns1.example.com.", "example.com. 3600 NS ns.org."));
                reply.Additionals.AddRange(World.Records("ns.org. 86400 A 203.0.113.66"));
                return reply;
            });
        }

        RecursiveResolver resolver = world.Resolver();
        world.Resolve(resolver, "www.example.com").Addresses.ShouldBe([IpAddress.Parse("203.0.113.80")]);
        world.Written<RecordDisbelieved>().Select(d => $"{d.Record.Name} {d.Record.Type}: {d.Reason}").ShouldBe([
            "www.bank.org. A: out of bailiwick: the server speaks for example.com. only",
            "org. NS: out of bailiwick: the server speaks for example.com. only",
            "ns.org. A: glue out of bailiwick: the server speaks for example.com. only",
        ]);
        world.Sent.Clear();
        world.Resolve(resolver, "www.bank.org").Failure.ShouldBe(NameFailure.NoSuchName);
        world.Asked.ShouldBe(["198.51.100.1 www.bank.org. A", "198.51.100.3 www.bank.org. A"]);
    }

    [Fact]
    public void Glue_is_good_enough_to_ask_a_server_but_not_as_an_answer()
    {
        World world = Internet();
        RecursiveResolver resolver = world.Resolver();
        world.Resolve(resolver, "www.example.com");
        world.Sent.Clear();

        world.Resolve(resolver, "ns1.example.com").Addresses.ShouldBe([IpAddress.Parse("203.0.113.1")]);
        world.Sent.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_lame_server_is_passed_over_and_remembered()
    {
        World world = Internet().Script("203.0.113.1", query => query.CreateResponse(DnsRcode.Refused));
        world.Delay("203.0.113.1", 1); // the fast one is the lame one
        RecursiveResolver resolver = world.Resolver(new ResolverSettings { Exploration = 0, MostTime = TimeSpan.FromSeconds(20) });
        for (int i = 0; i < 8; i++)
            world.Resolve(resolver, $"x{i}.example.com").Failure.ShouldBe(NameFailure.NoSuchName);
        world.Sent.Count(s => s.Server == "203.0.113.1").ShouldBeLessThanOrEqualTo(1);
    }

    [Theory]
    [InlineData("REFUSED")]
    [InlineData("upward")]
    public void When_all_servers_are_lame_the_words_say_how(string how)
    {
        World world = Internet();
        foreach (string server in new[] { "203.0.113.1", "203.0.113.2" })
        {
            world.Script(server, query =>
            {
                DnsMessage reply = query.CreateResponse(how == "REFUSED" ? DnsRcode.Refused : DnsRcode.NoError);
                if (how == "upward")
                    reply.Authorities.Add(World.Record(". 86400 NS a.root.test."));
                return reply;
            });
        }

        NameAnswer answer = world.Resolve(world.Resolver(), "www.example.com");
        answer.Failure.ShouldBe(NameFailure.Lame);
        string detail = how == "upward" ? "it refers back to where we came from" : "REFUSED";
        answer.Explanation.ShouldStartWith("all 2 servers of example.com. are lame, they answer but not for this zone: ns");
        answer.Explanation.ShouldContain($"ns1.example.com. 203.0.113.1 ({detail})");
        answer.Explanation.ShouldContain($"ns2.example.com. 203.0.113.2 ({detail})");
    }

    [Theory]
    [InlineData("cache")]
    [InlineData("empty")]
    public void Where_all_servers_answer_from_a_cache_or_with_nothing_that_is_better_than_no_answer(string how)
    {
        World world = Internet();
        foreach (string server in new[] { "203.0.113.1", "203.0.113.2" })
        {
            world.Script(server, query =>
            {
                DnsMessage reply = query.CreateResponse();
                if (how == "cache")
                    reply.Answers.Add(World.Record("www.example.com. 5 A 203.0.113.80"));
                reply.RecursionAvailable = how == "cache";
                return reply;
            });
        }

        NameAnswer answer = world.Resolve(world.Resolver(), "www.example.com");
        answer.Failure.ShouldBe(how == "cache" ? NameFailure.None : NameFailure.NoSuchType, answer.Explanation);
        world.Sent.Select(s => s.Server).ShouldContain("203.0.113.1", "both were asked for something better");
        world.Sent.Select(s => s.Server).ShouldContain("203.0.113.2");
    }

    [Fact]
    public void A_silent_server_costs_one_timeout_and_the_next_one_answers()
    {
        World world = Internet().Silence("203.0.113.1");
        RecursiveResolver resolver = world.Resolver();
        for (int i = 0; i < 10; i++)
            world.Resolve(resolver, $"x{i}.example.com").Failure.ShouldBe(NameFailure.NoSuchName);
        world.Written<QueryTimedOut>().Count().ShouldBeLessThanOrEqualTo(1);
        world.Sent.Count(s => s.Server == "203.0.113.2").ShouldBe(10);
    }

    [Fact]
    public void When_all_servers_stay_silent_each_is_tried_three_times_with_doubling_waits_and_the_words_say_so()
    {
        World world = Internet().Silence("203.0.113.1").Silence("203.0.113.2");
        NameAnswer answer = world.Resolve(world.Resolver(), "www.example.com");

        answer.Failure.ShouldBe(NameFailure.TimedOut);
        answer.Explanation.ShouldStartWith("all 2 servers of example.com. stayed silent: ns");
        answer.Explanation.ShouldContain("ns1.example.com. 203.0.113.1 (3 tries, 3.5 s)");
        answer.Explanation.ShouldContain("ns2.example.com. 203.0.113.2 (3 tries, 3.5 s)");
        world.Written<QueryTimedOut>().Where(t => t.Server.Address == IpAddress.Parse("203.0.113.1")).Select(t => (t.Attempt, t.Waited.TotalSeconds))
            .ShouldBe([(1, 0.5), (2, 1), (3, 2)]);
        // The failure is given again for five seconds without new work (RFC 9520).
        world.Sent.Clear();
        RecursiveResolver again = world.Resolver();
        world.Resolve(again, "www.example.com").Failure.ShouldBe(NameFailure.TimedOut);
        int first = world.Sent.Count;
        world.Resolve(again, "www.example.com").Failure.ShouldBe(NameFailure.TimedOut);
        world.Sent.Count.ShouldBe(first);
    }

    [Fact]
    public void SERVFAIL_of_all_is_a_server_failure()
    {
        World world = Internet();
        world.Script("203.0.113.1", q => q.CreateResponse(DnsRcode.ServFail)).Silence("203.0.113.2");
        NameAnswer answer = world.Resolve(world.Resolver(), "www.example.com");
        answer.Failure.ShouldBe(NameFailure.ServerFailure);
        answer.Explanation.ShouldContain("203.0.113.1 failed (SERVFAIL)");
        answer.Explanation.ShouldContain("203.0.113.2 stayed silent (3 tries, 3.5 s)");
    }

    [Fact]
    public void The_faster_server_is_asked_once_both_are_known()
    {
        World world = Internet().Delay("203.0.113.1", 300).Delay("203.0.113.2", 10);
        RecursiveResolver resolver = world.Resolver(new ResolverSettings { Exploration = 0.2 });
        for (int i = 0; i < 100; i++)
            world.Resolve(resolver, $"x{i}.example.com");
        int slow = world.Sent.Count(s => s.Server == "203.0.113.1");
        int fast = world.Sent.Count(s => s.Server == "203.0.113.2");
        fast.ShouldBeGreaterThan(slow * 4);
        slow.ShouldBeGreaterThan(2, "a slow server must be tried now and then");
    }

    [Fact]
    public void A_truncated_answer_is_asked_for_again_over_TCP()
    {
        World world = Internet();
        foreach (string server in new[] { "203.0.113.1", "203.0.113.2" })
        {
            world.Script(server, (query, overTcp) =>
            {
                DnsMessage reply = query.Authoritative(overTcp ? ["www.example.com. 600 A 203.0.113.80"] : []);
                reply.IsTruncated = !overTcp;
                return reply;
            });
        }

        NameAnswer answer = world.Resolve(world.Resolver(), "www.example.com");
        answer.Addresses.ShouldBe([IpAddress.Parse("203.0.113.80")]);
        world.Sent[^1].OverTcp.ShouldBeTrue();
        world.Sent[^1].Server.ShouldBe(world.Sent[^2].Server);
        world.Written<ResponseReceived>().Select(r => r.Kind).TakeLast(2).ShouldBe([ResponseKind.Truncated, ResponseKind.Answer]);
    }

    [Fact]
    public void A_server_that_chokes_on_EDNS_is_asked_without_and_remembered()
    {
        World world = Internet();
        foreach (string server in new[] { "203.0.113.1", "203.0.113.2" })
            world.Script(server, query => query.Edns is null ? query.Authoritative($"{query.Questions[0].Name} 600 A 203.0.113.80") : query.CreateResponse(DnsRcode.FormErr));
        RecursiveResolver resolver = world.Resolver();
        world.Resolve(resolver, "a.example.com").Failure.ShouldBe(NameFailure.None);
        world.Sent.Select(s => s.Edns).ShouldBe([true, true, true, false]);
        world.Resolve(resolver, "b.example.com").Failure.ShouldBe(NameFailure.None);
        world.Sent[^1].Edns.ShouldBeFalse();
    }

    [Fact]
    public void With_0x20_a_wrong_case_is_verified_over_TCP()
    {
        World world = Internet();
        foreach (string server in new[] { "203.0.113.1", "203.0.113.2" })
        {
            world.Script(server, (query, overTcp) =>
            {
                DnsMessage reply = query.Authoritative(overTcp ? "www.example.com. 600 A 203.0.113.80" : "www.example.com. 600 A 203.0.113.66");
                if (!overTcp)
                    reply.Questions[0] = reply.Questions[0] with { Name = reply.Questions[0].Name.ToLower() };
                return reply;
            });
        }

        NameAnswer answer = world.Resolve(world.Resolver(new ResolverSettings { UseRandomCase = true }), "www.example.com");
        answer.Addresses.ShouldBe([IpAddress.Parse("203.0.113.80")]);
        world.Written<ResponseReceived>().ShouldContain(r => r.Kind == ResponseKind.Mismatched);
    }

    [Fact]
    public void Servers_that_can_only_be_found_through_each_other_are_a_loop_and_are_named()
    {
        World world = new World()
            .Serve("198.51.100.1", RootZone)
            .Script("198.51.100.2", q => q.Questions[0].Name.IsSubdomainOf(World.Name("a.com"))
                ? q.Referral(["a.com. 3600 NS ns.b.com."]) : q.Referral(["b.com. 3600 NS ns.a.com."]));
        NameAnswer answer = world.Resolve(world.Resolver(), "www.a.com");
        answer.Failure.ShouldBe(NameFailure.Loop);
        answer.Explanation.ShouldContain("ns.b.com. → ns.a.com. → ns.b.com.");
        world.Sent.Count.ShouldBeLessThan(8);
    }

    [Fact]
    public void A_server_inside_its_own_zone_without_glue_is_a_loop_in_plain_words()
    {
        World world = new World()
            .Serve("198.51.100.1", RootZone)
            .Script("198.51.100.2", q => q.Referral(["self.com. 3600 NS ns.self.com."]));
        NameAnswer answer = world.Resolve(world.Resolver(), "www.self.com");
        answer.Failure.ShouldBe(NameFailure.Loop);
        answer.Explanation.ShouldContain("ns.self.com. (it lies inside the zone, and no glue says where)");
    }

    [Fact]
    public void Referrals_deeper_and_deeper_end_at_the_limit()
    {
        World world = new World().Serve("198.51.100.1", RootZone);
        world.Script("198.51.100.2", q =>
        {
            // Each referral goes one label further down the name that was asked.
            int depth = world.Sent.Count;
            return q.Referral([$"{q.Questions[0].Name.Ancestor(Math.Min(depth, q.Questions[0].Name.LabelCount))} 60 NS ns.deep.com."], "ns.deep.com. 60 A 198.51.100.2");
        });
        string name = string.Concat(Enumerable.Repeat("x.", 40)) + "com";
        NameAnswer answer = world.Resolve(world.Resolver(), name);
        answer.Failure.ShouldBe(NameFailure.Loop);
        answer.Explanation.ShouldStartWith("more than 20 referrals follow one another");
        world.Sent.Count.ShouldBe(21);
    }

    [Fact]
    public void A_referral_that_does_not_lead_down_is_lame()
    {
        World world = new World()
            .Serve("198.51.100.1", RootZone)
            .Script("198.51.100.2", q => q.Referral(["com. 3600 NS a.gtld.com."], "a.gtld.com. 3600 A 198.51.100.2"));
        world.Resolve(world.Resolver(), "www.example.com").Failure.ShouldBe(NameFailure.Lame);
        world.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public void The_NXNS_amplifier_gets_no_more_than_the_budget()
    {
        World world = new World().Serve("198.51.100.1", RootZone);
        world.Script("198.51.100.2", q => q.Referral(
            [.. Enumerable.Range(0, 100).Select(i => $"{q.Questions[0].Name.Ancestor(2)} 3600 NS ns{i}.victim{world.Sent.Count}x{i}.com.")]));
        NameAnswer answer = world.Resolve(world.Resolver(), "www.evil.com");
        answer.Failure.ShouldBe(NameFailure.Budget);
        world.Sent.Count.ShouldBeLessThanOrEqualTo(new ResolverSettings().MostQueries);
        answer.Explanation.ShouldNotBeEmpty();
    }

    [Fact]
    public void Two_clients_with_one_question_cost_one_iteration()
    {
        World world = Internet();
        RecursiveResolver resolver = world.Resolver();
        var name = World.Name("www.example.com");
        ValueTask<NameAnswer> first = resolver.ResolveAsync(name, DnsType.A);
        ValueTask<NameAnswer> second = resolver.ResolveAsync(World.Name("WWW.example.COM"), DnsType.A);
        using var impatient = new CancellationTokenSource();
        Task<NameAnswer> third = resolver.ResolveAsync(name, DnsType.A, impatient.Token).AsTask();
        impatient.Cancel();

        world.Time.Run(first).Addresses.ShouldBe([IpAddress.Parse("203.0.113.80")]);
        world.Time.Run(second).Addresses.ShouldBe([IpAddress.Parse("203.0.113.80")]);
        third.IsCanceled.ShouldBeTrue();
        world.Sent.Count.ShouldBe(3);
        resolver.Coalesced.ShouldBe(2);
    }

    [Fact]
    public void A_resolver_refuses_questions_without_RD_and_offers_recursion()
    {
        World world = Internet();
        RecursiveResolver resolver = world.Resolver();
        DnsMessage query = DnsMessage.Query(9, new DnsQuestion(World.Name("www.example.com"), DnsType.A), recursionDesired: false);
        world.Ask(resolver, query).Rcode.ShouldBe(DnsRcode.Refused);
        DnsMessage reply = world.Ask(resolver, "www.example.com");
        (reply.RecursionAvailable, reply.IsAuthoritative, reply.Rcode).ShouldBe((true, false, DnsRcode.NoError));
        world.Written<QuestionAnswered>().Last().Answers.ShouldBe(1);
    }

    [Fact]
    public void A_failure_reaches_the_client_as_SERVFAIL_with_its_reason()
    {
        World world = Internet().Silence("203.0.113.1").Silence("203.0.113.2");
        DnsMessage query = DnsMessage.Query(9, new DnsQuestion(World.Name("www.example.com"), DnsType.A), recursionDesired: true);
        query.Edns = new Edns();
        DnsMessage reply = world.Ask(world.Resolver(), query);
        reply.Rcode.ShouldBe(DnsRcode.ServFail);
        reply.Edns!.TryGetOption(EdnsOptionCode.ExtendedError, out EdnsOption option).ShouldBeTrue();
        option.TryGetExtendedError(out ushort code, out string text).ShouldBeTrue();
        code.ShouldBe((ushort)22);
        text.ShouldStartWith("all 2 servers of example.com. stayed silent");
    }

    [Fact]
    public void The_same_seed_sends_the_same_queries_at_the_same_times()
    {
        List<Sent> Run()
        {
            World world = Internet().Silence("203.0.113.1");
            RecursiveResolver resolver = world.Resolver(new ResolverSettings { Exploration = 0.5 });
            for (int i = 0; i < 20; i++)
                world.Resolve(resolver, $"x{i}.example.com");
            return world.Sent;
        }

        Run().ShouldBe(Run());
    }
}
