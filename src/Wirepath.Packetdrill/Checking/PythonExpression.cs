using System.Globalization;
using System.Text.RegularExpressions;

namespace Wirepath.Packetdrill;

/// <summary>The little Python that assertions are written in: numbers, names, comparisons (also chained), arithmetic, not, and, or.</summary>
internal sealed partial class PythonExpression
{
    /// <summary>Brackets, minuses and nots inside of each other: more than any assertion has, and the reader's own stack is finite.</summary>
    private const int MostNested = 64;

    private readonly List<string> _words;
    private readonly Func<string, double?> _lookUp;
    private int _at;
    private int _depth;

    private PythonExpression(List<string> words, Func<string, double?> lookUp) => (_words, _lookUp) = (words, lookUp);

    /// <param name="text">One expression; what follows a comma (an assertion's message) is not looked at.</param>
    /// <param name="lookUp">The value of a name; null when there is no such name.</param>
    /// <param name="value">Of the expression; true is 1.</param>
    /// <param name="problem">What could not be read, when the answer is false.</param>
    public static bool TryEvaluate(string text, Func<string, double?> lookUp, out double value, out string problem)
    {
        (value, problem) = (0, "");
        var words = new List<string>();
        int end = 0;
        foreach (Match match in Word.Matches(text))
        {
            if (!string.IsNullOrWhiteSpace(text[end..match.Index]))
                break;
            words.Add(match.Value);
            end = match.Index + match.Length;
        }

        if (!string.IsNullOrWhiteSpace(text[end..]))
        {
            problem = $"Python that is not understood here: {text.Trim()}";
            return false;
        }

        var expression = new PythonExpression(words, lookUp);
        try
        {
            value = expression.Or();
            if (expression._at == words.Count || expression.Peek == ",")
                return true;
            problem = $"Python that is not understood here: '{expression.Peek}' in {text.Trim()}";
        }
        catch (FormatException wrong)
        {
            problem = wrong.Message;
        }

        return false;
    }

    [GeneratedRegex("""[A-Za-z_][A-Za-z0-9_.]*|\d+\.\d+|0x[0-9a-fA-F]+|\d+|==|!=|<=|>=|//|[-+*/%<>(),]|"[^"]*"|'[^']*'""", RegexOptions.NonBacktracking)]
    private static partial Regex Word { get; }

    private string Peek => _at < _words.Count ? _words[_at] : "";

    private bool TrySkip(string word)
    {
        if (Peek != word)
            return false;
        _at++;
        return true;
    }

    private static double Truth(bool value) => value ? 1 : 0;

    private double Or()
    {
        double value = And();
        while (TrySkip("or"))
        {
            double right = And();
            value = value != 0 ? value : right;
        }

        return value;
    }

    private double And()
    {
        double value = Not();
        while (TrySkip("and"))
        {
            double right = Not();
            value = value != 0 ? right : value;
        }

        return value;
    }

    private double Not()
    {
        if (++_depth > MostNested)
            throw new FormatException("An expression that is nested too deep.");
        double value = TrySkip("not") ? Truth(Not() == 0) : Comparison();
        _depth--;
        return value;
    }

    // 1 < a < 3 holds when both do.
    private double Comparison()
    {
        double left = Sum();
        bool compared = false;
        bool holds = true;
        while (Peek is "==" or "!=" or "<" or "<=" or ">" or ">=")
        {
            string sign = _words[_at++];
            double right = Sum();
            compared = true;
            holds &= sign switch
            {
                "==" => left == right,
                "!=" => left != right,
                "<" => left < right,
                "<=" => left <= right,
                ">" => left > right,
                _ => left >= right,
            };
            left = right;
        }

        return compared ? Truth(holds) : left;
    }

    private double Sum()
    {
        double value = Product();
        while (Peek is "+" or "-")
            value = _words[_at++] == "+" ? value + Product() : value - Product();
        return value;
    }

    private double Product()
    {
        double value = Unary();
        while (Peek is "*" or "/" or "//" or "%")
        {
            string sign = _words[_at++];
            double right = Unary();
            if (right == 0 && sign != "*")
                throw new FormatException("A division by zero.");
            value = sign switch
            {
                "*" => value * right,
                "/" => value / right,
                "//" => Math.Floor(value / right),
                _ => value - right * Math.Floor(value / right),
            };
        }

        return value;
    }

    private double Unary()
    {
        if (TrySkip("-"))
            return Peek == "-" ? throw new FormatException("Two minuses in a row.") : -Unary();
        if (TrySkip("("))
        {
            double inner = Or();
            if (!TrySkip(")"))
                throw new FormatException("A bracket that is not closed.");
            return inner;
        }

        string word = Peek;
        _at++;
        if (word.StartsWith("0x", StringComparison.Ordinal))
            return long.Parse(word.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        if (double.TryParse(word, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            return number;
        return word switch
        {
            "True" => 1,
            "False" => 0,
            _ => _lookUp(word) ?? throw new FormatException(word.Length == 0 ? "An expression that ends too early." : $"There is no '{word}' here."),
        };
    }
}
