using Wirepath.Tests;

namespace Wirepath.Tcp.Tests;

public class CubicTests
{
    private static readonly CubicSettings Plain = new() { HyStart = HyStartMode.Off };
    private static readonly CubicSettings Linux = new() { HyStart = HyStartMode.Classic };

    private static Cubic New(CubicSettings? settings = null) => new(settings ?? Plain, isPaced: false);

    // RFC 9438, equation 2: K = ∛((W_max − cwnd_epoch) / C), C = 0.4.
    [Theory]
    [InlineData(100, 4.217)]   // cwnd_epoch 70
    [InlineData(1000, 9.086)]  // 700
    [InlineData(10000, 19.574)] // 7001
    public void K_is_the_cube_root_of_the_reduction_over_C(int wMax, double seconds)
    {
        Cubic cubic = New();
        var clock = new AckClock(cubic, cwnd: wMax, ssthresh: wMax);
        clock.Lose();
        clock.Ack(1);
        (cubic.K / 1024.0).ShouldBe(seconds, seconds * 0.002);
        cubic.WMax.ShouldBe(wMax);
    }

    // Equation 1: W_cubic(t) = C (t − K)³ + W_max.
    [Fact]
    public void The_window_is_concave_up_to_W_max_at_K_and_convex_beyond()
    {
        Cubic cubic = New();
        var clock = new AckClock(cubic, cwnd: 1000, ssthresh: 1000);
        clock.Lose();
        clock.Ack(1);
        double k = cubic.K / 1024.0;
        foreach (double t in (double[])[0, 1, 4, 8, k, 10, 12, 20, 40])
        {
            double expected = (0.4 * Math.Pow(t - k, 3)) + 1000;
            ((double)cubic.CubicWindow((long)(t * 1024))).ShouldBe(expected, Math.Max(1, Math.Abs(expected - 1000) * 0.003), $"t = {t}");
        }

        cubic.CubicWindow(0).ShouldBeInRange(699, 701);
        cubic.CubicWindow(cubic.K).ShouldBe(1000);
    }

    [Fact]
    [Covers("RFC 9438", "window")]
    public void At_a_long_round_trip_cwnd_follows_the_curve()
    {
        Cubic cubic = New(Plain with { RenoFriendly = false });
        var clock = new AckClock(cubic, cwnd: 1000, ssthresh: 1000);
        clock.Lose();
        for (int round = 1; round <= 160; round++)
        {
            clock.Round(100);
            double expected = (0.4 * Math.Pow((round * 0.1) - 9.086, 3)) + 1000;
            if (round % 10 == 0)
                ((double)cubic.Cwnd).ShouldBe(expected, 12, $"after {round} rounds");
        }
    }

    // §4.6 and §4.7.
    [Fact]
    [Covers("RFC 9438", "fast-convergence")]
    public void A_loss_reduces_to_717_in_1024_and_a_second_at_a_smaller_window_gives_up_more_of_W_max()
    {
        Cubic cubic = New();
        var clock = new AckClock(cubic, cwnd: 1000, ssthresh: 1000);
        clock.Lose();
        cubic.Cwnd.ShouldBe(700);
        cubic.WMax.ShouldBe(1000);
        clock.Lose();
        cubic.Cwnd.ShouldBe(490);
        cubic.WMax.ShouldBe(595); // 700 × (1 + 0.7) / 2

        Cubic stubborn = New(Plain with { FastConvergence = false });
        clock = new AckClock(stubborn, cwnd: 1000, ssthresh: 1000);
        clock.Lose();
        clock.Lose();
        stubborn.WMax.ShouldBe(700);
    }

    [Fact]
    [Covers("RFC 8511", "abe")]
    public void A_mark_reduces_as_a_loss_does_unless_the_alternative_backoff_is_on()
    {
        Cubic cubic = New();
        new AckClock(cubic, cwnd: 1000).Lose(byEcn: true);
        cubic.Cwnd.ShouldBe(700);

        Cubic alternative = New(Plain with { AlternativeBackoff = true });
        new AckClock(alternative, cwnd: 1000).Lose(byEcn: true);
        alternative.Cwnd.ShouldBe(849); // RFC 8511: 0.85
        new AckClock(alternative, cwnd: 1000).Lose(byEcn: false);
        alternative.Cwnd.ShouldBe(700);
    }

    // §4.3: with a short round trip, what Reno would get: α = 3 (1 − β) / (1 + β) = 0.53 segments a round.
    [Fact]
    [Covers("RFC 9438", "reno-friendly")]
    public void At_a_short_round_trip_cwnd_grows_as_a_Reno_that_reduces_by_the_same()
    {
        Cubic cubic = New();
        var clock = new AckClock(cubic, cwnd: 100, ssthresh: 100);
        clock.Lose();
        for (int round = 0; round < 40; round++)
            clock.Round(1);
        ((double)cubic.Cwnd).ShouldBe(70 + (40 * 0.53), 2);
        cubic.WEst.ShouldBeInRange(cubic.Cwnd - 3, cubic.Cwnd + 3);

        Cubic unfriendly = New(Plain with { RenoFriendly = false });
        clock = new AckClock(unfriendly, cwnd: 100, ssthresh: 100);
        clock.Lose();
        for (int round = 0; round < 40; round++)
            clock.Round(1);
        unfriendly.Cwnd.ShouldBeLessThan(75);
    }

    [Fact]
    public void Never_more_than_one_segment_for_two_acknowledged()
    {
        Cubic cubic = New();
        var clock = new AckClock(cubic, cwnd: 100, ssthresh: 100);
        clock.Lose();
        clock.Ack(1);
        clock.Wait(60_000);
        int before = cubic.Cwnd;
        clock.Ack(50);
        cubic.Cwnd.ShouldBeInRange(before + 25, before + 26);
    }

    // §4.8: and before the first loss at most 5 % a window.
    [Fact]
    public void After_a_time_out_there_is_no_W_max_and_the_curve_starts_where_slow_start_ends()
    {
        Cubic cubic = New();
        var clock = new AckClock(cubic, cwnd: 100, ssthresh: 100);
        clock.TimeOut();
        cubic.Ssthresh.ShouldBe(70);
        cubic.Cwnd.ShouldBe(1);
        clock.Enter(RecoveryPhase.Open);
        while (cubic.IsInSlowStart)
            clock.Round();
        cubic.WMax.ShouldBe(0);
        clock.Round();
        cubic.K.ShouldBe(0);
        cubic.CubicWindow(0).ShouldBe(70);
    }

    // §4.9.
    [Fact]
    public void A_spurious_reduction_gives_back_window_W_max_K_and_epoch()
    {
        Cubic cubic = New();
        var clock = new AckClock(cubic, cwnd: 1000, ssthresh: 1000);
        clock.Lose();
        for (int i = 0; i < 20; i++)
            clock.Round();
        (int cwnd, int wMax, long k) = (cubic.Cwnd, cubic.WMax, cubic.K);

        clock.Lose();
        cubic.WMax.ShouldNotBe(wMax);
        cubic.Cwnd = cubic.CwndAfterUndo(cwnd);
        (cubic.Cwnd, cubic.WMax, cubic.K).ShouldBe((cwnd, wMax, k));

        clock.TimeOut();
        cubic.Cwnd = cubic.CwndAfterUndo(cwnd);
        (cubic.Cwnd, cubic.WMax, cubic.K).ShouldBe((cwnd, wMax, k));
    }

    [Fact]
    public void Time_without_anything_to_send_does_not_count()
    {
        Cubic busy = New(), idle = New();
        var busyClock = new AckClock(busy, cwnd: 1000, ssthresh: 1000);
        var idleClock = new AckClock(idle, cwnd: 1000, ssthresh: 1000);
        busyClock.Lose();
        idleClock.Lose();
        for (int i = 0; i < 100; i++)
        {
            busyClock.Round();
            idleClock.Round();
            if (i == 50)
                idleClock.Idle(30_000);
        }

        idle.Cwnd.ShouldBe(busy.Cwnd);
    }

    [Fact]
    public void Time_in_which_the_application_holds_the_window_back_does_not_count()
    {
        Cubic cubic = New();
        var clock = new AckClock(cubic, cwnd: 1000, ssthresh: 1000);
        clock.Lose();
        for (int i = 0; i < 100; i++)
            clock.Round();
        int before = cubic.Cwnd;
        clock.IsCwndLimited = false;
        for (int i = 0; i < 300; i++)
            clock.Round();
        cubic.Cwnd.ShouldBe(before);
        clock.IsCwndLimited = true;
        clock.Round();
        cubic.Cwnd.ShouldBeInRange(before, before + 3); // the plateau's pace, not that of 30 s beyond it
    }

    // Two segments acknowledged each 100 ms, so that the round trip grows with the window: the figures are those of a Linux sender.
    [Fact]
    public void A_slow_bulk_flow_has_the_windows_of_Linux()
    {
        Cubic cubic = New(Linux);
        var clock = new AckClock(cubic, cwnd: 10);
        var windows = new List<int>();
        var sentAt = new Queue<double>();
        int sent = 0;
        for (int ack = 0; ack < 100; ack++)
        {
            while (sent < (2 * ack) + cubic.Cwnd)
            {
                sentAt.Enqueue(ack * 100);
                sent++;
            }

            clock.Wait(100);
            sentAt.Dequeue();
            clock.Ack(2, ((ack + 1) * 100) - sentAt.Dequeue());
            windows.Add(cubic.Cwnd);
        }

        int[] after = [5, 10, 15, 19, 30, 40, 50, 60, 61, 62, 70, 80, 90, 100];
        after.Select(count => windows[count - 1]).ShouldBe([20, 30, 40, 48, 49, 50, 52, 58, 59, 60, 68, 78, 88, 98]);
    }

    // Seven segments after a time-out, each acknowledged on its own: the eighth segment comes with the sixteenth ACK.
    [Fact]
    public void After_a_time_out_the_first_segments_of_congestion_avoidance_come_when_Linux_adds_them()
    {
        Cubic cubic = New(Linux);
        var clock = new AckClock(cubic, cwnd: 10);
        clock.Wait(100);
        clock.IsCwndLimited = false;
        clock.Ack(1);
        clock.TimeOut();
        clock.Enter(RecoveryPhase.Open);
        clock.IsCwndLimited = true;
        cubic.Ssthresh.ShouldBe(7);
        double[] gaps = [100, 100, 2, 98, 2, 2];
        foreach (double gap in gaps)
        {
            clock.Wait(gap);
            clock.Ack(1);
        }

        cubic.Cwnd.ShouldBe(7);
        double[] avoidance = [2, 98, 2, 2, 2, 2, 2, 2, 98, 2, 2, 2, 2, 2, 2];
        foreach (double gap in avoidance)
        {
            clock.Wait(gap);
            clock.Ack(1);
            cubic.Cwnd.ShouldBe(7);
        }

        clock.Wait(98);
        clock.Ack(1);
        cubic.Cwnd.ShouldBe(8);
    }
}
