using System.Buffers.Binary;
using System.Net.Sockets;
using Wirepath.Wire;

namespace Wirepath.Resolver;

/// <summary>Messages on a TCP socket, each behind its length in two bytes (RFC 1035 §4.2.2).</summary>
internal static class StreamFraming
{
    public static async ValueTask WriteAsync(Socket socket, ReadOnlyMemory<byte> message, CancellationToken ct)
    {
        // One write, so that length and message leave in one segment (RFC 7766 §8).
        byte[] framed = new byte[2 + message.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, checked((ushort)message.Length));
        message.CopyTo(framed.AsMemory(2));
        for (int sent = 0; sent < framed.Length;)
            sent += await socket.SendAsync(framed.AsMemory(sent), SocketFlags.None, ct).ConfigureAwait(false);
    }

    /// <returns>Null at the end of the stream, in the middle of a message too, and at a message too short to have a header.</returns>
    public static async ValueTask<byte[]?> ReadAsync(Socket socket, CancellationToken ct)
    {
        byte[] prefix = new byte[2];
        if (!await FillAsync(socket, prefix, ct).ConfigureAwait(false))
            return null;
        int length = BinaryPrimitives.ReadUInt16BigEndian(prefix);
        if (length < DnsHeader.Size)
            return null;
        byte[] message = new byte[length];
        return await FillAsync(socket, message, ct).ConfigureAwait(false) ? message : null;
    }

    private static async ValueTask<bool> FillAsync(Socket socket, byte[] buffer, CancellationToken ct)
    {
        for (int have = 0; have < buffer.Length;)
        {
            int read = await socket.ReceiveAsync(buffer.AsMemory(have), SocketFlags.None, ct).ConfigureAwait(false);
            if (read == 0)
                return false;
            have += read;
        }

        return true;
    }
}
