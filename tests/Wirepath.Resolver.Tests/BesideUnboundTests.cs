using System.Globalization;
using System.Text;
using Wirepath.Dns;
using Wirepath.Wire;

namespace Wirepath.Resolver.Tests;

/// <summary>Our resolver and Unbound before the same real servers, and our signed zones before other people's validators.</summary>
public sealed class BesideUnboundTests
{
    private const int Hosts = 1500;

    private static readonly Instant s_now = Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow());

    private static SigningKey Key(string zone) => SigningKey.FromSeed(SigningAlgorithm.EcdsaP256Sha256, true, new RandomSource(1).Fork(zone));

    private static Zone Read(string origin, string text) =>
        ZoneFile.Parse($"$ORIGIN {origin}\n$TTL 3600\n@ SOA ns.{origin.TrimStart('.')} h. 1 3600 900 604800 300\n{text}", origin, DomainName.Parse(origin));

    private static Zone Sign(Zone zone, DenialKind denial, params IEnumerable<string> children) => ZoneSigner.Sign(
        zone.With(children.Select(c => Key(c).ToDs(DomainName.Parse(c), 3600))), [Key(zone.Origin.ToString())], new SigningSettings { Denial = denial }, s_now);

    private static string ExampleZone()
    {
        var text = new StringBuilder("@ NS ns\nns A 10.53.0.3\n@ MX 10 h1\n*.w TXT \"from a wildcard\"\ndn DNAME t\ndeep.ent A 192.0.2.1\nsub NS ns.sub\nns.sub A 10.53.0.3\nloop CNAME loop2\nloop2 CNAME loop\nout CNAME u1.unsigned.com.\n");
        for (int i = 0; i < Hosts; i++)
            text.Append(CultureInfo.InvariantCulture, $"h{i} A 192.0.{i / 250}.{i % 250}\n");
        for (int i = 0; i < 200; i++)
            text.Append(CultureInfo.InvariantCulture, $"c{i} CNAME h{i}\na{i}.t A 192.0.2.{i}\n");
        return text.ToString();
    }

    private static string Numbered(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"u{i} A 198.51.100.{i}\n"));

    private static void Start(RealServers servers)
    {
        Zone root = Sign(Read(".", "@ NS a.root.\na.root. A 10.53.0.1\ncom. NS ns.com.\nns.com. A 10.53.0.2\n"), DenialKind.Nsec, "com.");
        Zone com = Sign(Read("com.",
            "@ NS ns\nns A 10.53.0.2\nexample NS ns.example\nns.example A 10.53.0.3\nunsigned NS ns.example\nbogus NS ns.example\n"),
            DenialKind.Nsec3, "example.com.", "bogus.com.");
        Zone example = Sign(Read("example.com.", ExampleZone()), DenialKind.Nsec, "sub.example.com.");
        Zone sub = Sign(Read("sub.example.com.", "@ NS ns\nns A 10.53.0.3\n" + Numbered(200)), DenialKind.Nsec3);
        Zone unsigned = Read("unsigned.com.", "@ NS ns.example.com.\n" + Numbered(200));
        // Another key than the one whose DS record com has.
        Zone bogus = ZoneSigner.Sign(Read("bogus.com.", "@ NS ns.example.com.\n" + Numbered(50)), [Key("another")], new SigningSettings(), s_now);
        servers.StartNsd(0, root);
        servers.StartNsd(1, com);
        servers.StartNsd(2, example, sub, unsigned, bogus);
        string anchor = servers.Write("anchor", Key(".").ToDs(DomainName.Root, 3600).ToString() + "\n");
        string hints = servers.Write("hints", ". 3600 NS a.root.\na.root. 3600 A 10.53.0.1\n");
        servers.StartUnbound(anchor, hints);
        servers.StartOurs(anchor, hints);
    }

    private static List<DnsQuestion> Questions()
    {
        var questions = new List<DnsQuestion>();
        void Add(string name, DnsType type) => questions.Add(new DnsQuestion(DomainName.Parse(name), type));
        for (int i = 0; i < Hosts; i++)
            Add($"h{i}.example.com.", DnsType.A);
        for (int i = 0; i < 200; i++)
        {
            Add($"h{i * 3}.example.com.", DnsType.AAAA);
            Add($"nosuch{i}.example.com.", DnsType.A);
            Add($"c{i}.example.com.", DnsType.A);
            Add($"x{i}.w.example.com.", DnsType.TXT);
            Add($"x{i}.y.w.example.com.", DnsType.A);
            Add($"a{i}.dn.example.com.", DnsType.A);
            Add($"u{i}.sub.example.com.", DnsType.A);
            Add($"nosuch{i}.sub.example.com.", DnsType.MX);
            Add($"u{i}.unsigned.com.", DnsType.A);
        }

        for (int i = 0; i < 40; i++)
        {
            Add($"u{i}.bogus.com.", DnsType.A);
            Add($"nosuch{i}.com.", DnsType.A);
            Add($"nosuch{i}.", DnsType.A);
        }

        foreach (DnsType type in (DnsType[])[DnsType.SOA, DnsType.NS, DnsType.MX, DnsType.DS, DnsType.DNSKEY])
        {
            foreach (string name in (string[])["example.com.", "com.", ".", "sub.example.com.", "unsigned.com.", "ent.example.com."])
                Add(name, type);
        }

        Add("out.example.com.", DnsType.A);
        Add("ent.example.com.", DnsType.A);
        Add("dn.example.com.", DnsType.DNAME);
        return questions;
    }

    [Fact]
    public void Some_thousands_of_names_have_the_same_answers_and_cost_no_more_queries()
    {
        RealServers.Require("nsd", "nsd-control", "unbound");
        using var servers = new RealServers();
        Start(servers);
        servers.Await(RealServers.Unbound);
        servers.Await(RealServers.Ours);
        List<DnsQuestion> questions = Questions();
        questions.Count.ShouldBeGreaterThan(3000);

        (DnsMessage?[] theirs, List<(string Kind, int Queries)> theirCost) = Ask(servers, RealServers.Unbound, questions);
        (DnsMessage?[] ours, List<(string Kind, int Queries)> ourCost) = Ask(servers, RealServers.Ours, questions);

        var differences = new List<string>();
        for (int i = 0; i < questions.Count; i++)
        {
            (string mine, string other) = (Tell(ours[i]), Tell(theirs[i]));
            if (mine != other)
                differences.Add($"{questions[i]}\n  ours:    {mine}\n  unbound: {other}");
        }

        string.Join('\n', differences.Take(20)).ShouldBe("", $"{differences.Count} of {questions.Count} differ");
        string costs = string.Join(", ", ourCost.Zip(theirCost, (mine, other) => $"{mine.Kind} {mine.Queries}:{other.Queries}"));
        TestContext.Current.SendDiagnosticMessage($"queries upstream, ours:unbound, for {questions.Count} questions: {costs}");
        Sum(ourCost).ShouldBeLessThanOrEqualTo(Sum(theirCost), $"queries that the servers had, ours:unbound: {costs}");

        static int Sum(List<(string Kind, int Queries)> cost) => cost.Sum(c => c.Queries);
    }

    // One kind after the other, so that a difference shows where it comes from.
    private static (DnsMessage?[] Replies, List<(string Kind, int Queries)> Cost) Ask(RealServers servers, string resolver, List<DnsQuestion> questions)
    {
        var replies = new DnsMessage?[questions.Count];
        var cost = new List<(string, int)>();
        int before = servers.CountQueries();
        foreach (IGrouping<string, int> kind in Enumerable.Range(0, questions.Count).GroupBy(i => KindOf(questions[i])))
        {
            int[] places = [.. kind];
            DnsMessage?[] some = servers.Ask(resolver, [.. places.Select(i => questions[i])]);
            for (int i = 0; i < places.Length; i++)
                replies[places[i]] = some[i];
            int after = servers.CountQueries();
            cost.Add((kind.Key, after - before));
            before = after;
        }

        return (replies, cost);
    }

    private static string KindOf(DnsQuestion question) =>
        $"{string.Concat(question.Name.ToString().Where(c => !char.IsAsciiDigit(c)))}{DnsMnemonic.Of(question.Type)}";

    private static string Tell(DnsMessage? message) => message is null ? "nothing" :
        $"{message.Rcode}{(message.AuthenticData ? " ad" : "")}{(message.IsTruncated ? " tc" : "")} " +
        string.Join("; ", message.Answers.Select(r => $"{r.Name} {r.Type} {r.DataToString()}".ToLowerInvariant()).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData(DenialKind.Nsec)]
    [InlineData(DenialKind.Nsec3)]
    public void Our_signed_zones_are_validated_by_delv(DenialKind denial)
    {
        RealServers.Require("delv", "dig");
        using var servers = new RealServers();
        string file = servers.Write(Sign(Read("example.com.", ExampleZone()), denial, "sub.example.com."));
        servers.StartWirepath("nameserver", "--zone", file, "--listen", RealServers.OurAuthority + ":53", "--nsid", "here");
        DnsKeyData key = Key("example.com.").Public;
        string anchors = servers.Write("anchors", $"trust-anchors {{ \"example.com.\" static-key {key.Flags} 3 {key.Algorithm} \"{Convert.ToBase64String(key.PublicKey.Span)}\"; }};\n");
        servers.Await(RealServers.OurAuthority);

        Delv("h1.example.com", "A").ShouldContain("; fully validated");
        Delv("c1.example.com", "A").ShouldContain("; fully validated");
        Delv("anything.w.example.com", "TXT").ShouldContain("; fully validated");
        Delv("example.com", "DNSKEY").ShouldContain("; fully validated");
        Delv("sub.example.com", "DS").ShouldContain("; fully validated");
        Delv("nosuch.example.com", "A").ShouldContain("; negative response, fully validated");
        Delv("h1.example.com", "AAAA").ShouldContain("; negative response, fully validated");
        Delv("ent.example.com", "A").ShouldContain("; negative response, fully validated");
        Delv("anything.w.example.com", "MX").ShouldContain("; negative response, fully validated");

        string dig = servers.Exec("dig", "@" + RealServers.OurAuthority, "h1.example.com", "+dnssec", "+nsid", "+norecurse");
        dig.ShouldContain("status: NOERROR");
        dig.ShouldContain("flags: qr aa;");
        dig.ShouldContain("(\"here\")");
        dig.ShouldContain("(good)"); // its cookie came back with one of ours

        string Delv(string name, string type) => servers.Exec("delv", "@" + RealServers.OurAuthority, "-a", anchors, "+root=example.com", "+nomultiline", name, type);
    }

    [Fact]
    public void Dnsperf_loses_nothing()
    {
        RealServers.Require("nsd", "nsd-control", "unbound", "dnsperf");
        using var servers = new RealServers();
        Start(servers);
        servers.Await(RealServers.Ours);
        string questions = servers.Write("questions", string.Concat(Questions().Take(2000).Select(q => $"{q.Name} {DnsMnemonic.Of(q.Type)}\n")));
        string said = servers.Exec("dnsperf", "-s", RealServers.Ours, "-p", "53", "-d", questions, "-n", "5", "-q", "50");
        said.ShouldContain("Queries completed:    10000 (100.00%)");
        said.ShouldContain("Queries lost:         0 (0.00%)");
        TestContext.Current.SendDiagnosticMessage(said.Split('\n').First(l => l.Contains("Queries per second", StringComparison.Ordinal)).Trim());
    }
}
