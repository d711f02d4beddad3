using System.Globalization;
using System.Numerics;
using Wirepath.Wire;

namespace Wirepath.Packetdrill;

/// <summary>The <c>--name=value</c> lines at the head of a script.</summary>
internal static class OptionReader
{
    /// <summary>One option, applied.</summary>
    /// <param name="definitions">Where <c>--define=NAME=VALUE</c> goes.</param>
    /// <exception cref="ScriptSyntaxException">The name is unknown, or the value is none of its kind.</exception>
    public static ScriptOptions Apply(ScriptOptions options, Token token, Dictionary<string, string> definitions)
    {
        int equals = token.Text.IndexOf('=', StringComparison.Ordinal);
        string name = (equals < 0 ? token.Text[2..] : token.Text[2..equals]).Replace('-', '_');
        string quoted = equals < 0 ? "" : token.Text[(equals + 1)..].Trim();
        if (name == "define")
        {
            Define(token, quoted, definitions);
            return options;
        }

        string value = quoted.Replace("\"", "", StringComparison.Ordinal);
        return name switch
        {
            "tolerance_usecs" => options with { Tolerance = Microseconds(token, value) },
            "tolerance_percent" => options with { TolerancePercent = Percent(token, value) },
            "tcp_ts_tick_usecs" => options with { TimestampTick = Microseconds(token, value) },
            "ip_version" => options with { IpVersion = Version(token, value) },
            "local_ip" => options with { GivenLocalIp = Address(token, value) },
            "remote_ip" => options with { GivenRemoteIp = Address(token, value) },
            "gateway_ip" => options with { GivenGatewayIp = Address(token, value) },
            "netmask_ip" => options with { PrefixLength = Netmask(token, value) },
            "bind_port" => options with { BindPort = (ushort)Number(token, value, ushort.MaxValue) },
            "connect_port" => options with { ConnectPort = (ushort)Number(token, value, ushort.MaxValue) },
            "mtu" => options with { GivenMtu = Mtu(token, value) },
            "mss" => options with { ArrivalSegmentSize = (int)Number(token, value, ushort.MaxValue) },
            "strict_segments" => options with { StrictSegments = value != "0" },
            "udp_encaps" when value is not ("" or "none") => options with { Unoffered = $"TCP inside of UDP (--udp_encaps={value})" },
            "so_filename" => options with { Unoffered = "the system calls of another library (--so_filename)" },
            // What concerns packetdrill's own machinery: real time, real devices and machines, its interpreter, its exit.
            "speed" or "verbose" or "v" or "debug" or "dry_run" or "non_fatal" or "init_scripts" or "feature"
                or "code_command" or "code_format" or "code_sockopt" or "send_omit_free" or "is_anyip" or "tcp_ts_ecr_scaled" or "so_flags"
                or "wire_client" or "wire_server" or "wire_server_ip" or "wire_server_at" or "wire_server_port" or "wire_client_dev" or "wire_server_dev"
                or "persistent_tun_dev" or "fault_injection" or "use_expect" or "udp_encaps" or "psp_udp_port" => options,
            // Another packetdrill's: what it asks for cannot be known.
            _ => options with { Unoffered = options.Unoffered ?? $"the option --{name}" },
        };
    }

    /// <summary>The variant under its name in the language; null when there is none of that name.</summary>
    public static ScriptIpVersion? Version(string name) => name switch
    {
        "ipv4" => ScriptIpVersion.IPv4,
        "ipv4-mapped-ipv6" or "ipv4_mapped_ipv6" => ScriptIpVersion.IPv4MappedIPv6,
        "ipv6" => ScriptIpVersion.IPv6,
        _ => null,
    };

    private static ScriptIpVersion Version(Token token, string value) =>
        Version(value) ?? throw new ScriptSyntaxException(token, "IP versions are ipv4, ipv4-mapped-ipv6 and ipv6");

    private static void Define(Token token, string definition, Dictionary<string, string> definitions)
    {
        int equals = definition.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            throw new ScriptSyntaxException(token, "A definition is --define=NAME=VALUE");
        definitions[definition[..equals]] = definition[(equals + 1)..];
    }

    private static TimeSpan Microseconds(Token token, string value) => TimeSpan.FromMicroseconds(Number(token, value, int.MaxValue));

    private static double Percent(Token token, string value) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent) && percent <= 100
            ? percent : throw new ScriptSyntaxException(token, "The value is a share from 0 to 100");

    // Below 88 bytes a segment would carry less than the 48 bytes that Linux's tcp_min_snd_mss asks for.
    private static int Mtu(Token token, string value) =>
        Number(token, value, ushort.MaxValue) is >= 88 and var mtu ? (int)mtu : throw new ScriptSyntaxException(token, "An MTU is a number from 88 to 65535");

    private static long Number(Token token, string value, long most) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number <= most
            ? number : throw new ScriptSyntaxException(token, $"The value is a number of at most {most}");

    private static int Netmask(Token token, string value)
    {
        IpAddress mask = Address(token, value);
        return mask.IsV4 ? BitOperations.PopCount(mask.V4Value) : throw new ScriptSyntaxException(token, "The value is an IPv4 netmask");
    }

    // 192.0.2.1/24 names the prefix too, which the host does not need: the gateway has everything.
    private static IpAddress Address(Token token, string value)
    {
        int slash = value.IndexOf('/', StringComparison.Ordinal);
        return IpAddress.TryParse(slash < 0 ? value : value[..slash], out IpAddress address)
            ? address : throw new ScriptSyntaxException(token, "The value is an IP address");
    }
}
