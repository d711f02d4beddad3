namespace Wirepath.Http;

/// <summary>Answers requests.</summary>
public interface IHttpHandler
{
    /// <summary>
    /// Answers one request by one of the exchange's <c>RespondAsync</c>. What it leaves of the request's body is read and thrown away.
    /// When it throws or does not answer, the client is told 500.
    /// </summary>
    ValueTask HandleAsync(HttpExchange exchange, CancellationToken cancellation);
}

/// <summary>Told what happens on a server's connection.</summary>
public interface IHttpServerObserver
{
    void RequestReceived(RequestHead request);

    void Responded(RequestHead request, ResponseHead response, long bodyBytes);

    /// <summary>The bytes were no request that can be answered; the client was told and the connection is over.</summary>
    void Refused(HttpProblem problem);

    void HandlerFailed(RequestHead request, Exception exception);
}
