using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Wirepath.Url;

/// <summary>WHATWG URL §3.5: "IPv6 parser" and "IPv6 serializer" (the text form of RFC 5952).</summary>
internal static class Ipv6Parser
{
    public static bool TryParse(ReadOnlySpan<char> text, Span<ushort> pieces, [NotNullWhen(false)] out HostProblem? problem)
    {
        pieces.Clear();
        int piece = 0, compress = -1, p = 0;
        if (text.StartsWith(":"))
        {
            if (!text.StartsWith("::"))
            {
                return Fail("IPv6-invalid-compression", 0, ":", "An IPv6 address cannot begin with a single \":\"; \"::\" stands for zeros.", out problem);
            }

            p = 2;
            compress = ++piece;
        }

        while (p < text.Length)
        {
            if (piece == 8)
            {
                return Fail("IPv6-too-many-pieces", p, text.ToString(), "The IPv6 address has more than eight pieces.", out problem);
            }

            if (text[p] == ':')
            {
                if (compress >= 0)
                {
                    return Fail("IPv6-multiple-compression", p, "::", "The IPv6 address has \"::\" twice; it may stand there once.", out problem);
                }

                p++;
                compress = ++piece;
                continue;
            }

            int value = 0, length = 0;
            while (length < 4 && p < text.Length && char.IsAsciiHexDigit(text[p]))
            {
                value = (value << 4) | (text[p] <= '9' ? text[p] - '0' : (text[p] | 0x20) - 'a' + 10);
                p++;
                length++;
            }

            if (p < text.Length && text[p] == '.')
            {
                if (length == 0)
                {
                    return Fail("IPv4-in-IPv6-invalid-code-point", p, ".", "The IPv4 part of the IPv6 address begins with a dot; four numbers from 0 to 255 are right.", out problem);
                }

                if (piece > 6)
                {
                    return Fail("IPv4-in-IPv6-too-many-pieces", p, text.ToString(), "There is no room for the IPv4 part: before it an IPv6 address has at most six pieces.", out problem);
                }

                if (!TryEmbeddedIpv4(text, p - length, pieces, ref piece, out problem))
                {
                    return false;
                }

                break;
            }

            if (p < text.Length && text[p] == ':')
            {
                p++;
                if (p == text.Length)
                {
                    return Fail("IPv6-invalid-code-point", p - 1, ":", "An IPv6 address cannot end with a single \":\"; \"::\" stands for zeros.", out problem);
                }
            }
            else if (p < text.Length)
            {
                string what = UrlCodePoints.Describe(text[p..]);
                return Fail("IPv6-invalid-code-point", p, what, $"The IPv6 address contains {what} where \":\" or the end was expected; each piece has one to four hexadecimal digits.", out problem);
            }

            pieces[piece++] = (ushort)value;
        }

        if (compress >= 0)
        {
            // What stands after "::" moves to the end.
            int tail = piece - compress;
            pieces.Slice(compress, tail).CopyTo(pieces[(8 - tail)..]);
            pieces[compress..(8 - tail)].Clear();
        }
        else if (piece != 8)
        {
            return Fail("IPv6-too-few-pieces", 0, text.ToString(), $"The IPv6 address has {piece} pieces; it needs eight, or \"::\" for the zeros.", out problem);
        }

        problem = null;
        return true;
    }

    /// <summary>RFC 5952 §4: lower case, no leading zeros, the first longest run of two or more zero pieces becomes "::".</summary>
    public static string Serialize(ReadOnlySpan<ushort> pieces)
    {
        int bestStart = -1, bestLength = 1;
        for (int i = 0; i < 8; i++)
        {
            int run = 0;
            while (i + run < 8 && pieces[i + run] == 0)
            {
                run++;
            }

            if (run > bestLength)
            {
                (bestStart, bestLength) = (i, run);
            }

            i += run;
        }

        var text = new StringBuilder(39);
        for (int i = 0; i < 8; i++)
        {
            if (i == bestStart)
            {
                text.Append(i == 0 ? "::" : ":");
                i += bestLength - 1;
                continue;
            }

            text.Append(CultureInfo.InvariantCulture, $"{pieces[i]:x}");
            if (i < 7)
            {
                text.Append(':');
            }
        }

        return text.ToString();
    }

    private static bool TryEmbeddedIpv4(ReadOnlySpan<char> text, int p, Span<ushort> pieces, ref int piece, [NotNullWhen(false)] out HostProblem? problem)
    {
        int seen = 0;
        while (p < text.Length)
        {
            int value = -1;
            if (seen > 0)
            {
                if (text[p] != '.' || seen == 4)
                {
                    string what = UrlCodePoints.Describe(text[p..]);
                    return Fail("IPv4-in-IPv6-invalid-code-point", p, what, $"The IPv4 part of the IPv6 address contains {what} where it should not; four numbers from 0 to 255 with dots between them are right.", out problem);
                }

                p++;
            }

            if (p == text.Length || !char.IsAsciiDigit(text[p]))
            {
                string what = p == text.Length ? "nothing" : UrlCodePoints.Describe(text[p..]);
                return Fail("IPv4-in-IPv6-invalid-code-point", Math.Min(p, text.Length - 1), what, $"The IPv4 part of the IPv6 address has {what} where a digit was expected; four numbers from 0 to 255 are right.", out problem);
            }

            int start = p;
            while (p < text.Length && char.IsAsciiDigit(text[p]))
            {
                int digit = text[p] - '0';
                if (value == 0)
                {
                    return Fail("IPv4-in-IPv6-invalid-code-point", p, text[p].ToString(), "A number in the IPv4 part of the IPv6 address begins with 0; leading zeros are not allowed there.", out problem);
                }

                value = value < 0 ? digit : (value * 10) + digit;
                if (value > 255)
                {
                    return Fail("IPv4-in-IPv6-out-of-range-part", start, text[start..(p + 1)].ToString(), "A number in the IPv4 part of the IPv6 address is above 255.", out problem);
                }

                p++;
            }

            pieces[piece] = (ushort)((pieces[piece] << 8) | value);
            seen++;
            if (seen is 2 or 4)
            {
                piece++;
            }
        }

        if (seen != 4)
        {
            return Fail("IPv4-in-IPv6-too-few-parts", 0, text.ToString(), $"The IPv4 part of the IPv6 address has {seen} numbers; it needs four.", out problem);
        }

        problem = null;
        return true;
    }

    private static bool Fail(string name, int index, string detail, string message, out HostProblem? problem)
    {
        problem = new HostProblem(name, index, detail, message);
        return false;
    }
}
