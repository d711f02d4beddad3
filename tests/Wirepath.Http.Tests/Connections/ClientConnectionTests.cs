using System.Text;
using Wirepath.Url;

namespace Wirepath.Http.Tests;

public sealed class ClientConnectionTests
{
    private readonly Wire _wire = new();
    private readonly Observer _observer = new();

    [Fact]
    public async Task A_connection_is_used_again_when_the_body_has_been_read()
    {
        using var client = new HttpClientConnection(_wire.Client, observer: _observer);
        Task<HttpResponse> sending = client.SendAsync(Request("GET", "/a"));
        _wire.Server.Received().ShouldBe("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
        _wire.Server.Send("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
        sending.IsCompletedSuccessfully.ShouldBeTrue();
        HttpResponse response = await sending;
        await Should.ThrowAsync<InvalidOperationException>(() => client.SendAsync(Request("GET", "/b")));

        _wire.Server.Send("lo");
        (await Text(response)).ShouldBe("hello");
        response.IsReusable.ShouldBeTrue();
        sending = client.SendAsync(Request("POST", "/b"), Encoding.ASCII.GetBytes("xyz"));
        _wire.Server.Received().ShouldBe("POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nxyz");
        _wire.Server.Send("HTTP/1.1 204 No Content\r\n\r\n");
        (await sending).IsReusable.ShouldBeTrue();
        _observer.Story.ShouldBe(
        [
            "sent GET /a HTTP/1.1 28+0", "interim 103", "head 200 ContentLength", "body 3/3", "body 2/5", "completed 5 ",
            "sent POST /b HTTP/1.1 48+3", "head 204 None", "completed 0 ",
        ]);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nT: v\r\n\r\n", "hello", true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 99\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "hello", false)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello", "hello", false)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello", false)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nhello", "hello", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "", true)]
    public async Task The_body_ends_where_the_framing_says(string wire, string body, bool reusable)
    {
        _wire.Server.Send(wire);
        _wire.Server.Finish();
        using var client = new HttpClientConnection(_wire.Client);
        HttpResponse response = await client.SendAsync(Request("GET", "/"));
        (await Text(response)).ShouldBe(body);
        response.IsReusable.ShouldBe(reusable);
    }

    [Theory]
    [InlineData("", HttpProblemKind.HeadTruncated, "The server closed the connection without an answer.")]
    [InlineData("HTTP/1.1 200", HttpProblemKind.HeadTruncated, "The server closed the connection after 12 bytes of its answer's head.")]
    [InlineData("220 mail ESMTP\r\n", HttpProblemKind.StatusLineMalformed, "is this an HTTP server?")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", HttpProblemKind.BodyTruncated, "The connection ended after 3 of 5 bytes of the body.")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello", HttpProblemKind.BodyTruncated, "The connection ended within a chunked body, after 5 bytes.")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", HttpProblemKind.ChunkSizeInvalid, "Where a chunk's size")]
    public async Task What_is_cut_short_or_no_HTTP_is_said_and_not_guessed(string wire, HttpProblemKind kind, string message)
    {
        _wire.Server.Send(wire);
        _wire.Server.Finish();
        using var client = new HttpClientConnection(_wire.Client, observer: _observer);
        HttpProblemException exception = await Should.ThrowAsync<HttpProblemException>(async () => await Text(await client.SendAsync(Request("GET", "/"))));
        exception.Problem.Kind.ShouldBe(kind);
        exception.Message.ShouldContain(message);
        _observer.Story.Count(s => s.StartsWith("completed", StringComparison.Ordinal)).ShouldBe(1);
        _observer.Story[^1].ShouldEndWith(kind.ToString());
    }

    [Fact]
    public async Task A_body_that_waits_for_100_is_sent_after_it_or_not_at_all()
    {
        using var client = new HttpClientConnection(_wire.Client);
        RequestHead request = Request("PUT", "/big");
        request.Headers.Add("Expect", "100-continue");
        Task<HttpResponse> sending = client.SendAsync(request, new MemoryStream("hello"u8.ToArray()), null);
        _wire.Server.Received().ShouldEndWith("Transfer-Encoding: chunked\r\n\r\n");
        _wire.Server.Send("HTTP/1.1 100 Continue\r\n\r\n");
        _wire.Server.Received().ShouldBe("00000005\r\nhello\r\n0\r\n\r\n");
        _wire.Server.Send("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
        (await sending).IsReusable.ShouldBeTrue();

        sending = client.SendAsync(request, "hello"u8.ToArray());
        _wire.Server.Received().ShouldEndWith("Content-Length: 5\r\n\r\n");
        _wire.Server.Send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n");
        (await sending).IsReusable.ShouldBeFalse();
    }

    [Theory]
    [InlineData("POST", 303, "/x", "GET", "http://h/x#f")]
    [InlineData("POST", 302, "../y#g", "GET", "http://h/y#g")]
    [InlineData("POST", 307, "https://other/z", "POST", "https://other/z#f")]
    [InlineData("HEAD", 303, "/x", "HEAD", "http://h/x#f")]
    [InlineData("GET", 301, "ftp://h/x", null, null)]
    [InlineData("GET", 301, "http://[", null, null)]
    [InlineData("GET", 304, "/x", null, null)]
    public void A_redirect_leads_where_Location_says(string method, int status, string location, string? nextMethod, string? nextUrl)
    {
        UrlRecord.TryParse("http://h/a/b#f", null, out UrlRecord? url, out _).ShouldBeTrue();
        var head = new ResponseHead(status);
        head.Headers.Add("Location", location);
        HttpRedirect.TryFollow(method, url!, head, out string? thenMethod, out UrlRecord? then).ShouldBe(nextUrl is not null);
        thenMethod.ShouldBe(nextMethod);
        then?.Href.ShouldBe(nextUrl);
    }

    private static RequestHead Request(string method, string target) => new(method, target, HttpVersion.Http11, new HttpHeaders().Add("Host", "h"));

    private static async Task<string> Text(HttpResponse response)
    {
        using var text = new MemoryStream();
        await response.Body.CopyToAsync(text);
        return Encoding.Latin1.GetString(text.ToArray());
    }

    private sealed class Observer : IHttpObserver
    {
        public List<string> Story { get; } = [];

        public void RequestSent(RequestHead request, int headBytes, long bodyBytes) => Story.Add($"sent {request} {headBytes}+{bodyBytes}");

        public void InterimResponse(ResponseHead head) => Story.Add($"interim {head.Status}");

        public void ResponseHead(ResponseHead head, BodyFraming framing, int headBytes) => Story.Add($"head {head.Status} {framing.Kind}");

        public void BodyBytes(int count, long soFar) => Story.Add($"body {count}/{soFar}");

        public void Completed(long bodyBytes, HttpProblem? problem) => Story.Add($"completed {bodyBytes} {problem?.Kind}");
    }
}
