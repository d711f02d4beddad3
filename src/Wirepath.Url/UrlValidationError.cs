namespace Wirepath.Url;

/// <summary>What the standard calls a validation error. Most do not stop the parser; the last one of a failure did.</summary>
/// <param name="Name">Its name in the WHATWG URL standard.</param>
/// <param name="Position">UTF-16 index into the input as it was handed in.</param>
/// <param name="Message">One sentence for a person.</param>
public sealed record UrlValidationError(string Name, int Position, string Message)
{
    /// <summary>How many UTF-16 units are at fault from <see cref="Position"/> on; 0 when something is missing there.</summary>
    public int Length { get; init; }

    /// <summary>The offending text; empty when it is about something missing.</summary>
    public string Detail { get; init; } = "";

    /// <summary>When the name is domain-to-ASCII: what UTS 46 says.</summary>
    public IdnaError Idna { get; init; }
}
