using System.Diagnostics.CodeAnalysis;

namespace Wirepath.Url;

public sealed partial class UrlRecord
{
    /// <summary>WHATWG URL, "basic URL parser". A string that is its own serialisation is kept and not copied.</summary>
    public static bool TryParse([NotNullWhen(true)] string? input, [NotNullWhen(true)] out UrlRecord? url) => TryParse(input, null, out url);

    /// <summary>As above, with <paramref name="baseUrl"/> for relative inputs.</summary>
    public static bool TryParse([NotNullWhen(true)] string? input, UrlRecord? baseUrl, [NotNullWhen(true)] out UrlRecord? url)
    {
        url = input is null ? null : UrlParser.Parse(input, input, new UrlParsing { Base = baseUrl });
        return url is not null;
    }

    /// <summary>As above, from a part of a text.</summary>
    public static bool TryParse(ReadOnlySpan<char> input, UrlRecord? baseUrl, [NotNullWhen(true)] out UrlRecord? url)
    {
        url = UrlParser.Parse(input, null, new UrlParsing { Base = baseUrl });
        return url is not null;
    }

    /// <summary>As above, and says what is wrong with an input that is no URL.</summary>
    public static bool TryParse(string input, UrlRecord? baseUrl, [NotNullWhen(true)] out UrlRecord? url, [NotNullWhen(false)] out UrlFailure? failure)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (TryParse(input, baseUrl, out url))
        {
            failure = null;
            return true;
        }

        // Why it failed is found out a second time, so that nobody pays for it who does not ask.
        var errors = new List<UrlValidationError>();
        return TryParse(input, baseUrl, errors, out url, out failure);
    }

    /// <summary>As above, and adds the validation errors to <paramref name="errors"/>, about in the order in which they stand in the input.</summary>
    public static bool TryParse(string input, UrlRecord? baseUrl, ICollection<UrlValidationError>? errors, [NotNullWhen(true)] out UrlRecord? url, [NotNullWhen(false)] out UrlFailure? failure)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (errors is null)
            return TryParse(input, baseUrl, out url, out failure);
        var found = new List<UrlValidationError>();
        url = UrlParser.Parse(input, input, new UrlParsing { Base = baseUrl, Errors = found });
        foreach (UrlValidationError error in found)
            errors.Add(error);
        failure = url is null ? new UrlFailure(found[^1].Name, found[^1].Position, found[^1].Message) { Length = found[^1].Length, Detail = found[^1].Detail, Idna = found[^1].Idna } : null;
        return url is not null;
    }

    /// <summary>
    /// As above, for an input from a document in another encoding than UTF-8: the query of a special URL (but ws and wss) is
    /// percent-encoded in it.
    /// </summary>
    public static bool TryParse(string input, UrlRecord? baseUrl, LegacyEncoding queryEncoding, [NotNullWhen(true)] out UrlRecord? url)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(queryEncoding);
        url = queryEncoding.IsUtf8
            ? UrlParser.Parse(input, input, new UrlParsing { Base = baseUrl })
            : UrlParser.Parse(input, input, new UrlParsing { Base = baseUrl, Encoding = queryEncoding });
        return url is not null;
    }

    /// <summary>As above, for inputs of the program's own.</summary>
    /// <exception cref="FormatException">It is no URL.</exception>
    public static UrlRecord Parse(string input, UrlRecord? baseUrl = null) =>
        TryParse(input, baseUrl, out UrlRecord? url, out UrlFailure? failure) ? url : throw new FormatException($"'{input}' is no URL: {failure.Message}");

    /// <summary>Whether parsing would succeed. Nothing is stored, and nothing is allocated unless the host is internationalised or very long.</summary>
    public static bool CanParse(ReadOnlySpan<char> input, UrlRecord? baseUrl = null) => UrlParser.IsValid(input, baseUrl);

    /// <summary>
    /// From .NET's own. Relative ones are resolved against <paramref name="baseUrl"/>. The text is parsed anew by this standard: what was
    /// typed, or what <see cref="Uri"/> made of it where it was made from parts.
    /// </summary>
    /// <returns>Null when it is no URL by this standard.</returns>
    public static UrlRecord? FromUri(Uri uri, UrlRecord? baseUrl = null)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return TryParse(uri.OriginalString, baseUrl, out UrlRecord? url) || (uri.IsAbsoluteUri && TryParse(uri.AbsoluteUri, baseUrl, out url)) ? url : null;
    }

    /// <summary>To .NET's own, which follows RFC 3986 and writes some things in another way, such as <c>%41</c> as <c>A</c>.</summary>
    /// <returns>Null when <see cref="Uri"/> refuses it: some hosts, ports of schemes that it knows otherwise, and texts beyond 65,519 characters.</returns>
    public Uri? ToUri() => Uri.TryCreate(Href, UriKind.Absolute, out Uri? uri) ? uri : null;
}
