using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Simulation.Tests;

public class LinkTests
{
    private readonly Bench _bench = new();

    private (Link Link, Listener B) Wire(LinkSettings settings)
    {
        Link link = _bench.Wire(settings);
        return (link, new Listener(_bench, link.B));
    }

    private void RunDry() => _bench.Simulator.RunUntilIdle(Instant.Never).ShouldBeTrue();

    [Fact]
    public void A_frame_arrives_after_its_bits_over_the_bandwidth_plus_the_delay()
    {
        // (1,514 + 24) × 8 bits at 10 Mbit/s are 1,230.4 µs.
        (Link link, Listener b) = Wire(new LinkSettings { Bandwidth = 10_000_000, Delay = TimeSpan.FromMilliseconds(20) });
        link.A.Transmit(Bench.Frame(1)).ShouldBeTrue();
        RunDry();
        b.Times.ShouldBe([TimeSpan.FromMicroseconds(20_000 + 1230.4)]);
    }

    [Fact]
    public void A_small_frame_is_charged_as_sixty_bytes_and_twentyfour_more()
    {
        (Link link, Listener b) = Wire(new LinkSettings { Bandwidth = 1_000_000 });
        link.A.Transmit(Bench.Frame(1, length: 42));
        RunDry();
        b.Times.ShouldBe([TimeSpan.FromMicroseconds(84 * 8)]);
    }

    [Fact]
    public void A_burst_takes_exactly_its_bits_over_the_bandwidth_although_one_frame_is_no_whole_tick()
    {
        // At 9.7 Mbit/s a frame of 1,538 bytes is 12,684.53… ticks of 100 ns; 970 of them are 12,304,000 ticks sharp.
        (Link link, Listener b) = Wire(new LinkSettings { Bandwidth = 9_700_000 });
        for (int i = 0; i < 970; i++)
            link.A.Transmit(Bench.Frame(i));
        RunDry();
        b.Times[^1].Ticks.ShouldBe(12_304_000);
        b.Times[0].Ticks.ShouldBe(12_685); // never before the last bit
        b.Numbers.ShouldBe(Enumerable.Range(0, 970));
    }

    [Fact]
    public void The_two_directions_do_not_disturb_each_other()
    {
        (Link link, Listener b) = Wire(new LinkSettings { Bandwidth = 1_000_000 });
        var a = new Listener(_bench, link.A);
        for (int i = 0; i < 10; i++)
            link.A.Transmit(Bench.Frame(i));
        link.B.Transmit(Bench.Frame(100));
        RunDry();
        a.Times.ShouldBe([b.Times[0]]);
    }

    [Fact]
    public void Without_a_bandwidth_frames_take_no_time_and_the_queue_stays_empty()
    {
        (Link link, Listener b) = Wire(LinkSettings.Perfect with { QueuePackets = 1 });
        for (int i = 0; i < 100; i++)
            link.A.Transmit(Bench.Frame(i)).ShouldBeTrue();
        RunDry();
        b.Numbers.Count.ShouldBe(100);
        b.Times.ShouldAllBe(t => t == TimeSpan.Zero);
    }

    [Fact]
    public void A_full_queue_turns_the_newest_away_by_frames_or_by_bytes()
    {
        (Link link, Listener b) = Wire(new LinkSettings { Bandwidth = 1_000_000, QueuePackets = 3 });
        Enumerable.Range(0, 6).Select(i => link.A.Transmit(Bench.Frame(i))).ShouldBe([true, true, true, true, false, false]); // one on the line, three wait
        RunDry();
        b.Numbers.ShouldBe([0, 1, 2, 3]);

        link.A.Settings = link.A.Settings with { QueuePackets = 0, QueueBytes = 3100 };
        Enumerable.Range(10, 4).Select(i => link.A.Transmit(Bench.Frame(i))).ShouldBe([true, true, true, false]);
        link.A.Transmit(Bench.Frame(20, length: 60)).ShouldBeTrue(); // a small one still fits
        RunDry();
        b.Numbers[4..].ShouldBe([10, 11, 12, 20]);
        link.A.Statistics.QueueDropped.ShouldBe(3);
        _bench.Transits.Count(t => t is { Verdict: LinkVerdict.Dropped, Reason: DropReason.QueueFull, ArrivesAt.IsNever: true }).ShouldBe(3);
    }

    [Fact]
    public void Losses_lie_within_the_binomial_bounds_and_are_the_same_for_the_same_seed()
    {
        const int frames = 20_000;
        const double p = 0.02;
        static List<int> Survivors(ulong seed)
        {
            var bench = new Bench(seed);
            Link link = bench.Wire(new LinkSettings { Loss = p });
            var b = new Listener(bench, link.B);
            for (int i = 0; i < frames; i++)
                link.A.Transmit(Bench.Frame(i, 60));
            bench.Simulator.RunUntilIdle(Instant.Never);
            link.A.Statistics.Lost.ShouldBe(frames - b.Numbers.Count);
            return b.Numbers;
        }

        List<int> first = Survivors(7);
        double sigma = Math.Sqrt(frames * p * (1 - p));
        (frames - first.Count).ShouldBeInRange((int)(frames * p - 5 * sigma), (int)(frames * p + 5 * sigma));
        Survivors(7).ShouldBe(first);
        Survivors(8).ShouldNotBe(first);
    }

    [Fact]
    public void Bursts_lose_runs_of_frames_of_the_chains_mean_length()
    {
        // Stationary share of the bad state: 0.01 / (0.01 + 0.25); mean burst 4 frames.
        (Link link, Listener b) = Wire(new LinkSettings { Burst = new BurstLoss(GoodToBad: 0.01, BadToGood: 0.25) });
        const int frames = 100_000;
        for (int i = 0; i < frames; i++)
            link.A.Transmit(Bench.Frame(i, 60));
        RunDry();
        var gaps = b.Numbers.Zip(b.Numbers.Skip(1), (x, y) => y - x - 1).Where(g => g > 0).ToList();
        (link.A.Statistics.Lost / (double)frames).ShouldBe(0.01 / 0.26, 0.005);
        gaps.Average().ShouldBe(4, 0.4);
    }

    [Fact]
    public void Jitter_spreads_the_delay_and_never_reorders()
    {
        (Link link, Listener b) = Wire(new LinkSettings { Delay = TimeSpan.FromMilliseconds(10), Jitter = TimeSpan.FromMilliseconds(5) });
        for (int i = 0; i < 500; i++)
        {
            int number = i;
            _bench.Simulator.Schedule(Bench.Start + TimeSpan.FromMilliseconds(i), () => link.A.Transmit(Bench.Frame(number)));
        }

        RunDry();
        b.Numbers.ShouldBe(Enumerable.Range(0, 500));
        var delays = b.Times.Select((t, i) => t.TotalMilliseconds - i).ToList();
        delays.Min().ShouldBeInRange(10, 11);
        delays.Max().ShouldBeInRange(14, 15);
    }

    [Fact]
    public void Reordered_frames_are_late_and_overtaken_none_is_missing()
    {
        (Link link, Listener b) = Wire(new LinkSettings { Reorder = 0.1, ReorderDelay = TimeSpan.FromMilliseconds(5) });
        for (int i = 0; i < 1000; i++)
        {
            int number = i;
            _bench.Simulator.Schedule(Bench.Start + TimeSpan.FromMilliseconds(i), () => link.A.Transmit(Bench.Frame(number)));
        }

        RunDry();
        b.Numbers.Order().ShouldBe(Enumerable.Range(0, 1000));
        var late = b.Numbers.Where((n, i) => b.Times[i] == TimeSpan.FromMilliseconds(n + 5)).ToList();
        late.Count.ShouldBe((int)link.A.Statistics.Reordered);
        late.Count.ShouldBeInRange(60, 145);
        b.Numbers.ShouldNotBe(Enumerable.Range(0, 1000));
    }

    [Fact]
    public void A_duplicate_is_a_second_transit_with_the_same_cause()
    {
        (Link link, Listener b) = Wire(new LinkSettings { Duplicate = 1 });
        Packet frame = Bench.Frame(5);
        frame.Cause = new EventId(77);
        link.A.Transmit(frame);
        RunDry();
        b.Numbers.ShouldBe([5, 5]);
        b.Causes.ShouldBe([new EventId(77), new EventId(77)]);
        _bench.Recorder.Events.ShouldAllBe(e => e.Cause == new EventId(77) && e.Node == "wire");
        _bench.Transits.Select(t => t.Verdict).ShouldBe([LinkVerdict.Delivered, LinkVerdict.Duplicated]);
        _bench.Transits.ShouldAllBe(t => t.From == "a" && t.To == "b" && t.ArrivesAt == Bench.Start);
    }

    [Fact]
    public void Damage_flips_one_bit_of_a_copy_and_leaves_the_senders_bytes_whole()
    {
        (Link link, Listener b) = Wire(new LinkSettings { Corrupt = 1 });
        Block payload = BlockPool.Shared.Rent(1000);
        payload.Bytes.AsSpan(0, 1000).Fill(0x5A);
        for (int i = 0; i < 50; i++)
        {
            Packet frame = Packet.Rent(0);
            new EthernetHeader(Bench.Mac(2), Bench.Mac(1), EtherType.IPv4).Write(frame.Prepend(EthernetHeader.Size));
            frame.TryAppendSlice(payload, 0, 1000).ShouldBeTrue();
            byte[] sent = frame.ToArray();
            link.A.Transmit(frame);
            RunDry();
            byte[] got = b.Frames[^1];
            got.Length.ShouldBe(sent.Length);
            got.Zip(sent, (x, y) => System.Numerics.BitOperations.PopCount((uint)(x ^ y))).Sum().ShouldBe(1);
            _bench.Transits.Last().Verdict.ShouldBe(LinkVerdict.Corrupted);
            _bench.Transits.Last().Frame.ToArray().ShouldBe(got);
        }

        payload.Bytes.AsSpan(0, 1000).IndexOfAnyExcept((byte)0x5A).ShouldBe(-1);
        payload.IsSoleHolder.ShouldBeTrue();
        payload.Release();
    }

    [Fact]
    public void A_cut_link_loses_what_is_sent_and_what_waits_but_not_what_is_under_way_and_heals()
    {
        (Link link, Listener b) = Wire(new LinkSettings { Bandwidth = 1_000_000, Delay = TimeSpan.FromMilliseconds(50) });
        link.A.Transmit(Bench.Frame(1));
        link.A.Transmit(Bench.Frame(2));
        link.Configure(s => s with { Partitioned = true });
        link.A.Transmit(Bench.Frame(3)).ShouldBeFalse();
        RunDry();
        b.Numbers.ShouldBe([1]);
        link.Configure(s => s with { Partitioned = false });
        link.A.Transmit(Bench.Frame(4)).ShouldBeTrue();
        RunDry();
        b.Numbers.ShouldBe([1, 4]);
        link.A.Statistics.Partitioned.ShouldBe(2);
    }

    [Fact]
    public void A_frame_beyond_the_mtu_is_dropped_and_one_of_just_the_mtu_passes()
    {
        (Link link, Listener b) = Wire(new LinkSettings { Mtu = 1400 });
        link.A.Mtu.ShouldBe(1400);
        link.A.Transmit(Bench.Frame(1, 1415)).ShouldBeFalse();
        link.A.Transmit(Bench.Frame(2, 1414)).ShouldBeTrue();
        RunDry();
        b.Numbers.ShouldBe([2]);
        _bench.Transits.First().Reason.ShouldBe(DropReason.TooBig);
    }

    [Fact]
    public void A_change_of_bandwidth_counts_from_the_next_frame()
    {
        (Link link, Listener b) = Wire(new LinkSettings { Bandwidth = 1_000_000 });
        link.A.Transmit(Bench.Frame(1, 226)); // 250 bytes on the line: 2 ms
        link.A.Transmit(Bench.Frame(2, 226));
        link.A.Settings = link.A.Settings with { Bandwidth = 2_000_000 };
        RunDry();
        b.Times.ShouldBe([TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(3)]);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_probability_outside_nought_to_one_is_refused_by_name(double loss) =>
        Should.Throw<ArgumentOutOfRangeException>(() => _bench.Wire(new LinkSettings { Loss = loss })).ParamName.ShouldBe("Loss");

    [Fact]
    public void Frames_of_a_simulation_that_ends_go_back_to_the_pool()
    {
        (Link link, Listener _) = Wire(new LinkSettings { Bandwidth = 1000, Delay = TimeSpan.FromSeconds(1) });
        Packet[] frames = [.. Enumerable.Range(0, 5).Select(i => Bench.Frame(i))];
        foreach (Packet frame in frames)
            link.A.Transmit(frame);
        link.A.QueuedFrames.ShouldBe(4);
        _bench.Simulator.Dispose();
        link.A.QueuedFrames.ShouldBe(0);
        _bench.Simulator.Now.ShouldBe(Bench.Start);
    }

    [Fact]
    public void A_frame_costs_no_allocation_on_the_line_when_nobody_listens()
    {
        var simulator = new Simulator(1, Bench.Start, EventLog.Silent);
        var link = new Link("wire", simulator, "a", Bench.Mac(1), "b", Bench.Mac(2), new LinkSettings { Bandwidth = 1_000_000_000, Delay = TimeSpan.FromMilliseconds(1) });
        int arrived = 0;
        link.B.Readable = () =>
        {
            while (link.B.TryReceive(out Packet? frame))
            {
                arrived++;
                frame.Dispose();
            }
        };
        void Send(int count)
        {
            for (int i = 0; i < count; i++)
                link.A.Transmit(Bench.Frame(i));
            simulator.RunUntilIdle(Instant.Never);
        }

        // The pool is the process's: a test beside this one may take blocks from it now and then, but not in every round.
        long least = long.MaxValue;
        for (int round = 0; round < 20; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Send(500);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        least.ShouldBe(0);
        arrived.ShouldBe(10_000);
    }
}
