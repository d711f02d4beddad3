namespace Wirepath.Url;

/// <summary>What the address bar changed in what was typed.</summary>
public enum FixUpChange : byte
{
    /// <summary>Blanks or line ends around or inside were dropped.</summary>
    BlanksDropped,

    /// <summary>No scheme was typed; <c>http</c> was put in front.</summary>
    SchemeAdded,

    /// <summary>The slashes after the scheme were not two, or were backslashes.</summary>
    SlashesPutRight,

    /// <summary>Scheme or host were in capital letters.</summary>
    LowerCased,

    /// <summary>The host is an internationalised name and is sent as A-labels.</summary>
    HostToAscii,

    /// <summary>The address was not in its usual form (short, octal or hexadecimal IPv4; IPv6 not by RFC 5952).</summary>
    AddressNormalised,

    /// <summary>The port is the scheme's default and is left out.</summary>
    DefaultPortDropped,

    /// <summary>Characters that do not travel as they are were percent-encoded.</summary>
    PercentEncoded,

    /// <summary><c>.</c> and <c>..</c> in the path were resolved.</summary>
    DotSegmentsResolved,

    /// <summary>The path was empty and became <c>/</c>.</summary>
    PathAdded,
}

/// <summary>One change: its code, what it was about, and a sentence in English.</summary>
/// <param name="Change">The code, for other languages.</param>
/// <param name="Detail">What it was changed to; empty where the change says it all.</param>
/// <param name="Words">One sentence in English.</param>
public sealed record FixUpNote(FixUpChange Change, string Detail, string Words);

/// <summary>What a person typed, made into a URL.</summary>
/// <param name="Url">The URL, serialised; when it is still no URL, the text whose parsing says why.</param>
/// <param name="Notes">What was changed, in the order of the URL.</param>
public sealed record AddressBarFixUp(string Url, IReadOnlyList<FixUpNote> Notes)
{
    /// <summary>The notes in words (English).</summary>
    public IReadOnlyList<string> Changes => [.. Notes.Select(n => n.Words)];
}
