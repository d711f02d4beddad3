using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Wirepath.Bench;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchOptions
{
    /// <summary>Parts of the table, in its order.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [];

    /// <summary>Parts were named: one that cannot be measured is then a failure.</summary>
    public bool PartsWereNamed { get; init; }

    /// <summary>BenchmarkDotNet instead of the table.</summary>
    public bool Micro { get; init; }

    /// <summary>Which micro-benchmarks; null means all.</summary>
    public string? Filter { get; init; }

    /// <summary>How long one sample takes. Default 1 s: the whole table in about two minutes.</summary>
    public TimeSpan SampleTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Samples of each row, taken in turns; the table shows their median. Default 3.</summary>
    public int Repeats { get; init; } = 3;

    /// <summary>Keys of the rows to measure, or parts of their titles; empty: all.</summary>
    public IReadOnlyList<string> Rows { get; init; } = [];

    public bool Takes(Row row) =>
        Rows.Count == 0 || Rows.Contains(row.Key) || Rows.Any(part => row.Title.Contains(part, StringComparison.OrdinalIgnoreCase));

    public bool Json { get; init; }

    /// <summary>A profile of each row instead of the table.</summary>
    public bool Profile { get; init; }

    /// <summary>Folder for the pictures of the simulated parts; null: none are drawn.</summary>
    public string? Plots { get; init; }

    /// <summary>A file of URLs for the part about them; null: they are made up.</summary>
    public string? Urls { get; init; }

    public bool Help { get; init; }

    private const double MostSeconds = 3600;
    private const int MostRepeats = 1000;

    public static bool TryParse(IReadOnlyList<string> arguments, IReadOnlyList<string> partNames, [NotNullWhen(true)] out BenchOptions? options, [NotNullWhen(false)] out string? error)
    {
        var parsed = new BenchOptions();
        var parts = new List<string>();
        options = null;
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            string? value = i + 1 < arguments.Count ? arguments[i + 1] : null;
            switch (argument)
            {
                case "--help" or "-h":
                    options = new BenchOptions { Help = true };
                    error = null;
                    return true;
                case "--json":
                    parsed = parsed with { Json = true };
                    break;
                case "--profile":
                    parsed = parsed with { Profile = true };
                    break;
                case "--seconds":
                    if (!double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) || seconds is < 0.05 or > MostSeconds)
                        return Fail($"--seconds wants a number from 0.05 to {MostSeconds}{Instead(value)}.", out error);
                    parsed = parsed with { SampleTime = TimeSpan.FromSeconds(seconds) };
                    i++;
                    break;
                case "--repeats":
                    if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int repeats) || repeats is < 1 or > MostRepeats)
                        return Fail($"--repeats wants a whole number from 1 to {MostRepeats}{Instead(value)}.", out error);
                    parsed = parsed with { Repeats = repeats };
                    i++;
                    break;
                case "--rows":
                    if (value is null || value.StartsWith('-'))
                        return Fail($"--rows wants keys of rows or parts of their titles, with commas between them{Instead(value)}.", out error);
                    parsed = parsed with { Rows = value.Split(',') };
                    i++;
                    break;
                case "--plots":
                    if (value is null || value.StartsWith('-'))
                        return Fail($"--plots wants a folder{Instead(value)}.", out error);
                    parsed = parsed with { Plots = value };
                    i++;
                    break;
                case "--urls":
                    if (value is null || value.StartsWith('-'))
                        return Fail($"--urls wants a file{Instead(value)}.", out error);
                    parsed = parsed with { Urls = value };
                    i++;
                    break;
                case "micro" when parts.Count == 0 && !parsed.Micro:
                    parsed = parsed with { Micro = true };
                    break;
                default:
                    if (argument.StartsWith('-'))
                        return Fail($"There is no option '{argument}'; --help lists them.", out error);
                    if (parsed.Micro && parsed.Filter is null)
                        parsed = parsed with { Filter = argument };
                    else if (!parsed.Micro && partNames.Contains(argument))
                        parts.Add(argument);
                    else if (parsed.Micro)
                        return Fail($"'micro' takes one filter; '{argument}' is a second one.", out error);
                    else
                        return Fail($"There is no part '{argument}'; there are {string.Join(", ", partNames.Distinct())} and micro.", out error);
                    break;
            }
        }

        if (parsed.Micro && (parsed.Json || parsed.Profile || parsed.Plots is not null || parsed.Urls is not null || parsed.Rows.Count > 0))
            return Fail("--json, --profile, --rows, --urls and --plots belong to the table, not to 'micro'.", out error);
        if (parsed.Json && parsed.Profile)
            return Fail("A profile is text: --profile and --json exclude each other.", out error);
        options = parsed with { Parts = [.. partNames.Distinct().Where(name => parts.Count == 0 || parts.Contains(name))], PartsWereNamed = parts.Count > 0 };
        error = null;
        return true;
    }

    private static string Instead(string? value) => value is null ? "" : $", not '{value}'";

    private static bool Fail(string sentence, out string error)
    {
        error = sentence;
        return false;
    }
}
