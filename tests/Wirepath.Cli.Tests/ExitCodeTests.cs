namespace Wirepath.Cli.Tests;

/// <summary>Each kind of failure has its own exit code and its own sentence.</summary>
public class ExitCodeTests
{
    [Theory]
    [InlineData("http://exa mple.com/", 10, "The host contains a blank")]
    [InlineData("ftp://www.example.com/", 10, "'ftp:' cannot be fetched here; http: and https: can")]
    [InlineData("http://1.2.3.4.5/", 10, "an IPv4 address has four")]
    [InlineData("http://nosuch.example.com/", 20, "There is no name nosuch.example.com")]
    [InlineData("http://loop.example.org/", 20, "loop.example.org goes in a circle")]
    [InlineData("http://www.lame.example.org/", 20, "do not serve it: the delegation is lame")]
    [InlineData("http://www.silent.example.org/", 20, "No name server answered for www.silent.example.org")]
    [InlineData("http://www.dead.example.org/", 20, "www.dead.example.org")]
    [InlineData("http://www.chicken.example.org/", 20, "www.chicken.example.org goes in a circle")]
    [InlineData("http://gone.example.com/", 30, "the host does not answer on its network (ICMP type 3, code 1)")]
    [InlineData("http://nowhere.example.com/", 30, "no route to that network (ICMP type 3, code 0)")]
    [InlineData("http://closed.example.com/", 40, "refused: the host is there (40.0 ms away), but nobody listens on that port")]
    [InlineData("http://firewalled.example.com/", 40, "7 SYNs over 127 s, no answer: a firewall that drops looks like this; a closed port would have answered RST")]
    [InlineData("https://expired.example.com/", 50, "the certificate of expired.example.com expired on")]
    [InlineData("https://selfsigned.example.com/", 50, "the certificate of selfsigned.example.com is signed by nobody but itself")]
    [InlineData("https://wrongname.example.com/", 50, "the certificate is for someone-else.example.com, not for wrongname.example.com")]
    [InlineData("http://www.example.com/loop", 60, "redirected once more after 20 redirects")]
    public void Of_get_says_at_which_layer_it_failed(string url, int code, string sentence)
    {
        CommandRun run = CommandRun.Of("get", "-q", url);
        run.Told.ShouldContain(sentence);
        run.Code.ShouldBe(code);
        run.Output.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/missing", "404 Not Found")]
    [InlineData("/500", "500 Internal Server Error")]
    public void A_status_is_a_failure_only_with_fail_and_its_page_is_printed_all_the_same(string path, string status)
    {
        string url = "http://www.example.com" + path;
        CommandRun.Of("get", "-q", url).Code.ShouldBe(0);
        CommandRun failing = CommandRun.Of("get", "-q", "--fail", url);
        failing.Code.ShouldBe(60);
        failing.Told.ShouldContain(status);
        failing.Output.Length.ShouldBeGreaterThan(10);
    }

    [Fact]
    public void A_failure_tells_what_was_tried_with_whom_what_came_back_and_what_to_do()
    {
        CommandRun run = CommandRun.Of("get", "closed.example.com");
        foreach (string label in (string[])["TRIED ", "WITH ", "BACK ", "NEXT "])
            run.Error.ShouldContain("\n" + label);
        run.Told.ShouldContain("RST in answer to SYN");
    }

    [Fact]
    public void A_limit_of_time_is_not_blamed_on_the_connection()
    {
        CommandRun run = CommandRun.Of("get", "-q", "--max-time", "1s", "http://www.example.com/slow");
        run.Code.ShouldBe(40);
        run.Told.ShouldBe("Given up after 1 s: the page was not there yet, and the limit that was set was reached.");
    }

    [Fact]
    public void The_first_of_several_failures_decides()
    {
        CommandRun run = CommandRun.Of("get", "-q", "http://www.example.com/empty", "closed.example.com", "nosuch.example.com");
        run.Code.ShouldBe(40);
        run.Told.ShouldContain("There is no name nosuch.example.com");
    }

    [Theory]
    [InlineData("ping", "closed.example.com", 0, "4 sent, 4 received, 0 % lost")]
    [InlineData("ping", "203.0.113.80", 0, "PING 203.0.113.80 (203.0.113.80)")]
    [InlineData("ping", "nowhere.example.com", 30, "none of 4 echo requests to 198.51.100.200 was answered; the last one: the destination is unreachable.")]
    [InlineData("ping", "nosuch.example.com", 20, "nosuch.example.com")]
    [InlineData("ping", "a..b", 20, "'a..b' is neither an address nor a domain name")]
    [InlineData("traceroute", "www.example.com", 0, "  7  203.0.113.80")]
    [InlineData("traceroute", "nowhere.example.com", 30, "198.51.100.200 was not reached: ")]
    [InlineData("dns", "www.example.com", 0, "www.example.com. 3600 IN A 203.0.113.80")]
    [InlineData("dns", "例子.中国", 0, "xn--fsqu00a.xn--fiqs8s. ")]
    [InlineData("dns", "loop.example.org", 20, "wirepath: ")]
    [InlineData("url", "http://[::1", 10, "The IPv6 address is not closed")]
    public void Of_the_small_commands_too(string command, string target, int code, string text)
    {
        CommandRun run = CommandRun.Of(command, target);
        (run.Text + run.Error).ShouldContain(text);
        run.Code.ShouldBe(code);
    }
}
