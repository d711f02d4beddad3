namespace Wirepath.Scenarios;

internal readonly record struct Word(string Text, int Line, int Column)
{
    public bool Is(string keyword) => Text.Equals(keyword, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A scenario's lines, one after the other, with what is not a comment of each.</summary>
internal sealed class ScriptLines(string text, string name)
{
    private readonly string[] _lines = text.ReplaceLineEndings("\n").Split('\n');

    public string Name => name;

    /// <summary>Index of the line that is next.</summary>
    public int At { get; set; }

    public bool HasMore => At < _lines.Length;

    /// <summary>Of the line that is next, from 1.</summary>
    public int Number => At + 1;

    public string Raw => _lines[At];

    /// <summary>The words of the line that is next; from a ; on it is a comment.</summary>
    public List<Word> Words() => WordsOf(_lines[At], Number);

    /// <summary>Goes on to the next line that has words.</summary>
    /// <returns>Its words; none at the end.</returns>
    public List<Word> Peek()
    {
        while (HasMore)
        {
            List<Word> words = Words();
            if (words.Count > 0)
                return words;
            At++;
        }

        return [];
    }

    public static List<Word> WordsOf(string line, int number)
    {
        var words = new List<Word>();
        for (int i = 0; i < line.Length;)
        {
            if (line[i] == ';')
                break;
            if (char.IsWhiteSpace(line[i]))
            {
                i++;
                continue;
            }

            int start = i;
            while (i < line.Length && !char.IsWhiteSpace(line[i]) && line[i] != ';')
                i++;
            words.Add(new Word(line[start..i], number, start + 1));
        }

        return words;
    }

    public ScenarioSyntaxException Wrong(Word at, string message) => new(new ScenarioError(name, at.Line, at.Column, at.Text, message));

    public ScenarioSyntaxException Wrong(int line, string message) => new(new ScenarioError(name, line, 1, "", message));

    public ScenarioSyntaxException AtEnd(string message) => Wrong(_lines.Length, message);
}
