using Wirepath.Wire;

namespace Wirepath.Resolver;

/// <summary>Where a <see cref="DnsServer"/> listens, and its limits.</summary>
public sealed record ServerSettings
{
    /// <summary>UDP and TCP.</summary>
    public IReadOnlyList<IpEndpoint> Plain { get; init; } = [];

    /// <summary>DNS over TLS (RFC 7858).</summary>
    public IReadOnlyList<IpEndpoint> Tls { get; init; } = [];

    /// <summary>DNS over HTTPS (RFC 8484), at <c>/dns-query</c>.</summary>
    public IReadOnlyList<IpEndpoint> Https { get; init; } = [];

    /// <summary>Prometheus's text at <c>/metrics</c>, without TLS.</summary>
    public IReadOnlyList<IpEndpoint> Metrics { get; init; } = [];

    /// <summary>UDP sockets and threads for each address. 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Questions over UDP that are being worked on; more are dropped, and their clients ask again. 4,096.</summary>
    public int MostInFlight { get; init; } = 4096;

    /// <summary>Streams (TCP and TLS) at a time; more are closed at once. 1,000.</summary>
    public int MostStreams { get; init; } = 1000;

    /// <summary>Questions of one stream that are being worked on; it is not read further until one is answered. 100.</summary>
    public int MostInFlightPerStream { get; init; } = 100;

    /// <summary>A stream on which nothing comes for so long is closed: 20 s (RFC 7766 §6.2.3: some seconds; RFC 7858 lets clients wait).</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>For a TLS handshake, and for a client to take what it is sent. 10 s.</summary>
    public TimeSpan StreamPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes asked of the kernel for each UDP socket's queues. 4 MB: 10 ms of a full gigabit of small datagrams.</summary>
    public int SocketBuffer { get; init; } = 4 << 20;
}
