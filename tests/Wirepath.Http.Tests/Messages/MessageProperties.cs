using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Wirepath.Http.Tests;

/// <summary>What holds for any bytes, in whatever pieces the network delivers them.</summary>
public sealed class MessageProperties
{
    private static readonly string[] Pieces =
    [
        "GET / HTTP/1.1\r\n", "POST /x HTTP/1.0\r\n", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 304 \r\n", "Host: h\r\n", "Content-Length: 3\r\n", "Content-Length: 4\r\n", "Transfer-Encoding: chunked\r\n",
        "X: ", "y", "\r\n", "\r\n\r\n", "\n", "\r", " ", "\t", ":", ";", "\0", "\u00E9", "3\r\nabc\r\n", "0\r\n\r\n", "a;b=c\r\n", "0\r\nT: v\r\n\r\n", "ffffffffffffffff\r\n", "abc", "HTTP/2.0",
    ];

    private static readonly HttpLimits Tight = new() { RequestLineBytes = 20, StatusLineBytes = 20, FieldLineBytes = 30, HeaderSectionBytes = 80, Fields = 4, ChunkLineBytes = 8, ChunkExtensionBytes = 10, TrailerSectionBytes = 20 };

    private static Gen<byte[]> Wires => Gen.Frequency(
        (6, Gen.Elements(Pieces).ArrayOf().Select(p => Encoding.Latin1.GetBytes(string.Concat(p)))),
        (3, Gen.Elements(Pieces).ArrayOf().Select(p => Encoding.Latin1.GetBytes("GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + string.Concat(p)))),
        (1, Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf()));

    [Fact]
    public void A_message_is_the_same_whether_it_comes_at_once_or_byte_by_byte() =>
        Prop.ForAll(Wires.ToArbitrary(), Gen.Elements(HttpLimits.Default, Tight).ToArbitrary(), (wire, limits) =>
        {
            foreach (bool request in (bool[])[true, false])
            {
                ReadAll(wire, wire.Length, limits, request).ShouldBe(ReadAll(wire, 1, limits, request));
                ReadAll(wire, wire.Length, limits, request).ShouldBe(ReadAll(wire, 3, limits, request));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    /// <summary>Messages one after the other until the bytes run out or are refused, in words; feeds <paramref name="step"/> bytes at a time.</summary>
    private static string ReadAll(byte[] wire, int step, HttpLimits limits, bool isRequest)
    {
        var story = new StringBuilder();
        var requests = new HttpRequestParser(limits);
        var responses = new HttpResponseParser(limits);
        BodyReader? body = null;
        int start = 0;
        for (int end = Math.Min(step, wire.Length); ; end = Math.Min(end + step, wire.Length))
        {
            while (true)
            {
                ReadOnlySpan<byte> bytes = wire.AsSpan(start, end - start);
                HttpProblem? problem;
                if (body is null)
                {
                    RequestHead? request = null;
                    ResponseHead? response = null;
                    HttpParseStatus status = isRequest ? requests.TryReadHead(bytes, out int headBytes, out request, out problem) : responses.TryReadHead(bytes, out headBytes, out response, out problem);
                    start += headBytes;
                    if (status == HttpParseStatus.NeedMore)
                    {
                        headBytes.ShouldBe(0);
                        break;
                    }

                    BodyFraming? framing = null;
                    if (problem is null)
                    {
                        framing = isRequest ? BodyFraming.OfRequest(request!, out problem) : BodyFraming.OfResponse(response!, "GET", out problem);
                    }

                    if (framing is null)
                    {
                        return story.Append(problem).ToString();
                    }

                    HttpHeaders headers = isRequest ? request!.Headers : response!.Headers;
                    story.Append(isRequest ? request!.ToString() : response!.ToString()).Append(string.Join('|', headers)).Append(framing).Append('>');
                    body = new BodyReader(framing.Value, limits);
                }
                else
                {
                    BodyReadStatus status = body.Read(bytes, out int consumed, out ReadOnlySpan<byte> data, out problem);
                    start += consumed;
                    story.Append(Encoding.Latin1.GetString(data));
                    if (status == BodyReadStatus.Bad)
                    {
                        return story.Append(problem).ToString();
                    }

                    if (status == BodyReadStatus.NeedMore)
                    {
                        break;
                    }

                    if (status == BodyReadStatus.Done)
                    {
                        story.Append(string.Join('|', body.Trailers)).Append("<\n");
                        body = null;
                    }
                }
            }

            if (end == wire.Length)
            {
                return story.Append(start).ToString();
            }
        }
    }
}
