using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp.Tests;

public class ClosingTests
{
    // Figure 5, and the sentences of §3.10 around it, written down once more by hand.
    private static readonly Dictionary<(TcpState, TcpTransition), TcpState> s_figure5 = new()
    {
        [(TcpState.Closed, TcpTransition.PassiveOpen)] = TcpState.Listen,
        [(TcpState.Closed, TcpTransition.ActiveOpen)] = TcpState.SynSent,
        [(TcpState.Listen, TcpTransition.ReceivedSyn)] = TcpState.SynReceived,
        [(TcpState.Listen, TcpTransition.ActiveOpen)] = TcpState.SynSent,
        [(TcpState.Listen, TcpTransition.Close)] = TcpState.Closed,
        [(TcpState.SynSent, TcpTransition.ReceivedSyn)] = TcpState.SynReceived,
        [(TcpState.SynSent, TcpTransition.ReceivedSynAck)] = TcpState.Established,
        [(TcpState.SynSent, TcpTransition.Close)] = TcpState.Closed,
        [(TcpState.SynReceived, TcpTransition.ReceivedAckOfSyn)] = TcpState.Established,
        [(TcpState.SynReceived, TcpTransition.Close)] = TcpState.FinWait1,
        [(TcpState.Established, TcpTransition.Close)] = TcpState.FinWait1,
        [(TcpState.Established, TcpTransition.ReceivedFin)] = TcpState.CloseWait,
        [(TcpState.FinWait1, TcpTransition.ReceivedAckOfFin)] = TcpState.FinWait2,
        [(TcpState.FinWait1, TcpTransition.ReceivedFin)] = TcpState.Closing,
        [(TcpState.FinWait1, TcpTransition.ReceivedFinAndAckOfFin)] = TcpState.TimeWait,
        [(TcpState.FinWait2, TcpTransition.ReceivedFin)] = TcpState.TimeWait,
        [(TcpState.CloseWait, TcpTransition.Close)] = TcpState.LastAck,
        [(TcpState.Closing, TcpTransition.ReceivedAckOfFin)] = TcpState.TimeWait,
        [(TcpState.LastAck, TcpTransition.ReceivedAckOfFin)] = TcpState.Closed,
        [(TcpState.TimeWait, TcpTransition.TimeWaitPassed)] = TcpState.Closed,
    };

    [Fact]
    public void The_table_has_exactly_the_edges_of_figure_5()
    {
        foreach (TcpState state in Enum.GetValues<TcpState>())
        {
            foreach (TcpTransition transition in Enum.GetValues<TcpTransition>())
            {
                TcpState? expected = s_figure5.TryGetValue((state, transition), out TcpState to) ? to : null;
                if (transition is TcpTransition.ReceivedRst or TcpTransition.GaveUp && state is not (TcpState.Closed or TcpState.Listen))
                    expected = TcpState.Closed;
                TcpStateMachine.Next(state, transition).ShouldBe(expected, $"{state}, {transition}");
                TcpStateMachine.Label(transition).ShouldNotBeEmpty();
            }
        }
    }

    [Fact]
    public void The_active_closer_waits_two_MSL_and_starts_over_when_the_FIN_comes_again()
    {
        using Peer peer = Peer.Established().Play("""
            shutdown
            > F. 1:1(0) ack 1
            state FinWait1
            +0.1 < . 1:1(0) ack 2
            state FinWait2
            +0.1 < F. 1:1(0) ack 2
            > . 2:2(0) ack 2
            state TimeWait
            end Closed
            +50 < F. 1:1(0) ack 2         // the last ACK was lost
            > . 2:2(0) ack 2
            +59.9 state TimeWait
            +0.1 state Closed
            released
            """);
        peer.Signals.HasFlag(TcpSignals.PeerClosed).ShouldBeTrue();
    }

    [Fact]
    public void The_passive_closer_sends_what_is_left_and_its_FIN_with_it()
    {
        using Peer _ = Peer.Established().Play("""
            +0.1 < F. 1:1(0) ack 1
            +0.001 > . 1:1(0) ack 2
            state CloseWait
            write 1500
            > . 1:1001(1000) ack 2
            > P. 1001:1501(500) ack 2
            shutdown
            > F. 1501:1501(0) ack 2
            state LastAck
            +0.1 < . 2:2(0) ack 1501
            state LastAck
            < . 2:2(0) ack 1502
            state Closed
            end Closed
            released
            """);
    }

    [Fact]
    public void Four_segments_become_three_when_the_application_closes_at_once()
    {
        using Peer _ = Peer.Established(Peer.Plain with { QuickAcks = 16 }).Play("""
            < P. 1:11(10) ack 1
            > . 1:1(0) ack 11
            +0.01 write 10
            > P. 1:11(10) ack 11      // it answers what it reads: from here on ACKs wait for company
            +0.1 < F. 11:11(0) ack 11
            +0.001 shutdown
            > F. 11:11(0) ack 12
            state LastAck
            """);
        // One that only reads acknowledges the FIN by itself.
        using Peer quick = Peer.Established(Peer.Plain with { QuickAcks = 16 }).Play("""
            < FP. 1:11(10) ack 1
            > . 1:1(0) ack 12
            shutdown
            > F. 1:1(0) ack 12
            """);
    }

    [Fact]
    public void Both_close_at_once()
    {
        using Peer _ = Peer.Established().Play("""
            shutdown
            > F. 1:1(0) ack 1
            +0.1 < F. 1:1(0) ack 1
            > . 2:2(0) ack 2
            state Closing
            +0.1 < . 2:2(0) ack 2
            state TimeWait
            """);
        // FIN and the ACK of our FIN in one segment.
        using Peer together = Peer.Established().Play("""
            shutdown
            > F. 1:1(0) ack 1
            +0.1 < F. 1:1(0) ack 2
            > . 2:2(0) ack 2
            state TimeWait
            """);
    }

    [Fact]
    public void After_a_half_close_the_other_direction_goes_on()
    {
        using Peer peer = Peer.Established().Play("""
            write 100
            > P. 1:101(100) ack 1
            shutdown
            > F. 101:101(0) ack 1
            +0.1 < . 1:1(0) ack 102
            state FinWait2
            +300 < P. 1:501(500) ack 102
            +0.04 > . 102:102(0) ack 501
            read 500
            state FinWait2
            """);
        Should.Throw<InvalidOperationException>(() => peer.Connection.Write("x"u8, peer.Now));
    }

    [Fact]
    public void A_FIN_behind_a_hole_waits_for_the_hole()
    {
        using Peer peer = Peer.Established().Play("""
            < F. 1001:1501(500) ack 1
            > . 1:1(0) ack 1
            state Established
            < . 1:1001(1000) ack 1
            > . 1:1(0) ack 1502
            state CloseWait
            """);
        peer.Connection.Readable.ShouldBe(1500);
        peer.Connection.IsReadClosed.ShouldBeTrue();
    }

    [Fact]
    public void FIN_is_repeated_until_the_orphan_retries_are_used_up()
    {
        using Peer _ = Peer.Established(Peer.Plain with { OrphanRetries = 2 }).Play("""
            close
            > F. 1:1(0) ack 1
            +0.3 > F. 1:1(0) ack 1    // SRTT 100 ms: RTO = 100 + max(200, 4·50)
            +0.6 > F. 1:1(0) ack 1
            +1.1 state FinWait1
            +0.1 end TimedOut
            released
            """);
    }

    [Fact]
    public void FIN_WAIT_2_without_an_application_ends_after_fin_timeout()
    {
        using Peer _ = Peer.Established().Play("""
            close
            > F. 1:1(0) ack 1
            +0.1 < . 1:1(0) ack 2
            +59.9 state FinWait2
            +0.1 state Closed
            released
            """);
        // A half-close has no such limit: somebody still reads.
        using Peer patient = Peer.Established().Play("""
            shutdown
            > F. 1:1(0) ack 1
            +0.1 < . 1:1(0) ack 2
            +7200 state FinWait2
            """);
    }

    [Fact]
    public void Bytes_that_nobody_will_read_are_answered_with_RST()
    {
        using Peer late = Peer.Established().Play("""
            close
            > F. 1:1(0) ack 1
            +0.1 < P. 1:11(10) ack 2
            > R 2:2(0)
            end Aborted
            released
            """);
        using Peer unread = Peer.Established().Play("""
            < P. 1:11(10) ack 1
            close
            > R. 1:1(0) ack 11
            end Aborted
            """);
    }

    [Theory]
    [InlineData("SynReceived", "R. 1:1(0) ack 11")]
    [InlineData("Established", "R. 11:11(0) ack 1")]
    [InlineData("FinWait1", "R. 12:12(0) ack 1")]
    [InlineData("FinWait2", "R. 12:12(0) ack 1")]
    [InlineData("CloseWait", "R. 11:11(0) ack 2")]
    [InlineData("Closing", null)]
    [InlineData("LastAck", null)]
    [InlineData("TimeWait", null)]
    public void ABORT_sends_RST_where_the_peer_must_know(string state, string? reset)
    {
        using Peer peer = In(state);
        if (state == "SynReceived")
            reset = "R. 1:1(0) ack 1";
        peer.Play($"""
            abort
            {(reset is null ? "" : "> " + reset)}
            state Closed
            released
            """);
        peer.Connection.NextTimer.ShouldBe(Instant.Never);
        peer.Connection.MemoryCharged.ShouldBe(0);
    }

    [Theory]
    [InlineData("SynReceived", "ResetByPeer")]
    [InlineData("Established", "ResetByPeer")]
    [InlineData("FinWait1", "ResetByPeer")]
    [InlineData("FinWait2", "ResetByPeer")]
    [InlineData("CloseWait", "ResetByPeer")]
    [InlineData("Closing", "Closed")]
    [InlineData("LastAck", "Closed")]
    [InlineData("TimeWait", "Closed")]
    public void A_RST_ends_every_state_but_only_at_the_exact_number(string state, string end)
    {
        using Peer peer = In(state);
        int next = state is "SynReceived" or "Established" or "FinWait1" or "FinWait2" ? 1 : 2;
        int behind = state is "SynReceived" ? 1 : state is "Established" or "CloseWait" ? 11 : 12;
        peer.Play($"""
            < R 0:0(0)                       // below the window: dropped
            < R 200000:200000(0)             // beyond it: dropped
            state {state}
            < R {next + 1}:{next + 1}(0)     // in it: RFC 5961 §3.2
            > . {behind}:{behind}(0) ack {next}
            state {state}
            < R {next}:{next}(0)
            state Closed
            end {end}
            released
            """);
        peer.Connection.NextTimer.ShouldBe(Instant.Never);
    }

    // Ten bytes were sent in every state but SYN-RECEIVED, and in none acknowledged before the FIN was.
    private static Peer In(string state)
    {
        if (state == "SynReceived")
            return Peer.Listening().Play("< S 0:0(0) win 60000 <mss 1000>\n> S. 0:0(0) ack 1\nstate SynReceived");
        Peer peer = Peer.Established().Play("write 10\n> P. 1:11(10) ack 1");
        peer.Play(state switch
        {
            "Established" => "",
            "FinWait1" => "shutdown\n> F. 11:11(0) ack 1",
            "FinWait2" => "shutdown\n> F. 11:11(0) ack 1\n< . 1:1(0) ack 12",
            "CloseWait" => "< F. 1:1(0) ack 1\n+0.001 > . 11:11(0) ack 2",
            "Closing" => "shutdown\n> F. 11:11(0) ack 1\n< F. 1:1(0) ack 1\n> . 12:12(0) ack 2",
            "LastAck" => "< F. 1:1(0) ack 1\n+0.001 > . 11:11(0) ack 2\nshutdown\n> F. 11:11(0) ack 2",
            "TimeWait" => "shutdown\n> F. 11:11(0) ack 1\n< F. 1:1(0) ack 12\n> . 12:12(0) ack 2",
            _ => throw new ArgumentOutOfRangeException(nameof(state)),
        });
        return peer.Play($"state {state}");
    }

    [Fact]
    public void TIME_WAIT_is_protected_from_RST_when_asked_for()
    {
        using Peer _ = Peer.Established(Peer.Plain with { ProtectTimeWait = true }).Play("""
            shutdown
            > F. 1:1(0) ack 1
            < F. 1:1(0) ack 2
            > . 2:2(0) ack 2
            < R 2:2(0)
            state TimeWait
            """);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void A_SYN_beyond_the_old_numbers_reopens_TIME_WAIT(int sequence, bool reopens)
    {
        using Peer peer = Peer.Established().Play("""
            shutdown
            > F. 1:1(0) ack 1
            < F. 1:1(0) ack 2
            > . 2:2(0) ack 2
            """);
        using Packet packet = Packet.Rent(100);
        peer.Connection.TryReopen(peer.Segment(packet, TcpFlags.Syn, sequence, 0, default), peer.Now).ShouldBe(reopens);
        peer.Connection.State.ShouldBe(reopens ? TcpState.Closed : TcpState.TimeWait);
    }

    [Fact]
    public void A_segment_without_a_connection_is_answered_by_RST_but_never_a_RST()
    {
        using Peer peer = Peer.Listening();
        using Packet packet = Packet.Rent(100);
        using Packet answer = Packet.Rent(100);
        TcpReset.TryAnswer(peer.Segment(packet, TcpFlags.Rst, 5, 9, default), answer).ShouldBeFalse();
        TcpReset.TryAnswer(peer.Segment(packet, TcpFlags.Ack, 5, 9, default), answer).ShouldBeTrue();
        TcpHeader.TryRead(answer.Head, out TcpHeader reset).ShouldBeTrue();
        reset.Flags.ShouldBe(TcpFlags.Rst);
        reset.Sequence.ShouldBe(peer.Segment(packet, TcpFlags.Ack, 5, 9, default).Header.Acknowledgment);
        using Packet toSyn = Packet.Rent(100);
        TcpReset.TryAnswer(peer.Segment(packet, TcpFlags.Syn, 5, 0, default), toSyn).ShouldBeTrue();
        TcpHeader.TryRead(toSyn.Head, out reset).ShouldBeTrue();
        reset.Flags.ShouldBe(TcpFlags.Rst | TcpFlags.Ack);
        reset.Acknowledgment.ShouldBe(peer.Segment(packet, TcpFlags.Syn, 6, 0, default).Header.Sequence);
    }
}
