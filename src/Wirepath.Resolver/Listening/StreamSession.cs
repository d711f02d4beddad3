using System.Buffers;
using System.Buffers.Binary;
using Wirepath.Dns;
using Wirepath.Wire;

namespace Wirepath.Resolver;

/// <summary>
/// Messages on one stream, each behind its length in two bytes. Questions are worked on side by side and answered as they
/// become ready (RFC 7766 §6.2.1.1).
/// </summary>
internal sealed class StreamSession(Stream stream, IpEndpoint client, Carrier carrier, Answering answering, ServerSettings settings)
{
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly SemaphoreSlim _slots = new(settings.MostInFlightPerStream, settings.MostInFlightPerStream);

    public async Task ServeAsync(CancellationToken closing)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(2 + DnsMessage.MaxSize);
        int have = 0;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(closing);
        try
        {
            while (true)
            {
                int used = await TakeAsync(buffer.AsMemory(0, have), ended).ConfigureAwait(false);
                buffer.AsSpan(used, have - used).CopyTo(buffer);
                have -= used;
                ended.CancelAfter(settings.IdleTimeout);
                int read = await stream.ReadAsync(buffer.AsMemory(have), ended.Token).ConfigureAwait(false);
                ended.CancelAfter(Timeout.InfiniteTimeSpan);
                if (read == 0)
                    break;
                have += read;
            }

            // The client may have closed its side and still wait for answers.
            for (int i = 0; i < settings.MostInFlightPerStream; i++)
                await _slots.WaitAsync(closing).ConfigureAwait(false);
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <returns>Bytes of the messages that were whole.</returns>
    private async ValueTask<int> TakeAsync(ReadOnlyMemory<byte> bytes, CancellationTokenSource ended)
    {
        int at = 0;
        while (bytes.Length - at >= 2)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes.Span[at..]);
            if (bytes.Length - at - 2 < length)
                break;
            ReadOnlyMemory<byte> query = bytes.Slice(at + 2, length);
            at += 2 + length;
            answering.Counters.Received(carrier);
            if (length < DnsHeader.Size)
                throw new IOException("A message that is too short for a header.");
            if (answering.Responder is IZoneTransferSource zones && zones.TryTransfer(query, client, out IEnumerable<ReadOnlyMemory<byte>> messages))
            {
                foreach (ReadOnlyMemory<byte> message in messages)
                    await WriteAsync(message, ended.Token).ConfigureAwait(false);
                continue;
            }

            await _slots.WaitAsync(ended.Token).ConfigureAwait(false);
            byte[] room = ArrayPool<byte>.Shared.Rent(DnsMessage.MaxSize);
            if (answering.TryRespond(query.Span, room, client, carrier, out int size))
            {
                await FinishAsync(room, size, ended.Token).ConfigureAwait(false);
                continue;
            }

            byte[] copy = ArrayPool<byte>.Shared.Rent(length);
            query.CopyTo(copy);
            _ = AnswerAsync(copy, length, room, ended);
        }

        return at;
    }

    private async Task AnswerAsync(byte[] query, int length, byte[] room, CancellationTokenSource ended)
    {
        int size = 0;
        try
        {
            size = await answering.RespondAsync(query.AsMemory(0, length), room, client, carrier, ended.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The stream has ended, or the server is closing.
        }

        ArrayPool<byte>.Shared.Return(query);
        try
        {
            await FinishAsync(room, size, ended.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or IOException)
        {
            // The same, while the answer was being sent.
        }
    }

    private async ValueTask FinishAsync(byte[] room, int size, CancellationToken ct)
    {
        try
        {
            if (size > 0)
                await WriteAsync(room.AsMemory(0, size), ct).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
            _slots.Release();
        }
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken ct)
    {
        // One write, so that length and message leave in one segment (RFC 7766 §8).
        byte[] framed = ArrayPool<byte>.Shared.Rent(2 + message.Length);
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed.AsMemory(2));
        await _writing.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            await stream.WriteAsync(framed.AsMemory(0, 2 + message.Length), ct).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
            ArrayPool<byte>.Shared.Return(framed);
        }
    }
}
