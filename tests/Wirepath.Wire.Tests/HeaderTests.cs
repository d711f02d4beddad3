using FsCheck.Fluent;

namespace Wirepath.Wire.Tests;

public class HeaderTests
{
    [Fact]
    public void What_is_written_is_what_is_read()
    {
        byte[] buffer = new byte[1600];

        Any.Holds(from d in Any.Mac from s in Any.Mac from t in Any.UInt16 select new EthernetHeader(d, s, (EtherType)t), header =>
        {
            header.Write(buffer);
            EthernetHeader.TryRead(buffer, out EthernetHeader read).ShouldBeTrue();
            read.ShouldBe(header);
        });
        Any.Holds(from a in Any.Mac from b in Any.V4 from c in Any.Mac from d in Any.V4 from r in Any.Bool
                  select new ArpPacket(r ? ArpOperation.Request : ArpOperation.Reply, a, b, c, d), packet =>
        {
            packet.Write(buffer);
            ArpPacket.TryRead(buffer, out ArpPacket read).ShouldBeTrue();
            read.ShouldBe(packet);
        });
        Any.Holds(Any.Ipv4, header =>
        {
            header.Write(buffer);
            Ipv4Header.TryRead(buffer, out Ipv4Header read).ShouldBeTrue();
            Ipv4Header.HasValidChecksum(buffer).ShouldBeTrue();
            (read with { HeaderChecksum = 0 }).ShouldBe(header);
        });
        Any.Holds(from c in Any.Byte from f in Any.UInt32 from l in FsCheck.Fluent.Gen.Choose(0, 1560) from n in Any.Byte from h in Any.Byte from s in Any.V6 from d in Any.V6
                  select new Ipv6Header(c, f & 0xFFFFF, (ushort)l, (IpProtocol)n, h, s, d), header =>
        {
            header.Write(buffer);
            Ipv6Header.TryRead(buffer, out Ipv6Header read).ShouldBeTrue();
            read.ShouldBe(header);
        });
        Any.Holds(from t in Any.Byte from c in Any.Byte from s in Any.UInt16 from r in Any.UInt32 select new IcmpHeader((IcmpType)t, c, s, r), header =>
        {
            header.Write(buffer);
            IcmpHeader.TryRead(buffer, out IcmpHeader read).ShouldBeTrue();
            read.ShouldBe(header);
        });
        Any.Holds(from t in Any.Byte from c in Any.Byte from s in Any.UInt16 from r in Any.UInt32 select new Icmpv6Header((Icmpv6Type)t, c, s, r), header =>
        {
            header.Write(buffer);
            Icmpv6Header.TryRead(buffer, out Icmpv6Header read).ShouldBeTrue();
            read.ShouldBe(header);
        });
        Any.Holds(from n in Any.Byte from o in FsCheck.Fluent.Gen.Choose(0, 8191) from m in Any.Bool from i in Any.UInt32
                  select new Ipv6FragmentHeader((IpProtocol)n, o * 8, m, i), header =>
        {
            header.Write(buffer);
            Ipv6FragmentHeader.TryRead(buffer, out Ipv6FragmentHeader read).ShouldBeTrue();
            read.ShouldBe(header);
        });
        Any.Holds(from t in Any.V6 from m in Any.Mac from r in Any.Bool from s in Any.Bool from o in Any.Bool from with in Any.Bool
                  select new NeighborAdvertisement(t, r, s, o, with ? m : null), told =>
        {
            told.Write(buffer);
            NeighborAdvertisement.TryRead(buffer.AsSpan(0, told.Length), out NeighborAdvertisement read).ShouldBe(!told.Target.IsMulticast);
            if (!told.Target.IsMulticast)
                read.ShouldBe(told);
        });
        Any.Holds(from s in Any.UInt16 from d in Any.UInt16 from l in FsCheck.Fluent.Gen.Choose(8, 1600) from c in Any.UInt16 select new UdpHeader(s, d, (ushort)l, c), header =>
        {
            header.Write(buffer);
            UdpHeader.TryRead(buffer, out UdpHeader read, out ReadOnlySpan<byte> payload).ShouldBeTrue();
            read.ShouldBe(header);
            payload.Length.ShouldBe(header.Length - 8);
        });
        Any.Holds(Any.Tcp, header =>
        {
            header.Write(buffer);
            TcpHeader.TryRead(buffer, out TcpHeader read).ShouldBeTrue();
            read.ShouldBe(header);
        });
    }

    [Fact]
    public void Nothing_is_read_from_a_header_that_is_one_byte_short()
    {
        foreach ((string what, byte[] frame) in TestFrames.OneOfEach())
        {
            ReadOnlySpan<byte> packet = frame.AsSpan(EthernetHeader.Size);
            bool v6 = packet[0] >> 4 == 6;
            EthernetHeader.TryRead(frame.AsSpan(0, 13), out _).ShouldBeFalse(what);
            ArpPacket.TryRead(packet[..27], out _).ShouldBeFalse(what);
            Ipv4Header.TryRead(packet[..19], out _).ShouldBeFalse(what);
            Ipv4Header.HasValidChecksum(packet[..19]).ShouldBeFalse(what);
            if (v6)
                Ipv6Header.TryRead(packet[..39], out _).ShouldBeFalse(what);
        }

        UdpHeader.TryRead(new byte[7], out _).ShouldBeFalse();
        TcpHeader.TryRead(new byte[19], out _).ShouldBeFalse();
        IcmpHeader.TryRead(new byte[7], out _).ShouldBeFalse();
    }

    [Fact]
    public void An_IPv4_header_whose_lengths_lie_is_refused()
    {
        byte[] packet = TestFrames.Udp(IpAddress.V4(1, 2, 3, 4), IpAddress.V4(5, 6, 7, 8), 1, 2, new byte[100])[EthernetHeader.Size..];
        Ipv4Header.TryRead(packet, out _).ShouldBeTrue();
        Ipv4Header.TryRead(packet.AsSpan(0, packet.Length - 1), out _).ShouldBeFalse();
        Ipv4Header.TryReadQuoted(packet.AsSpan(0, 28), out Ipv4Header quoted).ShouldBeTrue();
        quoted.TotalLength.ShouldBe((ushort)128);

        byte[] shortHeader = [.. packet];
        shortHeader[0] = 0x44;
        Ipv4Header.TryRead(shortHeader, out _).ShouldBeFalse();
        byte[] totalBelowHeader = [.. packet];
        (totalBelowHeader[2], totalBelowHeader[3]) = (0, 19);
        Ipv4Header.TryRead(totalBelowHeader, out _).ShouldBeFalse();
        byte[] flipped = [.. packet];
        flipped[8] ^= 1;
        Ipv4Header.HasValidChecksum(flipped).ShouldBeFalse();
    }

    [Fact]
    public void Reading_and_writing_a_segment_allocates_nothing()
    {
        byte[] frame = TestFrames.OneOfEach().Single(one => one.What == "SACK").Frame;
        ReadAndWrite(frame);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            ReadAndWrite(frame);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        static void ReadAndWrite(Span<byte> frame)
        {
            EthernetHeader.TryRead(frame, out EthernetHeader ethernet);
            Ipv4Header.TryRead(frame[14..], out Ipv4Header ip);
            TcpHeader.TryRead(frame[34..], out TcpHeader tcp);
            TcpOptions.TryRead(frame[54..(34 + tcp.HeaderLength)], out TcpOptions options);
            uint pseudo = Checksum.PseudoHeader(ip.Source, ip.Destination, ip.Protocol, ip.PayloadLength);
            if (Checksum.Compute(frame.Slice(34, ip.PayloadLength), pseudo) != 0)
                Assert.Fail("The checksum is wrong.");
            options.Write(frame[54..]);
            tcp.Write(frame[34..]);
            ip.Write(frame[14..]);
            ethernet.Write(frame);
        }
    }

    [Fact]
    public void A_router_takes_a_hop_off_and_the_checksum_stays_right()
    {
        byte[] packet = new byte[20];
        Any.Holds(Any.Ipv4.Where(header => header.TimeToLive > 0), header =>
        {
            header.Write(packet);
            Ipv4Header.DecrementTimeToLive(packet);
            packet[8].ShouldBe((byte)(header.TimeToLive - 1));
            Ipv4Header.HasValidChecksum(packet).ShouldBeTrue();
        });
    }

    [Fact]
    public void ARP_for_other_hardware_or_protocols_is_refused()
    {
        byte[] bytes = new byte[28];
        new ArpPacket(ArpOperation.Request, TestFrames.Client, IpAddress.V4(1), MacAddress.Zero, IpAddress.V4(2)).Write(bytes);
        foreach ((int at, byte value) in new (int, byte)[] { (1, 6), (2, 0x86), (4, 8), (5, 16), (7, 3) })
        {
            byte[] changed = [.. bytes];
            changed[at] = value;
            ArpPacket.TryRead(changed, out _).ShouldBeFalse($"byte {at}");
        }
    }

    [Fact]
    public void IPv4_options_are_enumerated_and_lying_lengths_are_refused()
    {
        byte[] options = [1, 148, 4, 0, 0, 7, 11, 8, 10, 0, 0, 1, 0, 0, 0, 0, 68, 8, 9, 0x10, 1, 2, 3, 4, 0, 7, 200];
        Ipv4Options.TryRead(options, out Ipv4Options read).ShouldBeTrue();
        var seen = new List<Ipv4OptionType>();
        foreach (Ipv4Option option in read)
        {
            seen.Add(option.Type);
            if (option.Type == Ipv4OptionType.RecordRoute)
            {
                (option.Pointer, option.AddressCount).ShouldBe(((byte)8, 2));
                option.GetAddress(0).ShouldBe(IpAddress.V4(10, 0, 0, 1));
            }
        }

        seen.ShouldBe([Ipv4OptionType.NoOperation, Ipv4OptionType.RouterAlert, Ipv4OptionType.RecordRoute, Ipv4OptionType.Timestamp, Ipv4OptionType.EndOfOptions]);

        foreach (byte[] lie in new byte[][] { [7], [7, 0], [7, 1], [7, 8, 4], [7, 7, 0, 0, 0, 0, 0], [7, 6, 4, 0, 0, 0], [68, 4, 4, 0], [68, 3, 5], [148, 3, 0], [99, 1] })
            Ipv4Options.TryRead(lie, out _).ShouldBeFalse(Convert.ToHexString(lie));
        Ipv4Options.TryRead([99, 3, 42], out _).ShouldBeTrue();
    }
}
