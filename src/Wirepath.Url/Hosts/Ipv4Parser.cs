using System.Globalization;

namespace Wirepath.Url;

/// <summary>WHATWG URL §3.5: "IPv4 parser", which takes decimal, octal and hexadecimal parts and fewer than four of them.</summary>
internal static class Ipv4Parser
{
    /// <summary>"Ends in a number checker": such a host is an IPv4 address or nothing.</summary>
    public static bool EndsInNumber(ReadOnlySpan<char> host)
    {
        if (host.Length > 0 && host[^1] == '.')
        {
            host = host[..^1];
            if (host.IsEmpty)
            {
                return false;
            }
        }

        ReadOnlySpan<char> last = host[(host.LastIndexOf('.') + 1)..];
        return (!last.IsEmpty && !last.ContainsAnyExceptInRange('0', '9')) || TryReadPart(last, out _, out _);
    }

    public static HostResult Parse(string host)
    {
        var tolerated = new List<HostProblem>();
        ReadOnlySpan<char> rest = host;
        if (rest[^1] == '.')
        {
            tolerated.Add(new HostProblem("IPv4-empty-part", host.Length - 1, "", "The IPv4 address ends with a dot, which is dropped."));
            rest = rest[..^1];
        }

        int count = rest.Count('.') + 1;
        if (count > 4)
        {
            return HostResult.Fail("IPv4-too-many-parts", 0, host, $"\"{host}\" ends in a number, so it must be an IPv4 address, but it has {count} parts; an IPv4 address has four.");
        }

        ulong address = 0;
        int start = 0;
        for (int i = 0; i < count; i++)
        {
            int length = rest[start..].IndexOf('.') is >= 0 and int dot ? dot : rest.Length - start;
            ReadOnlySpan<char> part = rest.Slice(start, length);
            if (!TryReadPart(part, out ulong value, out bool decimalForm))
            {
                string what = part.IsEmpty ? "an empty part" : $"the part \"{part}\", which is no number";
                return HostResult.Fail("IPv4-non-numeric-part", start, part.ToString(), $"\"{host}\" ends in a number, so it must be an IPv4 address, but it has {what}; write four numbers from 0 to 255.");
            }

            bool last = i == count - 1;
            ulong limit = last ? 1UL << (8 * (5 - count)) : 256;
            if (value >= limit)
            {
                return HostResult.Fail("IPv4-out-of-range-part", start, part.ToString(), $"In the IPv4 address \"{host}\" the part {part} is too large; here at most {(limit - 1).ToString(CultureInfo.InvariantCulture)} is right.");
            }

            if (!decimalForm)
            {
                tolerated.Add(new HostProblem("IPv4-non-decimal-part", start, part.ToString(), $"The part {part} of the IPv4 address is octal or hexadecimal; plain decimal is meant to be written."));
            }

            address |= last ? value : value << (8 * (3 - i));
            start += length + 1;
        }

        return new HostResult(Serialize((uint)address), HostKind.Ipv4, null, tolerated);
    }

    public static string Serialize(uint address) =>
        string.Create(CultureInfo.InvariantCulture, $"{address >> 24}.{(address >> 16) & 255}.{(address >> 8) & 255}.{address & 255}");

    /// <summary>"IPv4 number parser"; numbers beyond 2^40 stay there, they are all too large.</summary>
    private static bool TryReadPart(ReadOnlySpan<char> part, out ulong value, out bool decimalForm)
    {
        value = 0;
        decimalForm = true;
        if (part.IsEmpty)
        {
            return false;
        }

        uint radix = 10;
        if (part.Length >= 2 && part[0] == '0')
        {
            radix = part[1] is 'x' or 'X' ? 16u : 8u;
            part = part[(radix == 16 ? 2 : 1)..];
            decimalForm = false;
        }

        foreach (char c in part)
        {
            uint digit = char.IsAsciiHexDigit(c) ? (uint)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10) : 99;
            if (digit >= radix)
            {
                return false;
            }

            value = Math.Min((value * radix) + digit, 1UL << 40);
        }

        return true;
    }
}
