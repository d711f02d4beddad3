namespace Wirepath.Wire.Tests;

// The pool is the process's one: those who count its blocks run one after the other.
[Collection(PoolUsers)]
public class PacketTests
{
    public const string PoolUsers = "users of the shared pool";

    [Fact]
    public void Whatever_is_done_to_a_packet_its_bytes_are_those_of_a_plain_list_and_no_block_is_lost()
    {
        long before = BlockPool.Shared.Outstanding;
        for (ulong seed = 0; seed < 400; seed++)
            RunAgainstModel(new RandomSource(seed));
        BlockPool.Shared.Outstanding.ShouldBe(before);
    }

    private static void RunAgainstModel(RandomSource random)
    {
        var model = new List<byte>();
        Packet packet = Packet.Rent(300, 100);
        for (int step = 0; step < 30; step++)
        {
            int size = random.Next(40);
            byte[] bytes = new byte[size];
            random.Fill(bytes);
            switch (random.Next(7))
            {
                case 0 when size <= packet.Headroom:
                    bytes.CopyTo(packet.Prepend(size));
                    model.InsertRange(0, bytes);
                    break;
                case 1 when size <= packet.Tailroom:
                    bytes.CopyTo(packet.Append(size));
                    model.AddRange(bytes);
                    break;
                case 2:
                    Block block = BlockPool.Shared.Rent(64);
                    bytes.CopyTo(block.Bytes, 10);
                    if (packet.TryAppendSlice(block, 10, size))
                        model.AddRange(bytes);
                    block.Release();
                    break;
                case 3 when size <= packet.Head.Length:
                    packet.TrimStart(size);
                    model.RemoveRange(0, size);
                    break;
                case 4:
                    int length = random.Next(packet.Length + 1);
                    packet.Truncate(length);
                    model.RemoveRange(length, model.Count - length);
                    break;
                case 5:
                    packet.MakeWritable();
                    packet.IsLinear.ShouldBeTrue();
                    break;
                case 6:
                    Packet copy = packet.Clone();
                    packet.Dispose();
                    packet = copy;
                    break;
                default:
                    break;
            }

            packet.Length.ShouldBe(model.Count);
            packet.ToArray().ShouldBe(model);
            int offset = random.Next(model.Count + 1);
            PiecesFrom(packet, offset).ShouldBe(model.Skip(offset));
        }

        packet.Dispose();
        packet.Dispose(); // Twice is once.
    }

    private static List<byte> PiecesFrom(Packet packet, int offset)
    {
        var bytes = new List<byte>();
        var pieces = new PacketPieces(packet, offset);
        for (int most = 1; pieces.TryTake(most, out Block block, out int at, out int length); most += 7)
            bytes.AddRange(block.Bytes.AsSpan(at, length));
        return bytes;
    }

    [Fact]
    public void Offsets_follow_the_headers_and_metadata_goes_with_the_clone()
    {
        using Packet packet = Packet.From(new byte[100]);
        (packet.NetworkOffset, packet.TransportOffset) = (0, 20);
        packet.Prepend(14);
        (packet.NetworkOffset, packet.TransportOffset).ShouldBe((14, 34));
        packet.TrimStart(14);
        (packet.NetworkOffset, packet.TransportOffset).ShouldBe((0, 20));
        (packet.Cause, packet.SegmentSize, packet.Checksum) = (new EventId(7), 1460, ChecksumState.Partial);
        using Packet clone = packet.Clone();
        (clone.Cause, clone.SegmentSize, clone.Checksum, clone.TransportOffset).ShouldBe((new EventId(7), 1460, ChecksumState.Partial, 20));
    }

    [Fact]
    public void A_disposed_packet_comes_back_blank()
    {
        Packet packet = Packet.From("old"u8);
        (packet.Cause, packet.ReceivedAt, packet.SegmentSize) = (new EventId(1), new Instant(5), 9);
        packet.Dispose();
        using Packet next = Packet.Rent(10);
        (next.Length, next.Cause, next.ReceivedAt, next.SegmentSize, next.Checksum).ShouldBe((0, EventId.None, Instant.Epoch, 0, ChecksumState.Complete));
    }

    [Fact]
    public void The_forty_first_slice_is_refused_and_mistakes_throw()
    {
        using Packet packet = Packet.Rent(0);
        Block block = BlockPool.Shared.Rent(10);
        for (int i = 0; i < Packet.MaxSlices; i++)
            packet.TryAppendSlice(block, 0, 1).ShouldBeTrue();
        packet.TryAppendSlice(block, 0, 1).ShouldBeFalse();
        block.IsSoleHolder.ShouldBeFalse();
        block.Release();
        Should.Throw<InvalidOperationException>(() => packet.Append(1));
        Should.Throw<InvalidOperationException>(() => packet.Prepend(Packet.DefaultHeadroom + 1));
        Should.Throw<ArgumentOutOfRangeException>(() => packet.Truncate(41));
        Should.Throw<ArgumentOutOfRangeException>(() => BlockPool.Shared.Rent(BlockPool.LargeSize + 1));
    }
}
