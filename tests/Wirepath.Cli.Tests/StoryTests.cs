using System.Text;
using System.Text.Json;
using Wirepath.Explain;

namespace Wirepath.Cli.Tests;

/// <summary>What a person sees of a run.</summary>
public class StoryTests
{
    private const string Page = "http://www.example.com/";

    [Fact]
    public void The_page_goes_to_stdout_and_the_story_to_stderr()
    {
        CommandRun run = CommandRun.Of("get", Page);
        run.Code.ShouldBe(0);
        run.Text.ShouldStartWith("<!DOCTYPE html>");
        run.Text.ShouldEndWith("</html>\n");
        foreach (string section in (string[])["URL", "ARP", "DNS", "ROUTE", "TCP", "HTTP", "DATA", "CLOSE", "TIME", "WHY"])
            run.Error.ShouldContain("\n" + section);
        run.Told.ShouldContain("SYN seq=j");
        run.Told.ShouldContain("ISP resolver miss 100.64.0.53");
    }

    [Theory]
    [InlineData(Page)]
    [InlineData("https://www.example.com/")]
    [InlineData("http://example.com/")]
    [InlineData("http://first.example.com/")]
    [InlineData("http://firewalled.example.com/")]
    [InlineData("http://nosuch.example.com/")]
    public void Phases_touch_each_other_and_sum_exactly_to_the_total(string url)
    {
        JsonElement navigation = CommandRun.Of("get", "--json", "--loss", "2%", url).Json("navigation");
        long at = 0;
        foreach (JsonElement phase in navigation.GetProperty("phases").EnumerateArray())
        {
            phase.GetProperty("at").GetInt64().ShouldBe(at);
            at += phase.GetProperty("duration").GetInt64();
        }

        at.ShouldBe(navigation.GetProperty("elapsed").GetInt64());
    }

    [Fact]
    public void The_silence_of_a_firewall_is_time_of_TCP_and_not_of_ARP()
    {
        JsonElement phases = CommandRun.Of("get", "--json", "http://firewalled.example.com/").Json("navigation").GetProperty("phases");
        Seconds(phases, "Connect").ShouldBe(127, tolerance: 0.001);
        Seconds(phases, "Arp").ShouldBeLessThan(0.001);

        static double Seconds(JsonElement phases, string kind) =>
            phases.EnumerateArray().Where(p => p.GetProperty("kind").GetString() == kind).Sum(p => p.GetProperty("duration").GetInt64()) / (double)TimeSpan.TicksPerSecond;
    }

    [Fact]
    public void The_second_visit_finds_warm_caches()
    {
        JsonElement[] visits = [.. CommandRun.Of("get", "--json", Page, Page).JsonLines().Where(l => l.GetProperty("type").GetString() == "navigation")];
        visits.Length.ShouldBe(2);
        (visits[1].GetProperty("elapsed").GetInt64() < visits[0].GetProperty("elapsed").GetInt64() / 1.9).ShouldBeTrue();
        JsonElement ladder = visits[1].GetProperty("hops")[0].GetProperty("lookups")[0].GetProperty("ladder");
        ladder.GetArrayLength().ShouldBe(1);
        (ladder[0].GetProperty("level").GetString(), ladder[0].GetProperty("result").GetString()).ShouldBe(("BrowserCache", "Hit"));

        CommandRun told = CommandRun.Of("get", "--keep-alive", Page, Page);
        told.Text.Split("<!DOCTYPE html>").Length.ShouldBe(3);
        told.Told.ShouldContain("the name was cached and the connection was still open");
    }

    [Fact]
    public void Each_level_of_detail_tells_more_than_the_one_before()
    {
        int[] lines = [.. ((string[])["-q", "--ascii", "-v", "-vv"]).Select(detail => CommandRun.Of("get", detail, Page).Error.Count(c => c == '\n'))];
        lines.ShouldBe(lines.Order());
        lines[0].ShouldBeLessThanOrEqualTo(2);
        lines[3].ShouldBeGreaterThan(lines[2] * 10);
    }

    [Fact]
    public void Every_byte_of_a_large_page_would_be_too_much_and_what_is_left_out_is_said()
    {
        CommandRun run = CommandRun.Of("get", "-vv", "-o", "/dev/null", "http://www.example.com/bytes/300000");
        run.Told.ShouldMatch("… [0-9,]+ frames are left out here; a capture \\(--pcap FILE\\) has all of them.");
        run.Error.Length.ShouldBeLessThan(5_000_000);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(133)]
    public void No_line_is_wider_than_the_terminal(int columns)
    {
        var environment = new Dictionary<string, string> { ["COLUMNS"] = columns.ToString(System.Globalization.CultureInfo.InvariantCulture) };
        foreach (string[] line in (string[][])[["get", "-v", "--loss", "5%", Page], ["get", "--lang", "zh", "https://www.example.com/long"], ["get", "firewalled.example.com"], ["dns", "--trace", "big.example.com", "TXT"]])
        {
            foreach (string told in CommandRun.In(environment, line).Error.Split('\n').Where(t => !t.StartsWith("answered by", StringComparison.Ordinal)))
                Columns.Of(told).ShouldBeLessThanOrEqualTo(columns, told);
        }
    }

    [Fact]
    public void Colour_is_for_those_who_ask_and_never_carries_meaning_alone()
    {
        string plain = CommandRun.Of("get", Page).Error;
        plain.ShouldNotContain('\u001b');
        string coloured = CommandRun.Of("get", "--color", "always", Page).Error;
        coloured.ShouldContain("\u001b[1;38;5;39mDNS");
        System.Text.RegularExpressions.Regex.Replace(coloured, "\u001b\\[[0-9;]*m", "").Split('\n').Select(l => l.TrimEnd()).ShouldBe(plain.Split('\n').Select(l => l.TrimEnd()));
    }

    [Theory]
    [InlineData("LANG", "C")]
    [InlineData("TERM", "dumb")]
    [InlineData("LC_ALL", "POSIX")]
    public void A_terminal_without_box_characters_gets_ASCII(string variable, string value)
    {
        CommandRun run = CommandRun.In(new Dictionary<string, string> { [variable] = value }, "get", "--loss", "5%", Page);
        run.Error.ShouldAllBe(c => c < 128);
    }

    [Theory]
    [InlineData("get", "-q", Page, "DNS")]
    [InlineData("get", "-q", "firewalled.example.com", "这是防火墙丢包的样子")]
    [InlineData("ping", "-c", "1", "www.example.com", "发出 1 个，收到 1 个")]
    [InlineData("ping", "nowhere.example.com", "目的不可达")]
    [InlineData("traceroute", "www.example.com", "最多 30 跳 · 内置互联网 · 种子 42")]
    [InlineData("dns", "www.example.com", "应答，用时")]
    [InlineData("dns", "nosuch.example.com", "域名不存在（NXDOMAIN）")]
    [InlineData("url", "例子.中国", "没有输入协议，按 http 处理。")]
    [InlineData("url", "http://a:99999/", "端口 99999 太大")]
    [InlineData("url", "http://a/b c", "URL 里不应直接写这个字符")]
    [InlineData("url", "http://x.xn--0.é/", "不是合法的 Punycode")]
    public void In_Chinese_the_verdict_is_Chinese(params string[] lineAndText)
    {
        CommandRun run = CommandRun.Of([.. lineAndText[..^1], "--lang", "zh"]);
        string all = run.Text + run.Told;
        all.ShouldContain(lineAndText[^1]);
        all.EnumerateRunes().Count(r => r.Value is >= 0x4E00 and <= 0x9FFF).ShouldBeGreaterThanOrEqualTo(4);
    }

    [Fact]
    public void A_trace_shows_the_search_down_to_TCP_when_the_answer_is_too_big()
    {
        CommandRun run = CommandRun.Of("dns", "--trace", "big.example.com", "TXT");
        run.Code.ShouldBe(0);
        run.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldAllBe(l => l.Contains(" IN TXT ", StringComparison.Ordinal));
        run.Told.ShouldContain("TCP");
        run.Told.ShouldContain("referral example.com.");
    }

    [Fact]
    public void A_redirect_is_followed_unless_it_is_not_wanted()
    {
        CommandRun.Of("get", "http://example.com/").Text.ShouldContain("You have arrived");
        CommandRun stays = CommandRun.Of("get", "--json", "--no-location", "http://example.com/");
        JsonElement hops = stays.Json("navigation").GetProperty("hops");
        hops.GetArrayLength().ShouldBe(1);
        hops[0].GetProperty("http").GetProperty("status").GetInt32().ShouldBeInRange(301, 308);
    }

    [Fact]
    public void A_body_in_chunks_arrives_whole() =>
        Encoding.ASCII.GetString(CommandRun.Of("get", "-q", "http://www.example.com/chunked").Output).ShouldNotContain("\r\n0\r\n");

    [Theory]
    [InlineData("http://exa mple/", "  http://exa mple/\n            ^\n")]
    [InlineData("http://例子 .中国/", "  http://例子 .中国/\n             ^\n")]
    [InlineData("http://h:99999/", "  http://h:99999/\n           ^~~~~\n")]
    [InlineData("http://[::1", "  http://[::1\n            ^\n")]
    public void A_url_that_is_none_is_shown_with_a_caret_below_its_fault(string url, string lines)
    {
        CommandRun run = CommandRun.Of("url", url);
        run.Code.ShouldBe(10);
        run.Error.ShouldEndWith(lines);
    }

    [Fact]
    public void A_long_url_is_cut_so_that_its_fault_stays_in_sight()
    {
        string[] lines = CommandRun.Of("url", "http://" + new string('a', 200) + " b/" + new string('c', 200)).Error.Split('\n');
        lines[1].Length.ShouldBeLessThanOrEqualTo(80);
        lines[1][lines[2].IndexOf('^')].ShouldBe(' ');
        lines[1].ShouldEndWith("…");
    }

    [Fact]
    public void What_is_tolerated_in_a_url_is_pointed_at_too()
    {
        string text = CommandRun.Of("url", "http://h\\a|b").Text;
        text.ShouldContain("invalid-reverse-solidus");
        text.ShouldContain("             http://h\\a|b\n                     ^\n");
        text.ShouldContain("             http://h\\a|b\n                       ^\n");
    }

    [Theory]
    [InlineData("get", Page)]
    [InlineData("dns", "www.example.com")]
    [InlineData("dns", "nosuch.example.com")]
    [InlineData("ping", "www.example.com")]
    [InlineData("traceroute", "www.example.com")]
    [InlineData("url", "https://u:p@例子.中国/a?b=1#c")]
    [InlineData("url", "http://a b/")]
    public void Json_is_one_object_to_a_line_each_with_version_and_type(string command, string target)
    {
        IReadOnlyList<JsonElement> lines = CommandRun.Of(command, "--json", target).JsonLines();
        lines.Count.ShouldBeGreaterThan(0);
        foreach (JsonElement line in lines)
        {
            line.GetProperty("wirepath").GetInt32().ShouldBe(1);
            line.GetProperty("type").GetString().ShouldNotBeNullOrEmpty();
        }
    }
}
