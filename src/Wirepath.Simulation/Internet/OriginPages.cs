using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Wirepath.Simulation;

/// <summary>The pages of the embedded internet's web sites: what is answered to which host and target.</summary>
internal static class OriginPages
{
    private const string Html = "text/html; charset=utf-8";
    private const string Plain = "text/plain; charset=utf-8";

    /// <summary>Bytes that <c>/bytes/N</c> gives at the most: 100 MB are a long transfer, and still fit into memory.</summary>
    private const int MostBytes = 100_000_000;

    private static readonly ConcurrentDictionary<int, byte[]> s_lines = new();

    /// <param name="host">Of the URL or the Host header, without port, in lower case.</param>
    /// <param name="target">Path and query.</param>
    public static OriginAnswer Answer(string host, string target)
    {
        host = host.TrimEnd('.'); // The absolute form of a name is the same site.
        ReadOnlySpan<char> path = target.AsSpan();
        int query = path.IndexOf('?');
        if (query >= 0)
            path = path[..query];
        return host switch
        {
            "example.com" => Moved("http://www.example.com" + target),
            "redirect.example.com" => Moved("http://www.example.com" + target),
            "slow.example.com" => AtWww(path) with { Thought = TimeSpan.FromSeconds(3) },
            "example.org" or "www.example.org" => path is "/" ? Page("example.org.html") : Missing(host, target),
            "xn--fsqu00a.xn--fiqs8s" or "www.xn--fsqu00a.xn--fiqs8s" or "example.cn" or "www.example.cn" => Page("cn.html"),
            _ => AtWww(path),
        };

        OriginAnswer AtWww(ReadOnlySpan<char> path) => path switch
        {
            "/" or "/index.html" => Page("index.html"),
            "/long" => Lines(43_800), // thirty segments of 1,460 bytes
            "/1mb" => Lines(1_000_000),
            "/10mb" => Lines(10_000_000),
            "/chunked" => Lines(4_000) with { ChunkSize = 1_000, ChunkPause = TimeSpan.FromMilliseconds(100) },
            "/slow" => Text(200, "That took three seconds. The network was quick; the server was not.\n") with { Thought = TimeSpan.FromSeconds(3) },
            "/close" => Text(200, "The server closes the connection after this answer.\n") with { Close = true },
            "/empty" => new OriginAnswer(204, Plain, default),
            "/redirect" => Moved("/"),
            "/loop" => Moved("/loop"),
            "/500" => Text(500, "Something went wrong at the server. The path to it is fine.\n"),
            _ when path.StartsWith("/bytes/") && int.TryParse(path["/bytes/".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count <= MostBytes => Lines(count),
            _ when path.StartsWith("/hops/") && int.TryParse(path["/hops/".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int hops) && hops <= 100 =>
                Moved(hops <= 1 ? "/" : string.Create(CultureInfo.InvariantCulture, $"/hops/{hops - 1}")),
            _ => Missing(host, target),
        };
    }

    private static OriginAnswer Page(string name) => new(200, Html, s_pages.GetOrAdd(name, static n => EmbeddedText.Bytes("Pages/" + n)));

    private static readonly ConcurrentDictionary<string, byte[]> s_pages = new(StringComparer.Ordinal);

    private static OriginAnswer Text(int status, string text) => new(status, Plain, Encoding.UTF8.GetBytes(text));

    private static OriginAnswer Moved(string location) => Text(302, $"The page is at {location}\n") with { Location = location };

    private static OriginAnswer Missing(string host, string target) => Text(404, $"There is no {target} at {host}.\n");

    // Numbered lines of 50 bytes: a missing, repeated or exchanged piece shows at once.
    private static OriginAnswer Lines(int count) => new(200, Plain, s_lines.GetOrAdd(count, static c =>
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(c);
        Span<byte> line = stackalloc byte[50];
        for (int at = 0; at < c; at += line.Length)
        {
            line.Fill((byte)'.');
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"byte {at,11:N0} "), line);
            line[^1] = (byte)'\n';
            line[..Math.Min(line.Length, c - at)].CopyTo(bytes.AsSpan(at));
        }

        return bytes;
    }));
}
