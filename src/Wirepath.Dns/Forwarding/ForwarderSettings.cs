using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Where a <see cref="ForwardingResolver"/> asks, and its limits.</summary>
public sealed record ForwarderSettings
{
    /// <summary>Resolvers of the provider, asked in this order.</summary>
    public IReadOnlyList<IpEndpoint> Upstreams { get; init; } = [];

    /// <summary>Wait for one upstream's answer. 5 s: it may have to iterate.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Rounds through the upstreams. 2: clients give up after 10 s.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>Questions being forwarded at the same time; more are answered SERVFAIL. 150, as home routers have it.</summary>
    public int MostQuestionsInFlight { get; init; } = 150;

    /// <summary>Send OPT upstream (RFC 6891).</summary>
    public bool UseEdns { get; init; } = true;
}
