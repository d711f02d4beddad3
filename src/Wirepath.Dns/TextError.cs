namespace Wirepath.Dns;

/// <summary>Where a text file is wrong, and what was expected there.</summary>
/// <param name="File">Its name as the reader was told it.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-16 characters.</param>
/// <param name="Message">One sentence.</param>
public readonly record struct TextError(string File, int Line, int Column, string Message)
{
    public override string ToString() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}: {Message}");
}
