namespace Wirepath.House.Tests;

/// <summary>One requirement of a document, in our words, and where it stands with us.</summary>
/// <param name="Document">"RFC 9293".</param>
/// <param name="Id">The document's own number where it has one: "MUST-14".</param>
/// <param name="Section">Without the sign.</param>
/// <param name="Level">MUST, SHOULD or MAY.</param>
/// <param name="Code">"Tcp/Send/Corking.cs NoDelay", below src/Wirepath.; empty when there is none.</param>
/// <param name="Remark">Why it is not met, whom it is for, what was chosen.</param>
internal sealed record Requirement(string Document, string Id, string Section, string Level, string Words, Standing Standing, string Code, string Remark)
{
    public string Key => $"{Document} {Id}";

    /// <summary>Reads a catalogue: <c># document | title</c>, then <c>id | section | level | words | where</c>.</summary>
    public static IEnumerable<Requirement> ReadAll(string text)
    {
        string document = "";
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] parts = line.TrimStart('#').Split('|', StringSplitOptions.TrimEntries);
            if (line[0] == '#')
            {
                document = parts[0];
                continue;
            }

            parts.Length.ShouldBe(5, line);
            (Standing standing, string code, string remark) = ReadStanding(parts[4]);
            yield return new Requirement(document, parts[0], parts[1], parts[2], parts[3], standing, code, remark);
        }
    }

    /// <summary>Document and title, in the order of the catalogue.</summary>
    public static IEnumerable<(string Document, string Title)> ReadDocuments(string text) =>
        text.Split('\n').Where(l => l.StartsWith('#')).Select(l => l[1..].Split('|', StringSplitOptions.TrimEntries)).Select(p => (p[0], p[1]));

    private static (Standing Standing, string Code, string Remark) ReadStanding(string text)
    {
        if (text.StartsWith("not met: ", StringComparison.Ordinal))
            return (Standing.NotMet, "", text["not met: ".Length..]);
        if (text.StartsWith("outside: ", StringComparison.Ordinal))
            return (Standing.Outside, "", text["outside: ".Length..]);
        if (text.StartsWith("choice: ", StringComparison.Ordinal))
            return (Standing.Choice, "", text["choice: ".Length..]);
        string[] parts = text.Split("; choice: ");
        return (Standing.Met, parts[0], parts.Length > 1 ? parts[1] : "");
    }
}

internal enum Standing
{
    Met,
    NotMet,
    /// <summary>Asked of applications, not of the stack.</summary>
    Outside,
    /// <summary>A MAY that we do not make use of.</summary>
    Choice,
}
