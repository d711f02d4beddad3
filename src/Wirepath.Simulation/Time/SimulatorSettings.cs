namespace Wirepath.Simulation;

/// <summary>The bounds within which a simulation counts as alive.</summary>
public sealed record SimulatorSettings
{
    /// <summary>
    /// Real time that <see cref="Simulator.Run{T}"/> waits for work that has left the simulation's thread (a continuation on the
    /// thread pool) when nothing is scheduled. Default 10 s: far more than a loaded machine needs, less than a person's patience.
    /// </summary>
    public TimeSpan LongestRealWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Virtual time that one <see cref="Simulator.Run{T}"/> may take. Default 30 days: keepalive and lease experiments last
    /// days; an application that waits for ever beside a periodic timer must not run for ever.
    /// </summary>
    public TimeSpan LongestRun { get; init; } = TimeSpan.FromDays(30);

    /// <summary>
    /// Events at one and the same instant before the simulation is called stuck. Default 5,000,000: a part that always wants to
    /// be called "now" would stop the clock.
    /// </summary>
    public int MostEventsPerInstant { get; init; } = 5_000_000;
}
