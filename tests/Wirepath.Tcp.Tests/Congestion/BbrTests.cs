using Wirepath.Wire;

namespace Wirepath.Tcp.Tests;

public class BbrTests
{
    private static readonly TimeSpan Rtt = TimeSpan.FromMilliseconds(40);

    private static (Bbr Control, Bottleneck Path) On(double segmentsPerSecond, int queue, double loss = 0, ulong seed = 1, TimeSpan? rtt = null) =>
        On(new SlowLine(segmentsPerSecond, queue), loss, seed, rtt);

    private static (Bbr Control, Bottleneck Path) On(SlowLine line, double loss = 0, ulong seed = 1, TimeSpan? rtt = null)
    {
        var bbr = new Bbr(new RandomSource(seed));
        var path = new Bottleneck(bbr, line, rtt ?? Rtt, loss, seed);
        path.Establish();
        return (bbr, path);
    }

    [Fact]
    public void It_walks_from_Startup_through_Drain_into_the_cycle_of_ProbeBW()
    {
        (Bbr bbr, Bottleneck path) = On(2500, queue: 1000);
        var walk = new List<BbrState> { bbr.State };
        path.RunTo(4.5, () =>
        {
            if (walk[^1] != bbr.State)
                walk.Add(bbr.State);
        });
        // The queue is gone when Drain ends: the first Down lasts for one ACK and does not show.
        walk.Take(7).ShouldBe([BbrState.Startup, BbrState.Drain, BbrState.Cruise, BbrState.Refill, BbrState.Up, BbrState.Down, BbrState.Cruise]);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(2500)]
    [InlineData(8000)]
    public void It_finds_the_bandwidth_and_the_round_trip_and_uses_at_least_95_percent(double rate)
    {
        (Bbr bbr, Bottleneck path) = On(rate, queue: (int)Math.Max(rate * 0.08, 20));
        path.RunTo(3);
        long before = path.Delivered;
        path.RunTo(33);
        bbr.MaxBandwidth.ShouldBe(rate, rate * 0.05);
        bbr.MinRtt.TotalMilliseconds.ShouldBe(40, 2 + (1000 / rate));
        double utilisation = (path.Delivered - before) / (30 * rate);
        utilisation.ShouldBeGreaterThanOrEqualTo(0.95);
    }

    [Fact]
    public void The_queue_stays_short_where_there_is_room_for_a_long_one()
    {
        (Bbr _, Bottleneck path) = On(2500, queue: 100_000);
        path.RunTo(3);
        double worst = 0, sum = 0;
        int count = 0;
        path.RunTo(33, () =>
        {
            double delay = path.QueueDelay.TotalMilliseconds;
            worst = Math.Max(worst, delay);
            sum += delay;
            count++;
        });
        worst.ShouldBeLessThan(60); // cwnd's bound: 2.25 × the pipe, that is 1.25 × 40 ms and some quanta
        (sum / count).ShouldBeLessThan(10);
    }

    [Fact]
    public void Every_five_seconds_or_so_almost_nothing_is_in_flight_for_200_ms()
    {
        (Bbr bbr, Bottleneck path) = On(2500, queue: 1000);
        var began = new List<double>();
        var flights = new List<int>();
        BbrState last = bbr.State;
        path.RunTo(30, () =>
        {
            if (bbr.State == BbrState.ProbeRtt && last != BbrState.ProbeRtt)
                began.Add(path.Elapsed.TotalSeconds);
            if (bbr.State != BbrState.ProbeRtt && last == BbrState.ProbeRtt)
                flights.Add(path.InFlight);
            last = bbr.State;
        });
        began.Count.ShouldBeInRange(4, 6);
        began.Zip(began.Skip(1), (a, b) => b - a).ShouldAllBe(gap => gap > 5 && gap < 6.5);
        flights.ShouldAllBe(flight => flight >= 44 && flight <= 56); // half of the 100 that the pipe holds
    }

    [Theory]
    [InlineData(0.001, 40, 0.95)]
    [InlineData(0.01, 40, 0.80)] // a window of 100: three of a hundred are often lost, and pass for a full pipe
    [InlineData(0.01, 200, 0.85)]
    public void Random_loss_below_2_percent_does_not_slow_it_down_much(double loss, int rttMilliseconds, double share)
    {
        (Bbr _, Bottleneck path) = On(2500, queue: 300, loss, rtt: TimeSpan.FromMilliseconds(rttMilliseconds));
        path.RunTo(5);
        long before = path.Delivered;
        path.RunTo(35);
        ((path.Delivered - before) / (30 * 2500.0)).ShouldBeGreaterThan(share);

        var reno = new Reno();
        var same = new Bottleneck(reno, new SlowLine(2500, 300), TimeSpan.FromMilliseconds(rttMilliseconds), loss);
        same.Establish();
        same.RunTo(35);
        path.Delivered.ShouldBeGreaterThan(same.Delivered);
    }

    [Fact]
    public void In_a_shallow_queue_it_loses_little()
    {
        (Bbr bbr, Bottleneck path) = On(2500, queue: 20); // a fifth of the pipe
        path.RunTo(30);
        ((double)path.Lost / path.Delivered).ShouldBeLessThan(0.03);
        (path.Delivered / (30 * 2500.0)).ShouldBeGreaterThan(0.85);
        double.IsFinite(bbr.InflightHi).ShouldBeTrue();
    }

    [Fact]
    public void Marks_end_Startup_and_bound_the_flight_as_losses_would()
    {
        var line = new SlowLine(2500, 1000) { MarkAbove = 30 };
        (Bbr bbr, Bottleneck path) = On(line);
        double worst = 0;
        path.RunTo(3);
        path.RunTo(20, () => worst = Math.Max(worst, path.QueueDelay.TotalMilliseconds));
        path.Lost.ShouldBe(0);
        double.IsFinite(bbr.InflightHi).ShouldBeTrue();
        worst.ShouldBeLessThan(25); // 30 segments are 12 ms; without marks it is about 50
        (path.Delivered / (20 * 2500.0)).ShouldBeGreaterThan(0.85);
    }

    [Fact]
    public void When_the_bandwidth_changes_it_follows()
    {
        var line = new SlowLine(2500, 500);
        (Bbr bbr, Bottleneck path) = On(line);
        path.RunTo(10);
        line.Rate = 5000;
        path.RunTo(22);
        bbr.MaxBandwidth.ShouldBe(5000, 400);
        line.Rate = 1000;
        path.RunTo(40);
        bbr.MaxBandwidth.ShouldBe(1000, 100);
    }

    [Fact]
    public void The_same_seed_walks_the_same_way_and_another_probes_at_other_times()
    {
        List<double> Probes(ulong seed)
        {
            (Bbr control, Bottleneck path) = On(2500, queue: 1000, seed: seed, rtt: TimeSpan.FromMilliseconds(100));
            var at = new List<double>();
            BbrState last = control.State;
            path.RunTo(20, () =>
            {
                if (control.State == BbrState.Up && last != BbrState.Up)
                    at.Add(path.Elapsed.TotalSeconds);
                last = control.State;
            });
            return at;
        }

        List<double> one = Probes(1);
        one.ShouldBe(Probes(1));
        one.ShouldNotBe(Probes(2));
        one.Count.ShouldBeInRange(4, 10); // each 2 to 3 s
    }

    [Fact]
    public void A_time_out_gives_back_the_window_when_it_is_over()
    {
        (Bbr bbr, Bottleneck path) = On(2500, queue: 1000);
        path.RunTo(4);
        int before = bbr.Cwnd;
        var clock = new AckClock(bbr, before);
        clock.TimeOut();
        bbr.Cwnd.ShouldBe(1);
        clock.Enter(RecoveryPhase.Open);
        bbr.Cwnd.ShouldBeGreaterThanOrEqualTo(before);
        bbr.Ssthresh.ShouldBe(int.MaxValue);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public void Flows_that_share_a_line_get_about_the_same(int count)
    {
        var line = new SlowLine(2500 * count, 100 * count);
        Bottleneck[] flows = [.. Enumerable.Range(1, count).Select(i => On(line, seed: (ulong)i, rtt: TimeSpan.FromMilliseconds(40 + i)).Path)];
        Bottleneck.RunTo(10, flows);
        long[] before = [.. flows.Select(flow => flow.Delivered)];
        Bottleneck.RunTo(30, flows);
        double[] shares = [.. flows.Zip(before, (flow, then) => (double)(flow.Delivered - then))];
        double jain = shares.Sum() * shares.Sum() / (count * shares.Sum(share => share * share));
        jain.ShouldBeGreaterThan(0.9);
        (shares.Sum() / (20 * line.Rate)).ShouldBeGreaterThan(0.9);
    }
}
