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
        (segment.Sequence, segment.Length, segment.Acknowledgment, segment.Window, segment.UrgentPointer, segment.Ip.Ecn)
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

    [Theory]
    [InlineData("sizeof(int)", typeof(CallExpression))]
    [InlineData("\"one\" \"two\"...", typeof(TextExpression))]
    [InlineData("{onoff=1, linger=0}", typeof(StructExpression))]
    [InlineData("{events=EPOLLIN|EPOLLET, u32=4}", typeof(StructExpression))]
    [InlineData("[{fd=4, events=POLLIN, revents=POLLIN}]", typeof(ListExpression))]
    [InlineData("{msg_name(...)=..., msg_iov(2)=[{..., 100}, {\"a\", 1}], msg_flags=MSG_PEEK|0x40, msg_control=[{cmsg_level=SOL_IP, cmsg_type=IP_RECVERR, cmsg_data={scm_sec=0,scm_nsec=-1}}]}", typeof(StructExpression))]
    [InlineData("O_RDWR|0x800", typeof(SymbolExpression))]
    [InlineData("0x1|2", typeof(NumberExpression))]
    [InlineData("(void *)0", typeof(NumberExpression))]
    [InlineData("(1|2)", typeof(NumberExpression))]
    [InlineData("size = 3", typeof(StructExpression))]
    public void Arguments_have_many_shapes(string argument, Type shape) =>
        ((SystemCall)Read($"0 call(3, {argument}, ...) = 0x2 (flags O_RDWR)").Events[0]).Arguments[1].ShouldBeOfType(shape);

    [Fact]
    public void Texts_are_joined_may_span_lines_and_may_be_beginnings()
    {
        var text = (TextExpression)((SystemCall)Read("0 write(3, \"a\\x62\" \"c\nd\"..., 4) = 4").Events[0]).Arguments[1];
        text.ShouldBe(new TextExpression("abc\nd", IsPrefix: true));
    }

    [Fact]
    public void Defined_words_stand_for_numbers_names_texts_and_commands()
    {
        const string Script = """
            --define=MSS=1000 --define=COOKIE=04ab
            --define=TEXT="two words" --define=FLAGS=O_RDWR|O_NONBLOCK --define=RUN=`true`
            RUN
            0 write(3, TEXT, MSS) = MSS
            +0 fcntl(3, F_SETFL, FLAGS) = 0
            +0 > S 0:0(0) <mss MSS,FO COOKIE>
            """;
        IReadOnlyList<ScriptEvent> events = Read(Script).Events;
        events[0].ShouldBeOfType<SetupCommand>().Text.ShouldBe("true");
        events[1].ShouldBeOfType<SystemCall>().Arguments[1].ShouldBe(new TextExpression("two words"));
        events[1].ShouldBeOfType<SystemCall>().Result.ShouldBe(new NumberExpression(1000));
        events[2].ShouldBeOfType<SystemCall>().Arguments[2].ShouldBeOfType<SymbolExpression>().Names.ShouldBe(["O_RDWR", "O_NONBLOCK"]);
        events[3].ShouldBeOfType<OutboundSegment>().Segment.Options!.Select(SegmentText.Of).ShouldBe(["mss 1000", "FO 04ab"]);

        var said = new PacketdrillSettings { Definitions = new Dictionary<string, string> { ["MSS"] = "500" } };
        PacketdrillScript.TryParse(Script, "test.pkt", said, out PacketdrillScript? script, out _).ShouldBeTrue();
        script.Events[1].ShouldBeOfType<SystemCall>().Result.ShouldBe(new NumberExpression(500), "who runs the script goes before it");
    }

    [Fact]
    public void Of_the_IP_header_a_script_names_ECN_TOS_TTL_and_flow_label()
    {
        SegmentPattern[] segments = [.. Read("""
            0 > [ce] . 1:1(0)
            0 > [tos 0x12] . 1:1(0)
            0 > [ttl 64] . 1:1(0)
            0 > (noecn,flowlabel 0x12345) . 1:1(0)
            0 > 8080 > 40000 .5 1:1(0) win * urg 3
            """).Events.Cast<OutboundSegment>().Select(e => e.Segment)];
        segments[0].Ip.ShouldBe(new IpPattern(EcnPattern.Ce));
        segments[1].Ip.Tos.ShouldBe((byte)0x12);
        segments[2].Ip.Ttl.ShouldBe((byte)64);
        segments[3].Ip.ShouldBe(new IpPattern(EcnPattern.NotEct, FlowLabel: 0x12345));
        (segments[4].Ports, segments[4].Window, segments[4].UrgentPointer).ShouldBe(((8080, 40000), null, (ushort)3));
        segments[4].Flags.ShouldBe(TcpFlags.Ack | TcpFlags.Ae | TcpFlags.Ece, "an ACE field of 5");
    }

    [Fact]
    public void ICMP_has_types_codes_an_MTU_and_what_it_quotes()
    {
        IcmpPattern[] messages = [.. Read("""
            0 < icmp unreachable frag_needed mtu 1200 [1:1461(1460)]
            +0 < icmp time_exceeded
            +0 < icmp echo_request id 7 [raw (64)]
            +0 < icmp unreachable code_99
            """).Events.Cast<InboundIcmp>().Select(e => e.Message)];
        messages[0].ShouldBe(new IcmpPattern(3, 4, 1200, 0, 1, 1460));
        messages[1].ShouldBe(new IcmpPattern(11, 0, 0, 0, null, 0));
        messages[2].ShouldBe(new IcmpPattern(8, 0, 0, 7, 0, 64));
        messages[3].Code.ShouldBe((byte)99);
        ((InboundIcmp)Read("--ip_version=ipv6\n0 < icmp packet_too_big mtu 1400").Events[0]).Message.Type.ShouldBe((byte)2);
        Read("0 < icmp packet_too_big mtu 1400").Events[0].ShouldBeOfType<Unoffered>("IPv4 has another message for that");
        Read("--ip_version=ipv6\n0 < icmp unreachable frag_needed mtu 1200").Events[0].ShouldBeOfType<Unoffered>("and IPv6 another for this");
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
