using System.Globalization;

namespace Wirepath.Packetdrill;

/// <summary>What <c>ip</c>, <c>tc</c> and <c>ifconfig</c> say about the only device and the only path that a script has.</summary>
internal static class IpCommands
{
    /// <returns>Null; or what is needed.</returns>
    public static string? Apply(ShellCommand command, HostSetup setup)
    {
        string[] words = [.. command.Words.Skip(1).Where(w => w is not ("-4" or "-6" or "-batch" or "-force" or "-s"))];
        switch (words)
        {
            case ["tcp_metrics" or "tcpmetrics" or "tcp_m", "flush" or "del" or "delete", ..]:
                setup.ForgetsPeers = true;
                return null;
            case ["tcp_metrics" or "tcpmetrics", ..] or ["route" or "r" or "neigh", "flush" or "show" or "get" or "list" or "del" or "delete", ..] or ["route" or "r"] or ["addr" or "address" or "a" or "neigh", ..]:
                return null;
            case ["route" or "r" or "ro", "add" or "change" or "replace" or "append" or "prepend", .. var path]:
                return ApplyRoute(path, setup) is { } unknown ? $"the command '{command}' ({unknown})" : null;
            case ["link" or "l", "set", .. var link]:
                return ApplyLink(link, setup) ? null : $"the command '{command}'";
            case ["link" or "l", "show", ..]:
                return null;
            default:
                return $"the command '{command}'";
        }
    }

    /// <summary>A queue that only holds what waits changes nothing on a wire that is never full; one that delays or drops does.</summary>
    public static string? ApplyQueue(ShellCommand command, HostSetup setup)
    {
        string[] words = [.. command.Words];
        // The fair queue lets each connection's packets leave at the rate that TCP has computed for it.
        if (words is [_, "qdisc", "add" or "replace" or "change", ..])
            setup.Change(s => s with { Tcp = s.Tcp with { Pacing = words.Contains("fq") } });
        bool delays = words.Any(w => w is "netem" or "tbf" or "htb" or "hfsc" or "cake" or "police" or "filter" or "red" or "pie");
        return words is [_, "qdisc", ..] && !delays ? null : $"the command '{command}'";
    }

    // ifconfig tun0 mtu 1400
    public static string? ApplyInterface(ShellCommand command, HostSetup setup)
    {
        int at = Array.IndexOf([.. command.Words], "mtu");
        if (at >= 0 && at + 1 < command.Words.Count && TryMtu(command.Words[at + 1], out int mtu))
            setup.Mtu = mtu;
        return null;
    }

    private static bool ApplyLink(string[] words, HostSetup setup)
    {
        int at = Array.IndexOf(words, "mtu");
        if (at < 0)
            return words.Any(w => w is "up" or "lo" or "txqueuelen" or "gso_max_size" or "gso_max_segs" or "address");
        if (at + 1 >= words.Length || !TryMtu(words[at + 1], out int mtu))
            return false;
        setup.Mtu = mtu;
        return true;
    }

    private static bool TryMtu(string text, out int mtu) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out mtu) && mtu is >= 88 and <= 65535;

    // PREFIX [via ADDRESS] [dev NAME] [what to know about the path]…
    private static string? ApplyRoute(string[] words, HostSetup setup)
    {
        for (int i = 1; i < words.Length; i++)
        {
            string name = words[i];
            if (name is "onlink" or "unicast" or "local")
                continue;
            if (i + 1 >= words.Length)
                return name;
            string value = words[++i];
            if (value == "lock" && i + 1 < words.Length)
                value = words[++i];
            if (name is "via" && value is "inet" or "inet6" && i + 1 < words.Length)
                i++;
            if (!ApplyMetric(name, value, setup))
                return name;
        }

        return null;
    }

    private static bool ApplyMetric(string name, string value, HostSetup setup)
    {
        bool isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        switch (name)
        {
            case "via" or "dev" or "src" or "proto" or "scope" or "metric" or "table" or "preference" or "pref" or "tos" or "hoplimit":
                return true;
            // Started from: what the kernel measures itself soon after.
            case "rtt" or "rttvar" or "ssthresh" or "cwnd" or "reordering" or "window":
                return false;
            case "initcwnd" when isNumber && number is > 0 and < 65536:
                setup.Change(s => s with { Tcp = s.Tcp with { InitialCwnd = number } });
                return true;
            case "rto_min" when TryMilliseconds(value, out TimeSpan least):
                setup.Change(s => s with { Tcp = s.Tcp with { MinRto = least } });
                return true;
            case "congctl":
                return SysctlNames.Apply("net.ipv4.tcp_congestion_control", value, setup) is null;
            case "features":
                return value == "ecn" && SysctlNames.Apply("net.ipv4.tcp_ecn", "1", setup) is null;
            case "mtu" when isNumber && number is >= 88 and <= 65535:
                setup.Mtu = number;
                return true;
            default:
                return false;
        }
    }

    // 5ms, 1s, 5
    private static bool TryMilliseconds(string text, out TimeSpan time)
    {
        double factor = text.EndsWith("ms", StringComparison.Ordinal) ? 1 : text.EndsWith('s') ? 1000 : 1;
        bool ok = double.TryParse(text.TrimEnd('m', 's'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) && number < 1e7;
        time = TimeSpan.FromMilliseconds(ok ? number * factor : 0);
        return ok;
    }
}
