using Wirepath.Events;

namespace Wirepath.Cli;

/// <summary>Follows the log and knows which connections still have something to exchange: all but those in CLOSED and TIME-WAIT.</summary>
internal sealed class OpenConnections : IEventSink, IDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<ConnectionId> _open = [];
    private readonly ManualResetEventSlim _none = new(initialState: true);
    private readonly IDisposable _subscription;

    public OpenConnections(EventLog log) => _subscription = log.Subscribe(this);

    public bool Any => !_none.IsSet;

    public void OnEvent(Event written)
    {
        if (written.What is not StateChanged change)
            return;
        lock (_lock)
        {
            if (change.To is TcpState.Closed or TcpState.TimeWait)
                _open.Remove(change.Connection);
            else if (change.To is not TcpState.Listen)
                _open.Add(change.Connection);
            if (_open.Count == 0)
                _none.Set();
            else
                _none.Reset();
        }
    }

    /// <summary>Waits until no connection is open, at the most this long.</summary>
    public void WaitUntilNone(TimeSpan most) => _none.Wait(most);

    public void Dispose()
    {
        _subscription.Dispose();
        _none.Dispose();
    }
}
