using System.Collections.Frozen;
using System.Globalization;
using Wirepath.Stack;

namespace Wirepath.Packetdrill;

/// <summary>Assignments of <c>sysctl</c>: the stack's own settings, those of Linux that no script's outcome hangs on, and FreeBSD's names.</summary>
internal static class SysctlNames
{
    // Settings of Linux that the stack has not, because they are about a machine: its memory, its CPUs, its devices, its offloads,
    // how it batches. What leaves, and when, is the same.
    private static readonly FrozenSet<string> s_machine = new[]
    {
        "net.ipv4.tcp_mem", "net.ipv4.tcp_low_latency", "net.ipv4.tcp_autocorking", "net.ipv4.tcp_min_tso_segs",
        "net.ipv4.tcp_limit_output_bytes", "net.ipv4.tcp_early_demux", "net.ipv4.udp_early_demux",
        "net.ipv4.ip_early_demux", "net.ipv4.tcp_fwmark_accept", "net.ipv4.tcp_l3mdev_accept", "net.ipv4.tcp_migrate_req", "net.ipv4.tcp_child_ehash_entries",
        "net.ipv4.tcp_ehash_entries", "net.ipv4.tcp_backlog_ack_defer", "net.ipv4.tcp_plb_enabled", "net.ipv4.tcp_reflect_tos",
        "net.ipv4.tcp_available_congestion_control", "net.ipv4.tcp_allowed_congestion_control", "net.ipv4.tcp_available_ulp",
        // Forward acknowledgment gave way to RACK; the name has no effect on Linux either.
        "net.ipv4.tcp_fack", "net.ipv4.tcp_thin_dupack", "net.ipv4.tcp_adv_win_scale", "net.ipv4.tcp_app_win", "net.ipv4.tcp_workaround_signed_windows",
        // Nothing is remembered of a peer that would be saved.
        "net.ipv4.tcp_no_metrics_save", "net.ipv4.tcp_no_ssthresh_metrics_save",
        // Timers are exact.
        "net.ipv4.tcp_comp_sack_slack_ns",
        "net.ipv4.tcp_syncookies", "net.ipv4.tcp_max_tw_buckets", "net.ipv4.tcp_max_reordering",
    }.ToFrozenSet(StringComparer.Ordinal);

    // What the stack does anyway: a script that asks for it has it.
    private static readonly FrozenDictionary<string, string[]> s_asIs = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["net.ipv4.tcp_ecn"] = ["0"],
        ["net.ipv4.tcp_ecn_fallback"] = ["0", "1"],
        ["net.ipv4.tcp_ecn_option"] = ["0", "1", "2"],
        ["net.ipv4.tcp_ecn_option_beacon"] = ["0", "1", "2", "3"],
        ["net.ipv4.tcp_frto"] = ["2", "1"],
        ["net.ipv4.tcp_thin_linear_timeouts"] = ["0"],
        ["net.ipv4.tcp_syn_linear_timeouts"] = ["0"],
        ["net.ipv4.tcp_stdurg"] = ["0"],
        ["net.ipv4.tcp_shrink_window"] = ["0"],
        ["net.ipv4.tcp_notsent_lowat"] = ["4294967295", "-1", "0"],
        ["net.ipv4.tcp_pingpong_thresh"] = ["1"],
        ["net.ipv4.tcp_fastopen"] = ["0"],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <returns>Null; or what is needed.</returns>
    public static string? Apply(string name, string value, HostSetup setup)
    {
        if (name.StartsWith("net.inet", StringComparison.Ordinal) || name.StartsWith("kern.", StringComparison.Ordinal))
            return FreeBsdSysctls.Apply(name, value, setup);
        string plain = Plain(value);
        string? problem = null;
        HostSettings before = setup.Settings;
        if (Sysctl.TryApply(before, name, plain, out _, out string error) || (IsSwitch(name) && Sysctl.TryApply(before, name, plain = "1", out _, out _)))
            setup.Change(s => Sysctl.TryApply(s, name, plain, out HostSettings changed, out _) ? changed : s);
        else if (!IsWithoutEffect(name, plain))
            problem = Sysctl.List().Any(entry => entry.Name == name) ? error : $"the setting {name}={value}";
        return problem;
    }

    /// <summary>Parameters of kernel modules: <c>/sys/module/tcp_cubic/parameters/hystart_detect</c>.</summary>
    public static string? ApplyModule(string file, string value, HostSetup setup)
    {
        string name = file["/sys/module/".Length..].Replace("/parameters/", ".", StringComparison.Ordinal);
        return name.StartsWith("tcp_", StringComparison.Ordinal) && Apply(name, value, setup) is null ? null : $"the module parameter {name}={value}";
    }

    private static bool IsWithoutEffect(string name, string value) =>
        s_machine.Contains(name) || (s_asIs.TryGetValue(name, out string[]? asIs) && asIs.Contains(value))
        || name.StartsWith("net.core.", StringComparison.Ordinal) || name.StartsWith("net.mptcp.", StringComparison.Ordinal)
        || name.StartsWith("kernel.", StringComparison.Ordinal) || name.StartsWith("vm.", StringComparison.Ordinal) || name.StartsWith("net.ipv6.conf.", StringComparison.Ordinal)
        || name.StartsWith("net.ipv4.conf.", StringComparison.Ordinal);

    // Linux has ways of switching these on that differ in what a peer cannot see.
    private static bool IsSwitch(string name) => name is "net.ipv4.tcp_timestamps" or "net.ipv4.tcp_moderate_rcvbuf";

    // 0x70403 as a decimal number.
    private static string Plain(string value) =>
        value.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && long.TryParse(value.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long number)
            ? number.ToString(CultureInfo.InvariantCulture) : value;
}
