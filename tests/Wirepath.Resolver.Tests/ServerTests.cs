using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Resolver.Tests;

/// <summary>The server on this machine's loopback: RFC 1035 §4.2, RFC 7766, RFC 7858, RFC 8484.</summary>
public sealed class ServerTests : IAsyncDisposable
{
    private static readonly IpEndpoint s_anyPort = new(IpAddress.LoopbackV4, 0);
    private static readonly X509Certificate2 s_certificate = DnsServer.SelfSigned();

    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(30));
    private readonly ServerCounters _counters = new();
    private readonly SystemDnsTransport _transport = new();
    private readonly List<DnsServer> _servers = [];

    private static Zone Zone(int serial = 1) => ZoneFile.Parse($"""
        $ORIGIN example.
        $TTL 300
        @ SOA ns hostmaster {serial} 3600 900 604800 60
        @ NS ns
        ns A 192.0.2.1
        www 77 A 192.0.2.80
        {string.Join('\n', Enumerable.Range(0, 600).Select(i => $"t{i} TXT \"some text to fill the zone with\""))}
        """, "z");

    private static AuthoritativeServer Authority(int serial = 1) => new(new ZoneSet(Zone(serial)), NodeLog.Silent)
    {
        Settings = new AuthoritativeSettings { Transfers = [IpPrefix.Parse("127.0.0.0/8")], Notifiers = [IpPrefix.Parse("127.0.0.0/8")] },
    };

    private async Task<IpEndpoint> ServeAsync(IDnsResponder responder, Func<ServerSettings, ServerSettings>? change = null)
    {
        ServerSettings settings = new() { Plain = [s_anyPort] };
        var server = new DnsServer(responder, change is null ? settings : change(settings), _counters, s_certificate, null, TimeProvider.System);
        _servers.Add(server);
        await server.StartAsync(_patience.Token);
        return server.Bound[0];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (DnsServer server in _servers)
            await server.DisposeAsync();
        _transport.Dispose();
        _counters.Dispose();
        _patience.Dispose();
    }

    private static byte[] Query(string name, ushort id = 7, DnsType type = DnsType.A) =>
        DnsMessage.Query(id, new DnsQuestion(DomainName.Parse(name), type), false).ToArray();

    private async Task<DnsMessage> AskAsync(IpEndpoint server, byte[] query, bool overTcp = false)
    {
        DnsReply reply = await _transport.ExchangeAsync(server, query, overTcp, TimeSpan.FromSeconds(10), _patience.Token);
        reply.Status.ShouldBe(DnsReplyStatus.Answered);
        DnsMessage.TryRead(reply.Message.Span, out DnsMessage message).ShouldBeTrue();
        return message;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_question_over_UDP_is_answered_by_whichever_thread_hears_it(int threads)
    {
        IpEndpoint server = await ServeAsync(Authority(), s => s with { Threads = threads });
        for (ushort i = 0; i < 100; i++)
        {
            DnsMessage reply = await AskAsync(server, Query("www.example", i));
            (reply.Id, reply.Answers.Count).ShouldBe((i, 1));
        }

        _counters.Queries(Carrier.Udp).ShouldBe(100);
        _counters.Answers(DnsRcode.NoError).ShouldBe(100);
    }

    [Fact]
    public async Task A_socket_on_all_addresses_answers_from_the_one_that_was_asked()
    {
        IpEndpoint server = await ServeAsync(Authority(), s => s with { Plain = [new IpEndpoint(IpAddress.AnyV4, 0)] });
        // Connected sockets hear only who they are connected to.
        foreach (string address in (string[])["127.0.0.1", "127.9.8.7"])
            (await AskAsync(new IpEndpoint(IpAddress.Parse(address), server.Port), Query("www.example"))).Answers.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_can_be_answered_at_once_is_sent_from_the_receive_loop()
    {
        IpEndpoint server = await ServeAsync(new Echo());
        for (ushort i = 0; i < 20; i++)
        {
            (await AskAsync(server, Query("www.example", i))).Id.ShouldBe(i);
            (await AskAsync(server, Query("www.example", i), overTcp: true)).Id.ShouldBe(i);
        }

        _counters.AtOnce.ShouldBe(20);
        _counters.Answers(DnsRcode.NXDomain).ShouldBe(40);
    }

    /// <summary>Says NXDOMAIN to everything, at once.</summary>
    private sealed class Echo : IDnsResponder
    {
        public ValueTask<DnsResponse> RespondAsync(ReadOnlyMemory<byte> query, Memory<byte> response, IpEndpoint client, bool overTcp, CancellationToken ct) =>
            throw new InvalidOperationException("Nobody should need this.");

        public bool TryRespond(ReadOnlySpan<byte> query, Span<byte> response, in IpEndpoint client, bool overTcp, out int length)
        {
            query.CopyTo(response);
            response[2] |= 0x80;
            response[3] = (byte)DnsRcode.NXDomain;
            length = query.Length;
            return true;
        }
    }

    [Fact]
    public async Task Questions_on_one_connection_are_answered_as_they_become_ready_and_the_connection_is_used_again()
    {
        var slow = new Slow();
        IpEndpoint server = await ServeAsync(slow);
        Task<DnsMessage> first = AskAsync(server, Query("slow.example", 1), overTcp: true);
        await slow.Asked.Task.WaitAsync(_patience.Token);
        DnsMessage second = await AskAsync(server, Query("fast.example", 1), overTcp: true);
        second.Questions[0].Name.ShouldBe(DomainName.Parse("fast.example"));
        first.IsCompleted.ShouldBeFalse();
        slow.Go.SetResult();
        (await first).Id.ShouldBe((ushort)1);
        slow.Ports.Distinct().Count().ShouldBe(1);
    }

    private sealed class Slow : IDnsResponder
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<ushort> Ports { get; } = [];

        public async ValueTask<DnsResponse> RespondAsync(ReadOnlyMemory<byte> query, Memory<byte> response, IpEndpoint client, bool overTcp, CancellationToken ct)
        {
            lock (Ports)
                Ports.Add(client.Port);
            DnsMessage.TryRead(query.Span, out DnsMessage message).ShouldBeTrue();
            if (message.Questions[0].Name == DomainName.Parse("slow.example"))
            {
                Asked.SetResult();
                await Go.Task.WaitAsync(ct);
            }

            return new DnsResponse(message.CreateResponse().Write(response.Span, response.Length), default);
        }
    }

    [Fact]
    public async Task What_is_no_message_ends_the_connection_and_nothing_else()
    {
        IpEndpoint server = await ServeAsync(Authority());
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.ToIPEndPoint(), _patience.Token);
        await socket.SendAsync(new byte[] { 0, 3, 1, 2, 3 }, _patience.Token);
        (await socket.ReceiveAsync(new byte[16], _patience.Token)).ShouldBe(0);

        using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await udp.ConnectAsync(server.ToIPEndPoint(), _patience.Token);
        var random = new RandomSource(1);
        for (int i = 0; i < 500; i++)
        {
            byte[] noise = i % 2 == 0 ? new byte[random.Next(600)] : Query("www.example");
            if (i % 2 == 0)
                random.Fill(noise);
            else
                noise[random.Next(noise.Length)] ^= (byte)(1 << random.Next(8));
            await udp.SendAsync(noise, _patience.Token);
        }

        (await AskAsync(server, Query("www.example"))).Answers.Count.ShouldBe(1);
        (await AskAsync(server, Query("www.example"), overTcp: true)).Answers.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_zone_is_fetched_over_TCP_and_kept_up_to_date()
    {
        AuthoritativeServer primary = Authority();
        IpEndpoint server = await ServeAsync(primary);
        var fetched = new TaskCompletionSource<Zone?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var secondary = new SecondaryZone(DomainName.Parse("example"), [server], _transport, _transport, TimeProvider.System, new RandomSource(1));
        (await secondary.RefreshAsync(_patience.Token)).ShouldBeTrue(secondary.Problem);
        secondary.Current!.Records.Count.ShouldBe(Zone().Records.Count);
        primary.Zones = new ZoneSet(Zone(2));
        secondary.Changed = zone => fetched.TrySetResult(zone);
        (await secondary.RefreshAsync(_patience.Token)).ShouldBeTrue(secondary.Problem);
        (await fetched.Task)!.Serial.ShouldBe(2u);
        primary.Zones = ZoneSet.Empty;
        (await secondary.RefreshAsync(_patience.Token)).ShouldBeFalse();
        secondary.Problem.ShouldContain("REFUSED");
    }

    [Fact]
    public async Task TLS_carries_what_TCP_carries()
    {
        await ServeAsync(Authority(), s => s with { Tls = [s_anyPort] });
        using var client = new TcpClient();
        await client.ConnectAsync(_servers[0].Bound[1].ToIPEndPoint(), _patience.Token);
        await using var tls = new SslStream(client.GetStream(), false, (_, certificate, _, _) => certificate!.GetCertHashString() == s_certificate.GetCertHashString());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", ApplicationProtocols = [new SslApplicationProtocol("dot")] }, _patience.Token);
        tls.NegotiatedApplicationProtocol.ToString().ShouldBe("dot");
        // Two questions in one piece, and one in two.
        byte[] framed = [.. Framed(Query("www.example", 1)), .. Framed(Query("ns.example", 2)), .. Framed(Query("nosuch.example", 3))];
        await tls.WriteAsync(framed.AsMemory(0, framed.Length - 5), _patience.Token);
        await tls.WriteAsync(framed.AsMemory(framed.Length - 5), _patience.Token);
        var ids = new List<ushort>();
        for (int i = 0; i < 3; i++)
        {
            byte[] length = new byte[2];
            await tls.ReadExactlyAsync(length, _patience.Token);
            byte[] message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
            await tls.ReadExactlyAsync(message, _patience.Token);
            ids.Add(BinaryPrimitives.ReadUInt16BigEndian(message));
        }

        ids.ShouldBe((ushort[])[1, 2, 3], ignoreOrder: true);

        static byte[] Framed(byte[] message) => [(byte)(message.Length >> 8), (byte)message.Length, .. message];
    }

    [Fact]
    public async Task HTTPS_answers_GET_and_POST_and_says_how_long_the_answer_keeps()
    {
        ushort port = FreePort();
        ushort metrics = FreePort();
        await ServeAsync(Authority(), s => s with { Https = [new IpEndpoint(IpAddress.LoopbackV4, port)], Metrics = [new IpEndpoint(IpAddress.LoopbackV4, metrics)] });
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.GetCertHashString() == s_certificate.GetCertHashString();
        using var client = new HttpClient(handler) { DefaultRequestVersion = HttpVersion.Version20 };
        string address = $"https://127.0.0.1:{port}/dns-query";
        using var body = new ByteArrayContent(Query("www.example"));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/dns-message");
        using HttpResponseMessage posted = await client.PostAsync(address, body, _patience.Token);
        (posted.StatusCode, posted.Version, posted.Headers.CacheControl!.MaxAge).ShouldBe((HttpStatusCode.OK, HttpVersion.Version20, TimeSpan.FromSeconds(77)));
        DnsMessage.TryRead(await posted.Content.ReadAsByteArrayAsync(_patience.Token), out DnsMessage reply).ShouldBeTrue();
        reply.Answers.Count.ShouldBe(1);

        // RFC 8484 §4.1.1: base64url without padding.
        byte[] got = await client.GetByteArrayAsync($"{address}?dns={System.Buffers.Text.Base64Url.EncodeToString(Query("www.example"))}", _patience.Token);
        DnsMessage.TryRead(got, out reply).ShouldBeTrue();
        reply.Answers.Count.ShouldBe(1);

        (await StatusAsync(HttpMethod.Get, address)).ShouldBe(HttpStatusCode.BadRequest);
        (await StatusAsync(HttpMethod.Get, address + "?dns=!!")).ShouldBe(HttpStatusCode.BadRequest);
        (await StatusAsync(HttpMethod.Get, $"https://127.0.0.1:{port}/")).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(HttpMethod.Put, address)).ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await StatusAsync(HttpMethod.Post, address)).ShouldBe(HttpStatusCode.UnsupportedMediaType);

        string text = await client.GetStringAsync($"http://127.0.0.1:{metrics}/metrics", _patience.Token);
        text.ShouldContain("# TYPE dns_server_queries_total counter\n");
        text.ShouldContain("dns_server_queries_total{transport=\"https\"} 2\n");
        text.ShouldContain("dns_server_answers_total{rcode=\"NOERROR\"} 2\n");
        text.ShouldContain("dns_server_duration_seconds_count 2\n");

        async Task<HttpStatusCode> StatusAsync(HttpMethod method, string url)
        {
            using var request = new HttpRequestMessage(method, url);
            using HttpResponseMessage response = await client.SendAsync(request, _patience.Token);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task A_server_that_is_not_there_refuses_and_one_that_is_silent_times_out()
    {
        var nobody = new IpEndpoint(IpAddress.LoopbackV4, FreePort());
        (await _transport.ExchangeAsync(nobody, Query("a"), false, TimeSpan.FromSeconds(10), _patience.Token)).Status.ShouldBe(DnsReplyStatus.Refused);
        (await _transport.ExchangeAsync(nobody, Query("a"), true, TimeSpan.FromSeconds(10), _patience.Token)).Status.ShouldBe(DnsReplyStatus.Refused);

        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var there = IpEndpoint.From((IPEndPoint)silent.LocalEndPoint!);
        (await _transport.ExchangeAsync(there, Query("a"), false, TimeSpan.FromMilliseconds(30), _patience.Token)).Status.ShouldBe(DnsReplyStatus.TimedOut);

        using var given = new CancellationTokenSource();
        ValueTask<DnsReply> waiting = _transport.ExchangeAsync(there, Query("a"), false, TimeSpan.FromSeconds(20), given.Token);
        given.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(async () => await waiting);
    }

    [Fact]
    public async Task A_reply_with_another_ID_or_question_is_counted_and_the_wait_goes_on()
    {
        using var forger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        forger.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        ValueTask<DnsReply> waiting = _transport.ExchangeAsync(
            IpEndpoint.From((IPEndPoint)forger.LocalEndPoint!), Query("www.example", 1), false, TimeSpan.FromSeconds(20), _patience.Token);
        byte[] room = new byte[512];
        SocketReceiveFromResult heard = await forger.ReceiveFromAsync(room, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), _patience.Token);
        heard.RemoteEndPoint.ShouldBeOfType<IPEndPoint>().Port.ShouldBeGreaterThanOrEqualTo(1024);
        foreach (byte[] reply in (byte[][])[Reply("www.example", 2), Reply("www.other", 1), Query("www.example", 1), Reply("www.example", 1)])
            await forger.SendToAsync(reply, SocketFlags.None, heard.RemoteEndPoint, _patience.Token);
        DnsMessage.TryRead((await waiting).Message.Span, out DnsMessage message).ShouldBeTrue();
        message.Id.ShouldBe((ushort)1);
        _transport.Mismatched.ShouldBe(3);

        static byte[] Reply(string name, ushort id)
        {
            DnsMessage.TryRead(Query(name, id), out DnsMessage query);
            return query.CreateResponse().ToArray();
        }
    }

    private static ushort FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
