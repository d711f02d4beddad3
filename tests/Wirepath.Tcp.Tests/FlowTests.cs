using Wirepath.Tests;
using Wirepath.Wire;

namespace Wirepath.Tcp.Tests;

public class FlowTests
{
    [Fact]
    public void A_closed_window_is_probed_with_back_off_until_it_opens()
    {
        using Peer peer = Peer.Established(window: 1000).Play("""
            write 3000
            > . 1:1001(1000) ack 1
            +0.1 < . 1:1(0) ack 1001 win 0
            +0.3 > . 1000:1000(0) ack 1
            < . 1:1(0) ack 1001 win 0
            +0.6 > . 1000:1000(0) ack 1
            < . 1:1(0) ack 1001 win 0
            +1.2 > . 1000:1000(0) ack 1
            +0.1 < . 1:1(0) ack 1001 win 60000
            > . 1001:2001(1000) ack 1
            > P. 2001:3001(1000) ack 1
            +0.1 < . 1:1(0) ack 3001
            +600 nothing
            """);
        peer.Connection.Statistics.WindowProbes.ShouldBe(3);
        peer.Connection.Statistics.Timeouts.ShouldBe(0);
    }

    [Fact]
    [Covers("RFC 9293", "MUST-37")]
    [Covers("RFC 6429", "mortal")]
    public void A_peer_that_answers_probes_is_never_given_up_and_one_that_does_not_is()
    {
        var settings = Peer.Plain with { Retries2 = 2, MaxRto = TimeSpan.FromSeconds(1) };
        const string closed = """
            write 10
            > P. 1:11(10) ack 1
            +0.1 < . 1:1(0) ack 11 win 0
            write 10
            """;
        using Peer answering = Peer.Established(settings).Play(closed);
        for (int i = 0; i < 20; i++)
            answering.Play($"+{(i == 0 ? "0.3" : i == 1 ? "0.6" : "1")} > . 10:10(0) ack 1\n< . 1:1(0) ack 11 win 0");
        using Peer silent = Peer.Established(settings).Play(closed + """

            +0.3 > . 10:10(0) ack 1
            +0.6 > . 10:10(0) ack 1
            +1 end TimedOut
            released
            """);
    }

    [Fact]
    public void A_lone_FIN_waits_for_a_window_and_is_taken_through_a_closed_one()
    {
        using Peer _ = Peer.Established(window: 1000).Play("""
            write 1000
            > P. 1:1001(1000) ack 1
            +0.1 < . 1:1(0) ack 1001 win 0
            shutdown
            +0.3 > . 1000:1000(0) ack 1          // the FIN counts against the window and waits
            +0.1 < . 1:1(0) ack 1001 win 1
            > F. 1001:1001(0) ack 1
            +0.1 < . 1:1(0) ack 1002 win 0
            state FinWait2
            """);
        using Peer receiver = Peer.Established(Peer.Plain with { ReceiveBuffer = new(2000, 2000, 2000) }).Play("""
            < P. 1:1001(1000) ack 1
            +0.04 > . 1:1(0) ack 1001 win 0
            +1 < . 1001:1002(1) ack 1
            > . 1:1(0) ack 1001 win 0
            +1 < F. 1001:1001(0) ack 1
            +0.08 > . 1:1(0) ack 1002       // the last delayed ACK went alone: the next waits twice as long
            state CloseWait
            """);
    }

    [Fact]
    public void The_receiver_moves_its_window_by_a_segment_or_not_at_all()
    {
        TcpSettings settings = Peer.Plain with { ReceiveBuffer = new(8000, 8000, 8000), TuneReceiveBuffer = false };
        using var pair = new Pair(settings, mss: 1000);
        pair.Establish();
        pair.ClientEnd.Write(new byte[12_000], pair.Now).ShouldBe(12_000);
        pair.Run(1);
        pair.ClientEnd.Statistics.SendWindow.ShouldBeLessThan(1000);
        pair.ServerEnd.MemoryCharged.ShouldBeLessThanOrEqualTo(8000 + BlockPool.SmallSize);
        byte[] crumb = new byte[100];
        for (int i = 0; i < 1000 && pair.ServerEnd.Statistics is { BytesReceived: < 12_000 } or { Unread: > 0 }; i++)
        {
            pair.ServerEnd.Read(crumb, pair.Now);
            pair.Flush();
            pair.Run(0.01);
        }

        pair.ServerEnd.Statistics.BytesReceived.ShouldBe(12_000);
        List<int> steps = [.. RightEdges(pair.Server).Zip(RightEdges(pair.Server).Skip(1), (before, after) => after - before)];
        steps.ShouldAllBe(step => step == 0 || step >= 1000);
        steps.Count(step => step > 0).ShouldBeGreaterThan(4);
    }

    private static IEnumerable<SequenceNumber> RightEdges(Pair.Side side) =>
        side.Wire.Where(s => s.Header.IsAck).Select(s => s.Header.Acknowledgment + s.Header.Window);

    [Fact]
    public void The_sender_does_not_fill_a_silly_window_until_the_timer_overrides()
    {
        using Peer _ = Peer.Established(window: 2000).Play("""
            write 5000
            > . 1:1001(1000) ack 1
            > . 1001:2001(1000) ack 1
            +0.1 < . 1:1(0) ack 2001 win 100
            +0.3 > . 2001:2101(100) ack 1
            +0.1 < . 1:1(0) ack 2101 win 1000
            > . 2101:3101(1000) ack 1
            """);
    }

    [Fact]
    public void Nagle_lets_one_small_segment_be_under_way()
    {
        using Peer peer = Peer.Established().Play("""
            write 100
            > P. 1:101(100) ack 1
            write 100
            write 100
            +0.1 < . 1:1(0) ack 101
            > P. 101:301(200) ack 1
            write 1000
            > P. 301:1301(1000) ack 1    // a full one may always go
            write 10
            shutdown
            > FP. 1301:1311(10) ack 1    // and so may the last one
            """);
        using Peer eager = Peer.Established();
        eager.Connection.NoDelay = true;
        eager.Play("""
            write 100
            > P. 1:101(100) ack 1
            write 100
            > P. 101:201(100) ack 1
            """);
    }

    [Fact]
    public void Every_second_segment_is_acknowledged_at_once_and_a_single_one_after_40_ms()
    {
        using Peer _ = Peer.Established().Play("""
            < . 1:1001(1000) ack 1
            < . 1001:2001(1000) ack 1
            > . 1:1(0) ack 2001
            < . 2001:3001(1000) ack 1
            < . 3001:4001(1000) ack 1
            > . 1:1(0) ack 4001
            < . 4001:5001(1000) ack 1
            +0.04 > . 1:1(0) ack 5001
            < P. 5001:5101(100) ack 1
            +0.01 write 5
            > P. 1:6(5) ack 5101          // the answer carries the ACK
            +0.1 < . 5101:5101(0) ack 6
            +1 nothing
            """);
        using Peer quick = Peer.Established(Peer.Plain with { QuickAcks = 2 }).Play("""
            < P. 1:11(10) ack 1
            > . 1:1(0) ack 11
            < P. 11:21(10) ack 1
            > . 1:1(0) ack 21
            < P. 21:31(10) ack 1
            +0.04 > . 1:1(0) ack 31
            """);
    }

    [Fact]
    public void What_arrives_out_of_order_is_kept_and_each_arrival_answered_with_a_duplicate_ACK()
    {
        var settings = Peer.Plain with { Sack = true };
        using Peer peer = Peer.Connecting(settings).Play("""
            > S 0:0(0) <mss 1000,sackOK>
            < S. 0:0(0) ack 1 win 60000 <mss 1000,sackOK>
            > . 1:1(0) ack 1
            < . 1001:2001(1000) ack 1
            > . 1:1(0) ack 1 <sack 1001:2001>
            < . 3001:4001(1000) ack 1
            > . 1:1(0) ack 1 <sack 3001:4001 1001:2001>
            < . 5001:6001(1000) ack 1
            > . 1:1(0) ack 1 <sack 5001:6001 3001:4001 1001:2001>
            < . 1001:2001(1000) ack 1                                       // again: RFC 2883
            > . 1:1(0) ack 1 <sack 1001:2001 1001:2001 5001:6001 3001:4001>
            < . 2001:3001(1000) ack 1
            > . 1:1(0) ack 1 <sack 1001:4001 5001:6001>
            < . 1:1001(1000) ack 1
            > . 1:1(0) ack 4001 <sack 5001:6001>
            < . 501:1501(1000) ack 1
            > . 1:1(0) ack 4001 <sack 501:1501 5001:6001>
            < . 4001:5001(1000) ack 1
            > . 1:1(0) ack 6001
            """);
        byte[] read = new byte[7000];
        peer.Connection.Read(read, peer.Now).ShouldBe(6000);
        read.Take(6000).Select((b, i) => b == (byte)(i % 1000 + i / 1000 * 1000 + 1)).ShouldAllBe(right => right);
    }

    [Fact]
    public void Holes_are_limited()
    {
        using Peer empty = Peer.Established();
        using Peer peer = Peer.Established(Peer.Plain with { MaxReassemblyRanges = 2 }).Play("""
            < . 11:12(1) ack 1
            > . 1:1(0) ack 1
            < . 21:22(1) ack 1
            > . 1:1(0) ack 1
            < . 31:32(1) ack 1
            > . 1:1(0) ack 1
            """);
        peer.Connection.Statistics.OutOfOrder.ShouldBe(2);
        (peer.Connection.MemoryCharged - empty.Connection.MemoryCharged).ShouldBe(2 * BlockPool.SmallSize);
        peer.Connection.Statistics.SegmentsRejected.ShouldBe(1);
    }

    [Fact]
    [Covers("RFC 6093", "in-line")]
    public void Urgent_bytes_stay_in_line()
    {
        using Peer peer = Peer.Established().Play("""
            < PU. 1:11(10) ack 1
            +0.04 > . 1:1(0) ack 11
            read 10
            """);
    }

    [Fact]
    [Covers("RFC 9293", "MUST-32")]
    [Covers("RFC 9293", "MUST-33")]
    public void The_application_hears_of_urgent_bytes_before_they_are_there_and_how_many_come_first()
    {
        int sent = 0;
        using var pair = new Pair(line: new Line { Drop = (fromClient, _, _, length) => fromClient && length > 0 && ++sent is 2 or 3 or 4 });
        pair.Establish();
        pair.ClientEnd.Write(new byte[3000], pair.Now);
        pair.ClientEnd.Write(new byte[10], TcpWriteFlags.Urgent, pair.Now);
        pair.ClientEnd.Write(new byte[500], pair.Now);
        pair.RunUntil(() => pair.Server.Signals.HasFlag(TcpSignals.Urgent)).ShouldBeTrue();
        (pair.ServerEnd.UrgentAhead, pair.ServerEnd.Readable).ShouldBe((3010, pair.ClientEnd.Statistics.SendMss));
        pair.RunUntil(() => pair.ServerEnd.Readable == 3510).ShouldBeTrue();

        byte[] buffer = new byte[4000];
        (pair.ServerEnd.Read(buffer, pair.Now), pair.ServerEnd.IsAtUrgentMark).ShouldBe((3009, true));
        (pair.ServerEnd.Read(buffer, pair.Now), pair.ServerEnd.UrgentAhead).ShouldBe((501, 0));
        pair.RunUntil(() => pair.ClientEnd.Statistics.FlightSize == 0).ShouldBeTrue();
        pair.ClientEnd.Write(new byte[500], pair.Now);
        pair.Run(1);
        pair.Client.Wire.Last(s => s.Length > 0).Header.Flags.ShouldBe(TcpFlags.Ack | TcpFlags.Psh, "what is acknowledged is not urgent any more");
    }

    [Fact]
    public void Bytes_beyond_the_window_are_cut_off()
    {
        using Peer peer = Peer.Established(Peer.Plain with { ReceiveBuffer = new(3000, 3000, 3000) }).Play("""
            < F. 1:1001(1000) ack 1
            > . 1:1(0) ack 1002                // more than a full segment, with the FIN
            """);
        using Peer cut = Peer.Established(Peer.Plain with { ReceiveBuffer = new(1200, 1200, 1200) }).Play("""
            < F. 1:1001(1000) ack 1
            > . 1:1(0) ack 601 win 0
            state Established
            < . 2001:2001(0) ack 1
            > . 1:1(0) ack 601 win 0
            """);
        cut.Connection.Readable.ShouldBe(600);
    }

    [Fact]
    public void The_receive_buffer_grows_with_a_reader_that_keeps_up()
    {
        using var pair = new Pair(line: new Line { Delay = TimeSpan.FromMilliseconds(50) }, copyOnWire: false);
        pair.Establish();
        byte[] chunk = new byte[60000];
        long most = 0;
        for (int i = 0; i < 3000; i++)
        {
            pair.ClientEnd.Write(chunk, pair.Now);
            if (!pair.Step(pair.Now + TimeSpan.FromSeconds(1)))
                break;
            while (pair.ServerEnd.Read(chunk, pair.Now) > 0)
            {
            }

            most = Math.Max(most, pair.ServerEnd.Statistics.ReceiveWindow);
        }

        most.ShouldBeGreaterThan(400_000, "131,072 at the start");
        pair.ClientEnd.Statistics.Cwnd.ShouldBeGreaterThan(200_000, "the send buffer follows cwnd, cwnd follows the window");
    }
}
