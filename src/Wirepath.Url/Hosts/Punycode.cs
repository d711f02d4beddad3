using System.Text;

namespace Wirepath.Url;

/// <summary>Punycode (RFC 3492) with the parameters of IDNA.</summary>
internal static class Punycode
{
    private const int Base = 36, TMin = 1, TMax = 26, Skew = 38, Damp = 700, InitialBias = 72, InitialN = 128;

    /// <summary>The label without its "xn--", from code points.</summary>
    public static string Encode(ReadOnlySpan<int> codePoints)
    {
        var output = new StringBuilder();
        foreach (int c in codePoints)
        {
            if (c < 0x80)
            {
                output.Append((char)c);
            }
        }

        int basic = output.Length, handled = basic, n = InitialN, bias = InitialBias;
        long delta = 0;
        if (basic > 0)
        {
            output.Append('-');
        }

        while (handled < codePoints.Length)
        {
            int next = int.MaxValue;
            foreach (int c in codePoints)
            {
                if (c >= n && c < next)
                {
                    next = c;
                }
            }

            // A label is a host's part of some URL that sits in memory: 64 bits do not overflow here.
            delta += (long)(next - n) * (handled + 1);
            n = next;
            foreach (int c in codePoints)
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
                        {
                            break;
                        }

                        output.Append(Digit((int)(t + ((q - t) % (Base - t)))));
                        q = (q - t) / (Base - t);
                    }

                    output.Append(Digit((int)q));
                    bias = Adapt(delta, handled + 1, handled == basic);
                    delta = 0;
                    handled++;
                }
            }

            delta++;
            n++;
        }

        return output.ToString();
    }

    /// <summary>Reads a label without its "xn--"; false on anything that no encoder writes.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, List<int> codePoints)
    {
        codePoints.Clear();
        int delimiter = text.LastIndexOf('-');
        foreach (char c in text[..Math.Max(delimiter, 0)])
        {
            if (c >= 0x80)
            {
                return false;
            }

            codePoints.Add(c);
        }

        int n = InitialN, bias = InitialBias, p = delimiter + 1;
        long i = 0;
        while (p < text.Length)
        {
            long oldI = i, weight = 1;
            for (int k = Base; ; k += Base)
            {
                if (p == text.Length || !TryDigit(text[p++], out int digit))
                {
                    return false;
                }

                i += digit * weight;
                int t = Threshold(k, bias);
                if (i > int.MaxValue)
                {
                    return false;
                }

                if (digit < t)
                {
                    break;
                }

                weight *= Base - t;
                if (weight > int.MaxValue)
                {
                    return false;
                }
            }

            int count = codePoints.Count + 1;
            bias = Adapt(i - oldI, count, oldI == 0);
            long point = n + (i / count);
            if (point > 0x10FFFF || point is >= 0xD800 and <= 0xDFFF)
            {
                return false;
            }

            n = (int)point;
            i %= count;
            codePoints.Insert((int)i++, n);
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
        {
            delta /= Base - TMin;
        }

        return k + (int)((Base - TMin + 1) * delta / (delta + Skew));
    }

    private static char Digit(int value) => (char)(value < 26 ? 'a' + value : '0' + value - 26);

    private static bool TryDigit(char c, out int digit)
    {
        digit = char.IsAsciiLetter(c) ? (c | 0x20) - 'a' : char.IsAsciiDigit(c) ? c - '0' + 26 : -1;
        return digit >= 0;
    }
}
