using Wirepath.Wire;

namespace Wirepath.Explain;

public enum FindingKind
{
    /// <summary>Which phase took most of the time, and why.</summary>
    Dominant,
    /// <summary>Everything that could be known was known already.</summary>
    Warm,
    Failure,
    ColdNames,
    NameTimeouts,
    NameOverTcp,
    NameDisbelieved,
    NeighborRetried,
    SynRepeated,
    LossRepairedFast,
    LossRepairedByTimeout,
    NeedlessRepetition,
    LossUnrepaired,
    Corruption,
    Bufferbloat,
    SlowServer,
    Redirects,
    ZeroWindow,
    SmallWindow,
    PathMtu,
    ListenQueue,
    NeverClosed,
    /// <summary>The log ends before the navigation does.</summary>
    Interrupted,
}

/// <summary>One thing worth saying, with the events that show it.</summary>
/// <param name="Cost">Time that it cost, as far as it can be told; zero otherwise.</param>
/// <param name="Evidence">Numbers of events, at least one.</param>
public sealed record Finding(FindingKind Kind, TimeSpan Cost, IReadOnlyList<EventId> Evidence, Func<Words, string> Sentence)
{
    public string In(Language language) => Sentence(Words.For(language));
}
