namespace Wirepath.Packetdrill;

/// <summary>Which packets and sockets a script is run with.</summary>
public enum ScriptIpVersion : byte
{
    /// <summary><c>ipv4</c>: IPv4 sockets, IPv4 packets.</summary>
    IPv4,

    /// <summary><c>ipv4-mapped-ipv6</c>: IPv6 sockets with mapped addresses (RFC 4291 §2.5.5.2), IPv4 packets.</summary>
    IPv4MappedIPv6,

    /// <summary><c>ipv6</c>: IPv6 sockets, IPv6 packets.</summary>
    IPv6,
}

/// <summary>What whoever runs scripts says besides the scripts themselves.</summary>
public sealed record PacketdrillSettings
{
    public static PacketdrillSettings Default { get; } = new();

    /// <summary>For scripts that name no version themselves.</summary>
    public ScriptIpVersion IpVersion { get; init; }

    /// <summary>Bytes of an IP packet on the wire, for scripts that do not say; null: 1500.</summary>
    public int? Mtu { get; init; }

    /// <summary>
    /// Words of scripts and what stands for them (<c>--define=NAME=VALUE</c>): a number, a name, a <c>"text"</c> or a <c>`command`</c>.
    /// They go before the script's own definitions.
    /// </summary>
    public IReadOnlyDictionary<string, string> Definitions { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Reads a file that a script's command names, by the path written there; null when it is not there.</summary>
    public Func<string, string?> ReadFile { get; init; } = _ => null;

    /// <summary>Also compare what our segments echo of the peer's timestamps (RFC 7323 §3.2). The original does not, and scripts rely on it.</summary>
    public bool StrictEchoes { get; init; }

    // Suites write these words for what depends on the variant; their runners define them so.
    internal static Dictionary<string, string> Customary(ScriptIpVersion version) => new(StringComparer.Ordinal)
    {
        ["CODE"] = version == ScriptIpVersion.IPv6 ? "address_unreachable" : "host_unreachable",
        ["CMSG_LEVEL_IP"] = version == ScriptIpVersion.IPv4 ? "SOL_IP" : "SOL_IPV6",
        ["CMSG_TYPE_RECVERR"] = version == ScriptIpVersion.IPv4 ? "IP_RECVERR" : "IPV6_RECVERR",
        // The Fast Open cookie that Linux computes with the key a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4 for this wire's addresses.
        ["TFO_COOKIE"] = version == ScriptIpVersion.IPv6 ? "c1d1e9742a47a9bc" : "3021b9d889017eeb",
    };
}
