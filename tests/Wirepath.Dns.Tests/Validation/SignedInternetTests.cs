using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

/// <summary>
/// Our servers' signatures before our validator, through the whole resolver: a signed root, <c>example.</c> below it signed in three ways,
/// with a signed and an unsigned zone below that.
/// </summary>
public sealed class SignedInternetTests
{
    private const string RootText = """
        . 86400 SOA a.root.test. b. 1 2 3 4 300
        . 86400 NS a.root.test.
        a.root.test. 86400 A 198.51.100.1
        example. 86400 NS ns.example.
        ns.example. 86400 A 198.51.100.2
        """;

    private const string ExampleText = """
        $ORIGIN example.
        $TTL 3600
        @ SOA ns h 1 2 3 4 300
        @ NS ns
        @ MX 10 mail
        ns A 198.51.100.2
        www A 192.0.2.1
        www AAAA 2001:db8::1
        a.b.ent A 192.0.2.2
        *.wild TXT "made"
        alias CNAME www
        toplain CNAME www.plain
        tosub CNAME www.sub
        tonothing CNAME nothing.sub
        towild CNAME x.y.wild
        old DNAME sub
        sub NS ns
        plain NS ns
        """;

    private const string SubText = "$ORIGIN sub.example.\n$TTL 3600\n@ SOA ns.example. h 1 2 3 4 300\n@ NS ns.example.\nwww A 192.0.2.3\n* A 192.0.2.4";

    private const string PlainText = "$ORIGIN plain.example.\n$TTL 3600\n@ SOA ns.example. h 1 2 3 4 300\n@ NS ns.example.\nwww A 192.0.2.5";

    [Theory]
    [InlineData(DenialKind.Nsec, false)]
    [InlineData(DenialKind.Nsec3, false)]
    [InlineData(DenialKind.Nsec3, true)]
    public void Everything_that_is_signed_is_secure_and_whatever_is_changed_on_the_way_is_not(DenialKind denial, bool optOut)
    {
        (string Question, DnsRcode Rcode, bool IsSecure)[] expected =
        [
            (". NS", DnsRcode.NoError, true), ("example. DNSKEY", DnsRcode.NoError, true), ("example. DS", DnsRcode.NoError, true), ("example. SOA", DnsRcode.NoError, true),
            ("www.example. A", DnsRcode.NoError, true), ("WWW.Example. AAAA", DnsRcode.NoError, true), ("www.example. TXT", DnsRcode.NoError, true),
            ("example. TXT", DnsRcode.NoError, true), ("ent.example. A", DnsRcode.NoError, true), ("b.ent.example. TXT", DnsRcode.NoError, true),
            ("nothing.ent.example. A", DnsRcode.NXDomain, !optOut), ("nothing. A", DnsRcode.NXDomain, true), ("x.wild.example. TXT", DnsRcode.NoError, !optOut),
            ("x.y.wild.example. TXT", DnsRcode.NoError, !optOut), ("x.wild.example. A", DnsRcode.NoError, !optOut), ("alias.example. A", DnsRcode.NoError, true),
            ("alias.example. CNAME", DnsRcode.NoError, true), ("alias.example. TXT", DnsRcode.NoError, true), ("towild.example. TXT", DnsRcode.NoError, !optOut),
            ("tosub.example. A", DnsRcode.NoError, true), ("tonothing.example. A", DnsRcode.NoError, !optOut), ("www.old.example. A", DnsRcode.NoError, true),
            ("old.example. DNAME", DnsRcode.NoError, true), ("www.sub.example. A", DnsRcode.NoError, true), ("x.sub.example. TXT", DnsRcode.NoError, !optOut),
            ("sub.example. DS", DnsRcode.NoError, true), ("www.sub.example. DS", DnsRcode.NoError, true), ("plain.example. DS", DnsRcode.NoError, !optOut),
            ("www.plain.example. A", DnsRcode.NoError, false), ("nothing.plain.example. A", DnsRcode.NXDomain, false), ("toplain.example. A", DnsRcode.NoError, false),
            ("www.example. ANY", DnsRcode.NoError, true),
        ];
        var honest = new Internet(denial, optOut, _ => { });
        foreach ((string question, DnsRcode rcode, bool isSecure) in expected)
        {
            DnsMessage reply = honest.Ask(question);
            reply.Rcode.ShouldBe(rcode, question);
            reply.AuthenticData.ShouldBe(isSecure, question);
        }

        // The same from the cache.
        foreach ((string question, DnsRcode rcode, bool isSecure) in expected)
        {
            DnsMessage reply = honest.Ask(question);
            (reply.Rcode, reply.AuthenticData).ShouldBe((rcode, isSecure), question);
        }

        // Somebody on the way changes one bit of each reply of example.'s server, or leaves the signatures out.
        var random = new RandomSource(7);
        foreach (Action<DnsMessage> spoil in (Action<DnsMessage>[])[message => FlipOneBit(message, random), DropSignatures])
        {
            var hostile = new Internet(denial, optOut, spoil);
            foreach ((string question, _, bool isSecure) in expected)
            {
                if (!isSecure || question is ". NS" or "nothing. A" or "example. DS")
                    continue;
                DnsMessage reply = hostile.Ask(question);
                (reply.Rcode, reply.AuthenticData, reply.Answers.Count).ShouldBe((DnsRcode.ServFail, false, 0), question);
            }
        }
    }

    // In the data of each set of answer and authority section, behind the names in it.
    private static void FlipOneBit(DnsMessage message, RandomSource random)
    {
        foreach (List<DnsRecord> section in (List<DnsRecord>[])[message.Answers, message.Authorities])
        {
            for (int i = 0; i < section.Count; i++)
            {
                if (section[i].Type != DnsType.RRSIG)
                    continue;
                byte[] data = section[i].Data.ToArray();
                data[^(1 + random.Next(32))] ^= (byte)(1 << random.Next(8));
                section[i] = section[i] with { Data = data };
            }
        }
    }

    private static void DropSignatures(DnsMessage message)
    {
        message.Answers.RemoveAll(record => record.Type == DnsType.RRSIG);
        message.Authorities.RemoveAll(record => record.Type == DnsType.RRSIG);
    }

    private sealed class Internet
    {
        private readonly World _world = new();
        private readonly RecursiveResolver _resolver;

        public Internet(DenialKind denial, bool optOut, Action<DnsMessage> spoil)
        {
            Instant now = Instant.FromDateTimeOffset(_world.Time.Now);
            var settings = new SigningSettings { Denial = denial, OptOut = optOut };
            SigningKey Key(int seed) => SigningKey.FromSeed(SigningAlgorithm.EcdsaP256Sha256, true, new RandomSource((ulong)seed));
            Zone sub = ZoneSigner.Sign(ZoneFile.Parse(SubText, "sub"), [Key(3)], settings, now);
            Zone example = ZoneSigner.Sign(ZoneFile.Parse(ExampleText + "\n" + Ds("sub.example.", Key(3)), "example"), [Key(2)], settings, now);
            Zone root = ZoneSigner.Sign(ZoneFile.Parse(RootText + "\n" + Ds("example.", Key(2)), "root"), [Key(1)], new SigningSettings(), now);
            _world.Respond("198.51.100.1", new AuthoritativeServer(new ZoneSet(root), Wirepath.Events.NodeLog.Silent));
            var server = new AuthoritativeServer(new ZoneSet(example, sub, ZoneFile.Parse(PlainText, "plain")), Wirepath.Events.NodeLog.Silent);
            _world.Script("198.51.100.2", (query, overTcp) =>
            {
                byte[] room = new byte[DnsMessage.MaxSize];
                int length = server.RespondAsync(query.ToArray(), room, default, overTcp, default).GetAwaiter().GetResult().Length;
                DnsMessage.TryRead(room.AsSpan(0, length), out DnsMessage reply).ShouldBeTrue();
                spoil(reply);
                return reply;
            });
            _resolver = new RecursiveResolver(
                new ResolverConfiguration
                {
                    Settings = new ResolverSettings { PrimeRoot = false, Exploration = 0, MostSignatures = 500 },
                    TrustAnchors = [RecordOf(Ds(".", Key(1)))],
                    LocalZones = LocalZones.None,
                    Access = Access.Anybody,
                },
                RootHints.Of((World.Name("a.root.test"), IpAddress.Parse("198.51.100.1"))), new ResolverCache(), _world, _world.Log, _world.Time, new RandomSource(1));
        }

        public DnsMessage Ask(string question)
        {
            string[] words = question.Split(' ');
            DnsMnemonic.TryParseType(words[1], out DnsType type).ShouldBeTrue(question);
            DnsMessage query = DnsMessage.Query(7, new DnsQuestion(World.Name(words[0]), type), recursionDesired: true);
            query.Edns = new Edns(4096, 0, true, []);
            return _world.Ask(_resolver, query, overTcp: true);
        }

        private static string Ds(string zone, SigningKey key)
        {
            byte[] digest = KeyDigest.Of(World.Name(zone), key.Public, DigestType.Sha256);
            return $"{zone} 86400 IN DS {key.KeyTag} {key.Public.Algorithm} 2 {Convert.ToHexString(digest)}";
        }

        private static DnsRecord RecordOf(string line) => World.Record(line);
    }
}
