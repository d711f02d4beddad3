using System.Text;

namespace Wirepath.Url;

/// <summary>WHATWG URL §3.5, "host parser".</summary>
internal static class HostParser
{
    public static HostResult Parse(string text, bool isOpaque)
    {
        if (text[0] == '[')
        {
            return Ipv6Literal(text);
        }

        if (isOpaque)
        {
            return Opaque(text);
        }

        string domain = PercentEncoding.DecodeToText(text);
        if (!DomainToAscii.TryConvert(domain, out string ascii, out HostProblem? problem))
        {
            return new HostResult("", HostKind.None, problem with { Index = IndexIn(text, problem.Detail, problem.Index, domain) }, []);
        }

        int forbidden = UrlCodePoints.IndexOfForbiddenDomain(ascii);
        if (forbidden >= 0)
        {
            string what = UrlCodePoints.Describe(ascii.AsSpan(forbidden));
            return HostResult.Fail("domain-invalid-code-point", Math.Max(text.IndexOf(ascii[forbidden]), 0), what, $"The host contains {what}, which no domain name may contain; letters, digits, \"-\" and \".\" are right.");
        }

        return Ipv4Parser.EndsInNumber(ascii) ? Ipv4Parser.Parse(ascii) : HostResult.Of(ascii, HostKind.Domain);
    }

    private static HostResult Ipv6Literal(string text)
    {
        if (text[^1] != ']')
        {
            return HostResult.Fail("IPv6-unclosed", text.Length - 1, text, "The IPv6 address is not closed: its \"[\" needs a \"]\" at the end.");
        }

        Span<ushort> pieces = stackalloc ushort[8];
        return Ipv6Parser.TryParse(text.AsSpan(1, text.Length - 2), pieces, out HostProblem? problem)
            ? HostResult.Of($"[{Ipv6Parser.Serialize(pieces)}]", HostKind.Ipv6)
            : new HostResult("", HostKind.None, problem with { Index = problem.Index + 1 }, []);
    }

    private static HostResult Opaque(string text)
    {
        int forbidden = UrlCodePoints.IndexOfForbiddenHost(text);
        if (forbidden >= 0)
        {
            string what = UrlCodePoints.Describe(text.AsSpan(forbidden));
            return HostResult.Fail("host-invalid-code-point", forbidden, what, $"The host contains {what}, which no host may contain.");
        }

        var host = new StringBuilder(text.Length);
        PercentEncoding.Append(host, text, PercentEncodeSet.C0Control);
        var tolerated = new List<HostProblem>();
        for (int i = 0; i < text.Length; i++)
        {
            bool secondHalf = i > 0 && char.IsSurrogatePair(text[i - 1], text[i]);
            if (!secondHalf && !UrlCodePoints.StartsWithUrlUnit(text.AsSpan(i)))
            {
                tolerated.Add(new HostProblem("invalid-URL-unit", i, text[i..(i + 1)], "The host contains a character that is not allowed in a URL as it is."));
            }
        }

        return new HostResult(host.ToString(), HostKind.Opaque, null, tolerated);
    }

    /// <summary>Finds the offending text in what was typed; percent-encoded hosts are pointed at as a whole.</summary>
    private static int IndexIn(string text, string detail, int index, string domain) =>
        ReferenceEquals(text, domain) || text == domain ? index : Math.Max(detail.Length == 0 ? 0 : text.IndexOf(detail, StringComparison.Ordinal), 0);
}
