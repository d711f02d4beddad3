using System.Buffers;
using System.Text;

namespace Wirepath.Http;

/// <summary>The character classes of RFC 9110 §5.6 and §5.5.</summary>
internal static class HttpSyntax
{
    private const string TokenCharacters = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static readonly SearchValues<byte> TokenBytes = SearchValues.Create(Encoding.ASCII.GetBytes(TokenCharacters));
    private static readonly SearchValues<char> TokenChars = SearchValues.Create(TokenCharacters);

    // HTAB, SP, VCHAR and obs-text are right; every other control character is not, NUL, CR and LF above all.
    private static readonly SearchValues<byte> NotFieldValueBytes = SearchValues.Create([.. Enumerable.Range(0, 0x20).Where(b => b != '\t').Append(0x7F).Select(b => (byte)b)]);

    private static readonly string[] KnownNames =
    [
        "Host", "User-Agent", "Accept", "Accept-Encoding", "Accept-Language", "Connection", "Content-Length", "Content-Type", "Transfer-Encoding", "Date", "Server",
        "Last-Modified", "ETag", "Location", "Cache-Control", "Cookie", "Set-Cookie", "If-Modified-Since", "Expect", "Keep-Alive", "Vary", "host", "user-agent", "accept",
        "connection", "content-length", "content-type", "date", "server", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "*/*", "close", "keep-alive", "/", "text/html",
    ];

    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && text.IndexOfAnyExcept(TokenBytes) < 0;

    public static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && text.IndexOfAnyExcept(TokenChars) < 0;

    /// <summary>First byte that no field value may contain, or -1.</summary>
    public static int IndexOfInvalidInValue(ReadOnlySpan<byte> value) => value.IndexOfAny(NotFieldValueBytes);

    public static bool IsFieldValue(ReadOnlySpan<char> value)
    {
        foreach (char c in value)
        {
            if (c is (< ' ' and not '\t') or '\x7F' or > '\xFF')
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>OWS: blanks and tabs.</summary>
    public static ReadOnlySpan<byte> TrimOws(ReadOnlySpan<byte> text) => text.Trim(" \t"u8);

    /// <summary>Field bytes as text: Latin-1, so that obs-text survives; the usual words are not allocated again.</summary>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        foreach (string known in KnownNames)
        {
            if (known.Length == bytes.Length && Ascii.Equals(bytes, known))
            {
                return known;
            }
        }

        return Encoding.Latin1.GetString(bytes);
    }

    /// <summary>A byte as a person sees it.</summary>
    public static string Describe(byte b) => b is > 0x20 and < 0x7F ? $"\"{(char)b}\"" : $"the byte 0x{b:X2}";
}
