using System.Diagnostics.CodeAnalysis;

namespace Wirepath.Http;

/// <summary>
/// Where the parts of a race leave their news for the one who runs it. One waits; any number put. The one who puts goes on
/// as the one who waited, so that virtual time keeps its order.
/// </summary>
internal sealed class Mailbox<T>
{
    private readonly Lock _lock = new();
    private readonly Queue<T> _items = new();
    private TaskCompletionSource? _waiting;
    private bool _isClosed;

    /// <returns>False when nobody will take it any more.</returns>
    public bool TryPut(T item)
    {
        TaskCompletionSource? waiting;
        lock (_lock)
        {
            if (_isClosed)
                return false;
            _items.Enqueue(item);
            waiting = _waiting;
            _waiting = null;
        }

        waiting?.SetResult();
        return true;
    }

    public bool TryTake([MaybeNullWhen(false)] out T item)
    {
        lock (_lock)
            return _items.TryDequeue(out item);
    }

    /// <summary>Completes when there is something to take.</summary>
    public Task WaitAsync()
    {
        lock (_lock)
        {
            if (_items.Count > 0)
                return Task.CompletedTask;
            _waiting = new TaskCompletionSource();
            return _waiting.Task;
        }
    }

    /// <summary>Takes nothing more.</summary>
    /// <returns>What was left.</returns>
    public IReadOnlyList<T> Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            return [.. _items];
        }
    }
}
