using System.Text.Json;

namespace Wirepath.Url.Tests;

/// <summary>The web-platform-tests' URL data, when it lies beside the repository.</summary>
internal static class WebPlatformData
{
    /// <summary>The folder <c>shared/conformance/wpt</c> next to the repository's root; null when it is not there.</summary>
    public static string? Folder { get; } = Find();

    public static IEnumerable<UrlCase> UrlCases()
    {
        using FileStream file = File.OpenRead(Path.Combine(Folder!, "urltestdata.json"));
        using JsonDocument document = JsonDocument.Parse(file);
        foreach (JsonElement element in document.RootElement.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Object)
            {
                continue;
            }

            string? Text(string name) => element.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
            yield return new UrlCase(Unescaped(element.GetProperty("input")), Text("base"), element.TryGetProperty("failure", out _), Text("href"), Text("origin"),
                Text("protocol"), Text("username"), Text("password"), Text("hostname"), Text("port"), Text("pathname"), Text("search"), Text("hash"));
        }
    }

    public static IEnumerable<(string Input, string? Output)> ToAsciiCases(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder!, file)));
        foreach (JsonElement element in document.RootElement.EnumerateArray())
        {
            if (element.ValueKind == JsonValueKind.Object)
            {
                yield return (Unescaped(element.GetProperty("input")), element.GetProperty("output").GetString());
            }
        }
    }

    /// <summary>Lone surrogates are in the file as escapes, which the JSON reader refuses to turn into text.</summary>
    private static string Unescaped(JsonElement element)
    {
        string raw = element.GetRawText()[1..^1];
        var text = new System.Text.StringBuilder(raw.Length);
        for (int i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\')
            {
                text.Append(raw[i]);
                continue;
            }

            i++;
            text.Append(raw[i] switch
            {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\b',
                'f' => '\f',
                'u' => (char)Convert.ToUInt16(raw[(i + 1)..(i + 5)], 16),
                char c => c,
            });
            i += raw[i] == 'u' ? 4 : 0;
        }

        return text.ToString();
    }

    private static string? Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Wirepath.slnx")))
        {
            folder = Path.GetDirectoryName(folder.TrimEnd(Path.DirectorySeparatorChar));
        }

        for (; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            string beside = Path.Combine(folder, "shared", "conformance", "wpt");
            if (Directory.Exists(beside))
            {
                return beside;
            }
        }

        return null;
    }
}

internal sealed record UrlCase(
    string Input, string? Base, bool Fails, string? Href, string? Origin, string? Protocol, string? Username, string? Password,
    string? Hostname, string? Port, string? Pathname, string? Search, string? Hash)
{
    /// <summary>What is different from what the case wants; null when it passes.</summary>
    public string? Difference()
    {
        UrlRecord? baseUrl = null;
        if (Base is not null && !UrlRecord.TryParse(Base, null, out baseUrl, out _))
        {
            return Fails ? null : "the base does not parse";
        }

        bool parsed = UrlRecord.TryParse(Input, baseUrl, out UrlRecord? url, out UrlFailure? failure);
        if (parsed != UrlRecord.CanParse(Input, baseUrl))
        {
            return "CanParse disagrees with TryParse";
        }

        if (Fails || !parsed)
        {
            return Fails == !parsed ? null : parsed ? $"parsed as {url}" : $"failed: {failure!.Name}";
        }

        string host = url!.Host ?? "";
        string port = url.Port?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "";
        (string What, string? Wanted, string Got)[] parts =
        [
            ("href", Href, url.Href), ("origin", Origin, url.Origin), ("protocol", Protocol, url.Scheme + ":"), ("username", Username, url.Username), ("password", Password, url.Password),
            ("hostname", Hostname, host), ("port", Port, port), ("pathname", Pathname, url.Pathname), ("search", Search, url.Search), ("hash", Hash, url.Hash),
        ];
        foreach ((string what, string? wanted, string got) in parts)
        {
            if (wanted is not null && wanted != got)
            {
                return $"{what}: wanted {wanted}, got {got}";
            }
        }

        return null;
    }
}
