using Wirepath.Events;
using Wirepath.Tcp;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>
/// A connection as a stream. One read and one write may be under way at a time, from any thread. Disposing closes in
/// order, in the background; what was written is still delivered.
/// </summary>
public sealed class TcpStream : Stream
{
    private readonly Host _host;
    private readonly ReadOperation _read;
    private readonly WriteOperation _write;
    private int _disposed;
    private bool _isSendClosed;
    private bool _hasWritten;

    internal TcpStream(Host host, TcpSocket socket)
    {
        (_host, Socket) = (host, socket);
        _read = new ReadOperation(this);
        _write = new WriteOperation(this);
    }

    internal TcpSocket Socket { get; }

    /// <summary>The close command has run: the connection belongs to the stack alone.</summary>
    internal bool IsClosed { get; private set; }

    public ConnectionId Id => Socket.Connection.Id;

    /// <summary>True: small writes leave at once (no Nagle, RFC 9293 §3.7.4).</summary>
    public bool NoDelay
    {
        get => Socket.Connection.NoDelay;
        set => Do(_ => Socket.Connection.NoDelay = value);
    }

    /// <summary>Probes an idle connection (RFC 9293 §3.8.4); off by default.</summary>
    public bool KeepAlive
    {
        get => Socket.Connection.KeepAlive;
        set => Do(_ => Socket.Connection.KeepAlive = value);
    }

    /// <summary>Limits and timers of this connection; the host's or the socket's own to begin with.</summary>
    public TcpSettings Settings
    {
        get => Socket.Connection.Settings;
        set => Do(_ => Socket.Connection.Settings = value);
    }

    /// <summary>The event that made the last bytes readable: what an answer to them is because of.</summary>
    public EventId ReadCause { get; private set; }

    /// <summary>The figures of this moment.</summary>
    public TcpStatistics Statistics => Socket.Connection.Statistics;

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
        return _read.Read(buffer, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Completes when the send buffer holds all bytes.</summary>
    /// <exception cref="NetworkException">The connection has ended.</exception>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return _write.Write(buffer, cancellationToken);
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

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Do(now =>
            {
                Note("close", 0);
                Socket.Connection.Close(now);
                Close(now);
            });
        }

        base.Dispose(disposing);
    }

    private void Close(Instant now)
    {
        IsClosed = true;
        _read.End();
        _write.End();
        _host.Tcp.Touch(Socket, now);
        _host.Tcp.ReleaseCharge(Socket);
    }

    /// <summary>Something changed on the loop: calls that wait look again.</summary>
    internal void OnSignals(Instant now)
    {
        if (Socket.Connection.Readable > 0)
            ReadCause = _host.Log.Because;
        _read.Continue(now);
        _write.Continue(now);
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

    private NetworkException Ended() => new(Socket.Connection.End ?? ConnectionEnd.Closed, Socket.Connection.EndDetail);

    private sealed class ReadOperation(TcpStream stream) : Operation<int>(stream._host)
    {
        private Memory<byte> _buffer;
        private bool _isWaiting;

        public ValueTask<int> Read(Memory<byte> buffer, CancellationToken cancellation)
        {
            if (!TryClaim())
                throw new InvalidOperationException("Another read is under way on this connection.");
            _buffer = buffer;
            return Post(cancellation);
        }

        protected override void OnStart(Instant now)
        {
            _isWaiting = true;
            if (stream.IsClosed)
                End();
            else
                Continue(now);
        }

        public void Continue(Instant now)
        {
            if (!_isWaiting)
                return;
            TcpConnection connection = stream.Socket.Connection;
            if (connection.Readable > 0)
            {
                int count = _buffer.IsEmpty ? 0 : connection.Read(_buffer.Span, now);
                _isWaiting = false;
                Complete(count);
                Host.Tcp.Touch(stream.Socket, now);
            }
            else if (connection.IsReadClosed)
            {
                _isWaiting = false;
                if (connection.End is null or ConnectionEnd.Closed)
                    Complete(0);
                else
                    Fail(stream.Ended());
            }
        }

        public void End()
        {
            if (!_isWaiting)
                return;
            _isWaiting = false;
            Fail(new ObjectDisposedException(nameof(TcpStream)));
        }

        protected override void OnCancelled() => _isWaiting = false;

        protected override void OnAnswerTaken() => _buffer = default;
    }

    private sealed class WriteOperation(TcpStream stream) : Operation<int>(stream._host)
    {
        private ReadOnlyMemory<byte> _rest;
        private bool _isWaiting;

        public ValueTask Write(ReadOnlyMemory<byte> buffer, CancellationToken cancellation)
        {
            if (!TryClaim())
                throw new InvalidOperationException("Another write is under way on this connection.");
            _rest = buffer;
            return PostVoid(cancellation);
        }

        protected override void OnStart(Instant now)
        {
            _isWaiting = true;
            if (stream.IsClosed)
            {
                End();
                return;
            }

            if (stream._isSendClosed)
            {
                _isWaiting = false;
                Fail(new InvalidOperationException("The connection was closed for sending."));
                return;
            }

            if (!stream._hasWritten)
            {
                stream._hasWritten = true;
                stream.Note("write", _rest.Length);
            }

            Continue(now);
        }

        public void Continue(Instant now)
        {
            if (!_isWaiting)
                return;
            TcpConnection connection = stream.Socket.Connection;
            if (connection.End is not null)
            {
                _isWaiting = false;
                Fail(stream.Ended());
                return;
            }

            int taken = 0;
            if (_rest.Length > 0 && Host.Tcp.MayWrite(stream.Socket))
            {
                taken = connection.Write(_rest.Span, now);
                _rest = _rest[taken..];
            }

            if (_rest.IsEmpty)
            {
                _isWaiting = false;
                Complete(0);
            }

            if (taken > 0)
                Host.Tcp.Touch(stream.Socket, now);
        }

        public void End()
        {
            if (!_isWaiting)
                return;
            _isWaiting = false;
            Fail(new ObjectDisposedException(nameof(TcpStream)));
        }

        protected override void OnCancelled() => _isWaiting = false;

        protected override void OnAnswerTaken() => _rest = default;
    }
}
