namespace Wirepath.Tcp.Tests;

public sealed class SocketStatisticsTests
{
    [Fact]
    public void A_connection_reads_as_ss_shows_it()
    {
        using Peer peer = Peer.Established(Peer.Plain with { InitialCwnd = 4 }).Play("""
            write 3000
            > . 1:1001(1000) ack 1
            > . 1001:2001(1000) ack 1
            > P. 2001:3001(1000) ack 1
            +0.3 > . 1:1001(1000) ack 1
            """);
        string text = SocketStatistics.ToText(peer.Connection.Statistics);
        text.ShouldStartWith("reno rto:600 backoff:1 rtt:100/50 mss:1000 rcvmss:536 cwnd:1 ssthresh:2 bytes_sent:4000 bytes_retrans:1000 segs_out:6 segs_in:1 send 80000bps");
        text.ShouldContain(" unacked:3 retrans:1/1 lost:3 minrtt:100 snd_wnd:60000 ");
        text.ShouldNotContain("sacked", Case.Sensitive, "what is zero is left out");
    }
}
