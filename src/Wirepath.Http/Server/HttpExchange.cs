using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Wirepath.Http;

/// <summary>One request and its response on a server's connection.</summary>
public sealed class HttpExchange : IHttpBodyEvents
{
    private readonly HttpServerConnection _connection;
    private readonly HttpBodyStream _body;
    private bool _continueOwed;

    internal HttpExchange(HttpServerConnection connection, RequestHead request, BodyFraming framing, bool mayPersist)
    {
        _connection = connection;
        Request = request;
        _continueOwed = request.ExpectsContinue && framing.Kind != BodyFramingKind.None;
        _body = new HttpBodyStream(connection.Input, new BodyReader(framing, connection.Options.Limits), this);
        Persists = mayPersist && request.ConnectionPersists;
    }

    public RequestHead Request { get; }

    /// <summary>Empty when the request has no body. Reading it sends the 100 that the client may be waiting for.</summary>
    public Stream RequestBody => _body;

    /// <summary>The response that was sent; null before.</summary>
    public ResponseHead? Response { get; private set; }

    /// <summary>Bytes of body that were sent.</summary>
    public long ResponseBodyBytes { get; private set; }

    /// <summary>Whether the connection goes on after this exchange.</summary>
    internal bool Persists { get; private set; }

    public ValueTask RespondAsync(ResponseHead head, ReadOnlyMemory<byte> body, CancellationToken cancellation = default) => SendAsync(head, OutgoingBody.Of(body), cancellation);

    /// <summary>A body of <paramref name="length"/> bytes; of unknown length (null) it goes in chunks.</summary>
    public ValueTask RespondAsync(ResponseHead head, Stream body, long? length, CancellationToken cancellation = default) => SendAsync(head, OutgoingBody.Of(body, length), cancellation);

    /// <summary>The first <paramref name="length"/> bytes of a file.</summary>
    public ValueTask RespondAsync(ResponseHead head, SafeFileHandle file, long length, CancellationToken cancellation = default) => SendAsync(head, OutgoingBody.Of(file, length), cancellation);

    /// <summary>A response whose body is a line of text for a person.</summary>
    public ValueTask RespondWithTextAsync(int status, string text, CancellationToken cancellation = default)
    {
        var head = new ResponseHead(status);
        head.Headers.Add("Content-Type", "text/plain; charset=utf-8");
        return RespondAsync(head, Encoding.UTF8.GetBytes(text + "\n"), cancellation);
    }

    async ValueTask IHttpBodyEvents.BeforeBodyReadAsync(CancellationToken cancellation)
    {
        if (_continueOwed && Response is null)
        {
            _continueOwed = false;
            await _connection.Input.Stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), cancellation).ConfigureAwait(false);
        }
    }

    void IHttpBodyEvents.BodyRead(int count, BodyReader reader) => _connection.Progressed();

    void IHttpBodyEvents.BodyFailed(HttpProblem problem, BodyReader reader) => Persists = false;

    internal void EndConnection() => Persists = false;

    /// <summary>Reads what the handler left of the body, so that the next request stands at the front.</summary>
    internal async ValueTask DiscardBodyAsync(CancellationToken cancellation)
    {
        if (_body.IsComplete || !Persists)
        {
            return;
        }

        byte[] scratch = ArrayPool<byte>.Shared.Rent(8 * 1024);
        try
        {
            long before = _body.Position;
            while (await _body.ReadAsync(scratch, cancellation).ConfigureAwait(false) > 0)
            {
                if (_body.Position - before > _connection.Options.DiscardBytes)
                {
                    Persists = false;
                    return;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    private async ValueTask SendAsync(ResponseHead head, OutgoingBody body, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(head);
        if (Response is not null)
        {
            throw new InvalidOperationException($"{Request} was already answered with {Response}.");
        }

        if (head.Status is < 200 or > 999 || head.Headers.Contains("Transfer-Encoding"))
        {
            throw new InvalidOperationException($"{head} cannot be the final answer: its status is from 200, and its framing is the connection's business.");
        }

        Response = head;
        bool mayHaveBody = head.Status is not (204 or 304);
        bool chunked = mayHaveBody && body.Length is null && Request.Version.IsAtLeast11;

        // The end of the connection is the end of a body that has no other; and a client that still waits for its 100
        // may send its body after this answer or not, nobody can know (RFC 9110 §10.1.1).
        Persists &= !_continueOwed && !head.Headers.HasToken("Connection", "close") && (body.Length is not null || chunked || !mayHaveBody);

        ArrayBufferWriter<byte> to = _connection.HeadBuffer;
        to.ResetWrittenCount();
        (head with { Version = HttpVersion.Http11 }).WriteLinesTo(to);
        AddFields(to, head.Headers, mayHaveBody ? body.Length : null, chunked);
        Stream stream = _connection.Input.Stream;
        if (!mayHaveBody || Request.Method == "HEAD" || body.Length == 0)
        {
            await stream.WriteAsync(to.WrittenMemory, cancellation).ConfigureAwait(false);
        }
        else
        {
            ResponseBodyBytes = await body.SendAsync(to.WrittenMemory, stream, chunked, _connection.Progressed, cancellation).ConfigureAwait(false);

            // Fewer than promised: only the connection's end can tell the client.
            Persists &= body.Length is null || ResponseBodyBytes == body.Length;
        }

        await stream.FlushAsync(cancellation).ConfigureAwait(false);
    }

    private void AddFields(ArrayBufferWriter<byte> to, HttpHeaders headers, long? length, bool chunked)
    {
        if (!headers.Contains("Date"))
        {
            to.Write("Date: "u8);
            _connection.Time.GetUtcNow().UtcDateTime.TryFormat(to.GetSpan(29), out int written, "R", CultureInfo.InvariantCulture);
            to.Advance(written);
            to.Write("\r\n"u8);
        }

        if (_connection.Options.ServerName is { } name && !headers.Contains("Server"))
        {
            to.Write("Server: "u8);
            Encoding.Latin1.GetBytes(name, to);
            to.Write("\r\n"u8);
        }

        if (chunked)
        {
            to.Write("Transfer-Encoding: chunked\r\n"u8);
        }
        else if (length is long bytes && !headers.Contains("Content-Length"))
        {
            to.Write("Content-Length: "u8);
            bytes.TryFormat(to.GetSpan(20), out int written, default, CultureInfo.InvariantCulture);
            to.Advance(written);
            to.Write("\r\n"u8);
        }

        if (!Persists && !headers.Contains("Connection"))
        {
            to.Write("Connection: close\r\n"u8);
        }
        else if (Persists && !Request.Version.IsAtLeast11)
        {
            to.Write("Connection: keep-alive\r\n"u8);
        }

        to.Write("\r\n"u8);
    }
}
