using Wirepath.Wire;

namespace Wirepath.Packetdrill;

/// <summary>The words of the language for ICMP types (RFC 792, RFC 4443) and their codes.</summary>
internal static class IcmpNames
{
    private static readonly (string Name, byte Number)[] s_types =
    [
        ("echo_reply", (byte)IcmpType.EchoReply), ("unreachable", (byte)IcmpType.DestinationUnreachable), ("source_quench", 4), ("redirect", (byte)IcmpType.Redirect),
        ("echo_request", (byte)IcmpType.Echo), ("time_exceeded", (byte)IcmpType.TimeExceeded), ("parameter_problem", (byte)IcmpType.ParameterProblem),
        ("timestamp_request", 13), ("timestamp_reply", 14), ("information_request", 15), ("information_reply", 16),
        ("address_mask_request", 17), ("address_mask_reply", 18),
    ];

    private static readonly (string Name, byte Number)[] s_unreachable =
    [
        ("net_unreachable", (byte)IcmpUnreachableCode.Network), ("host_unreachable", (byte)IcmpUnreachableCode.Host),
        ("protocol_unreachable", (byte)IcmpUnreachableCode.Protocol), ("port_unreachable", (byte)IcmpUnreachableCode.Port),
        ("frag_needed", (byte)IcmpUnreachableCode.FragmentationNeeded), ("source_route_failed", (byte)IcmpUnreachableCode.SourceRouteFailed),
        ("net_unknown", (byte)IcmpUnreachableCode.NetworkUnknown), ("host_unknown", (byte)IcmpUnreachableCode.HostUnknown),
        ("source_host_isolated", (byte)IcmpUnreachableCode.SourceHostIsolated), ("net_prohibited", (byte)IcmpUnreachableCode.NetworkProhibited),
        ("host_prohibited", (byte)IcmpUnreachableCode.HostProhibited), ("net_unreachable_for_tos", (byte)IcmpUnreachableCode.NetworkUnreachableForTos),
        ("host_unreachable_for_tos", (byte)IcmpUnreachableCode.HostUnreachableForTos), ("packet_filtered", (byte)IcmpUnreachableCode.AdministrativelyProhibited),
        ("admin_prohibited", (byte)IcmpUnreachableCode.AdministrativelyProhibited), ("precedence_violation", (byte)IcmpUnreachableCode.HostPrecedenceViolation),
        ("precedence_cutoff", (byte)IcmpUnreachableCode.PrecedenceCutoff),
    ];

    private static readonly (string Name, byte Number)[] s_timeExceeded =
    [
        ("ttl_expired", (byte)IcmpTimeExceededCode.TimeToLive), ("exc_ttl", (byte)IcmpTimeExceededCode.TimeToLive),
        ("reassembly", (byte)IcmpTimeExceededCode.Reassembly), ("exc_fragtime", (byte)IcmpTimeExceededCode.Reassembly),
    ];

    // ICMPv6: RFC 4443 §3, §4.
    public const byte V6Unreachable = 1;
    public const byte V6PacketTooBig = 2;
    public const byte V6TimeExceeded = 3;
    public const byte V6ParameterProblem = 4;

    private static readonly (string Name, byte Number)[] s_typesV6 =
    [
        ("unreachable", V6Unreachable), ("packet_too_big", V6PacketTooBig), ("time_exceeded", V6TimeExceeded), ("parameter_problem", V6ParameterProblem),
        ("echo_request", 128), ("echo_reply", 129),
    ];

    private static readonly (string Name, byte Number)[] s_unreachableV6 =
    [
        ("net_unreachable", 0), ("no_route", 0), ("admin_prohibited", 1), ("not_neighbour", 2), ("address_unreachable", 3), ("port_unreachable", 4),
    ];

    private static readonly (string Name, byte Number)[] s_timeExceededV6 = [("exceeded_hop_limit", 0), ("exceeded_frag_time", 1)];

    private static readonly (string Name, byte Number)[] s_parameterProblemV6 = [("header_field", 0), ("unknown_next_header", 1), ("unknown_option", 2)];

    public static byte? Find(string name, bool isIpv6) => Find(isIpv6 ? s_typesV6 : s_types, name);

    public static byte? FindCode(byte type, string name, bool isIpv6) => Find(CodesOf(type, isIpv6), name);

    /// <summary>Whether these words are right, but for the other version of IP.</summary>
    public static bool IsOfOther(string type, string? code, bool isIpv6)
    {
        bool here = Find(type, isIpv6) is { } mine && (code is null || FindCode(mine, code, isIpv6) is not null);
        return !here && Find(type, !isIpv6) is { } other && (code is null || FindCode(other, code, !isIpv6) is not null);
    }

    public static IEnumerable<string> Types(bool isIpv6) => (isIpv6 ? s_typesV6 : s_types).Select(t => t.Name);

    public static IEnumerable<string> Codes(byte type, bool isIpv6) => CodesOf(type, isIpv6).Select(c => c.Name);

    private static (string Name, byte Number)[] CodesOf(byte type, bool isIpv6) => (isIpv6, type) switch
    {
        (false, (byte)IcmpType.DestinationUnreachable) => s_unreachable,
        (false, (byte)IcmpType.TimeExceeded) => s_timeExceeded,
        (true, V6Unreachable) => s_unreachableV6,
        (true, V6TimeExceeded) => s_timeExceededV6,
        (true, V6ParameterProblem) => s_parameterProblemV6,
        _ => [],
    };

    private static byte? Find((string Name, byte Number)[] table, string name)
    {
        int at = Array.FindIndex(table, entry => entry.Name == name);
        return at < 0 ? null : table[at].Number;
    }
}
