using FsCheck;
using FsCheck.Fluent;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain.Tests;

public class TextTests
{
    [Fact]
    public void A_cold_run_reads_from_the_verdict_down_to_the_figures_that_add_up() => Text(Runs.Cold(), new TextOptions()).ShouldBe(
        """
        www.example.com → 203.0.113.80:80  250.0 ms
        DNS took about a third of the 250.0 ms: no cache knew the name, so the resolver
        walked down from the root.

        URL    http │ www.example.com │ :80 (default) │ /
        ARP    who-has 192.168.1.1 → is-at 02:00:00:00:00:01                      0.6 ms
        DNS    www.example.com A → 203.0.113.80                                  84.4 ms
               ├ browser cache  miss
               ├ hosts file     miss
               ├ router         miss  192.168.1.1                                 1.0
               └ ISP resolver   miss  100.64.0.53                                 9.4
                 ├ .            → referral com. (1 NS, 1 glue)                   20.0
                 ├ com.         → referral example.com. (1 NS, 1 glue)           24.0
                 └ example.com. → A 203.0.113.80  TTL 3600  ns1.example.com      30.0
        ROUTE  203.0.113.80 is off-subnet → via 192.168.1.1 dev eth0, 1 router
        TCP    :49152 → :80  through NAT as 100.64.1.2:40001                     40.0 ms
                     pc                                               web
                85.0 SYN-SENT     SYN     seq=j ────────────────────▶ SYN-RECEIVED 105.0
               125.0 ESTABLISHED  ◀──────────── SYN,ACK seq=k ack=j+1              105.0
               125.0              ACK     seq=j+1 ack=k+1 ──────────▶ ESTABLISHED  145.0
               mss 1460 · wscale 7 · sack · timestamps
               j = 1,000,000 · k = 2,000,000
        HTTP   → GET / HTTP/1.1                                                  45.0 ms
               ← 200 OK · text/html · content-length  RTT 40.0 + server 5.0
        DATA   7,300 B in 5 segments                                             80.0 ms
               cwnd 10 → 11.5 → 8.5 MSS  ssthresh ∞ → 12,410 B
               slow start → fast recovery → congestion avoidance
               ✕ #4 lost at isp-core (queue full)
               ↻ #4 three duplicate ACKs                                    cost 40.0 ms
        CLOSE  three segments: the second FIN carries the ACK of the first
               250.0 FIN-WAIT-1   FIN,ACK seq=101 ack=7301 ─────────▶ CLOSE-WAIT   270.0
               290.0 TIME-WAIT    ◀───────── FIN,ACK seq=7301 ack=102 LAST-ACK     270.0
               290.0              ACK     seq=102 ack=7302 ─────────▶ CLOSED       310.0
               the first FIN also acknowledges the data before it
               pc TIME-WAIT 60 s (2 × MSL) · web CLOSED

        TIME   ▚████████████████████████▒▒▒▒▒▒▒▒▒▒▒▒░░░░░░░░░░░░░▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓
               ▚ ARP 0.6 + █ DNS 84.4 + ▒ TCP 40.0 + ░ wait 45.0 + ▓ transfer 80.0
               = 250.0 ms

        WHY    Asking 3 zones in turn cost 74.0 ms; until the TTL ends the next look-up
               is free.
               One segment was lost at isp-core; fast retransmit repaired it for 40.0 ms
               (a round trip is 40.0 ms).
        """);

    [Fact]
    public void A_failure_in_Chinese_on_a_narrow_terminal() => Text(Runs.SilentPort(), new TextOptions(60, Language: Language.Chinese)).ShouldBe(
        """
        203.0.113.80 → 203.0.113.80:80  7,000.0 ms
        7 s 内发了 3 个 SYN，毫无回应：这是防火墙丢包的样子；端口若
        只是没开，会收到 RST。

        网址   http │ 203.0.113.80 │ :80 (默认端口) │ /
        TCP    :49152 → :80                               7,000.0 ms
               → SYN     seq=j                                   0.0
                 ✕ 在 isp-core 丢失（链路中断）
                 pc SYN-SENT
               → SYN     seq=j                               1,000.0
                 ✕ 在 isp-core 丢失（链路中断）
               → SYN     seq=j                               3,000.0
                 ✕ 在 isp-core 丢失（链路中断）
               ✕ 超时

        尝试   与 203.0.113.80 建立 TCP 连接。
        对象   203.0.113.80:80
        结果   没有回音：既没有 SYN,ACK，也没有 RST 或 ICMP。 #13
        建议   确认端口是否正确；用 traceroute 看包能走到哪里；询问
               防火墙的管理者。

        用时   ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
               ▒ TCP 7,000.0 = 7,000.0 ms
        """);

    [Fact]
    public void A_second_navigation_with_warm_caches_reads_shorter()
    {
        Journey journey = JourneyTests.WarmSecond().Journey();
        IReadOnlyList<StyledLine> first = JourneyText.Render(journey, journey.Navigations[0], new TextOptions());
        IReadOnlyList<StyledLine> second = JourneyText.Render(journey, journey.Navigations[1], new TextOptions());
        second.Count.ShouldBeLessThan(first.Count / 2);
        Join(second).ShouldContain("DNS    www.example.com A → 203.0.113.80  browser cache, TTL 3599 s left   0.0 ms");
        Join(second).ShouldContain("kept alive: no handshake");
    }

    [Fact]
    public void Quiet_is_the_verdict_alone_and_each_step_of_detail_says_more()
    {
        LogBuilder log = Runs.Cold();
        int[] lengths = [.. Enum.GetValues<Detail>().Select(d => Text(log, new TextOptions(Detail: d)).Length)];
        lengths.ShouldBe(lengths.Order());
        Text(log, new TextOptions(200, Detail: Detail.Verdict)).ShouldBe("DNS took about a third of the 250.0 ms: no cache knew the name, so the resolver walked down from the root.");

        string engineer = Text(log, new TextOptions(120, Detail: Detail.Engineer));
        engineer.ShouldContain("a.root-servers.net. 198.41.0.4:53 · id 1234 · RD=0");
        engineer.ShouldContain("NS a.gtld-servers.net.  glue 192.5.6.30");
        engineer.ShouldContain("193.0 ← ACK seq=4381 ack=101 len=1460 win=65535 cwnd=16790  ↻ retransmission");
        Text(log, new TextOptions(120, Detail: Detail.Engineer, RelativeNumbers: false)).ShouldContain("seq=2004381 ack=1000101 len=1460");

        string bytes = Text(log, new TextOptions(100, Detail: Detail.Bytes));
        bytes.ShouldContain("┌ Ethernet  0–13  14 B");
        bytes.ShouldContain("┌ TCP  34–53  20 B");
        bytes.ShouldContain("✕ isp-core dropped 1,514 B from web to pc: queue full.");
    }

    [Fact]
    public void No_line_is_wider_than_the_terminal_whatever_the_width_and_the_language()
    {
        LogBuilder[] logs = [Runs.Cold(), JourneyTests.WarmSecond(), Runs.SilentPort(), Runs.Refused(), Runs.NameFails(NameFailure.TimedOut, null)];
        Journey[] journeys = [.. logs.Select(l => l.Journey())];
        Prop.ForAll(Arb.From(Gen.Choose(TextOptions.LeastWidth, 140)), width =>
        {
            foreach (Journey journey in journeys)
            {
                foreach (Language language in Enum.GetValues<Language>())
                {
                    foreach (bool ascii in new[] { false, true })
                    {
                        foreach (StyledLine line in JourneyText.Render(journey, new TextOptions(width, ascii, Detail.Engineer, language)))
                        {
                            line.Width.ShouldBeLessThanOrEqualTo(width, line.ToString());
                            if (ascii && language == Language.English)
                                line.ToString().ShouldAllBe(c => c >= ' ' && c < '\x7f', line.ToString());
                        }
                    }
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(12));
    }

    [Fact]
    public void Wide_characters_take_two_columns_and_marks_none()
    {
        Columns.Of("例子.中国").ShouldBe(9);
        Columns.Of("e\u0301").ShouldBe(1);
        Columns.Of("─▶✕·").ShouldBe(4);
        Columns.PadRight("路由", 7).ShouldBe("路由   ");
        Columns.Fit("域名服务器", 7).ShouldBe("域名服…");
    }

    [Fact]
    public void A_server_cannot_write_to_the_terminal()
    {
        var log = new LogBuilder();
        EventId url = Runs.Begin(log);
        (EventId up, _) = Runs.Connect(log, url, 0);
        EventId sent = log.Add(50, "pc", up, new RequestSent(Runs.Client, "GET", "/", []));
        EventId head = log.Add(90, "pc", sent, new ResponseHeadReceived(Runs.Client, 200, "OK\x1b[2J\x9b31m\u202e", "chunked", ["X: \r\a\x1b]0;title\a"]));
        log.Add(90, "pc", head, new NavigationFinished(0, ""));
        foreach (StyledLine line in JourneyText.Render(log.Journey(), new TextOptions(Detail: Detail.Engineer)))
            line.ToString().ShouldAllBe(c => !char.IsControl(c) && c != '\u202e');
    }

    [Fact]
    public void A_RST_that_ends_TIME_WAIT_is_told_where_the_connection_ends()
    {
        LogBuilder log = Runs.Cold();
        EventId reset = log.Add(400, "pc", EventId.None, new SegmentReceived(Runs.Client, LogBuilder.Facts(TcpFlags.Rst, 7302, 0, from: "web")));
        log.Add(400, "pc", reset, new StateChanged(Runs.Client, TcpState.TimeWait, TcpState.Closed, "received RST"));
        string text = Text(log, new TextOptions());
        text.ShouldContain("pc CLOSED: a RST ended TIME-WAIT before its time");
        text.ShouldNotContain("TIME-WAIT 60 s");
    }

    [Fact]
    public void A_client_that_starts_slowly_is_not_told_as_a_thinking_server()
    {
        var log = new LogBuilder();
        EventId url = Runs.Begin(log);
        (EventId up, _) = Runs.Connect(log, url, 0);
        EventId asked = log.Add(50, "pc", up, new RequestSent(Runs.Client, "GET", "/", []));
        EventId left = log.Add(350, "pc", asked, new SegmentSent(Runs.Client, LogBuilder.Facts(TcpFlags.Psh | TcpFlags.Ack, 1, 1, 100), SendCause.Data));
        EventId came = log.Add(392, "pc", left, new SegmentReceived(Runs.Client, LogBuilder.Facts(TcpFlags.Ack, 1, 101, 1460, from: "web")));
        EventId head = log.Add(392, "pc", came, new ResponseHeadReceived(Runs.Client, 200, "OK", "chunked", []));
        log.Add(392, "pc", head, new NavigationFinished(0, ""));
        Text(log, new TextOptions()).ShouldNotContain("server was thinking");
        log.Navigation().Diagnosis.Verdict.In(Language.English).ShouldNotContain("server itself");
    }

    private static string Text(LogBuilder log, TextOptions options) => Join(JourneyText.Render(log.Journey(), options));

    private static string Join(IReadOnlyList<StyledLine> lines) => string.Join('\n', lines.Select(l => l.ToString()));
}
