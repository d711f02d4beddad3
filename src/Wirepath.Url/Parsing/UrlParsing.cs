namespace Wirepath.Url;

/// <summary>What a parse is given besides the input.</summary>
internal readonly record struct UrlParsing
{
    /// <summary>For relative inputs.</summary>
    public UrlRecord? Base { get; init; }

    /// <summary>Of the query of special URLs; null is UTF-8.</summary>
    public LegacyEncoding? Encoding { get; init; }

    /// <summary>Takes the validation errors; null costs nothing.</summary>
    public ICollection<UrlValidationError>? Errors { get; init; }

    /// <summary>Nothing is stored.</summary>
    public bool ValidateOnly { get; init; }
}
