using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>What a receive call got.</summary>
/// <param name="Length">Bytes written to the buffer.</param>
/// <param name="From">Sender.</param>
/// <param name="IsTruncated">The datagram was longer than the buffer; the rest is lost.</param>
/// <param name="Cause">The event of its arrival: what an answer to it is because of.</param>
public readonly record struct UdpReceiveResult(int Length, IpEndpoint From, bool IsTruncated, EventId Cause);

/// <summary>A UDP socket. Its calls may come from any thread.</summary>
public sealed class UdpSocket : IUdpReceiver, IDisposable
{
    /// <summary>Destinations remembered for the log's "route chosen" and against forged errors; then the memory starts anew.</summary>
    private const int MostDestinations = 256;

    private readonly Host _host;
    private readonly Queue<(Packet Packet, int Offset, int Length, IpEndpoint From, int Charge)> _arrived = new();
    private readonly Queue<ReceiveOperation> _waiting = new();
    private readonly HashSet<IpEndpoint> _destinations = [];
    private readonly CloseCommand _close;
    private SendOperation? _spareSend;
    private ReceiveOperation? _spareReceive;
    private NetworkException? _error;
    private IpEndpoint _lastDestination;
    private int _queuedBytes;
    private int _disposed;

    internal UdpSocket(Host host, IpEndpoint local, bool v6Only)
    {
        _host = host;
        _close = new CloseCommand(this);
        Local = host.Udp.Bind(local, this, v6Only);
    }

    /// <summary>What it is bound to; an unspecified address means all.</summary>
    public IpEndpoint Local { get; }

    /// <summary>Sends one datagram. Completes when it is on its way, which says nothing about its arrival.</summary>
    /// <returns>Bytes sent.</returns>
    /// <exception cref="NetworkException">There is no route to <paramref name="to"/>, or the datagram is longer than 65,507 bytes.</exception>
    public ValueTask<int> SendToAsync(ReadOnlyMemory<byte> payload, IpEndpoint to, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        SendOperation operation = Interlocked.Exchange(ref _spareSend, null) ?? new SendOperation(this);
        return operation.Send(payload, to, cancellation);
    }

    /// <summary>Receives one datagram.</summary>
    /// <exception cref="NetworkException">ICMP said that an earlier datagram could not be delivered; told once.</exception>
    public ValueTask<UdpReceiveResult> ReceiveFromAsync(Memory<byte> buffer, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        ReceiveOperation operation = Interlocked.Exchange(ref _spareReceive, null) ?? new ReceiveOperation(this);
        return operation.Receive(buffer, cancellation);
    }

    /// <summary>Frees the port at once; waiting calls fail.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _host.Udp.Unbind(Local, this);
        _host.Submit(_close, 0);
    }

    void IUdpReceiver.OnDatagram(Packet packet, int offset, int length, IpEndpoint from, in IpArrival arrival, Instant now)
    {
        if (_waiting.TryDequeue(out ReceiveOperation? operation))
        {
            operation.Take(packet.Head.Slice(offset, length), from, packet.Cause);
            packet.Dispose();
            return;
        }

        int charge = MemoryBudget.ChargeFor(packet);
        bool full = _queuedBytes + charge > _host.Settings.Sockets.UdpReceiveBuffer;
        if (_disposed != 0 || full || !_host.Budget.TryCharge(charge))
        {
            _host.Statistics.UdpRcvbufErrors++;
            _host.Drop(arrival.Interface, packet, full ? DropReason.SocketQueueFull : DropReason.Budget);
            return;
        }

        _queuedBytes += charge;
        _arrived.Enqueue((packet, offset, length, from, charge));
    }

    bool IUdpReceiver.OnError(IpEndpoint remote, in IcmpReport report, Instant now)
    {
        if (remote != _lastDestination && !_destinations.Contains(remote))
            return false;
        if (report.IsTooBig)
            return true; // The path MTU takes care of it.
        var error = new NetworkException(report.End, report.Detail);
        if (_waiting.TryDequeue(out ReceiveOperation? operation))
            operation.Fail(error);
        else
            _error = error;
        return true;
    }

    private void Send(SendOperation operation, ReadOnlySpan<byte> payload, IpEndpoint to, Instant now)
    {
        if (payload.Length > UdpLayer.MostPayload)
        {
            operation.Fail(new NetworkException(ConnectionEnd.NotSent, $"A datagram of {payload.Length} bytes does not fit into an IP packet; {UdpLayer.MostPayload} would."));
            return;
        }

        if (!_host.TryRouteFrom(Local.Address, to.Address, out RouteDecision route))
        {
            _host.Statistics.IpOutNoRoutes++;
            if (_host.Log.IsEnabled)
                _host.Log.Write(new RouteMissing(to.Address));
            operation.Fail(new NetworkException(ConnectionEnd.NotSent, $"{_host.Name} has no route to {to.Address}."));
            return;
        }

        IpAddress source = Local.Address.IsUnspecified || Local.Address.Size != to.Address.Size ? route.Source : Local.Address;
        EventId because = _host.Log.Because;
        if (to != _lastDestination)
        {
            _lastDestination = to;
            if (_destinations.Count >= MostDestinations)
                _destinations.Clear();
            if (_destinations.Add(to))
                _host.AnnounceRoute(to.Address, route);
        }

        _host.Udp.Send(payload, new IpEndpoint(source, Local.Port), to, route, now);
        _host.Log.Because = because;
        operation.Complete(payload.Length);
    }

    private void Receive(ReceiveOperation operation)
    {
        if (_error is not null)
        {
            operation.Fail(_error);
            _error = null;
        }
        else if (_arrived.TryDequeue(out (Packet Packet, int Offset, int Length, IpEndpoint From, int Charge) first))
        {
            _queuedBytes -= first.Charge;
            _host.Budget.Release(first.Charge);
            operation.Take(first.Packet.Head.Slice(first.Offset, first.Length), first.From, first.Packet.Cause);
            first.Packet.Dispose();
        }
        else if (_disposed != 0)
        {
            operation.Fail(new ObjectDisposedException(nameof(UdpSocket)));
        }
        else
        {
            _waiting.Enqueue(operation);
        }
    }

    private void Forget(ReceiveOperation cancelled)
    {
        for (int i = _waiting.Count; i > 0; i--)
        {
            ReceiveOperation operation = _waiting.Dequeue();
            if (!ReferenceEquals(operation, cancelled))
                _waiting.Enqueue(operation);
        }
    }

    internal void Close()
    {
        while (_waiting.TryDequeue(out ReceiveOperation? operation))
            operation.Fail(new ObjectDisposedException(nameof(UdpSocket)));
        while (_arrived.TryDequeue(out (Packet Packet, int Offset, int Length, IpEndpoint From, int Charge) first))
        {
            _host.Budget.Release(first.Charge);
            first.Packet.Dispose();
        }

        _queuedBytes = 0;
    }

    private sealed class CloseCommand(UdpSocket socket) : Command
    {
        internal override void Execute(int argument, Instant now) => socket.Close();
    }

    private sealed class SendOperation(UdpSocket socket) : Operation<int>(socket._host)
    {
        private ReadOnlyMemory<byte> _payload;
        private IpEndpoint _to;

        public ValueTask<int> Send(ReadOnlyMemory<byte> payload, IpEndpoint to, CancellationToken cancellation)
        {
            (_payload, _to) = (payload, to);
            TryClaim();
            return Post(cancellation);
        }

        protected override void OnStart(Instant now) => socket.Send(this, _payload.Span, _to, now);

        protected override void OnCancelled()
        {
        }

        protected override void OnAnswerTaken()
        {
            _payload = default;
            Volatile.Write(ref socket._spareSend, this);
        }
    }

    private sealed class ReceiveOperation(UdpSocket socket) : Operation<UdpReceiveResult>(socket._host)
    {
        private Memory<byte> _buffer;

        public ValueTask<UdpReceiveResult> Receive(Memory<byte> buffer, CancellationToken cancellation)
        {
            _buffer = buffer;
            TryClaim();
            return Post(cancellation);
        }

        public void Take(ReadOnlySpan<byte> payload, IpEndpoint from, EventId cause)
        {
            int length = Math.Min(payload.Length, _buffer.Length);
            payload[..length].CopyTo(_buffer.Span);
            Complete(new UdpReceiveResult(length, from, length < payload.Length, cause));
        }

        protected override void OnStart(Instant now) => socket.Receive(this);

        protected override void OnCancelled() => socket.Forget(this);

        protected override void OnAnswerTaken()
        {
            _buffer = default;
            Volatile.Write(ref socket._spareReceive, this);
        }
    }
}
