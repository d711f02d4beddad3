using System.Globalization;
using System.Text.RegularExpressions;

namespace Wirepath.Cli.Tests;

/// <summary>The one sentence at the top says what happened, and the reasons below do not contradict it.</summary>
public partial class VerdictTests
{
    private const string Long = "http://www.example.com/long";

    [Fact]
    public void A_line_is_called_full_only_when_segments_came_back_to_back()
    {
        Get("http://www.example.com/", "--bandwidth", "100kbit").ShouldContain("with segments back to back: the path carried no more.");
        string slow = Get("http://www.example.com/bytes/2000000", "--bandwidth", "2mbit");
        slow.ShouldContain("the path carried no more.");
        slow.ShouldNotContain("The window of");
        string fast = Get("http://www.example.com/bytes/2000000");
        fast.ShouldContain("slow start needs a round trip of 40.0 ms for each doubling.");
        fast.ShouldNotContain("window");
    }

    [Fact]
    public void A_loss_that_is_not_most_of_the_transfer_leaves_the_congestion_window_to_blame()
    {
        string told = Get("http://www.example.com/1mb", "--loss", "3%", "--seed", "7");
        told.ShouldContain("the congestion window let out one burst in each round trip of 40.0 ms, and losses cost 1.");
        told.ShouldNotContain("carried no more");
    }

    [Fact]
    public void Reordering_loses_nothing()
    {
        string told = Get(Long, "--reorder", "40%", "--seed", "3");
        told.ShouldContain("retransmissions were not needed: the bytes had arrived.");
        told.ShouldNotContain("lost");
    }

    [Theory]
    [InlineData("4")]
    [InlineData("5")]
    [InlineData("6")]
    public void Losses_cost_the_same_in_the_verdict_as_in_the_reasons_and_no_more_than_the_transfer(string seed)
    {
        string told = Get(Long, "--loss", "10%", "--link", "www", "--seed", seed);
        double reasons = Sum(Reason().Matches(told));
        reasons.ShouldBeGreaterThan(0);
        reasons.ShouldBeLessThanOrEqualTo(Sum(Wait().Matches(told)) + Sum(Transfer().Matches(told)));
        if (Verdict().Matches(told) is { Count: > 0 } verdict)
            Sum(verdict).ShouldBe(reasons, tolerance: 10); // two decimals of a second
    }

    [Fact]
    public void A_packet_too_big_for_the_path_is_not_a_lost_one()
    {
        string told = Get(Long, "--mtu", "1000");
        told.ShouldContain("10 segments were too big and went again in smaller ones, which cost 70.4 ms.");
        told.ShouldContain("✕ #1–#10 lost at isp-edge (bigger than the MTU) ↻ #1–#10 the path takes only smaller packets");
        told.ShouldContain("DATA 43,945 B");
        told.ShouldNotContain("fast retransmit");
    }

    [Fact]
    public void An_error_of_the_server_comes_first()
    {
        CommandRun.Of("get", "-q", "http://www.example.com/missing").Told.ShouldStartWith("The server answered 404 Not Found. ");
        CommandRun.Of("get", "-q", "--lang", "zh", "http://www.example.com/missing").Told.ShouldStartWith("服务器的回答是 404 Not Found。");
    }

    [Fact]
    public void A_wait_is_divided_on_a_cold_visit_too() => Get("http://www.example.com/").ShouldContain("RTT 39.2 + server 5.0 + other 0.2");

    [Fact]
    public void The_rungs_of_a_ladder_are_asked_once_and_sum_to_its_total()
    {
        string[] lines = CommandRun.Of("dns", "www.silent.example.org", "--trace").Error.Split('\n');
        Match total = lines.Select(l => Ladder().Match(l)).First(m => m.Success);
        double rungs = lines.Where(l => l.Contains("├ ", StringComparison.Ordinal) || l.Contains("└ ", StringComparison.Ordinal)).Select(l => Rung().Match(l)).Where(m => m.Success).Sum(Number);
        rungs.ShouldBe(Number(total), tolerance: 0.05);
        string big = CommandRun.Of("dns", "big.example.com", "TXT", "--trace").Told;
        big.Split("ISP resolver").Length.ShouldBe(2);
        big.ShouldStartWith("big.example.com 200.7 ms");
    }

    [Fact]
    public void What_the_hosts_file_knows_takes_no_network() =>
        CommandRun.Of("dns", "router.home", "--trace").Told.ShouldContain("The hosts file answered: nothing had to be asked on the network.");

    [Fact]
    public void A_router_that_refuses_is_named() =>
        CommandRun.Of("traceroute", "gone.example.com", "-P", "1").Told.ShouldContain("203.0.113.83 was not reached: 198.18.4.2 says that it is unreachable.");

    [Fact]
    public void An_empty_label_is_called_empty() => CommandRun.Of("get", "http://a..b/").Told.ShouldContain("label 2 is empty, where two dots meet");

    [Fact]
    public void A_server_is_not_offered_knobs_that_it_does_not_have()
    {
        string help = CommandRun.Of("serve", "--help").Text;
        help.ShouldContain("--via");
        foreach (string knob in (string[])["--loss", "--verbose", "-vv", "--keylog"])
            help.ShouldNotContain(knob);
    }

    private static string Get(params string[] line) => CommandRun.Of(["get", .. line]).Told;

    private static double Sum(IEnumerable<Match> matches) => matches.Sum(Number);

    /// <summary>Milliseconds.</summary>
    private static double Number(Match match) =>
        double.Parse(match.Groups[1].Value.Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * (match.Groups[2].Value == "s" ? 1000 : 1);

    [GeneratedRegex(@"lost segments? cost ([\d.]+) (m?s)\. URL")]
    private static partial Regex Verdict();

    [GeneratedRegex(@"(?:the retransmission timer noticed:|fast retransmit repaired (?:it|them) for) ([\d.]+) (m?s)")]
    private static partial Regex Reason();

    [GeneratedRegex(@"░ wait ([\d.,]+)()")]
    private static partial Regex Wait();

    [GeneratedRegex(@"▓ transfer ([\d.,]+)()")]
    private static partial Regex Transfer();

    [GeneratedRegex(@"^DNS .* ([\d.,]+) (ms)$")]
    private static partial Regex Ladder();

    [GeneratedRegex(@" ([\d.,]+)()\s*$")]
    private static partial Regex Rung();
}
