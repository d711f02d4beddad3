using System.Globalization;
using System.Text.RegularExpressions;

namespace Wirepath.Packetdrill;

/// <summary>The little Python that assertions are written in: numbers, names, comparisons (also chained), arithmetic, bits, conditions.</summary>
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
        var expression = new PythonExpression([.. Word.Matches(text).Select(m => m.Value)], lookUp);
        try
        {
            value = expression.Conditional();
            if (expression._at == expression._words.Count || expression.Peek == ",")
                return true;
            problem = $"Python that is not understood here: '{expression.Peek}' in {text.Trim()}";
        }
        catch (FormatException wrong)
        {
            problem = wrong.Message;
        }

        return false;
    }

    // The last alternative takes what no expression has, so that it is named when it is reached.
    [GeneratedRegex("""[A-Za-z_][A-Za-z0-9_.]*|\d+\.\d*(?:[eE][-+]?\d+)?|\.\d+|0x[0-9a-fA-F]+|\d+(?:[eE][-+]?\d+)?|==|!=|<=|>=|<<|>>|//|\*\*|[-+*/%<>(),&|^~]|"[^"]*"|'[^']*'|\S""", RegexOptions.NonBacktracking)]
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

    // a if condition else b
    private double Conditional()
    {
        if (++_depth > MostNested)
            throw new FormatException("An expression that is nested too deep.");
        double value = Or();
        if (TrySkip("if"))
        {
            bool holds = Or() != 0;
            if (!TrySkip("else"))
                throw new FormatException("An 'if' without its 'else'.");
            double otherwise = Conditional();
            value = holds ? value : otherwise;
        }

        _depth--;
        return value;
    }

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
        double left = BitOr();
        bool compared = false;
        bool holds = true;
        while (Peek is "==" or "!=" or "<" or "<=" or ">" or ">=" or "in" or "not" or "is")
        {
            compared = true;
            string sign = _words[_at++];
            if (sign is "in" or "not")
            {
                bool negated = sign == "not";
                if (negated && !TrySkip("in"))
                    throw new FormatException("A 'not' in the middle is followed by 'in'.");
                holds &= Arguments().Contains(left) != negated;
                continue;
            }

            bool differs = sign == "is" && TrySkip("not");
            double right = BitOr();
            holds &= sign switch
            {
                "==" => left == right,
                "is" => left == right != differs,
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

    // ---- Arithmetic ------------------------------------------------------------------------------------------------

    private double BitOr()
    {
        double value = BitXor();
        while (TrySkip("|"))
            value = Whole(value) | Whole(BitXor());
        return value;
    }

    private double BitXor()
    {
        double value = BitAnd();
        while (TrySkip("^"))
            value = Whole(value) ^ Whole(BitAnd());
        return value;
    }

    private double BitAnd()
    {
        double value = Shift();
        while (TrySkip("&"))
            value = Whole(value) & Whole(Shift());
        return value;
    }

    private double Shift()
    {
        double value = Sum();
        while (Peek is "<<" or ">>")
            value = _words[_at++] == "<<" ? Whole(value) << (int)Math.Clamp(Whole(Sum()), 0, 62) : Whole(value) >> (int)Math.Clamp(Whole(Sum()), 0, 63);
        return value;
    }

    private static long Whole(double value) =>
        value == Math.Floor(value) && Math.Abs(value) < 1L << 53 ? (long)value : throw new FormatException("Bits of something that is no whole number.");

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
        if (++_depth > MostNested)
            throw new FormatException("An expression that is nested too deep.");
        double value = TrySkip("-") ? -Unary() : TrySkip("+") ? Unary() : TrySkip("~") ? ~Whole(Unary()) : Power();
        _depth--;
        return value;
    }

    private double Power()
    {
        double value = Operand();
        return TrySkip("**") ? Math.Pow(value, Unary()) : value;
    }

    private double Operand()
    {
        if (TrySkip("("))
        {
            double inner = Conditional();
            return TrySkip(")") ? inner : throw new FormatException("A bracket that is not closed.");
        }

        string word = Peek;
        _at++;
        if (word.StartsWith("0x", StringComparison.Ordinal))
            return long.TryParse(word.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long hexadecimal) ? hexadecimal : throw new FormatException($"The number {word} is too large.");
        if (word.Length > 0 && (char.IsAsciiDigit(word[0]) || word[0] == '.') && double.TryParse(word, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double number))
            return number;
        if (Peek == "(" && Call(word) is { } result)
            return result;
        return word switch
        {
            "True" => 1,
            "False" or "None" => 0,
            _ => _lookUp(word) ?? throw new FormatException(word.Length == 0 ? "An expression that ends too early." : $"There is no '{word}' here."),
        };
    }

    private double? Call(string function)
    {
        if (function is not ("abs" or "min" or "max" or "int" or "float" or "round" or "bool"))
            return null;
        List<double> arguments = Arguments();
        return (function, arguments.Count) switch
        {
            ("abs", 1) => Math.Abs(arguments[0]),
            ("min", > 0) => arguments.Min(),
            ("max", > 0) => arguments.Max(),
            ("int", 1) => Math.Truncate(arguments[0]),
            ("float", 1) => arguments[0],
            ("round", 1) => Math.Round(arguments[0], MidpointRounding.ToEven),
            ("bool", 1) => Truth(arguments[0] != 0),
            _ => throw new FormatException($"{function} with {arguments.Count} arguments."),
        };
    }

    // (1, 2, 3)
    private List<double> Arguments()
    {
        if (!TrySkip("(") && !TrySkip("["))
            throw new FormatException("A list that is not there.");
        var arguments = new List<double>();
        while (!TrySkip(")") && !TrySkip("]"))
        {
            if (arguments.Count > 0 && !TrySkip(","))
                throw new FormatException("A bracket that is not closed.");
            if (Peek is not (")" or "]"))
                arguments.Add(Conditional());
        }

        return arguments;
    }
}
