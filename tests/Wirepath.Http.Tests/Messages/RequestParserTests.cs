using System.Buffers;
using System.Text;

namespace Wirepath.Http.Tests;

public sealed class RequestParserTests
{
    [Fact]
    public void A_request_is_a_line_fields_and_an_empty_line()
    {
        // RFC 9112 §3: the example, with what follows left for the next message.
        RequestHead head = Parse("GET /hello.txt HTTP/1.1\r\nUser-Agent: curl/7.64.1\r\nHost: www.example.com\r\nAccept-Language:en, mi \r\n\r\nrest", out int consumed);

        head.ToString().ShouldBe("GET /hello.txt HTTP/1.1");
        head.Headers.Select(f => $"{f.Key}={f.Value}").ShouldBe(["User-Agent=curl/7.64.1", "Host=www.example.com", "Accept-Language=en, mi"]);
        head.TargetUrl("http")!.Href.ShouldBe("http://www.example.com/hello.txt");
        consumed.ShouldBe(100);
    }

    [Theory]
    [InlineData("GET /where?q=now HTTP/1.1\r\nHost: h:8080\r\n\r\n", RequestTargetForm.Origin, "http://h:8080/where?q=now")]
    [InlineData("GET http://www.example.org/pub/ HTTP/1.1\r\nHost: www.example.org\r\n\r\n", RequestTargetForm.Absolute, "http://www.example.org/pub/")]
    [InlineData("CONNECT www.example.com:80 HTTP/1.1\r\nHost: www.example.com\r\n\r\n", RequestTargetForm.Authority, null)]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: www.example.org\r\n\r\n", RequestTargetForm.Asterisk, "http://www.example.org/")]
    public void A_target_has_one_of_four_forms(string text, RequestTargetForm form, string? url)
    {
        RequestHead head = Parse(text, out _);
        head.TargetForm.ShouldBe(form);
        head.TargetUrl("http")?.Href.ShouldBe(url);
    }

    [Theory]
    [InlineData("\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n")] // RFC 9112 §2.2: an empty line before it
    [InlineData("GET / HTTP/1.1\nHost: h\n\n")] // a bare LF
    [InlineData("GET / HTTP/1.0\r\n\r\n")] // HTTP/1.0 knows no Host
    [InlineData("GET / HTTP/1.7\r\nHost: h\r\n\r\n")] // a later minor version is read as 1.1
    [InlineData("PATCHIFY / HTTP/1.1\r\nhost:\th\t\r\nX:\r\nY: \"\u00E9\"\r\n\r\n")] // any token, empty values, obs-text
    [InlineData("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n")]
    public void What_is_odd_but_right_is_taken(string text) => Parse(text, out int consumed).ShouldNotBeNull().ShouldSatisfyAllConditions(() => consumed.ShouldBe(text.Length));

    [Theory]
    [InlineData("GET /\r\n\r\n", HttpProblemKind.RequestLineMalformed, 400)]
    [InlineData("\x16\x03\x01 hello\n", HttpProblemKind.RequestLineMalformed, 400)]
    [InlineData("\r\n\r\n\r\nGET / HTTP/1.1\r\n", HttpProblemKind.TooManyEmptyLines, 400)]
    [InlineData("GE(T / HTTP/1.1\r\n", HttpProblemKind.MethodInvalid, 400)]
    [InlineData("GET  / HTTP/1.1\r\n", HttpProblemKind.TargetInvalid, 400)]
    [InlineData("GET /a b HTTP/1.1\r\n", HttpProblemKind.TargetInvalid, 400)]
    [InlineData("GET /\u00E9 HTTP/1.1\r\n", HttpProblemKind.TargetInvalid, 400)]
    [InlineData("GET hello HTTP/1.1\r\n", HttpProblemKind.TargetInvalid, 400)]
    [InlineData("GET * HTTP/1.1\r\n", HttpProblemKind.TargetInvalid, 400)]
    [InlineData("CONNECT /x HTTP/1.1\r\n", HttpProblemKind.TargetInvalid, 400)]
    [InlineData("GET / HTTP/1\r\n", HttpProblemKind.VersionMalformed, 400)]
    [InlineData("GET / http/1.1\r\n", HttpProblemKind.VersionMalformed, 400)]
    [InlineData("PRI * HTTP/2.0\r\n", HttpProblemKind.VersionUnsupported, 505)]
    [InlineData("GET / HTTP/1.1\r\n Host: h\r\n\r\n", HttpProblemKind.FieldLineMalformed, 400)]
    [InlineData("GET / HTTP/1.1\r\nHost\r\n\r\n", HttpProblemKind.FieldLineMalformed, 400)]
    [InlineData("GET / HTTP/1.1\r\n: h\r\n\r\n", HttpProblemKind.FieldLineMalformed, 400)]
    [InlineData("GET / HTTP/1.1\r\nHo st: h\r\n\r\n", HttpProblemKind.FieldNameInvalid, 400)]
    [InlineData("GET / HTTP/1.1\r\nHost : h\r\n\r\n", HttpProblemKind.WhitespaceBeforeColon, 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n", HttpProblemKind.ObsoleteLineFolding, 400)]
    [InlineData("GET / HTTP/1.1\r\nX: a\rb\r\n\r\n", HttpProblemKind.FieldValueInvalid, 400)]
    [InlineData("GET / HTTP/1.1\r\nX: a\0b\r\n\r\n", HttpProblemKind.FieldValueInvalid, 400)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", HttpProblemKind.HostMissing, 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", HttpProblemKind.HostRepeated, 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", HttpProblemKind.HostInvalid, 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", HttpProblemKind.HostInvalid, 400)]
    public void What_is_wrong_is_refused_as_soon_as_its_line_is_there(string text, HttpProblemKind kind, int status)
    {
        new HttpRequestParser().TryReadHead(Encoding.Latin1.GetBytes(text), out int consumed, out RequestHead? head, out HttpProblem? problem).ShouldBe(HttpParseStatus.Bad);
        problem!.Kind.ShouldBe(kind);
        problem.Status.ShouldBe(status);
        problem.Message.ShouldEndWith(problem.Message.EndsWith('?') ? "?" : ".");
    }

    public static TheoryData<string, HttpLimits, HttpProblemKind, int> OverTheLimits() => new()
    {
        { $"GET /{new string('a', 8192)} HTTP/1.1\r\n", HttpLimits.Default, HttpProblemKind.RequestLineTooLong, 414 },
        { $"GET / HTTP/1.1\r\nX: {new string('a', 20000)}", HttpLimits.Default, HttpProblemKind.FieldLineTooLong, 431 },
        { "GET / HTTP/1.1\r\n" + string.Concat(Enumerable.Repeat($"X: {new string('a', 1000)}\r\n", 70)), HttpLimits.Default, HttpProblemKind.HeaderSectionTooLarge, 431 },
        { "GET / HTTP/1.1\r\n" + string.Concat(Enumerable.Repeat("X: a\r\n", 129)), HttpLimits.Default, HttpProblemKind.TooManyFields, 431 },
        { "GET / HTTP/1.1\r\nHost: h\r\n\r\n", HttpLimits.Default with { RequestLineBytes = 15 }, HttpProblemKind.RequestLineTooLong, 414 },
        { "GET / HTTP/1.1\r\nHost: h\r\n\r\n", HttpLimits.Default with { HeaderSectionBytes = 10 }, HttpProblemKind.HeaderSectionTooLarge, 431 },
    };

    [Theory]
    [MemberData(nameof(OverTheLimits))]
    public void Each_limit_has_its_own_refusal(string text, HttpLimits limits, HttpProblemKind kind, int status)
    {
        new HttpRequestParser(limits).TryReadHead(Encoding.Latin1.GetBytes(text), out _, out _, out HttpProblem? problem).ShouldBe(HttpParseStatus.Bad);
        problem!.Kind.ShouldBe(kind);
        problem.Status.ShouldBe(status);
    }

    [Fact]
    public void What_just_keeps_within_the_limits_is_taken()
    {
        HttpLimits limits = HttpLimits.Default with { RequestLineBytes = 16, HeaderSectionBytes = 11, Fields = 1, FieldLineBytes = 9 };
        new HttpRequestParser(limits).TryReadHead("GET / HTTP/1.1\r\nHost: h\r\n\r\n"u8, out _, out _, out _).ShouldBe(HttpParseStatus.Done);
    }

    [Fact]
    public void A_request_that_is_written_is_read_again_as_it_was()
    {
        Url.UrlRecord.TryParse("http://example.com:8080/a?b#c", null, out Url.UrlRecord? url, out _).ShouldBeTrue();
        RequestHead head = RequestHead.For("GET", url!);
        head.Headers.Add("Accept", "*/*");
        var wire = new ArrayBufferWriter<byte>();
        head.WriteTo(wire);

        Encoding.ASCII.GetString(wire.WrittenSpan).ShouldBe("GET /a?b HTTP/1.1\r\nHost: example.com:8080\r\nAccept: */*\r\n\r\n");
        Parse(Encoding.ASCII.GetString(wire.WrittenSpan), out _).Headers.ShouldBe(head.Headers);
        Should.Throw<ArgumentException>(() => head.Headers.Add("X", "a\r\nEvil: yes"));
        Should.Throw<ArgumentException>(() => head.Headers.Add("X:", "a"));
        Should.Throw<InvalidOperationException>(() => new RequestHead("GET", "/ HTTP/1.1\r\nEvil: yes", HttpVersion.Http11, new HttpHeaders()).WriteTo(wire));
    }

    [Fact]
    public void A_pipe_that_holds_the_head_in_pieces_gives_the_same_head()
    {
        byte[] bytes = "GET / HTTP/1.1\r\nHost: h\r\n\r\nxyz"u8.ToArray();
        var first = new Piece(bytes.AsMemory(0, 7), 0);
        Piece last = first.Then(bytes.AsMemory(7, 12)).Then(bytes.AsMemory(19));
        var sequence = new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);

        new HttpRequestParser().TryReadHead(sequence, out SequencePosition consumed, out RequestHead? head, out _).ShouldBe(HttpParseStatus.Done);
        head!.Headers.Get("host").ShouldBe("h");
        sequence.Slice(consumed).ToArray().ShouldBe("xyz"u8.ToArray());
    }

    private static RequestHead Parse(string text, out int consumed)
    {
        HttpParseStatus status = new HttpRequestParser().TryReadHead(Encoding.Latin1.GetBytes(text), out consumed, out RequestHead? head, out HttpProblem? problem);
        problem.ShouldBeNull();
        status.ShouldBe(HttpParseStatus.Done);
        return head!;
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long runningIndex) => (Memory, RunningIndex) = (memory, runningIndex);

        public Piece Then(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
