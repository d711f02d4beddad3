using System.Buffers.Binary;
using Wirepath.Wire;

namespace Wirepath.Stack.Tests;

public class SegmentMergerTests
{
    private const int Full = 100;
    private static readonly IpAddress s_peer = TestWorld.Ip("10.0.0.2");
    private static readonly IpAddress s_own = TestWorld.Ip("10.0.0.1");

    // What IP and TCP are told by a frame, or by each of the segments of which a super-segment was made.
    private sealed record Told(ushort Port, uint Sequence, uint Acknowledgment, TcpFlags Flags, byte Ttl, byte Tos, string Payload);

    [Fact]
    public void What_was_joined_can_be_cut_into_the_very_same_segments_in_the_same_order()
    {
        int frames = 0, packets = 0;
        for (ulong seed = 0; seed < 200; seed++)
        {
            using var world = new TestWorld(seed, logged: false);
            TestCable cable = world.Connect(world.AddHost("a"), "10.0.0.1/24", world.AddHost("b"), "10.0.0.2/24");
            var merger = new SegmentMerger(cable.LeftInterface);
            var sent = new List<Told>();
            var received = new List<Told>();
            void Take(Packet? packet)
            {
                if (packet is null)
                    return;
                packets++;
                received.AddRange(Read(packet));
                packet.Dispose();
            }

            uint[] next = [0xFFFF_FF00, 7000];
            for (int i = 0; i < 60; i++, frames++)
            {
                Packet frame = Draw(world.Random, cable.Left, next);
                sent.AddRange(Read(frame));
                bool taken = merger.TryTake(frame, out Packet? before);
                Take(before);
                if (!taken)
                    Take(frame);
            }

            Take(merger.Release());
            received.ShouldBe(sent, $"seed {seed}");
        }

        packets.ShouldBeLessThan(frames * 3 / 4);
    }

    [Fact]
    public void A_batch_in_order_becomes_one_packet_with_right_lengths_and_a_checksum_that_nobody_need_look_at()
    {
        using var world = new TestWorld(logged: false);
        TestCable cable = world.Connect(world.AddHost("a"), "10.0.0.1/24", world.AddHost("b"), "10.0.0.2/24");
        var merger = new SegmentMerger(cable.LeftInterface);
        for (uint i = 0; i < 9; i++)
        {
            merger.TryTake(Frame(cable.Left, 80, 1000 + i * Full, 5, TcpFlags.Ack, 64, 0, new byte[Full], damaged: false), out Packet? before).ShouldBeTrue();
            before.ShouldBeNull();
        }

        merger.TryTake(Frame(cable.Left, 80, 1900, 5, TcpFlags.Ack | TcpFlags.Psh, 64, 0, new byte[30], damaged: false), out Packet? joined).ShouldBeTrue();
        joined.ShouldNotBeNull();
        (joined.SegmentSize, joined.Checksum).ShouldBe((Full, ChecksumState.Verified));
        joined.TrimStart(EthernetHeader.Size);
        Ipv4Header.HasValidChecksum(joined.Head).ShouldBeTrue();
        Ipv4Header.TryReadQuoted(joined.Head, out Ipv4Header ip).ShouldBeTrue();
        ip.TotalLength.ShouldBe((ushort)joined.Length);
        joined.Length.ShouldBe(Ipv4Header.Size + 32 + 9 * Full + 30);
        joined.Dispose();
        merger.Release().ShouldBeNull();
    }

    private static Packet Draw(RandomSource random, TestDevice to, uint[] next)
    {
        int flow = random.Chance(0.15) ? 1 : 0;
        if (random.Chance(0.05))
            next[flow] += (uint)random.Next(500) - 250; // a hole, or a repetition
        byte[] payload = new byte[random.Chance(0.1) ? random.Next(Full) : Full];
        random.Fill(payload);
        TcpFlags flags = random.Chance(0.1) ? TcpFlags.Ack | TcpFlags.Psh : random.Chance(0.03) ? TcpFlags.Ack | TcpFlags.Fin : TcpFlags.Ack;
        uint sequence = next[flow];
        next[flow] += (uint)payload.Length;
        return Frame(to, (ushort)(80 + flow), sequence, random.Chance(0.05) ? 6u : 5u, flags, (byte)(random.Chance(0.03) ? 63 : 64),
            (byte)(random.Chance(0.03) ? 3 : 2), payload, damaged: random.Chance(0.03));
    }

    private static Packet Frame(TestDevice to, ushort port, uint sequence, uint acknowledgment, TcpFlags flags, byte ttl, byte tos, byte[] payload, bool damaged)
    {
        var options = new TcpOptions { HasTimestamps = true, TimestampValue = 1, TimestampEcho = 2 };
        byte[] segment = new byte[TcpHeader.Size + options.Size + payload.Length];
        new TcpHeader(port, 9000, new SequenceNumber(sequence), new SequenceNumber(acknowledgment), TcpHeader.Size + options.Size, flags, 500, 0, 0).Write(segment);
        options.Write(segment.AsSpan(TcpHeader.Size));
        payload.CopyTo(segment, TcpHeader.Size + options.Size);
        ushort checksum = Checksum.Compute(segment, Checksum.PseudoHeader(s_peer, s_own, IpProtocol.Tcp, segment.Length));
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(TcpHeader.ChecksumOffset), damaged ? (ushort)(checksum ^ 1) : checksum);
        Packet packet = Packet.From(segment);
        new Ipv4Header(tos, (ushort)(segment.Length + Ipv4Header.Size), 0, true, false, 0, ttl, IpProtocol.Tcp, 0, s_peer, s_own, Ipv4Header.Size)
            .Write(packet.Prepend(Ipv4Header.Size));
        new EthernetHeader(to.Address, new MacAddress(0x02_AA), EtherType.IPv4).Write(packet.Prepend(EthernetHeader.Size));
        return packet;
    }

    private static IEnumerable<Told> Read(Packet packet)
    {
        byte[] bytes = packet.ToArray()[EthernetHeader.Size..];
        Ipv4Header.TryRead(bytes, out Ipv4Header ip).ShouldBeTrue();
        TcpHeader.TryRead(bytes.AsSpan(Ipv4Header.Size), out TcpHeader tcp).ShouldBeTrue();
        byte[] payload = bytes[(Ipv4Header.Size + tcp.HeaderLength)..ip.TotalLength];
        int size = packet.SegmentSize > 0 ? packet.SegmentSize : Math.Max(payload.Length, 1);
        int at = 0;
        var told = new List<Told>();
        do
        {
            byte[] piece = payload[at..Math.Min(at + size, payload.Length)];
            bool last = at + size >= payload.Length;
            told.Add(new Told(tcp.SourcePort, tcp.Sequence.Value + (uint)at, tcp.Acknowledgment.Value, last ? tcp.Flags : tcp.Flags & ~TcpFlags.Psh,
                ip.TimeToLive, ip.TypeOfService, Convert.ToHexString(piece)));
            at += size;
        }
        while (at < payload.Length);
        return told;
    }
}
