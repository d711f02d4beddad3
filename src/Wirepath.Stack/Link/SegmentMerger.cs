using System.Buffers.Binary;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>
/// Joins TCP segments that follow each other in one batch of frames into a super-segment before IP sees them (generic receive
/// offload), so that the layers above run once for many frames and answer with one ACK. Only what can be cut into the very
/// same frames again is joined: same addresses, ports, TTL, TOS, ACK, window and options; no fragments, no marks of congestion, no flags
/// but ACK and PSH; checksums right. Everything else passes as it is, in its order.
/// </summary>
internal sealed class SegmentMerger(Interface on)
{
    private const int AddressesV4 = 12;
    private const int AddressesV6 = 8;
    private const int MostBytes = ushort.MaxValue;
    private const int MostPayloadV6 = Ipv6Header.MaxPayloadLength;

    // Offsets within the TCP header.
    private const int Sequence = 4;
    private const int Acknowledgment = 8;
    private const int Flags = 13;
    private const int Window = 14;

    private const byte Ack = (byte)TcpFlags.Ack;
    private const byte Psh = (byte)TcpFlags.Psh;
    private const byte CongestionExperienced = (byte)EcnCodepoint.CongestionExperienced;

    private Packet? _held;
    private int _transport;     // offset of the TCP header from the start of the frame
    private int _headers;       // bytes in front of the payload
    private int _segmentSize;
    private int _segments;
    private uint _next;         // sequence number that continues the held one

    /// <summary>Takes a frame that starts at its Ethernet header.</summary>
    /// <param name="frame">The caller's no more, when taken.</param>
    /// <param name="before">What must be delivered first: a super-segment that this frame does not continue.</param>
    /// <returns>False: the frame is the caller's to deliver, after <paramref name="before"/>.</returns>
    public bool TryTake(Packet frame, out Packet? before)
    {
        before = null;
        if (!TryLook(frame, out int transport, out int headers, out int payload))
        {
            before = Release();
            return false;
        }

        ReadOnlySpan<byte> tcp = frame.Head[transport..];
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[Sequence..]);
        bool ends = (tcp[Flags] & Psh) != 0;
        if (_held is not null)
        {
            if (sequence == _next && payload <= _segmentSize && headers == _headers && Continues(frame, tcp) && TryJoin(frame, payload))
            {
                _next += (uint)payload;
                if (ends || payload < _segmentSize)
                {
                    if (ends)
                        _held.Head[_transport + Flags] |= Psh;
                    before = Release();
                }

                return true;
            }

            before = Release();
        }

        if (ends || !on.Has(Destination(frame.Head, transport)))
            return false;
        (_held, _transport, _headers, _segmentSize, _segments) = (frame, transport, headers, payload, 1);
        _next = sequence + (uint)payload;
        return true;
    }

    /// <summary>The batch is over, or something must not overtake: what is held, ready to be delivered.</summary>
    public Packet? Release()
    {
        Packet? held = _held;
        _held = null;
        if (held is null || _segments == 1)
            return held;
        Span<byte> ip = held.Head[EthernetHeader.Size.._transport];
        if (ip[0] >> 4 == 4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(ip[Ipv4Header.TotalLengthOffset..], (ushort)(held.Length - EthernetHeader.Size));
            BinaryPrimitives.WriteUInt16BigEndian(ip[Ipv4Header.ChecksumOffset..], 0);
            BinaryPrimitives.WriteUInt16BigEndian(ip[Ipv4Header.ChecksumOffset..], Checksum.Compute(ip));
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(ip[Ipv6Header.PayloadLengthOffset..], (ushort)(held.Length - _transport));
        }

        held.SegmentSize = _segmentSize;
        return held;
    }

    // Whether a frame may be a part of a super-segment at all. Its TCP checksum is looked at when it is joined.
    private bool TryLook(Packet frame, out int transport, out int headers, out int payload)
    {
        (transport, headers, payload) = (0, 0, 0);
        ReadOnlySpan<byte> head = frame.Head;
        if (head.Length < EthernetHeader.Size + Ipv4Header.Size + TcpHeader.Size || frame.SegmentSize != 0 || MacAddress.Read(head) != on.Mac)
            return false;
        ReadOnlySpan<byte> ip = head[EthernetHeader.Size..];
        int length;
        switch ((EtherType)BinaryPrimitives.ReadUInt16BigEndian(head[12..]))
        {
            case EtherType.IPv4:
                // Version 4 without options, no fragment, TCP, not marked.
                if (ip[0] != 0x45 || (BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & 0x3FFF) != 0 || ip[9] != (byte)IpProtocol.Tcp
                    || (ip[1] & CongestionExperienced) == CongestionExperienced || Checksum.Compute(ip[..Ipv4Header.Size]) != 0)
                    return false;
                transport = EthernetHeader.Size + Ipv4Header.Size;
                length = BinaryPrimitives.ReadUInt16BigEndian(ip[Ipv4Header.TotalLengthOffset..]) + EthernetHeader.Size;
                break;
            case EtherType.IPv6:
                if (ip[0] >> 4 != 6 || ip[Ipv6Header.NextHeaderOffset] != (byte)IpProtocol.Tcp || (ip[1] >> 4 & CongestionExperienced) == CongestionExperienced)
                    return false;
                transport = EthernetHeader.Size + Ipv6Header.Size;
                length = BinaryPrimitives.ReadUInt16BigEndian(ip[Ipv6Header.PayloadLengthOffset..]) + transport;
                break;
            default:
                return false;
        }

        if (head.Length < transport + TcpHeader.Size || length != frame.Length || (head[transport + Flags] & ~Psh) != Ack || (head[transport + TcpHeader.DataOffset] & 0xF) != 0)
            return false;
        headers = transport + (head[transport + TcpHeader.DataOffset] >> 4) * 4;
        payload = frame.Length - headers;
        return headers >= transport + TcpHeader.Size && headers <= head.Length && payload > 0;
    }

    private bool Continues(Packet frame, ReadOnlySpan<byte> tcp)
    {
        ReadOnlySpan<byte> held = _held!.Head;
        ReadOnlySpan<byte> head = frame.Head;
        bool sameIp = head[EthernetHeader.Size] == held[EthernetHeader.Size] && (held[EthernetHeader.Size] >> 4 == 4
            // Version and TOS; DF; TTL and protocol; addresses and ports, which lie side by side.
            ? head[EthernetHeader.Size + 1] == held[EthernetHeader.Size + 1] && head[EthernetHeader.Size + 6] == held[EthernetHeader.Size + 6]
                && head[EthernetHeader.Size + 8] == held[EthernetHeader.Size + 8]
                && head[(EthernetHeader.Size + AddressesV4)..(_transport + Sequence)].SequenceEqual(held[(EthernetHeader.Size + AddressesV4)..(_transport + Sequence)])
            // Version, traffic class and flow label; hop limit, addresses and ports.
            : head.Slice(EthernetHeader.Size, 4).SequenceEqual(held.Slice(EthernetHeader.Size, 4))
                && head[(EthernetHeader.Size + AddressesV6 - 1)..(_transport + Sequence)].SequenceEqual(held[(EthernetHeader.Size + AddressesV6 - 1)..(_transport + Sequence)]));
        return sameIp
            && tcp.Slice(Acknowledgment, TcpHeader.DataOffset + 1 - Acknowledgment).SequenceEqual(held.Slice(_transport + Acknowledgment, TcpHeader.DataOffset + 1 - Acknowledgment))
            && tcp.Slice(Window, 2).SequenceEqual(held.Slice(_transport + Window, 2))
            && tcp[TcpHeader.Size..(_headers - _transport)].SequenceEqual(held[(_transport + TcpHeader.Size).._headers]);
    }

    private bool TryJoin(Packet frame, int payload)
    {
        Packet held = _held!;
        int most = held.Head[EthernetHeader.Size] >> 4 == 4 ? EthernetHeader.Size + MostBytes : _transport + MostPayloadV6;
        if (held.Length + payload > most || !held.IsHeadWritable || !IsIntact(held) || !IsIntact(frame) || !held.TryAbsorb(frame, _headers))
            return false;
        _segments++;
        return true;
    }

    // Once it is known, nobody above need look again.
    private bool IsIntact(Packet frame)
    {
        if (frame.Checksum != ChecksumState.Complete)
            return true;
        ReadOnlySpan<byte> head = frame.Head;
        ReadOnlySpan<byte> addresses = head[(EthernetHeader.Size + (head[EthernetHeader.Size] >> 4 == 4 ? AddressesV4 : AddressesV6))..];
        int half = (_transport - EthernetHeader.Size - (head[EthernetHeader.Size] >> 4 == 4 ? AddressesV4 : AddressesV6)) / 2;
        uint pseudo = Checksum.PseudoHeader(IpAddress.Read(addresses[..half]), IpAddress.Read(addresses.Slice(half, half)), IpProtocol.Tcp, frame.Length - _transport);
        if (Checksum.Finish(Checksum.Sum(frame, _transport, pseudo)) != 0)
            return false;
        frame.Checksum = ChecksumState.Verified;
        return true;
    }

    private static IpAddress Destination(ReadOnlySpan<byte> head, int transport)
    {
        int size = transport - EthernetHeader.Size == Ipv4Header.Size ? 4 : 16;
        return IpAddress.Read(head.Slice(transport - size, size));
    }
}
