namespace Wirepath.Url;

/// <summary>Sentences that several states of the parser say.</summary>
internal static class UrlMessages
{
    public const string Backslash = "A backslash stands where a slash should be.";

    public const string Credentials = "The URL carries a user name or password; it will be seen by whoever sees the URL.";

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    public static string NoUrlUnit(ReadOnlySpan<char> text) => text[0] == '%'
        ? "A % here must be followed by two hexadecimal digits (a percent sign itself is written %25)."
        : $"{Capital(UrlCodePoints.Describe(text))} does not belong into a URL as it is; it should be percent-encoded.";
}
