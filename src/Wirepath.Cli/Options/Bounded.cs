using System.CommandLine;
using System.Globalization;

namespace Wirepath.Cli;

/// <summary>Options with a range: what is out of it gets a sentence that names it.</summary>
internal static class Bounded
{
    public static Option<int> Integer(string name, string alias, string description, string helpName, int usual, int least, int most) => new(name, alias)
    {
        Description = string.Create(CultureInfo.InvariantCulture, $"{description} [{usual}]"),
        HelpName = helpName,
        DefaultValueFactory = _ => usual,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most)
                return value;
            result.AddError($"{name}: '{text}' is not a whole number from {least} to {most}.");
            return usual;
        },
    };

    public static Option<TimeSpan> Duration(string name, string alias, string description, TimeSpan usual) => new(name, alias)
    {
        Description = usual == TimeSpan.Zero ? description : string.Create(CultureInfo.InvariantCulture, $"{description} [{usual.TotalSeconds:0.###}s]"),
        HelpName = "TIME",
        DefaultValueFactory = _ => usual,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (Units.TryParseDuration(text, out TimeSpan value))
                return value;
            result.AddError($"{name}: '{text}' is not a time such as 500ms or 2s.");
            return usual;
        },
    };

    /// <summary>One of a few words.</summary>
    public static Option<string> Word(string name, string description, params string[] words) => new(name)
    {
        Description = description,
        HelpName = string.Join('|', words),
        DefaultValueFactory = _ => words[0],
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (words.Contains(text))
                return text;
            result.AddError($"{name}: '{text}' is not one of {string.Join(", ", words)}.");
            return words[0];
        },
    };
}
