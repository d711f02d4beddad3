namespace Wirepath.Dns;

/// <summary>
/// One piece of work per question at a time: who asks what is being asked already waits for that answer. The work is
/// nobody's own and goes on when a waiting client gives up; its budget ends it. Any thread.
/// </summary>
internal sealed class Coalescer<TKey, T>
    where TKey : notnull
{
    private readonly Lock _lock = new();

    // Each waits on a task of its own: a task with several continuations runs all but one of them on the thread pool,
    // and virtual time knows one thread.
    private readonly Dictionary<TKey, List<TaskCompletionSource<T>>> _waiting = [];

    /// <summary>Questions that found others' work to wait for.</summary>
    public long Joined { get; private set; }

    public int InFlight
    {
        get
        {
            lock (_lock)
                return _waiting.Count;
        }
    }

    public async ValueTask<T> RunAsync(TKey question, Func<TKey, ValueTask<T>> work, CancellationToken ct)
    {
        var mine = new TaskCompletionSource<T>();
        bool isFirst;
        lock (_lock)
        {
            isFirst = !_waiting.TryGetValue(question, out List<TaskCompletionSource<T>>? waiting);
            if (isFirst)
                _waiting[question] = waiting = [];
            else
                Joined++;
            waiting!.Add(mine);
        }

        using CancellationTokenRegistration registration = ct.UnsafeRegister(
            static (waiter, token) => ((TaskCompletionSource<T>)waiter!).TrySetCanceled(token), mine);
        if (isFirst)
            _ = CompleteAsync(question, work);
        return await mine.Task.ConfigureAwait(false);
    }

    private async Task CompleteAsync(TKey question, Func<TKey, ValueTask<T>> work)
    {
        try
        {
            T result = await work(question).ConfigureAwait(false);
            foreach (TaskCompletionSource<T> waiter in Take(question))
                waiter.TrySetResult(result);
        }
        catch (Exception e)
        {
            // A mistake of ours, or the transport was closed: whoever waits is told.
            foreach (TaskCompletionSource<T> waiter in Take(question))
                waiter.TrySetException(e);
        }
    }

    private List<TaskCompletionSource<T>> Take(TKey question)
    {
        lock (_lock)
            return _waiting.Remove(question, out List<TaskCompletionSource<T>>? waiting) ? waiting : [];
    }
}
