using System.Diagnostics.CodeAnalysis;
using Wirepath.Url;

namespace Wirepath.Http;

/// <summary>RFC 9110 §15.4: where a redirect leads.</summary>
public static class HttpRedirect
{
    /// <summary>
    /// The next request's method and URL; false when the response is no redirect that can be followed. 303 turns all but HEAD into GET, and so do 301 and 302
    /// a POST, as everybody does; 307 and 308 keep the method. The fragment of the first URL goes along when the new one has none.
    /// </summary>
    public static bool TryFollow(string method, UrlRecord url, ResponseHead response, [NotNullWhen(true)] out string? nextMethod, [NotNullWhen(true)] out UrlRecord? nextUrl)
    {
        ArgumentNullException.ThrowIfNull(url);
        ArgumentNullException.ThrowIfNull(response);
        nextMethod = null;
        nextUrl = null;
        if (!response.IsRedirect || !UrlRecord.TryParse(response.Headers.Get("Location")!, url, out UrlRecord? next, out _) || next.Scheme is not ("http" or "https"))
        {
            return false;
        }

        if (next.Fragment is null && url.Fragment is not null && UrlRecord.TryParse(next.Href + "#" + url.Fragment, null, out UrlRecord? withFragment, out _))
        {
            next = withFragment;
        }

        nextUrl = next;
        nextMethod = (response.Status, method) switch
        {
            (303, not "HEAD") => "GET",
            (301 or 302, "POST") => "GET",
            _ => method,
        };
        return true;
    }
}
