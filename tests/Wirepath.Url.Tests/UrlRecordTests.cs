namespace Wirepath.Url.Tests;

public sealed class UrlRecordTests
{
    [Fact]
    public void A_url_falls_into_its_components()
    {
        UrlRecord url = Parse("HTTPS://User:pa%20ss@WWW.Example.com:8443/a/./b/../c%20d?x=1&y#frag");

        url.Href.ShouldBe("https://User:pa%20ss@www.example.com:8443/a/c%20d?x=1&y#frag");
        url.Scheme.ShouldBe("https");
        url.Username.ShouldBe("User");
        url.Password.ShouldBe("pa%20ss");
        url.Host.ShouldBe("www.example.com");
        url.HostKind.ShouldBe(HostKind.Domain);
        url.Port.ShouldBe((ushort)8443);
        url.Authority.ShouldBe("www.example.com:8443");
        url.Pathname.ShouldBe("/a/c%20d");
        url.Search.ShouldBe("?x=1&y");
        url.Hash.ShouldBe("#frag");
        url.Origin.ShouldBe("https://www.example.com:8443");
        url.PathAndQuery.ShouldBe("/a/c%20d?x=1&y");
    }

    [Theory]
    [InlineData("http://h:80/", null, 80)]
    [InlineData("https://h/", null, 443)]
    [InlineData("http://h:443/", 443, 443)]
    [InlineData("http://h:00081/", 81, 81)]
    [InlineData("http://h:0/", 0, 0)]
    [InlineData("file:///x", null, null)]
    [InlineData("web+demo://h/", null, null)]
    public void The_default_port_is_not_written_but_is_known(string input, int? port, int? effective)
    {
        UrlRecord url = Parse(input);
        ((int?)url.Port).ShouldBe(port);
        ((int?)url.EffectivePort).ShouldBe(effective);
    }

    [Theory]
    [InlineData("http://1/", "0.0.0.1", HostKind.Ipv4)]
    [InlineData("http://0x7f.1/", "127.0.0.1", HostKind.Ipv4)]
    [InlineData("http://0300.0250.1/", "192.168.0.1", HostKind.Ipv4)]
    [InlineData("http://4294967295/", "255.255.255.255", HostKind.Ipv4)]
    [InlineData("http://192.168.0.1./", "192.168.0.1", HostKind.Ipv4)]
    [InlineData("http://１.２.３.４/", "1.2.3.4", HostKind.Ipv4)]
    [InlineData("http://1.2.3.4a/", "1.2.3.4a", HostKind.Domain)]
    [InlineData("http://[2001:DB8:0:0:1:0:0:1]/", "[2001:db8::1:0:0:1]", HostKind.Ipv6)]
    [InlineData("http://[::ffff:192.0.2.1]/", "[::ffff:c000:201]", HostKind.Ipv6)]
    [InlineData("http://[1:0:2:3:4:5:6:7]/", "[1:0:2:3:4:5:6:7]", HostKind.Ipv6)]
    [InlineData("http://[1::]/", "[1::]", HostKind.Ipv6)]
    [InlineData("http://[0:0:0:0:0:0:0:0]/", "[::]", HostKind.Ipv6)]
    [InlineData("http://Bücher.example/", "xn--bcher-kva.example", HostKind.Domain)]
    [InlineData("http://例子.中国/", "xn--fsqu00a.xn--fiqs8s", HostKind.Domain)]
    [InlineData("http://faß。de/", "xn--fa-hia.de", HostKind.Domain)]
    [InlineData("http://ex%61mple.COM/", "example.com", HostKind.Domain)]
    [InlineData("http://a..b/", "a..b", HostKind.Domain)]
    [InlineData("web+demo://Ä/", "%C3%84", HostKind.Opaque)]
    [InlineData("file:///x", "", HostKind.Empty)]
    [InlineData("mailto:a@b", null, HostKind.None)]
    public void A_host_has_one_form(string input, string? host, HostKind kind)
    {
        UrlRecord url = Parse(input);
        url.Host.ShouldBe(host);
        url.HostKind.ShouldBe(kind);
    }

    // RFC 3986 §5.4.1, the normal examples; the abnormal ones are where the WHATWG standard has its own mind.
    [Theory]
    [InlineData("g", "http://a/b/c/g")]
    [InlineData("./g", "http://a/b/c/g")]
    [InlineData("g/", "http://a/b/c/g/")]
    [InlineData("/g", "http://a/g")]
    [InlineData("//g", "http://g/")]
    [InlineData("?y", "http://a/b/c/d;p?y")]
    [InlineData("g?y#s", "http://a/b/c/g?y#s")]
    [InlineData("#s", "http://a/b/c/d;p?q#s")]
    [InlineData("", "http://a/b/c/d;p?q")]
    [InlineData("..", "http://a/b/")]
    [InlineData("../../../g", "http://a/g")]
    [InlineData("https:g", "https://g/")]
    [InlineData("http:g", "http://a/b/c/g")]
    public void A_relative_reference_is_resolved_against_its_base(string reference, string href) =>
        Parse(reference, Parse("http://a/b/c/d;p?q")).Href.ShouldBe(href);

    [Fact]
    public void The_request_target_of_an_empty_path_is_a_slash()
    {
        Parse("http://h").PathAndQuery.ShouldBe("/");
        Parse("http://h?q#f").PathAndQuery.ShouldBe("/?q");
    }

    private static UrlRecord Parse(string text, UrlRecord? from = null) =>
        UrlRecord.TryParse(text, from, out UrlRecord? url, out UrlFailure? failure) ? url : throw new InvalidOperationException(failure.Message);
}
