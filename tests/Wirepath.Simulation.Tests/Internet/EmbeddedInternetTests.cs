using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Simulation.Tests;

public sealed class EmbeddedInternetTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void The_pc_has_its_address_from_the_routers_dhcp_server()
    {
        _world.Internet.Lease.Address.ToString().ShouldBe("192.168.1.10/24");
        _world.Internet.Lease.DnsServers.ShouldBe([IpAddress.V4(192, 168, 1, 1)]);
        _world.AllAt<DhcpExchange>("pc").Select(x => x.What.MessageType).ShouldBe(["DISCOVER", "OFFER", "REQUEST", "ACK"]);
        _world.AllAt<DhcpExchange>("router").Select(x => x.What.Sent).ShouldBe([false, true, false, true]);
        _world.Simulator.Now.ShouldBeLessThan(Bench.Start + TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void A_name_is_looked_for_level_by_level_and_then_from_the_root_down()
    {
        NameAnswer answer = _world.Resolve("www.example.com.");
        answer.Addresses.ShouldBe([IpAddress.V4(203, 0, 113, 80)]);
        _world.All<LevelConsulted>().Select(l => (l.Level, l.Result)).ShouldBe(
        [
            (NameLevel.BrowserCache, LookupResult.Miss),
            (NameLevel.HostsFile, LookupResult.Miss),
            (NameLevel.Stub, LookupResult.Asked),
            (NameLevel.RouterCache, LookupResult.Miss),
            (NameLevel.ResolverCache, LookupResult.Miss),
            (NameLevel.Iteration, LookupResult.Asked),
        ]);
        // Down to the name; keys beside it as soon as a DS record says that they will be needed, the root's in the end.
        var asked = _world.AllAt<QuerySent>("isp-resolver").Select(x => (x.What.Zone.ToString(), x.What.Type, x.What.RecursionDesired)).ToList();
        asked.ShouldBe(
        [
            (".", DnsType.A, false), ("com.", DnsType.DNSKEY, false), ("com.", DnsType.A, false),
            ("example.com.", DnsType.DNSKEY, false), ("example.com.", DnsType.A, false), (".", DnsType.DNSKEY, false),
        ]);
        _world.AllAt<QuerySent>("pc").Single().What.RecursionDesired.ShouldBeTrue();

        // The levels answer sooner the second time: first from the PC's own cache, then, once that forgot, from the router's.
        int before = _world.Recorder.Events.Count;
        _world.Resolve("www.example.com.").AnsweredBy.ShouldBe(NameLevel.BrowserCache);
        _world.Recorder.Events.Skip(before).ShouldNotContain(e => e.What is QuerySent);
        _world.Simulator.RunUntil(_world.Simulator.Now + TimeSpan.FromSeconds(61));
        _world.Resolve("www.example.com.");
        _world.All<LevelConsulted>().Last().ShouldSatisfyAllConditions(
            l => l.Level.ShouldBe(NameLevel.RouterCache), l => l.Result.ShouldBe(LookupResult.Hit), l => l.TtlLeft.ShouldBeInRange(3500, 3540));
    }

    [Fact]
    public void Answers_are_checked_from_the_root_down_and_what_is_not_signed_is_proved_not_to_be()
    {
        AnswerValidated Verdict(string name)
        {
            _world.Resolve(name);
            return _world.All<AnswerValidated>().Last(v => v.Name == DomainName.Parse(name));
        }

        Verdict("www.example.com.").Verdict.ShouldBe(TrustVerdict.Secure);
        Verdict("anything.wild.example.com.").Verdict.ShouldBe(TrustVerdict.Secure);
        Verdict("nosuch.example.com.").Verdict.ShouldBe(TrustVerdict.Secure);
        Verdict("www.xn--fsqu00a.xn--fiqs8s.").Verdict.ShouldBe(TrustVerdict.Secure);
        Verdict("www.example.cn.").Verdict.ShouldBe(TrustVerdict.Insecure);
        Verdict("www.bogus.example.org.").Verdict.ShouldBe(TrustVerdict.Bogus);
        NameAnswer bogus = _world.Resolve("www.bogus.example.org.");
        bogus.Records.ShouldBeEmpty();
        bogus.Succeeded.ShouldBeFalse();
    }

    [Fact]
    public void Two_runs_have_the_same_signatures()
    {
        string Signatures() => string.Join('\n', new[] { "root", "com", "example.org", "bogus.example.org" }.Select(name =>
        {
            var text = new StringWriter();
            ZoneFile.Write(SignedZones.Read(name, _world.Pc.Time), text);
            return text.ToString();
        }));

        Signatures().ShouldBe(Signatures());
        Signatures().ShouldContain("\tRRSIG\tDS 13 ");
    }

    [Fact]
    public void Traceroute_shows_every_router_on_the_way_in_order()
    {
        var hops = _world.Simulator.Run(async () =>
        {
            var found = new List<TracerouteHop>();
            await foreach (TracerouteHop hop in _world.Pc.TracerouteAsync(IpAddress.V4(203, 0, 113, 80)).ConfigureAwait(false))
                found.Add(hop);
            return found;
        });
        hops.Select(h => h.Probes[0].From.ToString()).ShouldBe(
            ["192.168.1.1", "100.64.1.1", "100.64.2.2", "198.18.1.2", "198.18.2.2", "198.18.4.2", "203.0.113.80"]);
    }

    [Fact]
    public void A_page_comes_whole_through_nat_and_seven_hops()
    {
        (string head, byte[] body) = _world.Get("www.example.com.", "/");
        head.ShouldStartWith("HTTP/1.1 200 OK\r\n");
        body.ShouldBe(EmbeddedText.Bytes("Pages/index.html"));
        // Seen from the server, the client is the home router.
        _world.AllAt<StateChanged>("www").Where(x => x.What.To == TcpState.Established).Single().What.Connection.Remote.Address.ShouldBe(IpAddress.V4(100, 64, 1, 2));
        _world.All<RequestServed>().Single().ShouldSatisfyAllConditions(r => r.Target.ShouldBe("/"), r => r.Status.ShouldBe(200), r => r.Bytes.ShouldBe(body.Length));
    }

    [Fact]
    public void Times_are_those_of_a_country()
    {
        Instant start = _world.Simulator.Now;
        _world.Resolve("www.example.com.");
        // Three zones for the name, the keys of two of them on the way, and then the root's.
        (_world.Simulator.Now - start).TotalMilliseconds.ShouldBeInRange(110, 130);
        _world.Get("www.example.com.", "/long").Body.Length.ShouldBe(43_800);
        (_world.Simulator.Now - start).TotalMilliseconds.ShouldBeInRange(200, 300);
        TimeSpan Connect()
        {
            var states = _world.AllAt<StateChanged>("pc").ToList();
            return states.First(s => s.What.To == TcpState.Established).Event.At - states.First(s => s.What.To == TcpState.SynSent).Event.At;
        }

        Connect().TotalMilliseconds.ShouldBeInRange(38, 42);
    }

    [Theory]
    [InlineData("/1mb", 1_000_000)]
    [InlineData("/chunked", 4_000)]
    public void Larger_bodies_arrive_byte_for_byte(string target, int length)
    {
        (string head, byte[] body) = _world.Get("www.example.com.", target);
        if (head.Contains("Transfer-Encoding: chunked", StringComparison.Ordinal))
            body = Unchunk(body);
        (head.Contains("chunked", StringComparison.Ordinal), body.Length).ShouldBe((target == "/chunked", length));
        body.AsSpan().SequenceEqual(OriginPages.Answer("www.example.com", target).Body.Span).ShouldBeTrue();

        static byte[] Unchunk(ReadOnlySpan<byte> rest)
        {
            var whole = new List<byte>();
            while (true)
            {
                int line = rest.IndexOf("\r\n"u8);
                int size = int.Parse(System.Text.Encoding.ASCII.GetString(rest[..line]), System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
                if (size == 0)
                    return [.. whole];
                whole.AddRange(rest.Slice(line + 2, size));
                rest = rest[(line + 2 + size + 2)..];
            }
        }
    }

    [Fact]
    public void A_name_in_chinese_leads_to_the_chinese_side()
    {
        (_, byte[] body) = _world.Get("xn--fsqu00a.xn--fiqs8s.", "/");
        body.ShouldBe(EmbeddedText.Bytes("Pages/cn.html"));
        _world.AllAt<QuerySent>("isp-resolver").Select(x => x.What.Zone.ToString()).ShouldBe(
            [".", "xn--fiqs8s.", "xn--fiqs8s.", "xn--fsqu00a.xn--fiqs8s.", "xn--fsqu00a.xn--fiqs8s.", "."]);
    }

    [Fact]
    public void An_answer_too_big_for_udp_is_asked_for_again_over_tcp()
    {
        _world.Resolve("big.example.com.", DnsType.TXT).Records.Count.ShouldBe(8);
        _world.AllAt<QuerySent>("isp-resolver").ShouldContain(x => x.What.OverTcp && x.What.Zone == DomainName.Parse("example.com."));
        _world.All<ResponseReceived>().ShouldContain(r => r.Truncated);
    }

    [Fact]
    public void Server_names_without_glue_are_looked_up_on_the_way()
    {
        _world.Resolve("www.example.org.").Addresses.ShouldBe([IpAddress.V4(203, 0, 113, 80)]);
        _world.AllAt<QuerySent>("isp-resolver").Select(x => x.What.Zone.ToString()).ShouldContain("com.");
    }

    [Theory]
    [InlineData("nosuch.example.com.", NameFailure.NoSuchName)]
    [InlineData("mail.example.com.", NameFailure.None)]
    [InlineData("loop.example.org.", NameFailure.Loop)]
    [InlineData("www.lame.example.org.", NameFailure.Lame)]
    [InlineData("www.silent.example.org.", NameFailure.TimedOut)]
    [InlineData("www.dead.example.org.", NameFailure.NoServer)]
    [InlineData("www.chicken.example.org.", NameFailure.Loop)]
    [InlineData("anything.wild.example.com.", NameFailure.None)]
    [InlineData("chain.example.com.", NameFailure.None)]
    [InlineData("abroad.example.com.", NameFailure.None)]
    public void Failures_of_names_are_told_apart(string name, NameFailure failure)
    {
        NameAnswer answer = _world.Resolve(name);
        answer.Failure.ShouldBe(failure, answer.Explanation);
        if (failure != NameFailure.None)
            answer.Explanation.ShouldNotBeEmpty();
    }

    [Fact]
    public void No_such_type_is_not_no_such_name() => _world.Resolve("www.example.com.", DnsType.AAAA).Failure.ShouldBe(NameFailure.NoSuchType);

    [Theory]
    [InlineData("closed.example.com.", ConnectionEnd.Refused, 1)]
    [InlineData("firewalled.example.com.", ConnectionEnd.TimedOut, 200)]
    [InlineData("gone.example.com.", ConnectionEnd.Unreachable, 60)]
    [InlineData("nowhere.example.com.", ConnectionEnd.Unreachable, 60)]
    public void Failures_of_connections_are_told_apart(string name, ConnectionEnd end, int mostSeconds)
    {
        Instant start = _world.Simulator.Now;
        NetworkException failure = Should.Throw<NetworkException>(() => _world.Simulator.Run(async () =>
        {
            NameAnswer answer = await _world.Internet.Names.ResolveAsync(DomainName.Parse(name), DnsType.A).ConfigureAwait(false);
            await using TcpStream stream = await _world.Pc.ConnectAsync(new IpEndpoint(answer.Addresses[0], 80)).ConfigureAwait(false);
        }));
        failure.End.ShouldBe(end, failure.Message);
        (_world.Simulator.Now - start).TotalSeconds.ShouldBeLessThan(mostSeconds);
    }

    [Fact]
    public void Https_is_spoken_with_a_certificate_of_the_embedded_internets_own_authority()
    {
        (string head, byte[] body) = GetTls("www.example.com", EmbeddedInternet.TrustedRoots);
        head.ShouldStartWith("HTTP/1.1 200 OK");
        body.ShouldBe(EmbeddedText.Bytes("Pages/index.html"));
    }

    [Theory]
    [InlineData("expired.example.com")]
    [InlineData("selfsigned.example.com")]
    [InlineData("wrongname.example.com")]
    public void Certificates_that_should_not_be_trusted_are_not(string host) =>
        Should.Throw<System.Security.Authentication.AuthenticationException>(() => GetTls(host, EmbeddedInternet.TrustedRoots));

    [Fact]
    public void A_link_of_a_smaller_mtu_is_found_out_and_the_page_still_comes()
    {
        using var world = new World(options: World.With("transit-a", s => s with { Mtu = 1300 }));
        world.Get("www.example.com.", "/long").Body.Length.ShouldBe(43_800);
        world.AllAt<PathMtuChanged>("www").ShouldContain(x => x.What.Mtu == 1300);
    }

    [Fact]
    public void Losses_on_the_access_line_cost_time_but_no_byte()
    {
        using var world = new World(options: World.With("access", s => s with { Loss = 0.05 }));
        world.Get("www.example.com.", "/bytes/300000").Body.AsSpan().SequenceEqual(OriginPages.Answer("www.example.com", "/bytes/300000").Body.Span).ShouldBeTrue();
        world.All<Retransmitted>().ShouldNotBeEmpty();
        world.All<LinkTransit>().Where(t => t.Verdict == LinkVerdict.Dropped).ShouldAllBe(t => t.Link == "access" && t.Reason == DropReason.Lost);
    }

    [Fact]
    public void The_list_of_links_is_the_list_of_links() =>
        EmbeddedInternet.LinkNames.Order(StringComparer.Ordinal).ShouldBe(_world.Internet.Links.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void An_unknown_link_is_refused_with_the_names_there_are() =>
        Should.Throw<ArgumentException>(() => new World(options: World.With("acess", s => s))).Message.ShouldContain("home-lan");

    [Fact]
    public void The_same_seed_gives_the_same_events_and_the_same_bytes_and_another_seed_others()
    {
        static World Run(ulong seed)
        {
            var world = new World(seed, World.With("access", s => s with { Loss = 0.03, Jitter = TimeSpan.FromMilliseconds(2), Reorder = 0.02, Duplicate = 0.01 }));
            world.Get("www.example.com.", "/long");
            world.Get("xn--fsqu00a.xn--fiqs8s.", "/");
            world.Simulator.RunUntilIdle(world.Simulator.Now + TimeSpan.FromMinutes(2));
            return world;
        }

        using World first = Run(7), second = Run(7), other = Run(8);
        first.Recorder.Events.Select(e => $"{e.Id} {e.At} {e.Node} {e.Cause} {e.What.GetType().Name}")
            .ShouldBe(second.Recorder.Events.Select(e => $"{e.Id} {e.At} {e.Node} {e.Cause} {e.What.GetType().Name}"));
        static bool Same(byte[][] left, byte[][] right) => left.Length == right.Length && left.Zip(right, (l, r) => l.AsSpan().SequenceEqual(r)).All(same => same);
        static byte[][] Frames(World world) => [.. world.All<LinkTransit>().Select(t => t.Frame.ToArray())];
        Same(Frames(first), Frames(second)).ShouldBeTrue();
        Same(Frames(first), Frames(other)).ShouldBeFalse();
    }

    [Fact]
    public void Every_frame_that_a_host_receives_was_sent_by_another_and_names_it_as_its_cause()
    {
        _world.Get("www.example.com.", "/");
        var byId = _world.Recorder.Events.ToDictionary(e => e.Id);
        foreach ((Event e, FrameReceived received) in _world.Recorder.Events.Where(e => e.What is FrameReceived).Select(e => (e, (FrameReceived)e.What)))
        {
            Event cause = byId[e.Cause];
            FrameSent sent = cause.What.ShouldBeOfType<FrameSent>();
            cause.Node.ShouldNotBe(e.Node);
            received.Frame.Span.SequenceEqual(sent.Frame.Span).ShouldBeTrue();
        }
    }

    private (string Head, byte[] Body) GetTls(string host, X509Certificate2Collection roots) => _world.Simulator.Run(async () =>
    {
        int thread = Environment.CurrentManagedThreadId;
        NameAnswer answer = await _world.Internet.Names.ResolveAsync(DomainName.Parse(host + "."), DnsType.A).ConfigureAwait(false);
        await using TcpStream stream = await _world.Pc.ConnectAsync(new IpEndpoint(answer.Addresses[0], 443)).ConfigureAwait(false);
        await using var tls = new SslStream(stream);
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            VerificationTime = _world.Simulator.Time.GetUtcNow().UtcDateTime,
            VerificationTimeIgnored = false,
        };
        policy.CustomTrustStore.AddRange(roots);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host, CertificateChainPolicy = policy }).ConfigureAwait(false);
        // The handshake stayed on the simulation's thread, or its course would depend on the machine.
        Environment.CurrentManagedThreadId.ShouldBe(thread);
        return await World.ExchangeAsync(tls, host, "/").ConfigureAwait(false);
    });
}
