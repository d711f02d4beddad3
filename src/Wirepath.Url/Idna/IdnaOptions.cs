namespace Wirepath.Url;

/// <summary>The flags of UTS 46, section 4. The defaults are those of the URL standard when it is not strict.</summary>
public readonly record struct IdnaOptions
{
    public IdnaOptions()
    {
    }

    /// <summary>As the URL standard parses hosts.</summary>
    public static IdnaOptions Url { get; } = new();

    /// <summary>As the URL standard judges hosts: what fails with these is a validation error. Good for names that are to be registered or configured.</summary>
    public static IdnaOptions Strict { get; } = new() { CheckHyphens = true, UseStd3AsciiRules = true, VerifyDnsLength = true };

    /// <summary>No hyphens at the ends of a label, none in its third and fourth place.</summary>
    public bool CheckHyphens { get; init; }

    /// <summary>The Bidi rule (RFC 5893) in domains with right-to-left labels.</summary>
    public bool CheckBidi { get; init; } = true;

    /// <summary>The ContextJ rules (RFC 5892, appendix A) for U+200C and U+200D.</summary>
    public bool CheckJoiners { get; init; } = true;

    /// <summary>Of ASCII only letters, digits and the hyphen.</summary>
    public bool UseStd3AsciiRules { get; init; }

    /// <summary>IDNA 2003's mappings of ß, ς and the joiners. Deprecated by UTS 46; for comparing with old software.</summary>
    public bool TransitionalProcessing { get; init; }

    /// <summary>1 to 63 octets in a label, 1 to 253 in the domain, no dot at the end.</summary>
    public bool VerifyDnsLength { get; init; }

    /// <summary>A label with "xn--" that is no punycode is kept as it is.</summary>
    public bool IgnoreInvalidPunycode { get; init; }
}
