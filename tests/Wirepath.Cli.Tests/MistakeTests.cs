namespace Wirepath.Cli.Tests;

/// <summary>A wrong command line: one sentence that says what would be right, where the help is, and exit code 2.</summary>
public class MistakeTests
{
    [Theory]
    [InlineData("gett http://www.example.com/", "there is no command 'gett'; did you mean 'get'?")]
    [InlineData("--vrsion", "there is no option '--vrsion'; did you mean '--version'?")]
    [InlineData("get", "'wirepath get' needs a URL, for example: wirepath get http://www.example.com/")]
    [InlineData("get --losss 2% x", "there is no option '--losss'; did you mean '--loss'?")]
    [InlineData("get x --no-locaton", "there is no option '--no-locaton'; did you mean '--no-location'?")]
    [InlineData("get --frobnicate x", "there is no option '--frobnicate'.")]
    [InlineData("get --loss", "--loss needs a value: PERCENT.")]
    [InlineData("get --loss 2x x", "--loss: '2x' is not a share from 0% to 100%, such as 2%.")]
    [InlineData("get --loss 101% x", "--loss: '101%' is not a share from 0% to 100%, such as 2%.")]
    [InlineData("get --loss -1% x", "--loss: '-1%' is not a share from 0% to 100%, such as 2%.")]
    [InlineData("get --delay 80mm x", "--delay: '80mm' is not a time such as 80ms or 1.5s.")]
    [InlineData("get --jitter soon x", "--jitter: 'soon' is not a time such as 80ms or 1.5s.")]
    [InlineData("get --bandwidth fast x", "--bandwidth: 'fast' is not a rate such as 2mbit, 512kbit or 1gbit.")]
    [InlineData("get --bandwidth 0 x", "--bandwidth: '0' is not a rate such as 2mbit, 512kbit or 1gbit.")]
    [InlineData("get --queue lots x", "--queue: 'lots' is not a size such as 64kb or 15000.")]
    [InlineData("get --reorder x x", "--reorder: 'x' is not a share from 0% to 100%, such as 2%.")]
    [InlineData("get --duplicate x x", "--duplicate: 'x' is not a share from 0% to 100%, such as 2%.")]
    [InlineData("get --corrupt x x", "--corrupt: 'x' is not a share from 0% to 100%, such as 2%.")]
    [InlineData("get --mtu 67 x", "--mtu: '67' is not a number of bytes from 68 (RFC 791's least) to 65535.")]
    [InlineData("get --seed -1 x", "--seed: '-1' is not a whole number from 0 to 18446744073709551615.")]
    [InlineData("get --seed 1 --seed 2 x", "--seed was given 2 times; once is enough.")]
    [InlineData("get --link acess x", "--link: there is no link 'acess' in the embedded internet; did you mean 'access'?")]
    [InlineData("get --sysctl tcp x", "--sysctl: 'tcp' is not NAME=VALUE, such as net.ipv4.tcp_syn_retries=2.")]
    [InlineData("get --sysctl net.ipv4.tcp_syn_retry=1 x", "Did you mean 'net.ipv4.tcp_syn_retries'?")]
    [InlineData("get --sysctl net.ipv4.tcp_syn_retries=many x", "--sysctl: net.ipv4.tcp_syn_retries cannot be 'many'")]
    [InlineData("get --via wifi x", "--via: 'wifi' is no way to a network; known are embedded, tap:NAME")]
    [InlineData("get --via tap:t,adress=1.2.3.4/8 x", "--via: 'adress' is no setting of a TAP device")]
    [InlineData("get --via passt --loss 1% x", "on a real wire, 'tc netem' does that")]
    [InlineData("get --max-time 3q x", "--max-time: '3q' is not a time such as 500ms or 2s.")]
    [InlineData("get -H Accept x", "--header: 'Accept' is not 'Name: value'.")]
    [InlineData("get --lang fr x", "--lang: 'fr' is not one of en, zh.")]
    [InlineData("get --color red x", "--color: 'red' is not one of auto, always, never.")]
    [InlineData("get --pcap /no/such/folder/x.pcapng x", "--pcap: '/no/such/folder/x.pcapng' cannot be written")]
    [InlineData("get -o /no/such/folder/x x", "--output: '/no/such/folder/x' cannot be written")]
    [InlineData("ping", "'wirepath ping' needs a HOST, for example: wirepath ping www.example.com")]
    [InlineData("ping a b", "'b' is one argument too many for 'wirepath ping'.")]
    [InlineData("ping --cuont 3 a", "there is no option '--cuont'; did you mean '--count'?")]
    [InlineData("ping -c 0 a", "--count: '0' is not a whole number from 1 to 1000000.")]
    [InlineData("ping -s 70000 a", "--size: '70000' is not a whole number from 0 to 65507.")]
    [InlineData("ping -q a", "there is no option '-q'")]
    [InlineData("traceroute -m 300 a", "--max-hops: '300' is not a whole number from 1 to 255.")]
    [InlineData("traceroute --icpm a", "there is no option '--icpm'; did you mean '--icmp'?")]
    [InlineData("dns a AAA", "'AAA' is no type of record; did you mean 'AAAA'?")]
    [InlineData("dns a NIX", "'NIX' is no type of record")]
    [InlineData("dns --traec a", "there is no option '--traec'; did you mean '--trace'?")]
    [InlineData("url --strikt a", "there is no option '--strikt'; did you mean '--strict'?")]
    [InlineData("serve /no/such/folder", "there is no folder '/no/such/folder'.")]
    [InlineData("serve /tmp", "on the embedded internet nobody but this command could ask")]
    [InlineData("serve --port 0 /tmp", "--port: '0' is not a whole number from 1 to 65535.")]
    [InlineData("links all", "'all' is one argument too many for 'wirepath links'.")]
    public void Is_named_in_one_sentence(string line, string sentence)
    {
        CommandRun run = CommandRun.Of(line.Split(' '));
        run.Code.ShouldBe(2);
        run.Output.ShouldBeEmpty();
        string[] told = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        told.Length.ShouldBe(2);
        told[0].ShouldStartWith("wirepath: ");
        told[0].ShouldContain(sentence);
        told[1].ShouldMatch("^See 'wirepath .*--help'\\.$");
    }

    [Fact]
    public void What_stands_after_two_dashes_is_no_option() => CommandRun.Of("url", "--", "--loss").Text.ShouldStartWith("http://--loss/");

    [Fact]
    public void A_value_may_begin_with_a_dash_only_where_it_is_one() => CommandRun.Of("dns", "-a.example.com").Told.ShouldContain("there is no option '-a.example.com'");
}
