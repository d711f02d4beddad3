namespace Wirepath.Url;

/// <summary>Why an input is no URL.</summary>
/// <param name="Name">The validation error's name in the WHATWG URL standard, e.g. <c>port-out-of-range</c>.</param>
/// <param name="Position">UTF-16 index into the input as it was handed in.</param>
/// <param name="Message">One sentence for a person: what is wrong and what would be right.</param>
public sealed record UrlFailure(string Name, int Position, string Message)
{
    /// <summary>How many UTF-16 units are at fault from <see cref="Position"/> on; 0 when something is missing there.</summary>
    public int Length { get; init; }

    /// <summary>The offending text, for a message in another language; empty when the failure is about something missing.</summary>
    public string Detail { get; init; } = "";

    /// <summary>When the name is domain-to-ASCII: what UTS 46 says.</summary>
    public IdnaError Idna { get; init; }
}
