using System.Globalization;

namespace Wirepath.Url;

/// <summary>WHATWG URL, "IPv4 parser", which takes decimal, octal and hexadecimal parts and fewer than four of them.</summary>
internal static class Ipv4Parser
{
    /// <summary>"Ends in a number checker": such a host is an IPv4 address or nothing.</summary>
    public static bool EndsInNumber(ReadOnlySpan<char> host)
    {
        if (host is [.., '.'])
            host = host[..^1];
        ReadOnlySpan<char> last = host[(host.LastIndexOf('.') + 1)..];
        return !last.IsEmpty && char.IsAsciiDigit(last[0]) && (!last.ContainsAnyExceptInRange('0', '9') || TryReadPart(last, out _, out _));
    }

    /// <param name="host">In ASCII.</param>
    /// <param name="problems">Errors are added; the last one is the failure.</param>
    /// <param name="address">In host order.</param>
    public static bool TryParse(ReadOnlySpan<char> host, List<HostProblem>? problems, out uint address)
    {
        address = 0;
        ReadOnlySpan<char> rest = host;
        if (rest is [.., '.'])
        {
            problems?.Add(new HostProblem("IPv4-empty-part", host.Length - 1, 1, ".", "The IPv4 address ends with a dot, which is dropped."));
            rest = rest[..^1];
        }

        int count = rest.Count('.') + 1;
        if (count < 4)
            problems?.Add(new HostProblem("IPv4-too-few-parts", 0, host.Length, host.ToString(), $"The IPv4 address \"{host}\" has fewer than four parts; the last one stands for those that are missing."));
        if (count > 4)
        {
            problems?.Add(new HostProblem("IPv4-too-many-parts", 0, host.Length, host.ToString(), $"\"{host}\" ends in a number, so it must be an IPv4 address, but it has {count.ToString(CultureInfo.InvariantCulture)} parts; an IPv4 address has four."));
            return false;
        }

        ulong sum = 0;
        int start = 0;
        for (int i = 0; i < count; i++)
        {
            int length = rest[start..].IndexOf('.') is >= 0 and int dot ? dot : rest.Length - start;
            ReadOnlySpan<char> part = rest.Slice(start, length);
            if (!TryReadPart(part, out ulong value, out bool decimalForm))
            {
                if (problems is not null)
                {
                    string what = part.IsEmpty ? "an empty part" : $"the part \"{part}\", which is no number";
                    problems.Add(new HostProblem("IPv4-non-numeric-part", start, length, part.ToString(), $"\"{host}\" ends in a number, so it must be an IPv4 address, but it has {what}; write four numbers from 0 to 255."));
                }

                return false;
            }

            if (!decimalForm)
                problems?.Add(new HostProblem("IPv4-non-decimal-part", start, length, part.ToString(), $"The part {part} of the IPv4 address is octal or hexadecimal; plain decimal is meant to be written."));
            bool last = i == count - 1;
            ulong limit = last ? 1UL << (8 * (5 - count)) : 256;
            if (value > 255)
            {
                problems?.Add(new HostProblem("IPv4-out-of-range-part", start, length, part.ToString(), value < limit
                    ? $"The part {part} of the IPv4 address is above 255 and stands for several parts."
                    : $"In the IPv4 address \"{host}\" the part {part} is too large; here at most {(limit - 1).ToString(CultureInfo.InvariantCulture)} is right."));
                if (value >= limit)
                    return false;
            }

            sum |= last ? value : value << (8 * (3 - i));
            start += length + 1;
        }

        address = (uint)sum;
        return true;
    }

    public static void Write(uint address, ref GrowingBuffer<char> to)
    {
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            uint part = (address >> shift) & 255;
            if (part >= 100)
                to.Add((char)('0' + (part / 100)));
            if (part >= 10)
                to.Add((char)('0' + (part / 10 % 10)));
            to.Add((char)('0' + (part % 10)));
            if (shift > 0)
                to.Add('.');
        }
    }

    /// <summary>"IPv4 number parser"; numbers beyond 2^40 stay there, they are all too large.</summary>
    private static bool TryReadPart(ReadOnlySpan<char> part, out ulong value, out bool decimalForm)
    {
        value = 0;
        decimalForm = true;
        if (part.IsEmpty)
            return false;

        uint radix = 10;
        if (part.Length >= 2 && part[0] == '0')
        {
            radix = part[1] is 'x' or 'X' ? 16u : 8u;
            part = part[(radix == 16 ? 2 : 1)..];
            decimalForm = false;
        }

        foreach (char c in part)
        {
            uint digit = char.IsAsciiHexDigit(c) ? (uint)UrlCodePoints.HexValue(c) : 99;
            if (digit >= radix)
                return false;
            value = Math.Min((value * radix) + digit, 1UL << 40);
        }

        return true;
    }
}
