using System.Globalization;

namespace Wirepath.Scenarios;

/// <summary>What ASSIGN has set, and arithmetic: <c>${name}</c>, <c>${time}</c>, <c>${timeout}</c>, <c>${a + b}</c>, from left to right.</summary>
internal sealed class Variables(ScenarioClock clock)
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <param name="assignment"><c>name = expression</c></param>
    public void Assign(Step step, string assignment)
    {
        string[] parts = assignment.Split('=', 2, StringSplitOptions.TrimEntries);
        if (parts.Length != 2)
            throw ScenarioEndedException.Failed(step, $"'{assignment}' is not 'name = expression'");
        _values[parts[0]] = Expand(step, parts[1]);
    }

    /// <summary>Seconds.</summary>
    public TimeSpan Seconds(Step step, string text)
    {
        string value = Expand(step, text);
        if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0 and < 1e10)
            return TimeSpan.FromSeconds(seconds);
        throw ScenarioEndedException.Failed(step, $"'{value}' is not a time in seconds");
    }

    private string Expand(Step step, string text)
    {
        for (int start = text.LastIndexOf("${", StringComparison.Ordinal); start >= 0; start = text.LastIndexOf("${", StringComparison.Ordinal))
        {
            int end = text.IndexOf('}', start);
            if (end < 0)
                throw ScenarioEndedException.Failed(step, $"'{text}' has a ${{ without a }}");
            text = text[..start] + Evaluate(step, text[(start + 2)..end]) + text[(end + 1)..];
        }

        // $name is a variable too.
        foreach ((string name, string value) in _values)
            text = text.Replace($"${name}", value, StringComparison.Ordinal);
        return text.Trim();
    }

    private string Evaluate(Step step, string expression)
    {
        string[] words = expression.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
            return "";
        double value = Value(step, words[0]);
        if (words.Length == 1 && _values.TryGetValue(words[0].TrimStart('$'), out string? known))
            return known;
        for (int i = 1; i + 1 < words.Length; i += 2)
        {
            double operand = Value(step, words[i + 1]);
            value = words[i] switch
            {
                "+" => value + operand,
                "-" => value - operand,
                "*" => value * operand,
                "/" when operand != 0 => value / operand,
                _ => throw ScenarioEndedException.Failed(step, $"'{words[i]}' is not one of + - * /, or divides by 0"),
            };
        }

        return value.ToString("R", CultureInfo.InvariantCulture);
    }

    private double Value(Step step, string word) => word switch
    {
        "time" => (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds,
        "timeout" => clock.UntilNext?.TotalSeconds ?? 0,
        _ when double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => number,
        _ when _values.TryGetValue(word.TrimStart('$'), out string? value)
            && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => number,
        _ when _values.ContainsKey(word.TrimStart('$')) => 0,
        _ => throw ScenarioEndedException.Failed(step, $"'{word}' is neither a number nor a variable"),
    };
}
