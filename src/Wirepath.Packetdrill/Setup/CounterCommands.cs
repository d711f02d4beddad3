using System.Text.RegularExpressions;

namespace Wirepath.Packetdrill;

/// <summary><c>nstat</c>: the host's counters that have grown since it was last asked, and <c>grep</c> over what it prints.</summary>
/// <param name="read">The counters by name; none while there is no host.</param>
internal sealed class CounterCommands(Func<IEnumerable<(string Name, long Value)>> read)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, long> _before = new(StringComparer.Ordinal);

    /// <summary>What did not come out as a script's command wants it; null when all did.</summary>
    public string? Failure { get; private set; }

    /// <returns>Null; or what is needed.</returns>
    public string? Apply(ShellCommand command, ShellCommand? reader)
    {
        List<string> lines = [];
        foreach ((string name, long value) in read())
        {
            long grown = value - _before.GetValueOrDefault(name);
            _before[name] = value;
            if (grown != 0)
                lines.Add(FormattableString.Invariant($"{name,-32}{grown,16}  0.0"));
        }

        if (reader is null)
            return null;
        if (reader.Program is not ("grep" or "egrep"))
            return $"the command '{command} | {reader}'";
        string[] words = [.. reader.Words.Skip(1)];
        string[] patterns = [.. words.Where(w => !w.StartsWith('-'))];
        bool inverted = words.Any(w => w is "-v");
        if (patterns is not [var pattern] || words.Any(w => w.StartsWith('-') && w is not ("-q" or "-v" or "-E" or "-w" or "-i")))
            return $"the command '{command} | {reader}'";
        try
        {
            var sought = new Regex(pattern, words.Any(w => w is "-i") ? RegexOptions.IgnoreCase : RegexOptions.None, s_patience);
            if (!lines.Exists(line => sought.IsMatch(line) != inverted))
                Failure = lines.Count == 0 ? "no counter that has grown" : string.Join(", ", lines.Select(l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[..2])));
            return null;
        }
        catch (Exception wrong) when (wrong is ArgumentException or RegexMatchTimeoutException)
        {
            return $"the command '{command} | {reader}'";
        }
    }
}
