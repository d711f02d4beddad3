using Wirepath.Wire;

namespace Wirepath.Tcp.Tests;

/// <summary>BBR's constants, each by the figure that follows from it: one ACK is one round here.</summary>
public class BbrModelTests
{
    private const int Mss = 1000;
    private static readonly TimeSpan Rtt = TimeSpan.FromMilliseconds(100);

    /// <summary>A sender of which only the ACKs' figures are made up.</summary>
    private sealed class Rounds
    {
        private Instant _now = Instant.Epoch + TimeSpan.FromDays(365);
        private long _delivered;
        private long _lost;

        public Rounds()
        {
            Control = new Bbr(new RandomSource(1)) { Cwnd = 10 };
            Control.OnEstablished(Context());
        }

        public Bbr Control { get; }

        public void Round(int delivered, double perSecond, int lost = 0)
        {
            long prior = _delivered;
            _now += Rtt;
            _delivered += delivered;
            _lost += lost;
            Control.OnRateSample(new AckSample
            {
                Acked = delivered, Lost = lost, PriorInFlight = delivered, Rtt = Rtt, DeliveredInInterval = delivered,
                Interval = TimeSpan.FromSeconds(delivered / perSecond), IsAppLimited = false, PriorDelivered = prior, InFlightAtSend = 1000,
                LostAtSend = _lost - lost, MarkedCe = 0, IsDelayedAck = false,
            }, Context());
        }

        // More than every pipe here holds: Drain does not end before its rounds do.
        private CongestionContext Context() => new()
        {
            Now = _now, MssBytes = Mss, InFlight = 100_000, FlightPeak = 100_000, IsCwndLimited = true, SmoothedRtt = Rtt, MinRtt = Rtt,
            Phase = RecoveryPhase.Open, SndUna = default, SndNxt = default, Delivered = _delivered, Lost = _lost,
        };
    }

    [Fact]
    public void Startup_paces_at_2_77_times_what_was_found_and_ends_after_three_rounds_without_a_quarter_more()
    {
        var path = new Rounds();
        path.Control.PacingRate.ShouldBe(277_000); // the initial window in a round trip
        path.Round(100, 1000);
        path.Control.PacingRate.ShouldBe(2_742_300); // 1 % below: the pacing margin
        path.Round(125, 1250); // just a quarter more
        for (int i = 0; i < 2; i++)
        {
            path.Round(125, 1500);
            path.Control.State.ShouldBe(BbrState.Startup);
        }

        path.Round(125, 1500);
        path.Control.State.ShouldBe(BbrState.Drain);
        path.Control.PacingRate.ShouldBe(742_500); // 0.5 × 0.99 × 1500
    }

    [Theory]
    [InlineData(2, false)] // of 100: tolerated
    [InlineData(3, true)]
    public void A_round_that_lost_more_than_2_percent_lowers_the_bandwidth_to_what_it_brought_or_to_0_7(int lost, bool lowers)
    {
        Rounds path = InDrain();
        path.Round(100, 100); // the round of the losses begins with this sample
        path.Control.PacingRate.ShouldBe(495_000);
        path.Round(100 - lost, 100, lost);
        path.Control.PacingRate.ShouldBe(lowers ? 346_500 : 495_000); // a tenth was delivered: no deeper than 0.7

        Rounds mild = InDrain();
        mild.Round(100, 900);
        mild.Round(100 - lost, 900, lost);
        mild.Control.PacingRate.ShouldBe(lowers ? 445_500 : 495_000); // what was delivered
    }

    [Fact]
    public void The_smallest_round_trip_is_kept_for_10_s_and_looked_for_anew_after_5()
    {
        Instant start = Instant.Epoch + TimeSpan.FromDays(365);
        var filter = new BbrMinRtt();
        filter.Start(TimeSpan.FromMilliseconds(40), start);
        var later = TimeSpan.FromMilliseconds(50);
        filter.Update(later, start + TimeSpan.FromSeconds(4.9)).ShouldBeFalse();
        filter.Update(later, start + TimeSpan.FromSeconds(5.1)).ShouldBeTrue();
        filter.Update(later, start + TimeSpan.FromSeconds(9.9)).ShouldBeFalse();
        filter.Value.TotalMilliseconds.ShouldBe(40);
        filter.Update(later, start + TimeSpan.FromSeconds(10.05));
        filter.Value.TotalMilliseconds.ShouldBe(50);
    }

    private static Rounds InDrain()
    {
        var path = new Rounds();
        for (int i = 0; i < 4; i++)
            path.Round(100, 1000);
        path.Control.State.ShouldBe(BbrState.Drain);
        return path;
    }
}
