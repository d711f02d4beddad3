using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// Searches that are under way, so that the same question is not asked twice at a time: who needs what another search is
/// finding waits for it, unless that one, by whatever way round, waits for the first. Any thread.
/// </summary>
internal sealed class RunningSearches
{
    private readonly Lock _lock = new();
    private readonly Dictionary<DnsQuestion, Running> _running = [];

    // Few at a time: only searches that wait for another's.
    private readonly List<(Search Waiting, Running For)> _joins = [];

    /// <summary>Begins a search, or finds that it is under way.</summary>
    /// <param name="search">Whose question is to be answered.</param>
    /// <param name="mine">To be ended with <see cref="End"/>; null when there is nothing to end.</param>
    /// <param name="theirs">What another search will find; null when this one has to.</param>
    public void Begin(Search search, out Running? mine, out Task<ResolvedMessage>? theirs)
    {
        (mine, theirs) = (null, null);
        lock (_lock)
        {
            if (!_running.TryGetValue(search.Question, out Running? running))
            {
                _running.Add(search.Question, mine = new Running(search));
                return;
            }

            if (WaitsFor(running, search, []))
                return;
            _joins.Add((search, running));
            // Each waits on a task of its own: a task with several continuations runs all but one of them on the thread pool.
            var waiter = new TaskCompletionSource<ResolvedMessage>();
            running.Waiters.Add(waiter);
            theirs = waiter.Task;
        }
    }

    public void End(Running running, ResolvedMessage found)
    {
        lock (_lock)
        {
            _running.Remove(running.Search.Question);
            _joins.RemoveAll(join => join.For == running);
        }

        foreach (TaskCompletionSource<ResolvedMessage> waiter in running.Waiters)
            waiter.TrySetResult(found);
    }

    public void Fail(Running running, Exception reason)
    {
        lock (_lock)
        {
            _running.Remove(running.Search.Question);
            _joins.RemoveAll(join => join.For == running);
        }

        foreach (TaskCompletionSource<ResolvedMessage> waiter in running.Waiters)
            waiter.TrySetException(reason);
    }

    // True when the search, or one that it is there for, is what the running one waits for.
    private bool WaitsFor(Running running, Search search, HashSet<Running> seen)
    {
        if (!seen.Add(running))
            return false;
        if (search.IsBelow(running.Search))
            return true;
        foreach ((Search waiting, Running other) in _joins)
        {
            if (waiting.IsBelow(running.Search) && WaitsFor(other, search, seen))
                return true;
        }

        return false;
    }

    internal sealed class Running(Search search)
    {
        public Search Search { get; } = search;

        public List<TaskCompletionSource<ResolvedMessage>> Waiters { get; } = [];
    }
}
