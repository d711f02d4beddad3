namespace Wirepath.WebPlatform;

/// <summary>A case of web-platform-tests' URL data.</summary>
/// <param name="Path">The file, as it was named.</param>
/// <param name="Line">Where the case begins, from 1.</param>
/// <param name="Title">What is tried, on one line: the input in quotation marks, and what it is tried against.</param>
public sealed record WebPlatformCase(string Path, int Line, string Title)
{
    internal Func<Difference?> Try { get; init; } = () => null;

    /// <summary>Path and line, as editors understand them.</summary>
    public string Place => $"{Path}:{Line}";

    /// <summary>Runs the case.</summary>
    /// <returns>Null when it passes; otherwise the first thing that is different.</returns>
    public Difference? Run() => Try();
}

/// <summary>What is not as the case wants it.</summary>
/// <param name="What">E.g. <c>pathname</c>.</param>
/// <param name="Expected">As the file says.</param>
/// <param name="Got">What came.</param>
public sealed record Difference(string What, string Expected, string Got)
{
    public override string ToString() => $"{What}: expected {Expected}, got {Got}";

    internal static Difference? Of(string what, string? expected, string? got) =>
        expected == got ? null : new Difference(what, Quote(expected), Quote(got));

    /// <summary>As JSON would have it, with escapes only for what cannot be seen; null is "failure".</summary>
    internal static string Quote(string? text)
    {
        if (text is null)
            return "failure";
        var quoted = new System.Text.StringBuilder("\"");
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            bool pair = i + 1 < text.Length && char.IsSurrogatePair(c, text[i + 1]);
            if (c is '"' or '\\')
                quoted.Append('\\').Append(c);
            else if (pair)
                quoted.Append(c).Append(text[++i]);
            else if (char.IsControl(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator)
                quoted.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }
}
