using System.Buffers.Binary;

namespace Wirepath.Wire.Tests;

[Collection(PacketTests.PoolUsers)]
public class CaptureTests
{
    private static readonly Instant s_time = Instant.FromDateTimeOffset(new DateTimeOffset(2024, 2, 29, 12, 34, 56, TimeSpan.Zero)) + TimeSpan.FromTicks(1234567);

    [Fact]
    public void What_is_written_is_what_is_read()
    {
        byte[] bytes = WriteOneOfEach();
        WriteOneOfEach().ShouldBe(bytes, "the same calls give the same bytes");

        var reader = new CaptureReader(new MemoryStream(bytes));
        int number = 0;
        foreach ((string what, byte[] frame) in TestFrames.OneOfEach())
        {
            reader.TryReadNext(out CapturedPacket packet).ShouldBeTrue();
            packet.Bytes.ToArray().ShouldBe(frame, what);
            packet.OriginalLength.ShouldBe((uint)frame.Length);
            packet.Time.ShouldBe(s_time + TimeSpan.FromTicks(number));
            packet.InterfaceId.ShouldBe(number % 2);
            packet.LinkType.ShouldBe(LinkType.Ethernet);
            packet.Direction.ShouldBe(number % 2 == 0 ? PacketDirection.Outbound : PacketDirection.Inbound);
            packet.Comments.ShouldBe(number == 3 ? ["DROPPED: queue full", what] : [what]);
            packet.PacketId.ShouldBe((ulong)number);
            packet.DropCount.ShouldBe(number == 4 ? 1UL : null);
            number++;
        }

        reader.TryReadNext(out _).ShouldBeFalse();
        reader.Problem.ShouldBeNull();
        reader.Interfaces.ShouldBe([new CaptureInterface("eth0", "the PC", LinkType.Ethernet, 0), new CaptureInterface("wan", null, LinkType.Ethernet, 0)]);
        reader.TlsKeys.ShouldBe(["CLIENT_RANDOM 00 11\n"]);
    }

    [Fact]
    public void A_packet_in_slices_is_written_whole_and_its_partial_checksum_completed()
    {
        byte[] frame = TestFrames.Tcp(IpAddress.V4(10, 0, 0, 1), IpAddress.V4(10, 0, 0, 2), TcpFlags.Ack, 1, 2, default, "payload!"u8);
        using Packet packet = Packet.From(frame.AsSpan(0, 54));
        Block block = BlockPool.Shared.Rent(8);
        frame.AsSpan(54, 8).CopyTo(block.Bytes);
        packet.TryAppendSlice(block, 0, 8).ShouldBeTrue();
        block.Release();
        (packet.NetworkOffset, packet.TransportOffset, packet.Checksum) = (14, 34, ChecksumState.Partial);
        uint pseudo = Checksum.PseudoHeader(IpAddress.V4(10, 0, 0, 1), IpAddress.V4(10, 0, 0, 2), IpProtocol.Tcp, 28);
        BinaryPrimitives.WriteUInt16BigEndian(packet.Head[50..], (ushort)pseudo);

        var stream = new MemoryStream();
        using (var writer = new PcapngWriter(stream, leaveOpen: true))
            writer.WritePacket(writer.AddInterface("eth0", null), s_time, packet);
        stream.Position = 0;
        new CaptureReader(stream).TryReadNext(out CapturedPacket read).ShouldBeTrue();
        read.Bytes.ToArray().ShouldBe(frame);
        BinaryPrimitives.ReadUInt16BigEndian(packet.Head[50..]).ShouldBe((ushort)pseudo, "the packet itself is left alone");
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Classic_pcap_is_read_in_both_byte_orders_and_both_resolutions(bool bigEndian, bool nanoseconds)
    {
        var file = new Bytes(bigEndian);
        file.UInt32(nanoseconds ? 0xA1B23C4D : 0xA1B2C3D4).UInt16(2, 4).UInt32(0, 0, 65535, 1);
        file.UInt32(1000, nanoseconds ? 5_000_100u : 5_000u, 3, 60).Raw(1, 2, 3);
        var reader = new CaptureReader(new MemoryStream(file.ToArray()));
        reader.TryReadNext(out CapturedPacket packet).ShouldBeTrue();
        packet.Bytes.ToArray().ShouldBe([1, 2, 3]);
        packet.OriginalLength.ShouldBe(60u);
        packet.Time.ShouldBe(new Instant(1000 * TimeSpan.TicksPerSecond + (nanoseconds ? 50_001 : 50_000)));
        reader.TryReadNext(out _).ShouldBeFalse();
        reader.Problem.ShouldBeNull();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sections_interfaces_clocks_and_old_blocks_of_pcapng_are_understood(bool bigEndian)
    {
        var file = new Bytes(bigEndian);
        file.Block(0x0A0D0D0A, body => body.UInt32(0x1A2B3C4D).UInt16(1, 0).UInt32(uint.MaxValue, uint.MaxValue));
        file.Block(1, body => body.UInt16(101, 0).UInt32(4)); // microseconds, snap length 4
        file.Block(1, body => body.UInt16(1, 0).UInt32(0).UInt16(9, 1).Raw(0x8A, 0, 0, 0).UInt16(14, 8).UInt64(100)); // 2⁻¹⁰ s, 100 s on top
        file.Block(5, body => body.UInt32(0, 0, 0)); // statistics: skipped
        file.Block(3, body => body.UInt32(100).Raw(1, 2, 3, 4));
        file.Block(6, body => body.UInt32(1, 0, 512, 1, 1).Raw(9, 0, 0, 0));
        file.Block(2, body => body.UInt16(0, 7).UInt32(0, 1_000_000, 2, 2).Raw(5, 6, 0, 0).UInt16(1, 2).Raw((byte)'h', (byte)'i', 0, 0).UInt16(2, 4).UInt32(2));
        // A second section in the other byte order, its interfaces counted anew.
        var second = new Bytes(!bigEndian);
        second.Block(0x0A0D0D0A, body => body.UInt32(0x1A2B3C4D).UInt16(1, 0).UInt32(uint.MaxValue, uint.MaxValue));
        second.Block(1, body => body.UInt16(1, 0).UInt32(0).UInt16(9, 1).Raw(9, 0, 0, 0));
        second.Block(6, body => body.UInt32(0, 1, 0, 1, 1).Raw(7, 0, 0, 0));

        var reader = new CaptureReader(new MemoryStream([.. file.ToArray(), .. second.ToArray()]));
        reader.TryReadNext(out CapturedPacket simple).ShouldBeTrue();
        (simple.LinkType, simple.OriginalLength, simple.Bytes.Length).ShouldBe((LinkType.Raw, 100u, 4));
        reader.TryReadNext(out CapturedPacket binaryClock).ShouldBeTrue();
        (binaryClock.InterfaceId, binaryClock.Time).ShouldBe((1, new Instant(TimeSpan.FromSeconds(100.5).Ticks)));
        reader.TryReadNext(out CapturedPacket old).ShouldBeTrue();
        (old.Time, old.DropCount, old.Direction).ShouldBe((new Instant(TimeSpan.TicksPerSecond), 7UL, PacketDirection.Outbound));
        old.Comments.ShouldBe(["hi"]);
        reader.TryReadNext(out CapturedPacket nanoseconds).ShouldBeTrue();
        (nanoseconds.InterfaceId, nanoseconds.Time).ShouldBe((2, new Instant((1L << 32) / 100)));
        reader.TryReadNext(out _).ShouldBeFalse();
        reader.Problem.ShouldBeNull();
        reader.Interfaces.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("0A0D", "middle of a block")]
    [InlineData("00112233", "neither")]
    [InlineData("D4C3B2A1", "middle of a block")]
    [InlineData("D4C3B2A1020004000000000000000000FFFF000001000000" + "0000000000000000FFFFFF7F00000000", "claims 2147483647 bytes")]
    [InlineData("0A0D0D0A1C0000000000000001000000FFFFFFFFFFFFFFFF1C000000", "no byte-order magic")]
    [InlineData("0A0D0D0A1C0000004D3C2B1A01000000FFFFFFFFFFFFFFFF1D000000", "two lengths differ")]
    [InlineData("0A0D0D0A080000004D3C2B1A", "claims 8 bytes")]
    [InlineData("0A0D0D0A1C0000004D3C2B1A01000000FFFFFFFFFFFFFFFF1C000000" + "0600000020000000000000000000000000000000000000000000000020000000", "not described")]
    [InlineData("0A0D0D0A1C0000004D3C2B1A01000000FFFFFFFFFFFFFFFF1C000000" + "060000000CFFFFFF", "claims")]
    public void A_damaged_file_ends_with_one_clear_sentence(string hex, string problem)
    {
        var reader = new CaptureReader(new MemoryStream(Convert.FromHexString(hex)));
        reader.TryReadNext(out _).ShouldBeFalse();
        reader.Problem.ShouldNotBeNull().ShouldContain(problem);
    }

    [Fact]
    public void Cut_or_changed_anywhere_a_capture_ends_without_an_exception()
    {
        byte[] bytes = WriteOneOfEach();
        var random = new RandomSource(5);
        for (int round = 0; round < 3000; round++)
        {
            byte[] damaged = bytes[..random.Next(bytes.Length + 1)];
            for (int changes = random.Next(4); changes > 0 && damaged.Length > 0; changes--)
                damaged[random.Next(damaged.Length)] = (byte)random.NextUInt16();
            var reader = new CaptureReader(new MemoryStream(damaged));
            int packets = 0;
            while (reader.TryReadNext(out _))
                packets++;
            packets.ShouldBeLessThanOrEqualTo(TestFrames.OneOfEach().Count);
        }
    }

    internal static byte[] WriteOneOfEach()
    {
        var stream = new MemoryStream();
        using (var writer = new PcapngWriter(stream))
        {
            int[] interfaces = [writer.AddInterface("eth0", "the PC"), writer.AddInterface("wan", null)];
            writer.WriteTlsKeys("CLIENT_RANDOM 00 11\n");
            int number = 0;
            foreach ((string what, byte[] frame) in TestFrames.OneOfEach())
            {
                writer.WritePacket(interfaces[number % 2], s_time + TimeSpan.FromTicks(number), frame, what,
                    number % 2 == 0 ? PacketDirection.Outbound : PacketDirection.Inbound,
                    number == 3 ? "queue full" : null, (ulong)number, number == 4 ? 1 : null);
                number++;
            }
        }

        return stream.ToArray();
    }

    /// <summary>Numbers in either byte order, and pcapng blocks around them.</summary>
    private sealed class Bytes(bool bigEndian)
    {
        private readonly List<byte> _bytes = [];

        public Bytes UInt16(params ReadOnlySpan<ushort> values)
        {
            foreach (ushort value in values)
                Raw(BitConverter.GetBytes(bigEndian ? BinaryPrimitives.ReverseEndianness(value) : value));
            return this;
        }

        public Bytes UInt32(params ReadOnlySpan<uint> values)
        {
            foreach (uint value in values)
                Raw(BitConverter.GetBytes(bigEndian ? BinaryPrimitives.ReverseEndianness(value) : value));
            return this;
        }

        public Bytes UInt64(ulong value) => Raw(BitConverter.GetBytes(bigEndian ? BinaryPrimitives.ReverseEndianness(value) : value));

        public Bytes Raw(params ReadOnlySpan<byte> bytes)
        {
            _bytes.AddRange(bytes);
            return this;
        }

        public void Block(uint type, Action<Bytes> fill)
        {
            var body = new Bytes(bigEndian);
            fill(body);
            uint length = (uint)body._bytes.Count + 12;
            UInt32(type, length).Raw(body.ToArray()).UInt32(length);
        }

        public byte[] ToArray() => [.. _bytes];
    }
}
