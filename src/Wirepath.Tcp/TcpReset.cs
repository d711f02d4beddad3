using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>The answer to a segment for which there is no connection (RFC 9293 §3.10.7.1).</summary>
public static class TcpReset
{
    /// <summary>Writes a RST without options into the empty <paramref name="packet"/>, checksum field 0.</summary>
    /// <returns>False when nothing is to be sent: a RST is never answered with a RST.</returns>
    public static bool TryAnswer(in TcpSegment segment, Packet packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        TcpHeader seen = segment.Header;
        if (seen.IsRst)
            return false;
        TcpHeader reset = seen.IsAck
            ? new TcpHeader(seen.DestinationPort, seen.SourcePort, seen.Acknowledgment, default, TcpHeader.Size, TcpFlags.Rst, 0, 0, 0)
            : new TcpHeader(seen.DestinationPort, seen.SourcePort, default, seen.Sequence + segment.Length, TcpHeader.Size, TcpFlags.Rst | TcpFlags.Ack, 0, 0, 0);
        reset.Write(packet.Append(TcpHeader.Size));
        return true;
    }
}
