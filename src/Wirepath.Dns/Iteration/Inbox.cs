namespace Wirepath.Dns;

/// <summary>
/// Where searches that run side by side leave their results for the one that started them. One waits; any number put.
/// The one who puts the first result goes on as the one who waited: no thread in between, so that virtual time keeps its order.
/// </summary>
internal sealed class Inbox<T>
{
    private readonly Lock _lock = new();
    private readonly Queue<T> _items = new();
    private TaskCompletionSource<T>? _waiting;

    public void Put(T item)
    {
        TaskCompletionSource<T>? waiting;
        lock (_lock)
        {
            waiting = _waiting;
            _waiting = null;
            if (waiting is null)
                _items.Enqueue(item);
        }

        waiting?.SetResult(item);
    }

    public bool TryTake(out T item)
    {
        lock (_lock)
            return _items.TryDequeue(out item!);
    }

    public ValueTask<T> TakeAsync()
    {
        lock (_lock)
        {
            if (_items.TryDequeue(out T? item))
                return new ValueTask<T>(item);
            _waiting = new TaskCompletionSource<T>();
            return new ValueTask<T>(_waiting.Task);
        }
    }
}
