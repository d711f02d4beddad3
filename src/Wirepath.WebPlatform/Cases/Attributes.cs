using Wirepath.Url;

namespace Wirepath.WebPlatform;

/// <summary>The URL class's attributes by their names in JavaScript.</summary>
internal static class Attributes
{
    public static string[] Names { get; } = ["href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "searchParams", "hash"];

    /// <exception cref="FormatException">There is none of that name.</exception>
    public static string Get(UrlObject url, string name) => name switch
    {
        "href" => url.Href,
        "origin" => url.Origin,
        "protocol" => url.Protocol,
        "username" => url.Username,
        "password" => url.Password,
        "host" => url.Host,
        "hostname" => url.Hostname,
        "port" => url.Port,
        "pathname" => url.Pathname,
        "search" => url.Search,
        "searchParams" => url.SearchParams.ToString(),
        "hash" => url.Hash,
        _ => throw new FormatException($"a URL has no attribute '{name}'"),
    };

    /// <exception cref="FormatException">There is none of that name that can be set, or the value of href is no URL.</exception>
    public static void Set(UrlObject url, string name, string value)
    {
        switch (name)
        {
            case "href":
                url.Href = value;
                break;
            case "protocol":
                url.Protocol = value;
                break;
            case "username":
                url.Username = value;
                break;
            case "password":
                url.Password = value;
                break;
            case "host":
                url.Host = value;
                break;
            case "hostname":
                url.Hostname = value;
                break;
            case "port":
                url.Port = value;
                break;
            case "pathname":
                url.Pathname = value;
                break;
            case "search":
                url.Search = value;
                break;
            case "hash":
                url.Hash = value;
                break;
            default:
                throw new FormatException($"a URL has no attribute '{name}' that can be set");
        }
    }
}
