using Wirepath.Events;
using Wirepath.Tcp;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>
/// A connection as a stream. One read and one write may be under way at a time, from any thread. Disposing closes in
/// order, in the background; what was written is still delivered.
/// </summary>
public sealed partial class TcpStream : Stream
{
    private readonly Host _host;
    private ReadOperation? _read;   // from the first read on
    private WriteOperation? _write;
    private int _disposed;
    private bool _isSendClosed;
    private bool _isReceiveClosed;
    private bool _hasWritten;

    internal TcpStream(Host host, TcpSocket socket) => (_host, Socket) = (host, socket);

    internal TcpSocket Socket { get; }

    // Two calls at once, one of which is a mistake, must still meet at the same object.
    private ReadOperation Reading => _read ?? Interlocked.CompareExchange(ref _read, new ReadOperation(this), null) ?? _read;

    private WriteOperation Writing => _write ?? Interlocked.CompareExchange(ref _write, new WriteOperation(this), null) ?? _write;

    /// <summary>The close command has run: the connection belongs to the stack alone.</summary>
    internal bool IsClosed { get; private set; }

    public ConnectionId Id => Socket.Connection.Id;

    /// <summary>The event that made the last bytes readable: what an answer to them is because of.</summary>
    public EventId ReadCause { get; private set; }

    /// <summary>The figures of this moment.</summary>
    public TcpStatistics Statistics => Socket.Connection.StatisticsAt(_host.Log.Now);

    public override bool CanRead => _disposed == 0;

    public override bool CanWrite => _disposed == 0;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException("A connection has no length.");

    public override long Position
    {
        get => throw new NotSupportedException("A connection has no position.");
        set => throw new NotSupportedException("A connection has no position.");
    }

    /// <summary>Reads what is there, or waits. An empty buffer waits until something is there.</summary>
    /// <returns>Bytes; 0 at the end of the stream.</returns>
    /// <exception cref="NetworkException">The connection ended otherwise than in order.</exception>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return Reading.Read(buffer, TcpReceiveFlags.None, cancellationToken);
    }

    /// <summary>Reads as <see cref="ReadAsync(Memory{byte}, CancellationToken)"/> does, with what <c>recv</c> can ask for besides.</summary>
    /// <returns>Bytes; 0 at the end of the stream. A call that is cancelled after it took some answers with those.</returns>
    /// <exception cref="NetworkException">The connection ended otherwise than in order.</exception>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, TcpReceiveFlags flags, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return Reading.Read(buffer, flags, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Completes when the send buffer holds all bytes.</summary>
    /// <exception cref="NetworkException">The connection has ended.</exception>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return Writing.Write(buffer, cancellationToken);
    }

    /// <summary>Writes as <see cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/> does, and says what belongs together.</summary>
    /// <returns>Bytes that the send buffer has taken: all, or those taken before the call was cancelled or the connection ended.</returns>
    /// <exception cref="NetworkException">The connection has ended.</exception>
    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> buffer, TcpWriteFlags flags, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return Writing.Send(buffer, flags, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw Synchronous();

    public override void Write(byte[] buffer, int offset, int count) => throw Synchronous();

    private static NotSupportedException Synchronous() =>
        new("A connection of this stack has no blocking calls: the loop that would complete them may be the caller's own. Use ReadAsync and WriteAsync.");

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("A connection cannot seek.");

    public override void SetLength(long value) => throw new NotSupportedException("A connection has no length.");

    /// <summary>Half-close: FIN after what was written; reading goes on.</summary>
    public void CloseSend() => Do(now =>
    {
        if (_isSendClosed)
            return;
        _isSendClosed = true;
        Note("shutdown", 0);
        Socket.Connection.Shutdown(now);
    });

    /// <summary>Ends the connection at once with a RST; what was not sent is lost.</summary>
    public void Abort()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        Do(now =>
        {
            Note("abort", 0);
            Socket.Connection.Abort(now);
            Close(now);
        });
    }

    /// <summary>Closes, and waits as <see cref="Linger"/> says.</summary>
    public override async ValueTask DisposeAsync()
    {
        Dispose();
        if (Linger is { } linger && linger > TimeSpan.Zero)
            await new LingerOperation(this, linger).WaitAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Do(now =>
            {
                Note("close", 0);
                Socket.Connection.Close(now, reset: Linger == TimeSpan.Zero);
                Close(now);
            });
        }

        base.Dispose(disposing);
    }

    private void Close(Instant now)
    {
        IsClosed = true;
        _host.Tcp.Orphan(Socket, now);
        _read?.End();
        _write?.End();
        _host.Tcp.Touch(Socket, now);
        _host.Tcp.ReleaseCharge(Socket);
    }

    /// <summary>Something changed on the loop: calls that wait look again.</summary>
    internal void OnSignals(TcpSignals signals, Instant now)
    {
        if (Socket.Connection.Readable > 0)
            ReadCause = _host.Log.Because;
        _read?.Continue(now);
        _write?.Continue(now);
        _lingering?.Continue();
        Signaled?.Invoke(signals);
    }

    private void Note(string call, long bytes)
    {
        if (_host.Log.IsEnabled)
            _host.Log.WriteAndFollow(new SocketCalled(Id, call, bytes));
    }

    private void Do(Action<Instant> work) => _host.Submit(new StreamCommand(this, work), 0);

    // Rare calls: closing, options.
    private sealed class StreamCommand(TcpStream stream, Action<Instant> work) : Command
    {
        private readonly EventId _cause = stream._host.Log.IsEnabled ? NodeLog.ApplicationCause : EventId.None;

        internal override void Execute(int argument, Instant now)
        {
            Host host = stream._host;
            EventId before = host.Log.Because;
            host.Log.Because = _cause;
            work(now);
            if (!stream.IsClosed)
                host.Tcp.Touch(stream.Socket, now);
            host.Log.Because = before;
        }
    }
}
