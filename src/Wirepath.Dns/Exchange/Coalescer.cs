using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// One piece of work per question at a time: who asks what is being asked already waits for that answer. The work is
/// nobody's own and goes on when a waiting client gives up; its budget ends it. Any thread.
/// </summary>
internal sealed class Coalescer<T>
{
    private readonly Lock _lock = new();
    private readonly Dictionary<DnsQuestion, TaskCompletionSource<T>> _inFlight = [];

    /// <summary>Questions that found others' work to wait for.</summary>
    public long Joined { get; private set; }

    public int InFlight
    {
        get
        {
            lock (_lock)
                return _inFlight.Count;
        }
    }

    public async ValueTask<T> RunAsync(DnsQuestion question, Func<DnsQuestion, ValueTask<T>> work, CancellationToken ct)
    {
        TaskCompletionSource<T>? running;
        bool isOurs;
        lock (_lock)
        {
            isOurs = !_inFlight.TryGetValue(question, out running);
            if (isOurs)
                _inFlight[question] = running = new TaskCompletionSource<T>();
            else
                Joined++;
        }

        if (isOurs)
            _ = CompleteAsync(question, work, running!);
        return await running!.Task.WaitAsync(ct).ConfigureAwait(false);
    }

    private async Task CompleteAsync(DnsQuestion question, Func<DnsQuestion, ValueTask<T>> work, TaskCompletionSource<T> running)
    {
        try
        {
            T result = await work(question).ConfigureAwait(false);
            Remove(question);
            running.SetResult(result);
        }
        catch (Exception e)
        {
            // A mistake of ours, or the transport was closed: whoever waits is told.
            Remove(question);
            running.SetException(e);
        }
    }

    private void Remove(DnsQuestion question)
    {
        lock (_lock)
            _inFlight.Remove(question);
    }
}
