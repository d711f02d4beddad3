using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace Wirepath.Http;

/// <summary>
/// Where a body that is sent comes from. A file is read where it is wanted and not on another thread: a run must be the
/// same each time.
/// </summary>
internal readonly record struct OutgoingBody(ReadOnlyMemory<byte> Memory, Stream? Stream, SafeFileHandle? File, long? Length)
{
    // A GSO super-segment's worth; the head goes with the first piece.
    private const int PieceBytes = 64 * 1024;

    public static OutgoingBody Of(ReadOnlyMemory<byte> memory) => new(memory, null, null, memory.Length);

    public static OutgoingBody Of(Stream stream, long? length) => new(default, stream, null, length);

    public static OutgoingBody Of(SafeFileHandle file, long length) => new(default, null, file, length);

    /// <summary>
    /// Sends what <paramref name="head"/> holds and the body behind it: counted when its length is known, else in chunks or, where the peer
    /// knows none, as it is. Says how many bytes of body were sent. Between two pieces <paramref name="progressed"/> is called.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<long> SendAsync(ReadOnlyMemory<byte> head, Stream to, bool chunked, Action? progressed, CancellationToken cancellation)
    {
        byte[] piece = ArrayPool<byte>.Shared.Rent(Math.Max(PieceBytes, head.Length + 1024));
        try
        {
            head.CopyTo(piece);
            int filled = head.Length;
            long sent = 0;
            while (true)
            {
                // Room for a chunk's size line before it and its end and the last chunk after it.
                int start = chunked ? filled + 10 : filled;
                int room = piece.Length - start - (chunked ? 8 : 0);
                int wanted = (int)Math.Min(room, Length - sent ?? room);
                int count = wanted == 0 ? 0 : await ReadAsync(sent, piece.AsMemory(start, wanted), cancellation).ConfigureAwait(false);
                if (chunked)
                {
                    filled = Chunk(piece, filled, start, count);
                }
                else
                {
                    filled += count;
                }

                sent += count;
                if (filled > 0)
                {
                    await to.WriteAsync(piece.AsMemory(0, filled), cancellation).ConfigureAwait(false);
                    filled = 0;
                }

                if (count == 0 || sent == Length)
                {
                    return sent;
                }

                progressed?.Invoke();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellation)
    {
        if (Stream is not null)
        {
            return Stream.ReadAsync(destination, cancellation);
        }

        if (File is not null)
        {
            return new ValueTask<int>(RandomAccess.Read(File, destination.Span, offset));
        }

        ReadOnlyMemory<byte> rest = Memory[(int)offset..];
        rest = rest[..Math.Min(rest.Length, destination.Length)];
        rest.CopyTo(destination);
        return new ValueTask<int>(rest.Length);
    }

    /// <summary>Puts the framing around data that stands at <paramref name="start"/>; nothing at all ends the body.</summary>
    private static int Chunk(byte[] piece, int at, int start, int count)
    {
        if (count == 0)
        {
            "0\r\n\r\n"u8.CopyTo(piece.AsSpan(at));
            return at + 5;
        }

        // Eight digits, leading zeros and all, so that the size line fits its place whatever the size is.
        count.TryFormat(piece.AsSpan(at), out _, "x8", CultureInfo.InvariantCulture);
        "\r\n"u8.CopyTo(piece.AsSpan(at + 8));
        "\r\n"u8.CopyTo(piece.AsSpan(start + count));
        return start + count + 2;
    }
}
