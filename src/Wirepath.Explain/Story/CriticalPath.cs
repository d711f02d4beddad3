using Wirepath.Wire;

namespace Wirepath.Explain;

/// <summary>What time on the critical path went by with.</summary>
public enum LegKind
{
    /// <summary>A frame was on a link, or in its queue.</summary>
    Link,
    /// <summary>A timer had to run out.</summary>
    Timer,
    /// <summary>A server thought.</summary>
    Server,
    /// <summary>Something at a node: waiting for an application, for another packet.</summary>
    Node,
}

/// <param name="Place">Link or node.</param>
/// <param name="Last">The event that ended it.</param>
public sealed record PathLeg(LegKind Kind, string Place, Instant Start, Instant End, EventId Last)
{
    public TimeSpan Duration => End - Start;
}

/// <summary>
/// The chain of causes from the navigation's end back to its start: had any of it been faster, the page would have
/// been there earlier. Legs touch each other; those of no duration are left out.
/// </summary>
/// <param name="Events">Numbers of the chain's events, first to last.</param>
/// <param name="IsWhole">The chain reaches the start; otherwise it broke at an event without a cause.</param>
public sealed record CriticalPath(IReadOnlyList<PathLeg> Legs, IReadOnlyList<EventId> Events, int LinkCrossings, bool IsWhole)
{
    public TimeSpan TimeIn(LegKind kind)
    {
        var sum = TimeSpan.Zero;
        foreach (PathLeg leg in Legs)
        {
            if (leg.Kind == kind)
                sum += leg.Duration;
        }

        return sum;
    }
}
