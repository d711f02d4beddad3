using Wirepath.Wire;

namespace Wirepath.Packetdrill;

/// <summary>What a script's <c>--options</c> and their defaults say about the test's surroundings.</summary>
internal sealed record ScriptOptions
{
    /// <summary>How far from its time an event may be.</summary>
    public TimeSpan Tolerance { get; init; } = TimeSpan.FromMilliseconds(4);

    /// <summary>The same as a share of the time since the event before: the larger of both counts.</summary>
    public double TolerancePercent { get; init; } = 12.5;

    /// <summary>Real time of one tick of our timestamp clock; zero: its values are not checked.</summary>
    public TimeSpan TimestampTick { get; init; } = TimeSpan.Zero;

    public ScriptIpVersion IpVersion { get; init; }

    public IpAddress? GivenLocalIp { get; init; }

    public IpAddress? GivenRemoteIp { get; init; }

    public IpAddress? GivenGatewayIp { get; init; }

    public int? GivenMtu { get; init; }

    /// <summary>Of the IPv4 wire.</summary>
    public int PrefixLength { get; init; } = 16;

    /// <summary>Port of a <c>bind</c> whose address is <c>...</c></summary>
    public ushort BindPort { get; init; } = 8080;

    /// <summary>Port of a <c>connect</c> whose address is <c>...</c></summary>
    public ushort ConnectPort { get; init; } = 8080;

    /// <summary>True: segments are compared one by one. False: a script written where a device cuts super-segments names several as one.</summary>
    public bool StrictSegments { get; init; }

    /// <summary>What these options need that is not offered; null when all is well.</summary>
    public string? Unoffered { get; init; }

    /// <summary>Whether IPv6 packets go over the wire; the mapped variant has IPv6 sockets, but IPv4 packets.</summary>
    public bool IsIpv6Wire => IpVersion == ScriptIpVersion.IPv6;

    public IpAddress LocalIp => GivenLocalIp ?? (IsIpv6Wire ? s_localV6 : IpAddress.V4(192, 168, 0, 1));

    public IpAddress RemoteIp => GivenRemoteIp ?? (IsIpv6Wire ? s_remoteV6 : IpAddress.V4(192, 0, 2, 1));

    /// <summary>Never the host itself, though runners of suites say so: a tunnel device has no other end, this wire has.</summary>
    public IpAddress GatewayIp => GivenGatewayIp is { } given && given != LocalIp ? given : IsIpv6Wire ? s_gatewayV6 : IpAddress.V4(192, 168, 255, 254);

    /// <summary>Bytes of an IP packet.</summary>
    public int Mtu => GivenMtu ?? 1500;

    /// <summary>An address is of the version that the wire has not.</summary>
    public bool Mismatched => LocalIp.IsV4 == IsIpv6Wire || RemoteIp.IsV4 == IsIpv6Wire || GatewayIp.IsV4 == IsIpv6Wire;

    // Unique local addresses (RFC 4193): a prefix for the host's side, one for the other.
    private static readonly IpAddress s_localV6 = V6("fd3d:a0b:17d6::1");
    private static readonly IpAddress s_gatewayV6 = V6("fd3d:a0b:17d6:8888::1");
    private static readonly IpAddress s_remoteV6 = V6("fd3d:fa7b:d17d::1");

    private static IpAddress V6(string text) => IpAddress.TryParse(text, out IpAddress address) ? address : throw new InvalidOperationException(text);
}
