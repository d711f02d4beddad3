using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain;

/// <summary>From Enter to the last byte, or to the failure.</summary>
public sealed class Navigation
{
    /// <summary>1 for the first of the run.</summary>
    public required int Number { get; init; }

    public required EventId Started { get; init; }

    /// <summary>None when the log ends in the middle (Ctrl-C).</summary>
    public EventId Finished { get; init; }

    public required Instant StartedAt { get; init; }

    /// <summary>The last event of the navigation when it never finished.</summary>
    public required Instant EndedAt { get; init; }

    // The command's exit codes, as docs/commands says.
    internal const int TcpExitCode = 40;
    private const int InterruptedExitCode = 130;

    /// <summary>A person pressed Ctrl-C.</summary>
    public bool IsInterrupted => ExitCode == InterruptedExitCode;

    public bool IsFinished => !Finished.IsNone;

    public bool Succeeded => IsFinished && ExitCode == 0;

    /// <summary>0 is success; −1 when the log ends in the middle.</summary>
    public int ExitCode { get; init; } = -1;

    /// <summary>What the application itself said at the end.</summary>
    public string Summary { get; init; } = "";

    public required string ClientNode { get; init; }

    public required string Typed { get; init; }

    /// <summary>Null when nothing was changed.</summary>
    public AddressFixedUp? FixedUp { get; init; }

    public UrlRejected? Rejected { get; init; }

    /// <summary>The URL that was asked for and those it redirected to, in order; empty when the URL was rejected.</summary>
    public required IReadOnlyList<Hop> Hops { get; init; }

    public required IReadOnlyList<NeighborResolution> Neighbors { get; init; }

    /// <summary>Parts of [<see cref="StartedAt"/>, <see cref="EndedAt"/>] in order, without gap or overlap.</summary>
    public required IReadOnlyList<Phase> Phases { get; init; }

    public required CriticalPath CriticalPath { get; init; }

    /// <summary>Filled by <see cref="Explain.Diagnosis"/>; the first is the verdict's reason.</summary>
    public Diagnosis Diagnosis { get; internal set; } = Diagnosis.Empty;

    /// <summary>Frames on links (or at the client's device) that belong to this navigation, in order.</summary>
    public required IReadOnlyList<Event> Frames { get; init; }

    public TimeSpan Elapsed => EndedAt - StartedAt;

    /// <summary>Whole time of a kind of phase.</summary>
    public TimeSpan TimeIn(PhaseKind kind)
    {
        var sum = TimeSpan.Zero;
        foreach (Phase phase in Phases)
        {
            if (phase.Kind == kind)
                sum += phase.Duration;
        }

        return sum;
    }
}

/// <summary>One URL of a navigation: the first, or the target of a redirect.</summary>
public sealed class Hop
{
    public required int Number { get; init; }

    public UrlParsed? Url { get; init; }

    /// <summary>Look-ups for this URL's host; more than one with several address types.</summary>
    public required IReadOnlyList<NameLookup> Lookups { get; init; }

    public RouteFacts? Route { get; init; }

    /// <summary>Connection attempts that failed before one worked, or all of them.</summary>
    public required IReadOnlyList<ConnectFailed> FailedConnects { get; init; }

    /// <summary>Null when it never came to one. A kept-alive one belongs to several hops.</summary>
    public Conversation? Connection { get; init; }

    /// <summary>The connection was kept alive from before.</summary>
    public bool Reused { get; init; }

    public TlsFacts? Tls { get; init; }

    public HttpExchange? Http { get; init; }

    public Redirected? Redirect { get; init; }

    public HttpFailed? HttpFailure { get; init; }
}

/// <param name="Elapsed">From the first who-has; zero on a hit.</param>
/// <param name="Attempts">who-has sent; 0 on a hit.</param>
public sealed record NeighborResolution(string Interface, IpAddress Address, bool Hit, MacAddress Mac, int Attempts, bool Failed, Instant StartedAt, TimeSpan Elapsed, EventId Evidence);

/// <param name="Routers">Who forwarded the first packet on its way to the other end; empty when nobody wrote so.</param>
/// <param name="Missing">There was no route.</param>
public sealed record RouteFacts(
    IpAddress Destination, IpAddress Source, IpPrefix Prefix, IpAddress NextHop, string Interface, bool OnLink, bool Missing, IReadOnlyList<string> Routers, EventId Evidence);

/// <param name="Finished">Null when it failed or never ended.</param>
public sealed record TlsFacts(TlsStarted Started, TlsFinished? Finished, TlsFailed? Failed, TimeSpan Elapsed, EventId Evidence);

public sealed class HttpExchange
{
    public required RequestSent Request { get; init; }

    public required Instant SentAt { get; init; }

    public required EventId Evidence { get; init; }

    public ResponseHeadReceived? Head { get; init; }

    public Instant? HeadAt { get; init; }

    public ResponseCompleted? Completed { get; init; }

    public Instant? CompletedAt { get; init; }

    /// <summary>Of the body, as far as it came.</summary>
    public long BytesReceived { get; init; }

    /// <summary>The server's own record, when it is in the log.</summary>
    public RequestServed? Served { get; init; }

    public string? ServerNode { get; init; }

    /// <summary>Time to first byte.</summary>
    public TimeSpan? Wait => HeadAt - SentAt;

    /// <summary>The value of the answer's first field of this name; null without one.</summary>
    public string? Header(string name)
    {
        foreach (string line in Head?.Headers ?? [])
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon == name.Length && line.StartsWith(name, StringComparison.OrdinalIgnoreCase))
                return line[(colon + 1)..].Trim();
        }

        return null;
    }
}
