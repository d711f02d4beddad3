using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Wirepath.Http;

/// <summary>
/// A server's side of one connection (RFC 9112 §9): requests one after the other in the order in which they came, until
/// one side wants no more. It starts no thread and no task: when all completions run where they are made, so does it.
/// </summary>
public sealed class HttpServerConnection
{
    private readonly IHttpHandler _handler;
    private readonly HttpRequestParser _parser;
    private readonly Deadline _deadline;
    private readonly CancellationToken _cancellation;

    private HttpServerConnection(Stream stream, IHttpHandler handler, HttpServerOptions options, TimeProvider time, CancellationToken cancellation)
    {
        Input = new ReadBuffer(stream);
        Options = options;
        Time = time;
        _handler = handler;
        _cancellation = cancellation;
        _parser = new HttpRequestParser(options.Limits);
        _deadline = new Deadline(time);
        Progressed = () => Within(options.StallTimeout);
    }

    internal ReadBuffer Input { get; }

    internal HttpServerOptions Options { get; }

    internal TimeProvider Time { get; }

    /// <summary>A piece of a body has moved: the time for the next begins.</summary>
    internal Action Progressed { get; }

    internal ArrayBufferWriter<byte> HeadBuffer { get; } = new(512);

    /// <summary>
    /// Serves until the connection is over, then disposes <paramref name="stream"/>. A broken connection is an end like any other;
    /// only <paramref name="cancellation"/> throws.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async Task ServeAsync(Stream stream, IHttpHandler handler, HttpServerOptions options, TimeProvider time, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        var connection = new HttpServerConnection(stream, handler, options, time, cancellation);
        CancellationTokenRegistration registration = cancellation.UnsafeRegister(static c => ((HttpServerConnection)c!)._deadline.Cancel(), connection);
        try
        {
            await connection.RunAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            // The peer is gone or too slow; there is nobody left to tell.
        }
        finally
        {
            registration.Dispose();
            connection.Input.Dispose();
            connection._deadline.Dispose();
            await stream.DisposeAsync().ConfigureAwait(false);
        }

        cancellation.ThrowIfCancellationRequested();
    }

    private async ValueTask RunAsync()
    {
        for (int served = 1; ; served++)
        {
            RequestHead? request = await ReadHeadAsync(first: served == 1).ConfigureAwait(false);
            if (request is null)
            {
                return;
            }

            Options.Observer?.RequestReceived(request);
            if (BodyFraming.OfRequest(request, out HttpProblem? problem) is not { } framing)
            {
                await RefuseAsync(problem!.Status, problem).ConfigureAwait(false);
                return;
            }

            Within(Options.StallTimeout);
            var exchange = new HttpExchange(this, request, framing, mayPersist: served < Options.RequestsPerConnection);
            await HandleAsync(exchange).ConfigureAwait(false);
            Options.Observer?.Responded(request, exchange.Response!, exchange.ResponseBodyBytes);
            await exchange.DiscardBodyAsync(_deadline.Token).ConfigureAwait(false);
            if (!exchange.Persists)
            {
                return;
            }
        }
    }

    private async ValueTask HandleAsync(HttpExchange exchange)
    {
        try
        {
            await _handler.HandleAsync(exchange, _deadline.Token).ConfigureAwait(false);
        }
        catch (HttpProblemException broken) when (exchange.Response is null)
        {
            // The request's body is not what its head promised.
            Options.Observer?.Refused(broken.Problem);
            exchange.EndConnection();
            await exchange.RespondWithTextAsync(broken.Problem.Status, broken.Problem.Message, _deadline.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or IOException))
        {
            Options.Observer?.HandlerFailed(exchange.Request, exception);
            exchange.EndConnection();
        }

        if (exchange.Response is null)
        {
            exchange.EndConnection();
            await exchange.RespondWithTextAsync(500, "The server failed to answer this request.", _deadline.Token).ConfigureAwait(false);
        }
    }

    /// <summary>The next request's head; null when there is none any more, and the client was told why if it can be told.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<RequestHead?> ReadHeadAsync(bool first)
    {
        Within(first || !Input.IsEmpty ? Options.HeadTimeout : Options.KeepAliveTimeout);
        bool begun = !Input.IsEmpty;
        while (true)
        {
            HttpParseStatus status = _parser.TryReadHead(Input.Unread, out int consumed, out RequestHead? head, out HttpProblem? problem);
            Input.Consume(consumed);
            switch (status)
            {
                case HttpParseStatus.Done:
                    return head;
                case HttpParseStatus.Bad:
                    await RefuseAsync(problem!.Status, problem).ConfigureAwait(false);
                    return null;
                case HttpParseStatus.NeedMore:
                    break;
                default:
                    throw new InvalidOperationException($"No such status: {status}.");
            }

            bool more;
            try
            {
                more = await Input.FillAsync(_deadline.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (begun && !_cancellation.IsCancellationRequested)
            {
                await RefuseAsync(408, new HttpProblem(HttpProblemKind.HeadTruncated, Input.Unread.Length, "The request did not come within the time for it.")).ConfigureAwait(false);
                return null;
            }

            if (!more)
            {
                if (begun)
                {
                    await RefuseAsync(400, new HttpProblem(HttpProblemKind.HeadTruncated, Input.Unread.Length, "The connection ended within a request's head.")).ConfigureAwait(false);
                }

                return null;
            }

            if (!begun)
            {
                begun = true;
                Within(Options.HeadTimeout);
            }
        }
    }

    private async ValueTask RefuseAsync(int status, HttpProblem problem)
    {
        Options.Observer?.Refused(problem);
        HeadBuffer.ResetWrittenCount();
        var head = new ResponseHead(status);
        byte[] body = Encoding.UTF8.GetBytes(problem.Message + "\n");
        head.Headers.Add("Date", HttpDate.Format(Time.GetUtcNow())).Add("Content-Type", "text/plain; charset=utf-8")
            .Add("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture)).Add("Connection", "close");
        head.WriteTo(HeadBuffer);
        HeadBuffer.Write(body);
        using var patience = new CancellationTokenSource(Options.HeadTimeout, Time);
        await Input.Stream.WriteAsync(HeadBuffer.WrittenMemory, patience.Token).ConfigureAwait(false);
    }

    /// <summary>From now on, for this long.</summary>
    private void Within(TimeSpan time) => _deadline.Within(time);
}
