namespace Wirepath.Http;

/// <summary>RFC 9112 §2.3, HTTP-version.</summary>
public readonly record struct HttpVersion(byte Major, byte Minor) : IComparable<HttpVersion>
{
    public static readonly HttpVersion Http10 = new(1, 0);
    public static readonly HttpVersion Http11 = new(1, 1);

    public int CompareTo(HttpVersion other) => ((Major << 8) | Minor).CompareTo((other.Major << 8) | other.Minor);

    /// <summary>RFC 9112 §2.5: what persistence, Host and chunked coding need.</summary>
    public bool IsAtLeast11 => CompareTo(Http11) >= 0;

    public override string ToString() => $"HTTP/{Major}.{Minor}";

    internal static bool TryRead(ReadOnlySpan<byte> text, out HttpVersion version)
    {
        version = default;
        if (text.Length != 8 || !text.StartsWith("HTTP/"u8) || text[6] != '.' || !char.IsAsciiDigit((char)text[5]) || !char.IsAsciiDigit((char)text[7]))
        {
            return false;
        }

        version = new HttpVersion((byte)(text[5] - '0'), (byte)(text[7] - '0'));
        return true;
    }
}
