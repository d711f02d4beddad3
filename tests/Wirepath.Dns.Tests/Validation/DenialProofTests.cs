using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

/// <summary>What NSEC and NSEC3 records show: the zones of RFC 4035 appendix A and RFC 5155 appendix A, and what they must not show.</summary>
public sealed class DenialProofTests
{
    private static readonly DomainName s_example = DomainName.Parse("example.");

    // RFC 4035 appendix A.
    private const string NsecZone = """
        example. NSEC a.example. NS SOA MX RRSIG NSEC DNSKEY
        a.example. NSEC ai.example. NS DS RRSIG NSEC
        ai.example. NSEC b.example. A HINFO AAAA RRSIG NSEC
        b.example. NSEC ns1.example. NS RRSIG NSEC
        ns1.example. NSEC ns2.example. A RRSIG NSEC
        ns2.example. NSEC *.w.example. A RRSIG NSEC
        *.w.example. NSEC x.w.example. MX RRSIG NSEC
        x.w.example. NSEC x.y.w.example. MX RRSIG NSEC
        x.y.w.example. NSEC xx.example. MX RRSIG NSEC
        xx.example. NSEC example. A HINFO AAAA RRSIG NSEC
        """;

    // RFC 5155 appendix A: iterations 12, salt aabbccdd; opt-out is {0}.
    private const string Nsec3Zone = """
        0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example. NSEC3 1 {0} 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr MX DNSKEY NS SOA NSEC3PARAM RRSIG
        2t7b4g4vsa5smi47k61mv5bv1a22bojr.example. NSEC3 1 {0} 12 aabbccdd 2vptu5timamqttgl4luu9kg21e0aor3s A RRSIG
        2vptu5timamqttgl4luu9kg21e0aor3s.example. NSEC3 1 {0} 12 aabbccdd 35mthgpgcu1qg68fab165klnsnk3dpvl MX RRSIG
        35mthgpgcu1qg68fab165klnsnk3dpvl.example. NSEC3 1 {0} 12 aabbccdd b4um86eghhds6nea196smvmlo4ors995 NS DS RRSIG
        b4um86eghhds6nea196smvmlo4ors995.example. NSEC3 1 {0} 12 aabbccdd gjeqe526plbf1g8mklp59enfd789njgi MX RRSIG
        gjeqe526plbf1g8mklp59enfd789njgi.example. NSEC3 1 {0} 12 aabbccdd ji6neoaepv8b5o6k4ev33abha8ht9fgc HINFO A AAAA RRSIG
        ji6neoaepv8b5o6k4ev33abha8ht9fgc.example. NSEC3 1 {0} 12 aabbccdd k8udemvp1j2f7eg6jebps17vp3n8i58h
        k8udemvp1j2f7eg6jebps17vp3n8i58h.example. NSEC3 1 {0} 12 aabbccdd kohar7mbb8dc2ce8a9qvl8hon4k53uhi
        kohar7mbb8dc2ce8a9qvl8hon4k53uhi.example. NSEC3 1 {0} 12 aabbccdd q04jkcevqvmu85r014c7dkba38o0ji5r A RRSIG
        q04jkcevqvmu85r014c7dkba38o0ji5r.example. NSEC3 1 {0} 12 aabbccdd r53bq7cc2uvmubfu5ocmm6pers9tk9en A RRSIG
        r53bq7cc2uvmubfu5ocmm6pers9tk9en.example. NSEC3 1 {0} 12 aabbccdd t644ebqk9bibcna874givr6joj62mlhv MX RRSIG
        t644ebqk9bibcna874givr6joj62mlhv.example. NSEC3 1 {0} 12 aabbccdd 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom HINFO A AAAA RRSIG
        """;

    [Theory]
    [InlineData("example.", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom")]
    [InlineData("A.example.", "35mthgpgcu1qg68fab165klnsnk3dpvl")]
    [InlineData("*.w.example.", "r53bq7cc2uvmubfu5ocmm6pers9tk9en")]
    [InlineData("x.y.W.Example.", "2vptu5timamqttgl4luu9kg21e0aor3s")]
    [InlineData("2t7b4g4vsa5smi47k61mv5bv1a22bojr.example.", "kohar7mbb8dc2ce8a9qvl8hon4k53uhi")]
    public void Names_hash_as_RFC_5155_appendix_A_has_them(string name, string hash) =>
        Nsec3Hashes.Of(DomainName.Parse(name), Convert.FromHexString("aabbccdd"), 12).ShouldBe(Base32Hex.Decode(hash));

    [Theory]
    [InlineData("ml.example.", "b.example.|example.")]
    [InlineData("a.z.example.", "xx.example.|example.")]
    [InlineData("a.b.c.aj.example.", "ai.example.|example.")]
    public void NSEC_shows_that_a_name_is_not_there_with_both_records_and_with_neither_alone(string name, string needed)
    {
        Nsec(NsecZone).NameError(Name(name)).ShouldBe(Denial.Proven);
        EachAlone(NsecZone, needed.Split('|'), proofs => proofs.NameError(Name(name)));
    }

    [Fact]
    public void NSEC_does_not_deny_names_that_are_there_or_match_a_wildcard_or_belong_to_another_zone()
    {
        IDenialProofs all = Nsec(NsecZone);
        foreach (string name in (string[])["example.", "ns1.example.", "y.w.example.", "w.example.", "a.z.w.example.", "x.a.example.", "mc.b.example.", "com.", "."])
            all.NameError(Name(name)).ShouldBe(Denial.NotProven, name);
    }

    [Theory]
    [InlineData("ns1.example.", DnsType.MX, true)]
    [InlineData("ns1.example.", DnsType.A, false)]
    [InlineData("ns1.example.", DnsType.ANY, false)]
    // Names between: RFC 4592 §2.2.2.
    [InlineData("y.w.example.", DnsType.A, true)]
    [InlineData("w.example.", DnsType.ANY, true)]
    // The wildcard matches, but has only MX.
    [InlineData("a.z.w.example.", DnsType.AAAA, true)]
    [InlineData("a.z.w.example.", DnsType.MX, false)]
    // DS belongs to the parent, all else at a cut to the child.
    [InlineData("b.example.", DnsType.DS, true)]
    [InlineData("b.example.", DnsType.A, false)]
    [InlineData("a.example.", DnsType.DS, false)]
    [InlineData("example.", DnsType.DS, false)]
    [InlineData("example.", DnsType.A, true)]
    [InlineData("mc.b.example.", DnsType.A, false)]
    public void NSEC_shows_that_a_type_is_not_there(string name, DnsType type, bool proven) =>
        Nsec(NsecZone).NoData(Name(name), type).ShouldBe(proven ? Denial.Proven : Denial.NotProven);

    [Theory]
    [InlineData("a.example.", nameof(DsDenial.NotProven))]
    [InlineData("b.example.", nameof(DsDenial.UnsignedDelegation))]
    [InlineData("ns1.example.", nameof(DsDenial.NoDelegation))]
    [InlineData("y.w.example.", nameof(DsDenial.NoDelegation))]
    [InlineData("nowhere.example.", nameof(DsDenial.NoSuchName))]
    [InlineData("mc.b.example.", nameof(DsDenial.NotProven))]
    [InlineData("example.", nameof(DsDenial.NotProven))]
    [InlineData("other.", nameof(DsDenial.NotProven))]
    public void NSEC_shows_where_zones_begin(string name, string denial) => Nsec(NsecZone).DsAbsence(Name(name)).ToString().ShouldBe(denial);

    [Fact]
    public void An_expanded_wildcard_needs_the_gap_and_the_right_parent()
    {
        IDenialProofs all = Nsec(NsecZone);
        all.NoCloserMatch(Name("a.z.w.example."), 2).ShouldBe(Denial.Proven);
        all.NoCloserMatch(Name("a.z.w.example."), 1).ShouldBe(Denial.NotProven, "*.example. does not reach below w.example., which is there");
        all.NoCloserMatch(Name("x.w.example."), 2).ShouldBe(Denial.NotProven, "it is there itself");
        all.NoCloserMatch(Name("y.w.example."), 2).ShouldBe(Denial.NotProven, "it is there as a name between");
    }

    [Fact]
    public void Records_that_point_backwards_or_out_of_the_zone_cover_nothing()
    {
        Nsec("m.example. NSEC c.example. A").NameError(Name("z.example.")).ShouldBe(Denial.NotProven);
        Nsec("m.example. NSEC z.com. A").NoCloserMatch(Name("n.example."), 1).ShouldBe(Denial.NotProven);
        Nsec("m.example. NSEC example. DNAME RRSIG NSEC").NoCloserMatch(Name("a.m.example."), 2).ShouldBe(Denial.NotProven, "a DNAME's names are elsewhere");
        // A zone of one name.
        Nsec("example. NSEC example. SOA NS RRSIG NSEC").NameError(Name("a.example.")).ShouldBe(Denial.Proven);
    }

    [Fact]
    public void NSEC3_shows_a_name_error_with_three_records_and_not_with_two()
    {
        // RFC 5155 appendix B.1.
        string[] needed = ["0p9mhaveqvm6t7vbl5lop2u3t2rp3tom", "b4um86eghhds6nea196smvmlo4ors995", "35mthgpgcu1qg68fab165klnsnk3dpvl"];
        Nsec3(optOut: 0).NameError(Name("a.c.x.w.example.")).ShouldBe(Denial.Proven);
        Nsec3(optOut: 1).NameError(Name("a.c.x.w.example.")).ShouldBe(Denial.Insecure, "opt-out: RFC 5155 §9.2");
        Nsec3(0, needed).NameError(Name("a.c.x.w.example.")).ShouldBe(Denial.Proven);
        foreach (string missing in needed)
            Nsec3(0, [.. needed.Where(hash => hash != missing)]).NameError(Name("a.c.x.w.example.")).ShouldBe(Denial.NotProven, missing);
    }

    [Theory]
    // RFC 5155 appendix B.2, B.2.1, B.5, B.6 and the apex.
    [InlineData("ns1.example.", DnsType.MX, nameof(Denial.Proven), nameof(Denial.Proven))]
    [InlineData("y.w.example.", DnsType.A, nameof(Denial.Proven), nameof(Denial.Proven))]
    [InlineData("a.z.w.example.", DnsType.AAAA, nameof(Denial.Proven), nameof(Denial.Insecure))]
    [InlineData("a.z.w.example.", DnsType.MX, nameof(Denial.NotProven), nameof(Denial.NotProven))]
    [InlineData("example.", DnsType.DS, nameof(Denial.NotProven), nameof(Denial.NotProven))]
    [InlineData("example.", DnsType.A, nameof(Denial.Proven), nameof(Denial.Proven))]
    [InlineData("a.example.", DnsType.A, nameof(Denial.NotProven), nameof(Denial.NotProven))]
    [InlineData("ns1.example.", DnsType.A, nameof(Denial.NotProven), nameof(Denial.NotProven))]
    // c.example. is an unsigned delegation in a gap.
    [InlineData("c.example.", DnsType.DS, nameof(Denial.NotProven), nameof(Denial.Insecure))]
    [InlineData("c.example.", DnsType.A, nameof(Denial.NotProven), nameof(Denial.Insecure))]
    public void NSEC3_shows_that_a_type_is_not_there(string name, DnsType type, string without, string withOptOut)
    {
        Nsec3(optOut: 0).NoData(Name(name), type).ToString().ShouldBe(without);
        Nsec3(optOut: 1).NoData(Name(name), type).ToString().ShouldBe(withOptOut);
    }

    [Theory]
    [InlineData("a.example.", nameof(DsDenial.NotProven), nameof(DsDenial.NotProven))]
    [InlineData("c.example.", nameof(DsDenial.NoSuchName), nameof(DsDenial.Insecure))]
    [InlineData("d.c.example.", nameof(DsDenial.NoSuchName), nameof(DsDenial.Insecure))]
    [InlineData("y.w.example.", nameof(DsDenial.NoDelegation), nameof(DsDenial.NoDelegation))]
    [InlineData("ns2.example.", nameof(DsDenial.NoDelegation), nameof(DsDenial.NoDelegation))]
    [InlineData("b.a.example.", nameof(DsDenial.NotProven), nameof(DsDenial.NotProven))]
    public void NSEC3_shows_where_zones_begin(string name, string without, string withOptOut)
    {
        Nsec3(optOut: 0).DsAbsence(Name(name)).ToString().ShouldBe(without);
        Nsec3(optOut: 1).DsAbsence(Name(name)).ToString().ShouldBe(withOptOut);
    }

    [Fact]
    public void An_expanded_wildcard_needs_the_next_closer_name_in_a_gap()
    {
        // RFC 5155 appendix B.4.
        Nsec3(0, "q04jkcevqvmu85r014c7dkba38o0ji5r").NoCloserMatch(Name("a.z.w.example."), 2).ShouldBe(Denial.Proven);
        Nsec3(1, "q04jkcevqvmu85r014c7dkba38o0ji5r").NoCloserMatch(Name("a.z.w.example."), 2).ShouldBe(Denial.Insecure);
        Nsec3(0).NoCloserMatch(Name("a.z.w.example."), 1).ShouldBe(Denial.NotProven, "w.example. is there");
        Nsec3(0).NoCloserMatch(Name("a.z.w.example."), 4).ShouldBe(Denial.NotProven);
        Nsec3(0).NoCloserMatch(Name("a.z.w.example."), 0).ShouldBe(Denial.NotProven);
    }

    [Fact]
    public void Records_of_two_chains_prove_nothing_together_and_unknown_hashes_nothing_at_all()
    {
        string three = Zone(0, ["0p9mhaveqvm6t7vbl5lop2u3t2rp3tom", "b4um86eghhds6nea196smvmlo4ors995", "35mthgpgcu1qg68fab165klnsnk3dpvl"]);
        DomainName name = Name("a.c.x.w.example.");
        Of(three).NameError(name).ShouldBe(Denial.Proven);
        Of(three.Replace("b4um86eghhds6nea196smvmlo4ors995.example. NSEC3 1 0 12", "b4um86eghhds6nea196smvmlo4ors995.example. NSEC3 1 0 13", StringComparison.Ordinal))
            .NameError(name).ShouldBe(Denial.NotProven);
        Of(three.Replace("NSEC3 1 0 12", "NSEC3 2 0 12", StringComparison.Ordinal)).IsEmpty.ShouldBeTrue();
        Of(three.Replace("NSEC3 1 0 12", "NSEC3 1 2 12", StringComparison.Ordinal)).NameError(name).ShouldBe(Denial.NotProven);
        Of(three.Replace(".example. NSEC3", ".x.example. NSEC3", StringComparison.Ordinal)).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Too_many_iterations_make_the_proof_insecure_without_one_hash()
    {
        var budget = new QueryBudget(new ResolverSettings(), Instant.Epoch);
        var proofs = new Nsec3Proofs(s_example, SignedText.Sets(Zone(0).Replace("1 0 12", "1 0 2500", StringComparison.Ordinal)), 150, new Nsec3Hashes(budget));
        proofs.HasTooManyIterations.ShouldBeTrue();
        proofs.NameError(Name("a.c.x.w.example.")).ShouldBe(Denial.Insecure);
        proofs.DsAbsence(Name("a.example.")).ShouldBe(DsDenial.Insecure);
        budget.Hashes.ShouldBe(0);
    }

    [Fact]
    public void A_deep_name_at_150_iterations_stops_at_the_ledgers_limit()
    {
        var settings = new ResolverSettings();
        var budget = new QueryBudget(settings, Instant.Epoch);
        string zone = "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example. NSEC3 1 0 150 - 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom A";
        var proofs = new Nsec3Proofs(s_example, SignedText.Sets(zone), 150, new Nsec3Hashes(budget));
        DomainName deep = Name(string.Concat(Enumerable.Repeat("a.", 100)) + "example.");
        proofs.NameError(deep).ShouldBe(Denial.NotProven);
        budget.Hashes.ShouldBe(settings.MostHashes / 151 * 151);
        budget.Exhausted.ShouldBe("6000 NSEC3 hashes were computed for this one question");

        // Twice the same question costs once.
        var shared = new Nsec3Hashes(new QueryBudget(settings, Instant.Epoch));
        shared.TryHash(deep, [], 150, out byte[] first).ShouldBeTrue();
        shared.TryHash(deep, [], 150, out byte[] second).ShouldBeTrue();
        second.ShouldBeSameAs(first);
    }

    private static DomainName Name(string text) => DomainName.Parse(text);

    private static IDenialProofs Nsec(string zone) => new NsecProofs(s_example, SignedText.Sets(zone));

    private static Nsec3Proofs Nsec3(int optOut, params string[] only) => Of(Zone(optOut, only));

    private static Nsec3Proofs Of(string zone) => new(s_example, SignedText.Sets(zone), 150, new Nsec3Hashes(null));

    private static string Zone(int optOut, params string[] only) => string.Join('\n', Nsec3Zone.Replace("{0}", $"{optOut}", StringComparison.Ordinal).Split('\n')
        .Where(line => only.Length == 0 || only.Any(hash => line.Trim().StartsWith(hash, StringComparison.Ordinal))));

    private static void EachAlone(string zone, string[] owners, Func<IDenialProofs, Denial> ask)
    {
        string[] lines = [.. zone.Split('\n').Where(line => owners.Any(owner => line.Trim().StartsWith(owner + " ", StringComparison.Ordinal)))];
        lines.Length.ShouldBe(owners.Length);
        ask(Nsec(string.Join('\n', lines))).ShouldBe(Denial.Proven);
        foreach (string missing in lines)
            ask(Nsec(string.Join('\n', lines.Where(line => line != missing)))).ShouldBe(Denial.NotProven, missing);
    }
}
