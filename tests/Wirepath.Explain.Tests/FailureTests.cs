using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain.Tests;

public class FailureTests
{
    [Fact]
    public void A_silent_port_looks_like_a_firewall_and_a_closed_one_does_not()
    {
        Failure silent = Runs.SilentPort().Navigation().Diagnosis.Failure!;
        silent.Class.ShouldBe(FailureClass.ConnectSilent);
        silent.In(Language.English).Verdict.ShouldBe("3 SYNs over 7 s, no answer: a firewall that drops looks like this; a closed port would have answered RST.");
        silent.In(Language.Chinese).Verdict.ShouldBe("7 s 内发了 3 个 SYN，毫无回应：这是防火墙丢包的样子；端口若只是没开，会收到 RST。");

        Navigation refused = Runs.Refused().Navigation();
        refused.Diagnosis.Failure!.Class.ShouldBe(FailureClass.ConnectRefused);
        refused.Diagnosis.Failure.In(Language.English).ShouldBe(new FailureText(
            "203.0.113.80:80 refused: the host is there (40.0 ms away), but nobody listens on that port.",
            "To open a TCP connection to 203.0.113.80.",
            "203.0.113.80:80",
            "RST in answer to SYN.",
            "Check the port, and whether the server is running."));
        refused.Diagnosis.Failure.In(Language.Chinese).ShouldBe(new FailureText(
            "203.0.113.80:80 拒绝了连接：主机在线（往返 40.0 ms），但该端口无人监听。",
            "与 203.0.113.80 建立 TCP 连接。",
            "203.0.113.80:80",
            "对 SYN 的回应是 RST。",
            "检查端口，并确认服务器程序是否在运行。"));
        // The failure is pinned to the RST itself.
        Event pinned = Runs.Refused().Events.Single(e => e.Id == refused.Diagnosis.Failure.Evidence);
        pinned.What.ShouldBeOfType<SegmentReceived>().Segment.Flags.ShouldBe(TcpFlags.Rst | TcpFlags.Ack);
    }

    [Theory]
    [InlineData(NameFailure.NoSuchName, ResponseKind.NoSuchName, FailureClass.NameNotFound,
        "There is no name www.example.com: the zone's own servers say so.", "域名 www.example.com 不存在：负责该区的服务器亲口确认。")]
    [InlineData(NameFailure.NoSuchType, ResponseKind.NoSuchType, FailureClass.NameWithoutType,
        "www.example.com exists, but has no address.", "域名 www.example.com 存在，但没有地址。")]
    [InlineData(NameFailure.TimedOut, null, FailureClass.NameSilent,
        "No name server answered for www.example.com: 2 attempts in 6 s.", "查询 www.example.com 时没有域名服务器应答：6 s 内试了 2 次。")]
    [InlineData(NameFailure.Lame, ResponseKind.Lame, FailureClass.NameLame,
        "The servers named for www.example.com do not serve it: the delegation is lame.", "被指定负责 www.example.com 的服务器其实并不负责它：这是跛委派。")]
    [InlineData(NameFailure.Loop, ResponseKind.Alias, FailureClass.NameLoop,
        "www.example.com goes in a circle: its aliases or referrals come back to where they began.", "www.example.com 绕成了圈：别名或委派最后又指回了起点。")]
    [InlineData(NameFailure.ServerFailure, ResponseKind.Failure, FailureClass.NameServerFailure,
        "The name servers could not answer for www.example.com.", "域名服务器无法给出 www.example.com 的结果。")]
    public void Each_way_in_which_a_name_fails_has_its_own_words(NameFailure failure, ResponseKind? kind, FailureClass expected, string english, string chinese)
    {
        Navigation navigation = Runs.NameFails(failure, kind).Navigation();
        navigation.Diagnosis.Failure!.Class.ShouldBe(expected);
        navigation.Diagnosis.Verdict.In(Language.English).ShouldBe(english);
        navigation.Diagnosis.Verdict.In(Language.Chinese).ShouldBe(chinese);
        navigation.Diagnosis.Verdict.Evidence.ShouldNotBeEmpty();
    }

    [Fact]
    public void A_gateway_that_does_not_answer_is_not_blamed_on_the_name_server()
    {
        var log = new LogBuilder();
        EventId url = Runs.Begin(log);
        EventId lookup = log.Add(0, "pc", url, new LookupStarted(Runs.Www, DnsType.A, "browser"));
        IpAddress gateway = IpAddress.Parse("192.168.1.1");
        log.Add(0, "pc", lookup, new NeighborRequested("eth0", gateway, 1));
        log.Add(1000, "pc", lookup, new NeighborRequested("eth0", gateway, 2));
        log.Add(3000, "pc", lookup, new NeighborFailed("eth0", gateway, 3));
        log.Add(3000, "pc", lookup, new LookupFinished(Runs.Www, DnsType.A, NameFailure.TimedOut, [], 0, ""));
        log.Add(3000, "pc", lookup, new NavigationFinished(30, ""));
        Navigation navigation = log.Navigation();
        navigation.Diagnosis.Failure!.Class.ShouldBe(FailureClass.NeighborSilent);
        navigation.Diagnosis.Verdict.In(Language.English).ShouldBe("Nobody on eth0 answers for 192.168.1.1.");
        navigation.TimeIn(PhaseKind.Arp).ShouldBe(LogBuilder.Ms(3000));
    }

    [Fact]
    public void Everything_else_that_fails_is_told_apart()
    {
        Class(50, (log, up) => log.Add(90, "pc", log.Add(50, "pc", up, new TlsStarted(Runs.Client, "www.example.com")), new TlsFailed(Runs.Client, "www.example.com", "certificate expired")))
            .ShouldBe(FailureClass.Tls);
        Class(60, (log, up) => log.Add(90, "pc", up, new HttpFailed("www.example.com", "the answer's head is longer than 64 KiB"))).ShouldBe(FailureClass.Http);
        Class(60, (log, up) =>
        {
            EventId sent = log.Add(50, "pc", up, new RequestSent(Runs.Client, "GET", "/", []));
            return log.Add(90, "pc", sent, new ResponseHeadReceived(Runs.Client, 404, "Not Found", "content-length", []));
        }).ShouldBe(FailureClass.HttpStatus);
        Class(40, (log, up) =>
        {
            EventId reset = log.Segment(60, 80, "web", Runs.Server, "pc", Runs.Client, up, TcpFlags.Rst, 1, 0, why: SendCause.Reset);
            return log.Add(80, "pc", reset, new ConnectionEnded(Runs.Client, ConnectionEnd.ResetByPeer, ""));
        }).ShouldBe(FailureClass.ConnectionReset);
        Class(40, (log, up) => log.Add(90, "pc", up, new ConnectionEnded(Runs.Client, ConnectionEnd.TimedOut, ""))).ShouldBe(FailureClass.ConnectionTimedOut);
        Class(10, (log, _) => log.Events[0].Id, log => log.Add(0, "pc", log.Last.Id, new UrlRejected("http://a b/", "domain-invalid-code-point", 8, "a blank in the host"))).ShouldBe(FailureClass.UrlInvalid);
        Class(30, (log, _) => log.Events[0].Id, log => log.Add(0, "pc", log.Add(0, "pc", log.Last.Id, new ConnectStarted("h", Runs.Web)), new RouteMissing(Runs.WebAddress))).ShouldBe(FailureClass.NoRoute);

        static FailureClass Class(int exitCode, Func<LogBuilder, EventId, EventId> happen, Func<LogBuilder, EventId>? instead = null)
        {
            var log = new LogBuilder();
            EventId url = Runs.Begin(log);
            EventId last = instead is null ? happen(log, Runs.Connect(log, url, 0).Established) : instead(log);
            log.Add(100, "pc", last, new NavigationFinished(exitCode, ""));
            return log.Navigation().Diagnosis.Failure!.Class;
        }
    }

    [Fact]
    public void Every_class_of_failure_has_all_four_blocks_in_both_languages()
    {
        foreach (FailureClass failed in Enum.GetValues<FailureClass>())
        {
            var failure = new Failure(failed, "subject", "with", 2, LogBuilder.Ms(5), "detail", 500, new EventId(1));
            foreach (Language language in Enum.GetValues<Language>())
            {
                FailureText text = failure.In(language);
                new[] { text.Verdict, text.Tried, text.With, text.CameBack, text.Next }.ShouldAllBe(s => s.Length > 0);
                text.Verdict.ShouldEndWith(language == Language.English ? "." : "。");
            }

            if (failed is not (FailureClass.None or FailureClass.Unknown))
                failure.In(Language.Chinese).Next.ShouldNotBe(failure.In(Language.English).Next);
        }
    }
}
