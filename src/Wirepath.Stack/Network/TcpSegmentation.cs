using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>Cuts a TCP super-segment into segments when the device does not (GSO in software). Payload is shared, headers are new.</summary>
internal static class TcpSegmentation
{
    public static bool IsSuperSegment(Packet packet, in Ipv4Header header) =>
        packet.SegmentSize > 0 && header.Protocol == IpProtocol.Tcp && !header.IsFragment
        && TcpHeader.TryRead(packet.Head[header.HeaderLength..], out TcpHeader tcp)
        && header.HeaderLength + tcp.HeaderLength <= packet.Head.Length;

    public static void Cut(Packet packet, in Ipv4Header header, Ipv4Sender sender, Interface via, IpAddress nextHop, Instant now)
    {
        _ = TcpHeader.TryRead(packet.Head[header.HeaderLength..], out TcpHeader tcp);
        int headers = header.HeaderLength + tcp.HeaderLength;
        int payload = header.TotalLength - headers;
        int offset = 0;
        for (int i = 0; offset < payload || i == 0; i++)
        {
            int size = Math.Min(packet.SegmentSize, payload - offset);
            bool first = i == 0;
            bool last = offset + size >= payload;
            Packet segment = Packet.Rent(headers);
            Span<byte> head = segment.Append(headers);
            packet.Head[..headers].CopyTo(head);
            // RFC 3168 §6.1.2: CWR belongs on the first; FIN and PSH on the last.
            TcpFlags flags = tcp.Flags;
            if (!first)
                flags &= ~TcpFlags.Cwr;
            if (!last)
                flags &= ~(TcpFlags.Fin | TcpFlags.Psh);
            (header with { TotalLength = (ushort)(headers + size), Identification = (ushort)(header.Identification + i) })
                .Write(head, packet.Head[Ipv4Header.Size..header.HeaderLength]);
            uint pseudo = Checksum.PseudoHeader(header.Source, header.Destination, IpProtocol.Tcp, tcp.HeaderLength + size);
            (tcp with { Sequence = tcp.Sequence + offset, Flags = flags, Checksum = (ushort)~Checksum.Finish(pseudo) }).Write(head[header.HeaderLength..]);
            Ipv4Sender.AppendPayload(packet, headers + offset, size, segment);
            segment.Checksum = ChecksumState.Partial; // Completed on the way out when the device does not.
            segment.Cause = packet.Cause;
            segment.NetworkOffset = 0;
            segment.TransportOffset = header.HeaderLength;
            sender.EmitOne(segment, via, nextHop, now);
            offset += size;
        }

        packet.Dispose();
    }
}
