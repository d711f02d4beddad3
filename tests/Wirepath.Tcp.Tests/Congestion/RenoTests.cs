namespace Wirepath.Tcp.Tests;

public class RenoTests
{
    [Fact]
    public void Slow_start_doubles_cwnd_in_a_round_trip_and_congestion_avoidance_adds_one_segment()
    {
        var reno = new Reno();
        var clock = new AckClock(reno, cwnd: 10, ssthresh: 40);
        clock.Round();
        reno.Cwnd.ShouldBe(20);
        clock.Round();
        reno.Cwnd.ShouldBe(40);
        clock.Round();
        reno.Cwnd.ShouldBe(41);
        clock.Round();
        reno.Cwnd.ShouldBe(42);
    }

    [Fact]
    public void An_ACK_that_crosses_ssthresh_is_split_between_the_two()
    {
        var reno = new Reno();
        var clock = new AckClock(reno, cwnd: 10, ssthresh: 12);
        clock.Ack(10);
        reno.Cwnd.ShouldBe(12); // 2 for slow start, 8 of 12 towards the next
        clock.Ack(4);
        reno.Cwnd.ShouldBe(13);
    }

    [Fact]
    public void A_window_that_the_application_does_not_fill_does_not_grow_but_slow_start_may_reach_twice_what_was_in_flight()
    {
        var reno = new Reno();
        var clock = new AckClock(reno, cwnd: 10) { IsCwndLimited = false, FlightPeak = 9 };
        for (int i = 0; i < 9; i++)
            clock.Ack(1);
        reno.Cwnd.ShouldBe(18);
        clock.Ack(2);
        reno.Cwnd.ShouldBe(18);

        var avoiding = new Reno();
        var quiet = new AckClock(avoiding, cwnd: 10, ssthresh: 10) { IsCwndLimited = false, FlightPeak = 9 };
        quiet.Ack(100);
        avoiding.Cwnd.ShouldBe(10);
    }

    [Theory]
    [InlineData(20, 10)]
    [InlineData(5, 2)]
    [InlineData(2, 2)]
    [InlineData(1, 2)]
    public void Ssthresh_is_half_of_cwnd_and_at_least_two_segments(int cwnd, int ssthresh)
    {
        var reno = new Reno();
        var clock = new AckClock(reno, cwnd);
        reno.ReduceSsthresh(false, clock.Context()).ShouldBe(ssthresh);
    }

    [Fact]
    public void Acknowledgments_from_before_a_reduction_do_not_count_after_it()
    {
        var reno = new Reno();
        var clock = new AckClock(reno, cwnd: 20, ssthresh: 20);
        clock.Ack(19);
        clock.Lose();
        reno.Cwnd.ShouldBe(10);
        clock.Ack(9);
        reno.Cwnd.ShouldBe(10);
        clock.Ack(1);
        reno.Cwnd.ShouldBe(11);
    }
}
