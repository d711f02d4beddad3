using Wirepath.Events;
using Wirepath.Tests;
using Wirepath.Wire;

namespace Wirepath.Tcp.Tests;

public class OpeningTests
{
    [Fact]
    public void The_handshake_offers_and_takes_the_options()
    {
        var settings = new TcpSettings { Timestamps = false };
        using Peer client = Peer.Connecting(settings).Play("""
            > S 0:0(0) win 65000 <mss 1000,sackOK,wscale 7>
            +0.05 < S. 0:0(0) ack 1 win 60000 <mss 900,sackOK,wscale 3>
            > . 1:1(0) ack 1 win 508
            state Established
            write 2000
            > . 1:901(900) ack 1
            > . 901:1801(900) ack 1
            > P. 1801:2001(200) ack 1
            +0.05 < . 1:1(0) ack 2001 win 1000
            """);
        client.Connection.Statistics.SendWindow.ShouldBe(8000, "the SYN,ACK's window is not scaled, later ones are");

        using Peer server = Peer.Listening(settings).Play("""
            < S 0:0(0) win 1000 <mss 500,wscale 2>
            > S. 0:0(0) ack 1 win 65000 <mss 1000,wscale 7>
            state SynReceived
            +0.05 < . 1:1(0) ack 1 win 1000
            state Established
            """);
        server.Connection.Statistics.SendMss.ShouldBe(500);
        server.Listener.TryAccept(out TcpConnection? accepted).ShouldBeTrue();
        accepted.ShouldBe(server.Connection);
    }

    [Fact]
    public void An_option_that_was_not_offered_is_not_answered_and_a_missing_MSS_is_536()
    {
        using Peer server = Peer.Listening(TcpSettings.Default).Play("""
            < S 0:0(0) win 1000
            > S. 0:0(0) ack 1 win 65000 <mss 1000>
            """);
        server.Connection.Statistics.SendMss.ShouldBe(536);
    }

    [Fact]
    public void A_SYN_is_repeated_after_1_3_7_15_31_and_63_s_and_given_up_after_127()
    {
        using Peer peer = Peer.Connecting().Play("""
            > S 0:0(0)
            +1 > S 0:0(0)
            +2 > S 0:0(0)
            +4 > S 0:0(0)
            +8 > S 0:0(0)
            +16 > S 0:0(0)
            +32 > S 0:0(0)
            +63.9 state SynSent
            +0.1 end TimedOut
            released
            """);
        peer.Signals.ShouldBe(TcpSignals.Ended | TcpSignals.Readable | TcpSignals.Writable | TcpSignals.Released | TcpSignals.PathSuspect);
    }

    [Fact]
    public void A_SYN_ACK_is_repeated_by_timer_and_when_the_SYN_comes_again()
    {
        using Peer peer = Peer.Listening(Peer.Plain with { SynAckRetries = 2 }).Play("""
            < S 0:0(0) win 1000 <mss 1000>
            > S. 0:0(0) ack 1
            +1 > S. 0:0(0) ack 1
            +0.5 < S 0:0(0) win 1000 <mss 1000>
            > S. 0:0(0) ack 1
            +1.5 > S. 0:0(0) ack 1
            +3.9 state SynReceived
            +0.1 end TimedOut
            released
            """);
        peer.Listener.SynQueueLength.ShouldBe(0);
    }

    [Fact]
    public void After_two_lost_SYNs_the_initial_window_is_one_segment()
    {
        using Peer peer = Peer.Connecting().Play("""
            > S 0:0(0)
            +1 > S 0:0(0)
            +2 > S 0:0(0)
            +0.1 < S. 0:0(0) ack 1 win 60000 <mss 1000>
            > . 1:1(0) ack 1
            write 5000
            > . 1:1001(1000) ack 1
            """);
        peer.Connection.Statistics.Rto.ShouldBe(TimeSpan.FromSeconds(3), "RFC 6298 §5.7: nothing was measured");
        Peer.Established(Peer.Plain with { InitialCwnd = 3 }).Play("""
            write 5000
            > . 1:1001(1000) ack 1
            > . 1001:2001(1000) ack 1
            > . 2001:3001(1000) ack 1
            """).Dispose();
    }

    [Fact]
    public void A_RST_in_answer_to_the_SYN_is_a_refusal_only_when_it_acknowledges_it()
    {
        using Peer peer = Peer.Connecting().Play("""
            > S 0:0(0)
            < R 0:0(0)
            < R. 0:0(0) ack 7
            state SynSent
            < R. 0:0(0) ack 1
            end Refused
            released
            """);
        peer.Connection.Write("x"u8, peer.Now).ShouldBe(0);
    }

    [Fact]
    public void SYN_SENT_answers_a_wrong_acknowledgment_with_RST_and_stays()
    {
        // RFC 9293 figure 9: an old duplicate SYN,ACK.
        using Peer _ = Peer.Connecting().Play("""
            > S 0:0(0)
            +0.1 < S. 500:500(0) ack 91 win 1000 <mss 1000>
            > R 91:91(0)
            state SynSent
            +0.1 < S. 0:0(0) ack 1 win 1000 <mss 1000>
            > . 1:1(0) ack 1
            state Established
            """);
    }

    [Fact]
    public void Both_open_at_once()
    {
        using Peer _ = Peer.Connecting().Play("""
            > S 0:0(0)
            +0.1 < S 0:0(0) win 1000 <mss 1000>
            > S. 0:0(0) ack 1
            state SynReceived
            +0.1 < S. 0:0(0) ack 1 win 1000 <mss 1000>
            > . 1:1(0) ack 1
            state Established
            write 10
            > P. 1:11(10) ack 1
            """);

        using var pair = new Pair(connectBoth: true);
        pair.Establish();
        pair.ClientEnd.Write("both"u8, pair.Now);
        pair.RunUntil(() => pair.ServerEnd.Readable == 4).ShouldBeTrue();
    }

    [Fact]
    public void Closing_before_the_connection_is_there()
    {
        using Peer sent = Peer.Connecting().Play("""
            > S 0:0(0)
            close
            state Closed
            end Aborted
            released
            """);
        // Figure 5: SYN-RECEIVED, CLOSE → FIN-WAIT-1; a lost SYN,ACK goes out again before the FIN.
        using Peer received = Peer.Connecting().Play("""
            > S 0:0(0)
            +0.1 < S 0:0(0) win 1000 <mss 1000>
            > S. 0:0(0) ack 1
            shutdown
            > F. 1:1(0) ack 1
            state FinWait1
            +0.9 > S. 0:0(0) ack 1
            > F. 1:1(0) ack 1
            +0.1 < . 1:1(0) ack 1 win 1000
            state FinWait1
            +0.1 < . 1:1(0) ack 2 win 1000
            state FinWait2
            """);
    }

    [Fact]
    public void SYN_RECEIVED_turns_a_wrong_ACK_away_with_RST_and_goes_back_to_LISTEN_on_RST()
    {
        using Peer peer = Peer.Listening().Play("""
            < S 0:0(0) win 1000 <mss 1000>
            > S. 0:0(0) ack 1
            +0.1 < . 1:1(0) ack 500
            > R 500:500(0)
            state SynReceived
            +0.1 < R 1:1(0)
            state Closed
            released
            """);
        peer.Listener.SynQueueLength.ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Covers("RFC 4987", "backlog")]
    public void The_queues_of_a_listener_have_limits(bool abort)
    {
        var settings = Peer.Plain with { MaxSynBacklog = 3, AbortOnOverflow = abort };
        var listener = new TcpListener(new IpEndpoint(IpAddress.AnyV4, 80), 1, settings, NodeLog.Silent);
        List<TcpConnection> opened = [];
        TcpConnection? Syn(int port)
        {
            using Packet packet = Packet.Rent(100);
            var header = new TcpHeader((ushort)port, 80, new SequenceNumber(100), default, 20, TcpFlags.Syn, 1000, 0, 0);
            var id = new ConnectionId(new IpEndpoint(IpAddress.V4(10, 0, 0, 1), 80), new IpEndpoint(IpAddress.V4(10, 0, 0, 9), (ushort)port));
            TcpConnection? made = listener.OnSyn(new TcpSegment(header, default, packet, 0, 0, false), id, new SequenceNumber(5), 1460, Pair.Start);
            if (made is not null)
            {
                opened.Add(made);
                made.TryTransmit(packet, Pair.Start).ShouldBeTrue();
            }

            return made;
        }

        TcpState Ack(TcpConnection connection)
        {
            using Packet packet = Packet.Rent(100);
            var header = new TcpHeader(connection.Id.Remote.Port, 80, new SequenceNumber(101), new SequenceNumber(6), 20, TcpFlags.Ack, 1000, 0, 0);
            connection.Receive(new TcpSegment(header, default, packet, 0, 0, false), Pair.Start);
            return connection.State;
        }

        TcpConnection first = Syn(1)!, second = Syn(2)!, third = Syn(3)!;
        Syn(4).ShouldBeNull("three are half open");
        listener.SynQueueLength.ShouldBe(3);
        Ack(first).ShouldBe(TcpState.Established);
        Ack(second).ShouldBe(TcpState.Established);
        Ack(third).ShouldBe(abort ? TcpState.Closed : TcpState.SynReceived, "a backlog of 1 lets two wait, as on Linux");
        Syn(5).ShouldBeNull("nobody accepts, so nobody is let in");
        listener.Overflows.ShouldBe(3);
        listener.TryAccept(out TcpConnection? accepted).ShouldBeTrue();
        accepted.ShouldBe(first);
        if (!abort)
            Ack(third).ShouldBe(TcpState.Established, "the ACK comes again with the repeated SYN,ACK");
        listener.Close(Pair.Start);
        opened.ForEach(c => c.Abort(Pair.Start));
        opened.ShouldAllBe(c => c.State == TcpState.Closed);
        second.End.ShouldBe(ConnectionEnd.Aborted);
    }

    [Fact]
    [Covers("RFC 9293", "MUST-8")]
    [Covers("RFC 9293", "MUST-9")]
    [Covers("RFC 9293", "SHLD-1")]
    [Covers("RFC 6528", "clock")]
    [Covers("RFC 6528", "keyed")]
    public void Initial_sequence_numbers_follow_the_clock_and_differ_by_secret_and_tuple()
    {
        // The reference vector of the SipHash paper, appendix A.
        byte[] key = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];
        SipHash.Hash(0x0706050403020100, 0x0F0E0D0C0B0A0908, key.AsSpan(0, 15)).ShouldBe(0xA129CA6149BE45E5);

        var generator = new IsnGenerator(key);
        var id = new ConnectionId(new IpEndpoint(IpAddress.V4(10, 0, 0, 1), 1000), new IpEndpoint(IpAddress.V4(10, 0, 0, 2), 80));
        ConnectionId other = id with { Local = new IpEndpoint(id.Local.Address, 1001) };
        SequenceNumber isn = generator.Next(id, Pair.Start);
        (generator.Next(id, Pair.Start + TimeSpan.FromMilliseconds(1)) - isn).ShouldBe(250);
        generator.Next(other, Pair.Start).ShouldNotBe(isn);
        new IsnGenerator(new byte[16]).Next(id, Pair.Start).ShouldNotBe(isn);
        generator.TimestampOffset(id).ShouldBe(generator.TimestampOffset(other));
    }
}
