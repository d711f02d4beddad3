using Wirepath.Tcp;

namespace Wirepath.Simulation.Tests;

/// <summary>The congestion controls through whole hosts: what flows that share a line get, and what one gets on a bad path.</summary>
public class DumbbellTests
{
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);

    public static TheoryData<string, int> Crowds
    {
        get
        {
            var crowds = new TheoryData<string, int>();
            foreach (string name in CongestionControls.Names)
            {
                crowds.Add(name, 2);
                crowds.Add(name, 8);
                crowds.Add(name, 32);
            }

            return crowds;
        }
    }

    [Theory]
    [MemberData(nameof(Crowds))]
    public void Within_30_seconds_flows_share_a_line_fairly_and_fill_it(string name, int flows)
    {
        DumbbellRecord run = Dumbbell.Run(new DumbbellSettings { CongestionControl = name, Flows = flows, Bandwidth = 50_000_000 });
        run.Jain(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(30)).ShouldBeGreaterThanOrEqualTo(0.95);
        (run.Goodput(Settled) / run.MostGoodput).ShouldBeGreaterThan(0.9);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_seed_others()
    {
        var settings = new DumbbellSettings { CongestionControl = "bbr", Flows = 3, Duration = TimeSpan.FromSeconds(5), Bandwidth = 20_000_000 };
        long[] once = Dumbbell.Run(settings).Samples[^1].Received;
        Dumbbell.Run(settings).Samples[^1].Received.ShouldBe(once);
        Dumbbell.Run(settings with { Seed = 2 }).Samples[^1].Received.ShouldNotBe(once);
    }

    [Fact]
    public void BBR_keeps_a_deep_queue_short_that_CUBIC_fills()
    {
        DumbbellRecord Run(string name) => Dumbbell.Run(new DumbbellSettings { CongestionControl = name, Flows = 2, QueueDepth = 4, Bandwidth = 50_000_000 });
        Run("cubic").QueueDelay(0.5, Settled).TotalMilliseconds.ShouldBeGreaterThan(40);
        Run("bbr").QueueDelay(0.5, Settled).TotalMilliseconds.ShouldBeLessThan(20);
    }

    [Fact]
    public void One_percent_of_random_loss_leaves_BBR_most_of_the_line_and_the_others_little()
    {
        double Share(string name)
        {
            DumbbellRecord run = Dumbbell.Run(LongPath(name) with { Loss = 0.01 });
            return run.Goodput(Settled) / run.MostGoodput;
        }

        Share("bbr").ShouldBeGreaterThan(0.75);
        Share("cubic").ShouldBeInRange(0.03, 0.3); // RFC 9438, figure 5's kind of path
    }

    [Theory]
    [InlineData("reno")]
    [InlineData("cubic")]
    [InlineData("bbr")]
    public void Reordering_passes_for_what_it_is(string name)
    {
        DumbbellRecord run = Dumbbell.Run(LongPath(name) with { Reorder = 0.03 });
        (run.Goodput(Settled) / run.MostGoodput).ShouldBeGreaterThan(0.8);
    }

    private static DumbbellSettings LongPath(string name) => new()
    {
        CongestionControl = name, Rtt = TimeSpan.FromMilliseconds(100), Bandwidth = 50_000_000, StartSpread = TimeSpan.Zero, RttSpread = TimeSpan.Zero,
    };
}
