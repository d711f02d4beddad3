using Wirepath.Wire;

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
    private readonly Dictionary<TKey, Work> _waiting = [];

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

    public bool IsRunning(TKey question)
    {
        lock (_lock)
            return _waiting.ContainsKey(question);
    }

    /// <summary>
    /// Makes room: the oldest piece of work begun before <paramref name="before"/> is forgotten, and who waits for it gets nothing.
    /// Not the first <paramref name="kept"/> that were there: under a flood, some must get to their end.
    /// </summary>
    public bool TryGiveUp(Instant before, int kept)
    {
        Work oldest;
        lock (_lock)
        {
            KeyValuePair<TKey, Work> found = _waiting.Where(w => w.Value.Place >= kept).MinBy(w => w.Value.Since);
            if (found.Value is null || found.Value.Since > before)
                return false;
            oldest = found.Value;
            _waiting.Remove(found.Key);
        }

        foreach (TaskCompletionSource<T> waiter in oldest.Waiters)
            waiter.TrySetResult(default!);
        oldest.GivenUp.Cancel();
        return true;
    }

    /// <param name="question">What the work is for.</param>
    /// <param name="now">When it begins, if it does.</param>
    /// <param name="work">Called if nobody does it yet; the token tells it that it was given up.</param>
    /// <param name="ct">Gives up waiting.</param>
    public async ValueTask<T> RunAsync(TKey question, Instant now, Func<CancellationToken, ValueTask<T>> work, CancellationToken ct)
    {
        var mine = new TaskCompletionSource<T>();
        bool isFirst;
        Work started;
        lock (_lock)
        {
            isFirst = !_waiting.TryGetValue(question, out Work? running);
            if (isFirst)
                _waiting[question] = running = new Work(now, _waiting.Count);
            else
                Joined++;
            running!.Waiters.Add(mine);
            started = running;
        }

        using CancellationTokenRegistration registration = ct.UnsafeRegister(
            static (waiter, token) => ((TaskCompletionSource<T>)waiter!).TrySetCanceled(token), mine);
        if (isFirst)
            _ = CompleteAsync(question, started, work);
        return await mine.Task.ConfigureAwait(false);
    }

    private async Task CompleteAsync(TKey question, Work started, Func<CancellationToken, ValueTask<T>> work)
    {
        try
        {
            T result = await work(started.GivenUp.Token).ConfigureAwait(false);
            foreach (TaskCompletionSource<T> waiter in Take(question, started))
                waiter.TrySetResult(result);
        }
        catch (Exception e)
        {
            // A mistake of ours, or the transport was closed: whoever waits is told.
            foreach (TaskCompletionSource<T> waiter in Take(question, started))
                waiter.TrySetException(e);
        }
    }

    // Work that was given up has nobody left to tell.
    private List<TaskCompletionSource<T>> Take(TKey question, Work work)
    {
        lock (_lock)
        {
            if (!_waiting.TryGetValue(question, out Work? running) || running != work)
                return [];
            _waiting.Remove(question);
            return work.Waiters;
        }
    }

    private sealed class Work(Instant since, int place)
    {
        /// <summary>How many others were there when it began.</summary>
        public int Place { get; } = place;

        public Instant Since { get; } = since;

        /// <summary>Tells the work that nobody waits for it any more. Not disposed: it has no timer, and the work may look at it at any time.</summary>
        public CancellationTokenSource GivenUp { get; } = new();

        public List<TaskCompletionSource<T>> Waiters { get; } = [];
    }
}
