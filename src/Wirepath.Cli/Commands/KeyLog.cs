namespace Wirepath.Cli.Commands;

/// <summary>
/// The secrets of TLS connections, in the format that Wireshark reads (<c>SSLKEYLOGFILE</c>). The platform's TLS writes them
/// itself once it is told to; that has to happen before its first handshake.
/// </summary>
internal sealed class KeyLog
{
    private const string Variable = "SSLKEYLOGFILE";

    private readonly string _path;
    private readonly long _before;

    private KeyLog(string path)
    {
        _path = path;
        // Also finds out now whether it can be written.
        using FileStream file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        _before = file.Length;
        AppContext.SetSwitch("System.Net.EnableSslKeyLogging", true);
        Environment.SetEnvironmentVariable(Variable, path);
    }

    /// <summary>Starts the log that <c>--keylog</c> or the environment names; null when neither does.</summary>
    public static bool TryStart(string? option, out KeyLog? log, out string problem)
    {
        (log, problem) = (null, "");
        string? path = option ?? Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(path))
            return true;
        try
        {
            log = new KeyLog(path);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problem = $"--keylog: '{path}' cannot be written: {failure.Message.TrimEnd('.')}.";
            return false;
        }
    }

    /// <summary>What this run has added, each secret once: on the embedded internet both ends write theirs.</summary>
    public string ReadNew()
    {
        using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(_before, SeekOrigin.Begin);
        using var reader = new StreamReader(file);
        string[] lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return string.Concat(lines.Distinct().Select(line => line + "\n"));
    }
}
