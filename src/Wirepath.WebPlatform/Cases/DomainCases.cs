using System.Text;
using Wirepath.Url;

namespace Wirepath.WebPlatform;

/// <summary><c>toascii.json</c> and <c>IdnaTestV2.json</c>: as toascii.window.js and IdnaTestV2.window.js run them.</summary>
internal static class DomainCases
{
    public static WebPlatformCase Of(string path, int line, CaseFields fields)
    {
        string input = fields.Text("input");
        string? output = fields.TextOrNull("output");
        return new WebPlatformCase(path, line, Difference.Quote(input)) { Try = () => input.Length == 0 ? Empty(output) : Try(input, output) };
    }

    /// <summary>No URL has an empty domain; the operation itself can be asked.</summary>
    private static Difference? Empty(string? output) =>
        Difference.Of("the empty domain", output, Idna.TryToAscii("", IdnaOptions.Url, out string ascii, out _) ? ascii : null);

    private static Difference? Try(string input, string? output)
    {
        string written = WithoutEnds(input), encoded = PercentEncoding.Encode(input, PercentEncodeSet.Component);
        return Host("host", written, output)
            ?? Host("host, percent-encoded", encoded, output)
            ?? Set("host", written, output)
            ?? Set("hostname", written, output);
    }

    private static Difference? Host(string what, string host, string? output)
    {
        string? got = UrlRecord.TryParse($"https://{host}/x", out UrlRecord? url) ? url.Host : null;
        if (Difference.Of(what, output, got) is { } difference)
            return difference;
        return url is null ? null : Difference.Of("href", $"https://{output}/x", url.Href);
    }

    private static Difference? Set(string attribute, string value, string? output)
    {
        var url = new UrlObject("https://x/x");
        Attributes.Set(url, attribute, value);
        return Difference.Of($"{attribute}, set", output ?? "x", Attributes.Get(url, attribute));
    }

    /// <summary>What would end the host is percent-encoded.</summary>
    private static string WithoutEnds(string input)
    {
        var text = new StringBuilder(input.Length);
        foreach (char c in input)
        {
            if (c is ':' or '/' or '?' or '#' or '\\')
                text.Append(PercentEncoding.Encode([c], PercentEncodeSet.Component));
            else
                text.Append(c);
        }

        return text.ToString();
    }
}
