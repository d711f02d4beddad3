namespace Wirepath.Simulation;

/// <summary>What an origin server answers to a request.</summary>
/// <param name="Status">100 to 599.</param>
/// <param name="ContentType">Of the body.</param>
/// <param name="Body">All of it.</param>
internal sealed record OriginAnswer(int Status, string ContentType, ReadOnlyMemory<byte> Body)
{
    /// <summary>Set for a redirect.</summary>
    public string? Location { get; init; }

    /// <summary>Sent in chunks of this many bytes, as if the length were not known; 0: with Content-Length.</summary>
    public int ChunkSize { get; init; }

    /// <summary>Between the chunks.</summary>
    public TimeSpan ChunkPause { get; init; }

    /// <summary>How long the server thinks before its first byte. Default 5 ms: a database, a template.</summary>
    public TimeSpan Thought { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>The connection ends with this answer.</summary>
    public bool Close { get; init; }
}
