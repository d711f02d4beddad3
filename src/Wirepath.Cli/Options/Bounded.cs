using System.CommandLine;
using System.Globalization;

namespace Wirepath.Cli;

/// <summary>Options with a range: what is out of it gets a sentence that names it.</summary>
internal static class Bounded
{
    public static Option<int> Integer(string name, string alias, string description, string helpName, int usual, int least, int most) => new(name, alias)
    {
        Description = description,
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
        Description = description,
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
}
