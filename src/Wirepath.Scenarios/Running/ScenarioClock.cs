namespace Wirepath.Scenarios;

/// <summary>A clock that stands until it is moved, and whose timers fire when it passes them, in the order of their times.</summary>
internal sealed class ScenarioClock : TimeProvider
{
    private readonly PriorityQueue<(ClockTimer Timer, long Setting), (long Due, long Order)> _timers = new();
    private long _order;

    /// <summary>Ticks since the beginning.</summary>
    private long _now;

    /// <summary>When scenarios begin: a day on which every name server of a scenario would already have been up.</summary>
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public TimeSpan Elapsed => TimeSpan.FromTicks(_now);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => s_start.AddTicks(_now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ClockTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>How long until the next timer; null when there is none.</summary>
    public TimeSpan? UntilNext => TryPeek(out long due) ? TimeSpan.FromTicks(Math.Max(0, due - _now)) : null;

    /// <summary>Moves on, timers firing at their own times.</summary>
    public void Advance(TimeSpan span)
    {
        long until = _now + span.Ticks;
        while (FireNext(until))
        {
        }

        _now = until;
    }

    /// <summary>Fires one timer that is due now.</summary>
    public bool FireDue() => FireNext(_now);

    private bool FireNext(long until)
    {
        if (!TryPeek(out long due) || due > until)
            return false;
        (ClockTimer timer, _) = _timers.Dequeue();
        _now = Math.Max(_now, due);
        timer.Fire();
        return true;
    }

    // What was set again or disposed of stays in the queue until it is met.
    private bool TryPeek(out long due)
    {
        while (_timers.TryPeek(out (ClockTimer Timer, long Setting) next, out (long Due, long Order) key))
        {
            if (next.Timer.Setting == next.Setting)
            {
                due = key.Due;
                return true;
            }

            _timers.Dequeue();
        }

        due = 0;
        return false;
    }

    private sealed class ClockTimer(ScenarioClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        /// <summary>Counts how often it was set: what lies in the queue of an earlier setting is void.</summary>
        public long Setting { get; private set; }

        public void Fire()
        {
            Setting++;
            if (_period > TimeSpan.Zero)
                Enqueue(_period);
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Setting++;
            _period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
                Enqueue(dueTime);
            return true;
        }

        public void Dispose() => Setting++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Enqueue(TimeSpan due) => clock._timers.Enqueue((this, Setting), (clock._now + Math.Max(0, due.Ticks), clock._order++));
    }
}
