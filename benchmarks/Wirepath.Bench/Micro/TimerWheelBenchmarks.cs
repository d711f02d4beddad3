using BenchmarkDotNet.Attributes;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Bench;

/// <summary>The timer wheel with as many timers as there are busy connections.</summary>
public class TimerWheelBenchmarks
{
    private static readonly TimeSpan s_retransmission = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_step = TimeSpan.FromTicks(100);

    private TimerWheel _wheel = null!;
    private WheelTimer[] _timers = [];
    private Instant _now = new(17_000_000_000_000_000);
    private int _next;

    [Params(100, 100_000)]
    public int Timers { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _wheel = new TimerWheel();
        _wheel.Advance(_now);
        _timers = [.. Enumerable.Range(0, Timers).Select(_ => new WheelTimer(new Nobody()))];
        foreach (WheelTimer timer in _timers)
            _wheel.Set(timer, _now += s_step);
    }

    /// <summary>What each segment does: moves its connection's retransmission timer on; the loop then asks for the nearest.</summary>
    [Benchmark]
    public Instant MoveAndAsk()
    {
        _now += s_step;
        _wheel.Set(_timers[_next = (_next + 1) % _timers.Length], _now + s_retransmission);
        return _wheel.NextDue;
    }

    /// <summary>A timer that is set and runs out.</summary>
    [Benchmark]
    public int SetAndFire()
    {
        _now += s_step;
        _wheel.Set(_timers[_next = (_next + 1) % _timers.Length], _now);
        return _wheel.Advance(_now);
    }

    private sealed class Nobody : ITimerTarget
    {
        public void OnTimer(WheelTimer timer, Instant now)
        {
        }
    }
}
