using System.Globalization;
using System.Text;
using Wirepath.Wire;

namespace Wirepath.Bench;

/// <summary>URLs as pages and logs have them, made up from a seed: most are already normal, some are not, all can be parsed.</summary>
internal static class UrlList
{
    public const int Count = 50_000;
    private const ulong Seed = 2026;

    private static readonly string[] s_words =
    [
        "news", "world", "about", "article", "product", "shop", "images", "static", "assets", "video", "watch", "user", "profile", "search", "category", "blog", "post",
        "2024", "2025", "api", "v1", "v2", "docs", "help", "support", "download", "release", "main", "index", "home", "page", "list", "item", "order", "cart", "login",
        "account", "settings", "privacy", "terms", "contact", "music", "photo", "travel", "health", "science", "sport", "football", "weather", "finance", "market", "tech",
        "review", "guide", "how-to-build-a-house", "the-best-of-the-year", "what-is-new-in-this-version", "ten-things-to-know", "summer_collection", "large", "thumb",
        "wp-content", "uploads", "themes", "plugins", "node_modules", "lib", "dist", "bundle", "app", "vendor", "fonts", "icons", "en", "de", "fr", "zh-hans", "es-419",
    ];

    private static readonly string[] s_names =
    [
        "example", "mail", "cloud", "daily-herald", "acme", "openstore", "wikipages", "mediahub", "fast-cdn", "photoalbum", "gamezone", "cityguide", "bookshelf", "greenfood",
        "statistics", "university", "library", "radio1", "tv24", "bank-online", "insurance", "autoparts", "realestate", "jobs4all", "forum", "code", "repository", "analytics",
    ];

    private static readonly string[] s_prefixes = ["www.", "www.", "www.", "", "", "cdn.", "static.", "img2.", "m.", "api.", "blog.", "en.", "a.b.", "assets-eu-west-1."];
    private static readonly string[] s_topLevels = [".com", ".com", ".com", ".com", ".org", ".net", ".io", ".de", ".co.uk", ".com.br", ".gov", ".edu", ".cn", ".app"];
    private static readonly string[] s_international = ["例子.中国", "bücher.example", "пример.рф", "δοκιμή.gr", "xn--bcher-kva.example"];
    private static readonly string[] s_extensions = ["", "", "", ".html", ".html", ".php", ".jpg", ".png", ".css", ".js", ".min.js", ".pdf", ".webp", ".svg", ".aspx"];
    private static readonly string[] s_keys = ["utm_source", "utm_medium", "utm_campaign", "id", "q", "page", "ref", "v", "lang", "sort", "width", "height", "session", "token", "fbclid", "callback"];

    public static string[] Generate()
    {
        var random = new RandomSource(Seed);
        var text = new StringBuilder();
        string[] urls = new string[Count];
        for (int i = 0; i < Count; i++)
        {
            Write(text.Clear(), random);
            urls[i] = text.ToString();
        }

        return urls;
    }

    /// <summary>One URL a line; lines that this standard does not take as absolute URLs are left out.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It has none.</exception>
    public static string[] Read(string file)
    {
        string[] urls = [.. File.ReadLines(file).Where(line => line.Length > 0 && Url.UrlRecord.CanParse(line))];
        return urls.Length > 0 ? urls : throw new InvalidDataException($"There is no URL in '{file}'.");
    }

    private static void Write(StringBuilder text, RandomSource random)
    {
        bool Chance(double probability) => random.NextDouble() < probability;
        string Of(string[] choices) => choices[random.Next(choices.Length)];

        if (Chance(0.003))
        {
            text.Append("mailto:").Append(Of(s_names)).Append('@').Append(Of(s_names)).Append(".com");
            return;
        }

        text.Append(Chance(0.85) ? "https://" : Chance(0.97) ? "http://" : Chance(0.5) ? "wss://" : "HTTP://");
        if (Chance(0.002))
            text.Append("user:secret@");
        if (Chance(0.008))
            text.Append(CultureInfo.InvariantCulture, $"{random.Next(223) + 1}.{random.Next(256)}.{random.Next(256)}.{random.Next(256)}");
        else if (Chance(0.002))
            text.Append("[2001:db8::").Append(random.Next(9999).ToString(CultureInfo.InvariantCulture)).Append(']');
        else if (Chance(0.004))
            text.Append(Of(s_international));
        else if (Chance(0.01))
            text.Append("WWW.").Append(Of(s_names)).Append(".COM");
        else
            text.Append(Of(s_prefixes)).Append(Of(s_names)).Append(Chance(0.2) ? "-" + Of(s_words) : "").Append(Of(s_topLevels));
        if (Chance(0.015))
            text.Append(Chance(0.2) ? ":443" : ":8080");

        if (Chance(0.04))
            return;
        int segments = Chance(0.12) ? 0 : 1 + random.Next(5);
        text.Append('/');
        for (int i = 0; i < segments; i++)
        {
            if (i > 0)
                text.Append('/');
            Segment(text, random);
        }

        if (segments > 0 && Chance(0.75))
            text.Append(Of(s_extensions));
        else if (segments > 0 && Chance(0.5))
            text.Append('/');
        if (Chance(0.004))
            text.Append("/../").Append(Of(s_words));
        if (Chance(0.006))
            text.Append(Chance(0.5) ? " copy" : "ü");
        if (Chance(0.3))
            Query(text, random);
        if (Chance(0.04))
            text.Append('#').Append(Of(s_words));
    }

    private static void Segment(StringBuilder text, RandomSource random)
    {
        double kind = random.NextDouble();
        if (kind < 0.7)
            text.Append(s_words[random.Next(s_words.Length)]);
        else if (kind < 0.8)
            text.Append(s_words[random.Next(s_words.Length)]).Append('-').Append(s_words[random.Next(s_words.Length)]);
        else if (kind < 0.88)
            text.Append(random.Next(10_000_000).ToString(CultureInfo.InvariantCulture));
        else if (kind < 0.93)
            text.Append(random.NextUInt64().ToString("x16", CultureInfo.InvariantCulture));
        else if (kind < 0.96)
            text.Append("%E6%97%A5%E6%9C%AC_").Append(s_words[random.Next(s_words.Length)]);
        else if (kind < 0.98)
            text.Append(s_words[random.Next(s_words.Length)]).Append("%20").Append(s_words[random.Next(s_words.Length)]);
        else
            text.Append('@').Append(s_names[random.Next(s_names.Length)]).Append(";v=1,2");
    }

    private static void Query(StringBuilder text, RandomSource random)
    {
        int pairs = 1 + random.Next(5);
        for (int i = 0; i < pairs; i++)
        {
            text.Append(i == 0 ? '?' : '&').Append(s_keys[random.Next(s_keys.Length)]).Append('=');
            double kind = random.NextDouble();
            if (kind < 0.5)
                text.Append(s_words[random.Next(s_words.Length)]);
            else if (kind < 0.75)
                text.Append(random.Next(100_000).ToString(CultureInfo.InvariantCulture));
            else if (kind < 0.9)
                text.Append(random.NextUInt64().ToString("x16", CultureInfo.InvariantCulture));
            else
                text.Append("https%3A%2F%2Fwww.").Append(s_names[random.Next(s_names.Length)]).Append(".com%2F");
        }
    }
}
