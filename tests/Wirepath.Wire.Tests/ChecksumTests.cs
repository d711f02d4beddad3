using System.Buffers.Binary;

namespace Wirepath.Wire.Tests;

[Collection(PacketTests.PoolUsers)]
public class ChecksumTests
{
    [Fact]
    public void The_example_of_RFC_1071_sums_to_ddf2()
    {
        byte[] bytes = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
        Checksum.Sum(bytes).ShouldBe(0xddf2u);
        Checksum.Compute(bytes).ShouldBe((ushort)0x220d);
    }

    [Fact]
    public void It_agrees_with_the_sum_done_by_hand_at_every_alignment_and_length()
    {
        byte[] bytes = new byte[700];
        new RandomSource(1).Fill(bytes);
        bytes.AsSpan(200, 200).Fill(0xFF); // Carries everywhere.
        for (int start = 0; start < 70; start++)
        {
            for (int length = 0; length <= 600; length++)
            {
                ushort expected = Naive(bytes.AsSpan(start, length));
                if (Checksum.Compute(bytes.AsSpan(start, length)) != expected)
                    Checksum.Compute(bytes.AsSpan(start, length)).ShouldBe(expected, $"start {start}, length {length}");
            }
        }
    }

    [Fact]
    public void Carries_survive_four_megabytes_of_ones()
    {
        byte[] ones = new byte[4 * 1024 * 1024 + 3];
        ones.AsSpan().Fill(0xFF);
        Checksum.Compute(ones).ShouldBe(Naive(ones));
        Checksum.Sum(ones, uint.MaxValue).ShouldBe((uint)(ushort)~Naive(ones));
    }

    [Fact]
    public void A_packet_in_pieces_of_odd_lengths_has_the_sum_of_its_bytes_in_a_row()
    {
        var random = new RandomSource(2);
        for (int round = 0; round < 500; round++)
        {
            using Packet packet = Packet.Rent(200);
            random.Fill(packet.Append(random.Next(100)));
            for (int pieces = random.Next(6); pieces > 0; pieces--)
            {
                Block block = BlockPool.Shared.Rent(300);
                random.Fill(block.Bytes.AsSpan(0, 300));
                packet.TryAppendSlice(block, random.Next(50), random.Next(200)).ShouldBeTrue();
                block.Release();
            }

            int offset = random.Next(packet.Length + 1);
            Checksum.Sum(packet, offset).ShouldBe(Checksum.Sum(packet.ToArray().AsSpan(offset)));
        }
    }

    [Fact]
    public void An_incremental_update_gives_what_computing_anew_gives()
    {
        Any.Holds(Any.Bytes(20, 20), bytes =>
        {
            ushort before = Checksum.Compute(bytes);
            ushort oldWord = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(8));
            uint oldAddress = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(12));
            bytes[8] ^= 0x5A;
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(12), oldAddress ^ 0xDEADBEEF);
            ushort updated = Checksum.Update(before, oldWord, BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(8)));
            updated = Checksum.Update(updated, oldAddress, oldAddress ^ 0xDEADBEEF);
            updated.ShouldBe(Checksum.Compute(bytes));
        });
        // RFC 1624 §4: the case that the older equation gets wrong.
        Checksum.Update(0xDD2F, 0x5555, 0x3285).ShouldBe((ushort)0x0000);
    }

    [Fact]
    public void The_pseudo_header_is_the_one_the_RFCs_draw()
    {
        byte[] v4 = [192, 0, 2, 1, 198, 51, 100, 2, 0, 6, 0x12, 0x34];
        Checksum.PseudoHeader(IpAddress.Parse("192.0.2.1"), IpAddress.Parse("198.51.100.2"), IpProtocol.Tcp, 0x1234).ShouldBe(Checksum.Sum(v4));

        byte[] v6 = new byte[40];
        IpAddress source = IpAddress.Parse("2001:db8::1");
        IpAddress destination = IpAddress.Parse("fe80::ffff");
        source.Write(v6);
        destination.Write(v6.AsSpan(16));
        BinaryPrimitives.WriteUInt32BigEndian(v6.AsSpan(32), 70000);
        v6[39] = 17;
        Checksum.PseudoHeader(source, destination, IpProtocol.Udp, 70000).ShouldBe(Checksum.Sum(v6));
    }

    [Fact]
    public void A_partial_checksum_is_completed_as_a_device_would()
    {
        byte[] packet = TestFrames.Udp(IpAddress.V4(10, 0, 0, 1), IpAddress.V4(10, 0, 0, 2), 1000, 2000, "odd"u8)[EthernetHeader.Size..];
        ushort right = BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(26));
        uint pseudo = Checksum.PseudoHeader(IpAddress.V4(10, 0, 0, 1), IpAddress.V4(10, 0, 0, 2), IpProtocol.Udp, 11);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(26), (ushort)pseudo);
        Checksum.CompletePartial(packet, 0, 20);
        BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(26)).ShouldBe(right);
    }

    private static ushort Naive(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += (i & 1) == 0 ? (uint)bytes[i] << 8 : bytes[i];
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
