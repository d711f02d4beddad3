namespace Wirepath.Cli.Commands;

/// <summary>Where scripts and scenarios, and what belongs to them, lie.</summary>
internal static class ScriptFiles
{
    /// <summary>Beyond this many bytes a file beside a script is no set-up script.</summary>
    private const int LargestCompanion = 64 << 10;

    /// <summary>Adds the scripts that <paramref name="path"/> names, those of a folder sorted.</summary>
    /// <param name="path">A file, or a folder.</param>
    /// <param name="pattern">Of the names in a folder: <c>*.pkt</c>.</param>
    /// <param name="scripts">Grows.</param>
    /// <returns>Null; or what is wrong.</returns>
    public static string? Find(string path, string pattern, List<string> scripts)
    {
        if (File.Exists(path))
        {
            scripts.Add(path);
            return null;
        }

        if (!Directory.Exists(path))
            return $"there is no file or folder '{path}'.";
        string[] found;
        try
        {
            found = Directory.GetFiles(path, pattern, SearchOption.AllDirectories);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return $"'{path}' cannot be read: {unreadable.Message}";
        }

        if (found.Length == 0)
            return $"there are no scripts ({pattern}) in '{path}'.";
        Array.Sort(found, StringComparer.Ordinal);
        scripts.AddRange(found);
        return null;
    }

    /// <summary>The text of a file that a script names, seen from the script's folder; null when there is none.</summary>
    public static string? ReadBeside(string script, string name)
    {
        try
        {
            var file = new FileInfo(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(script)) ?? "", name));
            return file.Exists && file.Length <= LargestCompanion ? File.ReadAllText(file.FullName) : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
