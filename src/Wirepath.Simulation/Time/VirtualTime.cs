using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>
/// The simulation's clock as a <see cref="TimeProvider"/>: time stands still while code runs and jumps from event to event. Timers
/// are appointments of the simulator; their callbacks run on its thread.
/// </summary>
public sealed class VirtualTime : TimeProvider
{
    private readonly Simulator _simulator;

    internal VirtualTime(Simulator simulator) => _simulator = simulator;

    /// <summary>10 MHz: one tick is 100 ns, as of <see cref="Instant"/>.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => _simulator.Now.ToDateTimeOffset();

    public override long GetTimestamp() => _simulator.Now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new VirtualTimer(_simulator, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class VirtualTimer : ITimer
    {
        private readonly Simulator _simulator;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private readonly ExecutionContext? _context = ExecutionContext.Capture();
        private readonly Appointment _appointment;
        private TimeSpan _period = Timeout.InfiniteTimeSpan;
        private volatile bool _disposed;

        public VirtualTimer(Simulator simulator, TimerCallback callback, object? state)
        {
            (_simulator, _callback, _state) = (simulator, callback, state);
            _appointment = simulator.CreateAppointment("timer", Fire);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            CheckSpan(dueTime);
            CheckSpan(period);
            if (_disposed)
                return false;
            if (_simulator.IsOwnThread)
                Set(dueTime, period);
            else
                _simulator.Post(() => Set(dueTime, period));
            return true;
        }

        public void Dispose()
        {
            _disposed = true;
            if (_simulator.IsOwnThread)
                _simulator.Cancel(_appointment);
            else
                _simulator.Post(() => _simulator.Cancel(_appointment));
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private static void CheckSpan(TimeSpan span)
        {
            if (span != Timeout.InfiniteTimeSpan)
                ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero);
        }

        private void Set(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            if (_disposed || dueTime == Timeout.InfiniteTimeSpan)
                _simulator.Cancel(_appointment);
            else
                _simulator.Schedule(_appointment, _simulator.Now + dueTime);
        }

        private void Fire()
        {
            if (_disposed)
                return;
            if (_period > TimeSpan.Zero)
                _simulator.Schedule(_appointment, _simulator.Now + _period);
            if (_context is null)
                _callback(_state);
            else
                ExecutionContext.Run(_context, static timer => ((VirtualTimer)timer!).CallBack(), this);
        }

        private void CallBack() => _callback(_state);
    }
}
