using System.Text.Json;

namespace Wirepath.WebPlatform;

/// <summary>Finds and reads the JSON files of <c>url/resources</c> in web-platform-tests, and Unicode's <c>IdnaTestV2.txt</c>.</summary>
public static class WebPlatformFiles
{
    /// <summary>What the names of the files begin with; what follows (<c>-javascript-only</c>) is of the same shape.</summary>
    private static readonly (string Prefix, CaseShape Shape)[] s_names =
    [
        ("urltestdata", CaseShape.Url), ("setters_tests", CaseShape.Setters), ("toascii", CaseShape.ToAscii),
        ("IdnaTestV2", CaseShape.ToAscii), ("percent-encoding", CaseShape.PercentEncoding),
    ];

    private const string UnicodeIdna = "IdnaTestV2.txt";

    /// <summary>Adds the files that <paramref name="path"/> names: one, or those of a folder at any depth, sorted.</summary>
    /// <returns>Null; or what is wrong, in a sentence.</returns>
    public static string? Find(string path, ICollection<string> files)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(files);
        if (File.Exists(path))
        {
            files.Add(path);
            return null;
        }

        if (!Directory.Exists(path))
            return $"there is no file or folder '{path}'.";
        string[] found;
        try
        {
            found = [.. Directory.GetFiles(path, "*.json", SearchOption.AllDirectories).Where(file => ShapeOf(file) is not null), .. Directory.GetFiles(path, UnicodeIdna, SearchOption.AllDirectories)];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return $"'{path}' cannot be read: {unreadable.Message}";
        }

        if (found.Length == 0)
            return $"there are no URL tests in '{path}': no urltestdata.json, setters_tests.json, toascii.json, percent-encoding.json or IdnaTestV2.json.";
        Array.Sort(found, StringComparer.Ordinal);
        foreach (string file in found)
            files.Add(file);
        return null;
    }

    /// <summary>Adds the cases of a file.</summary>
    /// <returns>Null; or what is wrong with the file, with its place, in a sentence.</returns>
    public static string? Read(string path, ICollection<WebPlatformCase> cases)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(cases);
        byte[] json;
        try
        {
            if (Path.GetFileName(path) == UnicodeIdna)
                return UnicodeIdnaCases.Read(path, File.ReadAllLines(path), cases);
            json = File.ReadAllBytes(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return $"'{path}' cannot be read: {unreadable.Message}";
        }

        try
        {
            var reader = new CaseReader(path, json, ShapeOf(path));
            reader.Read(cases);
            return null;
        }
        catch (JsonException bad)
        {
            string sentence = bad.Message.Split(" Path:")[0].Split(" LineNumber:")[0].TrimEnd('.');
            return bad.LineNumber is { } line ? $"{path}:{line + 1}: {sentence}." : $"{path}: {sentence}.";
        }
    }

    private static CaseShape? ShapeOf(string path)
    {
        string name = Path.GetFileName(path);
        foreach ((string prefix, CaseShape shape) in s_names)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
                return shape;
        }

        return null;
    }
}
