using System.Buffers.Binary;
using Wirepath.Wire;

namespace Wirepath.Names;

/// <summary>Messages on a stream, each behind its length in two bytes (RFC 1035 §4.2.2).</summary>
internal static class DnsFraming
{
    public static async ValueTask WriteAsync(Stream stream, ReadOnlyMemory<byte> message, CancellationToken ct)
    {
        // One write, so that length and message leave in one segment (RFC 7766 §8).
        byte[] framed = new byte[2 + message.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, checked((ushort)message.Length));
        message.CopyTo(framed.AsMemory(2));
        await stream.WriteAsync(framed, ct).ConfigureAwait(false);
    }

    /// <returns>Null at the end of the stream, in the middle of a message too, and at a message too short to have a header.</returns>
    public static async ValueTask<byte[]?> ReadAsync(Stream stream, CancellationToken ct)
    {
        byte[] prefix = new byte[2];
        if (await stream.ReadAtLeastAsync(prefix, 2, throwOnEndOfStream: false, ct).ConfigureAwait(false) < 2)
            return null;
        int length = BinaryPrimitives.ReadUInt16BigEndian(prefix);
        if (length < DnsHeader.Size)
            return null;
        byte[] message = new byte[length];
        return await stream.ReadAtLeastAsync(message, length, throwOnEndOfStream: false, ct).ConfigureAwait(false) == length ? message : null;
    }
}
