using Wirepath.Wire;

namespace Wirepath.Scenarios;

internal enum StepKind
{
    /// <summary>A client asks.</summary>
    Query,
    /// <summary>A client must have been answered so.</summary>
    CheckAnswer,
    /// <summary>A server must have been asked so; it stays waiting.</summary>
    CheckOutQuery,
    /// <summary>A server answers a query that waits.</summary>
    Reply,
    /// <summary>A query that waits is never answered.</summary>
    Timeout,
    /// <summary>A query that waits meets a closed port.</summary>
    Error,
    Nothing,
    Traffic,
    TimePasses,
    Assign,
    /// <summary>What is known of a server's speed.</summary>
    RoundTrip,
}

internal sealed record Step(int Line, int Number, StepKind Kind)
{
    /// <summary>The client's or the server's; null: any.</summary>
    public IpAddress? Address { get; init; }

    public Entry? Entry { get; set; }

    /// <summary>An expression or an assignment.</summary>
    public string Text { get; init; } = "";

    public override string ToString() => FormattableString.Invariant($"step {Number} {Name}");

    public string Name => Kind switch
    {
        StepKind.Query => "QUERY",
        StepKind.CheckAnswer => "CHECK_ANSWER",
        StepKind.CheckOutQuery => "CHECK_OUT_QUERY",
        StepKind.Reply => "REPLY",
        StepKind.Timeout => "TIMEOUT",
        StepKind.Error => "ERROR",
        StepKind.Nothing => "NOTHING",
        StepKind.Traffic => "TRAFFIC",
        StepKind.TimePasses => "TIME_PASSES",
        StepKind.Assign => "ASSIGN",
        StepKind.RoundTrip => "INFRA_RTT",
        _ => throw new InvalidOperationException($"No name for {Kind}."),
    };
}
