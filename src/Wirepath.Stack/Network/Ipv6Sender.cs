using System.Buffers.Binary;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>IPv6 on the way out: header, flow label, fragments (RFC 8200 §4.5), segmentation in software, next hop.</summary>
internal sealed class Ipv6Sender(Host host)
{
    /// <summary>Bytes of payload that a fragment of a packet with this MTU carries.</summary>
    private static int RoomIn(int mtu) => (mtu - Ipv6Header.Size - Ipv6FragmentHeader.Size) & ~7; // All but the last carry a multiple of 8 bytes.

    private readonly RandomSource _random = host.Random.Fork("ipv6");
    private readonly ulong _flowSecret = host.Random.Fork("flow labels").NextUInt64();

    /// <inheritdoc cref="IpSender.Send"/>
    public void Send(Packet packet, in IpDeparture departure, in RouteDecision route, Instant now)
    {
        host.Statistics.Ip6OutRequests++;
        Interface via = route.Interface;
        if (packet.Length > Ipv6Header.MaxPayloadLength)
        {
            host.Statistics.Ip6OutDiscards++;
            host.Drop(via, packet, DropReason.TooBig);
            return;
        }

        packet.TransportOffset = 0;
        packet.NetworkOffset = -Ipv6Header.Size;
        var header = new Ipv6Header((byte)(departure.TypeOfService | (byte)packet.Ecn), FlowLabel(packet, departure), (ushort)packet.Length, departure.Protocol,
            departure.TimeToLive != 0 ? departure.TimeToLive : via.Ipv6 is { HopLimit: > 0 } link ? link.HopLimit : host.Settings.Ipv6.HopLimit, departure.Source, departure.Destination);
        header.Write(packet.Prepend(Ipv6Header.Size));
        // TCP makes its segments fit the path; whatever else there is, its sender must cut.
        int mtu = departure.Protocol == IpProtocol.Tcp ? via.Ipv6Mtu : host.PathMtu.Get(departure.Destination, via.Ipv6Mtu, now);
        if (packet.Length > mtu && packet.SegmentSize == 0)
            Fragment(packet, header, via, route.NextHop, mtu, now);
        else
            Emit(packet, via, route.NextHop, now);
    }

    /// <summary>Sends a packet that starts at its IP header and fits.</summary>
    public void Emit(Packet packet, Interface via, IpAddress nextHop, Instant now)
    {
        if (packet.SegmentSize > 0 && (via.Device.Offloads & DeviceOffloads.Tso6) == 0
            && Ipv6Header.TryReadQuoted(packet.Head, out Ipv6Header super) && super.NextHeader == IpProtocol.Tcp
            && TcpSegmentation.IsSuperSegment(packet, Ipv6Header.Size))
            TcpSegmentation.Cut(packet, super, this, via, nextHop, now);
        else
            EmitOne(packet, via, nextHop, now);
    }

    internal void EmitOne(Packet packet, Interface via, IpAddress nextHop, Instant now)
    {
        if (packet.Checksum == ChecksumState.Partial && packet.SegmentSize == 0 && !via.CompletesChecksums)
            IpSender.CompleteChecksum(packet, (IpProtocol)packet.Head[Ipv6Header.NextHeaderOffset], Ipv6Header.Size);
        host.Statistics.Ip6OutTransmits++;
        if (nextHop.IsMulticast && !via.IsLoopback)
            via.Transmit(packet, MacAddress.ForGroup(nextHop), EtherType.IPv6);
        else
            via.Neighbors.Send(packet, nextHop, EtherType.IPv6, now);
    }

    private void Fragment(Packet packet, in Ipv6Header header, Interface via, IpAddress nextHop, int mtu, Instant now)
    {
        IpSender.CompleteChecksum(packet, header.NextHeader, Ipv6Header.Size);
        int room = RoomIn(mtu), payload = header.PayloadLength, count = 0;
        EventId before = host.Log.Because;
        if (host.Log.IsEnabled)
        {
            if (!packet.Cause.IsNone)
                host.Log.Because = packet.Cause;
            packet.Cause = host.Log.WriteAndFollow(
                new PacketFragmented(header.Source, header.Destination, packet.Length, mtu, (payload + room - 1) / room));
        }

        uint identification = _random.NextUInt32(); // RFC 7739: not to be guessed.
        for (int offset = 0, size; offset < payload; offset += size, count++)
        {
            size = Math.Min(room, payload - offset);
            Packet fragment = Packet.Rent(Ipv6Header.Size + Ipv6FragmentHeader.Size);
            Span<byte> head = fragment.Append(Ipv6Header.Size + Ipv6FragmentHeader.Size);
            (header with { PayloadLength = (ushort)(Ipv6FragmentHeader.Size + size), NextHeader = IpProtocol.Ipv6Fragment }).Write(head);
            new Ipv6FragmentHeader(header.NextHeader, offset, offset + size < payload, identification).Write(head[Ipv6Header.Size..]);
            IpSender.AppendPayload(packet, Ipv6Header.Size + offset, size, fragment);
            fragment.Cause = packet.Cause;
            fragment.NetworkOffset = 0;
            fragment.TransportOffset = Ipv6Header.Size + Ipv6FragmentHeader.Size;
            EmitOne(fragment, via, nextHop, now);
        }

        host.Log.Because = before;
        host.Statistics.Ip6FragOKs++;
        host.Statistics.Ip6FragCreates += count;
        packet.Dispose();
    }

    // RFC 6437 §3: the same for all packets of a flow, and not to be guessed from outside.
    private uint FlowLabel(Packet packet, in IpDeparture departure)
    {
        if (!host.Settings.Ipv6.AutoFlowLabels)
            return 0;
        ulong ports = departure.Protocol is IpProtocol.Tcp or IpProtocol.Udp ? BinaryPrimitives.ReadUInt32BigEndian(packet.Head) : (ulong)departure.Protocol << 32;
        ulong mixed = _flowSecret ^ departure.Source.Low ^ ulong.RotateLeft(departure.Destination.Low, 17) ^ ulong.RotateLeft(departure.Destination.High, 43) ^ ports;
        return (uint)((mixed * 0x9E3779B97F4A7C15) >> 44);
    }
}
