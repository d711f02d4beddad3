using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

/// <summary>A set, its signatures, a zone's keys: RFC 4035 §5.3, and what KeyTrap wanted.</summary>
public sealed class RrsetVerifierTests : IDisposable
{
    private static readonly DateTimeOffset s_now = new FakeTime().Now;

    private readonly Signer _signer = new("example.com.");
    private readonly QueryBudget _ledger = new(new ResolverSettings(), Instant.Epoch);

    public void Dispose() => _signer.Dispose();

    [Fact]
    public void A_signed_set_is_secure_whatever_the_order_and_case_and_its_ttl_is_capped()
    {
        Rrset set = Set("www.example.com. 300 NS A.example.", "www.example.com. 300 NS b.Example.");
        RrsigData rrsig = _signer.Sign(set, s_now);
        SetVerdict verdict = Verify(Signer.With(set, rrsig));
        verdict.ShouldBe(new SetVerdict(Security.Secure, 300, -1, _signer.Key.KeyTag, 13, null));
        Verify(Signer.With(Set("WWW.example.COM. 9 NS B.example.", "www.EXAMPLE.com. 9 NS a.example."), rrsig)).Ttl.ShouldBe(9u);
        // RFC 4035 §5.3.3: a TTL that grew on the way shrinks again.
        Verify(Signer.With(Set("www.example.com. 90000 NS a.example.", "www.example.com. 90000 NS b.example."), rrsig)).Ttl.ShouldBe(300u);
        Verify(_signer.Signed(set, s_now, r => r with { Expiration = Seconds(s_now.AddSeconds(100)) })).Ttl.ShouldBe(100u);
    }

    [Fact]
    public void Any_flipped_bit_of_records_or_signature_makes_the_set_bogus()
    {
        Rrset good = _signer.Signed(Set("www.example.com. 300 A 192.0.2.1"), s_now);
        byte[] rrsig = good.Signatures[0].Data.ToArray();
        for (int bit = 0; bit < rrsig.Length * 8; bit++)
        {
            // The case of letters in the signer's name is nobody's business.
            if (bit / 8 is >= 18 and < 31 && bit % 8 == 5 && char.IsAsciiLetter((char)rrsig[bit / 8]))
                continue;
            var changed = new Rrset(good.Records, [good.Signatures[0] with { Data = Flipped(rrsig, bit) }], good.Ttl);
            Security security = Verify(changed, new QueryBudget(new ResolverSettings(), Instant.Epoch)).Security;
            security.ShouldBe(Security.Bogus, $"bit {bit} of the RRSIG");
        }

        for (int bit = 0; bit < 32; bit++)
        {
            var changed = new Rrset([good.Records[0] with { Data = Flipped(good.Records[0].Data.ToArray(), bit) }], good.Signatures, good.Ttl);
            Verify(changed).Security.ShouldBe(Security.Bogus);
        }

        Verify(Signer.With(Set("wwv.example.com. 300 A 192.0.2.1"), _signer.Sign(Set("www.example.com. 300 A 192.0.2.1"), s_now))).Security.ShouldBe(Security.Bogus);
    }

    [Theory]
    [InlineData(-20, -10, ExtendedErrorCode.SignatureExpired)]
    [InlineData(10, 20, ExtendedErrorCode.SignatureNotYetValid)]
    [InlineData(5, -5, ExtendedErrorCode.SignatureExpiredBeforeValid)]
    public void Signatures_out_of_their_time_say_so(int from, int to, ExtendedErrorCode code)
    {
        SetVerdict verdict = Verify(_signer.Signed(Set("example.com. 300 A 192.0.2.1"), s_now,
            r => r with { Inception = Seconds(s_now.AddDays(from)), Expiration = Seconds(s_now.AddDays(to)) }));
        verdict.Security.ShouldBe(Security.Bogus);
        verdict.Error!.Code.ShouldBe(code);
        Verify(_signer.Signed(Set("example.com. 300 A 192.0.2.1"), s_now,
            r => r with { Inception = Seconds(s_now.AddDays(from)), Expiration = Seconds(s_now.AddDays(to)) }), settings: new ResolverSettings { IgnoreSignatureTimes = true })
            .Security.ShouldBe(Security.Secure);
    }

    [Fact]
    public void A_clock_may_be_wrong_by_a_tenth_of_the_signatures_life_and_times_wrap_in_2106()
    {
        Rrset set = Set("example.com. 300 A 192.0.2.1");
        RrsigData Life(RrsigData r, double from, double to) => r with { Inception = Seconds(s_now.AddHours(from)), Expiration = Seconds(s_now.AddHours(to)) };
        Verify(_signer.Signed(set, s_now, r => Life(r, -20, -0.9))).Security.ShouldBe(Security.Secure, "within an hour, however short the life");
        Verify(_signer.Signed(set, s_now, r => Life(r, -20, -2.1))).Security.ShouldBe(Security.Bogus);
        Verify(_signer.Signed(set, s_now, r => Life(r, -2000, -23))).Security.ShouldBe(Security.Secure, "within a day");
        Verify(_signer.Signed(set, s_now, r => Life(r, -2000, -25))).Security.ShouldBe(Security.Bogus);

        var in2106 = new DateTimeOffset(2106, 2, 7, 12, 0, 0, TimeSpan.Zero);
        Verify(_signer.Signed(set, s_now, r => r with { Inception = uint.MaxValue - 86_400, Expiration = 864_000 }),
            settings: new ResolverSettings { ValidateAt = in2106 }).Security.ShouldBe(Security.Secure);
    }

    [Fact]
    public void A_set_made_from_a_wildcard_says_from_which_and_the_wildcard_itself_is_none()
    {
        Rrset wildcard = Set("*.example.com. 300 A 192.0.2.1");
        RrsigData rrsig = _signer.Sign(wildcard, s_now);
        Verify(Signer.With(wildcard, rrsig)).EncloserLabels.ShouldBe(-1);
        Verify(Signer.With(Set("a.b.example.com. 300 A 192.0.2.1"), rrsig)).EncloserLabels.ShouldBe(2);
        Verify(Signer.With(Set("a.b.example.org. 300 A 192.0.2.1"), rrsig)).Security.ShouldBe(Security.Bogus);

        // More labels than the owner has, or fewer than the signer.
        Verify(Signer.With(Set("example.com. 300 A 192.0.2.1"), rrsig with { Labels = 3 })).Security.ShouldBe(Security.Bogus);
        Rrset of = Set("*.com. 300 A 192.0.2.1");
        Verify(Signer.With(Set("www.example.com. 300 A 192.0.2.1"), _signer.Sign(of, s_now))).Security.ShouldBe(Security.Bogus);
        _ledger.Signatures.ShouldBe(2, "the rest was seen without arithmetic");
    }

    [Fact]
    public void Keys_that_are_not_for_the_zone_or_revoked_or_of_another_protocol_verify_nothing()
    {
        foreach (ushort flags in (ushort[])[0, 1, 256 | 128, 257 | 128])
        {
            using var signer = new Signer("example.com.", flags);
            SetVerdict verdict = Verifier().Verify(signer.Signed(Set("example.com. 300 A 192.0.2.1"), s_now), signer.Zone, [signer.Key], default, _ledger);
            verdict.Security.ShouldBe(Security.Bogus);
            verdict.Error!.Code.ShouldBe(ExtendedErrorCode.NoZoneKeyBitSet);
        }

        Verifier().Verify(_signer.Signed(Set("example.com. 300 A 192.0.2.1"), s_now), _signer.Zone, [_signer.Key with { Protocol = 2 }], default, _ledger)
            .Error!.Code.ShouldBe(ExtendedErrorCode.DnskeyMissing);
        Verify(Set("example.com. 300 A 192.0.2.1")).Error!.Code.ShouldBe(ExtendedErrorCode.RrsigsMissing);
        _ledger.Signatures.ShouldBe(0);
    }

    [Fact]
    public void KeyTrap_costs_a_few_checks_for_a_set_and_the_ledgers_limit_for_a_question()
    {
        // Keys that share a tag: swapping 16-bit words of the key does not change the sum.
        DnsKeyData key = _signer.Key;
        var keys = new List<DnsKeyData>();
        for (int i = 0; i < 30; i++)
        {
            byte[] bytes = key.PublicKey.ToArray();
            (bytes[2 * i], bytes[2 * i + 2]) = (bytes[2 * i + 2], bytes[2 * i]);
            (bytes[2 * i + 1], bytes[2 * i + 3]) = (bytes[2 * i + 3], bytes[2 * i + 1]);
            keys.Add(key with { PublicKey = bytes });
        }

        keys.ShouldAllBe(k => k.KeyTag == key.KeyTag);
        Rrset set = Set("example.com. 300 A 192.0.2.1");
        RrsigData rrsig = _signer.Sign(set, s_now);
        RrsigData[] wrong = [.. Enumerable.Range(0, 100).Select(i => rrsig with { Signature = Flipped(rrsig.Signature.ToArray(), i) })];
        SetVerdict verdict = Verifier().Verify(Signer.With(set, wrong), _signer.Zone, keys, default, _ledger);
        verdict.Security.ShouldBe(Security.Bogus);
        _ledger.Signatures.ShouldBe(8, "not 3,000");

        for (int i = 0; i < 20; i++)
            verdict = Verifier().Verify(Signer.With(set, wrong), _signer.Zone, keys, default, _ledger);
        _ledger.Signatures.ShouldBe(new ResolverSettings().MostSignatures);
        verdict.Error.ShouldBe(new ExtendedError(ExtendedErrorCode.Other, _ledger.Exhausted!));
    }

    [Fact]
    public void Where_each_algorithm_is_demanded_one_is_not_enough()
    {
        Rrset set = _signer.Signed(Set("example.com. 300 A 192.0.2.1"), s_now);
        Verifier().Verify(set, _signer.Zone, [_signer.Key], [13], _ledger).Security.ShouldBe(Security.Secure);
        SetVerdict verdict = Verifier().Verify(set, _signer.Zone, [_signer.Key], [8, 13], _ledger);
        verdict.Security.ShouldBe(Security.Bogus);
        verdict.Error!.Code.ShouldBe(ExtendedErrorCode.RrsigsMissing);
    }

    private SetVerdict Verify(Rrset set, QueryBudget? ledger = null, ResolverSettings? settings = null) =>
        Verifier(settings).Verify(set, _signer.Zone, [_signer.Key], default, ledger ?? _ledger);

    private static RrsetVerifier Verifier(ResolverSettings? settings = null)
    {
        settings ??= new ResolverSettings();
        return new RrsetVerifier(settings, new AlgorithmPolicy(settings), new FakeTime());
    }

    private static Rrset Set(params string[] lines) => SignedText.Sets(string.Join('\n', lines)).ShouldHaveSingleItem();

    private static uint Seconds(DateTimeOffset time) => (uint)time.ToUnixTimeSeconds();

    private static byte[] Flipped(byte[] bytes, int bit)
    {
        bytes = (byte[])bytes.Clone();
        bytes[bit >> 3] ^= (byte)(1 << (bit & 7));
        return bytes;
    }
}
