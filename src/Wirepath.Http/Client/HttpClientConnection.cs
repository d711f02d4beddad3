using System.Buffers;
using System.Globalization;

namespace Wirepath.Http;

/// <summary>
/// A client's side of one connection (RFC 9112 §9): one request after the other, each when the response before it has
/// been read to its end. It does not own the stream.
/// </summary>
public sealed class HttpClientConnection(Stream stream, HttpLimits? limits = null, IHttpObserver? observer = null) : IDisposable
{
    // An honest server sends one or two; each is a head that costs the limits' worth of patience.
    private const int InterimResponsesPerRequest = 16;

    private readonly ReadBuffer _input = new(stream);
    private readonly HttpResponseParser _parser = new(limits);
    private readonly ArrayBufferWriter<byte> _head = new(512);
    private HttpResponse? _last;

    /// <summary>Sends a request whose body is in memory; Content-Length is added where it is needed.</summary>
    /// <exception cref="HttpProblemException">What came back is no response, or the connection ended before there was one.</exception>
    /// <exception cref="IOException">The connection failed.</exception>
    /// <exception cref="InvalidOperationException">The response before is not read to its end or has ended the connection, or the request frames its body itself.</exception>
    public Task<HttpResponse> SendAsync(RequestHead request, ReadOnlyMemory<byte> body = default, CancellationToken cancellation = default) =>
        SendAsync(request, OutgoingBody.Of(body), cancellation);

    /// <summary>As above, with a body that comes from a stream; of unknown length (null) it goes in chunks.</summary>
    /// <inheritdoc cref="SendAsync(RequestHead, ReadOnlyMemory{byte}, CancellationToken)"/>
    public Task<HttpResponse> SendAsync(RequestHead request, Stream body, long? length, CancellationToken cancellation = default) =>
        SendAsync(request, OutgoingBody.Of(body, length), cancellation);

    /// <summary>Gives the buffer back; the stream stays open.</summary>
    public void Dispose() => _input.Dispose();

    private async Task<HttpResponse> SendAsync(RequestHead request, OutgoingBody body, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (_last is { IsReusable: false })
        {
            throw new InvalidOperationException("The connection is not free for another request: the response before is not read to its end, or it was the last.");
        }

        if (request.Headers.Contains("Content-Length") || request.Headers.Contains("Transfer-Encoding"))
        {
            throw new InvalidOperationException("Framing the request's body is the connection's business; hand in its length and not the field.");
        }

        bool chunked = body.Length is null;
        _head.ResetWrittenCount();
        request.WriteLinesTo(_head);
        AddFraming(request, body.Length, chunked);
        bool waits = request.ExpectsContinue && body.Length != 0;
        long bodyBytes = 0;
        if (waits || body.Length == 0)
        {
            await stream.WriteAsync(_head.WrittenMemory, cancellation).ConfigureAwait(false);
        }
        else
        {
            bodyBytes = await SendBodyAsync(_head.WrittenMemory, body, chunked, cancellation).ConfigureAwait(false);
        }

        await stream.FlushAsync(cancellation).ConfigureAwait(false);
        observer?.RequestSent(request, _head.WrittenCount, bodyBytes);
        return await ReceiveAsync(request, waits ? body : default(OutgoingBody?), chunked, cancellation).ConfigureAwait(false);
    }

    private async Task<HttpResponse> ReceiveAsync(RequestHead request, OutgoingBody? owed, bool chunked, CancellationToken cancellation)
    {
        for (int interim = 0; ; interim++)
        {
            (ResponseHead head, int headBytes) = await ReadHeadAsync(cancellation).ConfigureAwait(false);
            if (head.IsInterim)
            {
                if (interim == InterimResponsesPerRequest)
                {
                    throw Failed(new HttpProblem(HttpProblemKind.StatusLineMalformed, 0, $"The server sent more than {InterimResponsesPerRequest} interim responses (1xx) to one request."));
                }

                observer?.InterimResponse(head);
                if (head.Status == 100 && owed is { } body)
                {
                    owed = null;
                    await SendBodyAsync(ReadOnlyMemory<byte>.Empty, body, chunked, cancellation).ConfigureAwait(false);
                    await stream.FlushAsync(cancellation).ConfigureAwait(false);
                }

                continue;
            }

            if (BodyFraming.OfResponse(head, request.Method, out HttpProblem? problem) is not { } framing)
            {
                throw Failed(problem!);
            }

            observer?.ResponseHead(head, framing, headBytes);

            // A body that was promised and not wanted leaves the server waiting for it.
            bool persists = owed is null && HttpConnectionRules.ConnectionPersists(request, head, framing);
            var reader = new BodyReader(framing, limits);
            var bodyStream = new HttpBodyStream(_input, reader, observer is null ? null : new BodyEvents(observer, reader.IsDone));
            if (reader.IsDone)
            {
                observer?.Completed(0, null);
            }

            return _last = new HttpResponse(head, framing, bodyStream, persists);
        }
    }

    private async Task<(ResponseHead Head, int Bytes)> ReadHeadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            HttpParseStatus status = _parser.TryReadHead(_input.Unread, out int consumed, out ResponseHead? head, out HttpProblem? problem);
            _input.Consume(consumed);
            switch (status)
            {
                case HttpParseStatus.Done:
                    return (head!, consumed);
                case HttpParseStatus.Bad:
                    throw Failed(problem!);
                case HttpParseStatus.NeedMore:
                    break;
                default:
                    throw new InvalidOperationException($"No such status: {status}.");
            }

            if (!await _input.FillAsync(cancellation).ConfigureAwait(false))
            {
                int unread = _input.Unread.Length;
                throw Failed(new HttpProblem(HttpProblemKind.HeadTruncated, unread, unread == 0
                    ? "The server closed the connection without an answer."
                    : $"The server closed the connection after {unread} bytes of its answer's head."));
            }
        }
    }

    private void AddFraming(RequestHead request, long? length, bool chunked)
    {
        if (chunked)
        {
            _head.Write("Transfer-Encoding: chunked\r\n"u8);
        }
        else if (length > 0 || request.Method is "POST" or "PUT" or "PATCH")
        {
            // RFC 9110 §8.6: also a length of 0, where the method lets a body be expected.
            _head.Write("Content-Length: "u8);
            length!.Value.TryFormat(_head.GetSpan(20), out int written, default, CultureInfo.InvariantCulture);
            _head.Advance(written);
            _head.Write("\r\n"u8);
        }

        _head.Write("\r\n"u8);
    }

    private async Task<long> SendBodyAsync(ReadOnlyMemory<byte> head, OutgoingBody body, bool chunked, CancellationToken cancellation)
    {
        long sent = await body.SendAsync(head, stream, chunked, progressed: null, cancellation).ConfigureAwait(false);
        return body.Length is null || sent == body.Length ? sent : throw new IOException($"The request's body ended after {sent} of {body.Length} bytes.");
    }

    private HttpProblemException Failed(HttpProblem problem)
    {
        observer?.Completed(0, problem);
        return new HttpProblemException(problem);
    }

    private sealed class BodyEvents(IHttpObserver observer, bool completed) : IHttpBodyEvents
    {
        private bool _completed = completed;

        public ValueTask BeforeBodyReadAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

        public void BodyRead(int count, BodyReader reader)
        {
            if (count > 0)
            {
                observer.BodyBytes(count, reader.BodyBytes);
            }

            if (reader.IsDone && !_completed)
            {
                _completed = true;
                observer.Completed(reader.BodyBytes, null);
            }
        }

        public void BodyFailed(HttpProblem problem, BodyReader reader) => observer.Completed(reader.BodyBytes, problem);
    }
}
