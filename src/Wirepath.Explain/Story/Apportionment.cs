namespace Wirepath.Explain;

/// <summary>
/// Rounds parts so that they still add up: each is cut to the unit, and the units that are left go to those that
/// lost most (Hamilton's method of largest remainders; ties go to the earlier part).
/// </summary>
public static class Apportionment
{
    /// <param name="ticks">Parts, none negative.</param>
    /// <param name="unit">Size of the unit in the same ticks, above 0.</param>
    /// <returns>Whole units for each part; they sum to the rounded sum of the parts (half rounds up).</returns>
    public static long[] Round(IReadOnlyList<long> ticks, long unit)
    {
        ArgumentNullException.ThrowIfNull(ticks);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(unit);
        long total = 0;
        foreach (long part in ticks)
            total = checked(total + part);
        return Share(ticks, RoundOne(total, unit), unit);
    }

    public static long RoundOne(long ticks, long unit) => ticks / unit + (ticks % unit * 2 >= unit ? 1 : 0);

    /// <summary>The same into a whole that was rounded before; it must lie within one unit for each part of their sum.</summary>
    internal static long[] Share(IReadOnlyList<long> ticks, long whole, long unit)
    {
        long[] units = new long[ticks.Count];
        int[] order = new int[ticks.Count];
        long given = 0;
        for (int i = 0; i < units.Length; i++)
        {
            units[i] = ticks[i] / unit;
            given += units[i];
            order[i] = i;
        }

        Array.Sort(order, (a, b) => ticks[a] % unit != ticks[b] % unit ? (ticks[b] % unit).CompareTo(ticks[a] % unit) : a.CompareTo(b));
        // Fewer than one unit for each part is left, because each lost less than one.
        for (int i = 0; given < whole && i < order.Length; i++, given++)
            units[order[i]]++;
        return units;
    }

    /// <summary>
    /// Divides a number of cells among parts in proportion to their size; the cells sum to exactly <paramref name="cells"/>
    /// when anything is to be divided. A part above zero gets at least one cell as long as there are enough.
    /// </summary>
    public static int[] Divide(IReadOnlyList<long> parts, int cells)
    {
        ArgumentNullException.ThrowIfNull(parts);
        int[] result = new int[parts.Count];
        long total = parts.Sum();
        if (total <= 0)
            return result;
        int[] order = [.. Enumerable.Range(0, parts.Count)];
        int given = 0;
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = (int)((Int128)parts[i] * cells / total);
            if (parts[i] > 0 && result[i] == 0 && cells >= parts.Count)
                result[i] = 1;
            given += result[i];
        }

        Array.Sort(order, (a, b) => Remainder(b).CompareTo(Remainder(a)) is var c and not 0 ? c : a.CompareTo(b));
        for (int i = 0; given < cells; i = (i + 1) % order.Length)
        {
            if (parts[order[i]] == 0)
                continue;
            result[order[i]]++;
            given++;
        }

        while (given > cells)
        {
            int largest = Array.IndexOf(result, result.Max());
            result[largest]--;
            given--;
        }

        return result;

        Int128 Remainder(int i) => (Int128)parts[i] * cells % total;
    }
}
