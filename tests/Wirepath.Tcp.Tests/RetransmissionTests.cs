using Wirepath.Events;

namespace Wirepath.Tcp.Tests;

public class RetransmissionTests
{
    // After the handshake SRTT = 100 ms, RTTVAR = 50 ms: RTO = 300 ms.
    [Fact]
    public void The_time_out_doubles_and_an_ACK_ends_the_back_off()
    {
        using Peer peer = Peer.Established().Play("""
            write 1000
            > P. 1:1001(1000) ack 1
            +0.3 > P. 1:1001(1000) ack 1
            +0.6 > P. 1:1001(1000) ack 1
            +1.2 > P. 1:1001(1000) ack 1
            +0.1 < . 1:1(0) ack 1001
            write 10
            > P. 1001:1011(10) ack 1
            +0.3 > P. 1001:1011(10) ack 1
            """);
        peer.Connection.Statistics.SmoothedRtt.ShouldBe(TimeSpan.FromMilliseconds(100), "Karn: what was repeated is not measured");
        peer.Connection.Statistics.Timeouts.ShouldBe(4);
    }

    [Fact]
    public void The_connection_is_given_up_after_R2_and_says_why()
    {
        const string script = """
            write 10
            > P. 1:11(10) ack 1
            +0.3 > P. 1:11(10) ack 1
            +0.6 > P. 1:11(10) ack 1
            +1.2 nothing
            """;
        using Peer silent = Peer.Established(Peer.Plain with { Retries1 = 1, Retries2 = 2 }).Play(script + "\nend TimedOut\nreleased");
        silent.Signals.HasFlag(TcpSignals.PathSuspect).ShouldBeTrue("R1 comes before R2");

        using Peer told = Peer.Established(Peer.Plain with { Retries2 = 2 });
        told.Connection.OnUnreachable(ConnectionEnd.Unreachable, "no route", told.Now);
        told.Play(script + "\nend Unreachable\nreleased");
        told.Connection.EndDetail.ShouldBe("no route");

        using Peer opening = Peer.Connecting().Play("> S 0:0(0)");
        opening.Connection.OnUnreachable(ConnectionEnd.Unreachable, "no route", opening.Now);
        opening.Play("end Unreachable\nreleased");

        using Peer impatient = Peer.Established(Peer.Plain with { UserTimeout = TimeSpan.FromSeconds(0.8) }).Play("""
            write 10
            > P. 1:11(10) ack 1
            +0.3 > P. 1:11(10) ack 1
            +0.6 end TimedOut
            """);
    }

    [Fact]
    public void Everything_goes_out_again_after_a_time_out_in_slow_start()
    {
        using Peer peer = Peer.Established(Peer.Plain with { InitialCwnd = 4 }).Play("""
            write 4000
            > . 1:1001(1000) ack 1
            > . 1001:2001(1000) ack 1
            > . 2001:3001(1000) ack 1
            > P. 3001:4001(1000) ack 1
            +0.3 > . 1:1001(1000) ack 1
            +0.1 < . 1:1(0) ack 1001
            > . 1001:2001(1000) ack 1
            > . 2001:3001(1000) ack 1
            +0.1 < . 1:1(0) ack 4001      // the last one had arrived
            write 1000
            > P. 4001:5001(1000) ack 1
            """);
        peer.Connection.Statistics.Ssthresh.ShouldBe(2000, "half of the four segments in flight");
        peer.Connection.Statistics.Retransmissions.ShouldBe(3);
    }

    [Fact]
    public void Three_duplicate_ACKs_repeat_the_segment_and_partial_ACKs_the_next_hole()
    {
        // 1001 and 3001 are lost.
        using Peer peer = Peer.Established(Peer.Plain with { InitialCwnd = 8 }).Play("""
            write 16000
            > . 1:1001(1000) ack 1
            > . 1001:2001(1000) ack 1
            > . 2001:3001(1000) ack 1
            > . 3001:4001(1000) ack 1
            > . 4001:5001(1000) ack 1
            > . 5001:6001(1000) ack 1
            > . 6001:7001(1000) ack 1
            > . 7001:8001(1000) ack 1
            +0.1 < . 1:1(0) ack 1001
            > . 8001:9001(1000) ack 1
            > . 9001:10001(1000) ack 1
            < . 1:1(0) ack 1001          // limited transmit: one new segment for each of the first two
            > . 10001:11001(1000) ack 1
            < . 1:1(0) ack 1001
            > . 11001:12001(1000) ack 1
            < . 1:1(0) ack 1001
            > . 1001:2001(1000) ack 1    // ssthresh is half of cwnd, 4; proportional rate reduction sends 4 for 9 delivered
            < . 1:1(0) ack 1001
            < . 1:1(0) ack 1001
            > . 12001:13001(1000) ack 1
            < . 1:1(0) ack 1001
            < . 1:1(0) ack 1001
            > . 13001:14001(1000) ack 1
            < . 1:1(0) ack 1001
            +0.1 < . 1:1(0) ack 3001
            > . 3001:4001(1000) ack 1
            +0.1 < . 1:1(0) ack 14001
            > . 14001:15001(1000) ack 1
            > P. 15001:16001(1000) ack 1
            """);
        TcpStatistics figures = peer.Connection.Statistics;
        (figures.FastRetransmits, figures.Retransmissions, figures.Timeouts).ShouldBe((1, 2, 0));
        (figures.CwndSegments, figures.SsthreshSegments, figures.Phase).ShouldBe((5, 4, CongestionPhase.CongestionAvoidance));
    }

    [Fact]
    public void Data_window_changes_and_FIN_are_no_duplicates()
    {
        using Peer peer = Peer.Established().Play("""
            write 1000
            > P. 1:1001(1000) ack 1
            < P. 1:11(10) ack 1
            < . 11:11(0) ack 1 win 59999
            < . 11:11(0) ack 1 win 59998
            < . 11:11(0) ack 1 win 59997
            < . 11:11(0) ack 1 win 59996
            """.Replace("< P. 1:11(10) ack 1", "< P. 1:11(10) ack 1\n+0.04 > . 1001:1001(0) ack 11", StringComparison.Ordinal));
        peer.Connection.Statistics.DuplicateAcks.ShouldBe(0);
    }

    [Fact]
    public void Timestamps_let_a_repeated_segment_be_measured()
    {
        uint clock = (uint)(Pair.Start.Ticks / TimeSpan.TicksPerMillisecond);
        using Peer peer = Peer.Connecting(Peer.Plain with { Timestamps = true }).Play($"""
            > S 0:0(0)
            +0.1 < S. 0:0(0) ack 1 win 60000 <mss 1000,TS val 1 ecr {clock}>
            > . 1:1(0) ack 1
            write 10
            > P. 1:11(10) ack 1
            +0.3 > P. 1:11(10) ack 1
            +0.05 < . 1:1(0) ack 11 <TS val 2 ecr {clock + 400}>
            """);
        peer.Connection.Statistics.MinRtt.ShouldBe(TimeSpan.FromMilliseconds(50));
        peer.Connection.Statistics.SendMss.ShouldBe(988, "RFC 6691: the options come out of the MSS");
    }

    [Fact]
    public void What_answers_a_duplicate_measures_no_round_trip()
    {
        // The ACK of the first transmission was lost: TS.Recent is still what that one carried.
        uint clock = (uint)(Pair.Start.Ticks / TimeSpan.TicksPerMillisecond);
        using Peer peer = Peer.Connecting(Peer.Plain with { Timestamps = true, Sack = true }).Play($"""
            > S 0:0(0)
            +0.1 < S. 0:0(0) ack 1 win 60000 <mss 1000,sackOK,TS val 1 ecr {clock}>
            > . 1:1(0) ack 1
            write 10
            > P. 1:11(10) ack 1
            +0.3 > P. 1:11(10) ack 1     // tail-loss probe
            +0.3 > P. 1:11(10) ack 1     // time-out
            +0.1 < . 1:1(0) ack 11 <sack 1:11,TS val 2 ecr {clock + 100}>
            write 10
            > P. 11:21(10) ack 1
            +0.3 > P. 11:21(10) ack 1
            """);
        peer.Connection.Statistics.SmoothedRtt.ShouldBe(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void A_loss_whose_segment_is_acknowledged_before_anything_was_repeated_was_none()
    {
        using Peer peer = Peer.Connecting(Peer.Plain with { Sack = true }).Play("""
            > S 0:0(0)
            +0.1 < S. 0:0(0) ack 1 win 60000 <mss 1000,sackOK>
            > . 1:1(0) ack 1
            write 4000
            > . 1:1001(1000) ack 1
            > . 1001:2001(1000) ack 1
            > . 2001:3001(1000) ack 1
            > P. 3001:4001(1000) ack 1
            +0.1 <& . 1:1(0) ack 1 <sack 1001:4001> // three above it: lost
            < . 1:1(0) ack 4001                     // late
            nothing
            """);
        TcpStatistics seen = peer.Connection.Statistics;
        (seen.FastRetransmits, seen.Retransmissions, seen.UndoneReductions).ShouldBe((1, 0, 1));
        seen.CwndSegments.ShouldBeGreaterThanOrEqualTo(10);
        seen.SsthreshSegments.ShouldBeGreaterThan(1_000_000); // still arbitrary: slow start goes on
    }

    [Fact]
    public void A_smaller_path_MTU_repeats_what_is_in_flight_in_smaller_segments()
    {
        using Peer peer = Peer.Established().Play("""
            write 2000
            > . 1:1001(1000) ack 1
            > P. 1001:2001(1000) ack 1
            """);
        peer.Connection.OnPathMtu(700, peer.Now);
        peer.Play("""
            > . 1:701(700) ack 1
            > . 701:1001(300) ack 1
            > . 1001:1701(700) ack 1
            > P. 1701:2001(300) ack 1
            """);
        peer.Connection.Statistics.CwndSegments.ShouldBe(10, "RFC 1191: not a sign of congestion");
    }

    [Fact]
    public void The_window_begins_anew_after_an_idle_time_out()
    {
        using Peer peer = Peer.Established(Peer.Plain with { InitialCwnd = 2 });
        for (int i = 0; i < 8; i++)
        {
            peer.Play($"""
                write 2000
                > . {2000 * i + 1}:{2000 * i + 1001}(1000) ack 1
                > P. {2000 * i + 1001}:{2000 * i + 2001}(1000) ack 1
                +0.1 < . 1:1(0) ack {2000 * i + 2001}
                """);
        }

        peer.Connection.Statistics.Cwnd.ShouldBe(4000, "the application never used more than two segments, so no more than twice that is believed");
        peer.Play("""
            +60 write 3000
            > . 16001:17001(1000) ack 1
            > . 17001:18001(1000) ack 1
            """);
        peer.Connection.Statistics.Cwnd.ShouldBe(2000);
    }

    [Fact]
    public void RTO_follows_RFC_6298()
    {
        var rtt = new RttEstimator(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(120));
        rtt.Rto.ShouldBe(TimeSpan.FromSeconds(1));
        rtt.Sample(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(200), Pair.Start);
        (rtt.Smoothed, rtt.Variance, rtt.Rto).ShouldBe((TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(600)));
        rtt.Sample(TimeSpan.FromMilliseconds(280), TimeSpan.FromMilliseconds(280), Pair.Start);
        (rtt.Smoothed, rtt.Variance, rtt.Rto).ShouldBe((TimeSpan.FromMilliseconds(210), TimeSpan.FromMilliseconds(95), TimeSpan.FromMilliseconds(590)));
        for (int i = 0; i < 100; i++)
            rtt.Sample(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(10), Pair.Start);
        rtt.Rto.TotalMilliseconds.ShouldBe(210, 1, "never within a delayed ACK of the round trip");
        for (int i = 0; i < 40; i++)
            rtt.BackOff();
        rtt.Rto.ShouldBe(TimeSpan.FromSeconds(120));
    }
}
