using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Security.Cryptography;
using Wirepath.Dns;
using Wirepath.Wire;

namespace Wirepath.Resolver;

/// <summary>Limits of a <see cref="SystemDnsTransport"/>.</summary>
public sealed record SystemTransportSettings
{
    public static readonly SystemTransportSettings Default = new();

    /// <summary>Ports from which UDP queries leave: 1,024 to 65,535 (RFC 5452 §9.2: as many as there are).</summary>
    public ushort LeastPort { get; init; } = 1024;

    public ushort MostPort { get; init; } = 65535;

    /// <summary>Tries to find a free one before the kernel is left to choose. 8.</summary>
    public int PortTries { get; init; } = 8;

    /// <summary>A TCP connection on which nothing waits is kept so long for the next query. 5 s (RFC 7766 §6.2.3).</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Queries that wait on one TCP connection; one more opens another. 100.</summary>
    public int MostPipelined { get; init; } = 100;
}

/// <summary>
/// DNS exchanges over the operating system's sockets. Each UDP query has a socket of its own: a random port, connected, so
/// that the kernel drops what comes from elsewhere and ICMP errors arrive. TCP connections are shared and pipelined. Any thread.
/// </summary>
public sealed class SystemDnsTransport : IDnsTransport, IZoneTransferTransport, IDisposable
{
    /// <summary>Bytes of the longest reply that is taken over UDP; nobody asks for more than 1232.</summary>
    private const int MostUdpReply = 4096;

    private readonly ConcurrentBag<byte[]> _rooms = [];
    private readonly ConcurrentDictionary<IpEndpoint, UpstreamConnection> _connections = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly LinuxUdpUpstream? _udp;
    private long _sent;
    private long _overTcp;
    private long _mismatched;

    public SystemDnsTransport(SystemTransportSettings? settings = null)
    {
        Settings = settings ?? SystemTransportSettings.Default;
        if (OperatingSystem.IsLinux())
            _udp = new LinuxUdpUpstream(Settings, () => Interlocked.Increment(ref _mismatched));
    }

    public SystemTransportSettings Settings { get; }

    /// <summary>Queries sent, over UDP and TCP.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    public long SentOverTcp => Interlocked.Read(ref _overTcp);

    /// <summary>Datagrams that came to a waiting query's port from its server and were no reply to it: forgeries, or late replies.</summary>
    public long Mismatched => Interlocked.Read(ref _mismatched);

    public ValueTask<DnsReply> ExchangeAsync(IpEndpoint server, ReadOnlyMemory<byte> query, bool overTcp, TimeSpan timeout, CancellationToken ct)
    {
        Interlocked.Increment(ref _sent);
        return overTcp || _udp is null ? ExchangeManagedAsync(server, query, overTcp, timeout, ct) : _udp.ExchangeAsync(server, query, timeout, ct);
    }

    private async ValueTask<DnsReply> ExchangeManagedAsync(IpEndpoint server, ReadOnlyMemory<byte> query, bool overTcp, TimeSpan timeout, CancellationToken ct)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(ct, _closing.Token);
        timer.CancelAfter(timeout);
        try
        {
            return overTcp
                ? await ExchangeOverTcpAsync(server, query, timer.Token).ConfigureAwait(false)
                : await ExchangeOverUdpAsync(server, query, timer.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return DnsReply.TimedOut;
        }
        catch (SocketException failure)
        {
            return StatusOf(failure.SocketErrorCode);
        }
        catch (IOException)
        {
            return DnsReply.Refused; // it closed instead of answering
        }
    }

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> TransferAsync(
        IpEndpoint server, ReadOnlyMemory<byte> query, TimeSpan timeout, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(ct, _closing.Token);
        using var socket = new Socket(FamilyOf(server), SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        bool isOpen = await OpensAsync().ConfigureAwait(false);
        while (isOpen)
        {
            byte[]? message = await ReadAsync().ConfigureAwait(false);
            if (message is null)
                yield break;
            yield return message;
        }

        async ValueTask<bool> OpensAsync()
        {
            timer.CancelAfter(timeout);
            try
            {
                await socket.ConnectAsync(server.ToIPEndPoint(), timer.Token).ConfigureAwait(false);
                await StreamFraming.WriteAsync(socket, query, timer.Token).ConfigureAwait(false);
                return true;
            }
            catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !ct.IsCancellationRequested))
            {
                return false;
            }
        }

        async ValueTask<byte[]?> ReadAsync()
        {
            timer.CancelAfter(timeout);
            try
            {
                return await StreamFraming.ReadAsync(socket, timer.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !ct.IsCancellationRequested))
            {
                return null;
            }
        }
    }

    public void Dispose()
    {
        if (_closing.IsCancellationRequested)
            return;
        _closing.Cancel();
        foreach (UpstreamConnection connection in _connections.Values)
            connection.Dispose();
        _connections.Clear();
        _udp?.Dispose();
        _closing.Dispose();
    }

    internal static AddressFamily FamilyOf(IpEndpoint server) => server.Address.IsV4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;

    private static DnsReply StatusOf(SocketError error) => error switch
    {
        SocketError.ConnectionRefused or SocketError.ConnectionReset or SocketError.ConnectionAborted => DnsReply.Refused,
        SocketError.TimedOut => DnsReply.TimedOut,
        _ => DnsReply.Unreachable,
    };

    private async ValueTask<DnsReply> ExchangeOverUdpAsync(IpEndpoint server, ReadOnlyMemory<byte> query, CancellationToken ct)
    {
        using var socket = new Socket(FamilyOf(server), SocketType.Dgram, ProtocolType.Udp);
        BindToRandomPort(socket, server.Address.IsV4);
        socket.Connect(server.ToIPEndPoint());
        socket.Send(query.Span);
        if (!_rooms.TryTake(out byte[]? room))
            room = new byte[MostUdpReply];
        try
        {
            while (true)
            {
                int length = await socket.ReceiveAsync(room, SocketFlags.None, ct).ConfigureAwait(false);
                if (ReplyMatch.Accepts(query.Span, room.AsSpan(0, length)))
                    return DnsReply.Answered(room.AsSpan(0, length).ToArray());
                Interlocked.Increment(ref _mismatched);
            }
        }
        finally
        {
            _rooms.Add(room);
        }
    }

    private void BindToRandomPort(Socket socket, bool v4)
    {
        System.Net.IPAddress any = v4 ? System.Net.IPAddress.Any : System.Net.IPAddress.IPv6Any;
        for (int i = 0; i < Settings.PortTries; i++)
        {
            try
            {
                socket.Bind(new System.Net.IPEndPoint(any, RandomNumberGenerator.GetInt32(Settings.LeastPort, Settings.MostPort + 1)));
                return;
            }
            catch (SocketException)
            {
                // Taken, or not ours to take.
            }
        }
    }

    private async ValueTask<DnsReply> ExchangeOverTcpAsync(IpEndpoint server, ReadOnlyMemory<byte> query, CancellationToken ct)
    {
        Interlocked.Increment(ref _overTcp);
        // A server may close an idle connection just as the query leaves: once more on a new one (RFC 7766 §6.2.4).
        if (_connections.TryGetValue(server, out UpstreamConnection? shared) && shared.TryJoin(query, Settings.MostPipelined, out Task<byte[]>? reply))
        {
            try
            {
                return DnsReply.Answered(await reply.WaitAsync(ct).ConfigureAwait(false));
            }
            catch (IOException)
            {
                // It had.
            }
        }

        var fresh = new UpstreamConnection(server, Settings.IdleTimeout, connection => _connections.TryRemove(new(server, connection)));
        await fresh.ConnectAsync(ct).ConfigureAwait(false);
        if (!fresh.TryJoin(query, Settings.MostPipelined, out reply))
            return DnsReply.Refused;
        _connections[server] = fresh;
        return DnsReply.Answered(await reply.WaitAsync(ct).ConfigureAwait(false));
    }
}
