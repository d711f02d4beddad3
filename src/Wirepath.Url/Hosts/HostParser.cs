using System.Runtime.CompilerServices;
using System.Text;

namespace Wirepath.Url;

/// <summary>WHATWG URL, "host parser" and "domain parser": reads a host and writes its serialised form.</summary>
internal static class HostParser
{
    /// <param name="text">Not empty unless <paramref name="isOpaque"/>.</param>
    /// <param name="isOpaque">The URL is not special.</param>
    /// <param name="to">What is appended after a failure means nothing.</param>
    /// <param name="problems">Validation errors are added; after a failure the last one is why. Null costs nothing.</param>
    /// <param name="kind">What it is.</param>
    public static bool TryParse(scoped ReadOnlySpan<char> text, bool isOpaque, ref GrowingBuffer<char> to, List<HostProblem>? problems, out HostKind kind)
    {
        if (text is ['[', ..])
        {
            kind = HostKind.Ipv6;
            return TryIpv6(text, ref to, problems);
        }

        if (isOpaque)
        {
            kind = text.IsEmpty ? HostKind.Empty : HostKind.Opaque;
            return TryOpaque(text, ref to, problems);
        }

        int start = to.Length;
        kind = HostKind.Domain;
        if (!TryDomain(text, ref to, problems))
            return false;
        ReadOnlySpan<char> domain = to.Written[start..];
        if (!Ipv4Parser.EndsInNumber(domain))
            return true;
        kind = HostKind.Ipv4;
        int before = problems?.Count ?? 0;
        bool right = Ipv4Parser.TryParse(domain, problems, out uint address);
        if (problems is not null && !text.SequenceEqual(domain))
            PointAtAll(problems, before, text);
        to.Truncate(start);
        Ipv4Parser.Write(address, ref to);
        return right;
    }

    private static bool TryIpv6(scoped ReadOnlySpan<char> text, ref GrowingBuffer<char> to, List<HostProblem>? problems)
    {
        if (text[^1] != ']')
        {
            problems?.Add(new HostProblem("IPv6-unclosed", text.Length - 1, 0, text.ToString(), "The IPv6 address is not closed: its \"[\" needs a \"]\" at the end."));
            return false;
        }

        Span<ushort> pieces = stackalloc ushort[Ipv6Parser.Pieces];
        int before = problems?.Count ?? 0;
        bool right = Ipv6Parser.TryParse(text[1..^1], pieces, problems);
        for (int i = before; i < problems?.Count; i++)
            problems[i] = problems[i] with { Index = problems[i].Index + 1 };
        if (!right)
            return false;
        to.Add('[');
        Ipv6Parser.Write(pieces, ref to);
        to.Add(']');
        return true;
    }

    private static bool TryOpaque(scoped ReadOnlySpan<char> text, ref GrowingBuffer<char> to, List<HostProblem>? problems)
    {
        int forbidden = text.IndexOfAny(UrlCodePoints.ForbiddenHost);
        if (forbidden >= 0)
        {
            if (problems is not null)
            {
                string what = UrlCodePoints.Describe(text[forbidden..]);
                problems.Add(new HostProblem("host-invalid-code-point", forbidden, 1, text[forbidden].ToString(), $"The host contains {what}, which no host may contain."));
            }

            return false;
        }

        if (problems is not null)
        {
            for (int i = 0; UrlCodePoints.IndexOfNoUrlUnit(text[i..], out int length) is >= 0 and int at; i += at + length)
                problems.Add(new HostProblem("invalid-URL-unit", i + at, length, text.Slice(i + at, length).ToString(), UrlMessages.NoUrlUnit(text[(i + at)..])));
        }

        PercentEncoding.Append(ref to, text, PercentEncodeSet.C0Control);
        return true;
    }

    /// <summary>"Host parser" from the percent-decoding on, and "domain parser" with beStrict false.</summary>
    [SkipLocalsInit]
    private static bool TryDomain(scoped ReadOnlySpan<char> text, ref GrowingBuffer<char> to, List<HostProblem>? problems)
    {
        if (!text.Contains('%'))
            return TryDecodedDomain(text, text, ref to, problems);

        var decoded = new GrowingBuffer<char>(stackalloc char[128]);
        PercentEncoding.AppendDecoded(ref decoded, text);
        if (problems is not null && EncodedByte(text) is >= 0 and int encoded)
            problems.Add(new HostProblem("domain-percent-encoded", encoded, 3, text.Slice(encoded, 3).ToString(), "The host is percent-encoded, which a host name need not be."));
        bool right = TryDecodedDomain(decoded.Written, text, ref to, problems);
        decoded.Dispose();
        return right;
    }

    private static bool TryDecodedDomain(scoped ReadOnlySpan<char> domain, scoped ReadOnlySpan<char> text, ref GrowingBuffer<char> to, List<HostProblem>? problems)
    {
        int start = to.Length;
        if (Ascii.IsValid(domain))
        {
            // Also where an "xn--" label is no punycode: such names are in use and go to DNS as they are.
            Ascii.ToLower(domain, to.Extend(domain.Length), out _);
        }
        else if (!Idna.TryToAscii(domain, IdnaOptions.Url, ref to, out IdnaProblem problem))
        {
            problems?.Add(DomainMessages.Refused(domain, text, problem, tolerated: false));
            return false;
        }

        ReadOnlySpan<char> ascii = to.Written[start..];
        if (ascii.IsEmpty)
        {
            problems?.Add(DomainMessages.Refused(domain, text, new IdnaProblem(IdnaError.Empty, 0), tolerated: false));
            return false;
        }

        int forbidden = ascii.IndexOfAny(UrlCodePoints.ForbiddenDomain);
        if (forbidden >= 0)
        {
            problems?.Add(DomainMessages.Refused(domain, text, new IdnaProblem(IdnaError.ForbiddenAscii, ascii[..forbidden].Count('.'), ascii[forbidden]), tolerated: false));
            return false;
        }

        if (problems is not null)
            JudgeStrictly(domain, text, problems);
        return true;
    }

    // "Domain parser": what the strict rules would refuse is a validation error, and no more than that.
    private static void JudgeStrictly(ReadOnlySpan<char> domain, ReadOnlySpan<char> text, List<HostProblem> problems)
    {
        if (!Idna.TryToAscii(domain, IdnaOptions.Strict, out _, out IdnaProblem problem))
            problems.Add(DomainMessages.Refused(domain, text, problem, tolerated: true));
    }

    // The address was found in another text than the one that was typed: its parts cannot be pointed at one by one.
    private static void PointAtAll(List<HostProblem> problems, int from, ReadOnlySpan<char> text)
    {
        for (int i = from; i < problems.Count; i++)
            problems[i] = problems[i] with { Index = 0, Length = text.Length };
    }

    private static int EncodedByte(ReadOnlySpan<char> text)
    {
        for (int i = 0; text[i..].IndexOf('%') is >= 0 and int at; i += at + 1)
        {
            if (PercentEncoding.IsEncodedByte(text[(i + at)..]))
                return i + at;
        }

        return -1;
    }
}
