using System.Buffers.Binary;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>What a layer above asks of IP for one packet.</summary>
internal readonly record struct IpDeparture(IpAddress Source, IpAddress Destination, IpProtocol Protocol)
{
    public byte TimeToLive { get; init; }

    public byte TypeOfService { get; init; }

    public bool DontFragment { get; init; }
}

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

    /// <summary>Bytes of the largest IP packet that will come of this one: of a super-segment, one of its segments.</summary>
    public static int LengthOnLink(Packet packet, in Ipv4Header header)
    {
        if (packet.SegmentSize == 0 || !TcpHeader.TryRead(packet.Head[header.HeaderLength..], out TcpHeader tcp))
            return packet.Length;
        return Math.Min(packet.Length, header.HeaderLength + tcp.HeaderLength + packet.SegmentSize);
    }

    /// <summary>Makes sure that nobody else sees the headers, so that they may be changed in place; slices stay shared.</summary>
    public static void EnsureHeadWritable(Packet packet)
    {
        if (packet.TryGetPiece(0, 0, out Block block, out _, out _) && !block.IsSoleHolder)
            packet.MakeWritable();
    }

    /// <summary>Finds the way to a destination: own addresses by the loopback interface, others by the routing table.</summary>
    public bool TryRoute(IpAddress destination, out RouteDecision route)
    {
        if (host.IsLocal(destination))
        {
            route = new RouteDecision(host.LocalRoute, destination, destination);
            return true;
        }

        return host.Routes.TryLookup(destination, out route);
    }

    /// <summary>
    /// Sends a packet that starts at its transport header. A <see cref="ChecksumState.Partial"/> checksum is completed
    /// here when no device does.
    /// </summary>
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
            CompleteChecksum(packet, header);
        int mtu = departure.DontFragment ? via.Mtu : host.PathMtu.Get(departure.Destination, via.Mtu, now);
        Emit(packet, via, route.NextHop, mtu, now);
    }

    /// <summary>Sends a packet that starts at its IP header, in as many pieces as it takes.</summary>
    public void Emit(Packet packet, Interface via, IpAddress nextHop, int mtu, Instant now)
    {
        if (packet.SegmentSize > 0)
        {
            _ = Ipv4Header.TryReadQuoted(packet.Head, out Ipv4Header super);
            if ((via.Device.Offloads & DeviceOffloads.Tso4) == 0 && TcpSegmentation.IsSuperSegment(packet, super))
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
            CompleteChecksum(packet, header);
        host.Statistics.IpOutTransmits++;
        if (nextHop.IsMulticast)
            via.Transmit(packet, MulticastMac(nextHop), EtherType.IPv4);
        else if (via.IsBroadcast(nextHop))
            via.Transmit(packet, MacAddress.Broadcast, EtherType.IPv4);
        else
            via.Neighbors.Send(packet, nextHop, EtherType.IPv4, now);
    }

    /// <summary>Turns the pseudo-header's sum in the field into the checksum.</summary>
    public static void CompleteChecksum(Packet packet, in Ipv4Header header)
    {
        if (packet.Checksum != ChecksumState.Partial)
            return;
        packet.Checksum = ChecksumState.Complete;
        int field = header.Protocol switch
        {
            IpProtocol.Tcp => TcpHeader.ChecksumOffset,
            IpProtocol.Udp => UdpHeader.ChecksumOffset,
            _ => -1,
        };
        if (field < 0 || packet.Head.Length < header.HeaderLength + field + 2)
            return;
        EnsureHeadWritable(packet);
        ushort checksum = Checksum.Finish(Checksum.Sum(packet, header.HeaderLength));
        if (checksum == 0 && header.Protocol == IpProtocol.Udp)
            checksum = 0xFFFF;
        BinaryPrimitives.WriteUInt16BigEndian(packet.Head[(header.HeaderLength + field)..], checksum);
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

        CompleteChecksum(packet, header);
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
            AppendPayload(packet, header.HeaderLength + offset, size, fragment);
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

    /// <summary>Gives <paramref name="to"/> a part of the bytes of <paramref name="from"/> by reference.</summary>
    public static void AppendPayload(Packet from, int offset, int size, Packet to)
    {
        for (int piece = 0; size > 0 && from.TryGetPiece(offset, piece, out Block block, out int at, out int length); piece++)
        {
            int take = Math.Min(size, length);
            if (!to.TryAppendSlice(block, at, take))
                throw new InvalidOperationException("A part of a packet has more pieces than the packet.");
            size -= take;
        }
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

    // RFC 1112 §6.4.
    private static MacAddress MulticastMac(IpAddress group) => new(0x0100_5E00_0000UL | (group.V4Value & 0x7F_FFFF));
}
