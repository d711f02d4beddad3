using Wirepath.Wire;

namespace Wirepath.Events.Tests;

public sealed class EventLogTests
{
    private static readonly Instant s_noon = new(1000);

    [Fact]
    public void Numbers_count_up_from_one_in_the_order_of_writing()
    {
        var log = new EventLog();
        var recorder = new EventRecorder();
        using IDisposable listening = log.Subscribe(recorder);

        for (long i = 1; i <= 5; i++)
            log.Write(s_noon, "pc", EventId.None, new Remark("r")).ShouldBe(new EventId(i));

        recorder.Events.Select(e => e.Id.Value).ShouldBe([1, 2, 3, 4, 5]);
    }

    [Fact]
    public void Nobody_listens_so_nothing_is_numbered_or_kept()
    {
        var log = new EventLog();
        log.IsEnabled.ShouldBeFalse();
        log.Write(s_noon, "pc", EventId.None, new Remark("unheard")).ShouldBe(EventId.None);

        var recorder = new EventRecorder();
        using (log.Subscribe(recorder))
            log.Write(s_noon, "pc", EventId.None, new Remark("heard")).ShouldBe(new EventId(1));
        log.IsEnabled.ShouldBeFalse();
        log.Write(s_noon, "pc", EventId.None, new Remark("unheard again"));

        recorder.Events.ShouldHaveSingleItem().What.ShouldBe(new Remark("heard"));
    }

    [Fact]
    public void Asking_a_silent_log_whether_anybody_listens_allocates_nothing()
    {
        NodeLog pen = NodeLog.Silent;
        long before = GC.GetAllocatedBytesForCurrentThread();
        long asked = 0;
        for (int i = 0; i < 100_000; i++)
        {
            if (!pen.IsEnabled)
                asked++;
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        asked.ShouldBe(100_000);
        Should.Throw<InvalidOperationException>(() => EventLog.Silent.Subscribe(new EventRecorder()));
    }

    [Fact]
    public void What_a_pen_writes_names_what_its_node_is_busy_with()
    {
        var log = new EventLog();
        var recorder = new EventRecorder();
        using IDisposable listening = log.Subscribe(recorder);
        NodeLog pen = log.For("pc", new Clock());

        EventId frame = pen.Write(new FrameReceived("eth0", default));
        pen.Because = frame;
        pen.Write(new Remark("because of the frame"));
        EventId timer = pen.Write(EventId.None, new Remark("a timer"));
        pen.Because = timer;
        EventId followed = pen.WriteAndFollow(new Remark("the timer's work"));
        pen.Write(new Remark("and what came of it"));

        recorder.Events.Select(e => e.Cause).ShouldBe([EventId.None, frame, EventId.None, timer, followed]);
        recorder.Events.ShouldAllBe(e => e.Node == "pc" && e.At == Clock.Start);
    }

    [Fact]
    public async Task The_applications_cause_travels_through_awaits_and_not_back_to_the_caller()
    {
        NodeLog.ApplicationCause = new EventId(7);

        EventId inside = await Work();

        inside.ShouldBe(new EventId(8));
        NodeLog.ApplicationCause.ShouldBe(new EventId(7));

        static async Task<EventId> Work()
        {
            NodeLog.ApplicationCause.ShouldBe(new EventId(7));
            NodeLog.ApplicationCause = new EventId(8);
            await Task.Yield();
            return NodeLog.ApplicationCause;
        }
    }

    [Fact]
    public void Several_listeners_hear_the_same_events_and_each_leaves_by_itself()
    {
        var log = new EventLog();
        var first = new EventRecorder();
        var second = new EventRecorder();
        IDisposable one = log.Subscribe(first);
        using IDisposable two = log.Subscribe(second);
        log.Write(s_noon, "pc", EventId.None, new Remark("both"));
        one.Dispose();
        one.Dispose();
        log.Write(s_noon, "pc", EventId.None, new Remark("second only"));

        first.Events.Count.ShouldBe(1);
        second.Events.Count.ShouldBe(2);
    }

    [Fact]
    public void A_recorder_finds_by_number_and_counts_what_found_no_room()
    {
        var log = new EventLog();
        var early = new EventRecorder();
        using IDisposable hearing = log.Subscribe(early);
        log.Write(s_noon, "pc", EventId.None, new Remark("before"));
        var late = new EventRecorder(most: 2);
        using IDisposable alsoHearing = log.Subscribe(late);
        for (int i = 0; i < 4; i++)
            log.Write(s_noon, "pc", EventId.None, new Remark($"{i}"));

        late.Find(new EventId(1)).ShouldBeNull();
        late.Find(new EventId(3))!.What.ShouldBe(new Remark("1"));
        late.Find(new EventId(5)).ShouldBeNull();
        late.Left.ShouldBe(2);
        early.Find(new EventId(5))!.What.ShouldBe(new Remark("3"));
    }

    [Fact]
    public void A_recorder_may_leave_out_the_bytes_of_frames_and_nothing_else()
    {
        var log = new EventLog();
        var recorder = new EventRecorder(frames: false);
        using IDisposable listening = log.Subscribe(recorder);
        byte[] frame = new byte[1514];
        EventId sent = log.Write(s_noon, "pc", EventId.None, new FrameSent("eth0", frame));
        log.Write(s_noon, "lan", sent, new LinkTransit("lan", "pc", "router", frame, LinkVerdict.Dropped, DropReason.Lost, Instant.Never));

        recorder.Events.ShouldBe(
        [
            new Event(sent, s_noon, "pc", EventId.None, new FrameSent("eth0", default)),
            new Event(new EventId(2), s_noon, "lan", sent, new LinkTransit("lan", "pc", "router", default, LinkVerdict.Dropped, DropReason.Lost, Instant.Never)),
        ]);
    }

    [Fact]
    public void Threads_may_write_at_once_and_no_number_is_given_twice()
    {
        var log = new EventLog();
        var recorder = new EventRecorder();
        using IDisposable listening = log.Subscribe(recorder);

        Parallel.For(0, 8, _ =>
        {
            for (int i = 0; i < 500; i++)
                log.Write(s_noon, "pc", EventId.None, new Remark("r"));
        });

        recorder.Events.Select(e => e.Id.Value).ShouldBe(Enumerable.Range(1, 4000).Select(i => (long)i));
    }

    private sealed class Clock : TimeProvider
    {
        public static readonly Instant Start = Instant.FromDateTimeOffset(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

        public override DateTimeOffset GetUtcNow() => Start.ToDateTimeOffset();
    }
}
