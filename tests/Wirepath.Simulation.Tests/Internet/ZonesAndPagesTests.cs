using System.Text;
using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Simulation.Tests;

public class ZonesAndPagesTests
{
    private static readonly string[] s_names = ["root", "com", "org", "cn", "xn--fiqs8s", "example.com", "example.org", "bogus.example.org", "example.cn", "xn--fsqu00a.xn--fiqs8s"];

    private static Zone Read(string name)
    {
        ZoneFile.TryParse(EmbeddedText.Text($"Zones/{name}.zone"), name + ".zone", null, out Zone? zone, out TextError error).ShouldBeTrue(error.ToString());
        return zone!;
    }

    [Fact]
    public void Every_zone_file_reads_and_has_the_origin_of_its_name()
    {
        foreach (string name in s_names)
            Read(name).Origin.ShouldBe(name == "root" ? DomainName.Root : DomainName.Parse(name + "."));
        typeof(EmbeddedText).Assembly.GetManifestResourceNames().Where(r => r.StartsWith("Zones/", StringComparison.Ordinal)).Order()
            .ShouldBe(s_names.Select(n => $"Zones/{n}.zone").Order());
    }

    [Fact]
    public void Every_delegation_names_the_servers_that_the_child_names_itself()
    {
        var zones = s_names.ToDictionary(n => Read(n).Origin, Read);
        foreach (Zone parent in zones.Values)
        {
            foreach (IGrouping<DomainName, DnsRecord> cut in parent.Records.Where(r => r.Type == DnsType.NS && r.Name != parent.Origin).GroupBy(r => r.Name))
            {
                if (!zones.TryGetValue(cut.Key, out Zone? child))
                    continue; // lame, silent, dead …: there is no such zone, and that is the point
                NamesIn(cut).ShouldBe(NamesIn(child.Records.Where(r => r.Type == DnsType.NS && r.Name == child.Origin)), cut.Key.ToString());
            }
        }

        static IEnumerable<string> NamesIn(IEnumerable<DnsRecord> records) =>
            records.Select(r => r.TryGetName(out DomainName name) ? name.ToString() : "").Order(StringComparer.Ordinal);
    }

    [Fact]
    public void The_big_answer_does_not_fit_into_a_careful_resolvers_datagram()
    {
        var server = new AuthoritativeServer(new ZoneSet(Read("example.com")), NodeLog.Silent);
        DnsRecord[] records = [.. server.Zones.Zones.Single().Records.Where(r => r.Name == DomainName.Parse("big.example.com.") && r.Type == DnsType.TXT)];
        records.Length.ShouldBe(8);
        records.Sum(r => r.Data.Length).ShouldBeGreaterThan(1500);
    }

    [Theory]
    [InlineData("www.example.com", "/", 200)]
    [InlineData("example.org", "/", 200)]
    [InlineData("xn--fsqu00a.xn--fiqs8s", "/", 200)]
    [InlineData("www.example.com", "/?q", 200)]
    [InlineData("www.example.com", "/missing", 404)]
    [InlineData("www.example.com", "/500", 500)]
    [InlineData("www.example.com", "/bytes/100000001", 404)]
    [InlineData("www.example.com", "/empty", 204)]
    [InlineData("redirect.example.com", "/long", 302)]
    public void Each_site_and_target_has_its_answer(string host, string target, int status) => OriginPages.Answer(host, target).Status.ShouldBe(status);

    [Fact]
    public void Pages_have_the_sizes_their_names_say_and_numbered_lines()
    {
        OriginPages.Answer("www.example.com", "/long").Body.Length.ShouldBe(30 * 1460);
        OriginPages.Answer("www.example.com", "/1mb").Body.Length.ShouldBe(1_000_000);
        OriginPages.Answer("www.example.com", "/bytes/0").Body.Length.ShouldBe(0);
        string[] lines = Encoding.ASCII.GetString(OriginPages.Answer("www.example.com", "/bytes/1020").Body.Span).Split('\n');
        lines[0].ShouldStartWith("byte           0 ....");
        lines[^1].ShouldBe("byte       1,000 ...");
        lines[..^1].ShouldAllBe(l => l.Length == 49);
    }

    [Fact]
    public void Redirects_count_down_or_go_round()
    {
        OriginPages.Answer("www.example.com", "/hops/3").Location.ShouldBe("/hops/2");
        OriginPages.Answer("www.example.com", "/hops/1").Location.ShouldBe("/");
        OriginPages.Answer("www.example.com", "/loop").Location.ShouldBe("/loop");
        OriginPages.Answer("example.com", "/a?b").Location.ShouldBe("http://www.example.com/a?b");
    }
}
