using System.Globalization;

namespace Wirepath.Url;

/// <summary>What stands between a person's typing and the URL standard: <c>example.com</c> is no URL, but everybody means one.</summary>
public static class AddressBar
{
    public static AddressBarFixUp FixUp(string typed)
    {
        ArgumentNullException.ThrowIfNull(typed);
        var notes = new List<FixUpNote>();
        string text = string.Concat(typed.Where(c => c is not ('\t' or '\n' or '\r'))).Trim();
        if (text.Length != typed.Length)
        {
            notes.Add(new FixUpNote(FixUpChange.BlanksDropped, "", "Blanks around the address were dropped."));
        }

        if (text.Length == 0)
        {
            return new AddressBarFixUp(text, notes);
        }

        int schemeEnd = SchemeEnd(text);
        if (schemeEnd < 0)
        {
            text = "http://" + text.TrimStart('/', '\\');
            schemeEnd = 4;
            notes.Add(new FixUpNote(FixUpChange.SchemeAdded, "http", "No scheme was typed, so http is used."));
        }

        if (!UrlRecord.TryParse(text, null, out UrlRecord? url, out _))
        {
            return new AddressBarFixUp(text, notes);
        }

        if (url.IsSpecial && url.Scheme != "file")
        {
            Compare(text, schemeEnd, url, notes);
        }

        return new AddressBarFixUp(url.Href, notes);
    }

    /// <summary>
    /// Where the scheme ends, or -1 when none was typed. <c>localhost:8080</c> has the letters of a scheme, but a person
    /// means a port: a colon counts when two slashes follow, or when what stands before it has no dot and what follows
    /// is not a number.
    /// </summary>
    private static int SchemeEnd(string text)
    {
        int colon = text.IndexOf(':');
        if (colon <= 0 || !char.IsAsciiLetter(text[0]) || !text.AsSpan(0, colon).ToString().All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.'))
        {
            return -1;
        }

        ReadOnlySpan<char> rest = text.AsSpan(colon + 1);
        if (rest.StartsWith("//") || SpecialSchemes.Of(text[..colon].ToLowerInvariant()) != SpecialScheme.None)
        {
            return colon;
        }

        int digits = rest.IndexOfAnyExceptInRange('0', '9');
        bool port = digits < 0 ? rest.Length > 0 : digits > 0 && rest[digits] is '/' or '?' or '#';
        return port || text.AsSpan(0, colon).Contains('.') ? -1 : colon;
    }

    /// <summary>Finds out what the parser made of the typed text, part by part.</summary>
    private static void Compare(string text, int schemeEnd, UrlRecord url, List<FixUpNote> notes)
    {
        int hostStart = schemeEnd + 1;
        while (hostStart < text.Length && text[hostStart] is '/' or '\\')
        {
            hostStart++;
        }

        if (text[(schemeEnd + 1)..hostStart] != "//")
        {
            notes.Add(new FixUpNote(FixUpChange.SlashesPutRight, "//", "Two slashes belong after the scheme; they were put right."));
        }

        int authorityEnd = text.AsSpan(hostStart).IndexOfAny("/\\?#") is >= 0 and int end ? hostStart + end : text.Length;
        string authority = text[hostStart..authorityEnd];
        string typedHost = authority[(authority.LastIndexOf('@') + 1)..];
        string typedPort = "";
        int colon = typedHost.LastIndexOf(':');
        if (colon > typedHost.LastIndexOf(']'))
        {
            (typedHost, typedPort) = (typedHost[..colon], typedHost[(colon + 1)..]);
        }

        CompareHost(text[..schemeEnd], typedHost, url, notes);
        if (typedPort.Length > 0 && url.Port is null)
        {
            notes.Add(new FixUpNote(FixUpChange.DefaultPortDropped, typedPort, string.Create(CultureInfo.InvariantCulture, $"{url.DefaultPort} is the default port of {url.Scheme} and is left out.")));
        }

        ComparePath(text[authorityEnd..], url, notes);
    }

    private static void CompareHost(string typedScheme, string typedHost, UrlRecord url, List<FixUpNote> notes)
    {
        string host = url.Host!;
        if (url.HostKind is HostKind.Ipv4 or HostKind.Ipv6)
        {
            if (typedHost != host)
            {
                notes.Add(new FixUpNote(FixUpChange.AddressNormalised, host, $"The address is written {host}."));
            }
        }
        else if (!typedHost.All(char.IsAscii))
        {
            notes.Add(new FixUpNote(FixUpChange.HostToAscii, host, $"The name is sent to DNS as {host}."));
        }

        if (typedScheme != url.Scheme || (url.HostKind == HostKind.Domain && typedHost.Any(char.IsAsciiLetterUpper)))
        {
            notes.Add(new FixUpNote(FixUpChange.LowerCased, $"{url.Scheme}://{host}", "Scheme and host are written in small letters."));
        }
    }

    private static void ComparePath(string typedRest, UrlRecord url, List<FixUpNote> notes)
    {
        string rest = url.PathAndQuery + (url.Fragment is null ? "" : "#" + url.Fragment);
        if (typedRest.Length == 0 || typedRest[0] is '?' or '#')
        {
            notes.Add(new FixUpNote(FixUpChange.PathAdded, "/", "An empty path means /."));
            typedRest = "/" + typedRest;
        }

        if (typedRest.Count(c => c == '%') < rest.Count(c => c == '%'))
        {
            notes.Add(new FixUpNote(FixUpChange.PercentEncoded, rest, "Characters that cannot travel as they are were percent-encoded."));
        }

        int pathEnd = typedRest.AsSpan().IndexOfAny('?', '#');
        string typedPath = pathEnd < 0 ? typedRest : typedRest[..pathEnd];
        if (typedPath.Count(c => c is '/' or '\\') > url.Pathname.Count(c => c == '/') || typedPath.EndsWith("/.", StringComparison.Ordinal) || typedPath.EndsWith("/..", StringComparison.Ordinal))
        {
            notes.Add(new FixUpNote(FixUpChange.DotSegmentsResolved, url.Pathname, "\".\" and \"..\" in the path were resolved."));
        }
    }
}
