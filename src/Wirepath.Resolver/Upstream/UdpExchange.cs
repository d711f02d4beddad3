using System.Threading.Tasks.Sources;
using Wirepath.Dns;

namespace Wirepath.Resolver;

/// <summary>A query on its way and its socket; used again and again. What comes first, reply, time-out or cancellation, ends it.</summary>
internal sealed class UdpExchange(LinuxUdpUpstream owner, int slot) : IValueTaskSource<DnsReply>
{
    private ManualResetValueTaskSourceCore<DnsReply> _source;
    private CancellationTokenRegistration _cancellation;
    private CancellationToken _ct;
    private uint _watched;

    public int Slot { get; } = slot;

    /// <summary>Counts uses, so that what the kernel still says about an earlier one is not taken for this one's.</summary>
    public uint Use { get; private set; }

    /// <summary>-1: not in use.</summary>
    public int Descriptor { get; set; } = -1;

    public ReadOnlyMemory<byte> Query { get; private set; }

    /// <summary>Milliseconds of the monotonic clock.</summary>
    public long Deadline { get; private set; }

    public ValueTask<DnsReply> Begin(int descriptor, ReadOnlyMemory<byte> query, long deadline)
    {
        _source.Reset();
        (Descriptor, Query, Deadline) = (descriptor, query, deadline);
        Use++;
        return new ValueTask<DnsReply>(this, _source.Version);
    }

    public void Watch(CancellationToken ct)
    {
        (_ct, _watched) = (ct, Use);
        _cancellation = ct.UnsafeRegister(static exchange => ((UdpExchange)exchange!).Cancel(), this);
    }

    /// <summary>Tells the one who waits. Only who has taken <see cref="Descriptor"/> away may.</summary>
    public void End(DnsReply reply)
    {
        Query = default;
        _cancellation.Unregister();
        if (_ct.IsCancellationRequested)
            _source.SetException(new OperationCanceledException(_ct));
        else
            _source.SetResult(reply);
    }

    public DnsReply GetResult(short token)
    {
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            _cancellation.Unregister(); // the reply may have been faster than the registration
            (_cancellation, _ct) = (default, default);
            owner.Return(this);
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void Cancel() => owner.Finish(this, _watched, DnsReply.TimedOut);
}
