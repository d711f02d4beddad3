using System.Globalization;

namespace Wirepath.Packetdrill;

/// <summary>What the shell commands of scripts mean to a host that has no shell: <c>sysctl</c> becomes a setting, <c>ip route</c> what it says of a path.</summary>
/// <param name="setup">What they change.</param>
/// <param name="readFile">Reads a file that they run; null when it is not there.</param>
/// <param name="counters">What <c>nstat</c> prints; null for nothing.</param>
internal sealed class SetupCommands(HostSetup setup, Func<string, string?> readFile, CounterCommands? counters = null)
{
    /// <summary>Files that run files: no suite goes deeper, and a circle must end.</summary>
    private const int MostNestedFiles = 4;

    // Scripts are written for servers, and their suites set a kernel up like one; when their file is not at hand, what differs
    // from this host's defaults:
    private const string ServerDefaults = """
        sysctl -q net.ipv4.tcp_rmem="4096 540000 15728640" net.ipv4.tcp_wmem="4096 262144 4194304"
        sysctl -q net.ipv4.tcp_syn_retries=5 net.ipv4.tcp_slow_start_after_idle=0 net.ipv4.tcp_congestion_control=cubic
        sysctl -q net.ipv4.tcp_ecn=0 net.ipv4.tcp_syncookies=1 net.ipv4.tcp_early_retrans=4 net.ipv4.tcp_recovery=1
        sysctl -q net.ipv4.tcp_fastopen=0x70403 net.ipv4.tcp_fastopen_key=a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4
        sysctl -q net.ipv4.tcp_notsent_lowat=4294967295
        """;

    /// <summary>Applies the commands in turn.</summary>
    /// <returns>Null; or what the script needs that is not there.</returns>
    public string? Apply(string text) => Apply(text, 0, isFile: false);

    // Of a file, what is not understood is left out: it says how a machine is made ready for all scripts, not what one depends on.
    private string? Apply(string text, int depth, bool isFile)
    {
        string? problem = null;
        IReadOnlyList<ShellCommand> commands = ShellText.Read(text);
        for (int i = 0; i < commands.Count; i++)
        {
            ShellCommand command = commands[i];
            if (command.Otherwise && problem is null)
                continue;
            if (command.Program == "nstat" && counters is not null)
            {
                ShellCommand? reader = command.Piped && i + 1 < commands.Count ? commands[i + 1] : null;
                problem = counters.Apply(command, reader);
                if (reader is not null)
                    i++;
                if (problem is not null && !isFile)
                    return problem;
                continue;
            }

            problem = ApplyOne(command, depth);
            for (; commands[i].Piped && i + 1 < commands.Count; i++)
                problem ??= ApplyOne(commands[i + 1], depth);
            bool isLastChance = i + 1 >= commands.Count || !commands[i + 1].Otherwise;
            if (problem is not null && isLastChance && !isFile)
                return problem;
            if (isLastChance)
                problem = null;
        }

        return null;
    }

    private string? ApplyOne(ShellCommand command, int depth)
    {
        switch (command.Program)
        {
            case "sysctl":
                return Assign(command.Words.Skip(1).Where(w => !w.StartsWith('-')));
            case "set_sysctls.py":
                return Assign(command.Words.Skip(1));
            case "echo" or "printf":
                return command.Output is { } file ? WriteTo(file, string.Join(' ', command.Words.Skip(1).Where(w => !w.StartsWith('-')))) : null;
            case "ip":
                return IpCommands.Apply(command, setup);
            case "tc":
                return IpCommands.ApplyQueue(command, setup);
            case "ifconfig":
                return IpCommands.ApplyInterface(command, setup);
            case "sleep":
                return Sleep(command, 1);
            case "usleep":
                return Sleep(command, 1e-6);
            case "sudo" or "env" or "nice" when command.Words.Count > 1:
                return ApplyOne(command with { Words = [.. command.Words.Skip(1)] }, depth);
            case "sh" or "bash" when command.Words is [_, "-c", var inner, ..]:
                return depth >= MostNestedFiles ? null : Apply(inner, depth + 1, isFile: false);
            case "sh" or "bash" or "." or "source" when command.Words.Count > 1:
                return RunFile(command.Words[1], depth);
            case "kldload" or "kldunload" or "kldstat":
                setup.BecomeFreeBsd();
                return null;
            // Offloads of a device that has none; modules of a kernel; files and processes of a machine.
            case "ethtool" or "modprobe" or "true" or ":" or "sync" or "date" or "rm" or "touch" or "mkdir" or "ulimit" or "set"
                or "export" or "chmod" or "exit" or "wait" or "uname" or "logger" or "whoami":
                return null;
            // What is only shown, or kept for a person to read.
            case "cat" or "nstat" or "ss" or "netstat" or "tcpdump" or "sockstat" when command.Output is not null || !command.Piped:
                return null;
            default:
                return command.Program.EndsWith(".sh", StringComparison.Ordinal) ? RunFile(command.Words[0], depth) : $"the command '{command}'";
        }
    }

    private string? RunFile(string path, int depth)
    {
        string name = path[(path.LastIndexOf('/') + 1)..];
        // What was set is set back when all is over.
        if (name.StartsWith("sysctl_restore", StringComparison.Ordinal) || depth >= MostNestedFiles)
            return null;
        if (readFile(path) is { } text)
            return Apply(text, depth + 1, isFile: true);
        return name == "defaults.sh" ? Apply(ServerDefaults, depth + 1, isFile: true) : $"the file '{path}', which is not there";
    }

    private string? WriteTo(string file, string value)
    {
        const string Settings = "/proc/sys/";
        if (file.StartsWith(Settings, StringComparison.Ordinal))
            return SysctlNames.Apply(file[Settings.Length..].Replace('/', '.'), value, setup);
        return file.StartsWith("/sys/module/", StringComparison.Ordinal) ? SysctlNames.ApplyModule(file, value, setup)
            : file is "/dev/null" || file.StartsWith("/tmp/", StringComparison.Ordinal) ? null : $"the file '{file}'";
    }

    private string? Assign(IEnumerable<string> assignments)
    {
        foreach (string assignment in assignments)
        {
            int equals = assignment.IndexOf('=', StringComparison.Ordinal);
            // Without a value it is only shown.
            if (equals < 0)
                continue;
            string name = assignment[..equals].Trim();
            const string Root = "/proc/sys/";
            if (name.StartsWith(Root, StringComparison.Ordinal))
                name = name[Root.Length..];
            if (SysctlNames.Apply(name.Replace('/', '.'), assignment[(equals + 1)..].Trim(), setup) is { } problem)
                return problem;
        }

        return null;
    }

    private string? Sleep(ShellCommand command, double unit)
    {
        if (command.Words.Count != 2 || !double.TryParse(command.Words[1].TrimEnd('s'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds)
            || seconds > 1_000_000)
            return $"the command '{command}'";
        setup.Slept += TimeSpan.FromSeconds(seconds * unit);
        return null;
    }
}
