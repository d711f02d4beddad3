using Wirepath.Wire;

namespace Wirepath.Events;

/// <summary>
/// A node's pen: it knows the node's name and clock, and carries the cause of what is being done right now.
/// A loop sets <see cref="Because"/> when it takes up a frame, a timer or a command; whatever the layers then
/// write or send names it. Belongs to the node's thread.
/// </summary>
public sealed class NodeLog(EventLog log, string node, TimeProvider time)
{
    private static readonly AsyncLocal<EventId> s_applicationCause = new();

    /// <summary>A pen that writes nothing, for tests and benchmarks.</summary>
    public static readonly NodeLog Silent = new(EventLog.Silent, "silent", new StoppedTime());

    public EventLog Log { get; } = log;

    public string Node { get; } = node;

    public bool IsEnabled => Log.IsEnabled;

    /// <summary>The event that what is done now is done because of.</summary>
    public EventId Because { get; set; }

    /// <summary>
    /// The cause that travels with application code through its <c>await</c>s: a navigation, a look-up, a request.
    /// A host reads it when a call arrives from the application.
    /// </summary>
    public static EventId ApplicationCause
    {
        get => s_applicationCause.Value;
        set => s_applicationCause.Value = value;
    }

    public Instant Now => Instant.FromDateTimeOffset(time.GetUtcNow());

    /// <summary>Writes with <see cref="Because"/> as the cause, at the clock's time.</summary>
    public EventId Write(Happening what) => Log.Write(Now, Node, Because, what);

    /// <summary>Writes with a cause of its own.</summary>
    public EventId Write(EventId cause, Happening what) => Log.Write(Now, Node, cause, what);

    /// <summary>Writes, and makes the new event the cause of what follows until the loop takes up something else.</summary>
    public EventId WriteAndFollow(Happening what) => Because = Write(what);

    private sealed class StoppedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;
    }
}
