using System.Globalization;

namespace Wirepath.Url;

/// <summary>A URL taken apart for a person: each component as it is sent and as it is read.</summary>
/// <param name="Url">The parsed URL.</param>
/// <param name="Typed">What was typed, when it is known.</param>
/// <param name="Components">In the order in which they stand in the URL.</param>
/// <param name="UnicodeHost">The host with its A-labels decoded; null without a host.</param>
public sealed record UrlAnatomy(UrlRecord Url, string? Typed, IReadOnlyList<UrlComponent> Components, string? UnicodeHost)
{
    public static UrlAnatomy Of(UrlRecord url, string? typed)
    {
        ArgumentNullException.ThrowIfNull(url);
        ref readonly UrlOffsets at = ref url.Offsets;
        var parts = new List<UrlComponent> { new(UrlPart.Scheme, url.Scheme, url.Scheme, 0) };
        if (url.Username.Length > 0)
        {
            parts.Add(Decoded(UrlPart.Username, url.Username, at.UsernameStart));
        }

        if (url.Password.Length > 0)
        {
            parts.Add(Decoded(UrlPart.Password, url.Password, at.UsernameEnd + 1));
        }

        string? unicodeHost = null;
        if (url.Host is { } host)
        {
            unicodeHost = url.HostKind == HostKind.Domain ? url.UnicodeHost! : PercentEncoding.DecodeToText(host);
            UrlComponentNote note = url.HostKind switch
            {
                HostKind.Ipv4 or HostKind.Ipv6 => UrlComponentNote.AddressLiteral,
                HostKind.Domain => host == unicodeHost ? UrlComponentNote.None : UrlComponentNote.InternationalisedName,
                HostKind.Opaque => host == unicodeHost ? UrlComponentNote.None : UrlComponentNote.PercentEncoded,
                HostKind.Empty or HostKind.None => UrlComponentNote.None,
                _ => throw new InvalidOperationException($"No such kind of host: {url.HostKind}."),
            };
            parts.Add(new UrlComponent(UrlPart.Host, host, unicodeHost, at.HostStart, note));
        }

        if (url.Port is ushort port)
        {
            string text = port.ToString(CultureInfo.InvariantCulture);
            parts.Add(new UrlComponent(UrlPart.Port, text, text, at.HostEnd + 1));
        }
        else if (url.DefaultPort is ushort usual)
        {
            parts.Add(new UrlComponent(UrlPart.Port, "", usual.ToString(CultureInfo.InvariantCulture), -1, UrlComponentNote.DefaultPort));
        }

        AddPath(url, parts);
        AddQuery(url, parts);
        if (url.Fragment is { } fragment)
        {
            parts.Add(Decoded(UrlPart.Fragment, fragment, at.HashStart + 1));
        }

        return new UrlAnatomy(url, typed, parts, unicodeHost);
    }

    private static void AddPath(UrlRecord url, List<UrlComponent> parts)
    {
        string path = url.Pathname;
        int start = url.Offsets.PathStart;
        if (url.HasOpaquePath)
        {
            parts.Add(Decoded(UrlPart.OpaquePath, path, start));
            return;
        }

        for (int i = 0; i < path.Length;)
        {
            int from = i + 1;
            int slash = path.IndexOf('/', from);
            i = slash < 0 ? path.Length : slash;
            parts.Add(Decoded(UrlPart.PathSegment, path[from..i], start + from));
        }
    }

    // URL §5.1, "application/x-www-form-urlencoded parser": pairs between "&", "+" is a blank.
    private static void AddQuery(UrlRecord url, List<UrlComponent> parts)
    {
        if (url.Query is not { Length: > 0 } query)
        {
            return;
        }

        int start = url.Offsets.SearchStart + 1;
        for (int i = 0; i <= query.Length; i++)
        {
            int end = query.IndexOf('&', i) is >= 0 and int and ? and : query.Length;
            if (end > i)
            {
                string raw = query[i..end];
                int equals = raw.IndexOf('=');
                string name = FormDecode(equals < 0 ? raw : raw[..equals]);
                string value = FormDecode(equals < 0 ? "" : raw[(equals + 1)..]);
                string decoded = equals < 0 ? name : $"{name} = {value}";
                bool encoded = raw.AsSpan().ContainsAny('%', '+');
                parts.Add(new UrlComponent(UrlPart.QueryPair, raw, decoded, start + i, encoded ? UrlComponentNote.PercentEncoded : UrlComponentNote.None) { Name = name, Value = value });
            }

            i = end;
        }
    }

    private static string FormDecode(string text) => PercentEncoding.DecodeToText(text.Replace('+', ' '));

    private static UrlComponent Decoded(UrlPart part, string raw, int start)
    {
        string decoded = PercentEncoding.DecodeToText(raw);
        return new UrlComponent(part, raw, decoded, start, decoded == raw ? UrlComponentNote.None : UrlComponentNote.PercentEncoded);
    }
}
