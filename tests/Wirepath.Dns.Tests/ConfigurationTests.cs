using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

public class ConfigurationTests
{
    [Fact]
    public void A_small_resolvers_file_is_read_whole()
    {
        ResolverConfiguration read = Parse("""
            # A resolver for a house.
            server:
                interface: 127.0.0.1@5300   # not 53: no root
                interface: ::1
                port: 5353
                access-control: 192.168.0.0/16 allow
                access-control: 192.168.7.9 refuse
                cache-max-ttl: 7200   cache-min-ttl: 5
                rrset-cache-size: 16m
                prefetch: yes
                serve-expired: "yes"
                serve-expired-client-timeout: 500
                trust-anchor: ". DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"
                domain-insecure: "corp.example"
                private-address: fd00::/8
                val-nsec3-keysize-iterations: "1024 50 2048 100"
                module-config: "validator iterator"
            stub-zone: name: "corp.example" stub-addr: 192.0.2.1@5353 stub-addr: 2001:db8::1 stub-first: yes
            forward-zone:
                name: "."
                forward-addr: 198.51.100.1@853#dns.example
                forward-tls-upstream: yes
            """);
        read.Listen.ShouldBe([Endpoint("127.0.0.1", 5300), Endpoint("::1", 5353)]);
        read.Access.ShouldBe([new(IpPrefix.Parse("192.168.0.0/16"), AccessAction.Allow), new(IpPrefix.Parse("192.168.7.9/32"), AccessAction.Refuse)]);
        read.Cache.MostTtl.ShouldBe(TimeSpan.FromHours(2));
        read.Cache.LeastTtl.ShouldBe(TimeSpan.FromSeconds(5));
        read.Cache.MostBytes.ShouldBe(16 << 20);
        read.Settings.Prefetch.ShouldBeTrue();
        read.Settings.ServeStale.ShouldBeTrue();
        read.Settings.StaleClientTimeout.ShouldBe(TimeSpan.FromMilliseconds(500));
        read.Settings.MostNsec3Iterations.ShouldBe(100);
        read.Settings.Validate.ShouldBeTrue();
        read.Settings.InsecureNames.ShouldBe([DomainName.Parse("corp.example")]);
        read.Settings.PrivateAddresses.ShouldBe([IpPrefix.Parse("fd00::/8")]);
        read.TrustAnchors.ShouldHaveSingleItem().Type.ShouldBe(DnsType.DS);
        StubZone stub = read.StubZones.ShouldHaveSingleItem();
        stub.Name.ShouldBe(DomainName.Parse("corp.example"));
        stub.Servers.ShouldBe([new(Endpoint("192.0.2.1", 5353), ""), new(Endpoint("2001:db8::1", 53), "")]);
        stub.FallBack.ShouldBeTrue();
        ForwardZone forward = read.ForwardZones.ShouldHaveSingleItem();
        forward.Servers.ShouldBe([new(Endpoint("198.51.100.1", 853), "dns.example")]);
        forward.OverTls.ShouldBeTrue();
        read.WithoutEffect.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("server:\n  prefetsh: yes", 2, 3, "did you mean 'prefetch'?")]
    [InlineData("servr:\n  prefetch: yes", 1, 1, "did you mean 'server'?")]
    [InlineData("prefetch: yes", 1, 1, "stands outside of a clause")]
    [InlineData("server:\n  prefetch: maybe", 2, 13, "'maybe' is not yes or no")]
    [InlineData("server:\n  prefetch:\n  ede: yes", 3, 3, "where a value of 'prefetch:' on line 2 is expected")]
    [InlineData("server:\n  prefetch:", 2, 3, "takes a value, and the file ends")]
    [InlineData("server:\n  cache-max-ttl: 1h", 2, 18, "is not a number from 0 to")]
    [InlineData("server:\n  rrset-cache-size: 4q", 2, 21, "bytes such as 4194304, 4096k or 4m")]
    [InlineData("server:\n  interface: eth0", 2, 14, "is not an address")]
    [InlineData("server:\n  identity: \"open", 2, 13, "not closed on its line")]
    [InlineData("server:\n  access-control: 192.0.2.0/33 allow", 2, 19, "neither an address nor a block")]
    [InlineData("server:\n  access-control: 192.0.2.0/24 alow", 2, 32, "is not one of allow, allow_snoop")]
    [InlineData("server:\n  trust-anchor: \"example.com. DS 1 2\"", 2, 37, "expected here")]
    [InlineData("server:\n  trust-anchor: \"example.com. A 192.0.2.1\"", 2, 17, "a DS or a DNSKEY record, not A")]
    [InlineData("server:\n  val-override-date: \"yesterday\"", 2, 22, "is not a date such as")]
    [InlineData("server:\n  module-config: \"validator\"", 2, 18, "without the iterator")]
    [InlineData("server:\n  nat64-prefix: 64:ff9b::/95", 2, 17, "length 32, 40, 48, 56, 64 or 96")]
    [InlineData("stub-zone:\n  stub-addr: 192.0.2.1", 1, 1, "has no 'name:'")]
    [InlineData("stub-zone:\n  name: example.", 1, 1, "neither 'stub-addr:' nor 'stub-host:'")]
    [InlineData("stub-zone:\n  name: a.\n  name: b.", 3, 3, "has a name already")]
    [InlineData("forward-zone:\n  name: .\n  forward-addr: 192.0.2.1@70000", 3, 17, "is not a port")]
    [InlineData("forward-zone:\n  stub-addr: 192.0.2.1", 2, 3, "'forward-zone:' has no key 'stub-addr:'")]
    [InlineData("include: nowhere.conf", 1, 10, "no file 'nowhere.conf'")]
    public void What_is_wrong_has_its_line_and_column_and_what_was_expected(string text, int line, int column, string expected)
    {
        ResolverConfiguration.TryParse(text, "resolver.conf", out _, out TextError error).ShouldBeFalse();
        (error.File, error.Line, error.Column).ShouldBe(("resolver.conf", line, column), error.ToString());
        error.Message.ShouldContain(expected);
    }

    [Fact]
    public void Keys_without_effect_are_named_with_their_place_and_reason()
    {
        ResolverConfiguration read = Parse("server:\n  num-threads: 4\n  access-control-tag: 192.0.2.0/24 \"a b\"\nremote-control:\n  control-enable: yes\nserver:\n  ede: no");
        read.WithoutEffect.Select(k => (k.Key, k.Note.Line, k.Note.Column)).ShouldBe([("num-threads", 2, 3), ("access-control-tag", 3, 3), ("remote-control", 4, 1)]);
        read.WithoutEffect[0].Note.Message.ShouldBe("'num-threads:' changes nothing here: one loop serves all clients, and caches are not cut into slabs.");
        read.Settings.UseExtendedErrors.ShouldBeFalse();
    }

    [Fact]
    public void Included_files_go_on_in_the_clause_and_their_mistakes_are_theirs()
    {
        var files = new Dictionary<string, IReadOnlyList<IncludedFile>>
        {
            ["conf.d/*"] = [new("conf.d/a", "prefetch: yes"), new("conf.d/b", "ede: no\nstub-zone:\n name: s. stub-addr: 192.0.2.1")],
            ["bad"] = [new("bad", "\n  prefetch: perhaps")],
            ["self"] = [new("self", "include: self")],
        };
        ResolverConfiguration.TryParse("server:\ninclude: conf.d/*\n  ", "main", new ResolverConfiguration(), files.GetValueOrDefault, out ResolverConfiguration? read, out _).ShouldBeTrue();
        read.Settings.Prefetch.ShouldBeTrue();
        read.StubZones.Count.ShouldBe(1);

        ResolverConfiguration.TryParse("server:\ninclude: bad", "main", new ResolverConfiguration(), files.GetValueOrDefault, out _, out TextError error).ShouldBeFalse();
        error.ToString().ShouldStartWith("bad:2:13: 'perhaps'");
        ResolverConfiguration.TryParse("include: self", "main", new ResolverConfiguration(), files.GetValueOrDefault, out _, out error).ShouldBeFalse();
        error.Message.ShouldContain("more than 10 deep");
    }

    [Fact]
    public void Every_key_of_the_table_is_in_the_documentation()
    {
        string page = File.ReadAllText(Path.Combine(Root(), "docs", "resolver-configuration.md"));
        foreach (string clause in ConfigurationKeys.Clauses)
        {
            page.ShouldContain($"`{clause}:`");
            foreach (string key in ConfigurationKeys.Clause(clause)!.Keys)
                page.ShouldContain($"`{key}`", Case.Sensitive, $"{clause}: {key} is not in docs/resolver-configuration.md");
        }
    }

    [Theory]
    [InlineData("localhost", DnsType.A, "NOERROR localhost. 10800 IN A 127.0.0.1")]
    [InlineData("x.localhost", DnsType.A, "NXDOMAIN")]
    [InlineData("1.0.0.127.in-addr.arpa", DnsType.PTR, "NOERROR 1.0.0.127.in-addr.arpa. 10800 IN PTR localhost.")]
    [InlineData("7.1.168.192.in-addr.arpa", DnsType.PTR, "NXDOMAIN")]
    [InlineData("service.onion", DnsType.AAAA, "NXDOMAIN")]
    [InlineData("www.example", DnsType.A, "on")]
    public void Special_names_are_answered_without_asking_anybody(string name, DnsType type, string expected) =>
        Answer(LocalZones.BuiltIn, name, type).ShouldBe(expected);

    [Theory]
    [InlineData("static", "www", DnsType.A, "NOERROR www.z. 60 IN A 192.0.2.1")]
    [InlineData("static", "www", DnsType.MX, "NOERROR")]
    [InlineData("static", "no", DnsType.A, "NXDOMAIN")]
    [InlineData("transparent", "www", DnsType.MX, "NOERROR")]
    [InlineData("transparent", "no", DnsType.A, "on")]
    [InlineData("typetransparent", "www", DnsType.MX, "on")]
    [InlineData("deny", "no", DnsType.A, "dropped")]
    [InlineData("refuse", "no", DnsType.A, "REFUSED")]
    [InlineData("always_nxdomain", "www", DnsType.A, "NXDOMAIN")]
    [InlineData("always_null", "www", DnsType.AAAA, "NOERROR www.z. 3600 IN AAAA ::")]
    [InlineData("always_transparent", "www", DnsType.A, "on")]
    [InlineData("block_a", "www", DnsType.A, "NOERROR")]
    public void A_local_zones_type_says_what_becomes_of_names_in_it(string type, string label, DnsType asked, string expected)
    {
        LocalZones zones = Parse($"server:\n local-zone: \"z\" {type}\n local-data: \"www.z. 60 A 192.0.2.1\"").LocalZones;
        Answer(zones, $"{label}.z", asked).ShouldBe(expected);
    }

    [Fact]
    public void A_redirected_zone_gives_its_own_data_for_all_names_below()
    {
        LocalZones zones = Parse("server:\n local-zone: \"ads.example\" redirect\n local-data: \"ads.example. 60 A 192.0.2.9\"").LocalZones;
        Answer(zones, "deep.down.ads.example", DnsType.A).ShouldBe("NOERROR deep.down.ads.example. 60 IN A 192.0.2.9");
    }

    [Fact]
    public void Built_in_zones_give_way_to_configured_ones()
    {
        LocalZones zones = Parse("server:\n local-zone: test. nodefault\n local-zone: 10.in-addr.arpa. transparent\n local-data-ptr: \"10.0.0.7 printer.example\"").LocalZones;
        Answer(zones, "a.test", DnsType.A).ShouldBe("on");
        Answer(zones, "8.0.0.10.in-addr.arpa", DnsType.PTR).ShouldBe("on");
        Answer(zones, "7.0.0.10.in-addr.arpa", DnsType.PTR).ShouldBe("NOERROR 7.0.0.10.in-addr.arpa. 3600 IN PTR printer.example.");
        Parse("server:\n unblock-lan-zones: yes").LocalZones.ZoneOf(DomainName.Parse("1.168.192.in-addr.arpa")).ShouldBeNull();
    }

    private static string Answer(LocalZones zones, string name, DnsType type)
    {
        LocalAnswer answer = zones.Answer(new DnsQuestion(DomainName.Parse(name), type));
        if (answer.GoesOn)
            return "on";
        return answer.Message is not { } message
            ? "dropped"
            : string.Join(' ', [message.Rcode.ToString().ToUpperInvariant(), .. message.Answers.SelectMany(s => s.Records).Select(r => r.ToString())]);
    }

    private static ResolverConfiguration Parse(string text) =>
        ResolverConfiguration.TryParse(text, "resolver.conf", out ResolverConfiguration? read, out TextError error) ? read : throw new FormatException(error.ToString());

    private static IpEndpoint Endpoint(string address, ushort port) => new(IpAddress.Parse(address), port);

    private static string Root()
    {
        DirectoryInfo at = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Wirepath.slnx")))
            at = at.Parent!;
        return at.FullName;
    }
}
