using System.Security.Cryptography;
using System.Text;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

/// <summary>Signed zones: RFC 4035 §2 and §3.1, RFC 5155 §7, RFC 6979, RFC 9276.</summary>
public class SigningTests
{
    private const string ZoneText = """
        $ORIGIN example.
        $TTL 3600
        @             SOA ns1 hostmaster 7 1800 900 604800 300
                      NS  ns1
                      MX  10 mail
        ns1           A   192.0.2.1
        mail          A   192.0.2.25
        www           A   192.0.2.80
        alias         CNAME www
        *.wild        TXT "from a wildcard"
        host.deep.ent A   192.0.2.9
        signed        NS  ns.signed
                      DS  12345 13 2 49FD46E6C4B45C55D4AC000000000000000000000000000000000000000000FF
        ns.signed     A   192.0.2.53
        plain         NS  ns.plain
        ns.plain      A   192.0.2.54
        lone.below    NS  ns.elsewhere.test.
        moved         DNAME target.test.
        hidden.moved  A   192.0.2.77
        """;

    private static readonly Instant s_now = Instant.FromDateTimeOffset(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public static Zone Signed(SigningSettings settings, bool onDemand = false) => ZoneSigner.Sign(
        ZoneFile.Parse(ZoneText, "example.zone"), Keys(), settings, s_now, onDemand);

    private static SigningKey[] Keys() =>
    [
        SigningKey.FromSeed(SigningAlgorithm.EcdsaP256Sha256, true, new RandomSource(1)),
        SigningKey.FromSeed(SigningAlgorithm.EcdsaP384Sha384, false, new RandomSource(2)),
    ];

    // RFC 6979 appendices A.2.5 and A.2.6.
    [Theory]
    [InlineData(SigningAlgorithm.EcdsaP256Sha256, "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721", "sample",
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8")]
    [InlineData(SigningAlgorithm.EcdsaP256Sha256, "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721", "test",
        "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083")]
    [InlineData(SigningAlgorithm.EcdsaP384Sha384, "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D896D5724E4C70A825F872C9EA60D2EDF5", "sample",
        "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE46" +
        "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8")]
    public void ECDSA_signatures_are_those_of_RFC_6979(SigningAlgorithm algorithm, string secret, string message, string expected) =>
        Convert.ToHexString(new DeterministicEcdsa(algorithm, Convert.FromHexString(secret)).Sign(Encoding.ASCII.GetBytes(message))).ShouldBe(expected);

    // RFC 5155 appendix A.
    [Theory]
    [InlineData("example.", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom")]
    [InlineData("A.Example.", "35mthgpgcu1qg68fab165klnsnk3dpvl")]
    [InlineData("ns1.example.", "2t7b4g4vsa5smi47k61mv5bv1a22bojr")]
    [InlineData("*.w.example.", "r53bq7cc2uvmubfu5ocmm6pers9tk9en")]
    public void NSEC3_hashes_are_those_of_RFC_5155(string name, string expected)
    {
        byte[] hash = Nsec3Hashes.Of(World.Name(name), Convert.FromHexString("AABBCCDD"), 12);
        Encoding.ASCII.GetString(Base32Hex.Encode(hash)).ShouldBe(expected);
        Base32Hex.Decode(expected.ToUpperInvariant()).ShouldBe(hash);
    }

    [Fact]
    public void The_bytes_of_canonical_keys_order_names_as_RFC_4034_does()
    {
        // §6.1's own list.
        string[] ordered = ["example.", "a.example.", "yljkjljk.a.example.", "Z.a.example.", "zABC.a.EXAMPLE.", "z.example.", @"\001.z.example.", "*.z.example.", @"\200.z.example."];
        byte[][] keys = [.. ordered.Select(n => CanonicalKey.Of(World.Name(n)))];
        for (int i = 1; i < keys.Length; i++)
            keys[i - 1].AsSpan().SequenceCompareTo(keys[i]).ShouldBeLessThan(0, ordered[i]);
        var random = new RandomSource(5);
        for (int i = 0; i < 5000; i++)
        {
            (DomainName a, DomainName b) = (Random(random), Random(random));
            Math.Sign(CanonicalKey.Of(a).AsSpan().SequenceCompareTo(CanonicalKey.Of(b))).ShouldBe(Math.Sign(a.CompareTo(b)), $"{a} {b}");
        }

        static DomainName Random(RandomSource random)
        {
            DomainName name = DomainName.Root;
            for (int labels = random.Next(4); labels > 0; labels--)
            {
                byte[] label = new byte[1 + random.Next(3)];
                foreach (ref byte b in label.AsSpan())
                    b = "\0\u0001\u0002aAbB*"u8[random.Next(8)];
                name.TryPrepend(label, out name);
            }

            return name;
        }
    }

    [Theory]
    [InlineData(DenialKind.Nsec, false)]
    [InlineData(DenialKind.Nsec3, false)]
    [InlineData(DenialKind.Nsec3, true)]
    public void Every_set_that_the_zone_speaks_for_is_signed_and_nothing_else(DenialKind denial, bool optOut)
    {
        var settings = new SigningSettings { Denial = denial, OptOut = optOut };
        Zone zone = Signed(settings);
        zone.IsSigned.ShouldBeTrue();
        DnsKeyData[] keys = [.. zone.Top.Find(DnsType.DNSKEY)!.Records.Select(r => DnsKeyData.TryRead(r.Data, out DnsKeyData key) ? key : default)];
        var unsigned = new List<string>();
        foreach (Rrset set in zone.SetsInOrder().Prepend(zone.Top.Find(DnsType.SOA)!))
        {
            if (set.Signatures.Length == 0)
                unsigned.Add($"{set.Name} {set.Type}");
            foreach (DnsRecord signature in set.Signatures)
            {
                RrsigData.TryRead(signature.Data, out RrsigData rrsig).ShouldBeTrue();
                DnssecSignature.Verify(keys.Single(k => k.KeyTag == rrsig.KeyTag), rrsig.Signature.Span, SignedSet.Bytes(rrsig, set)).ShouldBeTrue(set.ToString());
                keys.Single(k => k.KeyTag == rrsig.KeyTag).IsSecureEntryPoint.ShouldBe(set.Type == DnsType.DNSKEY);
                (rrsig.Inception, rrsig.Expiration).ShouldBe(((uint)(1767225600 - 3600), (uint)(1767225600 + 14 * 86400)));
            }
        }

        unsigned.ShouldBe([
            "lone.below.example. NS", "hidden.moved.example. A", "plain.example. NS", "ns.plain.example. A", "signed.example. NS", "ns.signed.example. A",
        ], ignoreOrder: true);

        // The same keys and the same time: the same bytes; and on demand no other ones.
        Signed(settings).AllRecords().ShouldBe(zone.AllRecords());
        Signed(settings, onDemand: true).AllRecords().ShouldBe(zone.AllRecords());
    }

    [Fact]
    public void NSEC_links_lead_once_around_the_zone_and_name_what_is_there()
    {
        Zone zone = Signed(new SigningSettings());
        Links(zone, DnsType.NSEC).ShouldBe([
            "example. alias.example. NS SOA MX RRSIG NSEC DNSKEY",
            "alias.example. lone.below.example. CNAME RRSIG NSEC",
            "lone.below.example. host.deep.ent.example. NS RRSIG NSEC",
            "host.deep.ent.example. mail.example. A RRSIG NSEC",
            "mail.example. moved.example. A RRSIG NSEC",
            "moved.example. ns1.example. DNAME RRSIG NSEC",
            "ns1.example. plain.example. A RRSIG NSEC",
            "plain.example. signed.example. NS RRSIG NSEC",
            "signed.example. *.wild.example. NS DS RRSIG NSEC",
            "*.wild.example. www.example. TXT RRSIG NSEC",
            "www.example. example. A RRSIG NSEC",
        ]);
    }

    [Fact]
    public void NSEC3_covers_empty_non_terminals_and_opt_out_leaves_delegations_without_DS_alone()
    {
        Names(false).ShouldBe([
            "example.", "alias.example.", "below.example.", "lone.below.example.", "ent.example.", "deep.ent.example.", "host.deep.ent.example.", "mail.example.",
            "moved.example.", "ns1.example.", "plain.example.", "signed.example.", "wild.example.", "*.wild.example.", "www.example.",
        ], ignoreOrder: true);
        Names(true).ShouldBe([
            "example.", "alias.example.", "ent.example.", "deep.ent.example.", "host.deep.ent.example.", "mail.example.",
            "moved.example.", "ns1.example.", "signed.example.", "wild.example.", "*.wild.example.", "www.example.",
        ], ignoreOrder: true);

        static IEnumerable<string> Names(bool optOut)
        {
            Zone zone = Signed(new SigningSettings { Denial = DenialKind.Nsec3, OptOut = optOut });
            Dictionary<string, string> byHash = zone.Nodes.ToDictionary(n => Encoding.ASCII.GetString(Base32Hex.Encode(Nsec3Hashes.Of(n.Name, [], 0))), n => n.Name.ToString());
            return zone.Nsec3s.Select(s => byHash[Encoding.ASCII.GetString(s.Name.FirstLabel)]);
        }
    }

    private static IEnumerable<string> Links(Zone zone, DnsType type) =>
        zone.SetsInOrder().Where(s => s.Type == type).Select(s => $"{s.Name} {s.Records[0].DataToString()}");

    // NSEC by owner; NSEC3 by the name whose hash it has (=) or spans (<). The last column: with opt-out, where that differs.
    [Theory]
    [InlineData("nosuch.example. A", "NXDomain", "SOA example.; NSEC moved.example.; NSEC example.", "SOA example.; =example.; <nosuch.example.; <*.example.", null)]
    [InlineData("www.example. AAAA", "NoError", "SOA example.; NSEC www.example.", "SOA example.; =www.example.", null)]
    [InlineData("ent.example. A", "NoError", "SOA example.; NSEC lone.below.example.", "SOA example.; =ent.example.", null)]
    [InlineData("any.wild.example. TXT", "NoError", "NSEC *.wild.example.", "<any.wild.example.", null)]
    [InlineData("any.wild.example. A", "NoError", "SOA example.; NSEC *.wild.example.", "SOA example.; =wild.example.; <any.wild.example.; =*.wild.example.", null)]
    [InlineData("x.plain.example. A", "NoError", "NS plain.example.; NSEC plain.example.", "NS plain.example.; =plain.example.", "NS plain.example.; =example.; <plain.example.")]
    [InlineData("plain.example. DS", "NoError", "SOA example.; NSEC plain.example.", "SOA example.; =plain.example.", "SOA example.; =example.; <plain.example.")]
    [InlineData("x.lone.below.example. A", "NoError", "NS lone.below.example.; NSEC lone.below.example.", "NS lone.below.example.; =lone.below.example.", "NS lone.below.example.; =example.; <below.example.")]
    [InlineData("below.example. A", "NoError", "SOA example.; NSEC alias.example.", "SOA example.; =below.example.", "SOA example.; =example.; <below.example.")]
    [InlineData("x.signed.example. A", "NoError", "NS signed.example.; DS signed.example.", "NS signed.example.; DS signed.example.", null)]
    [InlineData("a.b.ent.example. A", "NXDomain", "SOA example.; NSEC lone.below.example.", "SOA example.; =ent.example.; <b.ent.example.; <*.ent.example.", null)]
    public void The_authority_section_proves_what_is_not_there(string question, string rcode, string nsec, string nsec3, string? optOut)
    {
        Prove(Signed(new SigningSettings()), nsec);
        Prove(Signed(new SigningSettings { Denial = DenialKind.Nsec3 }, onDemand: true), nsec3);
        Prove(Signed(new SigningSettings { Denial = DenialKind.Nsec3, OptOut = true }), optOut ?? nsec3);

        void Prove(Zone zone, string expected)
        {
            DnsMessage reply = Ask(zone, question);
            reply.Rcode.ToString().ShouldBe(rcode);
            List<Rrset> sets = Rrset.Group(reply.Authorities);
            // One record may prove two things, or span what another case names: the list is of statements, all must hold.
            foreach (string statement in expected.Split("; "))
                sets.ShouldContain(set => Says(set, statement), statement);
            sets.Count.ShouldBeLessThanOrEqualTo(expected.Split("; ").Length);
            sets.Where(s => s.Type != DnsType.NS).ShouldAllBe(s => s.Signatures.Length > 0);
            Rrset.Group(reply.Answers).ShouldAllBe(s => s.Signatures.Length > 0);

            // Without DO nothing of all this.
            DnsMessage plain = Ask(zone, question, dnssecOk: false);
            plain.Answers.Concat(plain.Authorities).ShouldAllBe(r => r.Type != DnsType.RRSIG && r.Type != DnsType.NSEC && r.Type != DnsType.NSEC3 && r.Type != DnsType.DS);
        }
    }

    private static bool Says(Rrset set, string statement)
    {
        if (statement[0] is not ('=' or '<'))
            return statement == $"{set.Type} {set.Name}";
        if (set.Type != DnsType.NSEC3)
            return false;
        byte[] owner = Base32Hex.Decode(Encoding.ASCII.GetString(set.Name.FirstLabel));
        Nsec3Data.TryRead(set.Records[0].Data, out Nsec3Data data).ShouldBeTrue();
        byte[] hash = Nsec3Hashes.Of(World.Name(statement[1..]), [], 0);
        int before = owner.AsSpan().SequenceCompareTo(hash);
        int after = hash.AsSpan().SequenceCompareTo(data.NextHash.Span);
        bool wraps = owner.AsSpan().SequenceCompareTo(data.NextHash.Span) >= 0;
        return statement[0] == '=' ? before == 0 : before != 0 && (wraps ? before < 0 || after < 0 : before < 0 && after < 0);
    }

    private static DnsMessage Ask(Zone zone, string question, bool dnssecOk = true)
    {
        string[] parts = question.Split(' ');
        var query = DnsMessage.Query(1, new DnsQuestion(World.Name(parts[0]), Enum.Parse<DnsType>(parts[1])), false);
        query.Edns = new Edns(dnssecOk: dnssecOk);
        return new AuthoritativeServer(new ZoneSet(zone), NodeLog.Silent).Answer(query);
    }

    [Fact]
    public void A_key_survives_being_written_and_its_DS_is_the_digest_of_its_DNSKEY()
    {
        foreach (SigningAlgorithm algorithm in Enum.GetValues<SigningAlgorithm>())
        {
            using SigningKey key = SigningKey.Generate(algorithm, true);
            SigningKey.TryFromPem(key.ToPem(), true, out SigningKey? again).ShouldBeTrue();
            (again!.Algorithm, again.KeyTag).ShouldBe((algorithm, key.KeyTag));
            again.Public.ToArray().ShouldBe(key.Public.ToArray());
            Zone zone = ZoneSigner.Sign(ZoneFile.Parse(ZoneText, "z"), [key], new SigningSettings(), s_now);
            zone.Soa.Name.ShouldBe(World.Name("example"));
            zone.Top.Find(DnsType.SOA)!.Signatures.Length.ShouldBe(1); // one key for everything
            DsData.TryRead(key.ToDs(zone.Origin, 60).Data, out DsData ds).ShouldBeTrue();
            ds.Digest.ToArray().ShouldBe(SHA256.HashData([.. World.Name("EXAMPLE").ToLower().Wire, .. key.Public.ToArray()]));
        }

        SigningKey.TryFromPem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", true, out _).ShouldBeFalse();
        SigningKey.TryFromPem("nothing", true, out _).ShouldBeFalse();
    }
}
