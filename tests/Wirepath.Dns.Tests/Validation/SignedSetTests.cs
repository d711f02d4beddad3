using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

/// <summary>Which bytes are signed: RFC 4034 §3.1.8.1, §6 and RFC 6840 §5.1.</summary>
public sealed class SignedSetTests
{
    private static readonly RrsigData s_signature = new(
        DnsType.MX, 8, 2, 3600, 2_000_000_000, 1_900_000_000, 12345, DomainName.Parse("Example.COM."), default);

    [Fact]
    public void A_set_is_signed_in_small_letters_in_order_of_its_data_with_the_original_ttl()
    {
        byte[] signed = SignedSet.Bytes(s_signature, Mx("Example.com.", (20, "B.Example.com."), (10, "a.example.com.")));
        signed.ShouldBe(SignedSet.Bytes(s_signature, Mx("eXAMPLE.com.", (10, "A.example.com."), (20, "b.example.COM."))));
        signed.ShouldBe((byte[])
        [
            .. s_signature.ToSignedPrefix(),
            .. DomainName.Parse("example.com.").Wire, 0, 15, 0, 1, 0, 0, 14, 16, 0, 17, 0, 10, .. DomainName.Parse("a.example.com.").Wire,
            .. DomainName.Parse("example.com.").Wire, 0, 15, 0, 1, 0, 0, 14, 16, 0, 17, 0, 20, .. DomainName.Parse("b.example.com.").Wire,
        ]);
    }

    [Fact]
    public void A_record_that_is_there_twice_but_for_the_case_of_letters_is_signed_once() =>
        SignedSet.Bytes(s_signature, Mx("example.com.", (10, "a."), (10, "A."))).ShouldBe(SignedSet.Bytes(s_signature, Mx("example.com.", (10, "a."))));

    [Fact]
    public void What_a_wildcard_made_is_signed_under_the_wildcards_name()
    {
        SignedSet.Bytes(s_signature, Mx("a.b.example.com.", (10, "m."))).ShouldBe(SignedSet.Bytes(s_signature, Mx("*.example.com.", (10, "m."))));
        SignedSet.SignedOwner(s_signature, DomainName.Parse("*.example.com.")).ShouldBe(DomainName.Parse("*.example.com."));
        Should.Throw<ArgumentException>(() => SignedSet.Bytes(s_signature, Mx("com.", (10, "m."))));
    }

    [Theory]
    [InlineData(DnsType.NS, "03414243000141", "03616263000141")]
    [InlineData(DnsType.SOA, "0141000142004142", "0161000162004142")]
    [InlineData(DnsType.SRV, "4142434445460141004142", "4142434445460161004142")]
    [InlineData((DnsType)26, "414201410001420041", "414201610001620041")]
    [InlineData((DnsType)26, "4142014100", "4142016100")]
    [InlineData((DnsType)26, "41420541", "41420561")]
    [InlineData(DnsType.NAPTR, "4142434401410142014301440041", "4142434401410142014301640041")]
    [InlineData(DnsType.NAPTR, "41424344FF41", "41424344FF41")]
    [InlineData((DnsType)38, "404141414141414141014200", "404141414141414141016200")]
    [InlineData(DnsType.NSEC, "0341424300", "0341424300")]
    [InlineData(DnsType.HINFO, "0341424300", "0341424300")]
    [InlineData(DnsType.SVCB, "00010341424300", "00010341424300")]
    public void Names_are_written_small_in_the_old_types_only_and_never_past_the_end(DnsType type, string data, string canonical) =>
        Convert.ToHexString(CanonicalData.Of(type, Convert.FromHexString(data))).ShouldBe(canonical);

    private static Rrset Mx(string owner, params (ushort Preference, string Exchange)[] servers) => new(
        Array.ConvertAll(servers, server => DnsRecord.ForMx(DomainName.Parse(owner), 60, new MxData(server.Preference, DomainName.Parse(server.Exchange)))), [], 60);
}
