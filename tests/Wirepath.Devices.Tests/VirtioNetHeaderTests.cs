using FsCheck;
using FsCheck.Fluent;
using Wirepath.Wire;

namespace Wirepath.Devices.Tests;

public sealed class VirtioNetHeaderTests
{
    [Fact]
    public void A_header_that_is_written_reads_back_and_the_layout_is_virtios()
    {
        var header = new VirtioNetHeader(VirtioFlags.NeedsChecksum, VirtioGso.Tcp4, 66, 1448, 34, 16);
        byte[] bytes = new byte[VirtioNetHeader.Size];
        header.Write(bytes);
        bytes.ShouldBe([1, 1, 66, 0, 0xA8, 0x05, 34, 0, 16, 0]);
        VirtioNetHeader.TryRead(bytes, out VirtioNetHeader back).ShouldBeTrue();
        back.ShouldBe(header);
        VirtioNetHeader.TryRead(bytes.AsSpan(0, 9), out _).ShouldBeFalse();
    }

    [Fact]
    public void Whatever_the_ten_bytes_say_of_whatever_frame_no_offset_leads_outside()
    {
        Prop.ForAll<byte[], byte[]>((raw, frame) =>
        {
            byte[] header = new byte[VirtioNetHeader.Size];
            raw.AsSpan(0, Math.Min(raw.Length, header.Length)).CopyTo(header);
            VirtioNetHeader.TryRead(header, out VirtioNetHeader read).ShouldBeTrue();
            using Packet packet = Packet.From(frame);
            if (read.TryApply(packet) && packet.Checksum == ChecksumState.Partial)
                (read.ChecksumStart + read.ChecksumOffset + 2).ShouldBeLessThanOrEqualTo(packet.Length);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Theory]
    [InlineData((byte)VirtioGso.Udp)]
    [InlineData((byte)VirtioGso.UdpL4)]
    [InlineData((byte)2)]
    public void Offloads_that_were_not_agreed_on_are_refused(byte gso)
    {
        using Packet packet = Tcp4(100);
        new VirtioNetHeader(VirtioFlags.None, (VirtioGso)gso, 0, 1448, 0, 0).TryApply(packet).ShouldBeFalse();
    }

    [Fact]
    public void A_super_segment_is_described_to_the_device_and_understood_on_the_way_back()
    {
        using Packet sent = Tcp4(5000);
        sent.Checksum = ChecksumState.Partial;
        sent.SegmentSize = 1448;
        VirtioNetHeader.TryDescribe(sent, out VirtioNetHeader header).ShouldBeTrue();
        header.ShouldBe(new VirtioNetHeader(VirtioFlags.NeedsChecksum, VirtioGso.Tcp4, 54, 1448, 34, 16));

        using Packet received = Tcp4(5000);
        header.TryApply(received).ShouldBeTrue();
        (received.Checksum, received.SegmentSize, received.TransportOffset, received.NetworkOffset).ShouldBe((ChecksumState.Partial, 1448, 34, 14));

        (header with { Gso = VirtioGso.Tcp6 | VirtioGso.Ecn }).TryApply(received).ShouldBeTrue();
        (header with { SegmentSize = 0 }).TryApply(received).ShouldBeFalse();
    }

    [Fact]
    public void Completing_a_partial_checksum_gives_one_that_verifies()
    {
        using Packet packet = Tcp4(777);
        packet.Checksum = ChecksumState.Partial;
        byte[] bytes = TransportChecksum.CompleteCopy(packet);
        int length = bytes.Length - 34;
        uint pseudo = Checksum.PseudoHeader(IpAddress.Parse("10.0.0.1"), IpAddress.Parse("10.0.0.2"), IpProtocol.Tcp, length);
        Checksum.Compute(bytes.AsSpan(34), pseudo).ShouldBe((ushort)0);

        packet.Checksum = ChecksumState.Complete;
        TransportChecksum.CompleteCopy(packet).ShouldBe(packet.ToArray());
    }

    [Fact]
    public void A_packet_without_offsets_is_not_described()
    {
        using Packet packet = Packet.From(new byte[60]);
        packet.Checksum = ChecksumState.Partial;
        VirtioNetHeader.TryDescribe(packet, out _).ShouldBeFalse();
        packet.Checksum = ChecksumState.Verified;
        VirtioNetHeader.TryDescribe(packet, out VirtioNetHeader header).ShouldBeTrue();
        header.Flags.ShouldBe(VirtioFlags.ChecksumVerified);
    }

    // Ethernet, IPv4 and TCP headers whose checksum field holds the pseudo-header's sum; payload in a slice when it is long.
    internal static Packet Tcp4(int payload)
    {
        Packet packet = Packet.Rent(200);
        packet.Append(54).Clear();
        Span<byte> head = packet.Head;
        IpAddress from = IpAddress.Parse("10.0.0.1"), to = IpAddress.Parse("10.0.0.2");
        head[14] = 0x45;
        head[23] = (byte)IpProtocol.Tcp;
        from.Write(head[26..]);
        to.Write(head[30..]);
        head[46] = 0x50;
        uint sum = Checksum.PseudoHeader(from, to, IpProtocol.Tcp, 20 + payload);
        (head[50], head[51]) = ((byte)(sum >> 8), (byte)sum);
        (packet.NetworkOffset, packet.TransportOffset) = (14, 34);
        Block block = BlockPool.Shared.Rent(payload);
        for (int i = 0; i < payload; i++)
            block.Bytes[i] = (byte)(i * 7);
        packet.TryAppendSlice(block, 0, payload);
        block.Release();
        return packet;
    }
}
