namespace Wirepath.Url;

/// <summary>The special schemes (WHATWG URL, "special scheme").</summary>
internal enum SpecialScheme : byte
{
    None,
    Http,
    Https,
    Ws,
    Wss,
    Ftp,
    File,
}

internal static class SpecialSchemes
{
    /// <param name="scheme">In lower case.</param>
    public static SpecialScheme Of(ReadOnlySpan<char> scheme) => scheme switch
    {
        "http" => SpecialScheme.Http,
        "https" => SpecialScheme.Https,
        "ws" => SpecialScheme.Ws,
        "wss" => SpecialScheme.Wss,
        "ftp" => SpecialScheme.Ftp,
        "file" => SpecialScheme.File,
        _ => SpecialScheme.None,
    };

    /// <returns>Null for file and for schemes that are not special.</returns>
    public static ushort? DefaultPort(this SpecialScheme scheme) => scheme switch
    {
        SpecialScheme.Http or SpecialScheme.Ws => 80,
        SpecialScheme.Https or SpecialScheme.Wss => 443,
        SpecialScheme.Ftp => 21,
        SpecialScheme.File or SpecialScheme.None => null,
        _ => throw new ArgumentOutOfRangeException(nameof(scheme)),
    };

    /// <returns>Null for schemes that are not special.</returns>
    public static string? Name(this SpecialScheme scheme) => scheme switch
    {
        SpecialScheme.Http => "http",
        SpecialScheme.Https => "https",
        SpecialScheme.Ws => "ws",
        SpecialScheme.Wss => "wss",
        SpecialScheme.Ftp => "ftp",
        SpecialScheme.File => "file",
        SpecialScheme.None => null,
        _ => throw new ArgumentOutOfRangeException(nameof(scheme)),
    };
}
