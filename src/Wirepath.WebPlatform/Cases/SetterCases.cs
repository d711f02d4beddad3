using Wirepath.Url;

namespace Wirepath.WebPlatform;

/// <summary><c>setters_tests.json</c>: as url-setters.any.js runs it.</summary>
internal static class SetterCases
{
    public static WebPlatformCase Of(string path, int line, string attribute, CaseFields fields)
    {
        string href = fields.Text("href"), value = fields.Text("new_value");
        IReadOnlyList<KeyValuePair<string, string>> expected = fields.Texts("expected");
        return new WebPlatformCase(path, line, $"{attribute} of {Difference.Quote(href)} set to {Difference.Quote(value)}") { Try = () => Sets(attribute, href, value, expected) };
    }

    private static Difference? Sets(string attribute, string href, string value, IReadOnlyList<KeyValuePair<string, string>> expected)
    {
        if (!UrlObject.TryParse(href, null, out UrlObject? url))
            return new Difference("parse", Difference.Quote(href), "failure");
        try
        {
            Attributes.Set(url, attribute, value);
        }
        catch (FormatException) when (attribute == "href")
        {
            // What is expected then is that nothing has changed.
        }

        foreach ((string name, string wanted) in expected)
        {
            if (Difference.Of(name, wanted, Attributes.Get(url, name)) is { } difference)
                return difference;
        }

        return Difference.Of("href, parsed again", url.Href, UrlRecord.TryParse(url.Href, out UrlRecord? again) ? again.Href : null);
    }
}
