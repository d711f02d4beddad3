using System.Globalization;
using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Url;
using Wirepath.Wire;

namespace Wirepath.Http;

/// <summary>One open connection to an origin, with or without TLS, and the log's view of what goes over it.</summary>
internal sealed class OriginConnection : IHttpObserver, IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly ConnectionId _id;
    private readonly NodeLog _log;
    private readonly HttpClientConnection _http;
    private EventId _request;
    private EventId _head;
    private int _status;
    private HttpResponse? _response;
    private int _answered;
    private bool _answering;

    /// <param name="ready">The event with which the connection could carry a request.</param>
    public OriginConnection(string origin, Stream stream, ConnectionId id, EventId ready, NodeLog log)
    {
        Origin = origin;
        Ready = ready;
        (_stream, _id, _log) = (stream, id, log);
        _http = new HttpClientConnection(stream, null, this);
    }

    public string Origin { get; }

    public EventId Ready { get; }

    public ConnectionId Id => _id;

    /// <summary>It has carried a response before, and has not answered the request that followed with a single byte.</summary>
    public bool IsStale => _answered > 0 && !_answering;

    public bool IsReusable => _response is { IsReusable: true };

    /// <exception cref="FetchException">The connection failed or what came back is no HTTP.</exception>
    public async Task<HttpResponse> SendAsync(UrlRecord url, FetchSettings settings, CancellationToken ct)
    {
        var headers = new HttpHeaders();
        headers.Add("Host", url.Authority);
        headers.Add("User-Agent", settings.UserAgent);
        headers.Add("Accept", "*/*");
        foreach ((string name, string value) in settings.Headers)
            headers.Add(name, value);
        if (!settings.KeepAlive && !settings.FollowRedirects)
            headers.Add("Connection", "close");
        _answering = false;
        try
        {
            return _response = await _http.SendAsync(new RequestHead("GET", url.PathAndQuery, HttpVersion.Http11, headers), default, ct).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or HttpProblemException)
        {
            throw Failed(url, failure);
        }
    }

    /// <exception cref="FetchException">The connection failed, or the body ended before its time.</exception>
    public async Task<long> CopyBodyAsync(HttpResponse response, UrlRecord url, Stream destination, CancellationToken ct)
    {
        byte[] buffer = new byte[64 * 1024];
        long total = 0;
        while (true)
        {
            int read;
            try
            {
                read = await response.Body.ReadAsync(buffer, ct).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is IOException or HttpProblemException)
            {
                throw Failed(url, failure);
            }

            if (read == 0)
                return total;
            total += read;
            await destination.WriteAsync(buffer.AsMemory(0, read), ct).ConfigureAwait(false);
        }
    }

    public void RequestSent(RequestHead request, int headBytes, long bodyBytes)
    {
        if (_log.IsEnabled)
            _request = _log.Write(NodeLog.ApplicationCause, new RequestSent(_id, request.Method, request.Target, Lines(request.Headers)));
    }

    public void InterimResponse(ResponseHead head)
    {
        if (_log.IsEnabled)
            _log.Write(_request, new Remark($"interim response {head.Status} {head.Reason}"));
    }

    public void ResponseHead(ResponseHead head, BodyFraming framing, int headBytes)
    {
        _status = head.Status;
        _answering = true;
        _answered++;
        if (_log.IsEnabled)
            _head = _log.Write(_request, new ResponseHeadReceived(_id, head.Status, head.Reason, Words(framing), Lines(head.Headers)));
    }

    public void BodyBytes(int count, long soFar)
    {
        if (_log.IsEnabled)
            _log.Write(_head, new BodyReceived(_id, count, soFar));
    }

    public void Completed(long bodyBytes, HttpProblem? problem)
    {
        if (_log.IsEnabled && problem is null)
            _log.Write(_head, new ResponseCompleted(_id, _status, bodyBytes, KeptAlive: _response is null or { Framing.Kind: not BodyFramingKind.UntilClose }));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _stream.DisposeAsync().ConfigureAwait(false);
    }

    private FetchException Failed(UrlRecord url, Exception failure)
    {
        // The connection's own end says more than what HTTP makes of it.
        NetworkException? network = failure as NetworkException ?? failure.InnerException as NetworkException;
        string detail = network is null
            ? $"{url.Host} ({_id.Remote}) gave no proper HTTP answer: {failure.Message}"
            : $"the connection to {url.Host} ({_id.Remote}) broke: {network.Detail}";
        if (_log.IsEnabled)
            _log.Write(NodeLog.ApplicationCause, new HttpFailed(url.Host!, detail));
        return new FetchException(network is null ? ExitCodes.Http : ExitCodes.Tcp, detail);
    }

    private static string Words(BodyFraming framing) => framing.Kind switch
    {
        BodyFramingKind.None => "no body",
        BodyFramingKind.ContentLength => string.Create(CultureInfo.InvariantCulture, $"{framing.Length:N0} B by Content-Length"),
        BodyFramingKind.Chunked => "chunked",
        BodyFramingKind.UntilClose => "body ends with the connection",
        BodyFramingKind.Tunnel => "no longer HTTP",
        _ => throw new ArgumentOutOfRangeException(nameof(framing)),
    };

    private static string[] Lines(HttpHeaders headers) => [.. headers.Select(h => $"{h.Key}: {h.Value}")];
}
