using System.Globalization;

namespace Wirepath.Wire;

/// <summary>
/// A TCP sequence number: 32 bits that wrap around (RFC 9293 §3.4). Comparison is modulo 2³² and only has a
/// meaning between numbers less than 2³¹ apart, which windows guarantee.
/// </summary>
public readonly record struct SequenceNumber(uint Value)
{
    public static SequenceNumber operator +(SequenceNumber number, int bytes) => new(unchecked(number.Value + (uint)bytes));

    public static SequenceNumber operator +(SequenceNumber number, uint bytes) => new(unchecked(number.Value + bytes));

    public static SequenceNumber operator -(SequenceNumber number, int bytes) => new(unchecked(number.Value - (uint)bytes));

    /// <summary>How many bytes <paramref name="left"/> is ahead of <paramref name="right"/>; negative when it is behind.</summary>
    public static int operator -(SequenceNumber left, SequenceNumber right) => unchecked((int)(left.Value - right.Value));

    public static bool operator <(SequenceNumber left, SequenceNumber right) => left - right < 0;

    public static bool operator >(SequenceNumber left, SequenceNumber right) => left - right > 0;

    public static bool operator <=(SequenceNumber left, SequenceNumber right) => left - right <= 0;

    public static bool operator >=(SequenceNumber left, SequenceNumber right) => left - right >= 0;

    public static SequenceNumber Max(SequenceNumber left, SequenceNumber right) => left >= right ? left : right;

    public static SequenceNumber Min(SequenceNumber left, SequenceNumber right) => left <= right ? left : right;

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
