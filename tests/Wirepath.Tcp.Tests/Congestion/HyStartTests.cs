using Wirepath.Tests;
using Wirepath.Wire;

namespace Wirepath.Tcp.Tests;

public class HyStartTests
{
    private static readonly CubicSettings Classic = new() { HyStart = HyStartMode.Classic };
    private static readonly CubicSettings PlusPlus = new() { HyStart = HyStartMode.PlusPlus };

    // ---- Linux's -------------------------------------------------------------------------------------------------

    [Fact]
    public void The_ninth_round_trip_of_a_window_that_is_an_eighth_longer_ends_slow_start()
    {
        var cubic = new Cubic(Classic, isPaced: false);
        var clock = new AckClock(cubic);
        clock.Wait(100);
        clock.Ack(10, 100);
        for (int i = 1; i <= 8; i++)
        {
            clock.Wait(3);
            clock.Ack(2, 113);
            cubic.Ssthresh.ShouldBe(int.MaxValue, $"sample {i}");
        }

        clock.Wait(3);
        clock.Ack(2, 113);
        cubic.Ssthresh.ShouldBe(36);
        cubic.Cwnd.ShouldBe(36);
    }

    [Theory]
    [InlineData(100, 112, false)] // 12.5 ms is an eighth
    [InlineData(100, 113, true)]
    [InlineData(10, 14, false)]   // at least 4 ms
    [InlineData(10, 14.5, true)]
    [InlineData(400, 416, false)] // at most 16 ms
    [InlineData(400, 417, true)]
    public void The_increase_that_counts_is_an_eighth_between_4_and_16_ms(double smallest, double later, bool ends)
    {
        var cubic = new Cubic(Classic with { HyStartDetect = HyStartDetect.Delay }, isPaced: false);
        var clock = new AckClock(cubic, cwnd: 20);
        clock.Wait(smallest);
        clock.Ack(20, smallest);
        for (int i = 0; i < 9; i++)
            clock.Ack(1, later);
        cubic.IsInSlowStart.ShouldBe(!ends);
    }

    [Theory]
    [InlineData(false, 52)] // past half of the 100 ms round trip, and the half of at most 1 ms of merged ACKs
    [InlineData(true, 102)] // paced: the whole of it
    public void A_train_of_ACKs_as_long_as_the_way_to_the_peer_ends_slow_start(bool isPaced, int milliseconds)
    {
        var cubic = new Cubic(Classic with { HyStartDetect = HyStartDetect.AckTrain }, isPaced);
        var clock = new AckClock(cubic, cwnd: 200);
        clock.Wait(100);
        clock.Ack(1, 100); // starts the round
        int length = 0;
        while (cubic.IsInSlowStart && length < 150)
        {
            clock.Wait(1);
            clock.Ack(1, 100);
            length++;
        }

        length.ShouldBeInRange(milliseconds - 2, milliseconds);
    }

    [Fact]
    public void A_gap_of_more_than_the_ack_delta_breaks_the_train()
    {
        var cubic = new Cubic(Classic with { HyStartDetect = HyStartDetect.AckTrain }, isPaced: false);
        var clock = new AckClock(cubic, cwnd: 200);
        for (int i = 0; i < 100; i++)
        {
            clock.Wait(i == 10 ? 3 : 1);
            clock.Ack(1, 100);
        }

        cubic.IsInSlowStart.ShouldBeTrue();
    }

    [Fact]
    public void Below_the_low_window_nothing_is_looked_for()
    {
        var cubic = new Cubic(Classic with { HyStartLowWindow = 30 }, isPaced: false);
        var clock = new AckClock(cubic);
        clock.Ack(10, 100);
        for (int i = 0; i < 9; i++)
            clock.Ack(1, 200);
        cubic.IsInSlowStart.ShouldBeTrue();
    }

    // ---- RFC 9406 ------------------------------------------------------------------------------------------------

    [Fact]
    public void Slow_start_doubles_while_the_delay_stays()
    {
        var cubic = new Cubic(PlusPlus, isPaced: false);
        var clock = new AckClock(cubic);
        for (int i = 0; i < 5; i++)
            clock.Round(100);
        cubic.Cwnd.ShouldBe(320);
    }

    // §4.2: RttThresh = max(4 ms, min(lastRoundMinRTT / 8, 16 ms)), after 8 samples.
    [Theory]
    [InlineData(100, 112, false)]
    [InlineData(100, 112.5, true)]
    [InlineData(8, 11.9, false)]
    [InlineData(8, 12, true)]
    [InlineData(400, 415.9, false)]
    [InlineData(400, 416, true)]
    [Covers("RFC 9406", "delay-rise")]
    public void The_eighth_round_trip_above_the_last_rounds_smallest_slows_growth_to_a_quarter(double last, double current, bool slows)
    {
        var cubic = new Cubic(PlusPlus, isPaced: false);
        var clock = new AckClock(cubic, cwnd: 64);
        clock.Round(last);
        int before = cubic.Cwnd;
        for (int i = 0; i < 7; i++)
            clock.Ack(1, current);
        cubic.Cwnd.ShouldBe(before + 7);
        clock.Ack(1, current);
        before = cubic.Cwnd;
        clock.Ack(40, current);
        cubic.Cwnd.ShouldBe(before + (slows ? 10 : 40));
        cubic.IsInSlowStart.ShouldBeTrue();
    }

    [Fact]
    public void Five_rounds_of_conservative_slow_start_lead_to_congestion_avoidance()
    {
        var cubic = new Cubic(PlusPlus, isPaced: false);
        var clock = new AckClock(cubic, cwnd: 64);
        clock.Round(100);
        int rounds = 0;
        while (cubic.IsInSlowStart && rounds < 20)
        {
            clock.Round(130);
            rounds++;
        }

        rounds.ShouldBeInRange(5, 6);
        cubic.Cwnd.ShouldBeInRange(250, 450); // 128 × 1.25⁵ = 390, instead of 4096
        cubic.Ssthresh.ShouldBeLessThanOrEqualTo(cubic.Cwnd);
    }

    [Fact]
    [Covers("RFC 9406", "resume")]
    public void When_the_delay_falls_below_the_baseline_slow_start_resumes()
    {
        var cubic = new Cubic(PlusPlus, isPaced: false);
        var clock = new AckClock(cubic, cwnd: 64);
        clock.Round(100);
        clock.Round(130);
        clock.Round(101);
        int before = cubic.Cwnd;
        clock.Round(101);
        cubic.Cwnd.ShouldBeInRange((2 * before) - 8, 2 * before);
        cubic.IsInSlowStart.ShouldBeTrue();
    }

    [Fact]
    public void After_the_first_loss_slow_start_is_the_plain_one()
    {
        var cubic = new Cubic(PlusPlus, isPaced: false);
        var clock = new AckClock(cubic, cwnd: 200);
        clock.TimeOut();
        clock.Enter(RecoveryPhase.Open);
        for (double rtt = 50; rtt < 100; rtt += 10)
            clock.Round(rtt); // rising all the time
        cubic.Cwnd.ShouldBe(32);
    }

    [Fact]
    public void A_limit_of_8_segments_holds_stretched_ACKs_back()
    {
        var cubic = new Cubic(PlusPlus with { SlowStartAckLimit = 8 }, isPaced: false);
        var clock = new AckClock(cubic, cwnd: 40);
        clock.Ack(40);
        cubic.Cwnd.ShouldBe(48);
    }

    [Fact]
    public void Eight_round_trips_of_a_window_are_wanted_before_one_is_called_longer()
    {
        CongestionContext window = new AckClock(new Cubic(PlusPlus, isPaced: false)).Context() with { SndUna = new SequenceNumber(1), SndNxt = new SequenceNumber(10_001) };
        var hystart = new HyStartPlusPlus(int.MaxValue);
        hystart.StartRound(window);
        for (int i = 0; i < 8; i++)
            hystart.IsPipeFull(TimeSpan.FromMilliseconds(100), window);
        CongestionContext next = window with { SndUna = new SequenceNumber(10_002), SndNxt = new SequenceNumber(30_001) };
        for (int i = 1; i <= 8; i++)
        {
            hystart.IsConservative.ShouldBeFalse();
            hystart.IsPipeFull(TimeSpan.FromMilliseconds(113), next);
        }

        hystart.IsConservative.ShouldBeTrue();
    }
}
