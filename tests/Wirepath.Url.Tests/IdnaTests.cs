using System.Text;

namespace Wirepath.Url.Tests;

/// <summary>UTS 46 with its flags; web-platform-tests' files hold what the URL standard makes of it.</summary>
public sealed class IdnaTests
{
    private static readonly IdnaOptions s_bare = new() { CheckBidi = false, CheckJoiners = false };

    public static TheoryData<string, IdnaOptions, string?> Flags => new()
    {
        { "faß.de", IdnaOptions.Url, "xn--fa-hia.de" },
        { "faß.de", IdnaOptions.Url with { TransitionalProcessing = true }, "fass.de" },
        { "βόλος", IdnaOptions.Url with { TransitionalProcessing = true }, "xn--nxasmq6b" },
        { "ẞ", IdnaOptions.Url with { TransitionalProcessing = true }, "ss" },
        { "-a", IdnaOptions.Url, "-a" },
        { "-a", IdnaOptions.Url with { CheckHyphens = true }, null },
        { "a-", IdnaOptions.Url with { CheckHyphens = true }, null },
        { "ab--c", IdnaOptions.Url with { CheckHyphens = true }, null },
        { "a_b", IdnaOptions.Url, "a_b" },
        { "a_b", IdnaOptions.Url with { UseStd3AsciiRules = true }, null },
        { "≠", IdnaOptions.Url with { UseStd3AsciiRules = true }, "xn--1ch" },
        { "a..b", IdnaOptions.Url, "a..b" },
        { "a..b", IdnaOptions.Url with { VerifyDnsLength = true }, null },
        { "a.", IdnaOptions.Url with { VerifyDnsLength = true }, null },
        { new string('a', 63), IdnaOptions.Strict, new string('a', 63) },
        { new string('a', 64), IdnaOptions.Strict, null },
        { string.Join('.', Enumerable.Repeat("aaaaaaaaa", 26)), IdnaOptions.Strict, null },
        { "xn--0", IdnaOptions.Url, null },
        { "xn--0", IdnaOptions.Url with { IgnoreInvalidPunycode = true }, "xn--0" },
        { "xn--a-ecp.ru", IdnaOptions.Url, null },
        { "א0٠", IdnaOptions.Url, null },
        { "א0٠", s_bare, "xn--0-zhc74b" },
        { "1.א", IdnaOptions.Url, null },
        { "a.אא", IdnaOptions.Url, "a.xn--4dba" },
        { "a\u200Db", IdnaOptions.Url, null },
        { "क्\u200Dष", IdnaOptions.Url, "xn--11b2ezcw70k" },
        { "نامه\u200Cای", IdnaOptions.Url, "xn--mgba3gch31f060k" },
        { "\u0301a", IdnaOptions.Url, null },
        { "a\u0300", IdnaOptions.Url, "xn--0ca" },
        { "\u1112\u1161\u11AB", IdnaOptions.Url, "xn--6q8b" },
        { "㋿.ＥＸ。ｊｐ", IdnaOptions.Url, "xn--nnqt1l.ex.jp" },
        { "\U0001FBF0", IdnaOptions.Url, "0" },
        { "\uD800", IdnaOptions.Url, null },
        { "\u0378", IdnaOptions.Url, null },
    };

    [Theory]
    [MemberData(nameof(Flags))]
    public void A_flag_decides(string domain, IdnaOptions options, string? ascii)
    {
        bool right = Idna.TryToAscii(domain, options, out string got, out IdnaProblem problem);
        right.ShouldBe(ascii is not null, problem.ToString());
        (problem.Error == IdnaError.None).ShouldBe(right);
        got.ShouldBe(ascii ?? "");
    }

    [Theory]
    [InlineData("xn--bcher-kva.example", "bücher.example", true)]
    [InlineData("BÜCHER.example", "bücher.example", true)]
    [InlineData("xn--0.xn--bcher-kva", "xn--0.bücher", false)]
    [InlineData("xn--ls8h", "💩", true)]
    public void To_Unicode_shows_what_it_can(string domain, string unicode, bool right)
    {
        Idna.TryToUnicode(domain, IdnaOptions.Url, out string got, out _).ShouldBe(right);
        got.ShouldBe(unicode);
    }

    [Fact]
    public void A_url_shows_its_host_in_Unicode_unless_that_would_not_come_back()
    {
        UrlRecord.Parse("http://xn--fsqu00a.xn--fiqs8s/").UnicodeHost.ShouldBe("例子.中国");
        UrlRecord.Parse("http://xn--8i7caa.x/").UnicodeHost.ShouldBe("xn--8i7caa.x");
        UrlRecord.Parse("http://[::1]/").UnicodeHost.ShouldBe("[::1]");
        UrlRecord.Parse("mailto:a").UnicodeHost.ShouldBeNull();
        Idna.UnicodeVersion.ShouldBe("17.0.0");
    }

    // .NET's normalisation knows Unicode too where it is there at all; where its version is older it knows fewer code points, none otherwise.
    [Theory]
    [InlineData("e\u0301\u0323", "\u1EB9\u0301")]
    [InlineData("\u0344", "\u0308\u0301")]
    [InlineData("\u212B", "\u00C5")]
    [InlineData("\u1100\u1161\u11A8", "\uAC01")]
    [InlineData("\uAC00\u11A8", "\uAC01")]
    [InlineData("\u0958", "\u0915\u093C")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165")]
    [InlineData("a\u0315\u0300\u05AE\u0062", "\u00E0\u05AE\u0315b")]
    public void Text_is_composed_by_own_tables(string text, string composed)
    {
        var points = new GrowingBuffer<int>(new int[2]);
        foreach (Rune rune in text.EnumerateRunes())
            points.Add(rune.Value);
        Nfc.IsNormalized(points.Written).ShouldBe(text == composed);
        Nfc.Normalize(ref points);
        string.Concat(points.Written.ToArray().Select(char.ConvertFromUtf32)).ShouldBe(composed);
        Nfc.IsNormalized(points.Written).ShouldBeTrue();
    }

    [Fact]
    public void Many_marks_in_a_row_and_endless_labels_take_no_endless_time()
    {
        string marks = "a" + string.Concat(Enumerable.Repeat("\u0315\u0300\u0323", 100_000));
        UrlRecord.TryParse($"http://{marks}.x/", out _).ShouldBeFalse();
        UrlRecord.TryParse($"http://{new string('é', 1_000_000)}/", out _).ShouldBeFalse();
        UrlRecord.TryParse($"http://é.xn--{new string('a', 1_000_000)}/", out _).ShouldBeFalse();
        UrlRecord.TryParse($"http://é.{string.Join('.', Enumerable.Repeat("ü", 100_000))}/", out _).ShouldBeTrue();
    }
}
