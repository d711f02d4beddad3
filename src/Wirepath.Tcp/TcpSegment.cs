using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>A segment that arrived, read but not yet judged. The packet stays the caller's; what a connection keeps, it holds by its blocks.</summary>
public readonly ref struct TcpSegment(scoped in TcpHeader header, scoped in TcpOptions options, Packet packet, int payloadOffset, int payloadLength, bool ce)
{
    public readonly TcpHeader Header = header;
    public readonly TcpOptions Options = options;

    public Packet Packet { get; } = packet;

    /// <summary>Where the payload begins, counted from the start of the packet.</summary>
    public int PayloadOffset { get; } = payloadOffset;

    public int PayloadLength { get; } = payloadLength;

    /// <summary>The IP header said Congestion Experienced (RFC 3168).</summary>
    public bool Ce { get; } = ce;

    /// <summary>SEG.LEN of RFC 9293 §3.4: payload, and one each for SYN and FIN.</summary>
    public int Length => PayloadLength + (Header.IsSyn ? 1 : 0) + (Header.IsFin ? 1 : 0);

    /// <summary>Reads the segment whose header begins at the start of the packet and whose payload is the rest of it.</summary>
    /// <returns>False when the header or its options are not whole: the segment is to be dropped.</returns>
    public static bool TryRead(Packet packet, bool ce, out TcpSegment segment)
    {
        ArgumentNullException.ThrowIfNull(packet);
        segment = default;
        ReadOnlySpan<byte> head = packet.Head;
        if (!TcpHeader.TryRead(head, out TcpHeader header)
            || !TcpOptions.TryRead(head[TcpHeader.Size..header.HeaderLength], out TcpOptions options))
        {
            return false;
        }

        segment = new TcpSegment(header, options, packet, header.HeaderLength, packet.Length - header.HeaderLength, ce);
        return true;
    }
}
