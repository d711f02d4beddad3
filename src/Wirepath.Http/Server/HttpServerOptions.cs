namespace Wirepath.Http;

/// <summary>How a server treats its connections.</summary>
public sealed record HttpServerOptions
{
    public static HttpServerOptions Default { get; } = new();

    public HttpLimits Limits { get; init; } = HttpLimits.Default;

    /// <summary>From a head's first byte to its last. 15 s: a head is one or two segments; who needs longer holds the connection on purpose.</summary>
    public TimeSpan HeadTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Without a byte between two requests. 75 s: longer than browsers wait before they give up a connection themselves.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>
    /// Without progress while a request is answered: until the first piece of a body moves, and from each piece to the next.
    /// 5 min: a long file over a slow line is no reason to stop; a peer that no longer reads must not hold us for ever.
    /// </summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Requests on one connection. 100 000: state that leaks per connection ends with it some day.</summary>
    public int RequestsPerConnection { get; init; } = 100_000;

    /// <summary>Bytes of a request's body that are read and thrown away so that the connection can go on. 64 KiB: beyond that a new connection is cheaper.</summary>
    public int DiscardBytes { get; init; } = 64 * 1024;

    /// <summary>The Server field; null leaves it out.</summary>
    public string? ServerName { get; init; } = "wirepath";

    public IHttpServerObserver? Observer { get; init; }
}
