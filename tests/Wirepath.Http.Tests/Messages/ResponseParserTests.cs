using System.Buffers;
using System.Text;

namespace Wirepath.Http.Tests;

public sealed class ResponseParserTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", 200, "OK")]
    [InlineData("HTTP/1.1 404 \r\n\r\n", 404, "")]
    [InlineData("HTTP/1.0 200\r\n\r\n", 200, "")] // the last blank is often forgotten
    [InlineData("HTTP/1.1 299 Rather  fine\r\n\r\n", 299, "Rather  fine")]
    public void A_status_line_is_version_status_and_reason(string text, int status, string reason)
    {
        new HttpResponseParser().TryReadHead(Encoding.Latin1.GetBytes(text), out _, out ResponseHead? head, out _).ShouldBe(HttpParseStatus.Done);
        head!.Status.ShouldBe(status);
        head.Reason.ShouldBe(reason);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n", HttpProblemKind.StatusLineMalformed)]
    [InlineData("HTTP/1.1 20 OK\r\n", HttpProblemKind.StatusLineMalformed)]
    [InlineData("HTTP/1.1 2000 OK\r\n", HttpProblemKind.StatusLineMalformed)]
    [InlineData("HTTP/1.1 099 OK\r\n", HttpProblemKind.StatusLineMalformed)]
    [InlineData("HTTP/1.1 200 O\0K\r\n", HttpProblemKind.StatusLineMalformed)]
    [InlineData("HTTP/2.0 200 OK\r\n", HttpProblemKind.VersionUnsupported)]
    [InlineData("HTTP/1.1 200 OK\r\nA : b\r\n", HttpProblemKind.WhitespaceBeforeColon)]
    public void What_is_no_response_is_refused(string text, HttpProblemKind kind)
    {
        new HttpResponseParser().TryReadHead(Encoding.Latin1.GetBytes(text), out _, out _, out HttpProblem? problem).ShouldBe(HttpParseStatus.Bad);
        problem!.Kind.ShouldBe(kind);
    }

    [Fact]
    public void A_folded_field_of_a_response_is_mended_with_a_blank()
    {
        // RFC 9112 §5.2: a user agent replaces the fold; only requests are refused for it.
        new HttpResponseParser().TryReadHead("HTTP/1.1 200 OK\r\nX: a\r\n \t b\r\n\tc\r\nY: d\r\n\r\n"u8, out _, out ResponseHead? head, out _);
        head!.Headers.Select(f => $"{f.Key}={f.Value}").ShouldBe(["X=a b c", "Y=d"]);
    }

    [Fact]
    public void A_response_that_is_written_is_read_again_as_it_was()
    {
        var head = new ResponseHead(301);
        head.Headers.Add("Location", "/new").Add("Set-Cookie", "a=1, 2").Add("set-cookie", "b");
        var wire = new ArrayBufferWriter<byte>();
        head.WriteTo(wire);
        new HttpResponseParser().TryReadHead(wire.WrittenSpan, out int consumed, out ResponseHead? again, out _).ShouldBe(HttpParseStatus.Done);

        consumed.ShouldBe(wire.WrittenCount);
        again!.ToString().ShouldBe("HTTP/1.1 301 Moved Permanently");
        again.IsRedirect.ShouldBeTrue();
        again.Headers.GetAll("Set-Cookie").ShouldBe(["a=1, 2", "b"]);
    }

    [Fact]
    public void A_list_field_is_one_list_over_all_its_lines()
    {
        HttpHeaders headers = new HttpHeaders().Add("Vary", "a , ,\"b,\\\"c\"").Add("vary", "d").Add("Connection", "Keep-Alive, Close");
        headers.Combined("VARY").ShouldBe("a , ,\"b,\\\"c\", d");
        headers.ElementsOf("Vary").ShouldBe(["a", "\"b,\\\"c\"", "d"]);
        headers.HasToken("connection", "close").ShouldBeTrue();
        headers.HasToken("connection", "clos").ShouldBeFalse();
        headers.Set("Vary", "z").Combined("vary").ShouldBe("z");
    }

    [Theory]
    [InlineData("HTTP/1.1", null, true)]
    [InlineData("HTTP/1.1", "close", false)]
    [InlineData("HTTP/1.1", "x, Close", false)]
    [InlineData("HTTP/1.0", null, false)]
    [InlineData("HTTP/1.0", "keep-alive", true)]
    [InlineData("HTTP/1.0", "keep-alive, close", false)]
    public void The_connection_persists_by_version_and_by_word(string version, string? connection, bool persists)
    {
        HttpVersion.TryRead(Encoding.ASCII.GetBytes(version), out HttpVersion parsed).ShouldBeTrue();
        var headers = new HttpHeaders();
        if (connection is not null)
        {
            headers.Add("Connection", connection);
        }

        HttpConnectionRules.Persists(parsed, headers).ShouldBe(persists);
    }

    [Theory]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT")]
    [InlineData("Sun Nov  6 08:49:37 1994")]
    public void All_three_forms_of_a_date_mean_the_same_moment(string text)
    {
        HttpDate.TryParse(text, out DateTimeOffset time).ShouldBeTrue();
        time.ShouldBe(new DateTimeOffset(1994, 11, 6, 8, 49, 37, TimeSpan.Zero));
        HttpDate.Format(time).ShouldBe("Sun, 06 Nov 1994 08:49:37 GMT");
        HttpDate.TryParse("yesterday", out _).ShouldBeFalse();
    }
}
