using System.Text;
using BenchmarkDotNet.Attributes;
using Wirepath.Http;

namespace Wirepath.Bench;

/// <summary>A request head and a response head as browsers and servers send them.</summary>
public class HttpHeadBenchmarks
{
    private readonly byte[] _request = Encoding.ASCII.GetBytes(
        "GET /articles/2024/a-page.html?from=home HTTP/1.1\r\nHost: www.example.com\r\nConnection: keep-alive\r\n"
        + "Upgrade-Insecure-Requests: 1\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/128.0\r\n"
        + "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\nAccept-Encoding: gzip, deflate, br\r\n"
        + "Accept-Language: en-GB,en;q=0.5\r\nCookie: session=0123456789abcdef0123456789abcdef\r\n\r\n");

    private readonly byte[] _response = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Type: text/html; charset=utf-8\r\n"
        + "Content-Length: 12345\r\nLast-Modified: Wed, 31 Dec 2025 00:00:00 GMT\r\nConnection: keep-alive\r\n"
        + "ETag: \"0123456789abcdef\"\r\nAccept-Ranges: bytes\r\n\r\n");

    private readonly HttpRequestParser _requests = new();
    private readonly HttpResponseParser _responses = new();

    [GlobalSetup]
    public void Check()
    {
        if (ReadRequest() != HttpParseStatus.Done || ReadResponse() != HttpParseStatus.Done)
            throw new InvalidOperationException("A head cannot be read.");
    }

    [Benchmark]
    public HttpParseStatus ReadRequest() => _requests.TryReadHead(_request, out _, out _, out _);

    [Benchmark]
    public HttpParseStatus ReadResponse() => _responses.TryReadHead(_response, out _, out _, out _);
}
