using System.Buffers.Binary;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>Cuts a TCP super-segment into segments when the device does not (GSO in software). Payload is shared, headers are new.</summary>
internal static class TcpSegmentation
{
    private const int SequenceOffset = 4;
    private const int FlagsOffset = 13; // of the low eight bits, which hold all that changes

    /// <param name="packet">From the IP header on.</param>
    /// <param name="headerLength">Bytes in front of the transport header.</param>
    public static bool IsSuperSegment(Packet packet, int headerLength) =>
        packet.SegmentSize > 0 && TcpHeader.TryRead(packet.Head[headerLength..], out TcpHeader tcp) && headerLength + tcp.HeaderLength <= packet.Head.Length;

    public static void Cut(Packet packet, in Ipv4Header header, Ipv4Sender sender, Interface via, IpAddress nextHop, Instant now)
    {
        // The headers differ in length and identification alone.
        uint rest = Checksum.Sum(packet.Head[..header.HeaderLength]);
        rest += (ushort)~header.HeaderChecksum + (uint)(ushort)~header.TotalLength + (ushort)~header.Identification;
        var cut = new Pieces(packet, header.HeaderLength, header.Source, header.Destination, completes: !via.CompletesChecksums);
        for (int i = 0; cut.TryNext(out Packet segment); i++)
        {
            ushort length = (ushort)segment.Length;
            ushort identification = (ushort)(header.Identification + i);
            Span<byte> head = segment.Head;
            BinaryPrimitives.WriteUInt16BigEndian(head[Ipv4Header.TotalLengthOffset..], length);
            BinaryPrimitives.WriteUInt16BigEndian(head[Ipv4Header.IdentificationOffset..], identification);
            BinaryPrimitives.WriteUInt16BigEndian(head[Ipv4Header.ChecksumOffset..], Checksum.Finish(rest + length + identification));
            sender.EmitOne(segment, via, nextHop, now);
        }

        packet.Dispose();
    }

    public static void Cut(Packet packet, in Ipv6Header header, Ipv6Sender sender, Interface via, IpAddress nextHop, Instant now)
    {
        var cut = new Pieces(packet, Ipv6Header.Size, header.Source, header.Destination, completes: !via.CompletesChecksums);
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
        private readonly int _headers;
        private readonly uint _addresses;
        private readonly bool _completes;
        private PacketPieces _bytes;
        private int _left;
        private uint _sequence;
        private bool _any;

        public Pieces(Packet packet, int headerLength, IpAddress source, IpAddress destination, bool completes)
        {
            (_packet, _headerLength, _completes) = (packet, headerLength, completes);
            _ = TcpHeader.TryRead(packet.Head[headerLength..], out _tcp);
            _headers = headerLength + _tcp.HeaderLength;
            _left = packet.Length - _headers;
            _sequence = _tcp.Sequence.Value;
            _bytes = new PacketPieces(packet, _headers);
            _addresses = Checksum.PseudoHeader(source, destination, IpProtocol.Tcp, 0);
        }

        public bool TryNext(out Packet segment)
        {
            segment = null!;
            if (_any && _left <= 0)
                return false;
            int size = Math.Min(_packet.SegmentSize, _left);
            segment = Packet.Rent(_headers);
            Span<byte> head = segment.Append(_headers);
            _packet.Head[.._headers].CopyTo(head);
            Span<byte> tcp = head[_headerLength..];
            BinaryPrimitives.WriteUInt32BigEndian(tcp[SequenceOffset..], _sequence);
            // RFC 3168 §6.1.2: CWR belongs on the first; FIN and PSH on the last.
            if (_any)
                tcp[FlagsOffset] &= unchecked((byte)~TcpFlags.Cwr);
            if (size < _left)
                tcp[FlagsOffset] &= unchecked((byte)~(TcpFlags.Fin | TcpFlags.Psh));
            IpSender.AppendPayload(ref _bytes, size, segment);
            uint pseudo = _addresses + (uint)(_tcp.HeaderLength + size);
            if (_completes)
            {
                BinaryPrimitives.WriteUInt16BigEndian(tcp[TcpHeader.ChecksumOffset..], 0);
                BinaryPrimitives.WriteUInt16BigEndian(tcp[TcpHeader.ChecksumOffset..], Checksum.Finish(Checksum.Sum(segment, _headerLength, pseudo)));
            }
            else
            {
                BinaryPrimitives.WriteUInt16BigEndian(tcp[TcpHeader.ChecksumOffset..], (ushort)~Checksum.Finish(pseudo));
                segment.Checksum = ChecksumState.Partial;
            }

            segment.Cause = _packet.Cause;
            segment.NetworkOffset = 0;
            segment.TransportOffset = _headerLength;
            _left -= size;
            _sequence += (uint)size;
            _any = true;
            return true;
        }
    }
}
