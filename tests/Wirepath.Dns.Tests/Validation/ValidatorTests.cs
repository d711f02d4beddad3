using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

/// <summary>Whole answers, from the root's anchor down.</summary>
public sealed class ValidatorTests : IDisposable
{
    private const string Soa = "[example.] example. SOA ns.example. admin.example. 1 2 3 4 5\n";

    private readonly SignedWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_signed_answer_is_secure_and_its_chain_can_be_drawn()
    {
        Validator validator = _world.Validator();
        ResolvedMessage message = _world.Validate(_world.Message("www.sub.example. A", answers: "[sub.example.] www.sub.example. 300 A 192.0.2.1"), validator);
        message.Security.ShouldBe(Security.Secure);
        message.Error.ShouldBeNull();
        message.Answers[0].Security.ShouldBe(Security.Secure);
        _world.Asked.ShouldBe([". DNSKEY", "example. DS", "example. DNSKEY", "sub.example. DS", "sub.example. DNSKEY"]);
        _world.Ledger.Signatures.ShouldBe(6);

        TrustedSet set = message.Chain.ShouldBeOfType<TrustChain>().Sets.ShouldHaveSingleItem();
        set.KeyTag.ShouldBe(_world["sub.example."].Key.KeyTag);
        var zones = new List<string>();
        for (TrustLink? link = set.Link; link is not null; link = link.Parent)
            zones.Add($"{link.Zone} {link.KeyTag == _world[link.Zone.ToString()].Key.KeyTag} {link.DigestType}");
        zones.ShouldBe(["sub.example. True 2", "example. True 2", ". True 2"]);

        // The keys are known now: one signature for the next answer, no question.
        _world.Validate(_world.Message("mx.sub.example. A", answers: "[sub.example.] mx.sub.example. 300 A 192.0.2.1"), validator).Security.ShouldBe(Security.Secure);
        (_world.Asked.Count, _world.Ledger.Signatures).ShouldBe((5, 1));
    }

    [Theory]
    [InlineData("www.example. A", "www.example. A 192.0.2.1", ExtendedErrorCode.RrsigsMissing)]
    [InlineData("www.sub.example. A", "[example.] www.sub.example. A 192.0.2.1", null)]
    [InlineData("www.example. A", "[sub.example.] www.example. A 192.0.2.1", ExtendedErrorCode.RrsigsMissing)]
    [InlineData("www.example. A", "[example. 1] www.example. A 192.0.2.1", ExtendedErrorCode.DnssecBogus)]
    [InlineData("www.example. A", "[example.] www.example. A 192.0.2.1\n[example.] other.example. A 192.0.2.1", null)]
    [InlineData("www.example. A", "[example.] www.example. A 192.0.2.1\nother.example. A 192.0.2.1", ExtendedErrorCode.RrsigsMissing)]
    public void What_a_signed_zone_does_not_sign_is_bogus(string question, string answers, ExtendedErrorCode? error)
    {
        ResolvedMessage message = _world.Validate(_world.Message(question, answers: answers));
        message.Security.ShouldBe(error is null ? Security.Secure : Security.Bogus);
        message.Error?.Code.ShouldBe(error!.Value, message.Error?.Text);
    }

    [Fact]
    public void Below_an_unsigned_delegation_nothing_needs_a_signature()
    {
        ResolvedMessage message = _world.Validate(_world.Message("www.plain.example. A", answers: "www.plain.example. A 192.0.2.1", authorities: "plain.example. NS ns.plain.example."));
        message.Security.ShouldBe(Security.Insecure);
        message.Authorities.Count.ShouldBe(1, "what is insecure is left as it is");
        _world.Asked.ShouldBe([". DNSKEY", "example. DS", "example. DNSKEY", "plain.example. DS"]);
        _world.Validate(_world.Message("nothing.plain.example. A", DnsRcode.NXDomain)).Security.ShouldBe(Security.Insecure);
        // The delegation itself is example.'s to sign.
        _world.Validate(_world.Message("plain.example. DS")).Security.ShouldBe(Security.Bogus);
        _world.Validate(_world.Message("plain.example. DS", authorities: "[example.] plain.example. NSEC sub.example. NS RRSIG NSEC")).Security.ShouldBe(Security.Secure);
    }

    [Fact]
    public void A_negative_trust_anchor_ends_trust_until_the_next_anchor_and_without_anchors_nothing_is_known()
    {
        ResolvedMessage Unsigned(string name) => _world.Message($"{name} A", answers: $"{name} A 192.0.2.1");
        _world.Settings = new ResolverSettings { InsecureNames = [DomainName.Parse("example.")] };
        _world.Validate(Unsigned("www.example.")).Security.ShouldBe(Security.Insecure);
        _world.Validate(Unsigned("www.sub.example.")).Security.ShouldBe(Security.Insecure);
        _world.Asked.ShouldBeEmpty();
        _world.Validate(Unsigned("com.")).Security.ShouldBe(Security.Bogus);

        var island = new TrustAnchors();
        island.TryAdd(_world["."].DsRecord()).ShouldBeTrue();
        island.TryAdd(_world["sub.example."].KeyRecord).ShouldBeTrue();
        Validator validator = _world.Validator(island);
        _world.Validate(Unsigned("www.sub.example."), validator).Security.ShouldBe(Security.Bogus);
        _world.Validate(Unsigned("www.example."), validator).Security.ShouldBe(Security.Insecure);
        _world.Settings = new ResolverSettings();
        _world.Validate(Unsigned("www.example."), _world.Validator(new TrustAnchors())).Security.ShouldBe(Security.Indeterminate);
    }

    [Fact]
    public void Each_link_of_an_alias_chain_is_judged_in_its_own_zone_and_the_worst_counts()
    {
        _world.Validate(_world.Message("a.example. A", answers: """
            [example.] a.example. CNAME b.sub.example.
            [sub.example.] b.sub.example. CNAME c.example.
            [example.] c.example. A 192.0.2.1
            """)).Security.ShouldBe(Security.Secure);
        ResolvedMessage intoPlain = _world.Validate(_world.Message("a.example. A", answers: """
            [example.] a.example. CNAME b.plain.example.
            b.plain.example. A 192.0.2.1
            """));
        intoPlain.Security.ShouldBe(Security.Insecure);
        intoPlain.Answers.Select(set => set.Security).ShouldBe([Security.Secure, Security.Insecure]);
        _world.Validate(_world.Message("a.plain.example. A", answers: """
            a.plain.example. CNAME b.example.
            b.example. A 192.0.2.1
            """)).Security.ShouldBe(Security.Bogus);

        // An alias that leads to nothing: NODATA and NXDOMAIN, with what proves it.
        ResolvedMessage noData = _world.Validate(_world.Message("a.example. AAAA", answers: "[example.] a.example. CNAME b.sub.example.", authorities: """
            [sub.example.] sub.example. SOA ns.example. admin.example. 1 2 3 4 5
            [sub.example.] b.sub.example. NSEC c.sub.example. A RRSIG NSEC
            """));
        noData.Security.ShouldBe(Security.Secure);
        ResolvedMessage noName = _world.Validate(_world.Message("a.example. AAAA", DnsRcode.NXDomain, "[example.] a.example. CNAME b.sub.example.",
            "[sub.example.] sub.example. NSEC c.sub.example. NS SOA RRSIG NSEC DNSKEY"));
        noName.Security.ShouldBe(Security.Secure);
        _world.Validate(_world.Message("a.example. AAAA", answers: "[example.] a.example. CNAME b.sub.example.")).Error!.Code.ShouldBe(ExtendedErrorCode.DnssecBogus);
        _world.Validate(_world.Message("a.example. A", answers: "[example.] a.example. CNAME b.example.\n[example.] b.example. CNAME a.example.")).Security.ShouldBe(Security.Bogus);
    }

    [Theory]
    [InlineData("d.example. DNAME sub.example.", "x.d.example. CNAME x.sub.example.", true)]
    [InlineData("d.example. DNAME sub.example.", "", true)]
    [InlineData("d.example. DNAME sub.example.", "x.d.example. CNAME y.sub.example.", false)]
    [InlineData("d.example. DNAME plain.example.", "x.d.example. CNAME x.sub.example.", false)]
    public void A_CNAME_made_from_a_signed_DNAME_needs_no_signature_but_must_be_what_the_DNAME_makes(string dname, string cname, bool secure)
    {
        ResolvedMessage message = _world.Validate(_world.Message("x.d.example. A", answers: $"[example.] {dname}\n{cname}\n[sub.example.] x.sub.example. A 192.0.2.1"));
        message.Security.ShouldBe(secure ? Security.Secure : Security.Bogus);
        if (secure)
            message.Answers.ShouldAllBe(set => set.Security == Security.Secure);
        _world.Validate(_world.Message("x.d.example. A", answers: $"{dname}\n{cname}\n[sub.example.] x.sub.example. A 192.0.2.1")).Security.ShouldBe(Security.Bogus);
    }

    [Fact]
    public void A_DNAME_whose_name_gets_too_long_is_the_answer_itself()
    {
        string label = new('x', 60);
        string longName = $"{label}.{label}.{label}.d.example.";
        _world.Validate(_world.Message($"{longName} A", DnsRcode.YXDomain, $"[example.] d.example. DNAME {label}.{label}.example.")).Security.ShouldBe(Security.Secure);
    }

    [Fact]
    public void A_wildcards_answer_needs_the_proof_that_nothing_is_closer()
    {
        string answer = "[example. 1] a.b.example. A 192.0.2.1";
        _world.Validate(_world.Message("a.b.example. A", answers: answer, authorities: "[example.] *.example. NSEC ns.example. A RRSIG NSEC")).Security.ShouldBe(Security.Secure);
        _world.Validate(_world.Message("a.b.example. A", answers: answer)).Security.ShouldBe(Security.Bogus);
        _world.Validate(_world.Message("a.b.example. A", answers: answer, authorities: "[example.] b.example. NSEC ns.example. A RRSIG NSEC")).Security.ShouldBe(Security.Bogus, "b.example. is closer");
        _world.Validate(_world.Message("a.b.example. A", answers: answer, authorities: "*.example. NSEC ns.example. A RRSIG NSEC")).Security.ShouldBe(Security.Bogus, "not signed");
        // CVE-2017-15105: an NSEC that a wildcard made covers what it was never meant to.
        _world.Validate(_world.Message("a.b.example. A", answers: answer, authorities: "[example. 1] a.example. NSEC ns.example. A RRSIG NSEC")).Security.ShouldBe(Security.Bogus);
        _world.Validate(_world.Message("*.example. A", answers: "[example.] *.example. A 192.0.2.1")).Security.ShouldBe(Security.Secure);
    }

    [Fact]
    public void A_good_signature_of_a_wildcard_is_not_recalled_as_one_of_the_name_itself()
    {
        // Somebody puts another signature in front, which says that the set was there as it is.
        ResolvedMessage Stolen()
        {
            ResolvedMessage message = _world.Message("a.example. A", answers: "[example. 1] a.example. A 192.0.2.1");
            Rrset set = message.Answers[0];
            RrsigData.TryRead(set.Signatures[0].Data, out RrsigData rrsig).ShouldBeTrue();
            DnsRecord forged = set.Signatures[0] with { Data = (rrsig with { Labels = 2 }).ToArray() };
            message.Answers[0] = new Rrset(set.Records, [forged, set.Signatures[0]], set.Ttl);
            return message;
        }

        Validator validator = _world.Validator();
        ResolvedMessage first = _world.Validate(Stolen(), validator);
        (first.Security, first.Answers[0].Security).ShouldBe((Security.Bogus, Security.Bogus));

        // With a proof it is secure, and needs one again when it comes without.
        ResolvedMessage proven = Stolen();
        proven.Authorities.AddRange(_world.Section("[example.] *.example. NSEC ns.example. A RRSIG NSEC"));
        Rrset secure = _world.Validate(proven, validator).Answers[0];
        secure.Security.ShouldBe(Security.Secure);
        var recalled = new ResolvedMessage(proven.Question, DnsRcode.NoError) { Answers = { secure } };
        _world.Validate(recalled, validator).Security.ShouldBe(Security.Bogus);
        _world.Ledger.Signatures.ShouldBe(0, "the signature itself was known to be good");
    }

    [Theory]
    [InlineData(DnsRcode.NXDomain)]
    [InlineData(DnsRcode.YXDomain)]
    public void An_rcode_that_does_not_fit_what_is_proven_is_put_right(DnsRcode rcode)
    {
        ResolvedMessage positive = _world.Validate(_world.Message("www.example. A", rcode, "[example.] www.example. A 192.0.2.1"));
        (positive.Security, positive.Rcode).ShouldBe((Security.Secure, DnsRcode.NoError));
        ResolvedMessage alias = _world.Validate(_world.Message("a.example. A", rcode, "[example.] a.example. CNAME www.example.\n[example.] www.example. A 192.0.2.1"));
        (alias.Security, alias.Rcode).ShouldBe((Security.Secure, DnsRcode.NoError));
        ResolvedMessage noData = _world.Validate(_world.Message("www.example. A", rcode, authorities: Soa + "[example.] www.example. NSEC z.example. MX RRSIG NSEC"));
        (noData.Security, noData.Rcode).ShouldBe((Security.Secure, DnsRcode.NoError));
    }

    [Fact]
    public void What_is_not_there_must_be_proven_with_its_SOA_signed()
    {
        const string Gap = "[example.] *.example. NSEC ns.example. A RRSIG NSEC\n[example.] example. NSEC *.example. NS SOA RRSIG NSEC DNSKEY";
        _world.Validate(_world.Message("nowhere.example. A", DnsRcode.NXDomain, authorities: Soa + "[example.] m.example. NSEC ns.example. A RRSIG NSEC\n[example.] example. NSEC a.example. NS SOA RRSIG NSEC DNSKEY"))
            .Security.ShouldBe(Security.Secure);
        _world.Validate(_world.Message("nowhere.example. A", DnsRcode.NXDomain, authorities: Soa + Gap)).Security.ShouldBe(Security.Bogus, "the wildcard is there");
        _world.Validate(_world.Message("nowhere.example. MX", authorities: Soa + Gap)).Security.ShouldBe(Security.Secure, "the wildcard has no MX");
        _world.Validate(_world.Message("nowhere.example. MX", authorities: Soa[10..] + Gap)).Security.ShouldBe(Security.Bogus, "SOA without signature");
        _world.Validate(_world.Message("nowhere.example. MX", authorities: Soa)).Error!.Text.ShouldBe("example. does not prove that nowhere.example. has no MX record");

        // NXDOMAIN for a name that has names below it is put right.
        ResolvedMessage between = _world.Validate(_world.Message("b.example. A", DnsRcode.NXDomain, authorities: Soa + "[example.] a.example. NSEC a.b.example. A RRSIG NSEC"));
        (between.Security, between.Rcode).ShouldBe((Security.Secure, DnsRcode.NoError));
    }

    [Fact]
    public void Sets_that_nobody_needs_are_stripped_and_do_not_spoil_the_answer()
    {
        ResolvedMessage message = _world.Validate(_world.Message("mx.example. MX",
            answers: "[example.] mx.example. MX 1 mail.example.",
            authorities: "example. NS evil.example.\n[example.] plain.example. NSEC z.example. NS RRSIG NSEC",
            additionals: "[example.] mail.example. A 192.0.2.1\nmail.example. AAAA 2001:db8::1\n[sub.example.] other.sub.example. A 192.0.2.1"));
        message.Security.ShouldBe(Security.Secure);
        message.Authorities.ShouldHaveSingleItem().Type.ShouldBe(DnsType.NSEC);
        message.Additionals.ShouldHaveSingleItem().Type.ShouldBe(DnsType.A);
    }

    [Fact]
    public void ANY_is_secure_when_all_its_sets_are_and_an_alias_in_it_is_not_followed()
    {
        _world.Validate(_world.Message("a.example. ANY", answers: "[example.] a.example. A 192.0.2.1\n[example.] a.example. MX 1 b.example.")).Security.ShouldBe(Security.Secure);
        _world.Validate(_world.Message("a.example. ANY", answers: "[example.] a.example. CNAME b.example.")).Security.ShouldBe(Security.Secure);
        _world.Validate(_world.Message("a.example. ANY", answers: "[example.] a.example. A 192.0.2.1\na.example. MX 1 b.example.")).Security.ShouldBe(Security.Bogus);
        _world.Validate(_world.Message("a.example. ANY")).Security.ShouldBe(Security.Bogus);
    }

    [Fact]
    public void Bogus_keys_are_asked_for_again_elsewhere_then_left_alone_twice_as_long_each_time()
    {
        var avoided = new List<int>();
        ResolvedMessage Wrong(IReadOnlyCollection<IpAddress>? avoid)
        {
            avoided.Add(avoid?.Count ?? -1);
            return _world.Message("example. DNSKEY", answers: "[sub.example.] www.sub.example. A 192.0.2.1");
        }

        ResolvedMessage Ask(Validator with) => _world.Validate(_world.Message("www.example. A", answers: "[example.] www.example. A 192.0.2.1"), with);
        _world.Bend("example. DNSKEY", Wrong);
        Validator validator = _world.Validator();
        ResolvedMessage first = Ask(validator);
        first.Security.ShouldBe(Security.Bogus);
        first.Error!.Code.ShouldBe(ExtendedErrorCode.DnskeyMissing);
        avoided.ShouldBe([-1, 1, 2, 3, 4, 5]);
        avoided.Clear();
        foreach (int seconds in (int[])[59, 119, 239])
        {
            _world.Time.Advance(TimeSpan.FromSeconds(seconds));
            Ask(validator).Security.ShouldBe(Security.Bogus);
            avoided.ShouldBeEmpty("it is still left alone");
            _world.Time.Advance(TimeSpan.FromSeconds(2));
            Ask(validator).Security.ShouldBe(Security.Bogus);
            avoided.Count.ShouldBe(6);
            avoided.Clear();
        }

        // The second server is a good one.
        _world.Bend("example. DNSKEY", avoid => avoid is null ? Wrong(avoid) : _world.Straight(new DnsQuestion(DomainName.Parse("example."), DnsType.DNSKEY)));
        _world.Time.Advance(TimeSpan.FromHours(1));
        Ask(validator).Security.ShouldBe(Security.Secure);
        avoided.ShouldBe([-1]);
    }

    [Fact]
    public void Algorithms_and_digests_that_are_not_known_make_a_zone_unsigned_and_not_bogus()
    {
        ResolvedMessage Ask(string ds)
        {
            _world.Bend("example. DS", _ => _world.Message("example. DS", answers: $"[.] example. DS {ds}"));
            return _world.Validate(_world.Message("www.example. A", answers: "www.example. A 192.0.2.1"));
        }

        string digest = new('0', 64);
        ResolvedMessage message = Ask($"1 253 2 {digest}");
        (message.Security, message.Error!.Code).ShouldBe((Security.Insecure, ExtendedErrorCode.UnsupportedDnskeyAlgorithm));
        message = Ask($"1 13 99 {digest}");
        (message.Security, message.Error!.Code).ShouldBe((Security.Insecure, ExtendedErrorCode.UnsupportedDsDigestType));
        Ask($"1 13 2 {digest}").Security.ShouldBe(Security.Bogus);
        Ask($"1 5 1 {digest[..40]}").Security.ShouldBe(Security.Bogus);
        _world.Settings = new ResolverSettings { AcceptSha1 = false };
        Ask($"1 5 1 {digest[..40]}").Security.ShouldBe(Security.Insecure);
        Ask($"1 13 1 {digest[..40]}").Security.ShouldBe(Security.Insecure);
    }

    [Fact]
    public void A_weaker_digest_will_do_unless_downgrades_are_hardened_against()
    {
        Signer example = _world["example."];
        _world.Bend("example. DS", _ =>
        {
            DnsRecord right = example.DsRecord(DigestType.Sha1);
            DsData.TryRead(example.DsRecord().Data, out DsData wrong).ShouldBeTrue();
            byte[] digest = wrong.Digest.ToArray();
            digest[0] ^= 1;
            var set = new Rrset([right, right with { Data = (wrong with { Digest = digest }).ToArray() }], [], 3600);
            return new ResolvedMessage(new DnsQuestion(example.Zone, DnsType.DS), DnsRcode.NoError) { Answers = { _world["."].Signed(set, _world.Time.Now) } };
        });
        ResolvedMessage Ask() => _world.Validate(_world.Message("www.example. A", answers: "[example.] www.example. A 192.0.2.1"));
        Ask().Security.ShouldBe(Security.Secure);
        _world.Settings = new ResolverSettings { HardenAlgorithmDowngrade = true };
        Ask().Security.ShouldBe(Security.Bogus);
    }

    [Fact]
    public void A_DS_question_answered_with_an_alias_or_from_the_childs_side_is_no_delegation_and_no_proof()
    {
        ResolvedMessage Ask() => _world.Validate(_world.Message("www.a.example. A", answers: "[example.] www.a.example. A 192.0.2.1"));
        _world.Bend("a.example. DS", _ => _world.Message("a.example. DS", answers: "[example.] a.example. CNAME b.example."));
        Ask().Security.ShouldBe(Security.Secure);
        _world.Validate(_world.Message("www.a.example. A", answers: "www.a.example. A 192.0.2.1")).Security.ShouldBe(Security.Bogus, "no signature, no cut");
        _world.Bend("a.example. DS", _ => _world.Message("a.example. DS", answers: "a.example. CNAME b.example."));
        _world.Validate(_world.Message("www.a.example. A", answers: "www.a.example. A 192.0.2.1")).Security.ShouldBe(Security.Bogus);

        _world.Bend("plain.example. DS", _ => _world.Message("plain.example. DS", authorities: "[example.] plain.example. NSEC z.example. NS SOA RRSIG NSEC"));
        _world.Validate(_world.Message("www.plain.example. A", answers: "www.plain.example. A 192.0.2.1")).Security.ShouldBe(Security.Bogus);
    }

    [Fact]
    public void What_servers_do_not_tell_makes_bogus_and_the_ledgers_end_is_not_remembered()
    {
        _world.Bend("example. DNSKEY", _ => ResolvedMessage.Failed(new DnsQuestion(DomainName.Parse("example."), DnsType.DNSKEY), NameFailure.TimedOut,
            ExtendedErrorCode.NoReachableAuthority, "all servers of example. stay silent"));
        ResolvedMessage silent = _world.Validate(_world.Message("www.example. A", answers: "[example.] www.example. A 192.0.2.1"));
        silent.Error.ShouldBe(new ExtendedError(ExtendedErrorCode.NoReachableAuthority, "example. DNSKEY could not be had: all servers of example. stay silent"));

        using var other = new SignedWorld { Settings = new ResolverSettings { MostSignatures = 3 } };
        Validator validator = other.Validator();
        ResolvedMessage Ask() => other.Validate(other.Message("www.sub.example. A", answers: "[sub.example.] www.sub.example. A 192.0.2.1"), validator);
        Ask().Error!.Text.ShouldBe("3 signatures were checked for this one question");
        Ask().Security.ShouldBe(Security.Secure, "the second question has the keys above and a ledger of its own");
    }

    [Fact]
    public void The_log_tells_the_chain_and_the_verdict()
    {
        var recorder = new EventRecorder();
        using (_world.Log.Subscribe(recorder))
            _world.Validate(_world.Message("www.example. A", answers: "[example.] www.example. A 192.0.2.1"));
        recorder.Events.Select(e => e.What).OfType<ZoneTrustFound>().Select(e => $"{e.Zone} {e.Verdict}").ShouldBe([". Secure", "example. Secure"]);
        recorder.Events.Select(e => e.What).OfType<SetVerified>().Select(e => $"{e.Name} {e.Type} {e.Verdict}").ShouldBe(["example. DS Secure", "www.example. A Secure"]);
        AnswerValidated verdict = recorder.Events.Select(e => e.What).OfType<AnswerValidated>().ShouldHaveSingleItem();
        verdict.Explanation.ShouldBe($"www.example. A is signed by key {_world["example."].Key.KeyTag} of example.");
    }
}
