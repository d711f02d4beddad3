namespace Wirepath.Wire;

/// <summary>
/// The number of an event in the log. It lives here, below the log itself, because every packet carries the
/// event that caused it (<see cref="Packet.Cause"/>) from layer to layer and from host to host.
/// </summary>
public readonly record struct EventId(long Value)
{
    /// <summary>No event: nobody listens, or the cause lies outside (a frame from a real wire).</summary>
    public static readonly EventId None;

    public bool IsNone => Value == 0;

    public override string ToString() => IsNone ? "-" : $"#{Value}";
}
