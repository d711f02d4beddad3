namespace Wirepath.WebPlatform;

/// <summary>What the cases of a file look like.</summary>
internal enum CaseShape
{
    /// <summary><c>urltestdata.json</c>: input and base, then the components or <c>failure</c>.</summary>
    Url,

    /// <summary><c>setters_tests.json</c>: for each attribute a list of href, new value and what is expected.</summary>
    Setters,

    /// <summary><c>toascii.json</c>, <c>IdnaTestV2.json</c>: a domain and its ASCII form, or null.</summary>
    ToAscii,

    /// <summary><c>percent-encoding.json</c>: a text and what becomes of it in several encodings.</summary>
    PercentEncoding,
}
