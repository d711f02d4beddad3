namespace Wirepath.Url.Tests;

public sealed class AddressBarTests
{
    [Theory]
    [InlineData("example.com", "http://example.com/", "SchemeAdded PathAdded")]
    [InlineData(" HTTP://A..B ", "http://a..b/", "BlanksDropped LowerCased PathAdded")]
    [InlineData("例子.中国/路", "http://xn--fsqu00a.xn--fiqs8s/%E8%B7%AF", "SchemeAdded HostToAscii PercentEncoded")]
    [InlineData("localhost:8080/x", "http://localhost:8080/x", "SchemeAdded")]
    [InlineData("example.com:8080", "http://example.com:8080/", "SchemeAdded PathAdded")]
    [InlineData("[::1]:80", "http://[::1]/", "SchemeAdded DefaultPortDropped PathAdded")]
    [InlineData("//example.com/a", "http://example.com/a", "SchemeAdded")]
    [InlineData("http:example.com/", "http://example.com/", "SlashesPutRight")]
    [InlineData("https:\\\\example.com\\x", "https://example.com/x", "SlashesPutRight")]
    [InlineData("127.1/", "http://127.0.0.1/", "SchemeAdded AddressNormalised")]
    [InlineData("http://example.com/a/../b", "http://example.com/b", "DotSegmentsResolved")]
    [InlineData("http://example.com/", "http://example.com/", "")]
    [InlineData("mailto:someone@example.com", "mailto:someone@example.com", "")]
    public void What_was_changed_is_said(string typed, string url, string changes)
    {
        AddressBarFixUp fixedUp = AddressBar.FixUp(typed);
        fixedUp.Url.ShouldBe(url);
        string.Join(' ', fixedUp.Notes.Select(n => n.Change)).ShouldBe(changes);
        fixedUp.Changes.ShouldAllBe(words => words.EndsWith('.'));
    }

    [Fact]
    public void What_cannot_be_put_right_is_left_for_the_parser_to_explain()
    {
        string url = AddressBar.FixUp("exa mple.com").Url;
        url.ShouldBe("http://exa mple.com");
        UrlRecord.TryParse(url, null, out _, out UrlFailure? failure).ShouldBeFalse();
        failure!.Name.ShouldBe("domain-to-ASCII");
    }

    [Fact]
    public void The_anatomy_shows_each_component_as_sent_and_as_read()
    {
        UrlRecord.TryParse("https://u%40x@bücher.example/a%20b/%E8%B7%AF?q=%C3%BC+1&flag#top%21", null, out UrlRecord? url, out _).ShouldBeTrue();
        UrlAnatomy anatomy = UrlAnatomy.Of(url!, null);

        anatomy.UnicodeHost.ShouldBe("bücher.example");
        anatomy.Components.Select(c => $"{c.Part}: {c.Decoded} [{c.Note}]").ShouldBe(
        [
            "Scheme: https [None]",
            "Username: u@x [PercentEncoded]",
            "Host: bücher.example [InternationalisedName]",
            "Port: 443 [DefaultPort]",
            "PathSegment: a b [PercentEncoded]",
            "PathSegment: 路 [PercentEncoded]",
            "QueryPair: q = ü 1 [PercentEncoded]",
            "QueryPair: flag [None]",
            "Fragment: top! [PercentEncoded]",
        ]);
    }
}
