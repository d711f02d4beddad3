using System.Buffers.Binary;
using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Names.Tests;

/// <summary>DNS over the hosts' own UDP and TCP, packets on a simulated cable.</summary>
public class NamesTests
{
    private const string Zone = """
        $ORIGIN example.
        $TTL 60
        @ SOA ns hostmaster 1 2 3 4 5
        @ NS ns
        ns A 10.0.0.2
        www A 192.0.2.80
        big TXT "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
        big TXT "1123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
        big TXT "2123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
        big TXT "3123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
        """;

    private static readonly IpEndpoint s_server = new(IpAddress.Parse("10.0.0.2"), 53);

    private static DnsMessage Query(string name, ushort id = 7, DnsType type = DnsType.A) =>
        DnsMessage.Query(id, new DnsQuestion(DomainName.Parse(name), type), recursionDesired: false);

    [Fact]
    public void A_question_over_UDP_takes_one_round_trip_and_its_packets_name_their_causes_across_both_hosts()
    {
        using var hosts = new TwoHosts();
        using HostDnsServer server = hosts.ServeZone(Zone);
        NameAnswer answer = hosts.Simulator.Run(() => hosts.Stub().ResolveAsync(DomainName.Parse("www.example"), DnsType.A).AsTask());

        answer.Addresses.ShouldBe([IpAddress.Parse("192.0.2.80")], answer.Explanation);
        hosts.Elapsed.TotalMilliseconds.ShouldBeInRange(40, 41); // ARP and the question, 20 ms each
        Event received = hosts.Recorder.Events.Single(e => e.What is ResponseReceived);
        received.What.ShouldBeOfType<ResponseReceived>().Kind.ShouldBe(ResponseKind.Answer);
        Event answered = hosts.Recorder.Events.Single(e => e.What is QuestionAnswered);
        answered.Node.ShouldBe("server");
        List<string> path = hosts.Path(answered);
        path.ShouldContain("client QuerySent");
        path[1].ShouldBe("server DatagramReceived");
        Event reply = hosts.Recorder.Events.Last(e => e.Node == "client" && e.What is FrameReceived);
        hosts.Path(reply).ShouldContain("server QuestionAnswered");
    }

    [Fact]
    public void What_is_too_long_for_UDP_comes_over_TCP()
    {
        using var hosts = new TwoHosts();
        using HostDnsServer server = hosts.ServeZone(Zone);
        NameAnswer answer = hosts.Simulator.Run(() => hosts.Stub(edns: false).ResolveAsync(DomainName.Parse("big.example"), DnsType.TXT).AsTask());

        answer.Records.Count.ShouldBe(4, answer.Explanation);
        hosts.Written<QuestionAnswered>().Select(q => (q.OverTcp, q.Answers)).ShouldBe([(false, 4), (true, 4)]);
        hosts.Written<ResponseReceived>().Select(r => (r.Kind, r.Answers.Count)).ShouldBe([(ResponseKind.Truncated, 0), (ResponseKind.Answer, 4)]);
        string.Join(" ", hosts.Path(hosts.Recorder.Events.Last(e => e.What is QuestionAnswered)).Take(8))
            .ShouldBe("server QuestionAnswered server SegmentReceived server FrameReceived client FrameSent client SegmentSent client SocketCalled client QuerySent client ResponseReceived");
    }

    [Fact]
    public void Several_questions_on_one_connection_are_answered_in_their_order()
    {
        using var hosts = new TwoHosts();
        using HostDnsServer server = hosts.ServeZone(Zone);
        ushort[] ids = hosts.Simulator.Run(async () =>
        {
            await using TcpStream stream = await hosts.Client.ConnectAsync(s_server);
            var all = new MemoryStream();
            for (ushort id = 1; id <= 5; id++)
                await DnsFraming.WriteAsync(all, Query("www.example", id).ToArray(), default);
            byte[] bytes = all.ToArray();
            // Cut where no message ends: framing is the stream's business, not the segments'.
            await stream.WriteAsync(bytes.AsMemory(0, 41));
            await stream.WriteAsync(bytes.AsMemory(41));
            var answered = new List<ushort>();
            while (answered.Count < 5)
                answered.Add(BinaryPrimitives.ReadUInt16BigEndian((await DnsFraming.ReadAsync(stream, default))!));
            return answered.ToArray();
        });
        ids.ShouldBe([1, 2, 3, 4, 5]);
    }

    [Fact]
    public void A_silent_connection_is_closed_after_ten_seconds_and_too_many_at_once()
    {
        using var hosts = new TwoHosts();
        using HostDnsServer server = hosts.ServeZone(Zone, settings: new DnsServerSettings { MostConnections = 2 });
        hosts.Simulator.Run(async () =>
        {
            await using TcpStream first = await hosts.Client.ConnectAsync(s_server);
            await using TcpStream second = await hosts.Client.ConnectAsync(s_server);
            await using TcpStream third = await hosts.Client.ConnectAsync(s_server);
            ConnectionEnd? end = null;
            try
            {
                (await third.ReadAsync(new byte[1])).ShouldBe(0);
            }
            catch (NetworkException reset)
            {
                end = reset.End; // not by ThrowAsync, which leaves the simulation's thread
            }

            end.ShouldBe(ConnectionEnd.ResetByPeer);
            hosts.Elapsed.TotalSeconds.ShouldBeLessThan(1);
            (await first.ReadAsync(new byte[1])).ShouldBe(0);
        });
        server.Dropped.ShouldBe(1);
        hosts.Elapsed.TotalSeconds.ShouldBeInRange(10, 10.2);
    }

    [Fact]
    public void A_port_where_nobody_listens_is_known_after_one_round_trip_and_a_host_that_is_not_there_too()
    {
        using var hosts = new TwoHosts();
        NameAnswer closed = hosts.Simulator.Run(() => hosts.Stub("10.0.0.3").ResolveAsync(DomainName.Parse("www.example"), DnsType.A).AsTask());
        closed.Failure.ShouldBe(NameFailure.NoServer);
        closed.Explanation.ShouldBe("the only server configured has nobody on port 53: 10.0.0.3");
        hosts.Elapsed.TotalSeconds.ShouldBeLessThan(1);

        NameAnswer absent = hosts.Simulator.Run(() => hosts.Stub("10.0.0.77").ResolveAsync(DomainName.Parse("www.example"), DnsType.A).AsTask());
        absent.Failure.ShouldBe(NameFailure.NoServer);
        absent.Explanation.ShouldBe("the only server configured is unreachable: 10.0.0.77");
        NameAnswer noRoute = hosts.Simulator.Run(() => hosts.Stub("172.16.0.1").ResolveAsync(DomainName.Parse("www.example"), DnsType.A).AsTask());
        noRoute.Explanation.ShouldBe("the only server configured is unreachable: 172.16.0.1");

        var transport = new HostDnsTransport(hosts.Client);
        DnsReply overTcp = hosts.Simulator.Run(() => transport.ExchangeAsync(s_server, Query("www.example").ToArray(), overTcp: true, TimeSpan.FromSeconds(5), default).AsTask());
        overTcp.Status.ShouldBe(DnsReplyStatus.Refused);
    }

    [Fact]
    public void Forgeries_and_strays_do_not_end_the_wait_for_the_true_reply()
    {
        using var hosts = new TwoHosts();
        var transport = new HostDnsTransport(hosts.Client);
        DnsMessage query = Query("www.example");
        DnsReply reply = hosts.Simulator.Run(async () =>
        {
            using UdpSocket forger = hosts.Server.OpenUdp(new IpEndpoint(IpAddress.Parse("10.0.0.3"), 53));
            using UdpSocket socket = hosts.Server.OpenUdp(s_server);
            Task<DnsReply> exchange = transport.ExchangeAsync(s_server, query.ToArray(), overTcp: false, TimeSpan.FromSeconds(5), default).AsTask();
            UdpReceiveResult asked = await socket.ReceiveFromAsync(new byte[512]);
            DnsMessage answer = query.CreateResponse();
            answer.Answers.Add(DnsRecord.ForAddress(DomainName.Parse("www.example"), 5, IpAddress.Parse("192.0.2.66")));
            await forger.SendToAsync(answer.ToArray(), asked.From); // right in all but the address
            answer.Id++;
            await socket.SendToAsync(answer.ToArray(), asked.From); // wrong ID
            await socket.SendToAsync(Query("www.other").CreateResponse().ToArray(), asked.From); // wrong question
            await socket.SendToAsync(query.ToArray(), asked.From); // no response at all
            await socket.SendToAsync(new byte[3], asked.From);
            answer = query.CreateResponse(DnsRcode.NXDomain);
            await socket.SendToAsync(answer.ToArray(), asked.From);
            return await exchange;
        });
        reply.Status.ShouldBe(DnsReplyStatus.Answered);
        DnsMessage.TryRead(reply.Message.Span, out DnsMessage message).ShouldBeTrue();
        message.Rcode.ShouldBe(DnsRcode.NXDomain);
        transport.Mismatched.ShouldBe(5);
        hosts.Written<ResponseReceived>().Count(r => r.Kind == ResponseKind.Mismatched).ShouldBe(5);
    }

    [Fact]
    public void Silence_is_a_timeout_of_the_length_asked_for_and_a_caller_may_give_up()
    {
        using var hosts = new TwoHosts();
        var transport = new HostDnsTransport(hosts.Client);
        using UdpSocket silent = hosts.Server.OpenUdp(s_server);
        DnsReply reply = hosts.Simulator.Run(() => transport.ExchangeAsync(s_server, Query("www.example").ToArray(), false, TimeSpan.FromSeconds(3), default).AsTask());
        reply.Status.ShouldBe(DnsReplyStatus.TimedOut);
        hosts.Elapsed.ShouldBe(TimeSpan.FromSeconds(3));

        using var impatient = new CancellationTokenSource(TimeSpan.FromSeconds(1), hosts.Simulator.Time);
        Should.Throw<OperationCanceledException>(() => hosts.Simulator.Run(() =>
            transport.ExchangeAsync(s_server, Query("www.example").ToArray(), false, TimeSpan.FromSeconds(3), impatient.Token).AsTask()));
        hosts.Elapsed.ShouldBe(TimeSpan.FromSeconds(4));
    }

    [Fact]
    public void A_recursive_resolver_iterates_over_real_packets_from_a_fresh_port_each_time()
    {
        using var hosts = new TwoHosts();
        using HostDnsServer root = hosts.ServeZone(". 60 SOA ns. h. 1 2 3 4 5\n. 60 NS ns.\nns. 60 A 10.0.0.2\ncom. 60 NS ns.com.\nns.com. 60 A 10.0.0.3");
        using HostDnsServer com = hosts.ServeZone("com. 60 SOA ns.com. h. 1 2 3 4 5\ncom. 60 NS ns.com.\nns.com. 60 A 10.0.0.3\na.com. 60 NS ns.a.com.\nns.a.com. 60 A 10.0.0.4", "10.0.0.3");
        using HostDnsServer a = hosts.ServeZone("a.com. 60 SOA ns.a.com. h. 1 2 3 4 5\na.com. 60 NS ns.a.com.\nns.a.com. 60 A 10.0.0.4\nwww.a.com. 60 A 192.0.2.80", "10.0.0.4");
        var resolver = new RecursiveResolver(RootHints.Of((DomainName.Parse("ns"), IpAddress.Parse("10.0.0.2"))), new ResolverSettings { PrimeRoot = false }, new ResolverCache(),
            new HostDnsTransport(hosts.Client), hosts.Client.Log, hosts.Simulator.Time, new RandomSource(4));
        NameAnswer answer = hosts.Simulator.Run(() => resolver.ResolveAsync(DomainName.Parse("www.a.com"), DnsType.A).AsTask());
        answer.Addresses.ShouldBe([IpAddress.Parse("192.0.2.80")], answer.Explanation);
        hosts.Written<QuestionAnswered>().Select(q => q.Client.Port).Distinct().Count().ShouldBe(3);
        hosts.Elapsed.TotalMilliseconds.ShouldBeInRange(120, 125); // three times ARP and a question
    }

    [Fact]
    public void Garbage_does_not_stop_a_server()
    {
        using var hosts = new TwoHosts();
        using HostDnsServer server = hosts.ServeZone(Zone);
        var random = new RandomSource(5);
        NameAnswer answer = hosts.Simulator.Run(async () =>
        {
            using UdpSocket socket = hosts.Client.OpenUdp(new IpEndpoint(IpAddress.AnyV4, 0));
            for (int i = 0; i < 500; i++)
            {
                byte[] bytes = new byte[random.Next(64)];
                random.Fill(bytes);
                await socket.SendToAsync(bytes, s_server);
            }

            await using (TcpStream stream = await hosts.Client.ConnectAsync(s_server))
            {
                byte[] bytes = new byte[3000];
                random.Fill(bytes);
                await stream.WriteAsync(bytes);
            }

            return await hosts.Stub().ResolveAsync(DomainName.Parse("www.example"), DnsType.A);
        });
        answer.Failure.ShouldBe(NameFailure.None, answer.Explanation);
    }

    [Fact]
    public void A_server_that_is_disposed_frees_its_port()
    {
        using var hosts = new TwoHosts();
        for (int i = 0; i < 3; i++)
        {
            using HostDnsServer server = hosts.ServeZone(Zone);
            hosts.Simulator.Run(() => hosts.Stub().ResolveAsync(DomainName.Parse("www.example"), DnsType.A).AsTask()).Failure.ShouldBe(NameFailure.None);
        }

        hosts.Simulator.Run(() => hosts.Stub().ResolveAsync(DomainName.Parse("www.example"), DnsType.A).AsTask()).Failure.ShouldBe(NameFailure.NoServer);
    }
}
