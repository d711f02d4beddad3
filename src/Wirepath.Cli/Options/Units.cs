using System.Globalization;

namespace Wirepath.Cli;

/// <summary>Amounts as people type them: <c>2%</c>, <c>80ms</c>, <c>2mbit</c>, <c>64kb</c>. The units are tc's and ping's.</summary>
internal static class Units
{
    /// <summary>A share in [0, 1]: <c>2%</c> or <c>0.02</c>.</summary>
    public static bool TryParseShare(string text, out double share)
    {
        bool percent = text.EndsWith('%');
        if (!TryParseNumber(percent ? text[..^1] : text, out share))
            return false;
        if (percent)
            share /= 100;
        return share is >= 0 and <= 1;
    }

    /// <summary>A span of time; a bare number is milliseconds.</summary>
    public static bool TryParseDuration(string text, out TimeSpan span)
    {
        span = default;
        (string digits, string unit) = Split(text);
        double ticks = unit switch
        {
            "ns" => 0.01,
            "us" or "µs" => TimeSpan.TicksPerMicrosecond,
            "ms" or "" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "min" or "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            _ => 0,
        };
        if (ticks == 0 || !TryParseNumber(digits, out double number) || number < 0 || number * ticks > TimeSpan.FromDays(365).Ticks)
            return false;
        span = new TimeSpan((long)Math.Round(number * ticks));
        return true;
    }

    /// <summary>Bits per second: <c>2mbit</c>, <c>512kbit</c>, <c>1gbit</c>; a bare number is bit/s.</summary>
    public static bool TryParseBandwidth(string text, out long bitsPerSecond)
    {
        bitsPerSecond = 0;
        (string digits, string unit) = Split(text);
        double factor = unit.ToLowerInvariant() switch
        {
            "" or "bit" or "bps" => 1,
            "k" or "kbit" or "kbps" or "kbit/s" => 1e3,
            "m" or "mbit" or "mbps" or "mbit/s" => 1e6,
            "g" or "gbit" or "gbps" or "gbit/s" => 1e9,
            _ => 0,
        };
        if (factor == 0 || !TryParseNumber(digits, out double number) || number * factor is < 1 or > 1e12)
            return false;
        bitsPerSecond = (long)Math.Round(number * factor);
        return true;
    }

    /// <summary>Bytes: <c>64kb</c> (1,000), <c>64k</c> or <c>64kib</c> (1,024); a bare number is bytes.</summary>
    public static bool TryParseSize(string text, out int bytes)
    {
        bytes = 0;
        (string digits, string unit) = Split(text);
        double factor = unit.ToLowerInvariant() switch
        {
            "" or "b" => 1,
            "kb" => 1e3,
            "mb" => 1e6,
            "k" or "kib" => 1024,
            "m" or "mib" => 1024 * 1024,
            _ => 0,
        };
        if (factor == 0 || !TryParseNumber(digits, out double number) || number < 0 || number * factor > int.MaxValue)
            return false;
        bytes = (int)Math.Round(number * factor);
        return true;
    }

    private static (string Digits, string Unit) Split(string text)
    {
        int end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] is '.' or '-' or '+'))
            end++;
        return (text[..end], text[end..].Trim());
    }

    private static bool TryParseNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
}
