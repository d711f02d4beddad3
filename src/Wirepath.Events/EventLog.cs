using Wirepath.Wire;

namespace Wirepath.Events;

/// <summary>
/// The one log of a run. Hosts, links and applications write to it through their <see cref="NodeLog"/>; terminal, JSON,
/// capture, page and tests are sinks. Without a sink writing costs one branch: callers ask <see cref="IsEnabled"/> first
/// and only then build the happening.
/// </summary>
public sealed class EventLog
{
    /// <summary>A log to which nobody ever listens.</summary>
    public static readonly EventLog Silent = new(canListen: false);

    private readonly Lock _lock = new();
    private readonly bool _canListen;
    private IEventSink[] _sinks = [];
    private long _last;

    public EventLog()
        : this(canListen: true)
    {
    }

    private EventLog(bool canListen) => _canListen = canListen;

    public bool IsEnabled => _sinks.Length > 0;

    public NodeLog For(string node, TimeProvider time) => new(this, node, time);

    /// <summary>Adds a listener until the returned handle is disposed.</summary>
    /// <exception cref="InvalidOperationException">The log is <see cref="Silent"/>.</exception>
    public IDisposable Subscribe(IEventSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        if (!_canListen)
            throw new InvalidOperationException("The silent log has no listeners.");
        lock (_lock)
            _sinks = [.. _sinks, sink];
        return new Subscription(this, sink);
    }

    /// <summary>Writes an event and tells the sinks.</summary>
    /// <returns>Its number, to be named as the cause of what follows; <see cref="EventId.None"/> when nobody listens.</returns>
    public EventId Write(Instant at, string node, EventId cause, Happening what)
    {
        lock (_lock)
        {
            if (_sinks.Length == 0)
                return EventId.None;
            var written = new Event(new EventId(++_last), at, node, cause, what);
            foreach (IEventSink sink in _sinks)
                sink.OnEvent(written);
            return written.Id;
        }
    }

    private sealed class Subscription(EventLog log, IEventSink sink) : IDisposable
    {
        public void Dispose()
        {
            lock (log._lock)
                log._sinks = Array.FindAll(log._sinks, s => !ReferenceEquals(s, sink));
        }
    }
}
