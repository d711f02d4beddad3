using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>IPv4 on the way out: header, fragmentation (RFC 791 §2.3), segmentation in software, next hop.</summary>
internal sealed class Ipv4Sender(Host host)
{
    // A counter for each of some hashed conversations: one counter for all would tell a stranger how much is sent (RFC 7739).
    private readonly ushort[] _identifications = MakeIdentifications(host.Random);

    private static ushort[] MakeIdentifications(RandomSource random)
    {
        ushort[] counters = new ushort[256];
        foreach (ref ushort counter in counters.AsSpan())
            counter = random.NextUInt16();
        return counters;
    }

    /// <inheritdoc cref="IpSender.Send"/>
    public void Send(Packet packet, in IpDeparture departure, in RouteDecision route, Instant now)
    {
        host.Statistics.IpOutRequests++;
        Interface via = route.Interface;
        if (packet.Length + Ipv4Header.Size > Ipv4Header.MaxTotalLength)
        {
            host.Statistics.IpOutDiscards++;
            host.Drop(via, packet, DropReason.TooBig);
            return;
        }

        packet.TransportOffset = 0;
        packet.NetworkOffset = -Ipv4Header.Size;
        bool atomic = departure.DontFragment && packet.SegmentSize == 0;
        var header = new Ipv4Header(
            (byte)(departure.TypeOfService | (byte)packet.Ecn), (ushort)(packet.Length + Ipv4Header.Size),
            atomic ? (ushort)0 : NextIdentification(departure, packet), // RFC 6864 §4.1: means nothing when it cannot be fragmented.
            departure.DontFragment, MoreFragments: false, FragmentOffset: 0,
            departure.TimeToLive == 0 ? host.Settings.Ip.DefaultTimeToLive : departure.TimeToLive,
            departure.Protocol, 0, departure.Source, departure.Destination, Ipv4Header.Size);
        header.Write(packet.Prepend(Ipv4Header.Size));
        if (packet.Checksum == ChecksumState.Partial && packet.SegmentSize == 0 && !via.CompletesChecksums)
            IpSender.CompleteChecksum(packet, header.Protocol, header.HeaderLength);
        int mtu = departure.DontFragment ? via.Mtu : host.PathMtu.Get(departure.Destination, via.Mtu, now);
        Emit(packet, via, route.NextHop, mtu, now);
    }

    /// <summary>Sends a packet that starts at its IP header, in as many pieces as it takes.</summary>
    public void Emit(Packet packet, Interface via, IpAddress nextHop, int mtu, Instant now)
    {
        if (packet.SegmentSize > 0)
        {
            _ = Ipv4Header.TryReadQuoted(packet.Head, out Ipv4Header super);
            if ((via.Device.Offloads & DeviceOffloads.Tso4) == 0 && super is { Protocol: IpProtocol.Tcp, IsFragment: false }
                && TcpSegmentation.IsSuperSegment(packet, super.HeaderLength))
            {
                TcpSegmentation.Cut(packet, super, this, via, nextHop, now);
                return;
            }

            EmitOne(packet, via, nextHop, now);
            return;
        }

        if (packet.Length > mtu)
            Fragment(packet, via, nextHop, mtu, now);
        else
            EmitOne(packet, via, nextHop, now);
    }

    internal void EmitOne(Packet packet, Interface via, IpAddress nextHop, Instant now)
    {
        if (packet.Checksum == ChecksumState.Partial && packet.SegmentSize == 0 && !via.CompletesChecksums
            && Ipv4Header.TryReadQuoted(packet.Head, out Ipv4Header header))
            IpSender.CompleteChecksum(packet, header.Protocol, header.HeaderLength);
        host.Statistics.IpOutTransmits++;
        if (nextHop.IsMulticast)
            via.Transmit(packet, MacAddress.ForGroup(nextHop), EtherType.IPv4);
        else if (via.IsBroadcast(nextHop))
            via.Transmit(packet, MacAddress.Broadcast, EtherType.IPv4);
        else
            via.Neighbors.Send(packet, nextHop, EtherType.IPv4, now);
    }

    private void Fragment(Packet packet, Interface via, IpAddress nextHop, int mtu, Instant now)
    {
        _ = Ipv4Header.TryReadQuoted(packet.Head, out Ipv4Header header);
        if (header.DontFragment)
        {
            host.Statistics.IpFragFails++;
            host.Icmp.SendError(packet, IcmpHeader.ForUnreachable(IcmpUnreachableCode.FragmentationNeeded, (ushort)mtu), via, now);
            host.Drop(via, packet, DropReason.TooBig);
            return;
        }

        IpSender.CompleteChecksum(packet, header.Protocol, header.HeaderLength);
        Span<byte> firstOptions = stackalloc byte[Ipv4Header.MaxSize - Ipv4Header.Size];
        Span<byte> laterOptions = stackalloc byte[Ipv4Header.MaxSize - Ipv4Header.Size];
        firstOptions = firstOptions[..(header.HeaderLength - Ipv4Header.Size)];
        packet.Head[Ipv4Header.Size..header.HeaderLength].CopyTo(firstOptions);
        laterOptions = laterOptions[..CopiedOptions(firstOptions, laterOptions)];

        int payload = header.PayloadLength;
        int count = 0;
        EventId before = host.Log.Because;
        if (host.Log.IsEnabled)
        {
            int room = (mtu - header.HeaderLength) & ~7;
            if (!packet.Cause.IsNone)
                host.Log.Because = packet.Cause;
            packet.Cause = host.Log.WriteAndFollow(
                new PacketFragmented(header.Source, header.Destination, packet.Length, mtu, (payload + room - 1) / room));
        }

        var pieces = new PacketPieces(packet, header.HeaderLength);
        for (int offset = 0; offset < payload;)
        {
            Span<byte> options = offset == 0 ? firstOptions : laterOptions;
            int room = (mtu - Ipv4Header.Size - options.Length) & ~7; // All but the last carry a multiple of 8 bytes.
            int size = Math.Min(room, payload - offset);
            Packet fragment = Packet.Rent(Ipv4Header.Size + options.Length);
            (header with
            {
                TotalLength = (ushort)(Ipv4Header.Size + options.Length + size),
                FragmentOffset = header.FragmentOffset + offset,
                MoreFragments = header.MoreFragments || offset + size < payload,
            }).Write(fragment.Append(Ipv4Header.Size + options.Length), options);
            IpSender.AppendPayload(ref pieces, size, fragment);
            fragment.Cause = packet.Cause;
            fragment.NetworkOffset = 0;
            fragment.TransportOffset = Ipv4Header.Size + options.Length;
            EmitOne(fragment, via, nextHop, now);
            offset += size;
            count++;
        }

        host.Log.Because = before;
        host.Statistics.IpFragOKs++;
        host.Statistics.IpFragCreates += count;
        packet.Dispose();
    }

    // RFC 791 §3.1: options with the copied flag go into every fragment.
    private static int CopiedOptions(ReadOnlySpan<byte> all, Span<byte> copied)
    {
        int length = 0;
        if (Ipv4Options.TryRead(all, out Ipv4Options options))
        {
            foreach (Ipv4Option option in options)
            {
                if (!option.IsCopied)
                    continue;
                option.Bytes.CopyTo(copied[length..]);
                length += option.Bytes.Length;
            }
        }

        int padded = (length + 3) & ~3;
        copied[length..padded].Clear();
        return padded;
    }

    private ushort NextIdentification(in IpDeparture departure, Packet packet)
    {
        int bucket = (int)unchecked((departure.Destination.Low * 0x9E3779B97F4A7C15) >> 56) ^ (byte)departure.Protocol;
        ref ushort counter = ref _identifications[bucket & 0xFF];
        ushort identification = ++counter;
        if (packet.SegmentSize > 0)
            counter += (ushort)(packet.Length / packet.SegmentSize); // Each segment gets its own.
        return identification;
    }
}
