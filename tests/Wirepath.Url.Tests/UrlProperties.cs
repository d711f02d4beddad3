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
            var encoded = new GrowingBuffer<char>(new char[1]);
            Punycode.TryEncode([.. points], ref encoded).ShouldBeTrue();
            var decoded = new GrowingBuffer<int>(new int[1]);
            int[] label = [.. encoded.Written.ToString().Select(c => (int)c)];
            Punycode.TryDecode(label, ref decoded).ShouldBeTrue();
            decoded.Written.ToArray().ShouldBe(points);
        }).Check(Many);

    [Fact]
    public void The_fast_path_gives_what_the_parser_gives() =>
        Prop.ForAll(Gen.OneOf(Texts, NearlyNormal).ToArbitrary(), text =>
        {
            foreach (UrlRecord? from in Bases)
            {
                bool parsed = UrlRecord.TryParse(text, from, out UrlRecord? url), valid = UrlRecord.CanParse(text, from);
                FastPath.IsOff = true;
                try
                {
                    UrlRecord.TryParse(text, from, out UrlRecord? slow).ShouldBe(parsed);
                    UrlRecord.CanParse(text, from).ShouldBe(valid);
                    slow?.Href.ShouldBe(url!.Href);
                    slow?.Offsets.ShouldBe(url!.Offsets);
                }
                finally
                {
                    FastPath.IsOff = false;
                }

                valid.ShouldBe(parsed);
            }
        }).Check(Many);

    [Fact]
    public void The_fast_path_takes_what_it_is_there_for()
    {
        UrlOffsets at = default;
        foreach (string url in (string[])["https://www.example.com/", "http://a.b:8080/x/y.html?q=1&r=%41#top", "wss://chat.example/.", "ws://h/"])
            FastPath.TryRead(url, ref at, out _).ShouldBe(!url.EndsWith('.'), url);
    }

    [Fact]
    public void No_setter_leaves_a_url_that_is_none() =>
        Prop.ForAll(Texts.ToArbitrary(), Texts.Two().ToArbitrary(), Gen.Choose(0, 8).ListOf().ToArbitrary(), (text, values, which) =>
        {
            foreach (UrlRecord? from in Bases)
            {
                if (!UrlRecord.TryParse(text, from, out UrlRecord? record))
                    continue;
                var url = new UrlObject(record);
                foreach (int setter in which)
                {
                    string value = setter % 2 == 0 ? values.Item1 : values.Item2;
                    Set(url, setter, value);
                    UrlRecord again = Parse(url.Href);
                    again.Href.ShouldBe(url.Href);
                    again.Offsets.ShouldBe(url.Record.Offsets);
                }
            }
        }).Check(Many);

    [Fact]
    public void Every_legacy_encoding_takes_any_text()
    {
        LegacyEncoding[] encodings = [.. ((string[])["big5", "euc-kr", "euc-jp", "shift_jis", "iso-2022-jp", "gb18030", "gbk", "windows-1252", "koi8-r"]).Select(name => LegacyEncoding.Get(name)!)];
        Prop.ForAll(Texts.ToArbitrary(), text =>
        {
            foreach (LegacyEncoding encoding in encodings)
            {
                if (UrlRecord.TryParse("http://h/?" + text, null, encoding, out UrlRecord? url))
                    Parse(url.Href).Href.ShouldBe(url.Href);
            }
        }).Check(Many);
    }

    [Fact]
    public void A_form_gives_back_its_pairs() =>
        Prop.ForAll(Texts.Two().ListOf().ToArbitrary(), pairs =>
        {
            var form = new UrlSearchParams(pairs.Select(p => KeyValuePair.Create(p.Item1, p.Item2)));
            new UrlSearchParams("?" + form).ShouldBe(form);
        }).Check(Many);

    private static Gen<string> NearlyNormal =>
        from scheme in Gen.Elements("http://", "https://", "ws://", "wss://", "ftp://", "HTTP://")
        from host in Gen.Elements("example.com", "a.b.c", "h", "xn--a", "1.2.3.4", "a.0x", "a.1x", "A.b", "a_b", "a..b", "a.")
        from port in Gen.Elements("", ":", ":80", ":443", ":8080", ":0", ":00", ":65535", ":65536", ":x")
        from rest in Gen.Elements("/", "/a", "/./", "/..", "/.a", "/%2e", "/%41", "/a/b/c.html", "?", "?a=b", "?a'b", "#", "#f", "#a`b", "\\", "/a b", "/{", "/^", "/é", "/a|b[]").ListOf().Select(string.Concat)
        select scheme + host + port + rest;

    private static void Set(UrlObject url, int setter, string value)
    {
        switch (setter)
        {
            case 0:
                url.Protocol = value;
                break;
            case 1:
                url.Username = value;
                break;
            case 2:
                url.Password = value;
                break;
            case 3:
                url.Host = value;
                break;
            case 4:
                url.Hostname = value;
                break;
            case 5:
                url.Port = value;
                break;
            case 6:
                url.Pathname = value;
                break;
            case 7:
                url.Search = value;
                break;
            default:
                url.Hash = value;
                break;
        }
    }

    private static Config Many => Config.QuickThrowOnFailure.WithMaxTest(1000);

    private static UrlRecord Parse(string text) => UrlRecord.Parse(text);
}
