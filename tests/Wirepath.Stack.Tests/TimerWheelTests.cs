using Wirepath.Wire;

namespace Wirepath.Stack.Tests;

public sealed class TimerWheelTests
{
    private sealed class Target(List<(WheelTimer, Instant)> fired) : ITimerTarget
    {
        public void OnTimer(WheelTimer timer, Instant now) => fired.Add((timer, now));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_timer_fires_at_its_exact_due_time_and_in_order(ulong seed)
    {
        var random = new RandomSource(seed);
        var fired = new List<(WheelTimer Timer, Instant At)>();
        var target = new Target(fired);
        var wheel = new TimerWheel();
        var now = new Instant(17_670_000_000_000_000);
        var expected = new Dictionary<WheelTimer, Instant>();
        var timers = new List<WheelTimer>();
        for (int i = 0; i < 3000; i++)
        {
            switch (random.Next(10))
            {
                case < 5:
                    var timer = new WheelTimer(target);
                    timers.Add(timer);
                    // From 0.1 µs to 13 days.
                    expected[timer] = now + new TimeSpan(1 + (long)(random.NextUInt64() >> (21 + random.Next(40))));
                    wheel.Set(timer, expected[timer]);
                    break;
                case < 7 when timers.Count > 0:
                    WheelTimer victim = timers[random.Next(timers.Count)];
                    wheel.Cancel(victim);
                    expected.Remove(victim);
                    break;
                case < 8 when timers.Count > 0:
                    WheelTimer moved = timers[random.Next(timers.Count)];
                    expected[moved] = now + new TimeSpan(1 + random.Next(1_000_000_000));
                    wheel.Set(moved, expected[moved]);
                    break;
                default:
                    Instant nearest = expected.Count == 0 ? Instant.Never : expected.Values.Min();
                    wheel.NextDue.ShouldBe(nearest);
                    if (nearest.IsNever)
                        break;
                    // Sometimes before anything is due, sometimes far behind.
                    now = random.Chance(0.2) ? Instant.Max(now, nearest - new TimeSpan(1)) : nearest + new TimeSpan(random.Chance(0.5) ? 0 : random.Next(50_000_000));
                    fired.Clear();
                    wheel.Advance(now);
                    WheelTimer[] due = [.. expected.Where(e => e.Value <= now).OrderBy(e => e.Value).Select(e => e.Key)];
                    fired.Select(f => f.Timer).ShouldBe(due, ignoreOrder: true);
                    fired.Select(f => expected[f.Timer]).ShouldBeInOrder();
                    foreach (WheelTimer done in due)
                        expected.Remove(done);
                    break;
            }

            wheel.Count.ShouldBe(expected.Count);
        }
    }

    [Fact]
    public void Timers_due_together_fire_in_the_order_in_which_they_were_set()
    {
        var fired = new List<(WheelTimer Timer, Instant At)>();
        var target = new Target(fired);
        var wheel = new TimerWheel();
        WheelTimer[] timers = [.. Enumerable.Range(0, 100).Select(_ => new WheelTimer(target))];
        foreach (WheelTimer timer in timers)
            wheel.Set(timer, new Instant(5_000_000));
        wheel.Advance(new Instant(4_999_999)).ShouldBe(0);
        wheel.Advance(new Instant(5_000_000)).ShouldBe(100);
        fired.Select(f => f.Timer).ShouldBe(timers);
        wheel.NextDue.ShouldBe(Instant.Never);
    }
}
