namespace Wirepath.Url.Tests;

public sealed class UrlObjectTests
{
    [Fact]
    public void Setters_chain_as_in_JavaScript()
    {
        var url = new UrlObject("http://example.com/a?x=1#f")
        {
            Protocol = "https",
            Username = "me",
            Password = "se cret",
            Host = "例子.中国:8443",
            Pathname = "/ü/../b c",
            Search = "q=ü",
            Hash = "top",
        };
        url.Href.ShouldBe("https://me:se%20cret@xn--fsqu00a.xn--fiqs8s:8443/b%20c?q=%C3%BC#top");
        url.Origin.ShouldBe("https://xn--fsqu00a.xn--fiqs8s:8443");
        (url.Hostname, url.Port, url.Host).ShouldBe(("xn--fsqu00a.xn--fiqs8s", "8443", "xn--fsqu00a.xn--fiqs8s:8443"));
        url.Port = "443";
        url.Port.ShouldBe("");
        url.Href = "mailto:a@b";
        (url.Hostname, url.Pathname, url.Origin, url.ToString()).ShouldBe(("", "a@b", "null", "mailto:a@b"));
        Should.Throw<FormatException>(() => url.Href = "no url").Message.ShouldContain("There is no scheme");
        url.Href.ShouldBe("mailto:a@b");
    }

    [Fact]
    public void A_setter_that_is_refused_gives_the_same_record_and_one_that_is_not_leaves_the_old_one_alone()
    {
        UrlRecord url = UrlRecord.Parse("http://h/a");
        url.WithHost("a b").ShouldBeSameAs(url);
        url.WithHost("x").Href.ShouldBe("http://x/a");
        url.Href.ShouldBe("http://h/a");
    }

    [Fact]
    public void The_query_and_its_pairs_are_two_views_of_one_thing()
    {
        var url = new UrlObject("https://example.org/?a=b ~");
        url.Href.ShouldBe("https://example.org/?a=b%20~");
        UrlSearchParams pairs = url.SearchParams;
        pairs.Sort();
        url.Href.ShouldBe("https://example.org/?a=b+%7E");
        url.Search = "?x=1&y=2&x=3";
        pairs.GetAll("x").ShouldBe(["1", "3"]);
        pairs.Set("x", "9");
        url.Search.ShouldBe("?x=9&y=2");
        pairs.Delete("y");
        pairs.Delete("x", "no");
        pairs.Has("x", "9").ShouldBeTrue();
        pairs.Delete("x", "9");
        url.Href.ShouldBe("https://example.org/");
        pairs.Append("é", "\uD800+");
        url.Search.ShouldBe("?%C3%A9=%EF%BF%BD%2B");
        url.Href = "http://h/?k";
        url.SearchParams.ShouldBeSameAs(pairs);
        pairs.ShouldBe([KeyValuePair.Create("k", "")]);
    }

    [Fact]
    public void A_record_is_equal_to_another_by_its_text_with_or_without_the_fragment()
    {
        UrlRecord a = UrlRecord.Parse("HTTP://h:80/a#x"), b = UrlRecord.Parse("http://h/a#y");
        a.Equals(b).ShouldBeFalse();
        a.EqualsWithoutFragment(b).ShouldBeTrue();
        a.ShouldBe(UrlRecord.Parse("http://h/a#x"));
        a.GetHashCode().ShouldBe(UrlRecord.Parse("http://h/a#x").GetHashCode());
    }

    [Fact]
    public void A_string_that_is_its_own_serialisation_is_kept()
    {
        foreach (string text in (string[])["https://example.com/a?b#c", "mailto:a@b", "file:///x", "http://1.2.3.4/", "http://u:p@h:8080/"])
            UrlRecord.Parse(text).Href.ShouldBeSameAs(text);
    }

    [Theory]
    [InlineData("https://example.com/a?b#c", "https://example.com/a?b#c")]
    [InlineData("http://[::1]:8080/x", "http://[::1]:8080/x")]
    [InlineData("mailto:a@b.c", "mailto:a@b.c")]
    [InlineData("file:///tmp/x", "file:///tmp/x")]
    [InlineData("http://H:80/a/../b", "http://h/b")]
    public void System_Uri_goes_in_and_out(string text, string href)
    {
        UrlRecord url = UrlRecord.FromUri(new Uri(text, UriKind.RelativeOrAbsolute))!;
        url.Href.ShouldBe(href);
        url.ToUri()!.AbsoluteUri.ShouldBe(href);
        UrlRecord.FromUri(url.ToUri()!)!.ShouldBe(url);
    }

    [Fact]
    public void A_relative_Uri_needs_a_base_and_what_Uri_refuses_is_null()
    {
        UrlRecord.FromUri(new Uri("../x", UriKind.Relative)).ShouldBeNull();
        UrlRecord.FromUri(new Uri("../x", UriKind.Relative), UrlRecord.Parse("http://h/a/b"))!.Href.ShouldBe("http://h/x");
        UrlRecord.Parse("http://a`b/").ToUri().ShouldBeNull();
    }

    [Fact]
    public void Validating_and_parsing_what_is_normal_allocate_nothing_and_one_object()
    {
        string[] urls = ["https://www.example.com/articles/a.html?from=home&page=2#c", "http://h:8080/", "https://user@1.2.3.4/../x y", "HTTP://EX.com", "mailto:x"];
        long Allocated(Action action)
        {
            for (int i = 0; i < 200; i++)
                action();
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        // The unoptimised code of the first calls boxes here and there: it is given time to go.
        bool none = SpinWait.SpinUntil(() => Allocated(() => Array.ForEach(urls, url => UrlRecord.CanParse(url))) == 0, TimeSpan.FromSeconds(20));
        none.ShouldBeTrue();
        Allocated(() => _ = UrlRecord.TryParse(urls[0], out _)).ShouldBeLessThanOrEqualTo(64);
    }
}
