using System.Buffers;
using System.Globalization;

namespace Wirepath.Http;

/// <summary>RFC 9112 §7.1: writes a body whose length is not known beforehand.</summary>
public static class ChunkedEncoder
{
    /// <summary>One chunk; an empty one is left out, since it would end the body.</summary>
    public static void WriteChunk(IBufferWriter<byte> to, ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
        {
            return;
        }

        WriteChunkStart(to, data.Length);
        to.Write(data);
        to.Write("\r\n"u8);
    }

    /// <summary>The end, with trailer fields if any.</summary>
    public static void WriteEnd(IBufferWriter<byte> to, HttpHeaders? trailers = null)
    {
        to.Write("0\r\n"u8);
        if (trailers is null)
        {
            to.Write("\r\n"u8);
        }
        else
        {
            trailers.WriteTo(to);
        }
    }

    internal static void WriteChunkStart(IBufferWriter<byte> to, int size)
    {
        Span<byte> line = to.GetSpan(10);
        size.TryFormat(line, out int written, "x", CultureInfo.InvariantCulture);
        "\r\n"u8.CopyTo(line[written..]);
        to.Advance(written + 2);
    }
}
