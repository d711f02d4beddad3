using FsCheck;
using FsCheck.Fluent;

namespace Wirepath.Url.Tests;

/// <summary>What holds for every input, drawn from the pieces that parsers stumble over.</summary>
public sealed class UrlProperties
{
    private static readonly string[] Pieces =
    [
        "http:", "https:", "file:", "ws:", "mailto:", "web+demo:", "//", "/", "\\", "@", ":", "?", "#", "[", "]", "::", "::1", "1.2.3.4", "0x7f.1", "..", ".", "%2e", "%", "%41",
        "a", "Z", "example.com", "xn--", "xn--fa-hia", "例子", "中国", "。", "ß", "\u00AD", "\u200D", "\uD800", "\uDC00", "\U0001F600", "\uFFFF", "\0", "\t", "\n", " ", "|", "C|", "C:",
        "80", "443", "65536", "^", "`", "{", "'", "\"", "<", "a=b", "&", "+", "\u05D0", "\u0660", "\u0301",
    ];

    private static Gen<string> Texts => Gen.Frequency(
        (4, Gen.Elements(Pieces).ArrayOf().Select(string.Concat)),
        (1, Gen.Choose(0, 0xFFFF).Select(c => (char)c).ArrayOf().Select(chars => new string(chars))));

    private static readonly UrlRecord?[] Bases = [null, Parse("http://user@example.com:81/a/b?q#f"), Parse("file:///C:/x/y"), Parse("mailto:someone"), Parse("web+demo:/p/q")];

    [Fact]
    public void Parsing_never_throws_and_says_why_it_failed() =>
        Prop.ForAll(Texts.ToArbitrary(), text =>
        {
            foreach (UrlRecord? from in Bases)
            {
                var errors = new List<UrlValidationError>();
                bool parsed = UrlRecord.TryParse(text, from, errors, out UrlRecord? url, out UrlFailure? failure);
                UrlRecord.CanParse(text, from).ShouldBe(parsed);
                errors.TrueForAll(e => e.Position >= 0 && e.Position <= text.Length).ShouldBeTrue();
                if (parsed)
                {
                    UrlAnatomy.Of(url!, text).Components.All(c => c.Start < 0 || url!.Href.IndexOf(c.Raw, c.Start, StringComparison.Ordinal) == c.Start).ShouldBeTrue();
                }
                else
                {
                    failure!.Position.ShouldBeInRange(0, text.Length);
                    failure.Message.ShouldEndWith(".");
                    errors[^1].Name.ShouldBe(failure.Name);
                }
            }
        }).Check(Many);

    [Fact]
    public void Parsing_what_was_serialised_gives_the_same_url() =>
        Prop.ForAll(Texts.ToArbitrary(), text =>
        {
            foreach (UrlRecord? from in Bases)
            {
                if (UrlRecord.TryParse(text, from, out UrlRecord? url, out _))
                {
                    UrlRecord again = Parse(url.Href);
                    again.Href.ShouldBe(url.Href);
                    again.Offsets.ShouldBe(url.Offsets);
                }
            }
        }).Check(Many);

    [Fact]
    public void The_address_bar_takes_anything_and_is_content_with_its_own_work() =>
        Prop.ForAll(Texts.ToArbitrary(), text =>
        {
            AddressBarFixUp once = AddressBar.FixUp(text);
            if (UrlRecord.CanParse(once.Url))
            {
                AddressBarFixUp twice = AddressBar.FixUp(once.Url);
                twice.Url.ShouldBe(once.Url);
                twice.Changes.ShouldBeEmpty();
            }
        }).Check(Many);

    [Fact]
    public void Punycode_gives_back_what_it_was_given() =>
        Prop.ForAll(Gen.Choose(0x80, 0x10FFFF).Where(c => c is < 0xD800 or > 0xDFFF).NonEmptyListOf().ToArbitrary(), points =>
        {
            var decoded = new List<int>();
            Punycode.TryDecode(Punycode.Encode([.. points]), decoded).ShouldBeTrue();
            decoded.ShouldBe(points);
        }).Check(Many);

    private static Config Many => Config.QuickThrowOnFailure.WithMaxTest(1000);

    private static UrlRecord Parse(string text) => UrlRecord.TryParse(text, null, out UrlRecord? url, out UrlFailure? failure) ? url : throw new InvalidOperationException(failure.Message);
}
