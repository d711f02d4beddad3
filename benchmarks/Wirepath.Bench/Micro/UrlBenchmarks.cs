using BenchmarkDotNet.Attributes;
using Wirepath.Url;

namespace Wirepath.Bench;

/// <summary>URLs as they stand in pages; <see cref="System.Uri"/> does its work only when it is asked, so it is asked.</summary>
public class UrlBenchmarks
{
    private const int Count = 6;

    private static readonly string[] s_urls =
    [
        "https://www.example.com/",
        "https://www.example.com/articles/2024/a-page.html?from=home&page=2#comments",
        "http://static.cdn.example.net:8080/images/logo%20large.png",
        "https://user@shop.example.org/a/b/../c/./d?q=caf%C3%A9",
        "http://192.0.2.7/index.html",
        "https://en.example.org/wiki/Internet_protocol_suite",
    ];

    [GlobalSetup]
    public void Check()
    {
        if (s_urls.Length != Count || Array.Exists(s_urls, url => !UrlRecord.CanParse(url)))
            throw new InvalidOperationException("A URL cannot be parsed.");
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int Parse()
    {
        int length = 0;
        foreach (string url in s_urls)
        {
            if (UrlRecord.TryParse(url, null, out UrlRecord? record, out _))
                length += record.Href.Length;
        }

        return length;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int Validate()
    {
        int count = 0;
        foreach (string url in s_urls)
            count += UrlRecord.CanParse(url) ? 1 : 0;
        return count;
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public int SystemUri()
    {
        int length = 0;
        foreach (string url in s_urls)
            length += new Uri(url).AbsoluteUri.Length;
        return length;
    }
}
