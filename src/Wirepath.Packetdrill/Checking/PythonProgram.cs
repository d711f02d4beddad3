using System.Text.RegularExpressions;
using Wirepath.Tcp;

namespace Wirepath.Packetdrill;

/// <summary>The code blocks of a script, which are one Python program: what one block assigns, the next may read.</summary>
internal sealed partial class PythonProgram
{
    private readonly Dictionary<string, double> _variables = new(StringComparer.Ordinal);

    /// <exception cref="ScriptEndedException">An assertion does not hold; a name is unknown; or more Python is needed than is understood.</exception>
    public void Run(CodeBlock code, Func<TcpStatistics?> find)
    {
        List<PythonStatement> statements = PythonText.Read(code.Text);
        var at = new Reader(code, find, statements);
        // A block's first line stands behind the brace, whatever its indent.
        while (at.Next < statements.Count)
            RunStatement(at, statements[at.Next].Indent, runs: true);
    }

    private sealed class Reader(CodeBlock code, Func<TcpStatistics?> find, List<PythonStatement> statements)
    {
        public CodeBlock Code => code;

        public Func<TcpStatistics?> Find => find;

        public List<PythonStatement> Statements => statements;

        public int Next { get; set; }
    }

    private void RunStatement(Reader at, int indent, bool runs)
    {
        PythonStatement statement = at.Statements[at.Next++];
        Match condition = Condition.Match(statement.Text);
        if (!condition.Success)
        {
            if (runs)
                RunSimple(at, statement, statement.Text);
            return;
        }

        if (condition.Groups["word"].Value != "if")
            throw Skipped(at, statement, $"Python: {statement.Text}");
        bool taken = false;
        while (true)
        {
            string word = condition.Groups["word"].Value;
            bool holds = runs && !taken && (word == "else" || Evaluate(at, statement, condition.Groups["condition"].Value) != 0);
            RunSuite(at, statement, indent, condition.Groups["suite"].Value.Trim(), holds);
            taken |= holds;
            if (word == "else" || at.Next >= at.Statements.Count || at.Statements[at.Next].Indent != indent)
                return;
            statement = at.Statements[at.Next];
            condition = Condition.Match(statement.Text);
            if (!condition.Success || condition.Groups["word"].Value is not ("elif" or "else"))
                return;
            at.Next++;
        }
    }

    // What belongs to a condition: the rest of its line, or the lines that are farther in.
    private void RunSuite(Reader at, PythonStatement head, int indent, string suite, bool runs)
    {
        if (suite.Length > 0)
        {
            if (runs)
                RunSimple(at, head, suite);
            while (at.Next < at.Statements.Count && at.Statements[at.Next].Line == head.Line)
                RunStatement(at, indent, runs);
            return;
        }

        while (at.Next < at.Statements.Count && at.Statements[at.Next].Indent > indent)
            RunStatement(at, at.Statements[at.Next].Indent, runs);
    }

    private void RunSimple(Reader at, PythonStatement statement, string text)
    {
        if (text == "pass" || Ignored.IsMatch(text))
            return;
        if (Assertion.Match(text) is { Success: true } assertion)
            Assert(at, statement, assertion.Groups["condition"].Value.Trim());
        else if (Assignment.Match(text) is { Success: true } assignment)
            Assign(at, statement, assignment);
        else
            throw Skipped(at, statement, $"Python: {text}");
    }

    private void Assign(Reader at, PythonStatement statement, Match assignment)
    {
        string name = assignment.Groups["name"].Value;
        double value = Evaluate(at, statement, assignment.Groups["value"].Value);
        string sign = assignment.Groups["sign"].Value;
        if (sign.Length > 0)
            value = Evaluate(at, statement, FormattableString.Invariant($"{name} {sign} ({assignment.Groups["value"].Value})"));
        _variables[name] = value;
    }

    private void Assert(Reader at, PythonStatement statement, string condition)
    {
        var used = new List<string>();
        if (Evaluate(at, statement, condition, used) == 0)
            throw new ScriptEndedException(new ScriptFailed(Line(at, statement), condition, string.Join(", ", used.Distinct())));
    }

    private double Evaluate(Reader at, PythonStatement statement, string expression, List<string>? used = null)
    {
        string? missing = null;
        double? LookUp(string name)
        {
            bool measured = name.StartsWith("tcpi_", StringComparison.Ordinal);
            TcpStatistics statistics = !measured ? default : at.Find() ?? throw Skipped(at, statement, "tcp_info of a connection that no call has returned yet");
            double? value = _variables.TryGetValue(name, out double mine) ? mine : TcpInfo.LookUp(statistics, name);
            if (value is not null && (measured || _variables.ContainsKey(name)))
                used?.Add(FormattableString.Invariant($"{name} = {value}"));
            if (value is null)
                missing ??= name;
            return value;
        }

        if (PythonExpression.TryEvaluate(expression, LookUp, out double value, out string problem))
            return value;
        if (missing is null)
            throw Skipped(at, statement, problem);
        // What Linux would tell and this host does not is a need; what nobody ever told of is a mistake in the script.
        if (missing.StartsWith("tcpi_", StringComparison.Ordinal))
            throw Skipped(at, statement, $"{missing} of tcp_info");
        if (Elsewhere.IsMatch(missing))
            throw Skipped(at, statement, $"{missing}, which is no figure of tcp_info");
        if (!Name.IsMatch(missing) || IsCalled(expression, missing))
            throw Skipped(at, statement, $"Python: {expression.Trim()}");
        throw new ScriptEndedException(new ScriptFailed(Line(at, statement), $"names that have a value in '{expression.Trim()}'", $"'{missing}', which nobody has given one"));
    }

    private static bool IsCalled(string expression, string name) => Regex.IsMatch(expression, $@"(?<![\w.]){Regex.Escape(name)}\s*\(");

    private static int Line(Reader at, PythonStatement statement) => at.Code.CodeLine + statement.Line;

    private static ScriptEndedException Skipped(Reader at, PythonStatement statement, string reason) => new(new ScriptSkipped(Line(at, statement), reason));

    [GeneratedRegex("""^(?<word>if|elif|else|while|for|def|try|with|class)\b(?<condition>[^:]*):(?<suite>.*)$""", RegexOptions.Singleline)]
    private static partial Regex Condition { get; }

    [GeneratedRegex("""^(print\b|import\s|from\s|global\s|sys\.stdout|sys\.stderr|"|')""")]
    private static partial Regex Ignored { get; }

    // Figures of TCP_CC_INFO and SO_MEMINFO.
    [GeneratedRegex("""^(bbr_|dctcp_|tcpv_|SK_MEMINFO_)""")]
    private static partial Regex Elsewhere { get; }

    [GeneratedRegex("""^[A-Za-z_]\w*$""")]
    private static partial Regex Name { get; }

    [GeneratedRegex("""^assert\b(?<condition>.*)$""", RegexOptions.Singleline)]
    private static partial Regex Assertion { get; }

    [GeneratedRegex("""^(?<name>[A-Za-z_]\w*)\s*(?<sign>\+|-|\*|//|/|%|&|\||\^|<<|>>)?=(?!=)(?<value>.*)$""", RegexOptions.Singleline)]
    private static partial Regex Assignment { get; }
}
