namespace Wirepath.Http;

/// <summary>
/// A time-out that begins anew many times and seldom passes. Only an earlier end moves the timer; when it fires before its time, it is
/// set for the rest. So each request of a busy connection costs a look at the clock, and no timer.
/// </summary>
internal sealed class Deadline : IDisposable
{
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _passed = new();
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private DateTimeOffset _due = DateTimeOffset.MaxValue;
    private DateTimeOffset _armedFor = DateTimeOffset.MaxValue;
    private bool _isDisposed;

    public Deadline(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(static state => ((Deadline)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public CancellationToken Token => _passed.Token;

    /// <summary>From now on, for this long.</summary>
    public void Within(TimeSpan time)
    {
        lock (_lock)
        {
            _due = time == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue : _time.GetUtcNow() + time;
            if (_due < _armedFor && !_isDisposed)
            {
                _armedFor = _due;
                _timer.Change(time, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Cancel()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }
        }

        _passed.Cancel();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
        }

        _timer.Dispose();
        _passed.Dispose();
    }

    private void OnTimer()
    {
        lock (_lock)
        {
            _armedFor = DateTimeOffset.MaxValue;
            TimeSpan rest = _due == DateTimeOffset.MaxValue ? TimeSpan.MaxValue : _due - _time.GetUtcNow();
            if (_isDisposed || rest == TimeSpan.MaxValue)
            {
                return;
            }

            if (rest > TimeSpan.Zero)
            {
                _armedFor = _due;
                _timer.Change(rest, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        Cancel();
    }
}
