namespace Wirepath.Url;

/// <summary>The special schemes and their default ports (WHATWG URL, "special scheme").</summary>
internal static class SpecialScheme
{
    /// <summary>True for ftp, file, http, https, ws and wss; <paramref name="defaultPort"/> is null for file.</summary>
    public static bool TryGet(ReadOnlySpan<char> scheme, out ushort? defaultPort)
    {
        (bool special, defaultPort) = scheme switch
        {
            "http" => (true, (ushort?)80),
            "https" => (true, (ushort?)443),
            "ws" => (true, (ushort?)80),
            "wss" => (true, (ushort?)443),
            "ftp" => (true, (ushort?)21),
            "file" => (true, (ushort?)null),
            _ => (false, null),
        };
        return special;
    }

    public static bool IsSpecial(ReadOnlySpan<char> scheme) => TryGet(scheme, out _);

    public static ushort? DefaultPort(ReadOnlySpan<char> scheme)
    {
        TryGet(scheme, out ushort? port);
        return port;
    }
}
