using System.Globalization;
using System.Text.RegularExpressions;
using Wirepath.Url;

namespace Wirepath.WebPlatform;

/// <summary>Unicode's own <c>IdnaTestV2.txt</c>: each line is tried by ToUnicode, ToASCII and transitional ToASCII with all checks on.</summary>
internal static partial class UnicodeIdnaCases
{
    private const int Fields = 7;

    [GeneratedRegex(@"\\u([0-9A-Fa-f]{4})|\\x\{([0-9A-Fa-f]{1,6})\}")]
    private static partial Regex Escape();

    /// <summary>Adds the cases of a file's lines.</summary>
    /// <returns>Null; or what is wrong, with its place.</returns>
    public static string? Read(string path, string[] lines, ICollection<WebPlatformCase> cases)
    {
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Split('#')[0];
            if (string.IsNullOrWhiteSpace(line))
                continue;
            string[] fields = line.Split(';', StringSplitOptions.TrimEntries);
            if (fields.Length != Fields)
                return $"{path}:{i + 1}: A line has seven fields with semicolons between them.";
            string source = Text(fields[0]);
            cases.Add(new WebPlatformCase(path, i + 1, Difference.Quote(source)) { Try = () => Try(source, fields) });
        }

        return null;
    }

    // A field that is empty has the value of the one that it builds on.
    private static Difference? Try(string source, string[] fields)
    {
        string unicode = fields[1].Length == 0 ? source : Text(fields[1]);
        string ascii = fields[3].Length == 0 ? unicode : Text(fields[3]), transitional = fields[5].Length == 0 ? ascii : Text(fields[5]);
        string unicodeErrors = fields[2], asciiErrors = fields[4].Length == 0 ? unicodeErrors : fields[4], transitionalErrors = fields[6].Length == 0 ? asciiErrors : fields[6];
        IdnaOptions options = IdnaOptions.Strict;
        // An empty label is an error of ToUnicode only where an implementation wants it so (X4_2).
        bool isEmptyLabel = unicodeErrors == "[X4_2]";
        return Compare("toUnicode", unicode, isEmptyLabel ? "" : unicodeErrors, Idna.TryToUnicode(source, options with { VerifyDnsLength = false }, out string got, out _) ? got : null)
            ?? Compare("toAsciiN", ascii, asciiErrors, Idna.TryToAscii(source, options, out got, out _) ? got : null)
            ?? Compare("toAsciiT", transitional, transitionalErrors, Idna.TryToAscii(source, options with { TransitionalProcessing = true }, out got, out _) ? got : null);
    }

    private static Difference? Compare(string what, string expected, string errors, string? got) => Difference.Of(what, errors is "" or "[]" ? expected : null, got);

    private static string Text(string field) => field == "\"\"" ? "" : Escape().Replace(field, match =>
    {
        int c = int.Parse(match.Groups[1].Success ? match.Groups[1].ValueSpan : match.Groups[2].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return c is > 0xFFFF ? char.ConvertFromUtf32(c) : ((char)c).ToString();
    });
}
