using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Wirepath.Events;

namespace Wirepath.Stack;

/// <summary>
/// Connections by their four-tuple, chained through the sockets themselves: a row costs a link, and the four-tuple is kept once,
/// in the connection.
/// </summary>
internal sealed class ConnectionTable : IEnumerable<TcpSocket>
{
    private const int LeastBuckets = 16;

    private TcpSocket?[] _buckets = new TcpSocket?[LeastBuckets];

    public int Count { get; private set; }

    public bool TryGet(in ConnectionId id, [NotNullWhen(true)] out TcpSocket? socket)
    {
        int hash = id.GetHashCode();
        for (socket = BucketOf(hash); socket is not null; socket = socket.Chained)
        {
            if (socket.Hash == hash && socket.Connection.Id == id)
                return true;
        }

        return false;
    }

    public bool Contains(in ConnectionId id) => TryGet(id, out _);

    /// <exception cref="InvalidOperationException">The four-tuple is taken.</exception>
    public void Add(TcpSocket socket)
    {
        if (Contains(socket.Connection.Id))
            throw new InvalidOperationException($"There is a connection {socket.Connection.Id} already.");
        if (Count == _buckets.Length)
            Resize(_buckets.Length * 2);
        socket.Hash = socket.Connection.Id.GetHashCode();
        Chain(socket);
        Count++;
    }

    public void Remove(TcpSocket socket)
    {
        ref TcpSocket? link = ref BucketOf(socket.Hash);
        while (link is not null && link != socket)
            link = ref link.Chained;
        if (link is null)
            return;
        link = socket.Chained;
        socket.Chained = null;
        Count--;
        if (_buckets.Length > LeastBuckets && Count < _buckets.Length / 8)
            Resize(_buckets.Length / 4);
    }

    /// <summary>In no order; the table must not change meanwhile.</summary>
    public IEnumerator<TcpSocket> GetEnumerator()
    {
        foreach (TcpSocket? first in _buckets)
        {
            for (TcpSocket? socket = first; socket is not null; socket = socket.Chained)
                yield return socket;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // Fibonacci hashing: neighbouring ports spread over the buckets whatever the hash makes of them.
    private ref TcpSocket? BucketOf(int hash) => ref _buckets[(int)(((uint)hash * 2654435769u) >> 7) & (_buckets.Length - 1)];

    private void Chain(TcpSocket socket)
    {
        ref TcpSocket? bucket = ref BucketOf(socket.Hash);
        (socket.Chained, bucket) = (bucket, socket);
    }

    private void Resize(int length)
    {
        TcpSocket?[] before = _buckets;
        _buckets = new TcpSocket?[length];
        foreach (TcpSocket? first in before)
        {
            for (TcpSocket? socket = first, next; socket is not null; socket = next)
            {
                next = socket.Chained;
                Chain(socket);
            }
        }
    }
}
