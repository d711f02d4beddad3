using Wirepath.Events;
using Wirepath.Tcp;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>A listening socket.</summary>
public sealed class TcpAcceptor : IDisposable, ITimerTarget
{
    private readonly Host _host;
    private readonly Queue<AcceptOperation> _waiting = new();
    private readonly CloseCommand _close;
    private int _disposed;
    private bool _isClosed;

    internal TcpAcceptor(Host host, IpEndpoint local, int backlog, TcpSettings settings)
    {
        (_host, Local) = (host, local);
        Listener = new TcpListener(local, backlog, settings, host.Log, host.Tcp.Shared);
        Timer = new WheelTimer(this);
        _close = new CloseCommand(this);
        if (host.Log.IsEnabled)
            host.Log.Write(NodeLog.ApplicationCause, new SocketCalled(new ConnectionId(local, default), "listen", backlog));
    }

    /// <summary>What it is bound to; an unspecified address means all.</summary>
    public IpEndpoint Local { get; }

    /// <summary>Limits and timers that later connections inherit. Before the loop runs, or on its thread.</summary>
    public TcpSettings Settings
    {
        get => Listener.Settings;
        set => Listener.Settings = value;
    }

    /// <summary>
    /// Connections that a SYN's data has opened and no ACK has confirmed yet (RFC 7413 §4.2.2), at the most; 0 leaves Fast Open to the
    /// listeners that <see cref="TcpSettings.FastOpen"/> names.
    /// </summary>
    public int FastOpenQueueLimit
    {
        get => Listener.FastOpenQueueLimit;
        set => Listener.FastOpenQueueLimit = value;
    }

    /// <summary>What this listener's Fast Open cookies are made with; null for the host's.</summary>
    public FastOpenKeys? FastOpenKeys
    {
        get => Listener.FastOpenKeys;
        set => Listener.FastOpenKeys = value;
    }

    /// <summary>Hops that the IP headers of connections allow from now on; 0: the host's default.</summary>
    public byte TimeToLive { get; set; }

    /// <summary>DSCP of connections from now on, in the upper six bits (RFC 2474).</summary>
    public byte TypeOfService { get; set; }

    /// <summary>True: routers may fragment what connections from now on send (RFC 1191 off).</summary>
    public bool MayFragment { get; set; }

    /// <summary>Established connections that nobody has accepted yet.</summary>
    public int Pending => Listener.AcceptQueueLength;

    /// <summary>Invoked on the loop when something happens to a connection that nobody has accepted: <see cref="Pending"/> may have changed.</summary>
    public Action? Signaled { get; set; }

    internal TcpListener Listener { get; }

    /// <summary>Bound to <c>::</c>, and meant for IPv4 too.</summary>
    internal bool TakesV4 { get; init; }

    /// <summary>SYN,ACKs that are due again.</summary>
    internal WheelTimer Timer { get; }

    /// <summary>Bytes charged for half-open connections.</summary>
    internal long Charged { get; set; }

    void ITimerTarget.OnTimer(WheelTimer timer, Instant now) => _host.Tcp.OnTimer(this, now);

    /// <summary>Waits for the next established connection.</summary>
    public ValueTask<TcpStream> AcceptAsync(CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return new AcceptOperation(this).AcceptAsync(cancellation);
    }

    /// <summary>Stops listening at once; connections that nobody accepted are aborted, accepted ones go on.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _host.Tcp.StopListening(this);
        _host.Submit(_close, 0);
    }

    internal void OnSignals(Instant now)
    {
        while (_waiting.Count > 0 && TryAccept(now, out TcpStream? stream))
            _waiting.Dequeue().Complete(stream);
        Signaled?.Invoke();
    }

    private bool TryAccept(Instant now, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TcpStream? stream)
    {
        stream = null;
        if (_isClosed || !Listener.TryAccept(out TcpConnection? connection))
            return false;
        // It may have ended, and left the table, while it waited; its bytes are still to be read.
        TcpSocket socket = _host.Tcp.Find(connection.Id) is { } found && ReferenceEquals(found.Connection, connection)
            ? found : new TcpSocket(_host.Tcp, connection) { IsRemoved = true };
        socket.Stream = stream = new TcpStream(_host, socket);
        if (_host.Log.IsEnabled)
            _host.Log.Write(new SocketCalled(connection.Id, "accept", 0));
        _host.Tcp.Touch(socket, now);
        return true;
    }

    private void Start(AcceptOperation operation, Instant now)
    {
        if (_isClosed)
            operation.Fail(new ObjectDisposedException(nameof(TcpAcceptor)));
        else if (_waiting.Count == 0 && TryAccept(now, out TcpStream? stream))
            operation.Complete(stream);
        else
            _waiting.Enqueue(operation);
    }

    private void Forget(AcceptOperation cancelled)
    {
        for (int i = _waiting.Count; i > 0; i--)
        {
            AcceptOperation operation = _waiting.Dequeue();
            if (!ReferenceEquals(operation, cancelled))
                _waiting.Enqueue(operation);
        }
    }

    internal void Close(Instant now)
    {
        if (_isClosed)
            return;
        _isClosed = true;
        while (_waiting.TryDequeue(out AcceptOperation? operation))
            operation.Fail(new ObjectDisposedException(nameof(TcpAcceptor)));
        Listener.Close(now);
        _host.Tcp.Track(this);
        _host.Tcp.TouchAll(this, now);
    }

    private sealed class CloseCommand(TcpAcceptor acceptor) : Command
    {
        internal override void Execute(int argument, Instant now) => acceptor.Close(now);
    }

    private sealed class AcceptOperation(TcpAcceptor acceptor) : Operation<TcpStream>(acceptor._host)
    {
        public ValueTask<TcpStream> AcceptAsync(CancellationToken cancellation)
        {
            TryClaim();
            return Post(cancellation);
        }

        protected override void OnStart(Instant now) => acceptor.Start(this, now);

        protected override void OnCancelled() => acceptor.Forget(this);
    }
}
