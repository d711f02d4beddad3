using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Tcp;
using Wirepath.Wire;

namespace Wirepath.Packetdrill;

/// <summary>What a file descriptor of a script stands for: a socket before, while and after it is a connection.</summary>
internal sealed class ScriptSocket(SocketOptions options)
{
    private readonly List<byte> _written = [];
    private bool _hasFailed;

    /// <summary>Moved to the connection when there is one.</summary>
    public SocketOptions Options { get; } = options;

    /// <summary>From bind.</summary>
    public IpEndpoint Local { get; set; }

    public bool IsBound { get; set; }

    public TcpAcceptor? Acceptor { get; set; }

    /// <summary>Completes, never fails, when the opening is over.</summary>
    public Task? Connecting { get; set; }

    public CancellationTokenSource? Connect { get; set; }

    /// <summary>connect has answered that the connection is there.</summary>
    public bool IsConnectTold { get; set; }

    /// <summary>Bytes of MSG_FASTOPEN that were handed over together with the wish to connect.</summary>
    public int TakenBeforeOpening { get; set; }

    public TcpStream? Stream { get; private set; }

    /// <summary>The SYN waits for the first write.</summary>
    public bool IsSynDeferred { get; set; }

    /// <summary>There is a stream before the peer has answered.</summary>
    public bool IsAwaitingSynAnswer => Stream?.Statistics.State == TcpState.SynSent;

    public bool IsNonBlocking { get; set; }

    /// <summary>Why opening failed; told once.</summary>
    public string? ConnectError { get; set; }

    public bool IsSendClosed { get; set; }

    public bool IsReadClosed { get; set; }

    /// <summary>Bytes that the application has read.</summary>
    public long BytesRead { get; set; }

    /// <summary>What the application has written, for comparison with what leaves.</summary>
    public IReadOnlyList<byte> Written => _written;

    /// <summary>SO_TIMESTAMPING's reports, which wait in the error queue.</summary>
    public SendReports? Reports { get; set; }

    /// <summary>Something changed that a call may wait for.</summary>
    public event Action<TcpSignals>? Changed;

    public bool IsConnecting => Connecting is { IsCompleted: false };

    public void Wrote(ReadOnlySpan<byte> bytes) => _written.AddRange(bytes);

    public void Unwrote(int bytes) => _written.RemoveRange(_written.Count - bytes, bytes);

    public void Connected(TcpStream stream)
    {
        Stream = stream;
        stream.Signaled = Change;
        Options.ApplyTo(stream);
    }

    public void Change(TcpSignals signals) => Changed?.Invoke(signals);

    /// <summary>As new, but for its options.</summary>
    public void Forget()
    {
        if (Stream is { } stream)
            stream.Signaled = null;
        (Stream, Connecting, Connect, ConnectError, IsConnectTold, IsSynDeferred, TakenBeforeOpening) = (null, null, null, null, false, false, 0);
        (_hasFailed, IsSendClosed, IsReadClosed, BytesRead) = (false, false, false, 0);
        _written.Clear();
    }

    /// <summary>An error is waiting to be told (<c>sk_err</c>).</summary>
    public string? Error =>
        ConnectError ?? (_hasFailed || Stream is not { End: { } end } stream ? null : Errno.Of(end, stream.IsPeerClosed));

    /// <summary>The error that the next call tells; afterwards it is forgotten.</summary>
    public string? TakeError()
    {
        string? error = Error;
        if (ConnectError is not null)
            ConnectError = null;
        else if (error is not null)
            _hasFailed = true;
        return error;
    }

    /// <summary>What <c>poll</c> sees.</summary>
    public long Events
    {
        get
        {
            if (Acceptor is not null)
                return Acceptor.Pending > 0 ? Constants.POLLIN | Constants.POLLRDNORM : 0;
            long error = Error is not null || Reports is { Count: > 0 } ? Constants.POLLERR : 0;
            if (Stream is not { } stream)
            {
                return error != 0 ? error | Constants.POLLHUP | Constants.POLLIN | Constants.POLLRDNORM | Constants.POLLRDHUP | Constants.POLLOUT | Constants.POLLWRNORM
                    : IsConnecting ? 0 : Constants.POLLHUP | Constants.POLLOUT | Constants.POLLWRNORM;
            }

            TcpReadiness ready = stream.Readiness;
            return error
                | ((ready & TcpReadiness.Readable) != 0 ? Constants.POLLIN | Constants.POLLRDNORM : 0)
                | ((ready & TcpReadiness.Urgent) != 0 ? Constants.POLLPRI : 0)
                | ((ready & TcpReadiness.Writable) != 0 ? Constants.POLLOUT | Constants.POLLWRNORM : 0)
                | ((ready & TcpReadiness.ReceiveClosed) != 0 ? Constants.POLLRDHUP : 0)
                | ((ready & TcpReadiness.Closed) != 0 ? Constants.POLLHUP : 0);
        }
    }
}
