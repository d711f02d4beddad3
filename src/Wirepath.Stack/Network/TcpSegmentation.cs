using System.Buffers.Binary;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>Cuts a TCP super-segment into segments when the device does not (GSO in software). Payload is shared, headers are new.</summary>
internal static class TcpSegmentation
{
    /// <param name="packet">From the IP header on.</param>
    /// <param name="headerLength">Bytes in front of the transport header.</param>
    public static bool IsSuperSegment(Packet packet, int headerLength) =>
        packet.SegmentSize > 0 && TcpHeader.TryRead(packet.Head[headerLength..], out TcpHeader tcp) && headerLength + tcp.HeaderLength <= packet.Head.Length;

    public static void Cut(Packet packet, in Ipv4Header header, Ipv4Sender sender, Interface via, IpAddress nextHop, Instant now)
    {
        var cut = new Pieces(packet, header.HeaderLength, header.Source, header.Destination);
        for (int i = 0; cut.TryNext(out Packet segment); i++)
        {
            (header with { TotalLength = (ushort)segment.Length, Identification = (ushort)(header.Identification + i) })
                .Write(segment.Head, packet.Head[Ipv4Header.Size..header.HeaderLength]);
            sender.EmitOne(segment, via, nextHop, now);
        }

        packet.Dispose();
    }

    public static void Cut(Packet packet, in Ipv6Header header, Ipv6Sender sender, Interface via, IpAddress nextHop, Instant now)
    {
        var cut = new Pieces(packet, Ipv6Header.Size, header.Source, header.Destination);
        while (cut.TryNext(out Packet segment))
        {
            BinaryPrimitives.WriteUInt16BigEndian(segment.Head[Ipv6Header.PayloadLengthOffset..], (ushort)(segment.Length - Ipv6Header.Size));
            sender.EmitOne(segment, via, nextHop, now);
        }

        packet.Dispose();
    }

    /// <summary>One segment after the other; its IP header is the super-segment's, to be mended by the caller.</summary>
    private ref struct Pieces
    {
        private readonly Packet _packet;
        private readonly TcpHeader _tcp;
        private readonly int _headerLength;
        private readonly int _payload;
        private readonly IpAddress _source, _destination;
        private int _offset;
        private bool _any;

        public Pieces(Packet packet, int headerLength, IpAddress source, IpAddress destination)
        {
            (_packet, _headerLength, _source, _destination) = (packet, headerLength, source, destination);
            _ = TcpHeader.TryRead(packet.Head[headerLength..], out _tcp);
            _payload = packet.Length - headerLength - _tcp.HeaderLength;
        }

        public bool TryNext(out Packet segment)
        {
            segment = null!;
            if (_any && _offset >= _payload)
                return false;
            int headers = _headerLength + _tcp.HeaderLength;
            int size = Math.Min(_packet.SegmentSize, _payload - _offset);
            segment = Packet.Rent(headers);
            Span<byte> head = segment.Append(headers);
            _packet.Head[..headers].CopyTo(head);
            // RFC 3168 §6.1.2: CWR belongs on the first; FIN and PSH on the last.
            TcpFlags flags = _tcp.Flags;
            if (_any)
                flags &= ~TcpFlags.Cwr;
            if (_offset + size < _payload)
                flags &= ~(TcpFlags.Fin | TcpFlags.Psh);
            uint pseudo = Checksum.PseudoHeader(_source, _destination, IpProtocol.Tcp, _tcp.HeaderLength + size);
            (_tcp with { Sequence = _tcp.Sequence + _offset, Flags = flags, Checksum = (ushort)~Checksum.Finish(pseudo) }).Write(head[_headerLength..]);
            IpSender.AppendPayload(_packet, headers + _offset, size, segment);
            segment.Checksum = ChecksumState.Partial; // Completed on the way out when the device does not.
            segment.Cause = _packet.Cause;
            segment.NetworkOffset = 0;
            segment.TransportOffset = _headerLength;
            _offset += size;
            _any = true;
            return true;
        }
    }
}
