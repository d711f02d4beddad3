using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

/// <summary>What an application sees, over a stub whose one server is scripted.</summary>
public class DnsClientTests
{
    private const string Router = "192.168.1.1";

    private static StubSettings Settings(string text)
    {
        StubSettings.TryParse($"nameserver {Router}\n" + text, "resolv.conf", out StubSettings? settings, out TextError error).ShouldBeTrue(error.ToString());
        return settings!;
    }

    private static StubResolver Stub(World world, StubSettings settings) => new(settings, world, world.Log, world.Time, new RandomSource(5));

    private static DnsClient Client(World world, string options = "", Func<IpAddress, IpAddress>? sourceOf = null) =>
        new(Stub(world, Settings(options)), Settings(options), sourceOf);

    /// <summary>A server that has these records and says NXDOMAIN of every other name.</summary>
    private static World Serving(params string[] lines)
    {
        DnsRecord[] records = World.Records(lines);
        return new World().Script(Router, query =>
        {
            DnsQuestion question = query.Questions[0];
            DnsMessage reply = query.CreateResponse(records.Any(r => r.Name == question.Name) ? DnsRcode.NoError : DnsRcode.NXDomain);
            reply.RecursionAvailable = true;
            reply.Answers.AddRange(records.Where(r => r.Name == question.Name && r.Type == question.Type));
            return reply;
        });
    }

    [Fact]
    public void Records_of_each_kind_are_values_with_their_TTL_and_who_gave_them()
    {
        World world = Serving(
            "example.com. 300 MX 10 mail.example.com.", "example.com. 60 TXT \"v=spf1\" \" -all\"", "example.com. 90 CAA 0 issue \"ca.test\"",
            "_http._tcp.example.com. 30 SRV 1 2 80 www.example.com.", "example.com. 20 HTTPS 1 . alpn=h2 port=8443", "1.2.0.192.in-addr.arpa. 40 PTR host.example.com.");
        DnsClient client = Client(world);
        Resolved<MxData> mx = world.Time.Run(client.ResolveAsync(RecordKind.Mx, "example.com"));
        ResolvedRecord<MxData> first = mx.Records.ShouldHaveSingleItem();
        (first.Data.Preference, first.Data.Exchange, first.Ttl, first.Origin!.Source!.Server).ShouldBe(((ushort)10, World.Name("mail.example.com"), 300, IpAddress.Parse(Router)));
        (mx.Succeeded, mx.Ttl, mx.Failure).ShouldBe((true, 300, NameFailure.None));
        world.Time.Run(client.ResolveAsync(RecordKind.Txt, "example.com")).Records[0].Data.Strings.Count.ShouldBe(2);
        world.Time.Run(client.ResolveAsync(RecordKind.Caa, "example.com")).Records[0].Data.Value.Span.SequenceEqual("ca.test"u8).ShouldBeTrue();
        world.Time.Run(client.ResolveAsync(RecordKind.Srv, "_http._tcp.example.com")).Records[0].Data.Port.ShouldBe((ushort)80);
        world.Time.Run(client.ResolveAsync(RecordKind.Https, "example.com")).Records[0].Data.TryGetPort(out ushort port).ShouldBeTrue();
        port.ShouldBe((ushort)8443);
        world.Time.Run(client.ResolveNamesAsync(IpAddress.Parse("192.0.2.1"))).Records[0].Data.ShouldBe(World.Name("host.example.com"));
        world.Time.Run(client.ResolveNamesAsync(IpAddress.Parse("2001:db8::1"))).Failure.ShouldBe(NameFailure.NoSuchName);
        world.Sent[^1].Question.ShouldBe("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR");
    }

    [Fact]
    public void Both_families_are_asked_at_once_and_sorted_by_what_the_host_can_reach()
    {
        string[] both = ["www.test. 60 A 203.0.113.80", "www.test. 30 AAAA 2001:db8::80"];
        World world = Serving(both);
        Resolved<IpAddress> found = world.Time.Run(Client(world).ResolveAddressesAsync("www.test"));
        found.Records.Select(r => r.Data.ToString()).ShouldBe(["2001:db8::80", "203.0.113.80"]);
        (found.Ttl, found.Name).ShouldBe((30, World.Name("www.test")));
        world.Sent.Select(s => s.At).Distinct().Count().ShouldBe(1);

        Func<IpAddress, IpAddress> onlyV4 = to => to.IsV4 ? IpAddress.Parse("192.0.2.9") : IpAddress.None;
        World again = Serving(both);
        again.Time.Run(Client(again, sourceOf: onlyV4).ResolveAddressesAsync("www.test")).Records.Select(r => r.Data.ToString())
            .ShouldBe(["203.0.113.80", "2001:db8::80"]);
        again.Time.Run(Client(again).ResolveAddressesAsync("192.0.2.7")).Records.ShouldHaveSingleItem().Data.ShouldBe(IpAddress.Parse("192.0.2.7"));
        again.Sent.Count.ShouldBe(2, "an address is its own answer");
    }

    [Fact]
    public void A_failure_is_a_value_until_the_program_wants_an_exception()
    {
        World world = Serving("www.test. 60 A 203.0.113.80");
        DnsClient client = Client(world);
        Resolved<IpAddress> none = world.Time.Run(client.ResolveAddressesAsync("nothere.test"));
        (none.Succeeded, none.Failure).ShouldBe((false, NameFailure.NoSuchName));
        none.Explanation.ShouldContain("does not exist");
        Should.Throw<NameResolutionException>(() => none.EnsureSucceeded()).Failure.ShouldBe(NameFailure.NoSuchName);
        world.Time.Run(client.ResolveAddressesAsync("www.test")).EnsureSucceeded().Records.Count.ShouldBe(1);
        world.Time.Run(client.ResolveAddressesAsync("a..b")).Failure.ShouldBe(NameFailure.BadName);
        World silent = new World().Silence(Router);
        silent.Time.Run(Client(silent).ResolveAsync(RecordKind.Mx, "x.test")).Failure.ShouldBe(NameFailure.TimedOut);
    }

    [Fact]
    public void A_cancelled_caller_stops_at_once_and_the_shared_look_up_goes_on_for_the_others()
    {
        World world = Serving("www.test. 60 A 203.0.113.80").Delay(Router, 100);
        DnsClient client = Client(world);
        using var impatient = new CancellationTokenSource();
        Task<NameAnswer> first = client.QueryAsync("www.test", DnsType.A, impatient.Token).AsTask();
        Task<NameAnswer> second = client.QueryAsync("WWW.test", DnsType.A).AsTask();
        world.Time.Advance(TimeSpan.FromMilliseconds(10));
        impatient.Cancel();
        first.IsCanceled.ShouldBeTrue();
        second.IsCompleted.ShouldBeFalse();
        world.Time.Run(new ValueTask<NameAnswer>(second)).Addresses.Count.ShouldBe(1);
        (world.Sent.Count, client.Shared).ShouldBe((1, 1));
        using var both = new CancellationTokenSource();
        Task<Resolved<IpAddress>> addresses = client.ResolveAddressesAsync("www.test", both.Token).AsTask();
        both.Cancel();
        addresses.IsCanceled.ShouldBeTrue();
        Should.Throw<OperationCanceledException>(() => client.QueryAsync("x.test", DnsType.A, both.Token).AsTask().GetAwaiter().GetResult());
        world.Sent.ShouldNotContain(s => s.Question.StartsWith("x."));
    }

    [Fact]
    public void The_search_list_is_walked_as_resolv_conf_says_it()
    {
        World world = Serving("intra.lab.test. 60 A 10.0.0.1");
        world.Time.Run(Client(world, "search corp.test lab.test\noptions ndots:2").ResolveAddressesAsync("intra")).Name.ShouldBe(World.Name("intra.lab.test"));
        world.Sent.Select(s => s.Question).Distinct().ShouldBe(["intra.corp.test. AAAA", "intra.corp.test. A", "intra.lab.test. AAAA", "intra.lab.test. A"]);
        world.Sent.Clear();
        world.Time.Run(Client(world, "search corp.test\ndomain lab.test").QueryAsync("intra", DnsType.A)).Succeeded.ShouldBeTrue("the last of the two keywords counts");
        world.Sent.Clear();
        world.Time.Run(Client(world, "search lab.test").QueryAsync("intra.", DnsType.A)).Failure.ShouldBe(NameFailure.NoSuchName);
        world.Sent.Select(s => s.Question).ShouldBe(["intra. A"]);
    }

    [Fact]
    public void Timeout_attempts_and_rotate_are_those_of_the_options_line()
    {
        World world = new World().Silence(Router).Silence("192.0.2.2");
        StubResolver stub = Stub(world, Settings("nameserver 192.0.2.2\noptions timeout:1 attempts:3 rotate"));
        DateTimeOffset began = world.Time.Now;
        world.Resolve(stub, "a.test").Failure.ShouldBe(NameFailure.TimedOut);
        (world.Time.Now - began).ShouldBe(TimeSpan.FromSeconds(6));
        world.Sent.Select(s => s.Server).ShouldBe([Router, "192.0.2.2", Router, "192.0.2.2", Router, "192.0.2.2"]);
        world.Sent.Clear();
        world.Resolve(stub, "b.test");
        world.Sent[0].Server.ShouldBe("192.0.2.2", "the next look-up begins with the next server");
    }

    [Theory]
    [InlineData("options edns0", true, false)]
    [InlineData("options no-edns0", false, false)]
    [InlineData("options trust-ad", true, true)]
    public void The_query_says_what_the_options_say_and_never_whose_it_is(string options, bool hasEdns, bool asksForAd)
    {
        DnsMessage? seen = null;
        World world = new World().Script(Router, query =>
        {
            seen = query;
            DnsMessage reply = ProvenanceTests.Answer(query, "www.test. 60 A 203.0.113.80");
            reply.AuthenticData = true;
            return reply;
        });
        Resolved<IpAddress> found = world.Time.Run(Client(world, options).ResolveAsync(RecordKind.A, "www.test"));
        (seen!.Edns is not null, seen.AuthenticData).ShouldBe((hasEdns, asksForAd));
        (seen.Edns?.Options.Count ?? 0).ShouldBe(0, "no client subnet, no other option");
        found.IsAuthenticated.ShouldBe(asksForAd, "without trust-ad the server's word counts for nothing");
    }

    [Fact]
    public void A_domain_line_has_one_domain()
    {
        StubSettings.TryParse("domain a.test b.test", "r", out _, out TextError error).ShouldBeFalse();
        error.ToString().ShouldBe("r:1:15: 'b.test': one domain is expected; a list follows search.");
        StubSettings.TryParse("domain", "r", out _, out error).ShouldBeFalse();
    }
}
