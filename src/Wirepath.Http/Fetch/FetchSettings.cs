using System.Security.Cryptography.X509Certificates;

namespace Wirepath.Http;

/// <summary>How a <see cref="Fetcher"/> behaves.</summary>
public sealed record FetchSettings
{
    /// <summary>Follow 301, 302, 303, 307 and 308.</summary>
    public bool FollowRedirects { get; init; } = true;

    /// <summary>Redirects followed at the most: the Fetch standard's 20.</summary>
    public int MostRedirects { get; init; } = 20;

    /// <summary>A status of 400 and above is a failure with <see cref="ExitCodes.Http"/>.</summary>
    public bool FailOnStatus { get; init; }

    /// <summary>Leave connections open after a navigation, for the next one to the same origin.</summary>
    public bool KeepAlive { get; init; }

    /// <summary>For the whole navigation; <see cref="Timeout.InfiniteTimeSpan"/> leaves it to TCP's and DNS's own limits.</summary>
    public TimeSpan Limit { get; init; } = Timeout.InfiniteTimeSpan;

    public string UserAgent { get; init; } = "wirepath/0.1";

    /// <summary>Roots that servers' certificates must lead to, asked for at each TLS handshake; null: the machine's own.</summary>
    public Func<X509Certificate2Collection>? TrustedRoots { get; init; }

    /// <summary>How addresses and endpoints are chosen and tried.</summary>
    public ConnectSettings Connect { get; init; } = new();

    /// <summary>More header lines, name and value.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];
}

/// <summary>How a navigation ended.</summary>
/// <param name="ExitCode">One of <see cref="ExitCodes"/>.</param>
/// <param name="Status">Of the last response; 0 when there was none.</param>
/// <param name="Bytes">Of the body.</param>
/// <param name="Summary">One sentence: what was tried, with whom, what came back.</param>
public sealed record FetchResult(int ExitCode, int Status, long Bytes, string Summary);

/// <summary>A step of a navigation failed for good.</summary>
internal sealed class FetchException(int exitCode, string summary) : Exception(Sentence(summary))
{
    public int ExitCode { get; } = exitCode;

    // The layers below speak in clauses, so that they can be put together; here they become a sentence.
    private static string Sentence(string clause) =>
        char.ToUpperInvariant(clause[0]) + clause[1..] + (clause[^1] is '.' or '!' or '?' ? "" : ".");
}
