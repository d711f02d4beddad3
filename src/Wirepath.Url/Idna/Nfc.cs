namespace Wirepath.Url;

/// <summary>Normalization Form C (UAX #15) by own tables.</summary>
internal static class Nfc
{
    // Hangul syllables are composed by arithmetic (The Unicode Standard, section 3.12).
    private const int SBase = 0xAC00, LBase = 0x1100, VBase = 0x1161, TBase = 0x11A7, LCount = 19, VCount = 21, TCount = 28, SCount = LCount * VCount * TCount;

    /// <summary>Beyond so many marks in a row their order is found by a sort that does not mind their number.</summary>
    private const int FewMarks = 32;

    public static bool IsNormalized(ReadOnlySpan<int> text)
    {
        if (QuickCheck(text) is { } sure)
            return sure;
        var copy = new GrowingBuffer<int>(stackalloc int[128]);
        copy.Add(text);
        Normalize(ref copy);
        bool same = copy.Written.SequenceEqual(text);
        copy.Dispose();
        return same;
    }

    public static void Normalize(ref GrowingBuffer<int> text)
    {
        if (QuickCheck(text.Written) == true)
            return;
        var decomposed = new GrowingBuffer<int>(stackalloc int[256]);
        foreach (int c in text.Written)
            Decompose(c, ref decomposed);
        Order(decomposed.Written);
        text.Truncate(0);
        Compose(decomposed.Written, ref text);
        decomposed.Dispose();
    }

    /// <returns>Null when only the long way can tell.</returns>
    private static bool? QuickCheck(ReadOnlySpan<int> text)
    {
        int before = 0;
        bool? result = true;
        foreach (int c in text)
        {
            UnicodeProperties properties = UnicodeLookup.Properties(c);
            int combining = properties.CombiningClass;
            if ((combining != 0 && combining < before) || properties.Nfc == NfcQuickCheck.No)
                return false;
            if (properties.Nfc == NfcQuickCheck.Maybe)
                result = null;
            before = combining;
        }

        return result;
    }

    private static void Decompose(int c, ref GrowingBuffer<int> to)
    {
        int syllable = c - SBase;
        if ((uint)syllable < SCount)
        {
            to.Add(LBase + (syllable / (VCount * TCount)));
            to.Add(VBase + (syllable % (VCount * TCount) / TCount));
            if (syllable % TCount != 0)
                to.Add(TBase + (syllable % TCount));
            return;
        }

        ReadOnlySpan<ushort> parts = UnicodeLookup.Decomposition(c);
        if (parts.IsEmpty)
            to.Add(c);
        else
            UnicodeLookup.Append(parts, ref to);
    }

    /// <summary>Canonical ordering: marks between two starters by their class, equal ones as they stood.</summary>
    private static void Order(Span<int> text)
    {
        for (int start = 0; start < text.Length; start++)
        {
            int end = start;
            while (end < text.Length && UnicodeLookup.Properties(text[end]).CombiningClass != 0)
                end++;
            if (end - start > 1)
                OrderMarks(text[start..end]);
            start = end;
        }
    }

    private static void OrderMarks(Span<int> marks)
    {
        if (marks.Length > FewMarks)
        {
            long[] keys = new long[marks.Length];
            for (int i = 0; i < keys.Length; i++)
                keys[i] = ((long)UnicodeLookup.Properties(marks[i]).CombiningClass << 32) | (uint)i;
            int[] sorted = marks.ToArray();
            Array.Sort(keys, sorted);
            sorted.CopyTo(marks);
            return;
        }

        for (int i = 1; i < marks.Length; i++)
        {
            int mark = marks[i], combining = UnicodeLookup.Properties(mark).CombiningClass, j = i;
            for (; j > 0 && UnicodeLookup.Properties(marks[j - 1]).CombiningClass > combining; j--)
                marks[j] = marks[j - 1];
            marks[j] = mark;
        }
    }

    private static void Compose(scoped ReadOnlySpan<int> text, ref GrowingBuffer<int> to)
    {
        int starter = -1, before = 0;
        foreach (int c in text)
        {
            int combining = UnicodeLookup.Properties(c).CombiningClass;
            // Blocked when something of the same or a higher class stands between (UAX #15, D115).
            bool adjacent = starter >= 0 && starter == to.Length - 1;
            if (starter >= 0 && (adjacent || (before < combining && before != 0)) && Composite(to[starter], c) is >= 0 and int composite)
            {
                to[starter] = composite;
                continue;
            }

            if (combining == 0)
                starter = to.Length;
            before = combining;
            to.Add(c);
        }
    }

    private static int Composite(int first, int second)
    {
        int leading = first - LBase, vowel = second - VBase;
        if ((uint)leading < LCount && (uint)vowel < VCount)
            return SBase + (((leading * VCount) + vowel) * TCount);
        int syllable = first - SBase, trailing = second - TBase;
        if ((uint)syllable < SCount && syllable % TCount == 0 && trailing is > 0 and < TCount)
            return first + trailing;
        return UnicodeLookup.Compose(first, second);
    }
}
