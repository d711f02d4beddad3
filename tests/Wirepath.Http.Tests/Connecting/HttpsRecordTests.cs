using Wirepath.Events;
using Wirepath.Wire;
using static Wirepath.Http.Tests.DualStack;

namespace Wirepath.Http.Tests;

/// <summary>HTTPS records (RFC 9460) beside addresses: used when they are there in time, and never in the way.</summary>
public sealed class HttpsRecordTests
{
    private static DualStack Hosts(ConnectSettings? settings = null) => new DualStack(v6: false, settings).Answer(DnsType.A, 10, V4);

    [Fact]
    public void The_three_questions_go_out_together_and_a_record_names_port_and_target()
    {
        using DualStack hosts = new DualStack().Listen(8443).Answer(DnsType.A, 10, DeadV4).Answer(DnsType.AAAA, 10, DeadV6)
            .Answer(DnsType.HTTPS, 10, "1 svc.test. alpn=h2 port=8443").Answer("svc.test", DnsType.A, 10, V4).Answer("svc.test", DnsType.AAAA, 10, V6);
        hosts.Connect(443, secure: true).ShouldBe("[2001:db8::2]:8443");
        hosts.Asked.ShouldBe(["www.test. AAAA", "www.test. A", "www.test. HTTPS", "svc.test. AAAA", "svc.test. A"]);
        hosts.Attempts.ShouldHaveSingleItem().At.ShouldBe(20);
        ServiceFound found = hosts.Written<ServiceFound>().ShouldHaveSingleItem();
        (found.Target.ToString(), found.Port, found.Priority).ShouldBe(("svc.test.", 8443, 1));
        found.Protocols.ShouldBe(["h2", "http/1.1"]);
    }

    [Theory]
    [InlineData(59, 8443, 59)]      // in time
    [InlineData(61, 443, 60)]       // too late: 10 + 50 ms
    [InlineData(100_000, 443, 60)]  // never
    public void Addresses_wait_50_ms_for_the_record_and_no_longer(int delay, int port, int first)
    {
        using DualStack hosts = Hosts().Listen(443).Listen(8443).Answer(DnsType.HTTPS, delay, "1 . port=8443");
        hosts.Connect(443, secure: true).ShouldBe($"10.0.0.2:{port}");
        hosts.Attempts.ShouldHaveSingleItem().At.ShouldBe(first);
    }

    [Theory]
    [InlineData(NameFailure.TimedOut)]
    [InlineData(NameFailure.ServerFailure)]
    [InlineData(NameFailure.Bogus)]
    public void A_failure_to_get_it_changes_nothing(NameFailure failure)
    {
        using DualStack hosts = Hosts().Listen(443).Fail(DnsType.HTTPS, 20, failure);
        hosts.Connect(443, secure: true).ShouldBe("10.0.0.2:443");
        hosts.Attempts.ShouldHaveSingleItem().At.ShouldBe(20);
    }

    [Fact]
    public void An_alias_is_followed_to_its_endpoints_or_to_the_targets_addresses()
    {
        using DualStack endpoints = new DualStack(v6: false).Listen(8443).Answer(DnsType.A, 0, DeadV4).Answer(DnsType.HTTPS, 0, "0 one.test.")
            .Answer("one.test", DnsType.HTTPS, 0, "0 two.test.").Answer("two.test", DnsType.HTTPS, 0, "1 . port=8443").Answer("two.test", DnsType.A, 0, V4);
        endpoints.Connect(443, secure: true).ShouldBe("10.0.0.2:8443");
        using DualStack addresses = new DualStack(v6: false).Listen(443).Answer(DnsType.A, 0, DeadV4).Answer(DnsType.HTTPS, 0, "0 one.test.").Answer("one.test", DnsType.A, 0, V4);
        addresses.Connect(443, secure: true).ShouldBe("10.0.0.2:443");
        addresses.Attempts.ShouldHaveSingleItem();
    }

    [Fact]
    public void Aliases_in_a_circle_end_after_eight_and_the_origins_own_address_serves()
    {
        using DualStack hosts = Hosts().Listen(443).Answer(DnsType.HTTPS, 0, "0 www.test.");
        hosts.Connect(443, secure: true).ShouldBe("10.0.0.2:443");
        hosts.Asked.Count(q => q == "www.test. HTTPS").ShouldBe(9);
    }

    [Theory]
    [InlineData("1 . alpn=h3 no-default-alpn port=8443")]   // speaks nothing that we do
    [InlineData("1 . mandatory=ech ech=AAAA port=8443")]    // needs what we do not have
    [InlineData("1 . mandatory=key999 key999=x port=8443")]
    [InlineData("0 .")]                                     // says that there is no such service: only advice
    public void A_record_that_is_not_for_us_is_passed_over(string record)
    {
        using DualStack hosts = Hosts().Listen(443).Answer(DnsType.HTTPS, 0, record);
        hosts.Connect(443, secure: true).ShouldBe("10.0.0.2:443");
        hosts.Attempts.ShouldHaveSingleItem();
    }

    [Fact]
    public void Endpoints_are_tried_by_priority_and_the_origin_last()
    {
        using DualStack hosts = Hosts().Listen(443).Answer(DnsType.HTTPS, 0, "2 . port=8002", "1 . port=8001");
        hosts.Connect(443, secure: true).ShouldBe("10.0.0.2:443");
        hosts.Attempts.Select(a => a.Remote).ShouldBe(["10.0.0.2:8001", "10.0.0.2:8002", "10.0.0.2:443"]);
    }

    [Fact]
    public void Hints_serve_while_the_targets_addresses_are_slow()
    {
        using DualStack hosts = new DualStack(v6: false).Listen(443).Answer(DnsType.A, 0, DeadV4)
            .Answer(DnsType.HTTPS, 0, $"1 svc.test. ipv4hint={V4}").Answer("svc.test", DnsType.A, 5000, DeadV4);
        hosts.Connect(443, secure: true).ShouldBe("10.0.0.2:443");
        hosts.Attempts.ShouldHaveSingleItem().At.ShouldBe(50);
    }

    [Fact]
    public void A_target_that_cannot_be_found_does_not_keep_the_origin_from_being_tried()
    {
        using DualStack hosts = Hosts().Listen(443).Answer(DnsType.HTTPS, 0, "1 svc.test.").Answer("svc.test", DnsType.A, 5000, DeadV4);
        hosts.Connect(443, secure: true).ShouldBe("10.0.0.2:443");
        hosts.Attempts.ShouldHaveSingleItem().At.ShouldBeInRange(50, 60);
    }

    [Fact]
    public void Other_ports_have_their_record_below_the_name_and_http_asks_for_none()
    {
        using DualStack hosts = Hosts().Listen(8080).Listen(80);
        hosts.Connect(8080, secure: true);
        hosts.Asked.ShouldBe(["www.test. A", "_8080._https.www.test. HTTPS"]);
        hosts.Asked.Clear();
        hosts.Connect(80);
        hosts.Asked.ShouldBe(["www.test. A"]);
        using DualStack off = Hosts(new ConnectSettings { UseHttpsRecords = false }).Listen(443);
        off.Connect(443, secure: true);
        off.Asked.ShouldBe(["www.test. A"]);
    }

    [Theory]
    [InlineData("1 . alpn=h2", true)]
    [InlineData("0 www2.test.", true)]
    [InlineData("1 . alpn=h3 no-default-alpn", false)]
    [InlineData("", false)]
    public void An_http_name_that_wants_https_has_a_record_that_can_be_used(string record, bool wants)
    {
        using DualStack hosts = Hosts().Answer(DnsType.HTTPS, 5, record.Length > 0 ? [record] : []);
        hosts.Simulator.Run(() => hosts.Connector.WantsHttpsAsync(DomainName.Parse("www.test"), 80, default)).ShouldBe(wants);
        using DualStack slow = Hosts().Answer(DnsType.HTTPS, 60_000, "1 .");
        slow.Simulator.Run(() => slow.Connector.WantsHttpsAsync(DomainName.Parse("www.test"), 80, default)).ShouldBeFalse();
        slow.Elapsed.ShouldBe(1000);
    }

    [Theory]
    [InlineData("https://service.example.com/", false, "203.0.113.80:8443")]
    [InlineData("http://service.example.com/", true, "203.0.113.80:8443")]
    [InlineData("http://www.example.com/", true, "203.0.113.80:80")]
    public void In_the_embedded_internet_the_record_leads_to_the_page(string url, bool upgrade, string remote)
    {
        var log = new EventLog();
        var recorder = new EventRecorder();
        log.Subscribe(recorder);
        using var simulator = new Simulation.Simulator(42, Instant.FromDateTimeOffset(new DateTimeOffset(2026, 1, 1, 9, 0, 0, TimeSpan.Zero)), log);
        var internet = Simulation.EmbeddedInternet.Create(simulator);
        var settings = new FetchSettings { TrustedRoots = () => Simulation.EmbeddedInternet.TrustedRoots, Connect = new ConnectSettings { UpgradeHttp = upgrade } };
        FetchResult result = simulator.Run(async () =>
        {
            await using var fetcher = new Fetcher(internet.Pc, internet.Names, settings);
            return await fetcher.GetAsync(url, Stream.Null).ConfigureAwait(false);
        });
        result.Status.ShouldBe(200, result.Summary);
        recorder.Events.Select(e => e.What).OfType<ConnectFinished>().ShouldHaveSingleItem().Connection.Remote.ToString().ShouldBe(remote);
    }
}
