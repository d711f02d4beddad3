using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Wirepath.Dns;
using Wirepath.Wire;

namespace Wirepath.Resolver;

/// <summary>
/// One TCP connection to a server with the queries that wait on it. Replies come in any order (RFC 7766 §6.2.1.1); IDs are
/// given anew, so that two queries never share one.
/// </summary>
internal sealed class UpstreamConnection(IpEndpoint server, TimeSpan idle, Action<UpstreamConnection> gone) : IDisposable
{
    private readonly Socket _socket = new(SystemDnsTransport.FamilyOf(server), SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Dictionary<ushort, (byte[] Query, ushort Id, TaskCompletionSource<byte[]> Reply)> _waiting = [];
    private ushort _next;
    private bool _isClosed;

    public async ValueTask ConnectAsync(CancellationToken ct)
    {
        try
        {
            await _socket.ConnectAsync(server.ToIPEndPoint(), ct).ConfigureAwait(false);
        }
        catch
        {
            Dispose();
            throw;
        }

        _ = ReadAsync();
    }

    /// <returns>False when the connection has closed, or as many queries wait as may.</returns>
    public bool TryJoin(ReadOnlyMemory<byte> query, int most, [NotNullWhen(true)] out Task<byte[]>? reply)
    {
        reply = null;
        byte[] renumbered = query.ToArray();
        lock (_lock)
        {
            if (_isClosed || _waiting.Count >= most)
                return false;
            while (_waiting.ContainsKey(++_next))
            {
            }

            var source = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add(_next, (renumbered, BinaryPrimitives.ReadUInt16BigEndian(renumbered), source));
            BinaryPrimitives.WriteUInt16BigEndian(renumbered, _next);
            reply = source.Task;
        }

        _ = WriteAsync(renumbered);
        return true;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_isClosed)
                return;
            _isClosed = true;
        }

        gone(this);
        _socket.Dispose();
        foreach ((_, _, TaskCompletionSource<byte[]> reply) in _waiting.Values)
        {
            reply.TrySetException(new IOException("The server closed the connection."));
            _ = reply.Task.Exception; // who gave up waiting does not look
        }
    }

    private async Task WriteAsync(byte[] query)
    {
        try
        {
            await _writing.WaitAsync().ConfigureAwait(false);
            try
            {
                await StreamFraming.WriteAsync(_socket, query, CancellationToken.None).ConfigureAwait(false);
            }
            finally
            {
                _writing.Release();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Dispose();
        }
    }

    private async Task ReadAsync()
    {
        using var patience = new CancellationTokenSource();
        try
        {
            while (true)
            {
                patience.CancelAfter(idle);
                byte[]? message = await StreamFraming.ReadAsync(_socket, patience.Token).ConfigureAwait(false);
                if (message is null)
                    break;
                Take(message);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Idle, or broken off.
        }

        Dispose();
    }

    private void Take(byte[] message)
    {
        TaskCompletionSource<byte[]> reply;
        lock (_lock)
        {
            ushort number = BinaryPrimitives.ReadUInt16BigEndian(message);
            if (!_waiting.TryGetValue(number, out (byte[] Query, ushort Id, TaskCompletionSource<byte[]> Reply) waiting) || !ReplyMatch.Accepts(waiting.Query, message))
                return;
            _waiting.Remove(number);
            BinaryPrimitives.WriteUInt16BigEndian(message, waiting.Id);
            reply = waiting.Reply;
        }

        reply.TrySetResult(message);
    }
}
