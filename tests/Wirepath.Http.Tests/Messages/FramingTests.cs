using System.Buffers;
using System.Text;

namespace Wirepath.Http.Tests;

/// <summary>RFC 9112 §6 and §7: where a body ends, and that nobody can be made to think otherwise.</summary>
public sealed class FramingTests
{
    [Theory]
    [InlineData("", "None 0")]
    [InlineData("Content-Length: 0", "None 0")]
    [InlineData("Content-Length: 42", "ContentLength 42")]
    [InlineData("Content-Length: 42\nContent-Length: 42", "ContentLength 42")]
    [InlineData("Content-Length: 42, 42", "ContentLength 42")]
    [InlineData("Transfer-Encoding: Chunked", "Chunked 0")]
    [InlineData("Transfer-Encoding: , chunked", "Chunked 0")]
    [InlineData("Content-Length: 42\nContent-Length: 43", "ContentLengthInvalid")]
    [InlineData("Content-Length: +42", "ContentLengthInvalid")]
    [InlineData("Content-Length: -1", "ContentLengthInvalid")]
    [InlineData("Content-Length: 0x10", "ContentLengthInvalid")]
    [InlineData("Content-Length: 1 2", "ContentLengthInvalid")]
    [InlineData("Content-Length:", "ContentLengthInvalid")]
    [InlineData("Content-Length: 42,", "ContentLengthInvalid")]
    [InlineData("Content-Length: 9223372036854775808", "ContentLengthInvalid")]
    [InlineData("Content-Length: 5\nTransfer-Encoding: chunked", "TransferEncodingWithContentLength")]
    [InlineData("Transfer-Encoding: identity", "TransferEncodingInvalid")]
    [InlineData("Transfer-Encoding: chunked, chunked", "TransferEncodingInvalid")]
    [InlineData("Transfer-Encoding: chunked, gzip", "TransferEncodingInvalid")]
    [InlineData("Transfer-Encoding: xchunked", "TransferEncodingInvalid")]
    [InlineData("Transfer-Encoding: \"chunked\"", "TransferEncodingInvalid")]
    [InlineData("Transfer-Encoding: gzip, chunked", "TransferEncodingUnsupported")]
    public void A_request_is_framed_without_doubt_or_refused(string fields, string expected)
    {
        var head = new RequestHead("POST", "/", HttpVersion.Http11, Fields(fields));
        BodyFraming? framing = BodyFraming.OfRequest(head, out HttpProblem? problem);
        (framing is { } f ? $"{f.Kind} {f.Length}" : problem!.Kind.ToString()).ShouldBe(expected);
        if (fields.Contains("chunked", StringComparison.Ordinal) && framing is not null)
        {
            // RFC 9112 §6.1: in HTTP/1.0 the same field is an attack or a mistake.
            BodyFraming.OfRequest(head with { Version = HttpVersion.Http10 }, out _).ShouldBeNull();
        }
    }

    [Theory]
    [InlineData(200, "GET", "", "UntilClose 0 False")]
    [InlineData(200, "GET", "Content-Length: 7", "ContentLength 7 False")]
    [InlineData(200, "HEAD", "Content-Length: 7", "None 0 False")]
    [InlineData(204, "GET", "Content-Length: 7", "None 0 False")]
    [InlineData(304, "GET", "Content-Length: 7", "None 0 False")]
    [InlineData(100, "GET", "", "None 0 False")]
    [InlineData(101, "GET", "", "Tunnel 0 False")]
    [InlineData(200, "CONNECT", "Content-Length: 7", "Tunnel 0 False")]
    [InlineData(407, "CONNECT", "Content-Length: 7", "ContentLength 7 False")]
    [InlineData(200, "GET", "Transfer-Encoding: chunked", "Chunked 0 False")]
    [InlineData(200, "GET", "Transfer-Encoding: chunked\nContent-Length: 7", "Chunked 0 True")]
    [InlineData(200, "GET", "Transfer-Encoding: gzip", "TransferEncodingUnsupported")]
    [InlineData(200, "GET", "Content-Length: 7\nContent-Length: 8", "ContentLengthInvalid")]
    public void A_response_is_framed_by_status_method_and_fields(int status, string method, string fields, string expected)
    {
        BodyFraming? framing = BodyFraming.OfResponse(new ResponseHead(status, "", HttpVersion.Http11, Fields(fields)), method, out HttpProblem? problem);
        (framing is { } f ? $"{f.Kind} {f.Length} {f.ClosesConnection}" : problem!.Kind.ToString()).ShouldBe(expected);
    }

    [Fact]
    public void A_chunked_body_is_put_together_and_its_trailers_kept_apart()
    {
        (string body, BodyReader reader, int consumed) = Decode("4\r\nWiki\r\n7;ext=\"v\"\r\npedia i\r\n00B \r\nn \r\nchunks.\r\n0\r\nExpires: never\r\n\r\nGET", BodyFraming.Chunked);
        body.ShouldBe("Wikipedia in \r\nchunks.");
        reader.Trailers.Get("expires").ShouldBe("never");
        reader.BodyBytes.ShouldBe(22);
        reader.IsDone.ShouldBeTrue();
        consumed.ShouldBe(69);
    }

    [Theory]
    [InlineData("g\r\n", HttpProblemKind.ChunkSizeInvalid)]
    [InlineData("-1\r\n", HttpProblemKind.ChunkSizeInvalid)]
    [InlineData("0x5\r\n", HttpProblemKind.ChunkSizeInvalid)]
    [InlineData("\r\n", HttpProblemKind.ChunkSizeInvalid)]
    [InlineData(" 5\r\n", HttpProblemKind.ChunkSizeInvalid)]
    [InlineData("5 5\r\n", HttpProblemKind.ChunkSizeInvalid)]
    [InlineData("8000000000000000\r\n", HttpProblemKind.ChunkSizeInvalid)]
    [InlineData("10000000000000005\r\n", HttpProblemKind.ChunkSizeInvalid)]
    [InlineData("5\nhello\r\n0\r\n\r\n", HttpProblemKind.ChunkMalformed)] // a bare LF, which some take and some do not
    [InlineData("5;a\rb\r\nhello\r\n", HttpProblemKind.ChunkMalformed)]
    [InlineData("5\r\nhello!\r\n", HttpProblemKind.ChunkMalformed)]
    [InlineData("5\r\nhello\n0\r\n\r\n", HttpProblemKind.ChunkMalformed)]
    [InlineData("0\r\nA : b\r\n\r\n", HttpProblemKind.WhitespaceBeforeColon)]
    [InlineData("0\r\nA\r\n\r\n", HttpProblemKind.FieldLineMalformed)]
    public void A_chunk_that_two_readers_could_read_differently_is_refused(string wire, HttpProblemKind kind) => ProblemIn(wire, BodyFraming.Chunked).Kind.ShouldBe(kind);

    [Fact]
    public void Chunk_lines_extensions_and_trailers_have_limits()
    {
        ProblemIn("5;" + new string('a', 2000), BodyFraming.Chunked).Kind.ShouldBe(HttpProblemKind.ChunkLineTooLong);
        ProblemIn(string.Concat(Enumerable.Repeat($"1;{new string('a', 900)}\r\nx\r\n", 20)), BodyFraming.Chunked).Kind.ShouldBe(HttpProblemKind.ChunkExtensionsTooLarge);
        ProblemIn("0\r\n" + string.Concat(Enumerable.Repeat($"A: {new string('a', 900)}\r\n", 20)), BodyFraming.Chunked).Kind.ShouldBe(HttpProblemKind.TrailersTooLarge);
        ProblemIn("0\r\n" + string.Concat(Enumerable.Repeat("A: a\r\n", 200)), BodyFraming.Chunked).Kind.ShouldBe(HttpProblemKind.TooManyFields);
    }

    [Fact]
    public void The_end_of_the_connection_ends_only_a_body_that_runs_until_then()
    {
        (string body, BodyReader reader, _) = Decode("all there is", BodyFraming.UntilClose);
        body.ShouldBe("all there is");
        reader.EndOfInput(out _).ShouldBe(BodyReadStatus.Done);

        (_, reader, _) = Decode("four", BodyFraming.Of(10));
        reader.EndOfInput(out HttpProblem? problem).ShouldBe(BodyReadStatus.Bad);
        problem!.Kind.ShouldBe(HttpProblemKind.BodyTruncated);
        problem.Message.ShouldBe("The connection ended after 4 of 10 bytes of the body.");

        (_, reader, _) = Decode("4\r\nfour\r\n", BodyFraming.Chunked);
        reader.EndOfInput(out problem).ShouldBe(BodyReadStatus.Bad);
        problem!.Message.ShouldBe("The connection ended within a chunked body, after 4 bytes.");
    }

    [Fact]
    public void A_counted_body_leaves_the_next_message_alone()
    {
        (string body, BodyReader reader, int consumed) = Decode("helloGET / HTTP/1.1", BodyFraming.Of(5));
        body.ShouldBe("hello");
        consumed.ShouldBe(5);
        reader.IsDone.ShouldBeTrue();
    }

    [Fact]
    public void What_the_encoder_writes_the_reader_takes()
    {
        var wire = new ArrayBufferWriter<byte>();
        ChunkedEncoder.WriteChunk(wire, "hello, "u8);
        ChunkedEncoder.WriteChunk(wire, []);
        ChunkedEncoder.WriteChunk(wire, Encoding.ASCII.GetBytes(new string('x', 300)));
        ChunkedEncoder.WriteEnd(wire, new HttpHeaders().Add("Digest", "1"));
        (string body, BodyReader reader, int consumed) = Decode(Encoding.ASCII.GetString(wire.WrittenSpan), BodyFraming.Chunked);
        body.ShouldBe("hello, " + new string('x', 300));
        consumed.ShouldBe(wire.WrittenCount);
        reader.Trailers.Get("Digest").ShouldBe("1");
    }

    private static HttpHeaders Fields(string text)
    {
        var headers = new HttpHeaders();
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            headers.Add(line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..].Trim());
        }

        return headers;
    }

    private static HttpProblem ProblemIn(string wire, BodyFraming framing)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(wire);
        var reader = new BodyReader(framing);
        int at = 0;
        while (true)
        {
            BodyReadStatus status = reader.Read(bytes.AsSpan(at), out int consumed, out _, out HttpProblem? problem);
            at += consumed;
            status.ShouldBeOneOf(BodyReadStatus.Data, BodyReadStatus.Bad);
            if (problem is not null)
            {
                return problem;
            }
        }
    }

    private static (string Body, BodyReader Reader, int Consumed) Decode(string wire, BodyFraming framing)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(wire);
        var reader = new BodyReader(framing);
        var body = new StringBuilder();
        int at = 0;
        while (true)
        {
            BodyReadStatus status = reader.Read(bytes.AsSpan(at), out int consumed, out ReadOnlySpan<byte> piece, out HttpProblem? problem);
            problem.ShouldBeNull();
            body.Append(Encoding.Latin1.GetString(piece));
            at += consumed;
            if (status != BodyReadStatus.Data)
            {
                return (body.ToString(), reader, at);
            }
        }
    }
}
