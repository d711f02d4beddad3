using Wirepath.Wire;

namespace Wirepath.Simulation.Tests;

/// <summary>RFC 8289: a queue may absorb a burst, but must not stand.</summary>
public class CoDelTests
{
    private static readonly LinkSettings s_line = new() { Bandwidth = 10_000_000, QueuePackets = 10_000, Discipline = QueueDiscipline.CoDel };

    // The line carries 812 full frames per second.
    private static (Link Link, List<(double At, double Waited)> Sojourns) Offer(LinkSettings settings, double framesPerSecond, double seconds)
    {
        var bench = new Bench();
        Link link = bench.Wire(settings);
        var b = new Listener(bench, link.B);
        int count = (int)(framesPerSecond * seconds);
        var sentAt = new double[count];
        for (int i = 0; i < count; i++)
        {
            int number = i;
            sentAt[i] = i / framesPerSecond;
            bench.Simulator.Schedule(Bench.Start + TimeSpan.FromSeconds(sentAt[i]), () => link.A.Transmit(Bench.Frame(number)));
        }

        bench.Simulator.RunUntilIdle(Instant.Never);
        return (link, [.. b.Numbers.Select((n, i) => (sentAt[n], b.Times[i].TotalSeconds - sentAt[n]))]);
    }

    [Fact]
    public void Below_capacity_nothing_is_dropped()
    {
        (Link link, _) = Offer(s_line, framesPerSecond: 700, seconds: 5);
        link.A.Statistics.CoDelDropped.ShouldBe(0);
        link.A.Statistics.Delivered.ShouldBe(3500);
    }

    [Fact]
    public void A_burst_that_drains_within_an_interval_passes_whole()
    {
        // 60 frames at once: 74 ms of queue, gone before the interval of 100 ms is over.
        var bench = new Bench();
        Link link = bench.Wire(s_line);
        for (int i = 0; i < 60; i++)
            link.A.Transmit(Bench.Frame(i));
        bench.Simulator.RunUntilIdle(Instant.Never);
        link.A.Statistics.Delivered.ShouldBe(60);
    }

    [Fact]
    public void The_first_drop_comes_one_interval_after_the_delay_rose_above_the_target_and_the_rest_faster_and_faster()
    {
        var bench = new Bench();
        Link link = bench.Wire(s_line);
        for (int i = 0; i < 1000; i++)
            link.A.Transmit(Bench.Frame(i));
        bench.Simulator.RunUntilIdle(Instant.Never);
        double[] drops = [.. bench.Recorder.Events.Where(e => e.What is Events.LinkTransit { Reason: Events.DropReason.CoDel }).Select(e => (e.At - Bench.Start).TotalMilliseconds)];
        drops.Length.ShouldBeGreaterThan(20);
        drops[0].ShouldBe(105, 3); // 5 ms until the target is passed, 100 ms that it stands
        // §5.3: intervals shrink with the square root of the drops, to within a frame's 1.2 ms on the line.
        for (int n = 1; n < 15; n++)
            (drops[n] - drops[n - 1]).ShouldBe(100 / Math.Sqrt(n), 2.6);
    }

    [Fact]
    public void A_modest_overload_is_brought_down_towards_the_target_where_drop_tail_lets_the_queue_stand()
    {
        (Link coDel, var controlled) = Offer(s_line, framesPerSecond: 830, seconds: 30);
        (Link dropTail, var standing) = Offer(s_line with { Discipline = QueueDiscipline.DropTail, QueuePackets = 200 }, framesPerSecond: 830, seconds: 30);
        double Mean(List<(double At, double Waited)> all) => all.Where(s => s.At > 15).Average(s => s.Waited) * 1000;
        Mean(standing).ShouldBeGreaterThan(200);
        Mean(controlled).ShouldBeLessThan(60);
        coDel.A.Statistics.CoDelDropped.ShouldBeGreaterThan(100);
        coDel.A.Statistics.QueueDropped.ShouldBe(0);
        dropTail.A.Statistics.QueueDropped.ShouldBeGreaterThan(100);
    }
}
