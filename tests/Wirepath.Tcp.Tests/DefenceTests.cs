using Wirepath.Wire;

namespace Wirepath.Tcp.Tests;

/// <summary>PAWS, RFC 5961, keepalive: what keeps a connection from strangers, from its own past, and from a dead peer.</summary>
public class DefenceTests
{
    [Fact]
    public void PAWS_turns_away_what_is_older_than_the_last_timestamp()
    {
        using Peer peer = Peer.Connecting(Peer.Plain with { Timestamps = true, RequireTimestamps = true }).Play("""
            > S 0:0(0)
            +0.1 < S. 0:0(0) ack 1 win 60000 <mss 1000,TS val 1000 ecr 0>
            > . 1:1(0) ack 1
            < P. 1:11(10) ack 1 <TS val 1010 ecr 0>
            +0.04 > . 1:1(0) ack 11
            < P. 11:21(10) ack 1 <TS val 1009 ecr 0>
            > . 1:1(0) ack 11
            < P. 11:21(10) ack 1                       // without, although agreed on: RFC 7323 §3.2 has it dropped
            """);
        peer.LastOptions.TimestampEcho.ShouldBe(1010u);
        peer.Connection.Statistics.SegmentsRejected.ShouldBe(2);
        peer.Play("""
            < R 11:11(0)                               // RSTs need none
            state Closed
            """);
    }

    [Fact]
    public void PAWS_believes_anything_after_24_idle_days()
    {
        using Peer _ = Peer.Connecting(Peer.Plain with { Timestamps = true }).Play("""
            > S 0:0(0)
            < S. 0:0(0) ack 1 win 60000 <mss 1000,TS val 1000 ecr 0>
            > . 1:1(0) ack 1
            +2160000 < P. 1:11(10) ack 1 <TS val 900 ecr 0>
            +0.04 > . 1:1(0) ack 11
            """);
    }

    [Fact]
    public void A_SYN_in_the_window_is_challenged_now_and_then_and_never_accepted()
    {
        using Peer peer = Peer.Established(Peer.Plain with { InvalidRateLimit = TimeSpan.FromMilliseconds(900) }).Play("""
            < S 500:500(0) win 1000
            > . 1:1(0) ack 1
            < S 600:600(0) win 1000
            < S 700:700(0) win 1000
            < R 700:700(0)
            state Established
            +1 < S 800:800(0) win 1000
            > . 1:1(0) ack 1
            """);
    }

    [Fact]
    public void A_half_open_connection_is_discovered()
    {
        // RFC 9293 figure 10: the peer crashed and opens anew with a number outside our window.
        using Peer _ = Peer.Established().Play("""
            < S 900000:900000(0) win 1000 <mss 1000>
            > . 1:1(0) ack 1
            < R 1:1(0)
            end ResetByPeer
            released
            """);
    }

    [Fact]
    public void ACKs_of_the_future_and_of_the_far_past_change_nothing()
    {
        using Peer peer = Peer.Established(Peer.Plain with { InvalidRateLimit = TimeSpan.FromMilliseconds(100) }, window: 1000).Play("""
            write 1000
            > P. 1:1001(1000) ack 1
            < . 1:1(0) ack 2000
            > . 1001:1001(0) ack 1
            +0.2 < P. 1:11(10) ack -5000
            > . 1001:1001(0) ack 1
            """);
        peer.Connection.Readable.ShouldBe(0);
    }

    [Fact]
    public void Bare_segments_outside_the_window_are_answered_twice_a_second_at_most()
    {
        using Peer _ = Peer.Established().Play("""
            < . -50:-50(0) ack 1
            > . 1:1(0) ack 1
            < . -50:-50(0) ack 1
            +0.4 < . -50:-50(0) ack 1
            +0.2 < . -50:-50(0) ack 1
            > . 1:1(0) ack 1
            < . 90000:90010(10) ack 1        // bytes are always answered: they are no loop of ACKs
            > . 1:1(0) ack 1
            """);
    }

    [Fact]
    public void A_segment_without_ACK_is_dropped()
    {
        using Peer peer = Peer.Established().Play("< P 1:11(10)");
        peer.Connection.Readable.ShouldBe(0);
    }

    [Fact]
    public void Keepalive_probes_an_idle_peer_and_gives_a_silent_one_up()
    {
        var settings = Peer.Plain with { KeepAliveTime = TimeSpan.FromSeconds(100), KeepAliveInterval = TimeSpan.FromSeconds(10), KeepAliveProbes = 2 };
        using Peer peer = Peer.Established(settings);
        peer.Connection.KeepAlive = true;
        peer.Play("""
            +60 < P. 1:11(10) ack 1
            +0.04 > . 1:1(0) ack 11
            +99.96 > . 0:0(0) ack 11
            +0.1 < . 11:11(0) ack 1         // alive
            +100 > . 0:0(0) ack 11
            +10 > . 0:0(0) ack 11
            +10 > R. 1:1(0) ack 11
            end KeepAliveFailed
            released
            """);
        using Peer off = Peer.Established(settings).Play("+10000 state Established");
        off.Connection.NextTimer.ShouldBe(Instant.Never);
    }
}
