using Wirepath.Wire;

namespace Wirepath.Packetdrill.Tests;

public class LanguageTests
{
    private static PacketdrillScript Read(string text)
    {
        PacketdrillScript.TryParse(text, "test.pkt", out PacketdrillScript? script, out ScriptError? error).ShouldBeTrue(error?.ToString());
        return script;
    }

    private static ScriptError Refuse(string text)
    {
        PacketdrillScript.TryParse(text, "test.pkt", out _, out ScriptError? error).ShouldBeFalse();
        return error;
    }

    [Fact]
    public void A_segment_is_flags_range_ack_window_urgent_and_options()
    {
        var inbound = (InboundSegment)Read("+0.1 < [ect0] SEW 10:110(100) ack 7 win 257 urg 3 <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 7,sack 1:2 3:4>").Events[0];
        SegmentPattern segment = inbound.Segment;
        segment.Flags.ShouldBe(TcpFlags.Syn | TcpFlags.Ece | TcpFlags.Cwr);
        (segment.Sequence, segment.Length, segment.Acknowledgment, segment.Window, segment.UrgentPointer, segment.Ecn)
            .ShouldBe((10u, 100, 7u, (ushort)257, (ushort)3, EcnPattern.Ect0));
        segment.Options!.Select(SegmentText.Of).ShouldBe(["mss 1460", "sackOK", "TS val 100 ecr 0", "nop", "wscale 7", "sack 1:2 3:4"]);
        ((OutboundSegment)Read("* > . 1:1(0) ack 1 <...>").Events[0]).Segment.Options.ShouldBeNull("any options");
    }

    [Fact]
    public void Times_are_absolute_relative_ranges_or_anything_and_calls_may_last()
    {
        EventTime[] times = [.. Read("""
            0.5 > . 1:1(0)
            +.25 > . 1:1(0)
            +0~+0.1 > . 1:1(0)
            * > . 1:1(0)
            0.100...0.200 connect(3, ..., ...) = 0
            """).Events.Select(e => e.Time)];
        times[0].ShouldBe(new EventTime(TimeKind.Absolute, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(0.5), null));
        times[1].ShouldBe(new EventTime(TimeKind.Relative, TimeSpan.FromSeconds(0.25), TimeSpan.FromSeconds(0.25), null));
        times[2].ShouldBe(new EventTime(TimeKind.Relative, TimeSpan.Zero, TimeSpan.FromSeconds(0.1), null));
        times[3].Kind.ShouldBe(TimeKind.Any);
        times[4].CallEnd.ShouldBe(TimeSpan.FromSeconds(0.2));
    }

    [Fact]
    public void A_call_has_arguments_of_many_shapes_a_result_and_an_errno()
    {
        var call = (SystemCall)Read("""
            +0 connect(3, {sa_family = AF_INET, sin_port = htons(80), sin_addr = inet_addr("192.0.2.1")}, [4]) = -1 EINPROGRESS (Operation now in progress)
            """).Events[0];
        (call.Name, call.Errno).ShouldBe(("connect", "EINPROGRESS"));
        call.Result.ShouldBe(new NumberExpression(-1));
        ((StructExpression)call.Arguments[1])["sin_port"].ShouldBeOfType<CallExpression>().Name.ShouldBe("htons");
        ((SystemCall)Read("0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0").Events[0]).Arguments[2].ShouldBeOfType<SymbolExpression>().Names.ShouldBe(["O_RDWR", "O_NONBLOCK"]);
    }

    [Fact]
    public void Comments_options_commands_and_code_are_told_apart()
    {
        PacketdrillScript script = Read("""
            #!/usr/bin/packetdrill
            // A comment.
            --tolerance_usecs=10000
            --mtu=1280 /* both
            lines */
            `sysctl -q net.ipv4.tcp_sack=0`
            0 %{ assert tcpi_snd_cwnd == 10, tcpi_snd_cwnd }%
            """);
        (script.Options.Tolerance, script.Options.Mtu).ShouldBe((TimeSpan.FromMilliseconds(10), 1280));
        script.Events[0].ShouldBeOfType<SetupCommand>().Text.ShouldBe("sysctl -q net.ipv4.tcp_sack=0");
        script.Events[1].ShouldBeOfType<CodeBlock>().Line.ShouldBe(7);
    }

    [Theory]
    [InlineData("0 < S 0:0(0)\n+0 > X. 1:1(0)", 2, "X")]
    [InlineData("0 < . 1:1001(10)", 1, "1")]
    [InlineData("0 < S 0:0(0) <mss 1460,speed 3>", 1, "speed")]
    [InlineData("0 socket(..., SOCK_STREAM", 1, "")]
    [InlineData("--colour=red\n0 close(3) = 0", 1, "--colour=red")]
    [InlineData("0 < icmp unreachable sometimes", 1, "sometimes")]
    [InlineData("0\n%{ assert", 2, "%{")]
    [InlineData("0 < S 0:0(0) win 70000", 1, "70000")]
    [InlineData("hello", 1, "hello")]
    [InlineData("--mtu=20\n0 close(3) = 0", 1, "--mtu=20")]
    public void What_is_not_the_language_is_named_with_line_and_word(string text, int line, string word)
    {
        ScriptError error = Refuse(text);
        (error.Line, error.Word).ShouldBe((line, word));
        error.ToString().ShouldStartWith($"test.pkt:{line}:");
    }

    [Fact]
    public void No_text_makes_the_reader_throw()
    {
        string[] pieces = ["0", "+0.1", "*", "<", ">", "S", ".", "1:1(0)", "ack 1", "<mss 1>", "...", "{", "}", "[", "(", ")", "\"", "`", "%{", "--x", "=", "-", "|", "a(", "icmp", "\\", "\n"];
        var random = new RandomSource(7);
        for (int i = 0; i < 5000; i++)
        {
            string text = string.Join(' ', Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
            Should.NotThrow(() => PacketdrillScript.TryParse(text, "random", out _, out _), text);
        }
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        Refuse("0 close(" + new string('[', 100_000)).Message.ShouldContain("nested");
        PythonExpression.TryEvaluate(new string('(', 100_000) + "1", _ => null, out _, out _).ShouldBeFalse();
        PythonExpression.TryEvaluate(string.Concat(Enumerable.Repeat("not ", 100_000)) + "1", _ => null, out _, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("cwnd == 10", 1)]
    [InlineData("1 < cwnd <= 10 and not cwnd == 3", 1)]
    [InlineData("(cwnd + 2) * 3 // 5 == 7, 'message %d' % cwnd", 1)]
    [InlineData("cwnd > 10 or cwnd % 4 == 2", 1)]
    [InlineData("cwnd - 10", 0)]
    [InlineData("-cwnd + 0x10 == 6.0", 1)]
    public void Assertions_are_counted_out_as_Python_would(string expression, double expected)
    {
        PythonExpression.TryEvaluate(expression, name => name == "cwnd" ? 10 : null, out double value, out string problem).ShouldBeTrue(problem);
        value.ShouldBe(expected);
    }

    [Theory]
    [InlineData("cwnd ==")]
    [InlineData("rtt > 3")]
    [InlineData("[x for x in y]")]
    [InlineData("(1")]
    [InlineData("1 / 0")]
    public void Python_that_is_not_understood_is_said_so(string expression) =>
        PythonExpression.TryEvaluate(expression, _ => null, out _, out _).ShouldBeFalse();
}
