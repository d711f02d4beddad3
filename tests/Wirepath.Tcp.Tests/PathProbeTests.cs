namespace Wirepath.Tcp.Tests;

/// <summary>Path-MTU discovery without ICMP: RFC 4821, RFC 8899.</summary>
public sealed class PathProbeTests
{
    private static readonly TcpSettings s_searching = Peer.Plain with { PathProbing = PathProbing.Always, BaseMss = 512, InitialCwnd = 12 };

    [Fact]
    public void A_probe_that_arrives_makes_all_segments_that_large()
    {
        using Peer peer = Probing();
        peer.Play("""
            +0.1 < . 1:1(0) ack 5877
            > P. 5877:6001(124) ack 1
            +0.1 < . 1:1(0) ack 6001
            write 1512
            > . 6001:6757(756) ack 1
            > P. 6757:7513(756) ack 1
            """);
        peer.Connection.Statistics.CwndSegments.ShouldBe(11 * 512 / 756 + 11, "the window was the same in bytes, and then slow start added what was acknowledged");
    }

    [Fact]
    public void A_lost_probe_goes_again_in_pieces_and_is_no_sign_of_congestion()
    {
        using Peer peer = Probing();
        int before = peer.Connection.Statistics.CwndSegments;
        peer.Play("""
            +0.1 < . 1:1(0) ack 1
            +0.01 < . 1:1(0) ack 1
            +0.01 < . 1:1(0) ack 1
            > . 1:513(512) ack 1
            > . 513:757(244) ack 1
            """.Replace("+0.1 < . 1:1(0) ack 1\n", "+0.1 < . 1:1(0) ack 1\n> P. 5877:6001(124) ack 1\n", StringComparison.Ordinal));
        TcpStatistics after = peer.Connection.Statistics;
        after.CwndSegments.ShouldBe(before + 1, "what the probe had cost is given back");
        after.SsthreshSegments.ShouldBeGreaterThanOrEqualTo(before * 3 / 4);
    }

    [Fact]
    public void Time_outs_in_a_row_are_taken_for_a_black_hole()
    {
        using Peer peer = Peer.Established(Peer.Plain with { PathProbing = PathProbing.OnBlackHole, BaseMss = 512, Retries1 = 3 }).Play("""
            write 1000
            > P. 1:1001(1000) ack 1
            +0.3 > P. 1:1001(1000) ack 1
            +0.6 > P. 1:1001(1000) ack 1
            +1.2 > . 1:513(512) ack 1
            +0.1 < . 1:1(0) ack 513
            > P. 513:1001(488) ack 1
            """);
        peer.Connection.Statistics.SendMss.ShouldBe(512);
    }

    [Fact]
    public void Without_enough_to_send_nothing_is_probed()
    {
        using Peer _ = Peer.Established(s_searching).Play("""
            write 1024
            > . 1:513(512) ack 1
            > P. 513:1025(512) ack 1
            """);
    }

    /// <summary>Half-way between 512 and 1000, and ten known segments behind it.</summary>
    private static Peer Probing()
    {
        var script = new System.Text.StringBuilder("write 6000\n> . 1:757(756) ack 1\n");
        for (int at = 757; at < 5877; at += 512)
            script.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"> . {at}:{at + 512}(512) ack 1");
        return Peer.Established(s_searching).Play(script.ToString());
    }
}
