using System.Globalization;
using Wirepath.Tcp;

namespace Wirepath.Packetdrill;

/// <summary>FreeBSD's names for what scripts of its dialect set (tcp(4), inet(4)): translated, or known to change nothing that a script sees.</summary>
internal static class FreeBsdSysctls
{
    // Names below net.inet.tcp that are about a machine, a log, a cache, a limit or an algorithm's fine grain.
    private static readonly string[] s_withoutEffect =
    [
        "hostcache.", "reass.", "tso", "lro.", "log_", "soreceive_stream", "isn_reseed_interval", "do_tcpdrain", "tcbhashsize", "maxtcptw", "maxunacktime", "bb.", "stats",
        "rexmit_slop", "rexmit_drop_options", "rfc3042", "rfc3465", "abc_l_var", "rfc6675_pipe", "do_prr", "do_prr_conservative", "newreno_sack", "do_lrd", "sack.revised",
        "sack.lrd", "sack.tso", "sack.maxholes", "sack.globalmaxholes", "sack.globalholes", "cc.available", "cc.abe", "cc.abe_frlossreduce", "cc.hystartplusplus.",
        "syncache.", "syncookies", "syncookies_only", "functions_available", "functions_inherit_listen_socket_stack", "icmp_may_rst", "drop_synfin", "pmtud_blackhole_",
        "ecn.maxretries", "ecn.generalized", "fast_finwait2_recycle", "nolocaltimewait", "msl_local", "finwait2_timeout_local", "always_keepalive", "keepinit", "per_cpu_timers",
        "sendbuf_inc", "sendbuf_auto_lowat", "recvbuf_inc", "persmin", "persmax", "path_mtu_discovery_", "minmss", "udp_tunneling", "v6pmtud", "ts_offset_per_conn",
        "tolerate_missing_ts", "rfc7323_", "fastopen.acceptany", "fastopen.autokey", "fastopen.ccache_", "fastopen.maxkeys", "fastopen.maxpsks", "fastopen.path_disable_time",
        "fastopen.psk_enabled", "fastopen.keylen", "fastopen.numkeys", "fastopen.setkey", "fastopen.numpsks", "recvspace_", "rack.", "bbr.", "hpts.", "retries",
    ];

    /// <returns>Null; or what is needed.</returns>
    public static string? Apply(string name, string value, HostSetup setup)
    {
        setup.BecomeFreeBsd();
        const string Tcp = "net.inet.tcp.";
        if (!name.StartsWith(Tcp, StringComparison.Ordinal))
            return ApplyBeside(name, value, setup);
        string known = name[Tcp.Length..];
        bool isNumber = long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number);
        return known switch
        {
            "rfc1323" or "rfc7323" => All(setup, ("net.ipv4.tcp_window_scaling", Switch(value)), ("net.ipv4.tcp_timestamps", Switch(value))),
            "sack.enable" => All(setup, ("net.ipv4.tcp_sack", Switch(value))),
            "ecn.enable" => All(setup, ("net.ipv4.tcp_ecn", value)),
            "cc.algorithm" => All(setup, ("net.ipv4.tcp_congestion_control", value == "newreno" ? "reno" : value)),
            "keepidle" => All(setup, ("net.ipv4.tcp_keepalive_time", Seconds(number))),
            "keepintvl" => All(setup, ("net.ipv4.tcp_keepalive_intvl", Seconds(number))),
            "keepcnt" => All(setup, ("net.ipv4.tcp_keepalive_probes", value)),
            "finwait2_timeout" => All(setup, ("net.ipv4.tcp_fin_timeout", Seconds(number))),
            "path_mtu_discovery" => All(setup, ("net.ipv4.ip_no_pmtu_disc", value == "0" ? "1" : "0")),
            "rexmit_min" => All(setup, ("net.ipv4.tcp_rto_min_us", Microseconds(number))),
            "fastopen.server_enable" or "fastopen.client_enable" => All(setup, ("net.ipv4.tcp_fastopen", value == "0" ? "0" : "3")),
            "fastopen.enabled" => All(setup, ("net.ipv4.tcp_fastopen", value == "0" ? "0" : "3")),
            "msl" when isNumber => Change(setup, tcp => tcp with { MaximumSegmentLifetime = TimeSpan.FromMilliseconds(number) }),
            "delacktime" when isNumber => Change(setup, tcp => tcp with { DelayedAck = TimeSpan.FromMilliseconds(number) }),
            "delayed_ack" => value == "0" ? Change(setup, tcp => tcp with { DelayedAck = TimeSpan.Zero }) : null,
            "rexmit_initial" when isNumber => Change(setup, tcp => tcp with { InitialRto = TimeSpan.FromMilliseconds(number) }),
            // The kernel's own sign for "as RFC 6928 has it".
            "initcwnd_segments" when isNumber => Change(setup, tcp => tcp with { InitialCwnd = number > 0 ? (int)Math.Min(number, 65535) : 10 }),
            "recvspace" when isNumber => Change(setup, tcp => tcp with { ReceiveBuffer = Sized(tcp.ReceiveBuffer, number) }),
            "sendspace" when isNumber => Change(setup, tcp => tcp with { SendBuffer = Sized(tcp.SendBuffer, number) }),
            "recvbuf_max" when isNumber => Change(setup, tcp => tcp with { ReceiveBuffer = Bounded(tcp.ReceiveBuffer, number) }),
            "sendbuf_max" when isNumber => Change(setup, tcp => tcp with { SendBuffer = Bounded(tcp.SendBuffer, number) }),
            "recvbuf_auto" => Change(setup, tcp => tcp with { TuneReceiveBuffer = value != "0" }),
            "sendbuf_auto" => null,
            "insecure_rst" or "insecure_syn" or "insecure_ack" or "blackhole" => value == "0" ? null : $"the setting {name}={value}",
            "functions_default" => value is "freebsd" or "default" ? null : $"the TCP stack {value}",
            _ => Array.Exists(s_withoutEffect, prefix => known.StartsWith(prefix, StringComparison.Ordinal)) ? null : $"the setting {name}",
        };
    }

    // Outside of net.inet.tcp: the IP layer's, ICMP's, sockets'.
    private static string? ApplyBeside(string name, string value, HostSetup setup) => name switch
    {
        "net.inet.ip.ttl" => All(setup, ("net.ipv4.ip_default_ttl", value)),
        "net.inet.ip.portrange.first" or "net.inet.ip.portrange.last" or "kern.ipc.soacceptqueue" or "kern.ipc.somaxconn" or "kern.ipc.maxsockbuf" => null,
        _ => name.StartsWith("net.inet.icmp.", StringComparison.Ordinal) || name.StartsWith("net.inet.udp.", StringComparison.Ordinal)
            || name.StartsWith("net.inet6.", StringComparison.Ordinal) || name.StartsWith("kern.", StringComparison.Ordinal)
            || name.StartsWith("net.inet.ip.", StringComparison.Ordinal) ? null : $"the setting {name}",
    };

    private static string? All(HostSetup setup, params ReadOnlySpan<(string Name, string Value)> settings)
    {
        foreach ((string name, string value) in settings)
        {
            if (SysctlNames.Apply(name, value, setup) is { } problem)
                return problem;
        }

        return null;
    }

    private static string? Change(HostSetup setup, Func<TcpSettings, TcpSettings> change)
    {
        setup.Change(s => s with { Tcp = change(s.Tcp) });
        return null;
    }

    private static BufferSizes Sized(BufferSizes sizes, long bytes)
    {
        int size = (int)Math.Clamp(bytes, 1, 1 << 30);
        return new BufferSizes(Math.Min(sizes.Min, size), size, Math.Max(sizes.Max, size));
    }

    private static BufferSizes Bounded(BufferSizes sizes, long bytes)
    {
        int most = (int)Math.Clamp(bytes, 1, 1 << 30);
        return new BufferSizes(Math.Min(sizes.Min, most), Math.Min(sizes.Default, most), most);
    }

    private static string Switch(string value) => value == "0" ? "0" : "1";

    private static string Seconds(long milliseconds) => (milliseconds / 1000).ToString(CultureInfo.InvariantCulture);

    private static string Microseconds(long milliseconds) => (milliseconds * 1000).ToString(CultureInfo.InvariantCulture);
}
