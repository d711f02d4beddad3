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
    public void The_same_script_runs_over_IPv6()
    {
        var settings = new PacketdrillSettings { IpVersion = ScriptIpVersion.IPv6 };
        const string Text = Accepted + """
            +0 write(4, ..., 100) = 100
            +0 > [ttl 64] P. 1:101(100) ack 1
            +.01 < [ect0] . 1:1(0) ack 101 win 257
            +0 < P. 1:11(10) ack 101 win 257
            +0 > . 101:101(0) ack 11
            +0 < icmp unreachable port_unreachable [101:102(1)]
            """;
        PacketdrillScript.TryParse(Text, "test.pkt", settings, out PacketdrillScript? script, out ScriptError? error).ShouldBeTrue(error?.ToString());
        ScriptRunner.Run(script).ShouldBe(new ScriptPassed(Unasked: 0));
    }

    [Theory]
    [InlineData("--local_ip=192.168.0.2")]
    [InlineData("--local_ip=192.168.0.1 --gateway_ip=192.168.0.1 --netmask_ip=255.255.0.0 --remote_ip=192.0.2.1")]
    [InlineData("--local_ip=10.1.0.1 --remote_ip=10.248.0.3/24")]
    [InlineData("--ip_version=ipv6 --local_ip=fd3d:a0b:17d6::7 --gateway_ip=fd3d:a0b:17d6::7")]
    [InlineData("--ip_version=ipv4-mapped-ipv6")]
    public void Whatever_the_addresses_are_there_is_a_way(string options) =>
        Run(options + "\n" + Accepted + "+0 write(4, ..., 100) = 100\n+0 > P. 1:101(100) ack 1").ShouldBe(new ScriptPassed(Unasked: 0));

    [Fact]
    public void A_SYN_shows_its_number_and_all_else_counts_from_it() => Run("""
        0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
        +0 bind(3, ..., ...) = 0
        +0 listen(3, 1) = 0
        +0 < S 999000:999000(0) win 32792 <mss 1000,sackOK>
        +0 > S. 1234:1234(0) ack 999001 <...>
        +.1 < . 1:1(0) ack 1 win 257
        +0 accept(3, ..., ...) = 4
        +0 < P. 11:21(10) ack 1 win 257
        +0 > . 1:1(0) ack 1 <nop,nop,sack 11:21>
        +0 < P. 1:11(10) ack 1 win 257
        +0 > . 1:1(0) ack 21
        +0 read(4, ..., 20) = 20
        +0 write(4, ..., 100) = 100
        +0 > P. 1:101(100) ack 21
        """).ShouldBe(new ScriptPassed(Unasked: 0));

    [Fact]
    public void Every_step_is_told_to_who_wants_to_see_them()
    {
        PacketdrillScript.TryParse(Accepted + "+.1 %{ assert tcpi_state == TCP_ESTABLISHED }%", "test.pkt", out PacketdrillScript? script, out _).ShouldBeTrue();
        var steps = new List<ScriptStep>();
        ScriptRunner.Run(script, step: steps.Add);
        steps.Select(s => s.Line).ShouldBe([1, 2, 3, 4, 5, 6, 7, 8]);
        steps[4].Text.ShouldStartWith("> S. 0:0(0) ack 1 win 64240 <mss 1460");
        steps[^1].At.ShouldBe(TimeSpan.FromSeconds(0.2));
    }

    [Theory]
    [InlineData("+0 %{ a = 3; b = a + 4 }% +0 %{ assert a == 3 and b == 7 }%", true)]
    [InlineData("+0 %{\nimport os\nif tcpi_snd_cwnd == 10:\n  x = 1\n  y = 2\nelse:\n  x = 5\nassert x + y == 3, 'message %d' % x\n}%", true)]
    [InlineData("+0 %{\n\u00a0\u00a0assert tcpi_snd_cwnd == 10\n\u00a0\u00a0assert\u00a0tcpi_snd_cwnd < 11\n}%", true)]
    [InlineData("+0 %{ assert tcpi_snd_cwnd == 10, tcpi_snd_cwnd; \\\n   assert tcpi_snd_cwnd < 11 }%", true)]
    [InlineData("+0 %{\nx = 2 if tcpi_snd_cwnd > 99 else 4\nx += 1\nassert (x ==\n  5), x # done\nprint('x', x)\n}%", true)]
    [InlineData("+0 %{ assert tcpi_ca_state == TCP_CA_Open and abs(-3) == 3 and 0x6 & 3 == 2 or tcpi_snd_cwnd in (1, 10) }%", true)]
    [InlineData("+0 %{\n\nassert 1 == 1\nassert tcpi_snd_cwnd == 11\n}%", false, 11, "tcpi_snd_cwnd = 10")]
    [InlineData("+0 %{\nassert cwnd == 11\n}%", false, 9, "'cwnd', which nobody has given one")]
    public void Code_blocks_are_one_program(string code, bool passes, int line = 0, string came = "")
    {
        ScriptResult result = Run(Accepted + code);
        if (passes)
            result.ShouldBeOfType<ScriptPassed>(result.ToString());
        else
            (result.ShouldBeOfType<ScriptFailed>().Line, ((ScriptFailed)result).Actual).ShouldBe((line, came));
    }

    [Fact]
    public void A_time_may_be_off_by_a_share_of_the_time_since_the_event_before()
    {
        // The time-out is due 300 ms after the data: 200 ms beyond a round trip of 100 ms with half of that as its deviation.
        string slow = Accepted + "+0 write(4, ..., 100) = 100\n+0 > P. 1:101(100) ack 1\n";
        Run("--tolerance_percent=0\n" + slow + "+.28 > P. 1:101(100) ack 1").ShouldBeOfType<ScriptFailed>();
        Run("--tolerance_percent=50\n" + slow + "+.28 > P. 1:101(100) ack 1").ShouldBeOfType<ScriptPassed>();
    }

    [Fact]
    public void A_descriptor_may_have_two_numbers() => Run(Accepted + """
        +0 dup(4) = 5
        +0 fcntl(4, F_DUPFD, 10) = 10
        +0 close(4) = 0
        +0 write(5, ..., 100) = 100
        +0 > P. 1:101(100) ack 1
        +0 close(5) = 0
        +0 close(10) = 0
        +0 > F. 101:101(0) ack 1
        """).ShouldBe(new ScriptPassed(Unasked: 0));

    [Fact]
    public void In_the_dialect_of_FreeBSD_the_order_of_options_is_free_and_no_device_cuts()
    {
        const string script = """
            0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
            +0 bind(3, ..., ...) = 0
            +0 listen(3, 1) = 0
            +0 < S 0:0(0) win 32792 <mss 1000,sackOK,wscale 7,eol>
            +0 > S. 0:0(0) ack 1 <mss 1460,nop,wscale 7,sackOK,eol,eol>
            +.1 < . 1:1(0) ack 1 win 257
            +0 accept(3, ..., ...) = 4
            +0 write(4, ..., 2000) = 2000
            +0 > . 1:1001(1000) ack 1
            +0 > P. 1001:2001(1000) ack 1
            """;
        Run("`kldload -n cc_cubic`\n" + script).ShouldBe(new ScriptPassed(Unasked: 0));
        Run("`sysctl net.inet.tcp.ecn.enable=0`\n" + script).ShouldBe(new ScriptPassed(Unasked: 0));
        Run(script).ShouldBeOfType<ScriptFailed>().Actual.ShouldStartWith("other options");
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
    [InlineData("--ip_version=ipv6 --local_ip=192.0.2.7\n0 close(3) = 0", "addresses of another IP version")]
    [InlineData("0 %{ assert tcpi_rtt > 0 }%", "tcp_info of a connection that no call has returned yet")]
    [InlineData("0 %{ while True: pass }%", "Python: while True: pass")]
    [InlineData("`reboot`\n0 close(3) = 0", "the command 'reboot'")]
    [InlineData("`sysctl -q net.ipv4.tcp_flying=1`\n0 close(3) = 0", "the setting net.ipv4.tcp_flying=1")]
    [InlineData("0 splice(3, 4, 5) = 0", "the system call splice")]
    [InlineData("0 < udp (1000)", "UDP datagrams")]
    [InlineData("--colour=red\n0 close(3) = 0", "the option --colour")]
    [InlineData("0 %{ assert bbr_bw > 0 }%", "bbr_bw, which is no figure of tcp_info")]
    [InlineData("0 %{ assert all(x) }%", "Python: all(x)")]
    [InlineData("0 %{ x = [1, 2] }%", "Python: [1, 2]")]
    [InlineData("0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3", "sockets of SOCK_DGRAM")]
    public void What_is_not_offered_is_skipped_with_the_reason(string text, string reason) =>
        Run(text).ShouldBeOfType<ScriptSkipped>().Reason.ShouldStartWith(reason);
}
