using Wirepath.Url;

namespace Wirepath.WebPlatform;

/// <summary><c>percent-encoding.json</c>: as percent-encoding.window.js runs it; the query is in the document's encoding, the fragment never.</summary>
internal static class EncodingCases
{
    public static WebPlatformCase Of(string path, int line, CaseFields fields)
    {
        string input = fields.Text("input");
        IReadOnlyList<KeyValuePair<string, string>> outputs = fields.Texts("output");
        return new WebPlatformCase(path, line, Difference.Quote(input)) { Try = () => Encodes(input, outputs) };
    }

    private static Difference? Encodes(string input, IReadOnlyList<KeyValuePair<string, string>> outputs)
    {
        string? utf8 = outputs.FirstOrDefault(output => output.Key == "utf-8").Value;
        foreach ((string name, string output) in outputs)
        {
            if (LegacyEncoding.Get(name) is not { } encoding)
                return new Difference(name, Difference.Quote(output), "no such encoding");
            if (!UrlRecord.TryParse($"https://doc.invalid/?{input}#{input}", null, encoding, out UrlRecord? url))
                return new Difference(name, Difference.Quote(output), "failure");
            if (Difference.Of($"query in {name}", output, url.Query) is { } inQuery)
                return inQuery;
            if (utf8 is not null && Difference.Of("fragment", utf8, url.Fragment) is { } inFragment)
                return inFragment;
        }

        return null;
    }
}
