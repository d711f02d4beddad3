using Wirepath.Tcp;

namespace Wirepath.Packetdrill;

/// <summary>The code blocks of scripts: <c>assert</c> over tcp_info.</summary>
internal static class Assertions
{
    /// <exception cref="ScriptEndedException">An assertion does not hold, or needs more Python than is understood.</exception>
    public static void Check(CodeBlock code, Func<TcpStatistics?> find)
    {
        foreach (string line in code.Text.Split(['\n', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith('#') || line.StartsWith("print", StringComparison.Ordinal) || line.StartsWith("import ", StringComparison.Ordinal))
                continue;
            const string Assert = "assert";
            if (!line.StartsWith(Assert, StringComparison.Ordinal) || (line.Length > Assert.Length && char.IsLetterOrDigit(line[Assert.Length])))
                throw ScriptEndedException.Skipped(code, $"Python other than assertions: {line}");
            Check(code, line[Assert.Length..].Trim(), find() ?? throw ScriptEndedException.Skipped(code, "tcp_info of a connection that no call has returned yet"));
        }
    }

    private static void Check(CodeBlock code, string condition, TcpStatistics statistics)
    {
        var used = new List<string>();
        double? LookUp(string name)
        {
            double? value = TcpInfo.LookUp(statistics, name);
            if (value is not null && name.StartsWith("tcpi_", StringComparison.Ordinal))
                used.Add(FormattableString.Invariant($"{name} = {value}"));
            return value;
        }

        if (!PythonExpression.TryEvaluate(condition, LookUp, out double holds, out string problem))
            throw ScriptEndedException.Skipped(code, problem);
        if (holds == 0)
            throw ScriptEndedException.Failed(code, condition, string.Join(", ", used));
    }
}
