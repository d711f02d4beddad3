using System.Threading.Tasks.Sources;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>
/// An application call on its way: posted to the loop, perhaps waiting there, completed by it. The object is
/// reusable and is the source of its own <see cref="ValueTask{T}"/>, so that a call allocates nothing. From posting to
/// completion only the loop touches it.
/// </summary>
internal abstract class Operation<T>(Host host) : Command, IValueTaskSource<T>, IValueTaskSource, ICompletion
{
    private const int Start = -1;

    private ManualResetValueTaskSourceCore<T> _core;
    private CancellationToken _cancellation;
    private CancellationTokenRegistration _registration;
    private T? _result;
    private Exception? _error;
    private int _busy;
    private bool _starting;
    private bool _started;
    private bool _completed;

    protected Host Host { get; } = host;

    /// <summary>The application's cause when it called.</summary>
    protected EventId Cause { get; private set; }

    public bool IsBusy => Volatile.Read(ref _busy) != 0;

    /// <summary>Claims the object for one call; arguments may be stored after that.</summary>
    /// <returns>False when an earlier call has not been answered yet.</returns>
    protected bool TryClaim() => Interlocked.Exchange(ref _busy, 1) == 0;

    protected ValueTask<T> Post(CancellationToken cancellation)
    {
        Submit(cancellation);
        return new ValueTask<T>(this, _core.Version);
    }

    protected ValueTask PostVoid(CancellationToken cancellation)
    {
        Submit(cancellation);
        return new ValueTask(this, _core.Version);
    }

    private void Submit(CancellationToken cancellation)
    {
        _core.Reset();
        _core.RunContinuationsAsynchronously = !Host.CompleteInline;
        (_result, _error, _started, _completed) = (default, null, false, false);
        Cause = Host.Log.IsEnabled ? NodeLog.ApplicationCause : EventId.None;
        _cancellation = cancellation;
        if (cancellation.IsCancellationRequested)
        {
            _core.SetException(new OperationCanceledException(cancellation));
            return;
        }

        Host.Submit(this, Start);
    }

    internal sealed override void Execute(int argument, Instant now)
    {
        if (argument == Start)
        {
            EventId before = Host.Log.Because;
            Host.Log.Because = Cause;
            _started = true;
            _starting = Host.IsRunningDirectly;
            if (_cancellation.IsCancellationRequested)
                Fail(new OperationCanceledException(_cancellation));
            else
                OnStart(now);
            _starting = false;
            Host.Log.Because = before;
            if (!_completed && _cancellation.CanBeCanceled)
                AwaitCancellation();
        }
        else if (argument == _core.Version && _started && IsBusy && !_completed)
        {
            Cancel();
        }
    }

    // Only what has to wait; on the loop, like everything else that touches the object. Its disposal waits for a callback that
    // runs, so the version is still this call's.
    private void AwaitCancellation() => _registration = _cancellation.UnsafeRegister(static (state, _) =>
    {
        var operation = (Operation<T>)state!;
        operation.Host.Post(operation, operation._core.Version);
    }, this);

    internal sealed override void Refuse()
    {
        _registration.Dispose();
        _core.SetException(new ObjectDisposedException(Host.Name));
    }

    /// <summary>Does the work, and either completes or arranges to be completed.</summary>
    protected abstract void OnStart(Instant now);

    /// <summary>Takes the operation out of where it waits.</summary>
    protected abstract void OnCancelled();

    private void Cancel()
    {
        OnCancelled();
        Fail(new OperationCanceledException(_cancellation));
    }

    protected internal void Complete(T result) => Finish(result, null);

    protected internal void Fail(Exception error) => Finish(default, error);

    private void Finish(T? result, Exception? error)
    {
        if (_completed)
            return;
        (_completed, _result, _error) = (true, result, error);
        if (_starting)
            ((ICompletion)this).Deliver(); // The caller has not awaited yet, so nobody's code runs here.
        else
            Host.Deliver(this);
    }

    // Called by the loop when no layer is on the stack: with inline completion the application's code runs here.
    void ICompletion.Deliver()
    {
        _registration.Dispose();
        _registration = default;
        if (_error is not null)
            _core.SetException(_error);
        else
            _core.SetResult(_result!);
    }

    /// <summary>The answer was taken; the object may go back to where it is kept.</summary>
    protected virtual void OnAnswerTaken()
    {
    }

    public T GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            if (token == _core.Version)
            {
                _result = default;
                _error = null;
                Volatile.Write(ref _busy, 0);
                OnAnswerTaken();
            }
        }
    }

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}

/// <summary>An answer that waits until the loop stands on no layer's code.</summary>
internal interface ICompletion
{
    void Deliver();
}
