namespace Wirepath.Packetdrill.Tests;

/// <summary>A test of tests: a script that is wrong must fail, at its line, with what came in its own notation.</summary>
public class RunnerTests
{
    private const string Accepted = """
        0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
        +0 bind(3, ..., ...) = 0
        +0 listen(3, 1) = 0
        +0 < S 0:0(0) win 32792 <mss 1000>
        +0 > S. 0:0(0) ack 1 <...>
        +.1 < . 1:1(0) ack 1 win 257
        +0 accept(3, ..., ...) = 4

        """;

    private static ScriptResult Run(string text)
    {
        PacketdrillScript.TryParse(text, "test.pkt", out PacketdrillScript? script, out ScriptError? error).ShouldBeTrue(error?.ToString());
        return ScriptRunner.Run(script);
    }

    private static ScriptFailed RunAndFail(string afterAccept) => Run(Accepted + afterAccept).ShouldBeOfType<ScriptFailed>();

    [Fact]
    public void A_right_script_passes() => Run(Accepted + "+0 write(4, ..., 100) = 100\n+0 > P. 1:101(100) ack 1").ShouldBe(new ScriptPassed(Unasked: 0));

    [Fact]
    public void What_left_and_nobody_asked_for_is_counted() => Run(Accepted + "+0 write(4, ..., 100) = 100").ShouldBe(new ScriptPassed(Unasked: 1));

    [Theory]
    [InlineData("+0 > . 1:101(100) ack 1", "other flags: > P. 1:101(100) ack 1 win")]
    [InlineData("+0 > P. 2:102(100) ack 1", "another sequence number")]
    [InlineData("+0 > P. 1:51(50) ack 1", "another length")]
    [InlineData("+0 > P. 1:101(100) ack 2", "another acknowledgment")]
    [InlineData("+0 > P. 1:101(100) ack 1 win 1", "another window")]
    [InlineData("+0 > P. 1:101(100) ack 1 <nop,nop,TS val 1 ecr 2>", "other options")]
    [InlineData("+0 > [ect0] P. 1:101(100) ack 1", "another ECN field")]
    [InlineData("+.5 > P. 1:101(100) ack 1", "it at 0.100")]
    [InlineData("+0 %{ assert tcpi_snd_cwnd == 11 }%", "tcpi_snd_cwnd = 10")]
    [InlineData("+0 read(4, ..., 10) = 10", "nothing: it still blocks")]
    [InlineData("+0 close(7) = 0", "-1 EBADF")]
    public void A_wrong_script_fails_at_its_line_with_what_came(string wrong, string came)
    {
        ScriptFailed failed = RunAndFail("+0 write(4, ..., 100) = 100\n" + wrong);
        failed.Line.ShouldBe(9);
        failed.Actual.ShouldContain(came);
    }

    [Fact]
    public void What_never_comes_is_told_from_what_comes_too_late()
    {
        RunAndFail("+0 > P. 1:101(100) ack 1").Actual.ShouldStartWith("nothing until");
        // The delayed ACK is due after 40 ms once the quick ones are used up; the first ACK comes at once.
        RunAndFail("+0 < P. 1:11(10) ack 1 win 257\n+.2 > . 1:1(0) ack 11").Actual.ShouldBe("it at 0.100");
    }

    [Fact]
    public void One_expected_segment_may_stand_for_those_that_a_device_would_have_made_of_it()
    {
        string wide = Accepted.Replace("win 257", "win 32792", StringComparison.Ordinal) + "+0 write(4, ..., 2500) = 2500\n+0 > P. 1:2501(2500) ack 1";
        Run(wide).ShouldBe(new ScriptPassed(Unasked: 0));
        Run("--strict_segments\n" + wide).ShouldBeOfType<ScriptFailed>();
    }

    [Fact]
    public void Commands_become_settings()
    {
        Run("""
            `../common/defaults.sh
            ../common/set_sysctls.py /proc/sys/net/ipv4/tcp_timestamps=0 \
                                     /proc/sys/net/ipv4/tcp_sack=0; sysctl -q net.ipv4.tcp_syn_retries=1`
            0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
            +0...3 connect(3, ..., ...) = -1
            +0 > S 0:0(0) <mss 1460,nop,wscale 8>
            +1 > S 0:0(0) <mss 1460,nop,wscale 8>
            """).ShouldBe(new ScriptPassed(Unasked: 0));
    }

    [Fact]
    public void A_sysctl_in_the_middle_counts_from_then_on() => Run("""
        0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
        +.1 `sysctl -q net.ipv4.tcp_timestamps=0 net.ipv4.tcp_syn_retries=0`
        +0 `sleep 2`
        +0...1 connect(3, ..., ...) = -1 ETIMEDOUT (Connection timed out)
        2.1 > S 0:0(0) <mss 1460,nop,nop,sackOK,nop,wscale 7>
        """).ShouldBe(new ScriptPassed(Unasked: 0));

    [Theory]
    [InlineData("--ip_version=ipv6\n0 close(3) = 0", "ipv6: the host speaks IPv4")]
    [InlineData("`reboot`\n0 close(3) = 0", "the command 'reboot'")]
    [InlineData("`sysctl -q net.ipv4.tcp_flying=1`\n0 close(3) = 0", "the setting net.ipv4.tcp_flying=1")]
    [InlineData("0 splice(3, 4, 5) = 0", "the system call splice")]
    [InlineData("0 < udp (1000)", "UDP datagrams")]
    [InlineData("0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3", "sockets of SOCK_DGRAM")]
    public void What_is_not_offered_is_skipped_with_the_reason(string text, string reason) =>
        Run(text).ShouldBeOfType<ScriptSkipped>().Reason.ShouldStartWith(reason);
}
