namespace Wirepath.Http;

/// <summary>How much of a message is taken in before it is refused. All sizes are bytes and include line ends.</summary>
public sealed record HttpLimits
{
    public static HttpLimits Default { get; } = new();

    /// <summary>Of a request's first line. 8 KiB: RFC 9112 §3 asks for at least 8000, and browsers stay below.</summary>
    public int RequestLineBytes { get; init; } = 8 * 1024;

    /// <summary>Of a response's first line. 8 KiB: the reason phrase is for people, and people read one line.</summary>
    public int StatusLineBytes { get; init; } = 8 * 1024;

    /// <summary>Of one field line. 16 KiB: cookies and tokens are the longest in practice and end well below.</summary>
    public int FieldLineBytes { get; init; } = 16 * 1024;

    /// <summary>Of all field lines of a head with the empty line. 64 KiB: what a peer can make us hold before it has said what it wants.</summary>
    public int HeaderSectionBytes { get; init; } = 64 * 1024;

    /// <summary>Field lines of a head. 128: lookup walks the list, so it must stay short.</summary>
    public int Fields { get; init; } = 128;

    /// <summary>Empty lines before a request line (RFC 9112 §2.2: at least one). 2: old clients send one after a body.</summary>
    public int EmptyLinesBeforeRequest { get; init; } = 2;

    /// <summary>Of one chunk-size line with its extensions. 1 KiB: 16 digits are enough, extensions are hardly used.</summary>
    public int ChunkLineBytes { get; init; } = 1024;

    /// <summary>Of all chunk extensions of one body. 16 KiB: they carry nothing we use, and tiny chunks with long extensions are an attack.</summary>
    public int ChunkExtensionBytes { get; init; } = 16 * 1024;

    /// <summary>Of all trailer lines. 8 KiB: checksums and signatures, not more.</summary>
    public int TrailerSectionBytes { get; init; } = 8 * 1024;
}
