namespace Wirepath.Wire;

/// <summary>
/// A point in time: ticks of 100 ns since the Unix epoch. The only kind of time that cores see;
/// differences are <see cref="TimeSpan"/>. It comes from the <see cref="TimeProvider"/> that the loop was handed.
/// </summary>
public readonly record struct Instant(long Ticks) : IComparable<Instant>
{
    /// <summary>The instant that never comes: what an idle timer answers.</summary>
    public static readonly Instant Never = new(long.MaxValue);

    public static readonly Instant Epoch = new(0);

    public bool IsNever => Ticks == long.MaxValue;

    public static Instant operator +(Instant instant, TimeSpan span) =>
        instant.IsNever || span.Ticks > long.MaxValue - Math.Max(instant.Ticks, 0) ? Never : new(instant.Ticks + span.Ticks);

    public static Instant operator -(Instant instant, TimeSpan span) => instant.IsNever ? Never : new(instant.Ticks - span.Ticks);

    public static TimeSpan operator -(Instant later, Instant earlier) => new(later.Ticks - earlier.Ticks);

    public static bool operator <(Instant left, Instant right) => left.Ticks < right.Ticks;

    public static bool operator >(Instant left, Instant right) => left.Ticks > right.Ticks;

    public static bool operator <=(Instant left, Instant right) => left.Ticks <= right.Ticks;

    public static bool operator >=(Instant left, Instant right) => left.Ticks >= right.Ticks;

    public static Instant Min(Instant left, Instant right) => left.Ticks <= right.Ticks ? left : right;

    public static Instant Max(Instant left, Instant right) => left.Ticks >= right.Ticks ? left : right;

    public int CompareTo(Instant other) => Ticks.CompareTo(other.Ticks);

    public static Instant FromDateTimeOffset(DateTimeOffset time) => new(time.UtcTicks - DateTime.UnixEpoch.Ticks);

    public DateTimeOffset ToDateTimeOffset() => new(DateTime.UnixEpoch.Ticks + Ticks, TimeSpan.Zero);

    public override string ToString() => IsNever ? "never" : ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
