using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp.Tests;

/// <summary>Every event names the one that led to it, so that the log tells why each segment was sent.</summary>
public class CauseTests
{
    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;
    }

    private sealed class Story
    {
        private readonly EventRecorder _recorder = new();

        public Story()
        {
            var log = new EventLog();
            log.Subscribe(_recorder);
            Log = log.For("host", new StoppedClock());
        }

        public NodeLog Log { get; }

        public IReadOnlyList<Event> Events => _recorder.Events;

        public IEnumerable<Event> Of<T>() where T : Happening => Events.Where(e => e.What is T);

        /// <summary>The names of an event and its causes, last first.</summary>
        public string Why(EventId id)
        {
            List<string> names = [];
            for (Event? at = _recorder.Find(id); at is not null; at = _recorder.Find(at.Cause))
                names.Add(at.What is SegmentSent sent ? $"sent {sent.Why}" : at.What.GetType().Name);
            return string.Join(" < ", names);
        }
    }

    [Fact]
    public void A_repetition_tells_of_its_timer_and_the_timer_of_the_first_transmission()
    {
        var story = new Story();
        using Peer peer = Peer.Established(log: story.Log);
        EventId write = story.Log.Log.Write(Pair.Start, "app", EventId.None, new SocketCalled(peer.Connection.Id, "write", 10));
        story.Log.Because = write;
        peer.Play("""
            write 10
            > P. 1:11(10) ack 1
            """);
        story.Why(peer.LastCause).ShouldBe("sent Data < SocketCalled");
        peer.Play("+0.3 > P. 1:11(10) ack 1");
        story.Why(peer.LastCause).ShouldBe("sent Retransmission < Retransmitted < RetransmissionTimedOut < sent Data < SocketCalled");
        peer.Play("+0.6 > P. 1:11(10) ack 1");
        RetransmissionTimedOut second = story.Of<RetransmissionTimedOut>().Select(e => (RetransmissionTimedOut)e.What).Last();
        (second.Rto, second.Next, second.Attempt).ShouldBe((TimeSpan.FromSeconds(0.6), TimeSpan.FromSeconds(1.2), 2));
    }

    [Fact]
    public void An_answer_tells_of_the_segment_it_answers()
    {
        var story = new Story();
        using Peer peer = Peer.Listening(log: story.Log).Play("""
            < S 0:0(0) win 60000 <mss 1000>
            > S. 0:0(0) ack 1
            """);
        story.Why(peer.LastCause).ShouldBe("sent SynAnswer < SegmentReceived");
        peer.Play("""
            < . 1:1(0) ack 1
            < P. 1:11(10) ack 1
            +0.04 > . 1:1(0) ack 11
            """);
        story.Why(peer.LastCause).ShouldBe("sent DelayedAck < SegmentReceived", "the segment that waited, not the timer's tick");
        peer.Play("""
            < P. 21:31(10) ack 1
            > . 1:1(0) ack 11
            """);
        story.Why(peer.LastCause).ShouldBe("sent DuplicateAck < SegmentReceived");
        peer.Play("""
            < R 12:12(0)
            > . 1:1(0) ack 11
            """);
        story.Why(peer.LastCause).ShouldBe("sent Challenge < SegmentReceived");
        story.Of<StateChanged>().Select(e => ((StateChanged)e.What).Trigger).ShouldBe(["received SYN", "received ACK of SYN"]);
    }

    [Fact]
    public void Fast_retransmit_tells_of_the_third_duplicate_and_the_window_of_the_ACK_that_opened_it()
    {
        var story = new Story();
        using Peer peer = Peer.Established(Peer.Plain with { InitialCwnd = 4 }, log: story.Log).Play("""
            write 4000
            > . 1:1001(1000) ack 1
            > . 1001:2001(1000) ack 1
            > . 2001:3001(1000) ack 1
            > P. 3001:4001(1000) ack 1
            < . 1:1(0) ack 1
            < . 1:1(0) ack 1
            < . 1:1(0) ack 1
            > . 1:1001(1000) ack 1
            """);
        story.Why(peer.LastCause).ShouldBe("sent Retransmission < Retransmitted < SegmentReceived");
        story.Of<DuplicateAckCounted>().Select(e => ((DuplicateAckCounted)e.What).Count).ShouldBe([1, 2, 3]);
        var congestion = (CongestionChanged)story.Of<CongestionChanged>().Last().What;
        (congestion.Phase, congestion.Cwnd, congestion.Ssthresh).ShouldBe((CongestionPhase.FastRecovery, 1000, 2000));
        peer.Play("""
            write 5000
            +0.1 < . 1:1(0) ack 4001
            > . 4001:5001(1000) ack 1
            > . 5001:6001(1000) ack 1
            """);
        story.Why(peer.LastCause).ShouldStartWith("sent Data < SegmentReceived");
    }

    [Fact]
    public void A_window_probe_tells_of_the_segment_that_closed_the_window()
    {
        var story = new Story();
        using Peer peer = Peer.Established(log: story.Log).Play("""
            write 10
            > P. 1:11(10) ack 1
            write 10
            +0.1 < . 1:1(0) ack 11 win 0
            +0.3 > . 10:10(0) ack 1
            """);
        story.Why(peer.LastCause).ShouldBe("sent WindowProbe < SegmentReceived");
        story.Of<PeerWindowChanged>().Select(e => ((PeerWindowChanged)e.What).Window).ShouldBe([0]);
    }

    [Fact]
    public void The_end_of_a_connection_is_told_once_with_its_reason()
    {
        var story = new Story();
        using Peer peer = Peer.Established(log: story.Log).Play("""
            shutdown
            > F. 1:1(0) ack 1
            < F. 1:1(0) ack 2
            > . 2:2(0) ack 2
            < F. 1:1(0) ack 2
            > . 2:2(0) ack 2
            +60 state Closed
            """);
        story.Of<TimeWaitStarted>().Select(e => ((TimeWaitStarted)e.What).Restarted).ShouldBe([false, true]);
        story.Of<ConnectionEnded>().Count().ShouldBe(1);
        story.Of<StateChanged>().Select(e => ((StateChanged)e.What).To)
            .ShouldBe([TcpState.SynSent, TcpState.Established, TcpState.FinWait1, TcpState.TimeWait, TcpState.Closed]);
        Event negotiated = story.Of<OptionsNegotiated>().Single();
        story.Why(negotiated.Id).ShouldBe("OptionsNegotiated < SegmentReceived");
        SegmentFacts fin = story.Of<SegmentSent>().Select(e => (SegmentSent)e.What).First(s => s.Why == SendCause.Close).Segment;
        (fin.RelativeSequence, fin.RelativeAcknowledgment, fin.Flags, fin.Length).ShouldBe((1u, 1u, TcpFlags.Fin | TcpFlags.Ack, 0));
    }
}
