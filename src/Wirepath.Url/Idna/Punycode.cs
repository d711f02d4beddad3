namespace Wirepath.Url;

/// <summary>Punycode (RFC 3492) with the parameters of IDNA.</summary>
internal static class Punycode
{
    /// <summary>
    /// The longest label, in code points, that is encoded or decoded. Both take time with the square of it; DNS ends at 63
    /// octets, and what is longer than this is refused.
    /// </summary>
    public const int MaxLabel = 2000;

    private const int Base = 36, TMin = 1, TMax = 26, Skew = 38, Damp = 700, InitialBias = 72, InitialN = 128;

    /// <summary>Writes the label without its "xn--"; false when it is longer than <see cref="MaxLabel"/>.</summary>
    public static bool TryEncode(scoped ReadOnlySpan<int> label, ref GrowingBuffer<char> to)
    {
        if (label.Length > MaxLabel)
            return false;
        int start = to.Length;
        foreach (int c in label)
        {
            if (c < 0x80)
                to.Add((char)c);
        }

        int basic = to.Length - start, handled = basic, n = InitialN, bias = InitialBias;
        long delta = 0;
        if (basic > 0)
            to.Add('-');

        while (handled < label.Length)
        {
            int next = int.MaxValue;
            foreach (int c in label)
            {
                if (c >= n && c < next)
                    next = c;
            }

            // At most 0x10FFFF × MaxLabel: 64 bits do not overflow.
            delta += (long)(next - n) * (handled + 1);
            n = next;
            foreach (int c in label)
            {
                if (c < n)
                {
                    delta++;
                }
                else if (c == n)
                {
                    long q = delta;
                    for (int k = Base; ; k += Base)
                    {
                        int t = Threshold(k, bias);
                        if (q < t)
                            break;
                        to.Add(Digit((int)(t + ((q - t) % (Base - t)))));
                        q = (q - t) / (Base - t);
                    }

                    to.Add(Digit((int)q));
                    bias = Adapt(delta, handled + 1, handled == basic);
                    delta = 0;
                    handled++;
                }
            }

            delta++;
            n++;
        }

        return true;
    }

    /// <summary>Appends what a label without its "xn--" stands for; false on anything that no encoder writes.</summary>
    public static bool TryDecode(scoped ReadOnlySpan<int> label, ref GrowingBuffer<int> to)
    {
        if (label.Length > MaxLabel)
            return false;
        int start = to.Length, delimiter = label.LastIndexOf('-');
        foreach (int c in label[..Math.Max(delimiter, 0)])
        {
            if (c >= 0x80)
                return false;
            to.Add(c);
        }

        int n = InitialN, bias = InitialBias, p = delimiter + 1;
        long i = 0;
        while (p < label.Length)
        {
            long oldI = i, weight = 1;
            for (int k = Base; ; k += Base)
            {
                if (p == label.Length || !TryDigit(label[p++], out int digit))
                    return false;
                i += digit * weight;
                int t = Threshold(k, bias);
                if (i > int.MaxValue)
                    return false;
                if (digit < t)
                    break;
                weight *= Base - t;
                if (weight > int.MaxValue)
                    return false;
            }

            int count = to.Length - start + 1;
            bias = Adapt(i - oldI, count, oldI == 0);
            long point = n + (i / count);
            if (point is > 0x10FFFF or (>= 0xD800 and <= 0xDFFF))
                return false;
            n = (int)point;
            i %= count;
            to.Insert(start + (int)i++, [n]);
        }

        return true;
    }

    private static int Threshold(int k, int bias) => Math.Clamp(k - bias, TMin, TMax);

    private static int Adapt(long delta, int count, bool first)
    {
        delta = first ? delta / Damp : delta / 2;
        delta += delta / count;
        int k = 0;
        for (; delta > (Base - TMin) * TMax / 2; k += Base)
            delta /= Base - TMin;
        return k + (int)((Base - TMin + 1) * delta / (delta + Skew));
    }

    private static char Digit(int value) => (char)(value < 26 ? 'a' + value : '0' + value - 26);

    private static bool TryDigit(int c, out int digit)
    {
        digit = c switch
        {
            >= 'a' and <= 'z' => c - 'a',
            >= 'A' and <= 'Z' => c - 'A',
            >= '0' and <= '9' => c - '0' + 26,
            _ => -1,
        };
        return digit >= 0;
    }
}
