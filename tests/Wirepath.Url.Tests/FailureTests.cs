namespace Wirepath.Url.Tests;

/// <summary>Each way in which an input is no URL: the standard's name, where, and what a person is told.</summary>
public sealed class FailureTests
{
    [Theory]
    [InlineData("example.com", "missing-scheme-non-relative-URL", 0, "There is no scheme: a URL begins with one, such as \"http://\".")]
    [InlineData("http://", "host-missing", 7, "There is no host; \"http://\" is followed by a host name or address.")]
    [InlineData("http://user@/x", "host-missing", 12, "After \"@\" there is no host; a host name or address belongs there.")]
    [InlineData("http://:80/", "host-missing", 7, "Before the \":\" of the port there is no host; a host name or address belongs there.")]
    [InlineData("http://h:70000/", "port-out-of-range", 9, "Port 70000 is too large; a port is a number from 0 to 65535.")]
    [InlineData("http://h:8o/", "port-invalid", 10, "The port contains \"o\" (U+006F); a port is a number from 0 to 65535.")]
    [InlineData("http://a b/", "domain-to-ASCII", 8, "The host contains a blank (U+0020), which no domain name may contain; letters, digits, \"-\" and \".\" are right.")]
    [InlineData("http://é.xn--a/", "domain-to-ASCII", 9, "is no internationalised domain label: it encodes the invisible character U+0080, which")]
    [InlineData("http://a%00b/", "domain-to-ASCII", 8, "The host contains the control character U+0000")]
    [InlineData("http://a\uE000b/", "domain-to-ASCII", 8, "which is not allowed in an internationalised domain name.")]
    [InlineData("http://é.xn--0/", "domain-to-ASCII", 9, "is no internationalised domain label: what follows its \"xn--\" is not punycode (RFC 3492).")]
    [InlineData("http://\u00AD/", "domain-to-ASCII", 7, "Nothing is left of the host: all its characters are ones that a domain name ignores.")]
    [InlineData("web+demo://a^b/", "host-invalid-code-point", 12, "The host contains \"^\" (U+005E), which no host may contain.")]
    [InlineData("http://1.2.3.4.5/", "IPv4-too-many-parts", 7, "it has 5 parts; an IPv4 address has four.")]
    [InlineData("http://1.2.x.4/", "IPv4-non-numeric-part", 11, "it has the part \"x\", which is no number; write four numbers from 0 to 255.")]
    [InlineData("http://1..4/", "IPv4-non-numeric-part", 9, "it has an empty part; write four numbers from 0 to 255.")]
    [InlineData("http://256.1.1.1/", "IPv4-out-of-range-part", 7, "the part 256 is too large; here at most 255 is right.")]
    [InlineData("http://1.2.65536/", "IPv4-out-of-range-part", 11, "the part 65536 is too large; here at most 65535 is right.")]
    [InlineData("http://[::1/", "IPv6-unclosed", 10, "The IPv6 address is not closed: its \"[\" needs a \"]\" at the end.")]
    [InlineData("http://[:1]/", "IPv6-invalid-compression", 8, "An IPv6 address cannot begin with a single \":\"; \"::\" stands for zeros.")]
    [InlineData("http://[1:2:3:4:5:6:7:8:9]/", "IPv6-too-many-pieces", 24, "The IPv6 address has more than eight pieces.")]
    [InlineData("http://[1::2::3]/", "IPv6-multiple-compression", 13, "The IPv6 address has \"::\" twice; it may stand there once.")]
    [InlineData("http://[1:g::]/", "IPv6-invalid-code-point", 10, "each piece has one to four hexadecimal digits.")]
    [InlineData("http://[1:2:3]/", "IPv6-too-few-pieces", 8, "The IPv6 address has 3 pieces; it needs eight, or \"::\" for the zeros.")]
    [InlineData("http://[1:1:1:1:1:1:1:127.0.0.1]/", "IPv4-in-IPv6-too-many-pieces", 22, "before it an IPv6 address has at most six pieces.")]
    [InlineData("http://[ffff::.0.0.1]/", "IPv4-in-IPv6-invalid-code-point", 14, "begins with a dot; four numbers from 0 to 255 are right.")]
    [InlineData("http://[ffff::127.00.0.1]/", "IPv4-in-IPv6-invalid-code-point", 19, "leading zeros are not allowed there.")]
    [InlineData("http://[ffff::127.0.xyz.1]/", "IPv4-in-IPv6-invalid-code-point", 20, "where a digit was expected")]
    [InlineData("http://[ffff::127.0.0.4000]/", "IPv4-in-IPv6-out-of-range-part", 22, "above 255.")]
    [InlineData("http://[ffff::127.0.0]/", "IPv4-in-IPv6-too-few-parts", 14, "has 3 numbers; it needs four.")]
    public void A_failure_has_the_standards_name_a_place_and_one_clear_sentence(string input, string name, int position, string message)
    {
        UrlRecord.TryParse(input, null, out _, out UrlFailure? failure).ShouldBeFalse();
        failure!.Name.ShouldBe(name);
        failure.Position.ShouldBe(position);
        failure.Message.ShouldContain(message);
    }

    [Fact]
    public void The_place_counts_what_was_typed_blanks_and_line_breaks_included()
    {
        UrlRecord.TryParse("  ht\ntp://h:9x", null, out _, out UrlFailure? failure).ShouldBeFalse();
        failure!.Position.ShouldBe(13);
    }

    // The examples of the standard's table of validation errors that stop nothing, and what is like them.
    [Theory]
    [InlineData("http:\\\\h\\p", "special-scheme-missing-following-solidus@5+0 special-scheme-missing-following-solidus@5 special-scheme-missing-following-solidus@6 invalid-reverse-solidus@8")]
    [InlineData("http://u:p@h/", "invalid-credentials@10")]
    [InlineData(" http://h/ \n", "invalid-URL-unit@0 invalid-URL-unit@10+2")]
    [InlineData("http://h/\ta", "invalid-URL-unit@9")]
    [InlineData("http://h/a b%zz", "invalid-URL-unit@10 invalid-URL-unit@12")]
    [InlineData("http://h/\U0001F600\uFDD0\uFFFF", "invalid-URL-unit@11 invalid-URL-unit@12")]
    [InlineData("http://h/?a|b#c|d", "invalid-URL-unit@11 invalid-URL-unit@15")]
    [InlineData("mailto:a b", "invalid-URL-unit@8")]
    [InlineData("http://127.0.0.1./", "domain-to-ASCII@17+0 IPv4-empty-part@16")]
    [InlineData("http://127.1/", "IPv4-too-few-parts@7+5")]
    [InlineData("http://127.0.0x0.1/", "IPv4-non-decimal-part@13+3")]
    [InlineData("http://1.65793/", "IPv4-too-few-parts@7+7 IPv4-out-of-range-part@9+5")]
    [InlineData("http://[::01]/", "IPv6-piece-leading-zero@10+2")]
    [InlineData("http://ex%61mple.org/", "domain-percent-encoded@9+3")]
    [InlineData("http://a_b.c/", "domain-to-ASCII@8")]
    [InlineData("http://-a.c/", "domain-to-ASCII@7")]
    [InlineData("http://a.xn--a/", "domain-to-ASCII@9+5")]
    [InlineData("http://a..c/", "domain-to-ASCII@9+0")]
    [InlineData("file:c|/x", "special-scheme-missing-following-solidus@5+0 invalid-URL-unit@6")]
    [InlineData("file://c:", "file-invalid-Windows-drive-letter-host@7+2")]
    [InlineData("web+demo://h^/", null)]
    [InlineData("web+demo://h{/", "invalid-URL-unit@12")]
    [InlineData("https://example.org/a?b#c", "")]
    [InlineData("https://例子.中国/路", "")]
    public void What_is_tolerated_is_named_with_its_place(string input, string? errors)
    {
        var found = new List<UrlValidationError>();
        bool parsed = UrlRecord.TryParse(input, null, found, out _, out UrlFailure? failure);
        parsed.ShouldBe(errors is not null, failure?.Message);
        if (errors is not null)
            string.Join(' ', found.Select(e => $"{e.Name}@{e.Position}{(e.Length == 1 ? "" : $"+{e.Length}")}")).ShouldBe(errors);
        found.ShouldAllBe(e => e.Message.EndsWith('.'));
    }

    [Fact]
    public void A_drive_letter_against_a_file_base_is_named()
    {
        var found = new List<UrlValidationError>();
        UrlRecord.TryParse("c:/x", UrlRecord.Parse("file:///d:/"), found, out UrlRecord? url, out _).ShouldBeTrue();
        url!.Href.ShouldBe("c:/x", "it has the letters of a scheme");
        UrlRecord.TryParse("c|/x", UrlRecord.Parse("file:///d:/"), found, out url, out _).ShouldBeTrue();
        url!.Href.ShouldBe("file:///c:/x");
        found.Select(e => e.Name).ShouldBe(["file-invalid-Windows-drive-letter", "invalid-URL-unit"]);
    }

    // Each is an internationalised name that UTS 46 refuses, with what is pointed at.
    [Theory]
    [InlineData("http://a\uE000b/", IdnaError.Disallowed, "\uE000")]
    [InlineData("http://é.a\u2025b/", IdnaError.Disallowed, "\u2025")]
    [InlineData("http://x.\u0301é/", IdnaError.LeadingMark, "\u0301")]
    [InlineData("http://x.a\u200Dé/", IdnaError.Joiner, "\u200D")]
    [InlineData("http://x.\u05D0a/", IdnaError.Bidi, "\u05D0a")]
    [InlineData("http://é.xn--0/", IdnaError.Punycode, "xn--0")]
    [InlineData("http://é.xn--é/", IdnaError.PrefixBeforeNonAscii, "xn--é")]
    [InlineData("http://é.xn--8i7caa/", IdnaError.Disallowed, "xn--8i7caa")]
    [InlineData("http://é.xn--a-xbb/", IdnaError.NotNormalized, "xn--a-xbb")]
    [InlineData("http://é\uFF03/", IdnaError.ForbiddenAscii, "\uFF03")]
    [InlineData("http://x%E2%80%8D.example/", IdnaError.Joiner, "%E2%80%8D")]
    public void A_refused_domain_is_pointed_at(string input, IdnaError error, string at)
    {
        UrlRecord.TryParse(input, null, out _, out UrlFailure? failure).ShouldBeFalse();
        failure!.Name.ShouldBe("domain-to-ASCII");
        failure.Idna.ShouldBe(error);
        if (at.Length > 0)
            input.Substring(failure.Position, failure.Length).ShouldBe(at);
    }
}
