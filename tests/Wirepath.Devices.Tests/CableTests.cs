using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Devices.Tests;

public sealed class CableTests
{
    [Fact]
    public void The_very_packet_that_goes_in_comes_out_with_what_is_known_about_it()
    {
        (CableEnd a, CableEnd b) = Cable.Create("lan");
        Packet sent = VirtioNetHeaderTests.Tcp4(5000);
        (sent.Checksum, sent.SegmentSize, sent.Cause) = (ChecksumState.Partial, 1448, new EventId(7));
        a.Transmit(sent).ShouldBeTrue();
        b.TryReceive(out Packet? received).ShouldBeTrue();
        received.ShouldBeSameAs(sent);
        (received.Checksum, received.SegmentSize, received.Cause).ShouldBe((ChecksumState.Partial, 1448, new EventId(7)));
        received.Dispose();
        a.TryReceive(out _).ShouldBeFalse();
        (a.Name, b.Name).ShouldBe(("lan-a", "lan-b"));
        a.Address.ShouldNotBe(b.Address);
    }

    [Fact]
    public void With_offload_memory_vouches_for_checksums_without_it_the_receiver_must_look()
    {
        foreach (bool offload in (bool[])[true, false])
        {
            (CableEnd a, CableEnd b) = Cable.Create("lan", new CableSettings { Offload = offload });
            a.Transmit(Packet.From(new byte[60]));
            b.TryReceive(out Packet? frame).ShouldBeTrue();
            frame.Checksum.ShouldBe(offload ? ChecksumState.Verified : ChecksumState.Complete);
            ((a.Offloads & DeviceOffloads.TransmitChecksum) != 0).ShouldBe(offload);
            frame.Dispose();
        }

        (CableEnd plain, _) = Cable.Create("lan", new CableSettings { Offload = false });
        Packet large = VirtioNetHeaderTests.Tcp4(5000);
        large.SegmentSize = 1448;
        Should.Throw<InvalidOperationException>(() => plain.Transmit(large));
        large.Dispose();
    }

    [Fact]
    public void Readable_is_told_once_for_each_time_the_queue_was_found_empty()
    {
        (CableEnd a, CableEnd b) = Cable.Create("lan");
        int told = 0;
        b.Readable = () => told++;
        a.Transmit(Packet.From(new byte[60]));
        a.Transmit(Packet.From(new byte[60]));
        told.ShouldBe(1);
        Drain(b).ShouldBe(2);
        a.Transmit(Packet.From(new byte[60]));
        told.ShouldBe(2);
        Drain(b).ShouldBe(1);
    }

    [Fact]
    public void A_full_queue_drops_the_newcomer_and_a_pulled_plug_drops_everything()
    {
        (CableEnd a, CableEnd b) = Cable.Create("lan", new CableSettings { MostQueuedFrames = 4 });
        Block block = BlockPool.Shared.Rent(100);
        int taken = 0;
        for (int i = 0; i < 6; i++)
        {
            Packet packet = Packet.From(new byte[60]);
            packet.TryAppendSlice(block, 0, 100);
            taken += a.Transmit(packet) ? 1 : 0;
        }

        taken.ShouldBe(4);
        a.Counters.SendDrops.ShouldBe(2);
        b.Dispose();
        block.IsSoleHolder.ShouldBeTrue("dropped and forgotten frames hold nothing");
        a.Transmit(Packet.From(new byte[60])).ShouldBeFalse();
        block.Release();
    }

    [Fact]
    public async Task Two_threads_pass_frames_in_order_and_lose_none()
    {
        (CableEnd a, CableEnd b) = Cable.Create("lan", new CableSettings { MostQueuedFrames = 64 });
        const int Frames = 100_000;
        using var readable = new SemaphoreSlim(0);
        b.Readable = () => readable.Release();
        Task receiver = Task.Run(async () =>
        {
            for (int expected = 0; expected < Frames;)
            {
                while (b.TryReceive(out Packet? frame))
                {
                    BitConverter.ToInt32(frame.Head).ShouldBe(expected++);
                    frame.Dispose();
                }

                if (expected < Frames)
                    await readable.WaitAsync();
            }
        }, TestContext.Current.CancellationToken);
        for (int i = 0; i < Frames;)
        {
            if (a.Transmit(Packet.From(BitConverter.GetBytes(i))))
                i++;
            else
                await Task.Yield();
        }

        await receiver;
    }

    [Fact]
    public void A_frame_over_the_cable_allocates_nothing()
    {
        (CableEnd a, CableEnd b) = Cable.Create("lan");
        byte[] bytes = new byte[1514];
        for (int round = 0; round < 2; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 10_000; i++)
            {
                a.Transmit(Packet.From(bytes));
                b.TryReceive(out Packet? frame);
                frame!.Dispose();
            }

            if (round == 1)
                (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(10_000, "less than a byte a frame: other tests may drain the shared pools");
        }
    }

    private static int Drain(CableEnd end)
    {
        int count = 0;
        for (; end.TryReceive(out Packet? frame); count++)
            frame.Dispose();
        return count;
    }
}
