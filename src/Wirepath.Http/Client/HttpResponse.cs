namespace Wirepath.Http;

/// <summary>A response whose head is there and whose body comes as it is read.</summary>
public sealed class HttpResponse
{
    private readonly HttpBodyStream _body;
    private readonly bool _persists;

    internal HttpResponse(ResponseHead head, BodyFraming framing, HttpBodyStream body, bool persists)
    {
        Head = head;
        Framing = framing;
        _body = body;
        _persists = persists;
    }

    public ResponseHead Head { get; }

    public BodyFraming Framing { get; }

    /// <summary>Ends where the framing says. Reading throws <see cref="HttpProblemException"/> when the connection ends before, or the framing is broken.</summary>
    public Stream Body => _body;

    /// <summary>Fields behind a chunked body, once it is read.</summary>
    public HttpHeaders Trailers => _body.Reader.Trailers;

    /// <summary>Whether the connection can carry the next request: both sides want it to, and the body has been read to its end.</summary>
    public bool IsReusable => _persists && _body.IsComplete;
}
