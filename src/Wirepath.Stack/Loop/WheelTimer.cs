using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>Somebody whom the wheel calls when a timer is due.</summary>
internal interface ITimerTarget
{
    void OnTimer(WheelTimer timer, Instant now);
}

/// <summary>
/// One timer, a link in a slot of the <see cref="TimerWheel"/>; made once and set as often as wanted. What exists in great
/// numbers is itself its timer.
/// </summary>
internal class WheelTimer
{
    public WheelTimer(ITimerTarget target) => Target = target;

    protected WheelTimer() => Target = (ITimerTarget)this;

    internal WheelTimer? Previous;
    internal WheelTimer? Following;
    internal int Slot = -1;
    internal ulong Order;

    public ITimerTarget Target { get; }

    /// <summary><see cref="Instant.Never"/> while it is not set.</summary>
    public Instant Due { get; internal set; } = Instant.Never;

    public bool IsSet => Slot >= 0;
}
