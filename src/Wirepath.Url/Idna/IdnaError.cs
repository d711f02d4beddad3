namespace Wirepath.Url;

/// <summary>Why UTS 46 refuses a domain name.</summary>
public enum IdnaError : byte
{
    None,

    /// <summary>A code point that is disallowed, or that an A-label must not encode because it would have been mapped.</summary>
    Disallowed,

    /// <summary>A code point that <see cref="IdnaOptions.UseStd3AsciiRules"/> or the URL standard's "forbidden domain code points" exclude.</summary>
    ForbiddenAscii,

    /// <summary>"xn--" before something that is not ASCII.</summary>
    PrefixBeforeNonAscii,

    /// <summary>What follows "xn--" is not punycode, or punycode for nothing or for ASCII alone.</summary>
    Punycode,

    /// <summary>An A-label whose letters are not in Normalization Form C.</summary>
    NotNormalized,

    /// <summary>A hyphen at an end of the label, or in both its third and fourth place.</summary>
    Hyphen,

    /// <summary>The label begins with a combining mark.</summary>
    LeadingMark,

    /// <summary>U+200C or U+200D where no script needs it.</summary>
    Joiner,

    /// <summary>The label breaks the Bidi rule.</summary>
    Bidi,

    /// <summary>An empty label where DNS knows none.</summary>
    EmptyLabel,

    /// <summary>A label of more than 63 octets, or so long that it is not encoded at all.</summary>
    LabelTooLong,

    /// <summary>A domain of more than 253 octets.</summary>
    DomainTooLong,

    /// <summary>Nothing is left of the domain: all its code points are ignored ones.</summary>
    Empty,
}

/// <summary>The first error of a domain name.</summary>
/// <param name="Error">Which.</param>
/// <param name="Label">Number of the label, from 0, after mapping.</param>
/// <param name="CodePoint">The code point that is at fault; -1 when it is not one.</param>
public readonly record struct IdnaProblem(IdnaError Error, int Label, int CodePoint = -1);
