using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>
/// A piece of work with a place in the simulator's calendar: at most one instant at a time, which may be moved or
/// struck out. Parts that are called again and again (a host's loop, a link's line, a timer) keep one for good, so
/// that nothing is allocated per event.
/// </summary>
public sealed class Appointment
{
    internal const int NotScheduled = -1;

    internal Appointment(string what, Action work) => (What, Work) = (what, work);

    /// <summary>Who is called, in words: <c>pc</c>, <c>access: line free</c>.</summary>
    public string What { get; internal set; }

    /// <summary>When, or <see cref="Instant.Never"/>.</summary>
    public Instant At { get; internal set; } = Instant.Never;

    public bool IsScheduled => Index != NotScheduled;

    internal Action Work { get; set; }

    /// <summary>Place in the heap.</summary>
    internal int Index { get; set; } = NotScheduled;

    /// <summary>Counts up with each scheduling: among equal instants, first come first served.</summary>
    internal long Order { get; set; }

    /// <summary>Made by <see cref="Simulator.Schedule(Instant, Action)"/> and used again once done.</summary>
    internal bool IsOneShot { get; init; }
}
