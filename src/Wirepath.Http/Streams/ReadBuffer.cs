using System.Buffers;
using System.Runtime.CompilerServices;

namespace Wirepath.Http;

/// <summary>
/// What has come from the peer and was not yet consumed. It grows as long as the parsers want more, and they stop at
/// their limits.
/// </summary>
internal sealed class ReadBuffer(Stream stream) : IDisposable
{
    // One TCP window's worth of small requests; a head within the limits fits after at most three growths.
    private const int InitialBytes = 16 * 1024;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(InitialBytes);
    private int _start;
    private int _end;

    public ReadOnlySpan<byte> Unread => _bytes.AsSpan(_start, _end - _start);

    public bool IsEmpty => _start == _end;

    public Stream Stream => stream;

    public void Consume(int count)
    {
        _start += count;
        if (_start == _end)
        {
            _start = _end = 0;
        }
    }

    /// <summary>Reads more behind what is there; false at the end of the stream.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        if (_end == _bytes.Length)
        {
            MakeRoom();
        }

        int read = await stream.ReadAsync(_bytes.AsMemory(_end), cancellation).ConfigureAwait(false);
        _end += read;
        return read > 0;
    }

    public void Dispose()
    {
        byte[] bytes = _bytes;
        _bytes = [];
        _start = _end = 0;
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void MakeRoom()
    {
        byte[] to = _start > 0 ? _bytes : ArrayPool<byte>.Shared.Rent(_bytes.Length * 2);
        Unread.CopyTo(to);
        (_start, _end) = (0, _end - _start);
        if (!ReferenceEquals(to, _bytes))
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = to;
        }
    }
}
