namespace Wirepath.Dns;

/// <summary>
/// A daemon's memory across restarts. A file is replaced as a whole: written beside the old one, then renamed over it, so
/// that a full disk or a power cut leaves the old one. Nothing is thrown for what a disk does.
/// </summary>
public static class StateFile
{
    /// <returns>False with the reason; the file is then as it was.</returns>
    public static bool TryReplace(string path, ReadOnlySpan<byte> content, out string error)
    {
        string beside = path + ".new";
        try
        {
            using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(beside, path, overwrite: true);
            error = "";
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            error = $"{path} could not be saved, and is as it was: {e.Message}";
            TryDelete(beside);
            return false;
        }
    }

    /// <returns>False with the reason; a file that is not there reads as empty.</returns>
    public static bool TryRead(string path, out byte[] content, out string error)
    {
        content = [];
        error = "";
        try
        {
            if (File.Exists(path))
                content = File.ReadAllBytes(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            error = $"{path} could not be read: {e.Message}";
            return false;
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            // It is left over; the next attempt writes over it.
        }
    }
}
