namespace Wirepath.Dns;

/// <param name="Column">From 1.</param>
internal readonly record struct TextWord(string Text, int Column);

/// <summary>A line of a configuration file, cut into words at blanks, its comment gone.</summary>
/// <param name="Number">From 1.</param>
internal readonly record struct TextLine(int Number, List<TextWord> Words)
{
    /// <param name="text">The whole file; a byte order mark at its start and carriage returns are passed over.</param>
    /// <param name="commentStarts">Characters each of which starts a comment.</param>
    public static IEnumerable<TextLine> Of(string text, string commentStarts)
    {
        int number = 0;
        int skip = text.StartsWith('\uFEFF') ? 1 : 0;
        foreach (string raw in text[skip..].Split('\n'))
        {
            number++;
            int end = raw.AsSpan().IndexOfAny(commentStarts);
            yield return new TextLine(number, Cut(end < 0 ? raw : raw[..end]));
        }
    }

    private static List<TextWord> Cut(string line)
    {
        var words = new List<TextWord>();
        for (int i = 0; i < line.Length;)
        {
            if (char.IsWhiteSpace(line[i]))
            {
                i++;
                continue;
            }

            int start = i;
            while (i < line.Length && !char.IsWhiteSpace(line[i]))
                i++;
            words.Add(new TextWord(line[start..i], start + 1));
        }

        return words;
    }
}
