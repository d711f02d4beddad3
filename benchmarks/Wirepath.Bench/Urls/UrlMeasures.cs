using Wirepath.Url;

namespace Wirepath.Bench;

/// <summary>What is measured, each over a stretch of the list. What comes out is only there to be used.</summary>
internal static class UrlMeasures
{
    /// <summary>Gets a file and seconds, warms up for some time, prints nanoseconds of processor time for a URL.</summary>
    public const string NodeScript = """
        const urls = require('fs').readFileSync(process.argv[1], 'utf8').split('\n').filter(u => u);
        let sum = 0;
        function run(seconds) {
          const clock = () => { const used = process.cpuUsage(); return used.user + used.system; };
          const start = clock(), end = start + seconds * 1e6;
          let count = 0, now = start;
          while (now < end) {
            for (const u of urls) { const p = new URL(u); sum += p.hostname.length + p.pathname.length + p.search.length; }
            count += urls.length;
            now = clock();
          }
          return (now - start) * 1e3 / count;
        }
        run(0.3);
        console.log(run(Number(process.argv[2])));
        """;

    public static bool IsNormal(string url) => UrlRecord.TryParse(url, out UrlRecord? parsed) && ReferenceEquals(parsed.Href, url);

    public static int Parse(string[] urls, int from, int to)
    {
        int sum = 0;
        foreach (string url in urls.AsSpan(from, to - from))
        {
            if (UrlRecord.TryParse(url, out UrlRecord? parsed))
                sum += parsed.HostSpan.Length + parsed.PathnameSpan.Length + parsed.QuerySpan.Length;
        }

        return sum;
    }

    public static int ParseToStrings(string[] urls, int from, int to)
    {
        int sum = 0;
        foreach (string url in urls.AsSpan(from, to - from))
        {
            if (UrlRecord.TryParse(url, out UrlRecord? parsed))
                sum += (parsed.Host?.Length ?? 0) + parsed.Pathname.Length + parsed.Search.Length;
        }

        return sum;
    }

    public static int Validate(string[] urls, int from, int to)
    {
        int sum = 0;
        foreach (string url in urls.AsSpan(from, to - from))
            sum += UrlRecord.CanParse(url) ? 1 : 0;
        return sum;
    }

    public static int SystemUri(string[] urls, int from, int to)
    {
        int sum = 0;
        foreach (string url in urls.AsSpan(from, to - from))
        {
            if (Uri.TryCreate(url, UriKind.Absolute, out Uri? parsed))
                sum += parsed.Host.Length + parsed.AbsolutePath.Length + parsed.Query.Length;
        }

        return sum;
    }
}
