using FsCheck;
using FsCheck.Fluent;
using Wirepath.Wire;

namespace Wirepath.Simulation.Tests;

public class SimulatorTests
{
    private readonly Bench _bench = new();

    private Simulator Simulator => _bench.Simulator;

    [Fact]
    public void Events_run_in_order_of_time_and_those_of_one_instant_in_order_of_scheduling() =>
        Prop.ForAll(Gen.ListOf(Gen.Choose(0, 20)).ToArbitrary(), delays =>
        {
            var bench = new Bench();
            var ran = new List<(int Delay, int Number)>();
            int number = 0;
            foreach (int delay in delays)
            {
                int mine = number++;
                bench.Simulator.Schedule(Bench.Start + TimeSpan.FromTicks(delay), () => ran.Add((delay, mine)));
            }

            bench.Simulator.RunUntilIdle(Instant.Never).ShouldBeTrue();
            ran.ShouldBe(delays.Select((delay, i) => (delay, i)).OrderBy(x => x.delay).ThenBy(x => x.i));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_appointment_that_is_moved_or_cancelled_leaves_the_others_in_order() =>
        Prop.ForAll(Gen.ListOf(Gen.Choose(0, 40).Two()).ToArbitrary(), moves =>
        {
            var bench = new Bench();
            var ran = new List<int>();
            Appointment[] made = [.. Enumerable.Range(0, 20).Select(i => bench.Simulator.CreateAppointment($"{i}", () => ran.Add(i)))];
            var expected = new Dictionary<int, (int At, int Order)>();
            int order = 0;
            foreach ((int which, int at) in moves)
            {
                int i = which % made.Length;
                if (at % 5 == 0)
                {
                    bench.Simulator.Cancel(made[i]);
                    expected.Remove(i);
                }
                else
                {
                    bench.Simulator.Schedule(made[i], Bench.Start + TimeSpan.FromTicks(at));
                    expected[i] = (at, order++);
                }
            }

            bench.Simulator.RunUntilIdle(Instant.Never);
            ran.ShouldBe(expected.OrderBy(e => e.Value).Select(e => e.Key));
            made.ShouldAllBe(a => !a.IsScheduled);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_scheduled_in_the_past_runs_now_and_the_clock_never_goes_back()
    {
        Simulator.RunUntil(Bench.Start + TimeSpan.FromSeconds(5));
        TimeSpan ran = default;
        Simulator.Schedule(Bench.Start, () => ran = _bench.Elapsed);
        Simulator.RunUntilIdle(Instant.Never);
        ran.ShouldBe(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void RunUntil_runs_what_is_due_and_leaves_the_rest()
    {
        var ran = new List<int>();
        foreach (int second in (int[])[1, 2, 3])
            Simulator.Schedule(Bench.Start + TimeSpan.FromSeconds(second), () => ran.Add(second));
        Simulator.RunUntil(Bench.Start + TimeSpan.FromSeconds(2.5));
        ran.ShouldBe([1, 2]);
        _bench.Elapsed.ShouldBe(TimeSpan.FromSeconds(2.5));
        Simulator.RunUntilIdle(Bench.Start + TimeSpan.FromSeconds(2.9)).ShouldBeFalse();
        Simulator.RunUntilIdle(Bench.Start + TimeSpan.FromSeconds(3)).ShouldBeTrue();
        ran.ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void An_hour_of_virtual_waiting_is_an_instant_and_stays_on_one_thread()
    {
        int thread = Environment.CurrentManagedThreadId;
        TimeSpan waited = Simulator.Run(async () =>
        {
            long before = Simulator.Time.GetTimestamp();
            for (int i = 0; i < 3600; i++)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), Simulator.Time).ConfigureAwait(false);
                Environment.CurrentManagedThreadId.ShouldBe(thread);
                SynchronizationContext.Current.ShouldBeNull();
            }

            return Simulator.Time.GetElapsedTime(before);
        });
        waited.ShouldBe(TimeSpan.FromHours(1));
        Simulator.Time.GetUtcNow().ShouldBe(Bench.Start.ToDateTimeOffset() + waited);
    }

    [Fact]
    public void Asynchronous_tasks_interleave_the_same_way_in_every_run()
    {
        static string Story()
        {
            var bench = new Bench();
            var story = new List<string>();
            bench.Simulator.Run(async () =>
            {
                await Task.WhenAll(Enumerable.Range(1, 5).Select(async worker =>
                {
                    for (int step = 0; step < 4; step++)
                    {
                        await Task.Delay(TimeSpan.FromMilliseconds(worker * 2 % 5), bench.Simulator.Time).ConfigureAwait(false);
                        story.Add($"{worker}.{step}@{bench.Elapsed.TotalMilliseconds}");
                    }
                })).ConfigureAwait(false);
            });
            return string.Join(' ', story);
        }

        string first = Story();
        for (int i = 0; i < 5; i++)
            Story().ShouldBe(first);
    }

    [Fact]
    public void Timers_fire_once_or_periodically_can_be_changed_and_end_with_disposal()
    {
        var fired = new List<double>();
        ITimer timer = Simulator.Time.CreateTimer(_ => fired.Add(_bench.Elapsed.TotalSeconds), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        Simulator.RunUntil(Bench.Start + TimeSpan.FromSeconds(6));
        fired.ShouldBe([1, 3, 5]);
        timer.Change(TimeSpan.FromSeconds(4), Timeout.InfiniteTimeSpan).ShouldBeTrue();
        Simulator.RunUntil(Bench.Start + TimeSpan.FromSeconds(20));
        fired.ShouldBe([1, 3, 5, 10]);
        timer.Change(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        timer.Dispose();
        timer.Change(TimeSpan.Zero, TimeSpan.Zero).ShouldBeFalse();
        Simulator.RunUntilIdle(Instant.Never).ShouldBeTrue();
        fired.Count.ShouldBe(4);
    }

    [Fact]
    public void A_cancellation_source_times_out_in_virtual_time()
    {
        Simulator.Run(async () =>
        {
            using var cancel = new CancellationTokenSource(TimeSpan.FromMinutes(3), Simulator.Time);
            await Should.ThrowAsync<OperationCanceledException>(() => Task.Delay(Timeout.InfiniteTimeSpan, Simulator.Time, cancel.Token));
        });
        _bench.Elapsed.ShouldBe(TimeSpan.FromMinutes(3));
    }

    [Fact]
    public void Work_that_escaped_to_the_thread_pool_is_waited_for_and_may_schedule_from_there()
    {
        int answer = Simulator.Run(async () =>
        {
            await Task.Run(() => Simulator.Schedule(Bench.Start + TimeSpan.FromSeconds(9), () => { })).ConfigureAwait(false);
            // Still on the pool: this timer is made from another thread.
            await Task.Delay(TimeSpan.FromSeconds(1), Simulator.Time).ConfigureAwait(false);
            return 42;
        });
        answer.ShouldBe(42);
        _bench.Elapsed.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void An_application_that_waits_for_nothing_is_called_stuck_and_the_message_says_what_is_pending()
    {
        var bench = new Bench(settings: new SimulatorSettings { LongestRealWait = TimeSpan.FromMilliseconds(10), LongestRun = TimeSpan.FromHours(1) });
        var never = new TaskCompletionSource<int>();
        Should.Throw<SimulationStuckException>(() => bench.Simulator.Run(() => never.Task)).Message.ShouldContain("nothing is scheduled");

        using ITimer heartbeat = bench.Simulator.Time.CreateTimer(_ => { }, null, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        SimulationStuckException stuck = Should.Throw<SimulationStuckException>(() => bench.Simulator.Run(() => never.Task));
        stuck.Message.ShouldContain("still waits after 01:00:00");
        stuck.Message.ShouldContain("timer in 60 s");
    }

    [Fact]
    public void A_node_that_always_wants_to_be_called_now_is_called_stuck_by_name()
    {
        var bench = new Bench(settings: new SimulatorSettings { MostEventsPerInstant = 1000 });
        var loop = new NodeLoop(bench.Simulator, "hasty", now => now);
        loop.OnWorkArrived();
        Should.Throw<SimulationStuckException>(() => bench.Simulator.RunUntilIdle(Instant.Never)).Message.ShouldContain("'hasty'");
    }

    [Fact]
    public void A_node_is_polled_once_for_many_wishes_and_again_when_it_asked_to_be()
    {
        var polls = new List<double>();
        NodeLoop? loop = null;
        loop = new NodeLoop(Simulator, "pc", now =>
        {
            polls.Add(_bench.Elapsed.TotalSeconds);
            if (polls.Count == 2)
                loop!.OnWorkArrived(); // work that arrives while it is polled
            return polls.Count == 1 ? now + TimeSpan.FromSeconds(7) : Instant.Never;
        });
        loop.OnWorkArrived();
        loop.OnWorkArrived();
        Simulator.Post(loop.OnWorkArrived);
        Simulator.RunUntilIdle(Instant.Never).ShouldBeTrue();
        polls.ShouldBe([0, 7, 7]);
    }

    [Fact]
    public void The_caller_gets_its_synchronisation_context_back_and_the_applications_own_exception()
    {
        var context = new SynchronizationContext();
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            Should.Throw<FormatException>(() => Simulator.Run(async () =>
            {
                await Task.Delay(5, CancellationToken.None).ConfigureAwait(false); // real time, on the pool
                throw new FormatException();
            }));
            SynchronizationContext.Current.ShouldBeSameAs(context);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    [Fact]
    public void An_event_costs_no_allocation_in_the_steady_state()
    {
        int left = 0;
        Action work = null!;
        work = () =>
        {
            if (--left > 0)
                Simulator.Schedule(Simulator.Now + TimeSpan.FromTicks(left % 7), work);
        };
        Simulator.Schedule(Simulator.Now, work);
        left = 1000;
        Simulator.RunUntilIdle(Instant.Never);
        left = 100_000;
        Simulator.Schedule(Simulator.Now, work);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Simulator.RunUntilIdle(Instant.Never);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1000);
    }
}
