using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

/// <summary>The ladder on the PC, the router's forwarder behind it, and a scripted provider behind that.</summary>
public class ClientTests
{
    private const string Router = "192.168.1.1";
    private const string Provider = "100.64.0.53";

    private static ClientResolver Client(World world, string hosts = "", StubSettings? stub = null)
    {
        HostsFile.TryParse(hosts, "hosts", out HostsFile? file, out TextError error).ShouldBeTrue(error.ToString());
        return new ClientResolver(new BrowserCache(world.Time), file!,
            new StubResolver(stub ?? new StubSettings { Nameservers = [World.IpEndpointOf(Router)] }, world, world.Log, world.Time, new RandomSource(5)), world.Log);
    }

    private static ForwardingResolver Forwarder(World world, params string[] upstreams) => new(
        new ForwarderSettings { Upstreams = [.. upstreams.Select(u => World.IpEndpointOf(u))] },
        new ResolverCache(), world, world.Log, world.Time, new RandomSource(6));

    private static DnsMessage Recursive(DnsMessage query, params string[] answers)
    {
        DnsMessage reply = query.Authoritative(answers);
        reply.IsAuthoritative = false;
        reply.RecursionAvailable = true;
        return reply;
    }

    [Fact]
    public void The_ladder_is_climbed_in_order_and_every_rung_is_written_down()
    {
        World world = new World().Script(Router, q => Recursive(q, "www.example.com. 600 A 203.0.113.80"));
        ClientResolver client = Client(world, "127.0.0.1 localhost\n203.0.113.7 printer printer.lan");

        world.Resolve(client, "www.example.com").AnsweredBy.ShouldBe(NameLevel.Stub);
        world.Recorder.Events.Select(e => e.What switch
        {
            LevelConsulted l => $"{l.Level} {l.Result}",
            LookupFinished f => $"finished {f.Addresses[0]} ttl {f.Ttl}",
            var other => other.GetType().Name,
        }).ShouldBe([
            "LookupStarted", "BrowserCache Miss", "HostsFile Miss", "Stub Asked", "QuerySent", "ResponseReceived", "finished 203.0.113.80 ttl 600",
        ]);

        world.Time.Advance(TimeSpan.FromSeconds(20));
        NameAnswer cached = world.Resolve(client, "WWW.example.com");
        (cached.AnsweredBy, cached.Ttl).ShouldBe((NameLevel.BrowserCache, 40));
        world.Resolve(client, "printer").AnsweredBy.ShouldBe(NameLevel.HostsFile);
        world.Sent.Count.ShouldBe(1);

        world.Time.Advance(TimeSpan.FromSeconds(41));
        world.Resolve(client, "www.example.com").AnsweredBy.ShouldBe(NameLevel.Stub, "a browser keeps no answer longer than a minute");
        world.Written<QuerySent>().ShouldAllBe(q => q.RecursionDesired);
    }

    [Fact]
    public void A_navigation_is_the_cause_of_its_look_up()
    {
        World world = new World().Script(Router, q => Recursive(q, "www.example.com. 600 A 203.0.113.80"));
        ClientResolver client = Client(world);
        EventId navigation = world.Log.Write(EventId.None, new LookupStarted(DomainName.Root, DnsType.A, "a navigation"));
        NodeLog.ApplicationCause = navigation;
        world.Resolve(client, "www.example.com");
        NodeLog.ApplicationCause.ShouldBe(navigation);
        NodeLog.ApplicationCause = EventId.None;
        Event started = world.Recorder.Events.Last(e => e.What is LookupStarted);
        started.Cause.ShouldBe(navigation);
        world.Recorder.Events.Single(e => e.What is LookupFinished).Cause.ShouldBe(started.Id);
    }

    [Theory]
    [InlineData("NXDOMAIN", NameFailure.NoSuchName, "192.168.1.1 says that the name www.example.com. does not exist")]
    [InlineData("NODATA", NameFailure.NoSuchType, "192.168.1.1 says that www.example.com. exists but has no A record")]
    [InlineData("silence", NameFailure.TimedOut, "the only server configured stayed silent: 192.168.1.1 (2 tries, 10.0 s)")]
    [InlineData("SERVFAIL", NameFailure.ServerFailure, "the only server configured failed: 192.168.1.1 (SERVFAIL)")]
    [InlineData("reason", NameFailure.Loop, "the only server configured failed: 192.168.1.1 (SERVFAIL); the reason it gave: in  circles")]
    [InlineData("loop", NameFailure.Loop, "192.168.1.1 gave aliases that lead in a circle: www.example.com. → a.test. → www.example.com.")]
    public void Each_failure_has_its_own_words(string how, NameFailure failure, string words)
    {
        World world = new World().Script(Router, q =>
        {
            DnsMessage reply = Recursive(q, how == "loop" ? ["www.example.com. 5 CNAME a.test.", "a.test. 5 CNAME www.example.com."] : []);
            reply.Rcode = how switch { "NXDOMAIN" => DnsRcode.NXDomain, "SERVFAIL" or "reason" => DnsRcode.ServFail, _ => DnsRcode.NoError };
            if (how == "reason")
                reply.Edns = new Edns(1232, 0, false, [EdnsOption.ForExtendedError(49152 + (int)NameFailure.Loop, "in \u001bcircles")]);
            return how == "silence" ? null : reply;
        });
        NameAnswer answer = world.Resolve(Client(world), "www.example.com");
        (answer.Failure, answer.Explanation).ShouldBe((failure, words));
        world.Written<LookupFinished>().Single().Explanation.ShouldBe(words);
    }

    [Fact]
    public void Without_a_server_there_is_no_answer_and_a_clear_word()
    {
        var world = new World();
        NameAnswer answer = world.Resolve(Client(world, stub: new StubSettings()), "www.example.com");
        (answer.Failure, answer.Explanation).ShouldBe((NameFailure.NoServer, "no name server is configured"));
        world.Time.Run(Client(world).ResolveAsync("a..b", DnsType.A)).Failure.ShouldBe(NameFailure.BadName);
    }

    [Fact]
    public void The_second_server_answers_when_the_first_is_silent_or_fails()
    {
        World world = new World().Silence("192.0.2.1")
            .Script("192.0.2.2", q => q.CreateResponse(DnsRcode.ServFail))
            .Script("192.0.2.3", q => Recursive(q, "www.example.com. 600 A 203.0.113.80"));
        var settings = new StubSettings { Nameservers = [World.IpEndpointOf("192.0.2.1"), World.IpEndpointOf("192.0.2.2"), World.IpEndpointOf("192.0.2.3")] };
        world.Resolve(Client(world, stub: settings), "www.example.com").Failure.ShouldBe(NameFailure.None);
        world.Sent.Select(s => s.Server).ShouldBe(["192.0.2.1", "192.0.2.2", "192.0.2.3"]);
    }

    [Fact]
    public void Short_names_go_through_the_search_list_as_ndots_says()
    {
        StubSettings.TryParse("search corp.test lab.test\noptions ndots:2\nnameserver 192.168.1.1", "resolv.conf", out StubSettings? settings, out _).ShouldBeTrue();
        World world = new World().Script(Router, q => q.Questions[0].Name == World.Name("intra.lab.test")
            ? Recursive(q, "intra.lab.test. 5 A 10.0.0.1") : q.CreateResponse(DnsRcode.NXDomain));
        ClientResolver client = Client(world, stub: settings);
        client.Stub.Settings.Candidates("intra").Select(n => n.ToString()).ShouldBe(["intra.corp.test.", "intra.lab.test.", "intra."]);
        client.Stub.Settings.Candidates("a.b.c").Select(n => n.ToString()).ShouldBe(["a.b.c.", "a.b.c.corp.test.", "a.b.c.lab.test."]);
        client.Stub.Settings.Candidates("intra.").Select(n => n.ToString()).ShouldBe(["intra."]);
        world.Time.Run(client.ResolveAsync("intra", DnsType.A)).Addresses.ShouldBe([IpAddress.Parse("10.0.0.1")]);
        world.Time.Run(client.ResolveAsync("nothere", DnsType.A)).Failure.ShouldBe(NameFailure.NoSuchName);
    }

    [Theory]
    [InlineData("nameserver 192.168.1", "r:1:12: '192.168.1': the IP address of a name server is expected.")]
    [InlineData("# x\nnameserver", "r:2:11: the address of a name server is expected.")]
    [InlineData("nameserver 1.1.1.1 8.8.8.8", "r:1:20: '8.8.8.8': one address for each nameserver line is expected.")]
    [InlineData("options ndots:x", "r:1:9: 'ndots:x': a number is expected, as in ndots:2.")]
    [InlineData("search a..b", "r:1:8: 'a..b': a domain name is expected.")]
    [InlineData("nameservers 1.1.1.1", "r:1:1: 'nameservers': one of nameserver, search, domain, options, sortlist is expected.")]
    public void A_wrong_resolv_conf_is_told_with_its_place(string text, string expected)
    {
        StubSettings.TryParse(text, "r", out _, out TextError error).ShouldBeFalse();
        error.ToString().ShouldBe(expected);
    }

    [Fact]
    public void A_right_resolv_conf_is_read_with_its_limits()
    {
        StubSettings.TryParse("""
            ; DHCP wrote this
            domain old.test
            search corp.test
            nameserver 192.168.1.1
            nameserver 2001:db8::53   # over IPv6
            nameserver 9.9.9.9
            nameserver 8.8.8.8
            options timeout:99 attempts:0 ndots:20 rotate use-vc no-edns0 trust-ad
            """, "r", out StubSettings? settings, out _).ShouldBeTrue();
        settings!.Nameservers.Count.ShouldBe(3);
        settings.Search.ShouldHaveSingleItem().ToString().ShouldBe("corp.test.");
        (settings.Timeout.TotalSeconds, settings.Attempts, settings.Ndots, settings.Rotate, settings.UseTcp, settings.UseEdns)
            .ShouldBe((30, 1, 15, true, true, false));
    }

    [Theory]
    [InlineData("127.0.0.1 localhost\n192.0.2.300 bad", "h:2:1: '192.0.2.300' is not an IP address; a line is an address followed by names.")]
    [InlineData("  127.0.0.1  # nobody", "h:1:12: a name is expected after the address 127.0.0.1.")]
    [InlineData("127.0.0.1 a..b", "h:1:11: 'a..b' is not a host name.")]
    public void A_wrong_hosts_file_is_told_with_its_place_or_passed_over(string text, string expected)
    {
        HostsFile.TryParse(text, "h", out _, out TextError error).ShouldBeFalse();
        error.ToString().ShouldBe(expected);
        HostsFile.ParseLeniently(text + "\n192.0.2.1 good GOOD.example", "h", out IReadOnlyList<TextError> ignored)
            .TryGet(World.Name("good.example"), DnsType.A, out IReadOnlyList<IpAddress>? addresses).ShouldBeTrue();
        addresses.ShouldBe([IpAddress.Parse("192.0.2.1")]);
        ignored.ShouldHaveSingleItem().ToString().ShouldBe(expected);
    }

    [Fact]
    public void A_hosts_file_has_both_families_and_several_addresses_for_a_name()
    {
        HostsFile.TryParse("\uFEFF127.0.0.1\tlocalhost\r\n::1 localhost\r\n127.0.0.2 localhost localhost\r\n", "h", out HostsFile? file, out _).ShouldBeTrue();
        file!.TryGet(World.Name("localhost"), DnsType.A, out IReadOnlyList<IpAddress>? v4).ShouldBeTrue();
        v4!.Count.ShouldBe(2);
        file.TryGet(World.Name("localhost"), DnsType.AAAA, out IReadOnlyList<IpAddress>? v6).ShouldBeTrue();
        v6.ShouldBe([IpAddress.LoopbackV6]);
        file.TryGet(World.Name("localhost"), DnsType.MX, out _).ShouldBeFalse();
    }

    [Fact]
    public void The_router_keeps_what_the_provider_said_and_ages_it()
    {
        World world = new World().Script(Provider, q => q.Questions[0].Type == DnsType.A
            ? Recursive(q, "www.example.com. 100 CNAME web.test.", "web.test. 60 A 203.0.113.80")
            : NoData(q));
        ForwardingResolver router = Forwarder(world, Provider);
        DnsMessage first = world.Ask(router, "www.example.com");
        (first.RecursionAvailable, first.Answers.Count, first.IsAuthoritative).ShouldBe((true, 2, false));
        world.Time.Advance(TimeSpan.FromSeconds(30));
        DnsMessage second = world.Ask(router, "www.example.com");
        second.Answers.Select(r => r.Ttl).ShouldBe([70u, 30u]);
        world.Sent.Count.ShouldBe(1);
        world.Written<LevelConsulted>().Select(l => (l.Level, l.Result, l.TtlLeft)).ShouldBe([
            (NameLevel.RouterCache, LookupResult.Miss, -1), (NameLevel.RouterCache, LookupResult.Hit, 30),
        ]);

        for (int i = 0; i < 2; i++)
        {
            DnsMessage none = world.Ask(router, "www.example.com", DnsType.AAAA);
            (none.Rcode, none.Authorities.Count).ShouldBe((DnsRcode.NoError, 1));
        }

        world.Sent.Count.ShouldBe(2, "that there is no AAAA is kept too, for the alias and its target");

        DnsMessage NoData(DnsMessage q)
        {
            DnsMessage reply = Recursive(q, "www.example.com. 100 CNAME web.test.");
            reply.Authorities.Add(World.Record("test. 60 SOA ns.test. h.test. 1 2 3 4 60"));
            return reply;
        }
    }

    [Fact]
    public void The_router_asks_its_second_upstream_and_passes_reasons_on()
    {
        World world = new World().Silence(Provider).Script("100.64.0.54", q =>
        {
            DnsMessage reply = q.CreateResponse(DnsRcode.ServFail);
            reply.Edns = new Edns(1232, 0, false, [EdnsOption.ForExtendedError(22, "all is silent")]);
            return reply;
        });
        ForwardingResolver router = Forwarder(world, Provider, "100.64.0.54");
        DnsMessage query = DnsMessage.Query(3, new DnsQuestion(World.Name("www.example.com"), DnsType.A), recursionDesired: true);
        query.Edns = new Edns();
        DnsMessage reply = world.Ask(router, query);
        reply.Rcode.ShouldBe(DnsRcode.ServFail);
        reply.Edns!.Options.ShouldHaveSingleItem().TryGetExtendedError(out ushort code, out string text).ShouldBeTrue();
        (code, text).ShouldBe(((ushort)22, "all is silent"));
        world.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public void Two_clients_of_the_router_with_one_question_are_one_question_upstream()
    {
        World world = new World().Script(Provider, q => Recursive(q, "www.example.com. 60 A 203.0.113.80"));
        ForwardingResolver router = Forwarder(world, Provider);
        byte[] query = DnsMessage.Query(3, new DnsQuestion(World.Name("www.example.com"), DnsType.A), recursionDesired: true).ToArray();
        var replies = new List<ValueTask<DnsResponse>>();
        for (int i = 0; i < 5; i++)
            replies.Add(router.RespondAsync(query, new byte[512], default, false, default));
        foreach (ValueTask<DnsResponse> reply in replies)
            world.Time.Run(reply).Length.ShouldBeGreaterThan(40);
        world.Sent.Count.ShouldBe(1);
        router.Coalesced.ShouldBe(4);
    }
}
