using Wirepath.Events;
using Wirepath.Wire;
using static Wirepath.Explain.Tests.LogBuilder;

namespace Wirepath.Explain.Tests;

/// <summary>Whole runs as the stack writes them, each in the least number of events that tells it.</summary>
internal static class Runs
{
    public static readonly DomainName Www = DomainName.Parse("www.example.com");
    public static readonly IpAddress WebAddress = IpAddress.Parse("203.0.113.80");
    public static readonly IpEndpoint Pc = Endpoint("192.168.1.10:49152");
    public static readonly IpEndpoint Web = Endpoint("203.0.113.80:80");
    public static readonly ConnectionId Client = new(Pc, Web);

    /// <summary>The web server sees what the home router's NAT made of the client's address.</summary>
    public static readonly ConnectionId Server = new(Web, Endpoint("100.64.1.2:40001"));

    private static readonly IpEndpoint s_router = Endpoint("192.168.1.1:53");
    private static readonly IpEndpoint s_isp = Endpoint("100.64.0.53:53");
    private static readonly MacAddress s_gatewayMac = new(0x020000000001);

    public static IpEndpoint Endpoint(string text) => IpEndpoint.TryParse(text, out IpEndpoint endpoint) ? endpoint : throw new FormatException(text);

    public static DomainName Name(string text) => DomainName.Parse(text);

    public static EventId Begin(LogBuilder log, string typed = "http://www.example.com/", double at = 0, string host = "www.example.com")
    {
        EventId enter = log.Add(at, "pc", EventId.None, new NavigationStarted(typed));
        return log.Add(at, "pc", enter, new UrlParsed($"http://{host}/", "http", host, 80, PortIsDefault: true, "/", ""));
    }

    /// <summary>
    /// Everything is cold: ARP 0.6, DNS 84.4 (router 1.0, ISP 9.4, root 20, com 24, example.com 30), TCP 40, wait 45
    /// (5 of it the server's), transfer 80 with the fourth data segment lost; 250 ms in all.
    /// </summary>
    public static LogBuilder Cold(bool lose = true)
    {
        var log = new LogBuilder();
        EventId url = Begin(log);
        double t = ColdLookup(log, url);
        (EventId established, t) = Connect(log, url, t);
        Exchange(log, established, t, lose);
        return log;
    }

    /// <summary>Ends at 85 ms.</summary>
    public static double ColdLookup(LogBuilder log, EventId url)
    {
        EventId lookup = log.Add(0, "pc", url, new LookupStarted(Www, DnsType.A, "browser"));
        log.Add(0, "pc", lookup, new LevelConsulted(Www, DnsType.A, NameLevel.BrowserCache, LookupResult.Miss, default, -1));
        log.Add(0, "pc", lookup, new LevelConsulted(Www, DnsType.A, NameLevel.HostsFile, LookupResult.Miss, default, -1));
        EventId stub = log.Add(0, "pc", lookup, new LevelConsulted(Www, DnsType.A, NameLevel.Stub, LookupResult.Asked, s_router, -1));
        EventId toRouter = log.Add(0, "pc", stub, Ask(Www, s_router, DomainName.Root, DomainName.Root, recursion: true));
        EventId who = log.Add(0, "pc", toRouter, new NeighborRequested("eth0", s_router.Address, 1));
        log.Add(0.6, "pc", who, new NeighborResolved("eth0", s_router.Address, s_gatewayMac, Ms(0.6)));
        EventId atRouter = log.Add(1.1, "router", toRouter, new LevelConsulted(Www, DnsType.A, NameLevel.RouterCache, LookupResult.Miss, default, -1));
        EventId toIsp = log.Add(1.1, "router", atRouter, Ask(Www, s_isp, DomainName.Root, DomainName.Root, recursion: true));
        EventId atIsp = log.Add(5.8, "resolver", toIsp, new LevelConsulted(Www, DnsType.A, NameLevel.ResolverCache, LookupResult.Miss, default, -1));
        EventId iterate = log.Add(5.8, "resolver", atIsp, new LevelConsulted(Www, DnsType.A, NameLevel.Iteration, LookupResult.Asked, default, -1));
        EventId last = Iterate(log, iterate, 5.8, 20, ".", "a.root-servers.net", "198.41.0.4", "com.", "a.gtld-servers.net", "192.5.6.30");
        last = Iterate(log, last, 25.8, 24, "com.", "a.gtld-servers.net", "192.5.6.30", "example.com.", "ns1.example.com", "203.0.113.53");
        EventId toAuth = log.Add(49.8, "resolver", last, Ask(Www, Endpoint("203.0.113.53:53"), Name("example.com"), Name("ns1.example.com"), recursion: false));
        DnsRecord[] answer = [DnsRecord.ForAddress(Www, 3600, WebAddress)];
        EventId answered = log.Add(79.8, "resolver", toAuth, Answer(Www, Endpoint("203.0.113.53:53"), Name("example.com"), ResponseKind.Answer, Ms(30), answer, [], [], aa: true));
        log.Add(84.5, "router", answered, Answer(Www, s_isp, DomainName.Root, ResponseKind.Answer, Ms(83.4), answer, [], []));
        EventId home = log.Add(85, "pc", toRouter, Answer(Www, s_router, DomainName.Root, ResponseKind.Answer, Ms(85), answer, [], []));
        log.Add(85, "pc", home, new LookupFinished(Www, DnsType.A, NameFailure.None, [WebAddress], 3600, ""));
        return 85;
    }

    private static EventId Iterate(LogBuilder log, EventId cause, double at, double took, string zone, string serverName, string server, string child, string childServer, string glue)
    {
        IpEndpoint endpoint = Endpoint($"{server}:53");
        EventId sent = log.Add(at, "resolver", cause, Ask(Www, endpoint, Name(zone), Name(serverName), recursion: false));
        return log.Add(at + took, "resolver", sent, Answer(Www, endpoint, Name(zone), ResponseKind.Referral, Ms(took), [],
            [DnsRecord.ForName(Name(child), DnsType.NS, 86400, Name(childServer))], [DnsRecord.ForAddress(Name(childServer), 86400, IpAddress.Parse(glue))]));
    }

    public static QuerySent Ask(DomainName name, IpEndpoint server, DomainName zone, DomainName serverName, bool recursion, int attempt = 1, bool tcp = false) =>
        new(name, DnsType.A, server, zone, serverName, 0x1234, recursion, tcp, attempt);

    public static ResponseReceived Answer(
        DomainName name, IpEndpoint server, DomainName zone, ResponseKind kind, TimeSpan took, DnsRecord[] answers, DnsRecord[] authorities, DnsRecord[] additionals, bool aa = false,
        DnsRcode rcode = DnsRcode.NoError) => new(name, DnsType.A, server, zone, 0x1234, rcode, aa, !aa, false, kind, took, answers, authorities, additionals);

    /// <summary>Route, NAT and three segments at 20 ms each way; answers the cause of what follows and the time.</summary>
    public static (EventId Established, double At) Connect(LogBuilder log, EventId url, double t)
    {
        EventId wanted = log.Add(t, "pc", url, new ConnectStarted("www.example.com", Web));
        EventId call = log.Add(t, "pc", wanted, new SocketCalled(Client, "connect", 0));
        EventId route = log.Add(t, "pc", call, new RouteChosen(WebAddress, Pc.Address, IpPrefix.Parse("0.0.0.0/0"), s_router.Address, "eth0", OnLink: false));
        log.Add(t, "pc", call, new StateChanged(Client, TcpState.Closed, TcpState.SynSent, "active OPEN"));
        SegmentFacts syn = Facts(TcpFlags.Syn, 0, 0);
        EventId sent = log.Add(t, "pc", route, new SegmentSent(Client, syn, SendCause.Open));
        EventId frame = log.Add(t, "pc", sent, new FrameSent("eth0", Frames.Tcp(Pc, Web, syn, 0)));
        EventId lan = log.Add(t, "home-lan", frame, new LinkTransit("home-lan", "pc", "router", Frames.Tcp(Pc, Web, syn, 0), LinkVerdict.Delivered, DropReason.None, At(t + 0.5)));
        EventId atRouter = log.Add(t + 0.5, "router", lan, new FrameReceived("lan", Frames.Tcp(Pc, Web, syn, 0)));
        EventId nat = log.Add(t + 0.5, "router", atRouter, new NatTranslated(IpProtocol.Tcp, Pc, Server.Remote, Outward: true, NewMapping: true));
        EventId forward = log.Add(t + 0.5, "router", nat, new PacketForwarded(Server.Remote.Address, WebAddress, "lan", "wan", IpAddress.Parse("100.64.0.1"), 63));
        EventId core = log.Add(t + 0.5, "isp-core", forward, new LinkTransit("isp-core", "router", "web", Frames.Tcp(Server.Remote, Web, syn, 0), LinkVerdict.Delivered, DropReason.None, At(t + 20)));
        EventId atWeb = log.Add(t + 20, "web", core, new FrameReceived("eth0", Frames.Tcp(Server.Remote, Web, syn, 0)));
        EventId received = log.Add(t + 20, "web", atWeb, new SegmentReceived(Server, syn));
        log.Add(t + 20, "web", received, new StateChanged(Server, TcpState.Listen, TcpState.SynReceived, "received SYN"));
        EventId back = log.Segment(t + 20, t + 40, "web", Server, "pc", Client, received, TcpFlags.Syn | TcpFlags.Ack, 0, 1, why: SendCause.SynAnswer, link: "isp-core");
        log.Add(t + 40, "pc", back, new StateChanged(Client, TcpState.SynSent, TcpState.Established, "received SYN,ACK"));
        log.Add(t + 40, "pc", back, new OptionsNegotiated(Client, 1460, 1460, WindowScaling: true, 7, 7, Timestamps: true, Sack: true));
        log.Add(t + 40, "pc", back, new RttSampled(Client, Ms(40), Ms(40), Ms(20), Ms(200)));
        EventId third = log.Segment(t + 40, t + 60, "pc", Client, "web", Server, back, TcpFlags.Ack, 1, 1, link: "isp-core");
        log.Add(t + 60, "web", third, new StateChanged(Server, TcpState.SynReceived, TcpState.Established, "received ACK of SYN"));
        log.Add(t + 60, "web", third, new CongestionChanged(Server, CongestionPhase.SlowStart, 14_600, long.MaxValue, 1460, "initial window"));
        return (log.Add(t + 40, "pc", back, new ConnectFinished(Client, Reused: false)), t + 40);
    }

    /// <summary>Request, five data segments of which the fourth may be lost at isp-core, and a close in three segments.</summary>
    public static void Exchange(LogBuilder log, EventId established, double t, bool lose)
    {
        EventId request = log.Add(t, "pc", established, new RequestSent(Client, "GET", "/", ["Host: www.example.com"]));
        EventId asked = log.Segment(t, t + 20, "pc", Client, "web", Server, request, TcpFlags.Psh | TcpFlags.Ack, 1, 1, 100, SendCause.Data, "isp-core");
        EventId served = log.Add(t + 25, "web", asked, new RequestServed(Server, "GET", "/", 200, 7000, Ms(5)));
        EventId head = default, cause = served;
        for (uint i = 0; i < 5; i++)
        {
            bool lost = lose && i == 3;
            double sent = t + 25 + i;
            EventId arrived = log.Segment(sent, sent + 20, "web", Server, "pc", Client, cause, TcpFlags.Ack, 1 + i * 1460, 101, 1460, SendCause.Data, "isp-core", lost ? DropReason.QueueFull : DropReason.None);
            if (i == 0)
            {
                log.Add(t + 45, "pc", arrived, new RttSampled(Client, Ms(45), Ms(40.6), Ms(12), Ms(200)));
                head = log.Add(t + 45, "pc", arrived, new ResponseHeadReceived(Client, 200, "OK", "content-length", ["Content-Type: text/html"]));
            }

            cause = served;
        }

        double end = t + 49;
        EventId tail = head;
        if (lose)
        {
            log.Add(t + 65, "web", served, new DuplicateAckCounted(Server, 3));
            EventId counted = log.Last.Id;
            log.Add(t + 65, "web", counted, new CongestionChanged(Server, CongestionPhase.FastRecovery, 16_790, 12_410, 1460, "three duplicate ACKs"));
            EventId again = log.Add(t + 68, "web", counted, new Retransmitted(Server, 4381, 1460, RetransmitCause.DuplicateAcks, 1));
            tail = log.Segment(t + 68, t + 125, "web", Server, "pc", Client, again, TcpFlags.Ack, 4381, 101, 1460, SendCause.Retransmission, "isp-core");
            log.Add(t + 125, "web", tail, new CongestionChanged(Server, CongestionPhase.CongestionAvoidance, 12_410, 12_410, 1460, "recovered"));
            end = t + 125;
        }

        log.Add(end, "pc", tail, new BodyReceived(Client, 7000, 7000));
        EventId complete = log.Add(end, "pc", tail, new ResponseCompleted(Client, 200, 7000, KeptAlive: false));
        log.Add(end, "pc", complete, new NavigationFinished(0, "200 OK, 7,000 B"));
        Close(log, complete, end);
    }

    /// <summary>FIN,ACK — FIN,ACK — ACK: nothing was left to send, so the four are three.</summary>
    public static void Close(LogBuilder log, EventId cause, double t)
    {
        EventId close = log.Add(t, "pc", cause, new SocketCalled(Client, "close", 0));
        log.Add(t, "pc", close, new StateChanged(Client, TcpState.Established, TcpState.FinWait1, "CLOSE"));
        EventId fin = log.Segment(t, t + 20, "pc", Client, "web", Server, close, TcpFlags.Fin | TcpFlags.Ack, 101, 7301, why: SendCause.Close, link: "isp-core");
        log.Add(t + 20, "web", fin, new StateChanged(Server, TcpState.Established, TcpState.CloseWait, "received FIN"));
        log.Add(t + 20, "web", fin, new StateChanged(Server, TcpState.CloseWait, TcpState.LastAck, "CLOSE"));
        EventId back = log.Segment(t + 20, t + 40, "web", Server, "pc", Client, fin, TcpFlags.Fin | TcpFlags.Ack, 7301, 102, why: SendCause.Close, link: "isp-core");
        log.Add(t + 40, "pc", back, new StateChanged(Client, TcpState.FinWait1, TcpState.TimeWait, "received FIN and ACK of FIN"));
        log.Add(t + 40, "pc", back, new TimeWaitStarted(Client, TimeSpan.FromSeconds(60), Restarted: false));
        EventId last = log.Segment(t + 40, t + 60, "pc", Client, "web", Server, back, TcpFlags.Ack, 102, 7302, link: "isp-core");
        log.Add(t + 60, "web", last, new StateChanged(Server, TcpState.LastAck, TcpState.Closed, "received ACK of FIN"));
        log.Add(t + 60, "web", last, new ConnectionEnded(Server, ConnectionEnd.Closed, ""));
    }

    /// <summary>Three SYNs into the void.</summary>
    public static LogBuilder SilentPort()
    {
        var log = new LogBuilder();
        EventId url = Begin(log, "http://203.0.113.80/", host: "203.0.113.80");
        EventId wanted = log.Add(0, "pc", url, new ConnectStarted("203.0.113.80", Web));
        log.Add(0, "pc", wanted, new StateChanged(Client, TcpState.Closed, TcpState.SynSent, "active OPEN"));
        EventId cause = wanted;
        foreach (double at in new[] { 0.0, 1000, 3000 })
        {
            if (at > 0)
                cause = log.Add(at, "pc", cause, new RetransmissionTimedOut(Client, Ms(at == 1000 ? 1000 : 2000), Ms(at == 1000 ? 2000 : 4000), at == 1000 ? 1 : 2));
            log.Segment(at, at, "pc", Client, "web", Server, cause, TcpFlags.Syn, 0, 0, why: at > 0 ? SendCause.Retransmission : SendCause.Open, link: "isp-core", drop: DropReason.Partitioned);
        }

        log.Add(7000, "pc", cause, new ConnectionEnded(Client, ConnectionEnd.TimedOut, ""));
        log.Add(7000, "pc", wanted, new ConnectFailed("203.0.113.80", Web, ConnectionEnd.TimedOut, ""));
        log.Add(7000, "pc", wanted, new NavigationFinished(40, "no answer"));
        return log;
    }

    public static LogBuilder Refused()
    {
        var log = new LogBuilder();
        EventId url = Begin(log, "http://203.0.113.80/", host: "203.0.113.80");
        EventId wanted = log.Add(0, "pc", url, new ConnectStarted("203.0.113.80", Web));
        log.Add(0, "pc", wanted, new StateChanged(Client, TcpState.Closed, TcpState.SynSent, "active OPEN"));
        EventId sent = log.Add(0, "pc", wanted, new SegmentSent(Client, Facts(TcpFlags.Syn, 0, 0), SendCause.Open));
        EventId reset = log.Add(40, "pc", sent, new SegmentReceived(Client, Facts(TcpFlags.Rst | TcpFlags.Ack, 0, 1, from: "web")));
        log.Add(40, "pc", reset, new StateChanged(Client, TcpState.SynSent, TcpState.Closed, "received RST"));
        log.Add(40, "pc", reset, new ConnectionEnded(Client, ConnectionEnd.Refused, ""));
        log.Add(40, "pc", reset, new ConnectFailed("203.0.113.80", Web, ConnectionEnd.Refused, ""));
        log.Add(40, "pc", reset, new NavigationFinished(40, "refused"));
        return log;
    }

    /// <summary>A look-up that fails; <paramref name="kind"/> null: the server stays silent twice.</summary>
    public static LogBuilder NameFails(NameFailure failure, ResponseKind? kind, DnsRcode rcode = DnsRcode.NoError)
    {
        var log = new LogBuilder();
        EventId url = Begin(log);
        EventId lookup = log.Add(0, "pc", url, new LookupStarted(Www, DnsType.A, "browser"));
        EventId stub = log.Add(0, "pc", lookup, new LevelConsulted(Www, DnsType.A, NameLevel.Stub, LookupResult.Asked, s_router, -1));
        double end = 30;
        if (kind is { } answered)
        {
            EventId sent = log.Add(0, "pc", stub, Ask(Www, s_router, DomainName.Root, DomainName.Root, recursion: true));
            log.Add(30, "pc", sent, Answer(Www, s_router, DomainName.Root, answered, Ms(30), [], [], [], rcode: rcode));
        }
        else
        {
            EventId sent = log.Add(0, "pc", stub, Ask(Www, s_router, DomainName.Root, DomainName.Root, recursion: true));
            EventId waited = log.Add(2000, "pc", sent, new QueryTimedOut(Www, DnsType.A, s_router, Ms(2000), 1));
            sent = log.Add(2000, "pc", waited, Ask(Www, s_router, DomainName.Root, DomainName.Root, recursion: true, attempt: 2));
            log.Add(6000, "pc", sent, new QueryTimedOut(Www, DnsType.A, s_router, Ms(4000), 2));
            end = 6000;
        }

        log.Add(end, "pc", lookup, new LookupFinished(Www, DnsType.A, failure, [], 0, ""));
        log.Add(end, "pc", url, new NavigationFinished(20, "name"));
        return log;
    }
}
