using Wirepath.Url;

namespace Wirepath.WebPlatform;

/// <summary><c>urltestdata.json</c>: as url-constructor.any.js, url-origin.any.js, url-statics-canparse.any.js and failure.html run it.</summary>
internal static class UrlCases
{
    /// <summary>For inputs that no base makes valid.</summary>
    private static readonly UrlRecord s_someBase = UrlRecord.Parse("http://web-platform.test/url/");

    public static WebPlatformCase Of(string path, int line, CaseFields fields)
    {
        string input = fields.Text("input");
        string? from = fields.TextOrNull("base");
        bool fails = fields.Has("failure"), relative = fields.Has("relativeTo");
        var expected = new List<KeyValuePair<string, string>>();
        foreach (string name in Attributes.Names)
        {
            if (fields.TextOrNull(name) is { } value)
                expected.Add(new(name, value));
        }

        if (!fails && expected.Count == 0)
            throw new FormatException("the case says neither 'failure' nor what is expected");
        string title = from is null ? Difference.Quote(input) : $"{Difference.Quote(input)} against {Difference.Quote(from)}";
        return new WebPlatformCase(path, line, title) { Try = () => fails ? Fails(input, from, relative) : Parses(input, from, expected) };
    }

    private static Difference? Parses(string input, string? from, List<KeyValuePair<string, string>> expected)
    {
        if (!UrlObject.TryParse(input, from, out UrlObject? url))
            return new Difference("parse", Difference.Quote(expected[0].Value), "failure");
        foreach ((string name, string value) in expected)
        {
            if (Difference.Of(name, value, Attributes.Get(url, name)) is { } difference)
                return difference;
        }

        if (!UrlRecord.CanParse(input, from is null ? null : UrlRecord.Parse(from)))
            return new Difference("canParse", "true", "false");
        return Difference.Of("href, parsed again", url.Href, UrlRecord.TryParse(url.Href, out UrlRecord? again) ? again.Href : null);
    }

    private static Difference? Fails(string input, string? from, bool relative)
    {
        UrlRecord? baseUrl = null;
        if (from is not null && !UrlRecord.TryParse(from, out baseUrl))
            return null;
        if (UrlRecord.TryParse(input, baseUrl, out UrlRecord? parsed))
            return new Difference("parse", "failure", Difference.Quote(parsed.Href));
        if (UrlRecord.CanParse(input, baseUrl))
            return new Difference("canParse", "false", "true");
        if (from is not null)
            return null;
        if (!relative && UrlRecord.TryParse(input, s_someBase, out parsed))
            return new Difference($"parse against {s_someBase}", "failure", Difference.Quote(parsed.Href));
        var url = new UrlObject("about:blank");
        try
        {
            url.Href = input;
            return new Difference("href, set", "an exception", Difference.Quote(url.Href));
        }
        catch (FormatException)
        {
            return Difference.Of("href, set to what is no URL", "about:blank", url.Href);
        }
    }
}
