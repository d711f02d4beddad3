using System.Globalization;

namespace Wirepath.Url;

/// <summary>WHATWG URL, "IPv6 parser" and "IPv6 serializer" (the text form of RFC 5952).</summary>
internal static class Ipv6Parser
{
    public const int Pieces = 8;

    /// <param name="text">Without its square brackets.</param>
    /// <param name="pieces">Eight of them.</param>
    /// <param name="problems">Errors are added; the last one is the failure.</param>
    public static bool TryParse(ReadOnlySpan<char> text, Span<ushort> pieces, List<HostProblem>? problems)
    {
        pieces.Clear();
        int piece = 0, compress = -1, p = 0;
        if (text is [':', ..])
        {
            if (text is not [':', ':', ..])
                return Fail(problems, "IPv6-invalid-compression", 0, 1, text, "An IPv6 address cannot begin with a single \":\"; \"::\" stands for zeros.");
            p = 2;
            compress = ++piece;
        }

        while (p < text.Length)
        {
            if (piece == Pieces)
                return Fail(problems, "IPv6-too-many-pieces", p, text.Length - p, text, "The IPv6 address has more than eight pieces.");
            if (text[p] == ':')
            {
                if (compress >= 0)
                    return Fail(problems, "IPv6-multiple-compression", p, 1, text, "The IPv6 address has \"::\" twice; it may stand there once.");
                p++;
                compress = ++piece;
                continue;
            }

            int value = 0, start = p;
            while (p - start < 4 && p < text.Length && char.IsAsciiHexDigit(text[p]))
                value = (value << 4) | UrlCodePoints.HexValue(text[p++]);
            int length = p - start;
            if (p < text.Length && text[p] == '.')
            {
                if (length == 0)
                    return Fail(problems, "IPv4-in-IPv6-invalid-code-point", p, 1, text, "The IPv4 part of the IPv6 address begins with a dot; four numbers from 0 to 255 are right.");
                if (piece > Pieces - 2)
                    return Fail(problems, "IPv4-in-IPv6-too-many-pieces", start, text.Length - start, text, "There is no room for the IPv4 part: before it an IPv6 address has at most six pieces.");
                if (!TryEmbeddedIpv4(text, start, pieces, ref piece, problems))
                    return false;
                break;
            }

            if (p < text.Length && text[p] == ':')
            {
                p++;
                if (p == text.Length)
                    return Fail(problems, "IPv6-invalid-code-point", p - 1, 1, text, "An IPv6 address cannot end with a single \":\"; \"::\" stands for zeros.");
            }
            else if (p < text.Length)
            {
                return problems is not null && Fail(problems, "IPv6-invalid-code-point", p, UrlCodePoints.UnitLength(text[p..]), text,
                    $"The IPv6 address contains {UrlCodePoints.Describe(text[p..])} where \":\" or the end was expected; each piece has one to four hexadecimal digits.");
            }

            if (length > 1 && value < 1 << (4 * (length - 1)))
                problems?.Add(new HostProblem("IPv6-piece-leading-zero", start, length, text.Slice(start, length).ToString(), "A piece of the IPv6 address begins with a needless 0."));
            pieces[piece++] = (ushort)value;
        }

        if (compress >= 0)
        {
            // What stands after "::" moves to the end.
            int tail = piece - compress;
            pieces.Slice(compress, tail).CopyTo(pieces[(Pieces - tail)..]);
            pieces[compress..(Pieces - tail)].Clear();
        }
        else if (piece != Pieces)
        {
            return problems is not null && Fail(problems, "IPv6-too-few-pieces", 0, text.Length, text,
                string.Create(CultureInfo.InvariantCulture, $"The IPv6 address has {piece} pieces; it needs eight, or \"::\" for the zeros."));
        }

        return true;
    }

    /// <summary>RFC 5952 §4: lower case, no leading zeros, the first longest run of two or more zero pieces becomes "::".</summary>
    public static void Write(scoped ReadOnlySpan<ushort> pieces, ref GrowingBuffer<char> to)
    {
        int bestStart = -1, bestLength = 1;
        for (int i = 0; i < Pieces; i++)
        {
            int run = 0;
            while (i + run < Pieces && pieces[i + run] == 0)
                run++;
            if (run > bestLength)
                (bestStart, bestLength) = (i, run);
            i += run;
        }

        for (int i = 0; i < Pieces; i++)
        {
            if (i == bestStart)
            {
                if (i == 0)
                    to.Add(':');
                to.Add(':');
                i += bestLength - 1;
                continue;
            }

            bool begun = false;
            for (int shift = 12; shift >= 0; shift -= 4)
            {
                int digit = (pieces[i] >> shift) & 15;
                begun |= digit != 0 || shift == 0;
                if (begun)
                    to.Add((char)(digit < 10 ? '0' + digit : 'a' + digit - 10));
            }

            if (i < Pieces - 1)
                to.Add(':');
        }
    }

    private static bool TryEmbeddedIpv4(ReadOnlySpan<char> text, int p, Span<ushort> pieces, ref int piece, List<HostProblem>? problems)
    {
        int seen = 0, begin = p;
        while (p < text.Length)
        {
            if (seen > 0)
            {
                if (text[p] != '.' || seen == 4)
                {
                    return problems is not null && Fail(problems, "IPv4-in-IPv6-invalid-code-point", p, UrlCodePoints.UnitLength(text[p..]), text,
                        $"The IPv4 part of the IPv6 address contains {UrlCodePoints.Describe(text[p..])} where it should not; four numbers from 0 to 255 with dots between them are right.");
                }

                p++;
            }

            if (p == text.Length || !char.IsAsciiDigit(text[p]))
            {
                if (problems is null)
                    return false;
                string what = p == text.Length ? "nothing" : UrlCodePoints.Describe(text[p..]);
                return Fail(problems, "IPv4-in-IPv6-invalid-code-point", Math.Min(p, text.Length - 1), p == text.Length ? 0 : UrlCodePoints.UnitLength(text[p..]), text,
                    $"The IPv4 part of the IPv6 address has {what} where a digit was expected; four numbers from 0 to 255 are right.");
            }

            int start = p, value = -1;
            while (p < text.Length && char.IsAsciiDigit(text[p]))
            {
                if (value == 0)
                    return Fail(problems, "IPv4-in-IPv6-invalid-code-point", p, 1, text, "A number in the IPv4 part of the IPv6 address begins with 0; leading zeros are not allowed there.");
                value = (Math.Max(value, 0) * 10) + text[p++] - '0';
                if (value > 255)
                    return Fail(problems, "IPv4-in-IPv6-out-of-range-part", start, p - start, text, "A number in the IPv4 part of the IPv6 address is above 255.");
            }

            pieces[piece] = (ushort)((pieces[piece] << 8) | value);
            seen++;
            if (seen is 2 or 4)
                piece++;
        }

        return seen == 4 || (problems is not null && Fail(problems, "IPv4-in-IPv6-too-few-parts", begin, text.Length - begin, text,
            string.Create(CultureInfo.InvariantCulture, $"The IPv4 part of the IPv6 address has {seen} numbers; it needs four.")));
    }

    private static bool Fail(List<HostProblem>? problems, string name, int index, int length, ReadOnlySpan<char> text, string message)
    {
        problems?.Add(new HostProblem(name, index, length, text.Slice(index, length).ToString(), message));
        return false;
    }
}
