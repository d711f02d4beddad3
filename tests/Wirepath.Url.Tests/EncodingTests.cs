namespace Wirepath.Url.Tests;

public sealed class EncodingTests
{
    [Theory]
    [InlineData("\u0000 \"#<>?^`{}|/:;=@[\\]$%&+,!'()~*-._aé", "C0Control", "%00 \"#<>?^`{}|/:;=@[\\]$%&+,!'()~*-._a%C3%A9")]
    [InlineData(" \"#<>?^`{}|'", "Fragment", "%20%22#%3C%3E?^%60{}|'")]
    [InlineData(" \"#<>?^`{}|'", "Query", "%20%22%23%3C%3E?^`{}|'")]
    [InlineData(" \"#<>?^`{}|'", "SpecialQuery", "%20%22%23%3C%3E?^`{}|%27")]
    [InlineData(" \"#<>?^`{}|'", "Path", "%20%22%23%3C%3E%3F%5E%60%7B%7D|'")]
    [InlineData("?^|/:;=@[\\]$%&+,", "Userinfo", "%3F%5E%7C%2F%3A%3B%3D%40%5B%5C%5D$%&+,")]
    [InlineData("/$%&+,!'()~*", "Component", "%2F%24%25%26%2B%2C!'()~*")]
    [InlineData("a b!'()~*-._+", "FormUrlEncoded", "a+b%21%27%28%29%7E*-._%2B")]
    [InlineData("\uFFFD\U0001F600\u07FF", "Path", "%EF%BF%BD%F0%9F%98%80%DF%BF")]
    public void Each_set_encodes_what_the_standard_lists(string text, string set, string encoded)
    {
        var chosen = (PercentEncodeSet)typeof(PercentEncodeSet).GetProperty(set)!.GetValue(null)!;
        PercentEncoding.Encode(text, chosen).ShouldBe(encoded);
        PercentEncoding.Encode(text, chosen, LegacyEncoding.Get("UTF-8")!).ShouldBe(encoded);
    }

    [Theory]
    [InlineData("%25%s%1G", "%%s%1G")]
    [InlineData("%E4%BD%A0a%e5%a5%bd", "你a好")]
    [InlineData("%F0%9Fx%ff%EF%BB%BF", "\uFFFDx\uFFFD\uFEFF")]
    [InlineData("%", "%")]
    public void Decoding_leaves_what_is_no_encoded_byte(string text, string decoded) => PercentEncoding.DecodeToText(text).ShouldBe(decoded);

    [Fact]
    public void A_lone_surrogate_is_a_replacement_character_everywhere()
    {
        PercentEncoding.Encode("a\uDC00", PercentEncodeSet.Path).ShouldBe("a%EF%BF%BD");
        PercentEncoding.DecodeToText("\uD800%41").ShouldBe("\uFFFDA");
        PercentEncoding.DecodeToBytes("é%FF").ShouldBe([0xC3, 0xA9, 0xFF]);
        UrlRecord.Parse("http://h/\uD800?\uD800#\uD800").Href.ShouldBe("http://h/%EF%BF%BD?%EF%BF%BD#%EF%BF%BD");
    }

    // WHATWG Encoding: encoders, where they differ from code pages, and what they have no bytes for.
    [Theory]
    [InlineData("shift_jis", "\u00A5\u203E\u2212ア", "\\~%81|%83A")]
    [InlineData("euc-jp", "\u00A5\u203E\u2212ア", "\\~%A1%DD%A5%A2")]
    [InlineData("iso-2022-jp", "aアbｱ\u00A5c\\", "a%1B$B%%22%1B(Bb%1B$B%%22%1B(J\\c%1B(B\\")]
    [InlineData("iso-2022-jp", "ア\u001B", "%1B$B%%22%1B(B%26%2365533%3B")]
    [InlineData("iso-2022-jp", "ア😀", "%1B$B%%22%1B(B%26%23128512%3B")]
    [InlineData("gbk", "€中😀", "%80%D6%D0%26%23128512%3B")]
    [InlineData("gb18030", "€中😀", "%A2%E3%D6%D0%949%FC6")]
    [InlineData("big5", "中é", "%A4%A4%26%23233%3B")]
    [InlineData("windows-1252", "€é中\u0081", "%80%E9%26%2320013%3B%81")]
    [InlineData("windows-1251", "ж", "%E6")]
    [InlineData("koi8-r", "ж", "%D6")]
    [InlineData("utf-16le", "é", "%C3%A9")]
    public void A_query_is_in_its_documents_encoding(string encoding, string text, string query)
    {
        UrlRecord.TryParse("http://h/é?" + text + "#é", null, LegacyEncoding.Get(encoding)!, out UrlRecord? url).ShouldBeTrue();
        url!.Query.ShouldBe(query);
        url.Href.ShouldEndWith("#%C3%A9");
        url.Pathname.ShouldBe("/%C3%A9");
        foreach (string scheme in (string[])["ws", "web+x"])
        {
            UrlRecord.TryParse($"{scheme}://h/?é", null, LegacyEncoding.Get(encoding)!, out url).ShouldBeTrue();
            url!.Query.ShouldBe("%C3%A9");
        }
    }

    [Fact]
    public void An_encoding_is_known_by_its_name_and_usual_labels()
    {
        LegacyEncoding.Get(" Latin1 ")!.Name.ShouldBe("windows-1252");
        LegacyEncoding.Get("SJIS")!.Name.ShouldBe("shift_jis");
        LegacyEncoding.Get("UTF-16")!.IsUtf8.ShouldBeTrue();
        LegacyEncoding.Get("utf-7-and-a-half").ShouldBeNull();
        foreach (string name in (string[])
                 [
                     "ibm866", "iso-8859-2", "iso-8859-3", "iso-8859-4", "iso-8859-5", "iso-8859-6", "iso-8859-7", "iso-8859-8", "iso-8859-8-i", "iso-8859-13", "iso-8859-15",
                     "koi8-r", "koi8-u", "macintosh", "windows-874", "windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254", "windows-1255", "windows-1256",
                     "windows-1257", "windows-1258", "x-mac-cyrillic", "gbk", "gb18030", "big5", "euc-jp", "iso-2022-jp", "shift_jis", "euc-kr",
                 ])
        {
            LegacyEncoding.Get(name).ShouldNotBeNull(name).Name.ShouldBe(name);
            PercentEncoding.Encode("a😀", PercentEncodeSet.SpecialQuery, LegacyEncoding.Get(name)!).ShouldBe(name == "gb18030" ? "a%949%FC6" : "a%26%23128512%3B", name);
        }
    }

    [Fact]
    public void A_long_query_without_bytes_in_its_encoding_takes_no_long_time() =>
        PercentEncoding.Encode(new string('é', 1_000_000), PercentEncodeSet.SpecialQuery, LegacyEncoding.Get("big5")!).Length.ShouldBe(12_000_000);

    [Fact]
    public void A_form_is_read_and_written()
    {
        FormUrlEncoded.Parse("a=1&&b&=c&d=e=f&%C3%A9+x=%zz&\uFEFFg=%EF%BB%BF").ShouldBe(
        [
            new("a", "1"), new("b", ""), new("", "c"), new("d", "e=f"), new("é x", "%zz"), new("\uFEFFg", "\uFEFF"),
        ]);
        FormUrlEncoded.Serialize([new("a b", "c&d"), new("é", "")]).ShouldBe("a+b=c%26d&%C3%A9=");
        FormUrlEncoded.Serialize([new("é", "中")], LegacyEncoding.Get("windows-1252")).ShouldBe("%E9=%26%2320013%3B");
    }

    [Fact]
    public void Pairs_are_found_changed_and_sorted()
    {
        var pairs = new UrlSearchParams("?z=1&\uFFFD=2&a=3&\U0001F600=4&a=5&=6");
        pairs.Count.ShouldBe(6);
        pairs.Get("a").ShouldBe("3");
        pairs.Get("no").ShouldBeNull();
        pairs.Has("").ShouldBeTrue();
        pairs.Has("a", "5").ShouldBeTrue();
        pairs.Has("a", "6").ShouldBeFalse();
        pairs.Sort();
        // By UTF-16 code units: U+1F600 begins with U+D83D, which is less than U+FFFD.
        pairs.Select(p => p.Key).ShouldBe(["", "a", "a", "z", "\U0001F600", "\uFFFD"]);
        pairs.GetAll("a").ShouldBe(["3", "5"]);
        pairs.Set("a", "x");
        pairs.Set("new", "y");
        pairs.ToString().ShouldBe("=6&a=x&z=1&%F0%9F%98%80=4&%EF%BF%BD=2&new=y");
        new UrlSearchParams("??a").ToString().ShouldBe("%3Fa=");

        // As JavaScript's iterators, it goes on over what changes meanwhile.
        var live = new UrlSearchParams([new("a", "1"), new("b", "2"), new("c", "3")]);
        var seen = new List<string>();
        foreach ((string name, _) in live)
        {
            seen.Add(name);
            live.Delete("b");
        }

        seen.ShouldBe(["a", "c"]);
    }
}
