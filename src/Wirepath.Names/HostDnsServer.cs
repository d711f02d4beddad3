using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Names;

/// <summary>Limits of a <see cref="HostDnsServer"/>.</summary>
public sealed record DnsServerSettings
{
    /// <summary>Questions over UDP being worked on at a time; more are dropped, and their clients ask again. 1,000.</summary>
    public int MostQuestionsInFlight { get; init; } = 1000;

    /// <summary>TCP connections at a time; more are closed at once. 150.</summary>
    public int MostConnections { get; init; } = 150;

    /// <summary>A connection on which no question comes for so long is closed: 10 s (RFC 7766 §6.2.3: some seconds).</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Connections that wait to be accepted. 32.</summary>
    public int Backlog { get; init; } = 32;
}

/// <summary>
/// Puts a responder on a host's port 53, UDP and TCP. Questions over UDP are worked on side by side, those of one
/// connection one after the other (RFC 7766 §6.2.1 allows both).
/// </summary>
public sealed class HostDnsServer(Host host, IDnsResponder responder, IpAddress bind, ushort port = 53) : IDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private UdpSocket? _udp;
    private TcpAcceptor? _tcp;
    private int _inFlight;
    private int _connections;
    private long _dropped;

    public DnsServerSettings Settings { get; init; } = new();

    public IpEndpoint Local { get; } = new(bind, port);

    /// <summary>Questions and connections turned away because a limit was reached.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Binds and begins to answer; returns at once.</summary>
    /// <exception cref="NetworkException">The port is taken.</exception>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    public void Start()
    {
        if (_udp is not null)
            throw new InvalidOperationException("The server was started before.");
        _udp = host.OpenUdp(Local);
        _tcp = host.Listen(Local, Settings.Backlog);
        _ = ReceiveAsync(_udp);
        _ = AcceptAsync(_tcp);
    }

    public void Dispose()
    {
        if (_closing.IsCancellationRequested)
            return;
        _closing.Cancel();
        _udp?.Dispose();
        _tcp?.Dispose();
        _closing.Dispose();
    }

    private async Task ReceiveAsync(UdpSocket socket)
    {
        byte[] room = new byte[DnsMessage.MaxSize];
        CancellationToken closing = _closing.Token;
        while (!closing.IsCancellationRequested)
        {
            try
            {
                UdpReceiveResult received = await socket.ReceiveFromAsync(room, closing).ConfigureAwait(false);
                if (Volatile.Read(ref _inFlight) >= Settings.MostQuestionsInFlight)
                    Interlocked.Increment(ref _dropped);
                else
                    _ = AnswerAsync(socket, room.AsSpan(0, received.Length).ToArray(), received, closing);
            }
            catch (NetworkException)
            {
                // ICMP about an earlier answer: its client is gone, the others are not.
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(UdpSocket socket, byte[] query, UdpReceiveResult received, CancellationToken closing)
    {
        Interlocked.Increment(ref _inFlight);
        try
        {
            NodeLog.ApplicationCause = received.Cause;
            byte[] room = new byte[Edns.DefaultUdpPayloadSize];
            DnsResponse response = await responder.RespondAsync(query, room, received.From, overTcp: false, closing).ConfigureAwait(false);
            NodeLog.ApplicationCause = response.Because;
            if (response.Length > 0)
                await socket.SendToAsync(room.AsMemory(0, response.Length), received.From, closing).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or NetworkException)
        {
            // Closing, or no route back to the client.
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private async Task AcceptAsync(TcpAcceptor acceptor)
    {
        CancellationToken closing = _closing.Token;
        while (!closing.IsCancellationRequested)
        {
            try
            {
                TcpStream stream = await acceptor.AcceptAsync(closing).ConfigureAwait(false);
                if (Volatile.Read(ref _connections) >= Settings.MostConnections)
                {
                    Interlocked.Increment(ref _dropped);
                    stream.Abort();
                }
                else
                {
                    _ = ServeAsync(stream, closing);
                }
            }
            catch (NetworkException)
            {
                // One connection that did not come about.
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpStream stream, CancellationToken closing)
    {
        Interlocked.Increment(ref _connections);
        try
        {
            await using (stream.ConfigureAwait(false))
            {
                stream.NoDelay = true;
                byte[] room = new byte[DnsMessage.MaxSize];
                while (await ReadAsync(stream, closing).ConfigureAwait(false) is { } query)
                {
                    NodeLog.ApplicationCause = stream.ReadCause;
                    DnsResponse response = await responder.RespondAsync(query, room, stream.Id.Remote, overTcp: true, closing).ConfigureAwait(false);
                    NodeLog.ApplicationCause = response.Because;
                    if (response.Length > 0)
                        await DnsFraming.WriteAsync(stream, room.AsMemory(0, response.Length), closing).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or NetworkException)
        {
            // Idle for too long, closing, or the client broke off.
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    private async ValueTask<byte[]?> ReadAsync(TcpStream stream, CancellationToken closing)
    {
        using var idle = new CancellationTokenSource(Settings.IdleTimeout, host.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, closing);
        return await DnsFraming.ReadAsync(stream, either.Token).ConfigureAwait(false);
    }
}
