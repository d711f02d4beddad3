using System.Globalization;

namespace Wirepath.Explain;

/// <summary>Numbers with their units. SI symbols read the same in every language.</summary>
public static class Figures
{
    /// <summary>0.64 ms, 84.4 ms, 1.25 s, 127 s.</summary>
    public static string Duration(TimeSpan span)
    {
        double ms = span.Ticks / (double)TimeSpan.TicksPerMillisecond;
        return span.Ticks == 0 ? "0 ms"
            : Math.Abs(ms) < 1 ? string.Create(CultureInfo.InvariantCulture, $"{ms:0.###} ms")
            : Math.Abs(ms) < 1000 ? string.Create(CultureInfo.InvariantCulture, $"{ms:0.0} ms")
            : Math.Abs(ms) < 10_000 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.##} s")
            : string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} s");
    }

    /// <summary>1,460 B, 12.3 MB.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes:#,0} B"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.00} GB"),
    };

    public static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>cwnd in segments of the MSS: 10, 11.5.</summary>
    public static string Segments(long bytes, int mss) => (bytes / (double)Math.Max(mss, 1)).ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>ssthresh: ∞ until the first loss.</summary>
    public static string Threshold(long bytes, string infinity) => bytes == long.MaxValue ? infinity : Bytes(bytes);
}

/// <summary>The unit in which all times of one picture are shown, so that they can be added up by eye.</summary>
/// <param name="UnitTicks">Ticks of 100 ns in the last digit.</param>
/// <param name="Decimals">Digits behind the point.</param>
/// <param name="Symbol">ms or s.</param>
public readonly record struct TimeScale(long UnitTicks, int Decimals, string Symbol)
{
    public static TimeScale For(TimeSpan total) => total.Ticks switch
    {
        < 10 * TimeSpan.TicksPerMillisecond => new(10, 3, "ms"),
        < 10 * TimeSpan.TicksPerSecond => new(TimeSpan.TicksPerMillisecond / 10, 1, "ms"),
        _ => new(TimeSpan.TicksPerSecond / 100, 2, "s"),
    };

    /// <summary>A number of units without the symbol.</summary>
    public string Format(long units)
    {
        decimal value = units;
        for (int i = 0; i < Decimals; i++)
            value /= 10;
        return value.ToString(Decimals switch { 1 => "#,0.0", 2 => "#,0.00", _ => "#,0.000" }, CultureInfo.InvariantCulture);
    }

    public string Format(TimeSpan span) => Format(Apportionment.RoundOne(span.Ticks, UnitTicks));
}
