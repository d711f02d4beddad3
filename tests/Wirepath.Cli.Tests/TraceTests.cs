using System.Text.Json;
using Wirepath.Explain;

namespace Wirepath.Cli.Tests;

/// <summary><c>dns --trace</c>: below the search, who gave each record and why it is believed.</summary>
public class TraceTests
{
    [Fact]
    public void Each_set_names_its_server_and_the_keys_from_the_root_down()
    {
        string told = CommandRun.Of("dns", "www.example.com", "--trace").Told;
        told.ShouldContain("FROM what isp-resolver knows");
        told.ShouldContain("www.example.com. A TTL 3600");
        told.ShouldMatch(@"given by 203\.0\.113\.5[34], server of example\.com\., at 09:00:00\.\d{3} · authoritative answer");
        told.ShouldMatch(@"├ \. anchor (\d+) → DNSKEY \1 ECDSAP256SHA256 secure");
        told.ShouldMatch(@"├ com\. DS (\d+) → DNSKEY \1 ECDSAP256SHA256 secure");
        told.ShouldMatch(@"├ example\.com\. DS (\d+) → DNSKEY \1 ECDSAP256SHA256 secure");
        told.ShouldMatch(@"└ RRSIG by DNSKEY \d+ ECDSAP256SHA256 secure");
    }

    [Fact]
    public void What_is_not_signed_and_what_is_signed_wrongly_say_why()
    {
        string unsigned = CommandRun.Of("dns", "www.example.cn", "--trace").Told;
        unsigned.ShouldContain("example.cn. insecure: is delegated unsigned");
        CommandRun bogus = CommandRun.Of("dns", "www.bogus.example.org", "--trace");
        bogus.Code.ShouldBe(20);
        bogus.Told.ShouldContain("✕ bogus: ");
        CommandRun.Of("dns", "router.home", "--trace").Told.ShouldContain("given by no server");
        CommandRun.Of("dns", "nosuch.example.com", "--trace").Told.ShouldContain("shown by 203.0.113.");
    }

    [Fact]
    public void Json_has_the_same()
    {
        JsonElement provenance = CommandRun.Of("dns", "www.example.com", "--trace", "--json").Json("answer").GetProperty("provenance");
        provenance.GetProperty("by").GetString().ShouldBe("isp-resolver");
        provenance.GetProperty("security").GetString().ShouldBe("Secure");
        JsonElement set = provenance.GetProperty("sets")[0];
        set.GetProperty("source").GetProperty("zone").GetString().ShouldBe("example.com.");
        set.GetProperty("chain").EnumerateArray().Select(s => s.GetProperty("zone").GetString()).ShouldBe([".", "com.", "example.com."]);
        CommandRun.Of("dns", "www.example.com", "--json").Json("answer").TryGetProperty("provenance", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("en")]
    [InlineData("zh")]
    public void It_keeps_to_a_narrow_terminal_without_colour_or_box_drawing(string language)
    {
        var environment = new Dictionary<string, string> { ["COLUMNS"] = "44", ["LANG"] = "C" };
        foreach (string name in (string[])["www.example.com", "www.example.cn", "www.bogus.example.org"])
        {
            string[] lines = CommandRun.In(environment, "dns", name, "--trace", "--lang", language).Error.Split('\n');
            int from = Array.FindIndex(lines, line => line.StartsWith("FROM", StringComparison.Ordinal));
            from.ShouldBeGreaterThan(0);
            string[] tree = [.. lines[from..].TakeWhile(line => line.Length > 0 && line[0] is ' ' or 'F')];
            tree.Length.ShouldBeGreaterThan(5);
            tree.ShouldAllBe(line => Columns.Of(line) <= 44);
            string.Concat(tree).ShouldNotContain("├");
            string.Concat(tree).ShouldNotContain("\u001b");
            if (language == "zh")
                string.Concat(tree).ShouldContain("由");
        }
    }
}
