using System.Globalization;
using System.Numerics;
using Wirepath.Wire;

namespace Wirepath.Packetdrill;

/// <summary>The <c>--name=value</c> lines at the head of a script.</summary>
internal static class OptionReader
{
    /// <exception cref="ScriptSyntaxException">The name is unknown, or the value is none of its kind.</exception>
    public static ScriptOptions Apply(ScriptOptions options, Token token)
    {
        int equals = token.Text.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? token.Text[2..] : token.Text[2..equals];
        string value = equals < 0 ? "" : token.Text[(equals + 1)..];
        return name switch
        {
            "tolerance_usecs" => options with { Tolerance = Microseconds(token, value) },
            "tcp_ts_tick_usecs" => options with { TimestampTick = Microseconds(token, value) },
            "local_ip" => options with { LocalIp = Address(token, value) },
            "remote_ip" => options with { RemoteIp = Address(token, value) },
            "gateway_ip" => options with { GatewayIp = Address(token, value) },
            "netmask_ip" => options with { PrefixLength = BitOperations.PopCount(Address(token, value).V4Value) },
            "bind_port" => options with { BindPort = (ushort)Number(token, value, ushort.MaxValue) },
            "connect_port" => options with { ConnectPort = (ushort)Number(token, value, ushort.MaxValue) },
            "mtu" => options with { Mtu = Mtu(token, value) },
            "strict_segments" => options with { StrictSegments = value != "0" },
            "ip_version" when value == "ipv4" => options,
            "ip_version" => options with { Unoffered = $"{value}: the host speaks IPv4" },
            // What concerns packetdrill's own machinery: real time, real devices, its exit.
            "speed" or "verbose" or "non_fatal" or "init_scripts" or "send_omit_free" or "code_command" or "code_format" or "wire_client"
                or "wire_server" or "mss" or "tcp_ts_ecr_scaled" or "is_anyip" or "use_expect" or "debug" or "dry_run" or "persistent_tun_dev" or "fault_injection" => options,
            _ => throw new ScriptSyntaxException(token, "Options are --tolerance_usecs, --tcp_ts_tick_usecs, --local_ip, --remote_ip, --gateway_ip, --netmask_ip, "
                + "--bind_port, --connect_port, --mtu, --ip_version"),
        };
    }

    private static TimeSpan Microseconds(Token token, string value) => TimeSpan.FromMicroseconds(Number(token, value, int.MaxValue));

    // Below 88 bytes a segment would carry less than the 48 bytes that Linux's tcp_min_snd_mss asks for.
    private static int Mtu(Token token, string value) =>
        Number(token, value, ushort.MaxValue) is >= 88 and var mtu ? (int)mtu : throw new ScriptSyntaxException(token, "An MTU is a number from 88 to 65535");

    private static long Number(Token token, string value, long most) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number <= most
            ? number : throw new ScriptSyntaxException(token, $"The value is a number of at most {most}");

    private static IpAddress Address(Token token, string value) =>
        IpAddress.TryParse(value, out IpAddress address) && address.IsV4 ? address : throw new ScriptSyntaxException(token, "The value is an IPv4 address");
}
