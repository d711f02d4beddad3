using System.Text;
using Wirepath.Stack;

namespace Wirepath.Packetdrill;

/// <summary>What the shell commands of scripts mean to a host that has no shell: <c>sysctl</c> becomes a setting.</summary>
internal static class SetupCommands
{
    // Scripts are written for servers, and their suites set a kernel up like one. What differs from this host's defaults:
    private static readonly string[] s_serverDefaults =
    [
        "net.ipv4.tcp_rmem=4096 540000 15728640", "net.ipv4.tcp_wmem=4096 262144 4194304",
        "net.ipv4.tcp_syn_retries=5", "net.ipv4.tcp_slow_start_after_idle=0",
        "net.ipv4.tcp_fastopen=0x70403", "net.ipv4.tcp_fastopen_key=a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4", "net.ipv4.tcp_syncookies=1",
    ];

    /// <summary>Applies the commands, one a line or with ; or &amp;&amp; between them.</summary>
    /// <returns>Null; or why they cannot be done.</returns>
    public static string? Apply(string text, ref HostSettings settings)
    {
        string joined = text.Replace("\\\n", " ", StringComparison.Ordinal); // a line that goes on
        foreach (string line in joined.Split(['\n', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (string command in line.Split("&&", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (ApplyOne(Words(command), ref settings) is { } problem)
                    return problem;
            }
        }

        return null;
    }

    private static string? ApplyOne(List<string> words, ref HostSettings settings)
    {
        if (words.Count == 0 || words[0].StartsWith('#'))
            return null;
        string program = words[0][(words[0].LastIndexOf('/') + 1)..];
        switch (program)
        {
            case "sysctl" or "set_sysctls.py":
                return Assign(words.Skip(1).Where(w => !w.StartsWith('-')), ref settings);
            case "defaults.sh":
                return Assign(s_serverDefaults, ref settings);
            case "sleep" or "true" or ":" or "sync":
                return null;
            default:
                return $"the command '{string.Join(' ', words)}'";
        }
    }

    private static string? Assign(IEnumerable<string> assignments, ref HostSettings settings)
    {
        foreach (string assignment in assignments)
        {
            if (Assign(assignment, ref settings) is { } problem)
                return problem;
        }

        return null;
    }

    private static string? Assign(string assignment, ref HostSettings settings)
    {
        int equals = assignment.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
            return $"sysctl without a value: '{assignment}'";
        string name = assignment[..equals];
        const string Root = "/proc/sys/";
        if (name.StartsWith(Root, StringComparison.Ordinal))
            name = name[Root.Length..];
        return Sysctl.TryApply(settings, name, assignment[(equals + 1)..], out settings, out string error) ? null : error;
    }

    private static List<string> Words(string command)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        char quote = '\0';
        foreach (char c in command)
        {
            if (c == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && c is '"' or '\'')
            {
                quote = c;
            }
            else if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (word.Length > 0)
                    words.Add(word.ToString());
                word.Clear();
            }
            else
            {
                word.Append(c);
            }
        }

        if (word.Length > 0)
            words.Add(word.ToString());
        return words;
    }
}
