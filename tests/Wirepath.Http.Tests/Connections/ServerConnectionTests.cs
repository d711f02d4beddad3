using System.IO.Pipelines;
using System.Text;

namespace Wirepath.Http.Tests;

/// <summary>A server's connection, driven by bytes. Nothing here waits: what has not happened when a call returns will not happen.</summary>
public sealed class ServerConnectionTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nServer: wirepath\r\n";

    private readonly Wire _wire = new();
    private readonly StillTime _time = new();
    private readonly Echo _echo = new();

    [Fact]
    public void Requests_that_come_in_one_segment_are_answered_in_their_order()
    {
        Task serving = Serve();
        _wire.Client.Send("GET /a HTTP/1.1\r\nHost: h\r\n\r\nPOST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhelloGET /c HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

        _wire.Client.Received().ShouldBe(
            $"{Ok}Content-Length: 7\r\n\r\nGET /a|{Ok}Content-Length: 13\r\n\r\nPOST /b|hello{Ok}Content-Length: 7\r\nConnection: close\r\n\r\nGET /c|");
        serving.IsCompletedSuccessfully.ShouldBeTrue();
        _wire.Server.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public void A_request_may_come_byte_by_byte()
    {
        _ = Serve();
        foreach (char c in "POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n")
        {
            _wire.Client.Send(c.ToString());
        }

        _wire.Client.Received().ShouldBe($"{Ok}Content-Length: 13\r\n\r\nPOST /b|abcde");
        _wire.Server.IsClosed.ShouldBeFalse();
    }

    [Fact]
    public void An_answer_of_unknown_length_goes_in_chunks_or_until_the_end()
    {
        _echo.LengthKnown = false;
        _ = Serve();
        _wire.Client.Send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
        _wire.Client.Received().ShouldBe($"{Ok}Transfer-Encoding: chunked\r\n\r\n00000007\r\nGET /a|\r\n0\r\n\r\n");
        _wire.Client.Send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        _wire.Client.Received().ShouldBe($"{Ok}Connection: close\r\n\r\nGET /a|");
        _wire.Server.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public void HEAD_gets_the_head_of_GET_and_no_body()
    {
        _ = Serve();
        _wire.Client.Send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        _wire.Client.Received().ShouldBe($"{Ok}Content-Length: 8\r\n\r\n{Ok}Content-Length: 7\r\nConnection: keep-alive\r\n\r\nGET /b|");
    }

    [Fact]
    public void The_100_is_sent_when_the_body_is_wanted_and_not_before()
    {
        const string Request = "POST /b HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
        _ = Serve();
        _wire.Client.Send(Request);
        _wire.Client.Received().ShouldBe("HTTP/1.1 100 Continue\r\n\r\n");
        _wire.Client.Send("hello");
        _wire.Client.Received().ShouldBe($"{Ok}Content-Length: 13\r\n\r\nPOST /b|hello");

        // Not wanted: then nobody knows whether the body comes, and the connection ends.
        _echo.ReadsBody = false;
        _wire.Client.Send(Request);
        _wire.Client.Received().ShouldBe($"{Ok}Content-Length: 8\r\nConnection: close\r\n\r\nPOST /b|");
        _wire.Server.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public void What_the_handler_leaves_of_a_body_is_not_taken_for_the_next_request()
    {
        _echo.ReadsBody = false;
        _ = Serve();
        _wire.Client.Send("POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 28\r\n\r\nGET /evil HTTP/1.1\r\nHost: h\r\nGET /c HTTP/1.1\r\nHost: h\r\n\r\n");
        _wire.Client.Received().ShouldBe($"{Ok}Content-Length: 8\r\n\r\nPOST /b|{Ok}Content-Length: 7\r\n\r\nGET /c|");
    }

    [Theory]
    [InlineData("GET\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /evil HTTP/1.1\r\nHost: h\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400)]
    [InlineData("GET /{8192} HTTP/1.1\r\n", 414)]
    [InlineData("GET / HTTP/1.1\r\nX: {16384}\r\n", 431)]
    [InlineData("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501)]
    [InlineData("PRI * HTTP/2.0\r\n\r\n", 505)]
    public void What_is_no_request_is_told_so_once_and_the_connection_ends(string text, int status)
    {
        Task serving = Serve();
        _wire.Client.Send(text.Replace("{8192}", new string('a', 8192)).Replace("{16384}", new string('a', 16384)));
        string answer = _wire.Client.Received();
        answer.ShouldStartWith($"HTTP/1.1 {status} {ReasonPhrase.Of(status)}\r\n");
        answer.ShouldContain("Connection: close\r\n");
        answer.Split("\r\nDate: ").Length.ShouldBe(2);
        serving.IsCompletedSuccessfully.ShouldBeTrue();
        _wire.Server.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public void A_head_that_dawdles_is_answered_408_and_an_idle_connection_is_closed_in_silence()
    {
        _ = Serve();
        _wire.Client.Send("GET / HTTP/1.1\r\n");
        _time.Advance(TimeSpan.FromSeconds(14));
        _wire.Client.Send("Host: h\r\n");
        _wire.Client.Received().ShouldBe("");
        _time.Advance(TimeSpan.FromSeconds(1));
        _wire.Client.Received().ShouldStartWith("HTTP/1.1 408 Request Timeout\r\n");

        var idle = new Wire();
        Task serving = HttpServerConnection.ServeAsync(idle.Server, _echo, HttpServerOptions.Default, _time, CancellationToken.None);
        idle.Client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        idle.Client.Received().ShouldContain("200 OK");
        _time.Advance(TimeSpan.FromSeconds(74));
        serving.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        serving.IsCompletedSuccessfully.ShouldBeTrue();
        idle.Client.Received().ShouldBe("");
    }

    [Fact]
    public void A_long_body_takes_the_time_it_takes_and_only_a_stall_ends_it()
    {
        _ = Serve();
        _wire.Client.Send("POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n");
        foreach (char c in "hello")
        {
            _time.Advance(TimeSpan.FromMinutes(4));
            _wire.Client.Send(c.ToString());
        }

        _wire.Client.Received().ShouldEndWith("\r\n\r\nPOST /b|hello");

        var drip = new Drip();
        var slow = new Wire();
        Task serving = HttpServerConnection.ServeAsync(slow.Server, drip, HttpServerOptions.Default, _time, CancellationToken.None);
        slow.Client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        for (int i = 0; i < 5; i++)
        {
            drip.Fall("x");
            slow.Client.Received().ShouldEndWith("00000001\r\nx\r\n");
            _time.Advance(TimeSpan.FromMinutes(4));
            serving.IsCompleted.ShouldBeFalse();
        }

        _time.Advance(TimeSpan.FromMinutes(1));
        serving.IsCompletedSuccessfully.ShouldBeTrue();
        slow.Server.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public void A_handler_that_fails_costs_its_own_connection_only()
    {
        _echo.Fails = true;
        var observed = new Observer();
        Task serving = Serve(HttpServerOptions.Default with { Observer = observed });
        _wire.Client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        _wire.Client.Received().ShouldStartWith("HTTP/1.1 500 Internal Server Error\r\n");
        serving.IsCompletedSuccessfully.ShouldBeTrue();
        observed.Story.ShouldBe(["received GET / HTTP/1.1", "failed broken on purpose", "responded 500"]);
    }

    [Fact]
    public void Cancelling_ends_the_connection_and_throws()
    {
        using var stop = new CancellationTokenSource();
        Task serving = HttpServerConnection.ServeAsync(_wire.Server, _echo, HttpServerOptions.Default, _time, stop.Token);
        stop.Cancel();
        serving.IsCanceled.ShouldBeTrue();
        _wire.Server.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public void The_end_of_the_connection_between_requests_is_no_mistake()
    {
        Task serving = Serve();
        _wire.Client.Finish();
        serving.IsCompletedSuccessfully.ShouldBeTrue();
        _wire.Client.Received().ShouldBe("");
    }

    private Task Serve(HttpServerOptions? options = null) => HttpServerConnection.ServeAsync(_wire.Server, _echo, options ?? HttpServerOptions.Default, _time, CancellationToken.None);

    /// <summary>Says what was asked: "method target|body".</summary>
    private sealed class Echo : IHttpHandler
    {
        public bool ReadsBody { get; set; } = true;

        public bool LengthKnown { get; set; } = true;

        public bool Fails { get; set; }

        public async ValueTask HandleAsync(HttpExchange exchange, CancellationToken cancellation)
        {
            if (Fails)
            {
                throw new InvalidOperationException("broken on purpose");
            }

            var said = new MemoryStream(Encoding.ASCII.GetBytes($"{exchange.Request.Method} {exchange.Request.Target}|")) { Position = 0 };
            var text = new MemoryStream();
            await said.CopyToAsync(text, cancellation);
            if (ReadsBody)
            {
                await exchange.RequestBody.CopyToAsync(text, cancellation);
            }

            text.Position = 0;
            await exchange.RespondAsync(new ResponseHead(200), text, LengthKnown ? text.Length : null, cancellation);
        }
    }

    /// <summary>Answers with what falls, as it falls.</summary>
    private sealed class Drip : IHttpHandler
    {
        private readonly Pipe _pipe = new(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));

        public void Fall(string text) => _pipe.Writer.WriteAsync(Encoding.ASCII.GetBytes(text)).IsCompletedSuccessfully.ShouldBeTrue();

        public ValueTask HandleAsync(HttpExchange exchange, CancellationToken cancellation) =>
            exchange.RespondAsync(new ResponseHead(200), _pipe.Reader.AsStream(), length: null, cancellation);
    }

    private sealed class Observer : IHttpServerObserver
    {
        public List<string> Story { get; } = [];

        public void RequestReceived(RequestHead request) => Story.Add($"received {request}");

        public void Responded(RequestHead request, ResponseHead response, long bodyBytes) => Story.Add($"responded {response.Status}");

        public void Refused(HttpProblem problem) => Story.Add($"refused {problem.Kind}");

        public void HandlerFailed(RequestHead request, Exception exception) => Story.Add($"failed {exception.Message}");
    }
}
